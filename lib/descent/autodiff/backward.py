"""The lecture's backward pass in ten lines, for scalar operations, and its next line as a question."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff.frames import AdjointStep
from descent.stepwise import stepwise


def backward(rows: list, seed: float = 1.0, meet: Callable = operator.add) -> dict:
    """Return the adjoint of every v_i that the last one depends on.

    Parameters
    ----------
    rows : list of Row
        The rows of a Wengert list of scalar operations; the last one is the output.
    seed : float
        The adjoint of the output, 1 for its derivative.
    meet : callable
        What becomes of two adjoints that meet at a fan-out, (so far, new) -> adjoint: they add.

    References
    ----------
    D. Merkulov, lecture notes, backward mode; its algorithm leaves the seed out.

    Examples
    --------
    >>> from descent.autodiff import wengert
    >>> backward(wengert(lambda x: x * np.sin(x), 0.0).rows)
    {2: 1.0, 0: 0.0, 1: 0.0}
    """
    adjoint = {rows[-1].index: seed}
    for row in reversed(rows):
        if row.index in adjoint:
            for parent, partial in zip(row.parents, row.partials, strict=True):
                term = adjoint[row.index] * partial
                adjoint[parent] = meet(adjoint[parent], term) if parent in adjoint else term
    return adjoint


def overwrite(so_far: float, new: float) -> float:
    """Return the new adjoint alone: what `=` does at a fan-out where `+=` is right.

    >>> overwrite(5.0, 0.5)
    0.5
    """
    return new


@stepwise
def asked(trace, answer: float | None = None):
    """Play the reverse sweep over a Wengert list, with a learner's answer for the line that comes next.

    Parameters
    ----------
    trace : WengertList
    answer : float or None
        What the learner takes for the adjoint in the next line.

    Examples
    --------
    >>> from descent.autodiff import wengert
    >>> film = asked(wengert(lambda x: x * x, 3.0), 3.0)
    >>> film.arguments["answer"], len(film)
    (3.0, 4)
    """
    run = trace.reverse()
    yield from run
    return run.outcome


@dataclass(frozen=True)
class Verdict:
    """Whether an answer for the next adjoint is right, and the sentence that says so."""

    right: bool
    message: str


def judge(before: AdjointStep, line: AdjointStep, answer: float) -> Verdict:
    """Compare an answer with the adjoint of the next line, and name the slip.

    Parameters
    ----------
    before, line : AdjointStep
        The last line that is known, and the next one.
    answer : float
        Right within half a unit of the third digit.

    Examples
    --------
    >>> from descent.autodiff import wengert
    >>> frames = wengert(lambda x1, x2: x1 * x2, 2.0, 5.0).reverse()
    >>> judge(frames[0], frames[1], -5.0)
    Verdict(right=False, message='the sign is flipped')
    """
    truth = line.adjoint
    if np.ndim(truth) or isinstance(truth, tuple):
        return Verdict(False, "this adjoint is an array: step on, only numbers can be typed")
    if _near(answer, truth):
        return Verdict(True, "right")
    known = before.adjoints
    so_far = known.get(line.parent, 0.0)
    term = truth - so_far
    above = known.get(line.index)
    slips = {
        "this is the new term alone; at a fan-out adjoints add: write += for =": term,
        "this is the adjoint so far; the new term is to be added": so_far,
        "the sign is flipped": -truth,
        "the sign of the new term is flipped": so_far - term,
        "this is the local partial derivative; multiply it by the adjoint of the operation": (
            term / above if above else np.nan
        ),
        "this passes the adjoint of the operation on; multiply it by the local partial derivative": above,
        "this is the value of the operation; its adjoint is asked": line.value,
        "it is 0 only if y does not depend on it": 0.0,
    }
    for message, wrong in slips.items():
        if wrong is not None and np.ndim(wrong) == 0 and _near(answer, float(wrong)):
            return Verdict(False, message)
    return Verdict(False, "the adjoint of the operation times its local partial derivative is asked")


def _near(answer: float, truth: float) -> bool:
    return abs(answer - truth) <= 5e-3 * abs(truth) + 5e-6
