"""Checkers of homework 03: gradients to match, gradients and a Jacobian to derive."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.draws import arrays
from descent.stepwise import Table

# Functions of a vector x or a square matrix X, and their gradients, as the player of notebook 03 writes them.
GRADIENTS = {
    "x'*A*x": "(A + A')*x",
    "norm(A*x - b)^2": "2*A'*(A*x - b)",
    "norm(x)": "x/norm(x)",
    "logsumexp(x)": "exp(x)/sum(exp(x))",
    "norm(A - x*x')^2": "4*(x'*x)*x - 2*(A + A')*x",
    "tr(A*X)": "A'",
    "logdet(X)": "inv(X)'",
    "det(X)": "det(X)*inv(X)'",
    "tr(inv(X))": "-(inv(X)*inv(X))'",
}
# What a wrong pair comes from.
MISTAKEN = {
    ("x'*A*x", "2*A*x"): "it is right only for a symmetric A",
    ("x'*A*x", "A*x"): "x stands twice: one of its two terms is missing",
    ("norm(A*x - b)^2", "2*A*(A*x - b)"): "it is right only for a symmetric A: <u, A*dx> = <A'*u, dx>",
    ("norm(A*x - b)^2", "2*(A*x - b)"): "the chain rule brings out A'",
    ("norm(x)", "2*x"): "it is the gradient of norm(x)^2",
    ("logsumexp(x)", "exp(x)"): "it is the gradient of sum(exp(x)): the logarithm divides by its argument",
    ("norm(A - x*x')^2", "4*(x'*x)*x - 4*A*x"): "it is right only for a symmetric A",
    ("norm(A - x*x')^2", "4*(x'*x)*x - 2*A*x"): "x stands twice in x'*A*x: the transposed term is missing",
    ("tr(A*X)", "A"): "it is transposed: tr(A*dX) = <A', dX>",
    ("logdet(X)", "inv(X)"): "it is transposed: tr(inv(X)*dX) = <inv(X)', dX>",
    ("logdet(X)", "det(X)*inv(X)'"): "it is the gradient of det(X): the logarithm divides by its argument",
    ("det(X)", "inv(X)'"): "it is the gradient of logdet(X): det(X) itself stays as a factor",
    ("tr(inv(X))", "-inv(X)*inv(X)"): "it is transposed: tr(P*dX) = <P', dX>",
    ("tr(inv(X))", "(inv(X)*inv(X))'"): "the inverse brings a minus: d(inv(X)) = -inv(X)*dX*inv(X)",
}


class Texts(list):
    """Texts that a message tells by their number."""

    def __str__(self):
        return f"{len(self)} texts"


def _shuffled(rng: np.random.Generator) -> tuple:
    """Return the functions and the gradients, true and mistaken, each list in random order."""
    gradients = sorted({*GRADIENTS.values(), *(gradient for _, gradient in MISTAKEN)})
    return tuple(Texts(rng.permutation(texts).tolist()) for texts in (list(GRADIENTS), gradients))


def functions_and_gradients(seed: int = 0) -> Table:
    """Return the first lists that `check_matching` asks about, numbered from 0.

    >>> table = functions_and_gradients()
    >>> sorted(row[0] for row in table.rows)[-1], table.rows[-1][1]
    ("x'*A*x", 20)
    """
    functions, gradients = _shuffled(variant(seed, "matching"))
    blank = [""] * (len(gradients) - len(functions))
    rows = [[f, k, g] for k, (f, g) in enumerate(zip(functions + blank, gradients, strict=True))]
    return Table(["function", "number", "gradient"], rows)


def check_matching(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `matching(functions, gradients)`: for each function the number of its gradient.

    >>> def careless(functions, gradients):
    ...     known = GRADIENTS | {"x'*A*x": "2*A*x"}
    ...     return [gradients.index(known[function]) for function in functions]
    >>> check_matching(careless)
    Not yet. For x'*A*x you chose 2*A*x: it is right only for a symmetric A. 8 of 9 pairs are right.
    """

    def truth(functions, gradients):
        return [gradients.index(GRADIENTS[function]) for function in functions]

    rng = variant(seed, "matching")
    cases = [_shuffled(rng) for _ in range(4)]
    slips = {"numbers start at 0": lambda *case: [k + 1 for k in truth(*case)]}
    found = diagnose(answer, truth, cases, slips)
    if "the truth is" not in found.message:
        return found
    answered = [(case, np.asarray(answer(*map(list, case))).tolist()) for case in cases]
    if found.slip:  # the truth would give all pairs away
        return Diagnosis(False, f"You return {answered[0][1]}: {found.slip}.", found.slip)
    case, numbers = next((case, numbers) for case, numbers in answered if numbers != truth(*case))
    return _wrong_pair(*case, numbers)


def _wrong_pair(functions: list, gradients: list, numbers) -> Diagnosis:
    """Say which function got another's gradient, and why that is wrong."""
    right = [0 <= k < len(gradients) and k == int(k) for k in numbers]
    if not all(right):
        wrong = numbers[right.index(False)]
        return Diagnosis(
            False, f"{wrong} is no number of a gradient: they run from 0 to {len(gradients) - 1}."
        )
    pairs = [(f, gradients[int(k)]) for f, k in zip(functions, numbers, strict=True)]
    f, g = next((f, g) for f, g in pairs if GRADIENTS[f] != g)
    count, why = sum(GRADIENTS[f] == g for f, g in pairs), _why(f, g)
    text = f"For {f} you chose {g}: {why or 'compare it with a difference quotient at some point'}"
    return Diagnosis(False, f"{text}. {count} of {len(pairs)} pairs are right.", why)


def _why(f: str, g: str) -> str:
    """Say why g is not the gradient of f, if the reason has a name."""
    if (f, g) in MISTAKEN:
        return MISTAKEN[f, g]
    owner = next(function for function, gradient in [*GRADIENTS.items(), *MISTAKEN] if gradient == g)
    if ("X" in owner) != ("X" in f):
        return "it is a vector, but X is a matrix" if "X" in f else "it is a matrix, but x is a vector"
    return f"it is the gradient of {owner}" if GRADIENTS[owner] == g else ""


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
