"""Checkers of homework 04: the best step of a difference, dual numbers, tangents through programs."""

from collections.abc import Callable
from math import cos, factorial, log, sin

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.draws import numbers


def check_best_step(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `best_step(third, noise)`: where third h^2 / 6 + noise / h is smallest, and that value.

    >>> check_best_step(lambda third, noise: (0.0, 0.0)).slip
    'h = 0 is no step: a smaller h is not always better, rounding grows as 1 / h'
    """

    def error(h, third, noise):
        return third * h**2 / 6 + noise / h

    def with_(step):
        return lambda third, noise: (step(third, noise), error(step(third, noise), third, noise))

    slips = {
        "h = 0 is no step: a smaller h is not always better, rounding grows as 1 / h": lambda third, noise: (
            0.0,
            0.0,
        ),
        "a square root belongs to forward differences: set third h / 3 - noise / h^2 to 0": with_(
            lambda third, noise: (6 * noise / third) ** 0.5
        ),
        "the two terms are made equal: set the derivative to 0": with_(
            lambda third, noise: np.cbrt(6 * noise / third)
        ),
        "the derivative of third h^2 / 6 is third h / 3": with_(lambda third, noise: np.cbrt(noise / third)),
        "the quotient is upside down": with_(lambda third, noise: np.cbrt(third / (3 * noise))),
        "the cube root is missing": with_(lambda third, noise: 3 * noise / third),
    }
    truth = with_(lambda third, noise: np.cbrt(3 * noise / third))
    rng = variant(seed, "best_step")
    cases = [(3.0, 1e-3)]
    cases += [(*numbers(rng, (0.5, 9)), float(f"{10 ** rng.uniform(-4, -1):.1e}")) for _ in range(9)]
    parts = "the step", "the error"
    found = diagnose(answer, truth, cases, slips, parts=parts, unchecked="noise below 1e-4")
    if found.slip == "it is the same for every input":
        text = f"{found.message} A smaller h is not always better: the best one grows with the noise."
        return Diagnosis(False, text, found.slip)
    return found


def check_dual_power(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `dual_power(v, dv, u, du)`: both parts of (v + dv e)^(u + du e) for v > 0.

    >>> check_dual_power(lambda v, dv, u, du: (v**u, u * v ** (u - 1) * dv)).slip
    'the exponent moves, too: the term with du is missing'
    """

    def with_(slope):
        return lambda v, dv, u, du: (v**u, slope(v, dv, u, du))

    truth = with_(lambda v, dv, u, du: u * v ** (u - 1) * dv + v**u * log(v) * du)
    slips = {
        "the exponent moves, too: the term with du is missing": with_(
            lambda v, dv, u, du: u * v ** (u - 1) * dv
        ),
        "the base moves, too: the term with dv is missing": with_(lambda v, dv, u, du: v**u * log(v) * du),
        "parts are not powers of each other: e e = 0 makes a chain rule": with_(lambda v, dv, u, du: dv**u),
        "the derivative of v^u in u is v^u ln v: ln v is missing": with_(
            lambda v, dv, u, du: u * v ** (u - 1) * dv + v**u * du
        ),
        "the derivative of v^u in v is u v^(u - 1): the exponent falls by 1": with_(
            lambda v, dv, u, du: u * v**u * dv + v**u * log(v) * du
        ),
        "the derivative of v^u in v is u v^(u - 1): the factor u is missing": with_(
            lambda v, dv, u, du: v ** (u - 1) * dv + v**u * log(v) * du
        ),
        "the two terms add": with_(lambda v, dv, u, du: u * v ** (u - 1) * dv - v**u * log(v) * du),
        "the tangents are swapped": with_(lambda v, dv, u, du: u * v ** (u - 1) * du + v**u * log(v) * dv),
        "base and exponent are swapped": lambda v, dv, u, du: truth(u, du, v, dv),
    }
    rng = variant(seed, "dual_power")
    cases = [(2.0, 1.0, 3.0, 0.0), (2.0, 0.0, 3.0, 1.0)]
    cases += [numbers(rng, (0.4, 2.5), (-2, 2), (0.5, 3), (-2, 2)) for _ in range(12)]
    parts = "the value", "the coefficient of e"
    return diagnose(answer, truth, cases, slips, parts=parts, unchecked="v <= 0, where ln v does not exist")


def check_fourth(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `fourth(x)`: the fourth derivative of tanh at x.

    >>> check_fourth(lambda x: (1 - np.tanh(x) ** 2) * (6 * np.tanh(x) ** 2 - 2)).slip
    'this is the third derivative: one order is missing'
    """

    def order(n):
        return lambda x: _tanh_derivative(n, x)

    slips = {
        "this is the third derivative: one order is missing": order(3),
        "this is the fifth derivative: one order too many": order(5),
        "this is the second derivative": order(2),
        "this is tanh itself": order(0),
        "this is the fourth power of the derivative, not the fourth derivative": lambda x: order(1)(x) ** 4,
        "this is the derivative in t = tanh x of the last step: multiply by 1 - t^2": lambda x: (
            order(4)(x) / order(1)(x)
        ),
    }
    rng = variant(seed, "fourth")
    cases = [(0.5,), (-1.0,), *(numbers(rng, (-2, 2)) for _ in range(10))]
    return diagnose(answer, order(4), cases, slips, rtol=1e-6, unchecked="|x| > 2")


def _tanh_derivative(n: int, x: float) -> float:
    """Return the n-th derivative of tanh: a polynomial in t = tanh x, by the rule dt/dx = 1 - t^2."""
    polynomial = np.polynomial.Polynomial([0, 1])
    for _ in range(n):
        polynomial = polynomial.deriv() * np.polynomial.Polynomial([1, 0, -1])
    return float(polynomial(np.tanh(x)))


def _cosine(x, terms) -> float:
    return sum((-1) ** k * x ** (2 * k) / factorial(2 * k) for k in range(terms))


def _cosine_slope(x, terms) -> float:
    return sum((-1) ** k * x ** (2 * k - 1) / factorial(2 * k - 1) for k in range(1, terms))


def check_cosine(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `cosine(x, terms)`: the sum of so many terms of the series of cos, and its derivative.

    >>> check_cosine(lambda x, terms: (_cosine(x, terms), -np.sin(x))).slip
    'this is the derivative of cos, not of the sum that was computed'
    """

    def with_(slope):
        return lambda x, terms: (_cosine(x, terms), slope(x, terms))

    truth = with_(_cosine_slope)
    slips = {
        "this is the derivative of cos, not of the sum that was computed": with_(lambda x, n: -sin(x)),
        "these are cos and -sin, not the sum of so many terms": lambda x, n: (cos(x), -sin(x)),
        "the series of -sin has one term too many: the first term of cos is constant": with_(
            lambda x, n: _cosine_slope(x, n + 1)
        ),
        "the last term's derivative is missing": with_(lambda x, n: _cosine_slope(x, n - 1)),
        "the last term is missing": lambda x, n: truth(x, n - 1),
        "this has one term too many": lambda x, n: truth(x, n + 1),
        "the signs alternate": lambda x, n: (
            sum(x ** (2 * k) / factorial(2 * k) for k in range(n)),
            sum(x ** (2 * k - 1) / factorial(2 * k - 1) for k in range(1, n)),
        ),
        "this is the derivative in x^2: the chain rule brings 2x": with_(
            lambda x, n: _cosine_slope(x, n) / (2 * x)
        ),
        "the sign of the derivative is flipped": with_(lambda x, n: -_cosine_slope(x, n)),
    }
    rng = variant(seed, "cosine")
    cases = [(0.5, 2), (1.0, 3)]
    cases += [(numbers(rng, (0.8, 3))[0] * rng.choice([-1, 1]), int(rng.integers(2, 6))) for _ in range(12)]
    cases = [(float(x), n) for x, n in cases]
    return diagnose(answer, truth, cases, slips, rtol=1e-8, parts=("the value", "the derivative"))


def _loop(x, c, dx, dc, steps, *, late=False, own=True, through=True, slope=cos):
    for _ in range(steps):
        new = c * sin(x)
        at = new if late else x
        dx = (dc * sin(at) if own else 0.0) + (c * slope(at) * dx if through else 0.0)
        x = new
    return x, dx


def check_loop(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `loop(x, c, dx, dc, steps)`: x and its tangent after so many times x = c sin(x).

    >>> check_loop(lambda x, c, dx, dc, steps: _loop(x, c, dx, dc, steps, late=True)).slip
    'x is overwritten before its old value has served the tangent'
    """

    def with_(**change):
        return lambda *case: _loop(*case, **change)

    slips = {
        "x is overwritten before its old value has served the tangent": with_(late=True),
        "c moves, too: the term dc sin(x) is missing": with_(own=False),
        "the old tangent is lost: the term c cos(x) dx is missing": with_(through=False),
        "the seed dx is ignored: start from it": lambda x, c, dx, dc, n: _loop(x, c, 0.0, dc, n),
        "the seed is fixed at dx = 1: start from the dx that is given": lambda x, c, dx, dc, n: _loop(
            x, c, 1.0, dc, n
        ),
        "the derivative of sin is cos, without a minus": with_(slope=lambda x: -cos(x)),
        "one step is missing": lambda x, c, dx, dc, n: _loop(x, c, dx, dc, n - 1),
        "this is one step too many": lambda x, c, dx, dc, n: _loop(x, c, dx, dc, n + 1),
        "the tangent stays at its seed": lambda x, c, dx, dc, n: (_loop(x, c, dx, dc, n)[0], dx),
    }
    rng = variant(seed, "loop")
    cases = [(0.5, 2.0, 1.0, 0.0, 2), (0.5, 2.0, 0.0, 1.0, 2)]
    for _ in range(10):
        cases.append((*numbers(rng, (0.3, 1.4), (1.2, 2.4), (-2, 2), (-2, 2)), int(rng.integers(2, 7))))
    return diagnose(answer, _loop, cases, slips, rtol=1e-8, parts=("the value", "the tangent"))
