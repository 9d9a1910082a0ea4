"""Right and wrong answers to homework 03."""

import numpy as np
from descent.autodiff import grad, jacobian
from descent.matrix_calculus import differentiate
from homework.proof import Answers


def single(*arrays):
    return [np.float32(array) for array in arrays]


# -- 1 Rayleigh quotient ------------------------------------------------------------------------


def rayleigh_by_autodiff(A, x):
    return grad(lambda x: (x @ A @ x) / (x @ x))(x)


def rayleigh_in_a_loop(A, x):
    n, xx = len(x), sum(v * v for v in x)
    form = sum(x[i] * A[i, j] * x[j] for i in range(n) for j in range(n))
    return [
        sum((A[k, j] + A[j, k]) * x[j] for j in range(n)) / xx - 2 * form * x[k] / xx**2 for k in range(n)
    ]


def rayleigh_single(A, x):
    A, x = single(A, x)
    return (A @ x + x @ A - 2 * (x @ A @ x) / (x @ x) * x) / (x @ x)


RAYLEIGH = Answers(
    right=(rayleigh_by_autodiff, rayleigh_in_a_loop, rayleigh_single),
    wrong=(
        ("(A + A.T) @ x", "2 * A @ x", "only for a symmetric A"),
        ("(A + A.T) @ x", "A @ x", "one of its two terms"),
        ("(A + A.T) @ x", "x @ A", "Ax is missing"),
        (" - 2 * quotient * x", "", "quotient rule is missing"),
        ("2 * quotient", "quotient", "factor 2 in the second"),
        ("- 2 * quotient", "+ 2 * quotient", "has a minus"),
        ("* x) / (x @ x)", "* x)", "divide by x'x"),
        (lambda A, x: (x @ A @ x) / (x @ x), "shape"),
    ),
)

# -- 2 logistic loss ----------------------------------------------------------------------------


def logistic_in_a_loop(A, y, w):
    total = [0.0] * len(w)
    for a, label in zip(A, y, strict=True):
        share = 1 / (1 + np.exp(label * (a @ w)))
        total = [t - label * share * v for t, v in zip(total, a, strict=True)]
    return total


def logistic_by_autodiff(A, y, w):
    return grad(lambda w: np.sum(np.log1p(np.exp(-y * (A @ w)))))(w)


def logistic_single(A, y, w):
    A, y, w = single(A, y, w)
    return ((1 / (1 + np.exp(-y * (A @ w))) - 1) * y) @ A


LOGISTIC = Answers(
    right=(logistic_in_a_loop, logistic_by_autodiff, logistic_single),
    wrong=(
        ("(y / (1", "(1 / (1", "y is missing: the chain"),
        ("np.exp(margins)", "np.exp(-margins)", "turned round"),
        ("y / (1 + np.exp(margins))", "y / (1 + np.exp(margins)) / len(y)", "do not divide"),
        ("y * (A @ w)", "A @ w", "missing in the exponent"),
        ("y / (1 + np.exp(margins))", "y * np.exp(-margins)", "divide by 1"),
        ("-A.T @", "A.T @", "sign is flipped"),
        ("-A.T @ (y", "-A @ (y", "raised ValueError|shape"),
    ),
)

# -- 3 Jacobian of a softmax -------------------------------------------------------------------


def softmax_by_autodiff(W, x):
    return jacobian(lambda x: np.exp(W @ x) / np.sum(np.exp(W @ x)))(x)


def softmax_by_rows(W, x):
    z = W @ x - np.max(W @ x)
    p = np.exp(z) / np.exp(z).sum()
    mean = p @ W
    return [list(p[i] * (W[i] - mean)) for i in range(len(p))]


SOFTMAX = Answers(
    right=(softmax_by_autodiff, softmax_by_rows),
    wrong=(
        ("np.diag(p) - np.outer(p, p)", "np.diag(p)", "p p' is missing"),
        ("np.diag(p) - np.outer(p, p)", "np.diag(p) + np.outer(p, p)", "subtracted"),
        ("np.diag(p) - np.outer(p, p)", "np.diag(p * (1 - p))", "nothing beside it"),
        ("np.diag(p) - np.outer(p, p)", "-np.outer(p, p)", r"diag\(p\) is missing"),
        (") @ W", ")", "W is missing|shape"),
        ("(np.diag(p) - np.outer(p, p)) @ W", "W.T @ (np.diag(p) - np.outer(p, p))", "transposed"),
        (lambda W, x: np.exp(W @ x) / np.exp(W @ x).sum(), "shape"),
    ),
    generic={"transposed": "transposed"},
)

# -- 4 nearest matrix of rank one ---------------------------------------------------------------


