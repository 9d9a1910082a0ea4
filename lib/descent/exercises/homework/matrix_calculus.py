"""Checkers of homework 03: gradients and a Jacobian, from a quotient of forms to a trace of inverses."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.draws import arrays

NOT_SYMMETRIC = "2Ax is right only for a symmetric A: the gradient of x'Ax is (A + A')x"


def check_rayleigh(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `rayleigh(A, x)`: the gradient of x'Ax / x'x for a square A of any kind.

    >>> check_rayleigh(lambda A, x: (2 * A @ x - 2 * (x @ A @ x) / (x @ x) * x) / (x @ x)).slip[:38]
    '2Ax is right only for a symmetric A: t'
    """

    def slip(form=lambda A, x: (A + A.T) @ x, second=-2.0, power=1):
        return lambda A, x: (form(A, x) + second * (x @ A @ x) / (x @ x) ** power * x) / (x @ x)

    slips = {
        NOT_SYMMETRIC: slip(lambda A, x: 2 * A @ x),
        "2A'x is right only for a symmetric A": slip(lambda A, x: 2 * A.T @ x),
        "x stands twice in x'Ax: one of its two terms is missing": slip(lambda A, x: A @ x),
        "x stands twice in x'Ax: Ax is missing": slip(lambda A, x: A.T @ x),
        "x'x moves too: the second term of the quotient rule is missing": slip(second=0.0),
        "the gradient of x'x is 2x: a factor 2 in the second term": slip(second=-1.0),
        "the quotient rule has a minus": slip(second=2.0),
        "in the second term x'x stands squared below": slip(power=0),
        "divide by x'x": lambda A, x: (A + A.T) @ x - 2 * (x @ A @ x) / (x @ x) * x,
    }
    rng = variant(seed, "rayleigh")
    cases = [arrays(rng, (n, n), n) for n in (2, 3, 2, 4, 5)]
    return diagnose(answer, slip(), cases, slips, rtol=1e-8)


