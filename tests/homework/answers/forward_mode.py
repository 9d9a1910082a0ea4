"""Right and wrong answers to homework 04."""

import math

import numpy as np
from descent.autodiff import Dual, grad, jvp
from descent.univariate import brent
from homework.proof import Answers

# -- 1 best step --------------------------------------------------------------------------------


def best_step_as_array(third, noise):
    h = np.cbrt(3 * noise / third)
    return np.array([h, 1.5 * noise / h])


def best_step_single(third, noise):
    h = np.float32(3 * noise / third) ** np.float32(1 / 3)
    return [h, np.float32(third) * h * h / 6 + np.float32(noise) / h]


def best_step_by_halves(third, noise):
    """Solve third h / 3 = noise / h^2 by bisection."""
    low, high = 0.0, 10.0
    for _ in range(200):
        h = (low + high) / 2
        low, high = (h, high) if third * h**3 < 3 * noise else (low, h)
    return h, third * h**2 / 6 + noise / h


BEST_STEP = Answers(
    right=(best_step_as_array, best_step_single, best_step_by_halves),
    wrong=(
        (lambda third, noise: (1e-8, third * 1e-16 / 6 + noise / 1e-8), "smaller h is not always better"),
        (lambda third, noise: (0.0, 0.0), "a smaller h is not always better"),
        ("(3 * noise / third) ** (1 / 3)", "(6 * noise / third) ** 0.5", "a square root"),
        ("3 * noise / third", "6 * noise / third", "made equal"),
        ("3 * noise / third", "noise / third", "is third h / 3"),
        ("3 * noise / third", "third / (3 * noise)", "upside down"),
        (" ** (1 / 3)", "", "cube root is missing"),
        ("return h, ", "return ", "2 things"),
        (lambda third, noise: (brent(lambda h: third * h**2 + noise / h, 1e-9, 9.0).x, 0.0), None),
    ),
    generic={"zero": "always 0|a smaller h"},
)

# -- 2 dual power ---------------------------------------------------------------------------------


def power_by_the_library(v, dv, u, du):
    result = Dual(v, dv) ** Dual(u, du)
    return result.value, result.epsilon


def power_by_exponential(v, dv, u, du):
    return [math.exp(u * math.log(v)), math.exp(u * math.log(v)) * (du * math.log(v) + u * dv / v)]


POWER = Answers(
    right=(power_by_the_library, power_by_exponential),
    wrong=(
        (" + value * math.log(v) * du", "", "term with du"),
        ("u * v ** (u - 1) * dv + ", "", "term with dv"),
        ("u * v ** (u - 1) * dv + value * math.log(v) * du", "abs(dv) ** u", None),
        (" * math.log(v)", "", "ln v is missing"),
        ("v ** (u - 1)", "v**u", "exponent falls"),
        ("u * v ** (u - 1)", "v ** (u - 1)", "factor u"),
        ("dv + value", "dv - value", "two terms add"),
        (lambda v, dv, u, du: power_by_exponential(v, du, u, dv), "tangents are swapped"),
        (lambda v, dv, u, du: power_by_exponential(u, du, v, dv), "base and exponent"),
        ("return value, ", "return ", "2 things"),
    ),
)

# -- 3 fourth derivative of tanh ------------------------------------------------------------------


def fourth_by_hand(x):
    t = np.tanh(x)
    return [8 * t * (1 - t * t) * (2 - 3 * t * t)][0]


def fourth_by_recursion(x, f=np.tanh, order=4):
    return f(x) if order == 0 else fourth_by_recursion(x, grad(f), order - 1)


def fourth_single(x):
    return fourth_by_hand(np.float32(x))


FOURTH = Answers(
    right=(fourth_by_hand, fourth_by_recursion, fourth_single),
    wrong=(
        ("range(4)", "range(3)", "third derivative"),
        ("range(4)", "range(5)", "fifth derivative"),
        ("range(4)", "range(2)", "second derivative"),
        ("range(4)", "range(0)", "tanh itself"),
        (lambda x: (1 - np.tanh(x) ** 2) ** 4, "fourth power"),
        (lambda x: 8 * np.tanh(x) * (2 - 3 * np.tanh(x) ** 2), "multiply by 1"),
    ),
)