def rank_one_expanded(A, x):
    return 4 * (x @ x) * x - 2 * (A @ x + x @ A)


def rank_one_by_autodiff(A, x):
    return grad(lambda x: np.sum((A - x[:, None] * x) ** 2))(x)


def rank_one_single(A, x):
    return list(rank_one_expanded(*single(A, x)))


RANK_ONE = Answers(
    right=(rank_one_expanded, rank_one_by_autodiff, rank_one_single),
    wrong=(
        ("(R + R.T)", "2 * R", "need not be symmetric"),
        ("(R + R.T)", "2 * R.T", "for 4A'x"),
        ("-2 * (R + R.T)", "-2 * R", None),
        ("-2 * (R", "-(R", "half of each term|factor 2 is missing"),
        (lambda A, x: 2 * (x @ x) * x - 2 * (A + A.T) @ x, "4 .x'x. x"),
        (lambda A, x: 4 * (x @ x) * x - 2 * A @ x, "transposed term is missing"),
        (lambda A, x: -2 * (A + A.T) @ x, "is missing"),
        (lambda A, x: rank_one_expanded(A, x) / (2 * np.linalg.norm(A - np.outer(x, x))), "do not divide"),
    ),
    generic={"factor 2": "factor 2"},
)

# -- 5 determinant --------------------------------------------------------------------------------


def determinant_by_eigenvalues(A, t):
    gaps = np.linalg.eigvals(A) - t
    share = -np.sum(1 / gaps).real
    return [np.prod(gaps).real * share, share]


def determinant_by_autodiff(A, t):
    return (
        grad(lambda t: np.linalg.det(A - t * np.eye(len(A))))(t),
        grad(lambda t: np.linalg.slogdet(A - t * np.eye(len(A)))[1])(t),
    )


DETERMINANT = Answers(
    right=(determinant_by_eigenvalues, determinant_by_autodiff),
    wrong=(
        ("-np.trace(np.linalg.inv(M))", "np.trace(np.linalg.inv(M))", "falls with t"),
        ("-np.trace(np.linalg.inv(M))", "-1 / np.trace(M)", "inverse of the trace"),
        ("-np.trace(np.linalg.inv(M))", "-np.trace(M)", "has the inverse"),
        ("np.linalg.det(M) * logarithmic, ", "logarithmic, ", "keeps det"),
        (", logarithmic", ", np.linalg.det(M) * logarithmic", "no factor det"),
        ("-np.trace(np.linalg.inv(M))", "-len(A)", "trace -n"),
        ("np.linalg.det(M) * logarithmic, logarithmic", "logarithmic", "2 things"),
        (lambda A, t: determinant_by_eigenvalues(A, t)[::-1], "swapped"),
    ),
    generic={"sign": "falls with t"},
)

# -- 6 trace ----------------------------------------------------------------------------------------


DERIVATION = differentiate("tr(A*X*X*B*inv(X)')", "X", X="n n", A="n n", B="n n")


def trace_by_the_player(A, B, X):
    return DERIVATION.gradient(X=X, A=A, B=B)


def trace_by_columns(A, B, X):
    Y = np.linalg.inv(X)
    G = np.zeros_like(X)
    for i in range(len(X)):
        for j in range(len(X)):
            E = np.zeros_like(X)
            E[i, j] = 1
            G[i, j] = np.trace(A @ (E @ X + X @ E) @ B @ Y.T - A @ X @ X @ B @ (Y @ E @ Y).T)
    return G


def trace_by_autodiff(A, B, X):
    return grad(lambda X: np.trace(A @ X @ X @ B @ np.linalg.inv(X).T))(X)


TRACE = Answers(
    right=(trace_by_columns, trace_by_autodiff, trace_by_the_player),
    wrong=(
        (" - third", "", "X.-T moves too"),
        (" - third", " + third", "brings a minus"),
        ("first.T + second.T", "first.T", "X dX is missing"),
        ("first.T + second.T", "second.T", "dX X is missing"),
        ("first.T + second.T", "2 * second.T", "not 2 X dX"),
        ("first.T + second.T", "2 * first.T", "not 2 dX X"),
        ("first.T + second.T - third", "first + second - third.T", "transposed"),
        ("first.T + second.T - third", "first.T + second.T - third.T", "holds dX' already"),
        ("return first.T", "return first", None),
    ),
    generic={"transposed": "transposed"},
)

ANSWERS = {
    "rayleigh": RAYLEIGH,
    "logistic": LOGISTIC,
    "softmax_jacobian": SOFTMAX,
    "rank_one": RANK_ONE,
    "determinant": DETERMINANT,
    "trace_gradient": TRACE,
}
