"""Right and wrong answers to homework 02."""

import numpy as np
from descent.conditions import armijo, curvature
from descent.line_search import backtracking
from homework.proof import Answers

# -- 1 below Armijo's line ---------------------------------------------------------------------


def below_in_one_line(phi, dphi0, alpha, c1):
    return np.float64(phi(0.0)) - phi(alpha) + dphi0 * c1 * alpha


def below_single(phi, dphi0, alpha, c1):
    return np.float32(phi(0)) + np.float32(c1 * alpha * dphi0) - np.float32(phi(alpha))


BELOW = Answers(
    right=(below_in_one_line, below_single),
    wrong=(
        ("+ c1 * alpha", "- c1 * alpha", "negative already"),
        ("c1 * alpha * dphi0", "alpha * dphi0", "c1 is missing"),
        ("c1 * alpha * dphi0", "c1 * dphi0", "alpha is missing"),
        ("line - phi(alpha)", "phi(0) - phi(alpha)", "not horizontal"),
        ("line - phi(alpha)", "line", "subtract phi"),
        ("phi(0) + ", "", r"phi\(0\) is missing"),
        (lambda phi, d, alpha, c1: bool(armijo(alpha, phi(alpha), phi(0), d, c1)), "says whether"),
    ),
    generic={"sign": "above the line"},
)

# -- 2 the curvature condition ------------------------------------------------------------------


def miss_by_a_branch(dphi, dphi0, alpha, c2):
    slope = dphi(alpha)
    return 0 if curvature(slope, dphi0, c2) else abs(slope) - c2 * abs(dphi0)


def miss_by_clipping(dphi, dphi0, alpha, c2):
    return np.clip([c2 * dphi0 - dphi(alpha)], 0, None)[0]


MISS = Answers(
    right=(miss_by_a_branch, miss_by_clipping),
    wrong=(
        (lambda dphi, d, alpha, c2: dphi(alpha) < c2 * d, "says whether"),
        ("max(0.0, c2 * dphi0 - dphi(alpha))", "c2 * dphi0 - dphi(alpha)", "never negative"),
        ("c2 * dphi0 - dphi(alpha)", "dphi(alpha) - c2 * dphi0", "turned round"),
        ("c2 * dphi0 - dphi(alpha)", "abs(dphi(alpha)) - c2 * abs(dphi0)", "strong condition"),
        ("c2 * dphi0", "dphi0", "c2 is missing"),
        ("c2 * dphi0", "-c2 * dphi0", "no minus"),
        (lambda *_: 0.0, "does not ensure"),
    ),
    generic={"zero": "does not ensure"},
)

# -- 3 Goldstein's window -------------------------------------------------------------------------


def window_by_inequalities(slope, bend, rho):
    # phi / alpha = slope + bend alpha / 2 = share * slope
    return [2 * (share - 1) * slope / bend for share in (1 - rho, rho)]


def window_as_array(slope, bend, rho):
    return -slope / bend + (1 - 2 * rho) * slope / bend * np.array([1, -1])


GOLDSTEIN = Answers(
    right=(window_by_inequalities, window_as_array),
    wrong=(
        ("return 2 * rho * best", "return 0 * best", "Armijo's window"),
        ("2 * rho * best, 2 * (1 - rho) * best", "rho * best, (1 - rho) * best", "twice as wide"),
        (
            "2 * rho * best, 2 * (1 - rho) * best",
            "2 * (1 - rho) * best, 2 * rho * best",
            "lower end comes first",
        ),
        ("best = -slope / bend", "best = -2 * slope / bend", "bend / 2"),
        ("2 * rho * best, 2 * (1 - rho)", "(1 - rho) * best, (1 + rho)", "about the minimiser"),
        ("best = -slope / bend", "best = slope / bend", "steps are positive"),
        ("2 * rho * best, 2 * (1 - rho) * best", "best", "2 things"),
    ),
    generic={"sign": "steps are positive", "factor 2": "bend / 2"},
)

# -- 4 no Wolfe step --------------------------------------------------------------------------------


def length_by_cases(slope, bend, c1, c2):
    if c2 <= 2 * c1 - 1:
        return 0
    return np.abs(slope) * (1 + c2 - 2 * c1) / bend


def length_of_a_list(slope, bend, c1, c2):
    inside = [2 * (1 - c1), 1 - c2]
    return (inside[0] - min(inside)) * np.float64(-slope) / bend


WOLFE = Answers(
    right=(length_by_cases, length_of_a_list),
    wrong=(
        ("max(0.0, highest - lowest)", "highest - lowest", "never negative"),
        ("return max", "return 0.0 if c2 < c1 else max", "as soon as c2 < c1"),
        (
            "(1 - c2) * best\n    highest = 2 * (1 - c1)",
            "(1 - c1) * best\n    highest = 2 * (1 - c2)",
            "swapped",
        ),
        ("(1 - c2) * best", "0", "forbids steps below"),
        ("2 * (1 - c1) * best", "min(1 + c2, 2 * (1 - c1)) * best", "strong conditions"),
        ("2 * (1 - c1)", "(1 - c1)", "a factor 2"),
    ),
)

# -- 5 descent ---------------------------------------------------------------------------------------


def descend_with_the_library(f, grad, x, alpha0, beta, c1, steps):
    if steps == 0:
        return x
    g = grad(x)
    alpha = backtracking(lambda a: f(x - a * g), None, alpha0, dphi0=-g @ g, beta=beta, c1=c1).alpha
    return descend_with_the_library(f, grad, x - alpha * g, alpha0, beta, c1, steps - 1)


def descend_in_lists(f, grad, x, alpha0, beta, c1, steps):
    x = list(x)
    while steps > 0:
        g = grad(x)
        k = next(
            k
            for k in range(99)
            if f([x[0] - alpha0 * beta**k * g[0], x[1] - alpha0 * beta**k * g[1]])
            <= f(x) - c1 * alpha0 * beta**k * (g[0] ** 2 + g[1] ** 2)
        )
        x = [xi - alpha0 * beta**k * gi for xi, gi in zip(x, g, strict=True)]
        steps -= 1
    return x


DESCEND = Answers(
    right=(descend_with_the_library, descend_in_lists),
    wrong=(
        ("slope = -(g @ g)", "slope = g @ g", "negative already"),
        (
            "    for _ in range(steps):",
            "    alpha = alpha0\n    for k in range(steps):\n        alpha0 = alpha",
            "starts at alpha0 in each step",
        ),
        ("c1 * alpha * slope", "0", "any decrease"),
        ("c1 * alpha * slope", "alpha * slope", "c1 is missing|does its loop end"),
        ("        x = x - alpha * g", "        x = x + alpha * g", "uphill"),
        ("range(steps)", "range(steps - 1)", "one step is missing"),
        ("range(steps)", "range(steps + 1)", "one step too many"),
        ("slope = -(g @ g)", "slope = -(grad(x) @ grad(x))", "gradients beyond"),
        ("alpha = beta * alpha", "alpha = alpha", "does its loop end"),
        (
            "        while f(x - alpha * g) > f(x) + c1 * alpha * slope:\n            alpha = beta * alpha\n",
            "",
            "cut back",
        ),
    ),
)

ANSWERS = {
    "below": BELOW,
    "miss": MISS,
    "goldstein_window": GOLDSTEIN,
    "wolfe_length": WOLFE,
    "descend": DESCEND,
}