# -- 4 series of cos --------------------------------------------------------------------------------


def cosine_by_formula(x, terms):
    k = np.arange(terms)
    factorials = np.array([math.factorial(2 * n) for n in k], float)
    total = np.sum((-1.0) ** k * x ** (2 * k) / factorials)
    return [total, np.sum(((-1.0) ** k * 2 * k * x ** (2.0 * k - 1) / factorials)[1:])]


def only_value(x, terms):
    return sum((-1) ** k * x ** (2 * k) / math.factorial(2 * k) for k in range(terms))


def cosine_by_autodiff(x, terms):
    return jvp(lambda x: only_value(x, terms), (x,), (1.0,))


COSINE = Answers(
    right=(cosine_by_formula, cosine_by_autodiff),
    wrong=(
        ("return total, dtotal", "return total, -math.sin(x)", "derivative of cos, not"),
        (lambda x, n: (math.cos(x), -math.sin(x)), "not the sum"),
        (lambda x, n: (only_value(x, n), cosine_by_formula(x, n + 1)[1]), "one term too many"),
        ("range(1, terms)", "range(1, terms - 1)", "last term is missing"),
        ("range(1, terms)", "range(1, terms + 1)", "one term too many"),
        ("factor = -(x**2)", "factor = x**2", None),
        ("dfactor = -2 * x", "dfactor = -1", "brings 2x"),
        ("return total, dtotal", "return total, -dtotal", "sign of the derivative"),
        ("dterm * factor + term * dfactor", "dterm * dfactor", "always 0"),
        ("return total, dtotal", "return total", "2 things"),
    ),
)

# -- 5 loop -----------------------------------------------------------------------------------------


def loop_by_recursion(x, c, dx, dc, steps):
    if steps == 0:
        return [x, dx]
    return loop_by_recursion(c * math.sin(x), c, dc * math.sin(x) + c * math.cos(x) * dx, dc, steps - 1)


def loop_by_the_library(x, c, dx, dc, steps):
    def program(x, c):
        for _ in range(steps):
            x = c * np.sin(x)
        return x

    return jvp(program, (x, c), (dx, dc))


def loop_with_dual_numbers(x, c, dx, dc, steps):
    x, c = Dual(x, dx), Dual(c, dc)
    for _ in range(steps):
        x = c * np.sin(x)
    return np.array([x.value, x.epsilon])


LOOP = Answers(
    right=(loop_by_recursion, loop_by_the_library, loop_with_dual_numbers),
    wrong=(
        (
            "        dx = dc * math.sin(x) + c * math.cos(x) * dx\n        x = c * math.sin(x)",
            "        x = c * math.sin(x)\n        dx = dc * math.sin(x) + c * math.cos(x) * dx",
            "overwritten",
        ),
        ("dc * math.sin(x) + ", "", "c moves, too"),
        (" + c * math.cos(x) * dx", "", "old tangent is lost"),
        ("    for _", "    dx = 0.0\n    for _", "seed dx is ignored"),
        ("    for _", "    dx = 1.0\n    for _", "fixed at dx = 1"),
        ("c * math.cos(x) * dx", "c * -math.cos(x) * dx", "without a minus"),
        ("range(steps)", "range(steps - 1)", "one step is missing"),
        ("range(steps)", "range(steps + 1)", "one step too many"),
        (lambda x, c, dx, dc, n: (loop_by_recursion(x, c, dx, dc, n)[0], dx), "stays at its seed"),
        ("return x, dx", "return dx", "2 things"),
    ),
)

ANSWERS = {
    "best_step": BEST_STEP,
    "dual_power": POWER,
    "fourth": FOURTH,
    "cosine": COSINE,
    "loop": LOOP,
}
