"""Residuals whose sum of squares is a long valley, badly scaled or flat at the bottom."""

import numpy as np

from descent.problems.residual_problem import rows

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
