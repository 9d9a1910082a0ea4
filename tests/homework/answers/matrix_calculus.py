"""Right and wrong answers to homework 03."""

import functools
import re

import numpy as np
from descent.autodiff import grad, jacobian
from descent.exercises.homework import matrix_calculus
from descent.matrix_calculus import differentiate
from homework.proof import Answers


def single(*arrays):
    return [np.float32(array) for array in arrays]


# -- 1 matching -----------------------------------------------------------------------------------


SHAPES = {"A": "n n", "b": "n", "x": "n", "X": "n n"}
ARRAYS = {name: np.random.default_rng(3).normal(size=(3,) * len(SHAPES[name].split())) for name in SHAPES}


@functools.cache
def formula(text):
    return differentiate(text, "b", **SHAPES).value


def value_of(text, **moved):
    return np.asarray(formula(text)(**ARRAYS | moved))


def matching_by_the_player(functions, gradients):
    values, numbers = [value_of(gradient) for gradient in gradients], []
    for function in functions:
        true = differentiate(function, "X" if "X" in function else "x", **SHAPES).gradient(**ARRAYS)
        same = [value.shape == true.shape and np.allclose(value, true) for value in values]
        numbers.append(same.index(True))
    return np.array(numbers)


def matching_by_differences(functions, gradients):
    numbers, values = [], [value_of(gradient) for gradient in gradients]
    for function in functions:
        name = "X" if "X" in function else "x"
        step = np.cos(np.arange(ARRAYS[name].size)).reshape(ARRAYS[name].shape)
        up, down = (value_of(function, **{name: ARRAYS[name] + h * step}) for h in (1e-5, -1e-5))
        slopes = [np.sum(g * step) if g.shape == step.shape else np.inf for g in values]
        numbers.append(float(np.argmin(np.abs(np.array(slopes) - (up - down) / 2e-5))))
    return numbers


def matching_with(function, gradient):
    """Return an answer with one wrong pair."""

    def answer(functions, gradients):
        known = matrix_calculus.GRADIENTS | {function: gradient}
        return [gradients.index(known[f]) for f in functions]

    return answer


def matching_mostly(functions, gradients):
    """Be right for some lists only."""
    wrong = {"tr(inv(X))": "(inv(X)*inv(X))'"} if functions.index("det(X)") % 3 else {}
    return [gradients.index((matrix_calculus.GRADIENTS | wrong)[f]) for f in functions]


def told(function, gradient, why):
    """Return what must be said of a wrong pair."""
    return re.escape(f"For {function} you chose {gradient}: {why}. 8 of 9 pairs are right.")


def matching_as_first_seen(functions, gradients):
    """Copy the numbers that are right for the lists in the sheet."""
    first = matrix_calculus.functions_and_gradients().rows
    texts = [row[2] for row in first]
    return [texts.index(matrix_calculus.GRADIENTS[row[0]]) for row in first if row[0]]


MATCHING = Answers(
    right=(matching_by_the_player, matching_by_differences),
    wrong=(
        *[(matching_with(*pair), told(*pair, why)) for pair, why in matrix_calculus.MISTAKEN.items()],
        (matching_with("det(X)", "A'"), "the gradient of tr.A.X"),
        (matching_with("norm(x)", "A"), "a matrix, but x is a vector"),
        (matching_with("tr(A*X)", "2*x"), "a vector, but X is a matrix"),
        (matching_with("norm(x)", "A*x"), None),
        (matching_mostly, "For tr.inv.X.. you chose .inv.X.*minus"),
        (matching_as_first_seen, "same for every input|first input only"),
        (lambda functions, gradients: [gradients[0]] * len(functions), "numbers are expected"),
        (lambda functions, gradients: [gradients.index("A'"), *range(91, 99)], "91 is no number"),
        ("gradients.index(", "-gradients.index(", "sign"),
    ),
    generic={"off by one": "start at 0", "factor 2": "factor 2"},
)

# -- 2 Rayleigh quotient ------------------------------------------------------------------------


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

# -- 3 logistic loss ----------------------------------------------------------------------------


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

# -- 4 Jacobian of a softmax -------------------------------------------------------------------


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
    "matching": MATCHING,
    "rayleigh": RAYLEIGH,
    "logistic": LOGISTIC,
    "softmax_jacobian": SOFTMAX,
    "determinant": DETERMINANT,
    "trace_gradient": TRACE,
}
