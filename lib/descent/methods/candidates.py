"""The candidates of a direct method, and what all such methods check and count."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step, read_only
from descent.stepwise.checks import is_finite


@dataclass(frozen=True)
class Candidates(Step):
    """One comparison of a direct method.

    Attributes
    ----------
    x, fun : array, float
        Best candidate so far and its value.
    pool, values : array, shape (p, n) and (p,)
        The candidates kept, and their values.
    trial : array, shape (n,) or (k, n)
        What was tried in this step.
    accepted : bool
        Whether it changed the pool.
    spread : float
        The temperature of methods that have one, else the size of the perturbations.
    nfev : int
        Calls of f so far.
    """

    x: np.ndarray
    fun: float
    pool: np.ndarray
    values: np.ndarray
    trial: np.ndarray
    accepted: bool
    spread: float
    nfev: int

    def row(self) -> dict:
        return {
            "x": self.x,
            "fun": self.fun,
            "accepted": self.accepted,
            "spread": self.spread,
            "nfev": self.nfev,
        }


def first_candidates(f: Callable, pool: list, spread: float) -> Candidates:
    """Return the first step; raise unless f is finite at the first candidate, the start.

    >>> from descent.stepwise import Counted
    >>> float(first_candidates(Counted(lambda x: x @ x), [np.ones(2)], 0.0).fun)
    2.0
    """
    values = [value_of(f, candidate) for candidate in pool]
    if not math.isfinite(values[0]):
        raise ValueError(f"f(x0) must be finite, got {values[0]}: start where it is")
    best = int(np.argmin(values))
    return Candidates(
        pool[best], values[best], read_only(pool), read_only(values), pool[0], True, spread, f.calls
    )


def next_candidates(
    before: Candidates, f: Callable, trial, tried, pool, values, accepted: bool, spread: float
) -> Candidates:
    """Return the next step, whose best candidate is one of those tried if it is better than all before.

    Parameters
    ----------
    trial : array, shape (n,) or (k, n)
        What was tried.
    tried : float or array, shape (k,)
        Its values.
    """
    trials, tried = np.atleast_2d(trial), np.atleast_1d(tried)
    i = int(np.argmin(tried))
    x, fun = (trials[i], float(tried[i])) if tried[i] < before.fun else (before.x, before.fun)
    return Candidates(x, fun, read_only(pool), read_only(values), trial, accepted, spread, f.calls)


def value_of(f: Callable, x) -> float:
    """Return f(x), or infinity where that is no finite number.

    >>> value_of(lambda x: float("nan"), 0.0)
    inf
    """
    value = f(x)
    return value if is_finite(value) else math.inf


def generator(rng) -> np.random.Generator:
    """Return a random generator: the one given, one from a seed, or a fresh one for None.

    >>> int(generator(0).integers(10))
    8
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise TypeError(f"rng must be a numpy Generator, a seed or None, got {rng!r}") from None
