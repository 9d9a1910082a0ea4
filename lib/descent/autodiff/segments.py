"""Memory for time: a long chain of steps differentiated in segments, counted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from descent.autodiff.examples import repeated, small_step
from descent.autodiff.modes import value_and_grad
from descent.autodiff.own_rows import checkpoint
from descent.autodiff.wengert import wengert
from descent.stepwise import Counted


@dataclass(frozen=True)
class Segments:
    """What the gradient of a chain of steps costs when it is taken in segments.

    Attributes
    ----------
    steps, segments : int
        Steps in the chain, and the parts it is cut into; 1 keeps every row.
    lengths : tuple of int
        Steps in each segment.
    kept : int
        Rows of the list that are kept at most at a time: one for each segment, and those of one segment.
    evaluations : int
        Steps that are carried out in all.
    value, gradient : float
        Of the chain's result.
    """

    steps: int
    segments: int
    lengths: tuple
    kept: int
    evaluations: int
    value: float
    gradient: float


@lru_cache(maxsize=1024)
def in_segments(steps: int, segments: int, step: Callable = small_step, x: float = 1.0) -> Segments:
    """Differentiate step(step(...(x))) in segments, and count rows and evaluations.

    With one segment all rows are kept.  Otherwise each segment is a checkpoint: only its input is
    kept, and its steps are carried out again when the reverse sweep comes by.

    Parameters
    ----------
    steps : int
        At least 1.
    segments : int
        From 1 to steps.
    step : callable
        Of a number.
    x : float
        Where the chain starts.

    Raises
    ------
    ValueError
        If segments is outside its range.

    References
    ----------
    A. Griewank, Achieving logarithmic growth of temporal and spatial complexity in reverse
    automatic differentiation, Optimization Methods and Software 1 (1992), 35: checkpoints in
    checkpoints.

    Examples
    --------
    >>> one, eight = in_segments(64, 1), in_segments(64, 8)
    >>> (one.kept, one.evaluations), (eight.kept, eight.evaluations)
    ((193, 64), (33, 128))
    """
    if not 1 <= segments <= steps:
        raise ValueError(f"segments must lie between 1 and steps = {steps}, got {segments}")
    counted = Counted(step)
    lengths = tuple(len(part) for part in np.array_split(np.arange(steps), segments))

    def part(length):
        several = repeated(counted, length)
        return several if segments == 1 else checkpoint(several)

    def chain(x):
        for length in lengths:
            x = part(length)(x)
        return x

    value, gradient = value_and_grad(chain)(x)
    evaluations = counted.calls
    kept = len(wengert(chain, x))
    if segments > 1:
        kept += len(wengert(step, x).tape[1:]) * max(lengths)
    return Segments(steps, segments, lengths, kept, evaluations, value, gradient)


def tradeoff(steps: int) -> list:
    """Return the costs for every number of segments that shortens the longest one.

    >>> [(one.segments, max(one.lengths)) for one in tradeoff(6)]
    [(1, 6), (2, 3), (3, 2), (6, 1)]
    """
    all_of_them = [in_segments(steps, k) for k in range(1, steps + 1)]
    return [
        one
        for before, one in zip([None, *all_of_them], all_of_them, strict=False)
        if before is None or max(one.lengths) < max(before.lengths)
    ]
