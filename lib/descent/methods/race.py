"""Several methods on one problem: their paths, and what each step cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from descent.problems import Problem
from descent.stepwise import Run, Step

AGAINST = ("iterations", "calls of f", "calls of f and its gradient")


@dataclass(frozen=True)
class Race(Step):
    """The runs of several methods on one problem.

    Attributes
    ----------
    problem : Problem
    runs : dict
        Name of a method: its `Run` of `Iterate`.
    f_star : float
        The problem's minimum, or the lowest value of all runs where it is not known.
    k : int
        How many iterations of each method are looked at.
    against : str
        What the gap is measured against: one of `AGAINST`.
    """

    problem: Problem
    runs: dict
    f_star: float
    k: int
    against: str = "iterations"

    def at(self, k: int, against: str) -> "Race":
        """Return the same race, looked at after k iterations."""
        return replace(self, k=k, against=against)

    def path(self, name: str) -> np.ndarray:
        """Return the points of a method, shape (iterations + 1, n)."""
        return np.array([step.x for step in self.runs[name]])

    def gaps(self, name: str) -> np.ndarray:
        """Return f - f_star after each iteration."""
        return np.array([step.fun - self.f_star for step in self.runs[name]], dtype=float)

    def cost(self, name: str) -> np.ndarray:
        """Return what `against` counts, after each iteration."""
        steps = self.runs[name]
        if self.against == "iterations":
            return np.arange(len(steps))
        gradients = self.against == "calls of f and its gradient"
        return np.array([step.nfev + gradients * getattr(step, "njev", 0) for step in steps])


def race(
    problem: Problem,
    methods: Mapping[str, Callable[[Problem], Run]],
    *,
    k: int = 0,
    against: str = "iterations",
) -> Race:
    """Run several methods on one problem.

    Parameters
    ----------
    problem : Problem
    methods : dict
        Name: function of the problem that makes a run of `Iterate`.
    k : int
        How many iterations of each method are looked at.
    against : str
        One of `AGAINST`.

    Returns
    -------
    Race

    Raises
    ------
    ValueError
        If `against` is none of those.

    Examples
    --------
    >>> from descent.methods import steepest_descent
    >>> from descent.problems import quadratic
    >>> result = race(quadratic(3), {"Armijo": lambda p: steepest_descent(p.f, p.grad, p.x0)})
    >>> result.gaps("Armijo").round(3).tolist()[:3]
    [12.0, 3.0, 0.75]
    """
    if against not in AGAINST:
        raise ValueError(f"against must be one of {', '.join(AGAINST)}, got {against!r}")
    runs = {name: method(problem).finish() for name, method in methods.items()}
    f_star = problem.f_star
    if f_star is None:
        f_star = min(step.fun for run in runs.values() for step in run)
    return Race(problem, runs, float(f_star), k, against)


def with_searches(method: Callable, searches: Mapping[str, Callable], **options) -> dict:
    """Return a method with each of several line searches, for `race`.

    >>> from descent.line_search import fixed
    >>> from descent.methods import steepest_descent
    >>> from descent.problems import quadratic
    >>> racers = with_searches(steepest_descent, {"fixed": fixed(0.25)}, maxiter=3)
    >>> race(quadratic(1), racers).gaps("fixed").tolist()
    [2.0, 0.5, 0.125, 0.03125]
    """

    def racer(search):
        return lambda problem: method(problem.f, problem.grad, problem.x0, line_search=search, **options)

    return {name: racer(search) for name, search in searches.items()}
