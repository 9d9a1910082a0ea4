"""Checkers of homework 02: Armijo, curvature, Goldstein's and Wolfe's windows, descent with backtracking."""

from collections.abc import Callable

import numpy as np

from descent.exercises.budget import Probe
from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.draws import numbers
from descent.line_search import along, backtracking
from descent.stepwise import Table


def _hollow(rng) -> tuple:
    """Return phi, its derivative, and phi'(0) < 0."""
    slope, bend, height = numbers(rng, (0.5, 3), (0.5, 2), (-2, 2))

    def phi(alpha):
        return height - slope * alpha + bend * alpha**2 + alpha**4 / 4

    text = f"phi = {height} - {slope} alpha + {bend} alpha^2 + alpha^4/4"
    return Probe(phi, text), lambda alpha: -slope + 2 * bend * alpha + alpha**3, -slope


def check_below(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `below(phi, dphi0, alpha, c1)`: how far phi(alpha) lies below Armijo's line.

    >>> check_below(lambda phi, dphi0, alpha, c1: phi(0) - c1 * alpha * dphi0 - phi(alpha)).slip
    "the slope phi'(0) is negative already: with a minus in front of it the line rises"
    """

    def truth(phi, dphi0, alpha, c1):
        return phi(0) + c1 * alpha * dphi0 - phi(alpha)

    slips = {
        "the slope phi'(0) is negative already: with a minus in front of it the line rises": (
            lambda phi, d, alpha, c1: phi(0) - c1 * alpha * d - phi(alpha)
        ),
        "this is how far it lies above the line": lambda *c: -truth(*c),
        "this says whether, and by how much is asked": lambda *c: float(truth(*c) >= 0),
        "c1 is missing: this compares with the tangent": lambda phi, d, alpha, c1: truth(phi, d, alpha, 1),
        "alpha is missing: the line falls with the step": lambda phi, d, alpha, c1: (
            phi(0) + c1 * d - phi(alpha)
        ),
        "this is the decrease: the line is not horizontal": lambda phi, d, alpha, c1: phi(0) - phi(alpha),
        "this is the line; subtract phi(alpha)": lambda phi, d, alpha, c1: phi(0) + c1 * alpha * d,
        "phi(0) is missing: the line starts there": lambda phi, d, alpha, c1: c1 * alpha * d - phi(alpha),
    }
    rng = variant(seed, "below")
    cases = []
    for _ in range(12):
        phi, _, slope = _hollow(rng)
        cases.append((phi, slope, *numbers(rng, (0.2, 2), (0.05, 0.6))))
    return diagnose(answer, truth, cases, slips)


def check_miss(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `miss(dphi, dphi0, alpha, c2)`: by how much a step fails the curvature condition, else 0.

    >>> check_miss(lambda dphi, dphi0, alpha, c2: max(0.0, c2 * dphi0 - dphi(alpha))).passed
    True
    """

    def truth(dphi, dphi0, alpha, c2):
        return max(0.0, c2 * dphi0 - dphi(alpha))

    slips = {
        "it is never negative: a step that satisfies the condition misses it by 0": (
            lambda dphi, d, alpha, c2: c2 * d - dphi(alpha)
        ),
        "the condition is turned round: phi'(alpha) must be at least c2 phi'(0)": (
            lambda dphi, d, alpha, c2: max(0.0, dphi(alpha) - c2 * d)
        ),
        "this is the strong condition: a slope that is positive satisfies the weak one": (
            lambda dphi, d, alpha, c2: max(0.0, abs(dphi(alpha)) - c2 * abs(d))
        ),
        "c2 is missing": lambda dphi, d, alpha, c2: truth(dphi, d, alpha, 1.0),
        "this says whether, and by how much is asked": lambda *c: float(truth(*c) > 0),
        "phi'(0) is negative: no minus before c2": lambda dphi, d, alpha, c2: truth(dphi, -d, alpha, c2),
        "the condition may fail: backtracking does not ensure it": lambda dphi, d, alpha, c2: 0.0,
    }
    rng = variant(seed, "miss")
    cases = []
    for k in range(16):
        reach, bend = [((0.01, 0.15), (0.5, 2)), ((0.2, 2), (0.5, 2)), ((0.2, 2), (-2, -0.5))][k % 3]
        slope, bend = -numbers(rng, (0.5, 3))[0], numbers(rng, bend)[0]
        dphi = Probe(lambda alpha, s=slope, q=bend: s + q * alpha, f"phi' = {slope} + {bend} alpha")
        cases.append((dphi, slope, *numbers(rng, reach, (0.2, 0.6))))
    return diagnose(answer, truth, cases, slips)


def check_goldstein_window(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `goldstein_window(slope, bend, rho)`: the ends of the steps that Goldstein accepts.

    The function is phi(alpha) = slope alpha + bend alpha^2 / 2 with slope < 0 < bend.

    >>> check_goldstein_window(lambda s, q, rho: (-2 * rho * s / q, -2 * (1 - rho) * s / q)).passed
    True
    """

    def truth(slope, bend, rho):
        best = -slope / bend
        return 2 * rho * best, 2 * (1 - rho) * best

    def scaled(low, high):
        return lambda slope, bend, rho: (low(rho) * -slope / bend, high(rho) * -slope / bend)

    slips = {
        "this is Armijo's window: Goldstein's lower line forbids short steps": scaled(
            lambda rho: 0, lambda rho: 2 * (1 - rho)
        ),
        "the minimiser is -slope / bend, and the window is twice as wide": scaled(
            lambda rho: rho, lambda rho: 1 - rho
        ),
        "the lower end comes first": scaled(lambda rho: 2 * (1 - rho), lambda rho: 2 * rho),
        "phi has bend / 2 before alpha^2": scaled(lambda rho: 4 * rho, lambda rho: 4 * (1 - rho)),
        "the slope is negative: steps are positive": scaled(lambda rho: -2 * rho, lambda rho: -2 * (1 - rho)),
        "the window is not symmetric about rho, but about the minimiser": scaled(
            lambda rho: 1 - rho, lambda rho: 1 + rho
        ),
    }
    rng = variant(seed, "goldstein_window")
    cases = [(-numbers(rng, (0.5, 3))[0], *numbers(rng, (0.4, 4), (0.05, 0.45))) for _ in range(12)]
    cases.append((-2.0, 4.0, 0.5))
    parts = "the lower end", "the upper end"
    return diagnose(
        answer, truth, cases, slips, parts=parts, unchecked="rho > 1/2, where nothing is accepted"
    )


def check_wolfe_length(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `wolfe_length(slope, bend, c1, c2)`: how long the interval of Wolfe's steps is, 0 if empty.

    >>> check_wolfe_length(lambda s, q, c1, c2: -s / q * (2 * (1 - c1) - (1 - c2))).slip
    'the window may be empty: a length is never negative'
    """

    def truth(slope, bend, c1, c2):
        return max(0.0, 1 + c2 - 2 * c1) * -slope / bend

    slips = {
        "the window may be empty: a length is never negative": lambda s, q, c1, c2: (
            (1 + c2 - 2 * c1) * -s / q
        ),
        "no step is lost as soon as c2 < c1: on this parabola it takes c2 < 2 c1 - 1": (
            lambda s, q, c1, c2: truth(s, q, c1, c2) if c2 >= c1 else 0.0
        ),
        "c1 belongs to decrease and c2 to curvature: they are swapped": (
            lambda s, q, c1, c2: truth(s, q, c2, c1)
        ),
        "this is Armijo's part alone: curvature forbids steps below (1 - c2) of the minimiser": (
            lambda s, q, c1, c2: 2 * (1 - c1) * -s / q
        ),
        "these are the strong conditions: they cut the long steps, too": (
            lambda s, q, c1, c2: max(0.0, min(1 + c2, 2 * (1 - c1)) - (1 - c2)) * -s / q
        ),
        "Armijo's end is 2 (1 - c1) times the minimiser: a factor 2": (
            lambda s, q, c1, c2: max(0.0, (1 - c1) - (1 - c2)) * -s / q
        ),
    }
    rng = variant(seed, "wolfe_length")
    cases = []
    for k in range(16):
        c1, c2 = numbers(rng, *([(0.05, 0.4), (0.5, 0.95)], [(0.7, 0.95), (0.05, 0.9)])[k % 2])
        cases.append((-numbers(rng, (0.5, 3))[0], numbers(rng, (0.4, 4))[0], c1, c2))
    return diagnose(answer, truth, cases, slips, unchecked="functions other than a parabola")


def _descend(f, grad, x, alpha0, beta, c1, steps, *, sign=1.0, kept=False, share=None, ahead=1.0):
    x, alpha = np.asarray(x, float), alpha0
    for _ in range(steps):
        g = grad(x)
        fx, slope = f(x), -(g @ g)
        alpha = alpha if kept else alpha0
        for _ in range(60):
            bound = fx + (c1 if share is None else share) * sign * alpha * slope
            if f(x - alpha * g) <= bound:
                break
            alpha = beta * alpha
        x = x - ahead * alpha * g
    return x


def check_descend(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `descend(f, grad, x, alpha0, beta, c1, steps)`: gradient descent with backtracking.

    >>> check_descend(lambda f, grad, x, *rest: x).slip
    'it has not moved: this is the start'
    """

    def observe(descent, f, grad, x, alpha0, beta, c1, steps):
        end = descent(f, grad, x, alpha0, beta, c1, steps)
        return end, max(0, grad.calls - steps)

    def with_(**change):
        return lambda *case: _descend(*case, **change)

    slips = {
        "the slope -g'g is negative already: a minus before it makes Armijo's line rise": with_(sign=-1.0),
        "alpha starts at alpha0 in each step: here the last one is kept": with_(kept=True),
        "this goes uphill: x - alpha g": with_(ahead=-1.0),
        "any decrease is accepted: c1 alpha phi'(0) is missing": with_(share=0.0),
        "c1 is missing: this compares with the tangent": with_(share=1.0),
        "it has not moved: this is the start": lambda f, grad, x, *_: x,
        "no step is cut back: test Armijo's condition": lambda f, grad, x, a, beta, c1, n: _descend(
            f, grad, x, a, beta, -1e9, n
        ),
        "one step is missing": lambda f, grad, x, a, beta, c1, n: _descend(f, grad, x, a, beta, c1, n - 1),
        "this is one step too many": lambda f, grad, x, a, b, c1, n: _descend(f, grad, x, a, b, c1, n + 1),
    }
    rng = variant(seed, "descend")
    cases = []
    for _ in range(8):
        f, grad = valley(*numbers(rng, (1, 10)))
        x = np.array(numbers(rng, (-1.5, -0.5), (0.5, 1.5)))
        cases.append((f, grad, x, 1.0, *numbers(rng, (0.3, 0.7), (0.1, 0.4)), int(rng.integers(3, 7))))
    parts = "the last point", "the gradients beyond one a step"
    return diagnose(answer, _descend, cases, slips, rtol=1e-7, observe=observe, parts=parts)


def valley(b: float) -> tuple:
    """Return Rosenbrock's function (1 - x)^2 + b (y - x^2)^2, and its gradient, counted.

    >>> f, grad = valley(100.0)
    >>> f(np.array([1.0, 1.0])), f.calls
    (np.float64(0.0), 1)
    """

    def f(x):
        return (1 - x[0]) ** 2 + b * (x[1] - x[0] ** 2) ** 2

    def grad(x):
        inner = x[1] - x[0] ** 2
        return np.array([-2 * (1 - x[0]) - 4 * b * x[0] * inner, 2 * b * inner])

    return Probe(f, f"(1 - x)^2 + {b} (y - x^2)^2"), Probe(grad, "its gradient")


def short_steps(seed: int = 0) -> Table:
    """Return what backtracking from ever smaller first trials gives: Armijo holds, curvature fails.

    >>> [row[-1] for row in short_steps().rows]
    ['holds', 'fails', 'fails']
    """
    f, grad = valley(numbers(variant(seed, "short_steps"), (5, 10))[0])
    phi, dphi = along(f, grad, np.array([-1.0, 1.5]), -grad(np.array([-1.0, 1.5])))
    rows = []
    for alpha0 in (0.05, 1e-3, 1e-4):
        alpha = backtracking(phi, dphi, alpha0).alpha
        verdict = "holds" if dphi(alpha) >= 0.9 * dphi(0) else "fails"
        rows.append([alpha0, f"{alpha:.2g}", f"{dphi(alpha) / dphi(0):.3f}", verdict])
    return Table(["first trial", "accepted", "phi'(alpha) / phi'(0)", "curvature, c2 = 0.9"], rows)
