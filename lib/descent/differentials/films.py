"""A derivation as a film: each line with its rule, its numerical check, and the learner's own line."""

from dataclasses import dataclass

import numpy as np

from descent.differentials.expressions import Expression
from descent.matrix_calculus import check_line
from descent.matrix_calculus.checks import FLOOR, line_value, random_point, reference
from descent.matrix_calculus.evaluation import evaluate
from descent.matrix_calculus.parsing import parse
from descent.matrix_calculus.printing import latex, text
from descent.stepwise import Step, converged, stepwise

POINTS = 3


@dataclass(frozen=True)
class Attempt:
    """A learner's line, and what the check says of it.

    Attributes
    ----------
    text, latex : str
        As typed, and as LaTeX ("" where it cannot be read).
    holds : bool
    message : str
        Why not, or which line of the derivation it is.
    """

    text: str
    latex: str
    holds: bool
    message: str


@dataclass(frozen=True)
class CheckedLine(Step):
    """One line of a derivation with its numerical check.

    Attributes
    ----------
    rule, formula, line, latex, phase : str
        See `descent.matrix_calculus.Line`.
    error : float
        Largest error of the line at random (X, dX), relative to the largest differential.
    attempt : Attempt or None
        The learner's own line.
    """

    rule: str
    formula: str
    line: str
    latex: str
    phase: str
    error: float
    attempt: Attempt | None

    def row(self) -> dict:
        return {"rule": self.rule, "line": self.line, "error": self.error}


@stepwise
def derive(
    expression: Expression, *, hessian: bool = True, transposed: bool = False, answer: str = "", rng: int = 0
):
    """Derive gradient and Hessian (or Jacobian) line by line, checking each line numerically.

    Parameters
    ----------
    expression : Expression
        What to differentiate.
    hessian : bool
        Whether to go on to the Hessian.
    transposed : bool
        Whether a Jacobian is displayed in the layout of lecture 000, where row i belongs to
        x_i.  Only the display changes.
    answer : str
        The learner's own line; empty for none.
    rng : int
        Seed of the random points.

    Returns
    -------
    Run of CheckedLine

    Raises
    ------
    ValueError, TypeError
        If the expression cannot be differentiated.

    References
    ----------
    Merkulov, Matrix calculus (lecture notes), "Differentials".

    Examples
    --------
    >>> film = derive(Expression("x'*A*x", "x", {"x": "n", "A": "n n"}), answer="2*x'*A*dx")
    >>> film.last.line, film.last.error < 1e-12
    ("H = A + A'", True)
    >>> film[0].attempt.message
    'it holds only if A is symmetric'
    """
    derivation = expression.derivation().finish()
    if not derivation.success:
        raise ValueError(derivation.message)
    lines = [line for line in derivation if hessian or line.phase != "hessian"]
    attempt = _attempt(derivation, lines, answer) if answer.strip() else None
    for line, error in zip(lines, line_errors(derivation, lines, rng), strict=True):
        shown = line.latex
        if transposed and line.left == "J":
            shown = rf"J^{{\top}} = {derivation.jacobian.displayed('denominator')}"
        yield CheckedLine(line.rule, line.formula, line.line, shown, line.phase, error, attempt)
    return converged(derivation.message)


def line_errors(derivation, lines: list, rng: int) -> list:
    """Return the error of each line at random points, relative to the largest differential."""
    rng = np.random.default_rng(rng)
    wrong, scales = np.zeros(len(lines)), {}
    for _ in range(POINTS):
        values = random_point(derivation, rng, lambda v: [line_value(line, v, derivation) for line in lines])
        size = np.max(np.abs(evaluate(derivation.expression, values)), initial=0)
        truths = {}
        for i, line in enumerate(lines):
            if line.phase not in truths:
                truth = truths[line.phase] = reference(derivation, line.phase, values)
                largest = max(np.max(np.abs(truth), initial=0), FLOOR * size)
                scales[line.phase] = max(scales.get(line.phase, 0.0), largest)
            error = np.max(np.abs(line_value(line, values, derivation) - truths[line.phase]), initial=0)
            wrong[i] = max(wrong[i], error)
    return [float(w / (scales[line.phase] or 1.0)) for w, line in zip(wrong, lines, strict=True)]


def _attempt(derivation, lines: list, answer: str) -> Attempt:
    """Check a learner's line; what cannot be read is a diagnosis too."""
    try:
        verdict = check_line(derivation, answer, 0)
        right = answer.rpartition("=")[2]
        u = parse(right, derivation.symbols | {z.name: z for z in (derivation.dx, derivation.dx1)})
    except (ValueError, TypeError) as error:
        return Attempt(answer, "", False, f"it cannot be read: {error}")
    message = verdict.message
    if verdict:
        places = [k for k, line in enumerate(lines) if text(line.expression) == text(u)]
        where = (
            f"line {places[0]} of this derivation ({lines[places[0]].rule})"
            if places
            else "another true form"
        )
        message = f"it holds; it is {where}"
    return Attempt(answer, latex(u), bool(verdict), message)
