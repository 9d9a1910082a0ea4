"""Residuals of models at given points: exponentials, a bell, a polynomial for a differential equation."""

import functools

import numpy as np

from descent.problems.residual_problem import rows

# 5 Beale


def beale(x):
    return np.stack([y - x[0] * (1 - x[1] ** k) for k, y in ((1, 1.5), (2, 2.25), (3, 2.625))])


def beale_jac(x):
    return rows(*([x[1] ** k - 1, k * x[0] * x[1] ** (k - 1)] for k in (1, 2, 3)))


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


# 20 Watson: a polynomial fitted to the solution of a differential equation

WATSON_T = np.arange(1, 30) / 29


@functools.cache
def _watson_powers(n):
    """Return the powers of t, and their slopes."""
    powers = WATSON_T[:, None] ** np.arange(n)
    return powers, np.arange(1, n) * powers[:, :-1]


def watson(x):
    powers, slopes = _watson_powers(x.size)
    r = slopes @ x[1:] - (powers @ x) ** 2 - 1
    return np.concatenate([r, np.stack([x[0], x[1] - x[0] ** 2 - 1])])


def watson_jac(x):
    powers, slopes = _watson_powers(x.size)
    J = -2 * (powers @ x)[:, None] * powers
    J[:, 1:] += slopes
    last = np.zeros((2, x.size), dtype=x.dtype)
    last[0, 0], last[1, 0], last[1, 1] = 1, -2 * x[0], 1
    return np.concatenate([J, last])
