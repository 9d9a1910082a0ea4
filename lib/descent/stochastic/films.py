"""Films of stochastic meta-descent: the long view in two weights, regions as they are learned."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step, converged, stepwise
from descent.stochastic.costs import seconds_per_pattern
from descent.stochastic.four_regions import CLASSES, grid
from descent.stochastic.meta_descent import SMD
from descent.stochastic.models import LinearModel
from descent.stochastic.streams import Batches
from descent.stochastic.training import train


@dataclass(frozen=True)
class LongView(Step):
    """One step of meta-descent on a quadratic of two weights.

    Attributes
    ----------
    x : array, shape (2,)
        The weights; the minimum is at (1, 1).
    fun : float
        The loss above its minimum.
    p, v : array, shape (2,)
        Step sizes, and dw / d ln p.
    fixed : array, shape (2,)
        Where v would settle if p and the gradient stayed: -[lambda H + (1 - lambda) diag(1/p)]^-1 g.
    plain : float
        The loss of descent with the first step size, after as many steps.
    """

    x: np.ndarray
    fun: float
    p: np.ndarray
    v: np.ndarray
    fixed: np.ndarray
    plain: float

    def row(self) -> dict:
        pairs = {"w": self.x, "p": self.p, "v": self.v}
        return {"loss": self.fun, **{name: np.round(value, 4) for name, value in pairs.items()}}


@stepwise
def long_view(
    H: np.ndarray,
    *,
    p0: float = 0.1,
    mu: float = 0.1,
    lambda_: float = 0.95,
    noise: float = 0.0,
    steps: int = 60,
    rng=None,
):
    """Run stochastic meta-descent from (-1, 2) to (1, 1) on a quadratic loss with Hessian H.

    Parameters
    ----------
    H : array, shape (2, 2)
        Symmetric and positive definite.
    p0, mu, lambda_ : float
        As in `SMD`.
    noise : float
        Standard deviation of the targets; 0 gives exact gradients.
    steps : int
        Updates.
    rng : numpy.random.Generator, optional
        Source of the noise.

    Returns
    -------
    Run of LongView

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> run = long_view(np.diag([1.0, 0.1]), steps=3)
    >>> run.nit, run[0].v.tolist()
    (3, [0.0, 0.0])
    """
    rng, w_star = np.random.default_rng(0) if rng is None else rng, np.ones(2)
    x = np.tile(np.sqrt(2) * np.linalg.cholesky(H).T, (steps, 1))  # two patterns a batch: x'x / 2 = H
    stream = Batches(x, x @ w_star + noise * rng.normal(size=2 * steps), 2)
    from_corner = _FromCorner(2)
    runs = [
        train(rule, from_corner, stream, steps=steps, rng=rng, every=1)
        for rule in (SMD(p0, mu, lambda_), SMD(p0, 0.0, 0.0))
    ]

    def loss(w):
        return float((w - w_star) @ H @ (w - w_star) / 2)

    for step, plain in zip(*runs, strict=False):
        p, v = step.state["p"], step.state["v"]
        matrix = lambda_ * H + (1 - lambda_) * np.diag(1 / p)
        fixed = -np.linalg.lstsq(matrix, H @ (step.x - w_star), rcond=None)[0]
        yield LongView(step.x, loss(step.x), p, v, fixed, loss(plain.x))
    return converged("all steps are done", steps=(steps, steps))


@dataclass(frozen=True)
class _FromCorner(LinearModel):
    """A linear model that starts at (-1, 2)."""

    def initial(self, rng):
        return np.array([-1.0, 2.0])


def bowl(kappa: float, degrees: float) -> np.ndarray:
    """Return a 2 x 2 Hessian with curvatures 1 and 1 / kappa, turned by an angle.

    >>> bowl(10, 0).tolist()
    [[1.0, 0.0], [0.0, 0.1]]
    """
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    return turn @ np.diag([1.0, 1.0 / kappa]) @ turn.T + 0.0


@dataclass(frozen=True)
class Regions(Step):
    """What a network believes of the square after some patterns.

    Attributes
    ----------
    x : array, shape (n,)
        The weights.
    fun : float
        Cross-entropy over the points of the map.
    patterns : int
        Seen so far.
    classes : array of int, shape (side, side)
        The class of highest probability at the centre of each cell.
    truth : array of int, shape (side, side)
        The region.
    """

    x: np.ndarray
    fun: float
    patterns: int
    classes: np.ndarray
    truth: np.ndarray

    @property
    def right(self) -> float:
        """Share of the square that is classified rightly."""
        return float(np.mean(self.classes == self.truth))


@stepwise
def regions_film(run, seed: int = 0, *, side: int = 72):
    """Return a film of the map that one of a run's networks draws.

    Parameters
    ----------
    run : Run of Trained
        On Four Regions, with one weight vector for each seed.
    seed : int
        Which of them.
    side : int
        Cells along each edge.

    Returns
    -------
    Run of Regions

    Raises
    ------
    ValueError
        If the run has no such seed.

    Examples
    --------
    >>> from descent.stochastic import SGD, race_on_four_regions
    >>> run = race_on_four_regions({"SGD": SGD(0.1)}, seeds=[0], patterns=100, frames=2)["SGD"]
    >>> [step.patterns for step in regions_film(run, 0, side=10)]
    [0, 50, 100]
    """
    if not 0 <= seed < len(run[0].x):
        raise ValueError(f"seed must be from 0 to {len(run[0].x) - 1}, got {seed}")
    x, labels = grid(side)
    model, batch, y = run.arguments["model"], run.arguments["stream"].batch, np.eye(CLASSES)[labels]
    for step in run:
        here = model.at(step.x[seed], x, y)
        classes = np.argmax(here.pi, axis=-1).reshape(side, side)
        yield Regions(step.x[seed], float(here.loss()), step.t * batch, classes, labels.reshape(side, side))
    return converged("all steps are shown", steps=(run.nit, run.nit))


@dataclass(frozen=True)
class RaceView(Step):
    """Learning curves of a race, against the patterns seen or the time spent.

    Attributes
    ----------
    title : str
        How the patterns were drawn.
    against : str
        Label of the horizontal axis.
    across : dict
        From a rule's name to its positions on that axis, shape (frames,).
    curves : dict
        From a rule's name to its LearningCurve.
    """

    title: str
    against: str
    across: Mapping
    curves: Mapping


def race_view(curves: Mapping, title: str, seconds: Mapping | None = None) -> RaceView:
    """Return what a picture of a race shows.

    Parameters
    ----------
    curves : dict
        From a rule's name to a LearningCurve.
    title : str
        How the patterns were drawn.
    seconds : dict, optional
        Seconds a pattern of each rule; a rule without is left out.  None shows the curves against
        patterns.

    Returns
    -------
    RaceView

    Examples
    --------
    >>> from descent.stochastic import LearningCurve
    >>> curve = LearningCurve(np.array([0, 10]), np.array([[1.0], [0.5]]))
    >>> race_view({"a": curve}, "uniform", {"a": 0.5}).across["a"].tolist()
    [0.0, 5.0]
    """
    if seconds is None:
        across = {name: curve.patterns for name, curve in curves.items()}
        return RaceView(title, "patterns seen", across, curves)
    curves = {name: curve for name, curve in curves.items() if name in seconds}
    across = {name: curve.patterns * seconds[name] for name, curve in curves.items()}
    return RaceView(title, "time for one seed, many side by side", across, curves)


def race_seconds(rules: Mapping, seeds: int = 40, rounds: int = 40) -> dict:
    """Time rules side by side, as in a race: batches of 10 and many seeds at once.

    Parameters
    ----------
    rules : dict
        From a name to a rule.
    seeds, rounds : int
        How many seeds, and how many turns of each rule.

    Returns
    -------
    dict
        From the name to seconds for each pattern and seed.

    Examples
    --------
    >>> from descent.stochastic import SGD
    >>> race_seconds({"SGD": SGD(0.1)}, 2, 1)["SGD"] > 0
    True
    """
    return seconds_per_pattern(dict(rules), batch=10, seeds=range(seeds), steps=5, rounds=rounds)
