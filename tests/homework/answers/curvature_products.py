"""Right and wrong answers to homework 09."""

import math

import numpy as np
from descent.autodiff import hvp
from homework.proof import Answers


def logistic_hv_by_matrix(X, w, v):
    p = np.exp(-np.logaddexp(0, -(X @ w)))
    return (X.T * (p * (1 - p))) @ X @ v


def logistic_hv_by_rows(X, w, v):
    total = np.zeros(len(v))
    for row in X:
        total += row * (row @ v) / (2 + np.exp(row @ w) + np.exp(-(row @ w)))
    return total.tolist()


LOGISTIC = Answers(
    right=(logistic_hv_by_matrix, logistic_hv_by_rows),
    wrong=(
        ("p * (1 - p) * ", "", "X'X v"),
        ("p * (1 - p)", "p", "not p"),
        ("(p * (1 - p) * (X @ v))", "((p * (1 - p)) ** 2 * (X @ v))", "not their squares"),
        ("(X @ v)", "(X @ w)", "this is H w"),
        ("(X @ w)", "(X @ v)", "not at v"),
        ("X.T @ (p * (1 - p) * (X @ v))", "X.T @ p", "this is the gradient"),
        ("X.T @ (p * (1 - p) * (X @ v))", "p * (1 - p) * (X @ v)", "shape"),
    ),
)


def chain_hv_by_matrix(x, v):
    n = len(x)
    H = np.zeros((n, n))
    for i in range(n - 1):
        H[i, i] += 8 * x[i] ** 2 - 4 * (x[i + 1] - x[i] ** 2)
        H[i, i + 1] -= 4 * x[i]
        H[i + 1, i] -= 4 * x[i]
        H[i + 1, i + 1] += 2
    return H @ v


def chain_hv_by_forward_over_reverse(x, v):
    return hvp(lambda x: np.sum((x[1:] - x[:-1] ** 2) ** 2), x, v)


CHAIN = Answers(
    right=(chain_hv_by_matrix, chain_hv_by_forward_over_reverse),
    wrong=(
        ("v[:-1] * r + x[:-1] * dr", "x[:-1] * dr", "G is taken for H"),
        ("v[:-1] * r + x[:-1] * dr", "v[:-1] * r", "x dr is missing"),
        ("dg[:-1] -= 4", "dg[:-1] = -4", "belongs"),
        ("dr = v[1:] - 2 * x[:-1] * v[:-1]", "dr = v[1:] - x[:-1] * v[:-1]", None),
        ("dr = v[1:] - 2 * x[:-1] * v[:-1]", "dr = v[1:] - 2 * v[:-1]", None),
        (lambda x, v: chain_hv_by_matrix(x, x), "this is H x"),
        (lambda x, v: chain_hv_by_matrix(v, x), "swapped"),
    ),
)


def softmax_gv_by_matrix(J, z, v):
    p = np.exp(z) / np.exp(z).sum()
    return J.T @ (np.diag(p) - np.outer(p, p)) @ J @ v


def softmax_gv_centred(J, z, v):
    """diag(p) - p p' is a covariance: take the mean from u first."""
    p = np.exp(z - np.logaddexp.reduce(z))
    u = J @ v
    return [float(c @ (p * (u - p @ u))) for c in J.T]


SOFTMAX = Answers(
    right=(softmax_gv_by_matrix, softmax_gv_centred),
    wrong=(
        ("p * u - p * (p @ u)", "u", "J'J v"),
        ("p * u - p * (p @ u)", "p * u", "p p' is missing"),
        ("p * u - p", "p * u + p", "not added"),
        ("p * (p @ u)", "p * p * u", "entries mix"),
        ("p * (p @ u)", "(p @ u)", "multiplies p"),
        ("    p = p / np.sum(p)\n", "", None),
        ("J.T @ (p * u - p * (p @ u))", "J.T @ p", "gradient's J'p"),
        ("J.T @ (p", "(p", "shape"),
    ),
)


def samples_by_counting(A, error):
    off = A - np.diag(np.diag(A))
    variance = 2 * np.sum(off * off)
    k = max(1, int(variance / error**2) - 1)
    while variance > k * error**2:
        k += 1
    return k


def samples_by_pairs(A, error):
    n = len(A)
    variance = 4 * sum(A[i, j] ** 2 for i in range(n) for j in range(i))
    return [max(1, math.ceil(variance / error**2))][0]


SAMPLES = Answers(
    right=(samples_by_counting, samples_by_pairs),
    wrong=(
        ("max(1, int(np.ceil(variance / error**2)))", "variance / error**2", "whole, at least 1"),
        ("variance / error**2", "np.sqrt(variance) / error", "square the quotient"),
        ("variance / error**2", "variance / error", "square the error"),
        (" - np.sum(np.diag(A) ** 2)", "", "do not see the diagonal"),
        ("2 * (np.sum", "(np.sum", "factor 2 is missing"),
        ("np.ceil", "np.floor", "round up"),
        ("max(1, int(np.ceil(variance / error**2)))", "max(1, variance / error**2)", "is whole"),
        ("max(1, int(np.ceil(variance / error**2)))", "int(np.ceil(variance / error**2))", "at least one"),
    ),
)


def direction_by_recursion(product, g, steps, state=None):
    d, r, v = state or (0 * g, g, -g)
    if steps == 0:
        return d
    Hv = product(v)
    if v @ Hv <= 0:
        return d if state else -g
    alpha = np.dot(r, r) / np.dot(v, Hv)
    rest = r + alpha * Hv
    state = d + alpha * v, rest, np.dot(rest, rest) / np.dot(r, r) * v - rest
    return direction_by_recursion(product, g, steps - 1, state)


def direction_with_lists(product, g, steps):
    residuals, found, v = [g], [-g], -g
    for _ in range(steps):
        Hv = product(v)
        if np.sum(v * Hv) > 0:
            alpha = -np.sum(residuals[-1] * v) / np.sum(v * Hv)
            found.append((found[-1] if len(found) > 1 else 0) + alpha * v)
            residuals.append(residuals[-1] + alpha * Hv)
            beta = np.sum(residuals[-1] * Hv) / np.sum(v * Hv)
            v = beta * v - residuals[-1]
        else:
            break
    return found[-1].tolist()


DIRECTION = Answers(
    right=(direction_by_recursion, direction_with_lists),
    wrong=(
        ("if curvature <= 0", "if False", "is not looked at"),
        ("return -g if k == 0 else d", "return d", "return -g there"),
        ("return -g if k == 0 else d", "return -g", "found so far"),
        ("return -g if k == 0 else d", "return -g if k == 0 else v", "not the direction v"),
        ("(r_new @ r_new) / (r @ r) * v - r_new", "-r_new", "steepest-descent steps"),
        ("range(steps)", "range(steps - 1)", "too few"),
        ("range(steps)", "range(steps + 1)", "too many"),
        ("curvature = v @ Hv", "curvature = v @ product(v)", None),
        (lambda product, g, steps: -g, "this is steepest descent"),
    ),
    generic={"sign": "sign is flipped"},
)

ANSWERS = {
    "logistic_hv": LOGISTIC,
    "chain_hv": CHAIN,
    "softmax_gv": SOFTMAX,
    "samples_needed": SAMPLES,
    "direction": DIRECTION,
}
