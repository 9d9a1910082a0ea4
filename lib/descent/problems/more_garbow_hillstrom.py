"""The problems of More, Garbow and Hillstrom for unconstrained minimisation, as residuals.

Numbers in the references are the paper's.  Residuals and Jacobians also take complex
arguments, so that a complex step can differentiate them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PAPER = "More, Garbow and Hillstrom, Testing unconstrained optimization software, ACM TOMS 7 (1981)"


@dataclass(frozen=True)
class ResidualProblem:
    """Residuals r(x), shape (m,), and their Jacobian, shape (m, n); f = sum r_i^2."""

    name: str
    residual: Callable
    jac: Callable
    x0: np.ndarray
    x_star: np.ndarray | None
    f_star: float | None
    reference: str
    label: str = ""


def problem(number, name, residual, jac, x0, x_star=None, f_star=0.0, label=""):
    x_star = None if x_star is None else np.array(x_star, dtype=float)
    source = f"{PAPER}, problem {number}" if number else "Rosenbrock's valley, chained through n variables"
    return ResidualProblem(name, residual, jac, np.array(x0, dtype=float), x_star, f_star, source, label)


def rows(*rows):
    """Return the matrix with these rows."""
    return np.stack([np.stack([0 * sum(row) + entry for entry in row]) for row in rows])


# 1 Rosenbrock and its relatives: pairs (x, y) with r = 10 (y - x^2), 1 - x


def rosenbrock(x):
    return np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])


def rosenbrock_jac(x):
    return rows([-20 * x[0], 10], [-1, 0])


def extended_rosenbrock(x):
    odd, even = x[::2], x[1::2]
    return np.stack([10 * (even - odd**2), 1 - odd], axis=1).ravel()


def extended_rosenbrock_jac(x):
    J = np.zeros((x.size, x.size), dtype=x.dtype)
    i = np.arange(0, x.size, 2)
    J[i, i], J[i, i + 1], J[i + 1, i] = -20 * x[::2], 10, -1
    return J


def chained_rosenbrock(x):
    return np.concatenate([10 * (x[1:] - x[:-1] ** 2), 1 - x[:-1]])


def chained_rosenbrock_jac(x):
    n = x.size
    J = np.zeros((2 * n - 2, n), dtype=x.dtype)
    i = np.arange(n - 1)
    J[i, i], J[i, i + 1], J[n - 1 + i, i] = -20 * x[:-1], 10, -1
    return J


# 3, 4 badly scaled problems


def powell_badly_scaled(x):
    return np.stack([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001])


def powell_badly_scaled_jac(x):
    return rows([1e4 * x[1], 1e4 * x[0]], [-np.exp(-x[0]), -np.exp(-x[1])])


def brown_badly_scaled(x):
    return np.stack([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2])


def brown_badly_scaled_jac(x):
    return rows([1, 0], [0, 1], [x[1], x[0]])


# 5 Beale


def beale(x):
    return np.stack([y - x[0] * (1 - x[1] ** k) for k, y in ((1, 1.5), (2, 2.25), (3, 2.625))])


def beale_jac(x):
    return rows(*([x[1] ** k - 1, k * x[0] * x[1] ** (k - 1)] for k in (1, 2, 3)))


# 7 helical valley: theta is the angle of (x1, x2) in turns, from -1/4 to 3/4


def helical_valley(x):
    turns = np.arctan(x[1] / x[0]) / (2 * np.pi) + (0.5 if np.real(x[0]) < 0 else 0.0)
    return np.stack([10 * (x[2] - 10 * turns), 10 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]])


def helical_valley_jac(x):
    square = x[0] ** 2 + x[1] ** 2
    radius = np.sqrt(square)
    return rows(
        [50 / np.pi * x[1] / square, -50 / np.pi * x[0] / square, 10],
        [10 * x[0] / radius, 10 * x[1] / radius, 0],
        [0, 0, 1],
    )


# 9 Gaussian, 11 Gulf research, 12 box, 16 Brown and Dennis, 18 Biggs: sums over points t_i

GAUSSIAN_T = (8 - np.arange(1, 16)) / 2
GAUSSIAN_Y = np.array([0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989])
GAUSSIAN_Y = np.concatenate([GAUSSIAN_Y, GAUSSIAN_Y[-2::-1]])


def gaussian(x):
    return x[0] * np.exp(-x[1] * (GAUSSIAN_T - x[2]) ** 2 / 2) - GAUSSIAN_Y


def gaussian_jac(x):
    away = GAUSSIAN_T - x[2]
    bell = np.exp(-x[1] * away**2 / 2)
    return np.stack([bell, -x[0] * bell * away**2 / 2, x[0] * bell * x[1] * away], axis=1)


GULF_T = np.arange(1, 100) / 100
GULF_Y = 25 + (-50 * np.log(GULF_T)) ** (2 / 3)


def gulf(x):
    return np.exp(-_gulf_power(x) / x[0]) - GULF_T


def _gulf_power(x):
    away = GULF_Y - x[1]
    return np.where(np.real(away) < 0, -away, away) ** x[2]


def gulf_jac(x):
    away = GULF_Y - x[1]
    power = _gulf_power(x)
    model = np.exp(-power / x[0])
    distance = np.where(np.real(away) < 0, -away, away)
    return np.stack(
        [
            model * power / x[0] ** 2,
            model * x[2] * power / (away * x[0]),
            -model * power * np.log(distance) / x[0],
        ],
        axis=1,
    )


BOX_T = np.arange(1, 11) / 10


def box(x):
    t = BOX_T
    return np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def box_jac(x):
    t = BOX_T
    return np.stack(
        [-t * np.exp(-t * x[0]), t * np.exp(-t * x[1]), np.exp(-10 * t) - np.exp(-t) + 0 * x[0]], axis=1
    )


BROWN_DENNIS_T = np.arange(1, 21) / 5


def brown_dennis(x):
    t = BROWN_DENNIS_T
    return (x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2


def brown_dennis_jac(x):
    t = BROWN_DENNIS_T
    p, q = 2 * (x[0] + t * x[1] - np.exp(t)), 2 * (x[2] + x[3] * np.sin(t) - np.cos(t))
    return np.stack([p, p * t, q, q * np.sin(t)], axis=1)


BIGGS_T = np.arange(1, 14) / 10
BIGGS_Y = np.exp(-BIGGS_T) - 5 * np.exp(-10 * BIGGS_T) + 3 * np.exp(-4 * BIGGS_T)


def biggs(x):
    t = BIGGS_T
    return x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - BIGGS_Y


def biggs_jac(x):
    t = BIGGS_T
    first, second, third = np.exp(-t * x[0]), np.exp(-t * x[1]), np.exp(-t * x[4])
    return np.stack([-t * x[2] * first, t * x[3] * second, first, -second, -t * x[5] * third, third], axis=1)


# 13, 22 Powell's singular function, 14 Wood


def powell_singular(x):
    a, b, c, d = x[::4], x[1::4], x[2::4], x[3::4]
    r = np.stack([a + 10 * b, 5**0.5 * (c - d), (b - 2 * c) ** 2, 10**0.5 * (a - d) ** 2], axis=1)
    return r.ravel()


def powell_singular_jac(x):
    J = np.zeros((x.size, x.size), dtype=x.dtype)
    for i in range(0, x.size, 4):
        a, b, c, d = x[i : i + 4]
        J[i : i + 4, i : i + 4] = rows(
            [1, 10, 0, 0],
            [0, 0, 5**0.5, -(5**0.5)],
            [0, 2 * (b - 2 * c), -4 * (b - 2 * c), 0],
            [2 * 10**0.5 * (a - d), 0, 0, -2 * 10**0.5 * (a - d)],
        )
    return J


def wood(x):
    return np.stack(
        [
            10 * (x[1] - x[0] ** 2),
            1 - x[0],
            90**0.5 * (x[3] - x[2] ** 2),
            1 - x[2],
            10**0.5 * (x[1] + x[3] - 2),
            (x[1] - x[3]) / 10**0.5,
        ]
    )


def wood_jac(x):
    return rows(
        [-20 * x[0], 10, 0, 0],
        [-1, 0, 0, 0],
        [0, 0, -2 * 90**0.5 * x[2], 90**0.5],
        [0, 0, -1, 0],
        [0, 10**0.5, 0, 10**0.5],
        [0, 10**-0.5, 0, -(10**-0.5)],
    )


# 20 Watson: a polynomial fitted to the solution of a differential equation

WATSON_T = np.arange(1, 30) / 29


def watson(x):
    powers = WATSON_T[:, None] ** np.arange(x.size)
    slopes = np.arange(1, x.size) * powers[:, :-1]
    r = slopes @ x[1:] - (powers @ x) ** 2 - 1
    return np.concatenate([r, np.stack([x[0], x[1] - x[0] ** 2 - 1])])


def watson_jac(x):
    powers = WATSON_T[:, None] ** np.arange(x.size)
    slopes = np.arange(1, x.size) * powers[:, :-1]
    J = -2 * (powers @ x)[:, None] * powers
    J[:, 1:] += slopes
    last = np.zeros((2, x.size), dtype=x.dtype)
    last[0, 0], last[1, 0], last[1, 1] = 1, -2 * x[0], 1
    return np.concatenate([J, last])


# 23, 24 penalties, 25 variable dimensions, 26 trigonometric


def penalty_1(x):
    return np.concatenate([1e-5**0.5 * (x - 1), np.stack([x @ x - 0.25])])


def penalty_1_jac(x):
    return np.concatenate([1e-5**0.5 * np.eye(x.size), 2 * x[None, :]])


def penalty_2(x):
    n, i = x.size, np.arange(2, x.size + 1)
    y = np.exp(i / 10) + np.exp((i - 1) / 10)
    smooth = 1e-5**0.5 * (np.exp(x[1:] / 10) + np.exp(x[:-1] / 10) - y)
    small = 1e-5**0.5 * (np.exp(x[1:] / 10) - np.exp(-1 / 10))
    return np.concatenate([x[:1] - 0.2, smooth, small, np.stack([np.arange(n, 0, -1) @ x**2 - 1])])


def penalty_2_jac(x):
    n, i = x.size, np.arange(x.size - 1)
    J = np.zeros((2 * n, n), dtype=x.dtype)
    J[0, 0] = 1
    growth = 1e-5**0.5 * np.exp(x / 10) / 10
    J[1 + i, i + 1], J[1 + i, i], J[n + i, i + 1] = growth[1:], growth[:-1], growth[1:]
    J[-1] = 2 * np.arange(n, 0, -1) * x
    return J


def variably_dimensioned(x):
    s = np.arange(1, x.size + 1) @ (x - 1)
    return np.concatenate([x - 1, np.stack([s, s**2])])


def variably_dimensioned_jac(x):
    i = np.arange(1, x.size + 1)
    return np.concatenate([np.eye(x.size), np.stack([i + 0 * x, 2 * (i @ (x - 1)) * i])])


def trigonometric(x):
    i = np.arange(1, x.size + 1)
    return x.size - np.sum(np.cos(x)) + i * (1 - np.cos(x)) - np.sin(x)


def trigonometric_jac(x):
    i = np.arange(1, x.size + 1)
    return np.sin(x)[None, :] + np.diag(i * np.sin(x) - np.cos(x))


# 35 Chebyquad: nodes of equal-weight quadrature, by shifted Chebyshev polynomials


def chebyquad(x):
    n = x.size
    before, here, r = 1 + 0 * x, 2 * x - 1, []
    for i in range(1, n + 1):
        integral = -1 / (i * i - 1) if i % 2 == 0 else 0.0
        r.append(np.sum(here) / n - integral)
        before, here = here, 2 * (2 * x - 1) * here - before
    return np.stack(r)


def chebyquad_jac(x):
    n = x.size
    before, here = 1 + 0 * x, 2 * x - 1
    slope_before, slope, J = 0 * x, 2 + 0 * x, []
    for _ in range(n):
        J.append(slope / n)
        slope_before, slope = slope, 4 * here + 2 * (2 * x - 1) * slope - slope_before
        before, here = here, 2 * (2 * x - 1) * here - before
    return np.stack(J)


RESIDUALS = (
    problem(
        1, "Rosenbrock", rosenbrock, rosenbrock_jac, [-1.2, 1], [1, 1], label=r"$100(y - x^2)^2 + (1 - x)^2$"
    ),
    problem(5, "Beale", beale, beale_jac, [1, 1], [3, 0.5], label=r"$\sum_k (y_k - x(1 - y^k))^2$"),
    problem(7, "Helical valley", helical_valley, helical_valley_jac, [-1, 0, 0], [1, 0, 0]),
    problem(13, "Powell singular", powell_singular, powell_singular_jac, [3, -1, 0, 1], [0, 0, 0, 0]),
    problem(14, "Wood", wood, wood_jac, [-3, -1, -3, -1], [1, 1, 1, 1]),
    problem(
        0, "Chained Rosenbrock", chained_rosenbrock, chained_rosenbrock_jac, [-1.2, 1] * 50, np.ones(100)
    ),
    problem(
        3,
        "Powell badly scaled",
        powell_badly_scaled,
        powell_badly_scaled_jac,
        [0, 1],
        [1.098159329699759e-5, 9.106146739866695],
    ),
    problem(4, "Brown badly scaled", brown_badly_scaled, brown_badly_scaled_jac, [1, 1], [1e6, 2e-6]),
    problem(9, "Gaussian", gaussian, gaussian_jac, [0.4, 1, 0], None, 1.12793e-8),
    problem(11, "Gulf", gulf, gulf_jac, [5, 2.5, 0.15], [50, 25, 1.5]),
    problem(12, "Box", box, box_jac, [0, 10, 20], [1, 10, 1]),
    problem(16, "Brown and Dennis", brown_dennis, brown_dennis_jac, [25, 5, -5, -1], None, 85822.2),
    problem(18, "Biggs", biggs, biggs_jac, [1, 2, 1, 1, 1, 1], [1, 10, 1, 5, 4, 3]),
    problem(20, "Watson", watson, watson_jac, [0] * 9, None, 1.39976e-6),
    problem(21, "Extended Rosenbrock", extended_rosenbrock, extended_rosenbrock_jac, [-1.2, 1] * 5, [1] * 10),
    problem(
        22, "Extended Powell singular", powell_singular, powell_singular_jac, [3, -1, 0, 1] * 3, [0] * 12
    ),
    problem(23, "Penalty I", penalty_1, penalty_1_jac, np.arange(1, 11), None, 7.08765e-5),
    problem(24, "Penalty II", penalty_2, penalty_2_jac, [0.5] * 10, None, 2.93660e-4),
    problem(
        25,
        "Variably dimensioned",
        variably_dimensioned,
        variably_dimensioned_jac,
        1 - np.arange(1, 11) / 10,
        [1] * 10,
    ),
    problem(26, "Trigonometric", trigonometric, trigonometric_jac, [0.1] * 10, [0] * 10),
    problem(35, "Chebyquad", chebyquad, chebyquad_jac, np.arange(1, 9) / 9, None, 3.51687e-3),
)