def check_logistic(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `logistic(A, y, w)`: the gradient of sum_i ln(1 + exp(-y_i a_i'w)), a_i the rows of A.

    >>> check_logistic(lambda A, y, w: A.T @ (y / (1 + np.exp(y * (A @ w))))).slip
    'the sign is flipped'
    """

    def share(margin):
        return 1 / (1 + np.exp(margin))

    def truth(A, y, w):
        return -A.T @ (y * share(y * (A @ w)))

    slips = {
        "y is missing: the chain rule brings one out": lambda A, y, w: -A.T @ share(y * (A @ w)),
        "the sigmoid is turned round: it has +y a'w in its exponent": lambda A, y, w: (
            -A.T @ (y * share(-y * (A @ w)))
        ),
        "the loss adds over the data: do not divide by their number": lambda A, y, w: truth(A, y, w) / len(y),
        "y is missing in the exponent": lambda A, y, w: -A.T @ (y * share(A @ w)),
        "this is the derivative of the exponent only: divide by 1 + exp": lambda A, y, w: (
            -A.T @ (y * np.exp(-y * (A @ w)))
        ),
    }
    rng = variant(seed, "logistic")
    cases = []
    for m, n in ((3, 2), (5, 3), (4, 4), (6, 2)):
        A, w = arrays(rng, (m, n), n)
        cases.append((A, rng.choice([-1.0, 1.0], m), w))
    return diagnose(answer, truth, cases, slips, rtol=1e-8)


def check_softmax_jacobian(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `softmax_jacobian(W, x)`: J_ij = dp_i/dx_j of p = softmax(Wx).

    >>> def transposed(W, x):
    ...     p = np.exp(W @ x) / np.exp(W @ x).sum()
    ...     return W.T @ (np.diag(p) - np.outer(p, p))
    >>> check_softmax_jacobian(transposed).slip
    'it is transposed'
    """

    def softmax(W, x):
        p = np.exp(W @ x)
        return p / p.sum()

    def with_(matrix):
        return lambda W, x: matrix(softmax(W, x)) @ W

    truth = with_(lambda p: np.diag(p) - np.outer(p, p))
    slips = {
        "each p_i depends on all x: p p' is missing": with_(np.diag),
        "p p' is subtracted": with_(lambda p: np.diag(p) + np.outer(p, p)),
        "this is the sigmoid's p (1 - p) on the diagonal, and nothing beside it": with_(
            lambda p: np.diag(p * (1 - p))
        ),
        "diag(p) is missing": with_(lambda p: -np.outer(p, p)),
        "W is missing: the chain rule brings it out": lambda W, x: (
            np.diag(softmax(W, x)) - np.outer(softmax(W, x), softmax(W, x))
        ),
        "it is transposed": lambda W, x: truth(W, x).T,
    }
    rng = variant(seed, "softmax_jacobian")
    cases = [arrays(rng, (m, n), n) for m, n in ((3, 3), (3, 3), (2, 4), (4, 2), (5, 3))]
    return diagnose(answer, truth, cases, slips, rtol=1e-8)


def check_rank_one(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `rank_one(A, x)`: the gradient in x of the squared distance |A - xx'|^2 (Frobenius norm).

    >>> check_rank_one(lambda A, x: 4 * (x @ x) * x - 4 * A @ x).slip
    "A need not be symmetric: 2 (A + A')x for 4Ax"
    """

    def slip(form=lambda A, x: 2 * (A + A.T) @ x, own=4.0):
        return lambda A, x: own * (x @ x) * x - form(A, x)

    slips = {
        "A need not be symmetric: 2 (A + A')x for 4Ax": slip(lambda A, x: 4 * A @ x),
        "A need not be symmetric: 2 (A + A')x for 4A'x": slip(lambda A, x: 4 * A.T @ x),
        "x stands twice in xx': half of each term is missing": slip(lambda A, x: (A + A.T) @ x, 2.0),
        "x stands twice in x'Ax: the transposed term is missing": slip(lambda A, x: 2 * A @ x),
        "|xx'|^2 = (x'x)^2 has the gradient 4 (x'x) x": slip(own=2.0),
        "the term of |xx'|^2 is missing": slip(own=0.0),
        "the term of A is missing": slip(lambda A, x: 0.0),
        "the distance is squared in f: do not divide by it": lambda A, x: (
            slip()(A, x) / (2 * np.linalg.norm(A - np.outer(x, x)))
        ),
    }
    rng = variant(seed, "rank_one")
    cases = [arrays(rng, (n, n), n) for n in (2, 3, 2, 4, 5)]
    return diagnose(answer, slip(), cases, slips, rtol=1e-8)


def check_determinant(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `determinant(A, t)`: the derivatives in t of det(A - tI) and of ln |det(A - tI)|.

    >>> def without_inner(A, t):
    ...     M = A - t * np.eye(len(A))
    ...     return np.linalg.det(M) * np.trace(np.linalg.inv(M)), np.trace(np.linalg.inv(M))
    >>> check_determinant(without_inner).slip
    'A - tI falls with t: its derivative -I brings a minus'
    """

    def both(A, t, factor=1.0, trace=lambda M: np.trace(np.linalg.inv(M))):
        M = A - t * np.eye(len(A))
        return -factor * np.linalg.det(M) * trace(M), -factor * trace(M)

    slips = {
        "A - tI falls with t: its derivative -I brings a minus": lambda A, t: both(A, t, -1.0),
        "the trace of the inverse is meant, not the inverse of the trace": lambda A, t: both(
            A, t, trace=lambda M: 1 / np.trace(M)
        ),
        "Jacobi's rule has the inverse: tr(M^-1 dM)": lambda A, t: both(A, t, trace=np.trace),
        "the derivative of a determinant keeps det as a factor; only ln det loses it": lambda A, t: (
            both(A, t)[1],
            both(A, t)[1],
        ),
        "ln |det| has no factor det": lambda A, t: (both(A, t)[0], both(A, t)[0]),
        "-I has the trace -n, and M^-1 stands before it": lambda A, t: (
            -len(A) * np.linalg.det(A - t * np.eye(len(A))),
            -float(len(A)),
        ),
        "the two are swapped: det comes first": lambda A, t: both(A, t)[::-1],
    }
    rng = variant(seed, "determinant")
    cases = []
    for n in (2, 3, 3, 4, 2):
        (A,) = arrays(rng, (n, n))
        cases.append((A + 2 * np.eye(n), round(float(rng.uniform(-1.5, -0.5)), 2)))
    parts = "the derivative of det", "the derivative of ln |det|"
    return diagnose(answer, both, cases, slips, rtol=1e-7, parts=parts, unchecked="t at an eigenvalue of A")


def check_trace_gradient(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `trace_gradient(A, B, X)`: the gradient in X of tr(A X^2 B X^-T), in the shape of X.

    >>> check_trace_gradient(lambda A, B, X: _terms(A, B, X)[0] + _terms(A, B, X)[1]).slip
    'X^-T moves too: its term -X^-T A X^2 B X^-T is missing'
    """

    def combine(*weights):
        return lambda A, B, X: sum(w * term for w, term in zip(weights, _terms(A, B, X), strict=True))

    truth = combine(1, 1, 1)
    slips = {
        "X^-T moves too: its term -X^-T A X^2 B X^-T is missing": combine(1, 1, 0),
        "the inverse brings a minus: dX^-1 = -X^-1 dX X^-1": combine(1, 1, -1),
        "X^2 has two terms, dX X + X dX: X dX is missing": combine(1, 0, 1),
        "X^2 has two terms, dX X + X dX: dX X is missing": combine(0, 1, 1),
        "X and dX do not commute: dX X + X dX is not 2 X dX": combine(0, 2, 1),
        "X and dX do not commute: dX X + X dX is not 2 dX X": combine(2, 0, 1),
        "it is transposed: df = tr(P dX) = <P', dX>": lambda A, B, X: truth(A, B, X).T,
        "the term of X^-T is transposed: it holds dX' already": lambda A, B, X: (
            truth(A, B, X) + _terms(A, B, X)[2].T - _terms(A, B, X)[2]
        ),
    }
    rng = variant(seed, "trace_gradient")
    cases = []
    for n in (2, 3, 2, 4):
        A, B, X = arrays(rng, (n, n), (n, n), (n, n))
        cases.append((A, B, X + 3 * np.eye(n)))
    return diagnose(answer, truth, cases, slips, rtol=1e-7)


def _terms(A, B, X) -> tuple:
    """Return the three terms of the gradient: of the first X, of the second, of X^-T."""
    inverse = np.linalg.inv(X).T
    return (X @ B @ inverse @ A).T, (B @ inverse @ A @ X).T, -inverse @ A @ X @ X @ B @ inverse
