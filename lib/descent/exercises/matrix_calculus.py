"""Checkers for the exercises on matrix calculus."""

from collections.abc import Callable

import numpy as np

from descent.differentials import Expression
from descent.exercises.budget import OverBudget, limited
from descent.exercises.diagnosis import STUB, Diagnosis, diagnose
from descent.matrix_calculus import check_line


def check_quadratic_gradient(answer: Callable) -> Diagnosis:
    """Check `gradient(A, b, x)` of x'Ax - b'x for a square A of any kind.

    >>> check_quadratic_gradient(lambda A, b, x: 2 * A @ x - b).message.split(": ")[-1]
    '2Ax is right only for a symmetric A.'
    """

    def truth(A, b, x):
        return (A + A.T) @ x - b

    slips = {
        "2Ax is right only for a symmetric A": lambda A, b, x: 2 * A @ x - b,
        "2Ax is right only for a symmetric A, and the term of b is missing": lambda A, b, x: 2 * A @ x,
        "2A'x is right only for a symmetric A": lambda A, b, x: 2 * A.T @ x - b,
        "x stands twice in x'Ax: one of the two terms is missing": lambda A, b, x: A @ x - b,
        "the other x counts too: this is A'x - b": lambda A, b, x: A.T @ x - b,
        "the sign of b is flipped": lambda A, b, x: (A + A.T) @ x + b,
        "the term of b is missing": lambda A, b, x: (A + A.T) @ x,
        "Ax and A'x add up, this is their mean": lambda A, b, x: (A + A.T) @ x / 2 - b,
    }
    rng = np.random.default_rng(3)
    cases = [
        tuple(rng.integers(-3, 4, shape).astype(float) for shape in ((n, n), n, n)) for n in (2, 3, 5, 4)
    ]
    return _diagnose_array(answer, truth, cases, slips)


def check_sigmoid_jacobian(answer: Callable) -> Diagnosis:
    """Check `jacobian(W, b, x)` of F(x) = sigmoid(Wx + b), entrywise; J_ij = dF_i/dx_j.

    >>> def transposed(W, b, x):
    ...     s = 1 / (1 + np.exp(-(W @ x + b)))
    ...     return (np.diag(s * (1 - s)) @ W).T
    >>> check_sigmoid_jacobian(transposed).message.split(": ")[-1]
    'it is transposed, row i belongs to F_i and column j to x_j.'
    """

    def sigmoid(W, b, x):
        return 1 / (1 + np.exp(-(W @ x + b)))

    def slope(W, b, x):
        return sigmoid(W, b, x) * (1 - sigmoid(W, b, x))

    def truth(W, b, x):
        return slope(W, b, x)[:, None] * W

    def by_column(W, b, x):
        return slope(W, b, x)[None, :] * W if W.shape[0] == W.shape[1] else np.full(W.shape, np.nan)

    slips = {
        "the slope of the sigmoid is missing": lambda W, b, x: W,
        "the slope of the sigmoid is s(1 - s), not s": lambda W, b, x: sigmoid(W, b, x)[:, None] * W,
        "the slope of the sigmoid is s(1 - s), not 1 - s": lambda W, b, x: (
            (1 - sigmoid(W, b, x))[:, None] * W
        ),
        "the slopes multiply rows of W, here they multiply columns": by_column,
        "this is s(1 - s) times x, the derivative with respect to W: here x varies": lambda W, b, x: np.outer(
            slope(W, b, x), x
        ),
        "b is missing inside": lambda W, b, x: truth(W, 0 * b, x),
    }
    rng = np.random.default_rng(4)
    cases = [
        (rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n))
        for m, n in ((2, 2), (3, 3), (4, 4), (2, 3), (4, 2))
    ]
    square = _diagnose_array(answer, truth, cases[:3], slips)
    return _diagnose_array(answer, truth, cases, slips) if square else square


def check_least_squares_differential(answer: Callable) -> Diagnosis:
    """Check `differential()`, which returns the text of df for f(x) = ||Ax - b||^2.

    >>> check_least_squares_differential(lambda: "2*(A*x - b)'*A*dx").passed
    True
    >>> check_least_squares_differential(lambda: "(A*x - b)'*A*dx")
    Not yet. You return (A*x - b)'*A*dx: a factor differs: yours is 0.5 times the right one.
    """
    try:
        line = limited(answer)
    except NotImplementedError:
        text = "Replace the line that raises NotImplementedError, and run the cell again."
        return Diagnosis(False, text, STUB)
    except OverBudget as error:
        return Diagnosis(False, f"Your function was stopped: {error}", "endless")
    except Exception as error:
        return Diagnosis(False, f"Your function raised {type(error).__name__}: {error}")
    if not isinstance(line, str):
        return Diagnosis(False, f'You return {line!r}, a text is expected, such as "2*(A*x - b)\'*dx".')
    if not line.strip():
        return Diagnosis(False, 'You return an empty text, a differential such as "2*x\'*dx" is expected.')
    if "d(" in line.replace(" ", ""):
        return Diagnosis(False, f"You return {line}: a d(...) is left, work it out until only dx remains.")
    if "dx" not in line:
        return Diagnosis(False, f"You return {line}: a differential contains dx.")
    try:
        claim = line if "=" in line else f"df = {line}"
        verdict = check_line(_least_squares("norm(A*x - b)^2"), claim, 0)
        slips = [
            slip for slip, text in LEAST_SQUARES_SLIPS.items() if check_line(_least_squares(text), line, 0)
        ]
    except (ValueError, TypeError) as error:
        return Diagnosis(False, f"You return {line}, which cannot be read: {error}.")
    if not verdict:
        return Diagnosis(False, f"You return {line}: {slips[0] if slips else verdict.message}.")
    return Diagnosis(True, f"{line} equals the differential at 12 random points, with A of no special shape.")


# What a wrong answer is the differential of.
LEAST_SQUARES_SLIPS = {
    "the term of b is missing": "norm(A*x)^2",
    "the sign of b is flipped": "norm(A*x + b)^2",
    "this is the differential of the norm, not of its square": "norm(A*x - b)",
}


def _least_squares(text: str):
    return Expression(text, "x", {"x": "n", "A": "m n", "b": "m"}).derivation()


def _diagnose_array(answer: Callable, truth: Callable, cases: list, slips: dict) -> Diagnosis:
    """Diagnose as usual, and say so where every answer is the transpose of the truth."""
    found = diagnose(answer, truth, cases, slips)
    if found:
        return found
    try:
        transposed = diagnose(lambda *case: np.transpose(answer(*case)), truth, cases, {})
    except Exception:
        return found
    if transposed and np.ndim(truth(*cases[0])) == 2:
        message = found.message.split(":")[0].rstrip(".")
        return Diagnosis(False, f"{message}: it is transposed, row i belongs to F_i and column j to x_j.")
    return found
