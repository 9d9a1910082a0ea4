"""Checkers for the exercises on inexact line search."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose
from descent.line_search import backtracking


def check_armijo_line(answer: Callable) -> Diagnosis:
    """Check `armijo_line(alpha, f0, gradient, direction, c1)`: how high f may be after the step.

    >>> check_armijo_line(lambda alpha, f0, gradient, direction, c1: f0 + c1 * alpha * gradient @ direction)
    Correct. 12 inputs agree to 9 digits.
    """

    def truth(alpha, f0, gradient, direction, c1):
        return f0 + c1 * alpha * (gradient @ direction)

    slips = {
        "the slope g'd is negative already: with a minus in front of it the line rises": (
            lambda alpha, f0, g, d, c1: f0 - c1 * alpha * (g @ d)
        ),
        "g'g is the slope, but for its sign, along d = -g only: here the direction is another one": (
            lambda alpha, f0, g, d, c1: f0 - c1 * alpha * (g @ g)
        ),
        "this rises: the slope is g'd, not g'g": lambda alpha, f0, g, d, c1: f0 + c1 * alpha * (g @ g),
        "|g| |d| is g'd, but for its sign, along d = -g only: here the direction is another one": (
            lambda alpha, f0, g, d, c1: f0 - c1 * alpha * np.linalg.norm(g) * np.linalg.norm(d)
        ),
        "the share of the slope that is asked for is c1, not 1 - c1": (
            lambda alpha, f0, g, d, c1: f0 + (1 - c1) * alpha * (g @ d)
        ),
        "c1 is missing: this is the tangent, which a convex function never gets below": (
            lambda alpha, f0, g, d, c1: f0 + alpha * (g @ d)
        ),
        "alpha is missing: the line must fall with the length of the step": (
            lambda alpha, f0, g, d, c1: f0 + c1 * (g @ d)
        ),
        "f0 is missing: the line starts at f(x)": lambda alpha, f0, g, d, c1: c1 * alpha * (g @ d),
        "this asks for no decrease: any step that does not rise would do": lambda alpha, f0, g, d, c1: f0,
    }
    rng = np.random.default_rng(3)
    cases = []
    for _ in range(12):
        gradient, direction = rng.normal(size=(2, 3)).round(2)
        direction = direction if gradient @ direction < 0 else -direction
        alpha, f0, c1 = (
            round(float(v), 2) for v in (rng.uniform(0.1, 2), rng.normal(), rng.uniform(0.1, 0.9))
        )
        cases.append((alpha, f0, gradient, direction, c1))
    return diagnose(answer, truth, cases, slips)


def check_backtrack(answer: Callable) -> Diagnosis:
    """Check `backtrack(phi, dphi0, alpha, beta, c1)`: the first step that satisfies Armijo's condition.

    >>> def right(phi, dphi0, alpha, beta, c1):
    ...     while phi(alpha) > phi(0) + c1 * alpha * dphi0:
    ...         alpha = beta * alpha
    ...     return alpha
    >>> check_backtrack(right)
    Correct. 16 inputs agree to 9 digits.
    """

    def truth(phi, dphi0, alpha, beta, c1):
        return backtracking(phi, None, alpha, dphi0=dphi0, beta=beta, c1=c1).alpha

    def cut_until(accepts):
        def search(phi, dphi0, alpha, beta, c1):
            for _ in range(200):
                if accepts(phi, dphi0, alpha, c1):
                    break
                alpha = beta * alpha
            return alpha

        return search

    def one_cut_too_few(phi, dphi0, alpha, beta, c1):
        accepted = truth(phi, dphi0, alpha, beta, c1)
        return accepted / beta if accepted < alpha else alpha

    def by_subtraction(phi, dphi0, alpha, beta, c1):
        while alpha > 0 and phi(alpha) > phi(0) + c1 * alpha * dphi0:
            alpha -= beta
        return alpha

    slips = {
        "the slope phi'(0) is negative already: with a minus the line rises": cut_until(
            lambda phi, dphi0, alpha, c1: phi(alpha) <= phi(0) - c1 * alpha * dphi0
        ),
        "this asks for any decrease: c1 alpha phi'(0) is missing": cut_until(
            lambda phi, dphi0, alpha, c1: phi(alpha) < phi(0)
        ),
        "alpha is missing in the line, which must fall with the step": cut_until(
            lambda phi, dphi0, alpha, c1: phi(alpha) <= phi(0) + c1 * dphi0
        ),
        "this cuts before it tests: the first trial may be good enough": (
            lambda phi, dphi0, alpha, beta, c1: truth(phi, dphi0, beta * alpha, beta, c1)
        ),
        "this is one cut too many: return the step that was accepted": (
            lambda phi, dphi0, alpha, beta, c1: beta * truth(phi, dphi0, alpha, beta, c1)
        ),
        "this is the last step that was refused, one cut too few": one_cut_too_few,
        "this returns the first trial uncut": lambda phi, dphi0, alpha, beta, c1: alpha,
        "beta is subtracted: multiply alpha by it": by_subtraction,
        "this cuts once only: repeat until the condition holds": lambda phi, dphi0, alpha, beta, c1: (
            alpha if phi(alpha) <= phi(0) + c1 * alpha * dphi0 else beta * alpha
        ),
    }
    rng = np.random.default_rng(4)
    cases = []
    for case in range(16):
        vertex, alpha, beta, c1 = (
            round(float(rng.uniform(*ends)), 2) for ends in ((0.1, 1), (0.5, 4), (0.3, 0.8), (0.1, 0.8))
        )
        if case % 4 == 3:  # the first trial is accepted
            alpha = round(1.6 * vertex * (1 - c1), 4)
        height = round(float(rng.normal()), 2)
        cases.append((_bowl(vertex, height), -2 * vertex, alpha, beta, c1))
    return diagnose(answer, truth, cases, slips)


def _bowl(vertex: float, height: float) -> Callable:
    return lambda alpha: (alpha - vertex) ** 2 + height


def check_wolfe_window(answer: Callable) -> Diagnosis:
    """Check `wolfe_window(c1, c2)`: the ends of the steps that Wolfe accepts on phi = (alpha - 1)^2.

    >>> check_wolfe_window(lambda c1, c2: (1 - c2, 2 * (1 - c1)))
    Correct. 12 inputs agree to 9 digits.
    """

    def truth(c1, c2):
        return 1 - c2, 2 * (1 - c1)

    slips = {
        "this is Armijo's set: only the curvature condition forbids short steps": (
            lambda c1, c2: (0, 2 * (1 - c1))
        ),
        "this is the set of the strong conditions: |slope| instead of slope": (
            lambda c1, c2: (1 - c2, min(1 + c2, 2 * (1 - c1)))
        ),
        "the curvature condition has no upper end: that comes from Armijo": lambda c1, c2: (1 - c2, 1 + c2),
        "a sign: phi'(0) = -2, and the slope must be at least c2 phi'(0), which is negative": (
            lambda c1, c2: (1 + c2, 2 * (1 - c1))
        ),
        "Armijo's end is 2 (1 - c1): a factor 2": lambda c1, c2: (1 - c2, 1 - c1),
        "Armijo's end: (alpha - 1)^2 <= 1 - 2 c1 alpha, so a minus before c1": (
            lambda c1, c2: (1 - c2, 2 * (1 + c1))
        ),
        "phi'(alpha) = 2 (alpha - 1): a factor 2 in the lower end": lambda c1, c2: (
            2 * (1 - c2),
            2 * (1 - c1),
        ),
        "c1 belongs to decrease and c2 to curvature: they are swapped": lambda c1, c2: (1 - c1, 2 * (1 - c2)),
    }
    rng = np.random.default_rng(5)
    cases = [
        tuple(round(float(v), 2) for v in (rng.uniform(0, 0.45), rng.uniform(0.5, 1))) for _ in range(12)
    ]
    return diagnose(answer, truth, cases, slips)
