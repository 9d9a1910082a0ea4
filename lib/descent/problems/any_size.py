"""Residuals of any number of variables: penalties, a trigonometric system, nodes of a quadrature."""

import numpy as np

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
