"""Rules against each other on Four Regions, averaged over seeds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step, Table
from descent.stochastic.four_regions import CLASSES, grid
from descent.stochastic.gains import SGD, annealed
from descent.stochastic.kalman import GEKF
from descent.stochastic.meta_descent import SMD
from descent.stochastic.meta_rules import ALAP
from descent.stochastic.network import TanhNetwork
from descent.stochastic.streams import four_regions_stream
from descent.stochastic.training import train

TUNING_SEEDS, TEST_SEEDS = range(1000, 1040), range(40)
GUESSING = np.log(CLASSES)  # the loss of equal probabilities; a seed that ends above it has diverged

INDEPENDENT = {
    "SGD, constant": SGD(0.3),
    "SGD, annealed": SGD(annealed(2.0, 200)),
    "ALAP": ALAP(1.0, 0.1, 0.97),
    "SMD": SMD(1.0, 0.5, 1.0),
}
# For each sampling the best of the grids below on the tuning seeds, after 25,000 patterns, batch 10.
TUNED = {
    "uniform": INDEPENDENT,
    "sobol": INDEPENDENT,
    "walk": {
        "SGD, constant": SGD(0.1),
        "SGD, annealed": SGD(annealed(0.2, 2000)),
        "ALAP": ALAP(0.3, 0.1, 0.97),
        "SMD": SMD(0.3, 0.5, 1.0),
    },
}
FILTER = {"GEKF": GEKF(0.3, 2e-5)}  # single patterns

CHOICES = Table(
    ["choice", "here"],
    [
        ["initial weights", "uniform in [-0.3, 0.3]"],
        ["batch", "10 patterns; GEKF 1"],
        ["walk", "normal steps of deviation 0.1 in each coordinate, reflected at the border"],
        ["Sobol", "one sequence, shifted at random for each seed"],
        ["test loss", "mean cross-entropy over 40 x 40 points"],
        ["tuning seeds, test seeds", "1000 to 1039 (at first 10 of them, for the walk 20), 0 to 39"],
        ["grid of SGD", "eta 0.1, 0.3, 1, 3; walk 0.1, 0.2, 0.3, 0.5, 1"],
        ["grid of SGD, annealed", "eta0 0.1 to 3, half-life 200 to 3000 steps"],
        ["grid of ALAP", "p0 0.1 to 2, mu 0.01 to 0.3, memory 0.9 to 0.99; walk 0.5 to 0.97"],
        ["grid of SMD", "p0 0.3, 0.5, 0.7, 1, 2; mu 0.1, 0.3, 0.5, 0.7, 1; lambda 0.99, 0.998, 0.999, 1"],
        ["grid of SMD, walk", "p0 0.1, 0.2, 0.3, 0.5; mu 0.02, 0.05, 0.1, 0.2, 0.5; lambda 0.99, 0.998, 1"],
        ["grid of GEKF", "p0 0.3, 1, 3, 10; q 0, 0.00001 to 0.001 (3 tuning seeds)"],
    ],
)


@dataclass(frozen=True)
class LearningCurve(Step):
    """How the test loss of many seeds fell.

    Attributes
    ----------
    patterns : array, shape (frames,)
        Patterns seen.
    losses : array, shape (frames, seeds)
        Mean cross-entropy over a grid of the square.
    """

    patterns: np.ndarray
    losses: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return self.losses.mean(axis=1)

    @property
    def standard_error(self) -> np.ndarray:
        """Of the mean over the seeds; 0 for a single seed."""
        seeds = self.losses.shape[1]
        with np.errstate(all="ignore"):  # a seed that diverged makes it infinite or NaN
            return self.losses.std(axis=1, ddof=min(1, seeds - 1)) / np.sqrt(seeds)

    @property
    def diverged(self) -> int:
        """How many seeds end above ln 4, the loss of equal probabilities."""
        return int(np.sum(~(self.losses[-1] <= GUESSING)))


def race_on_four_regions(
    rules: Mapping,
    sampling: str = "uniform",
    *,
    seeds: Iterable = TEST_SEEDS,
    patterns: int = 25_000,
    batch: int = 10,
    frames: int = 25,
    progress: bool = False,
) -> dict:
    """Set rules to the same streams and the same initial weights.

    Parameters
    ----------
    rules : dict
        From a name to a rule.
    sampling : {"uniform", "sobol", "walk"}
        How the patterns are drawn.
    seeds : sequence of int
        One stream and one initial weight vector for each.
    patterns, batch : int
        Patterns that each seed meets, and how many at a time.
    frames : int
        States that are kept of each run.
    progress : bool
        Show a progress bar for each rule.

    Returns
    -------
    dict
        From the name to a Run of Trained; nothing is computed until it is looked at.

    Examples
    --------
    >>> runs = race_on_four_regions({"SGD": SGD(0.1)}, seeds=[0, 1], patterns=100)
    >>> runs["SGD"].nit, runs["SGD"].x.shape
    (10, (2, 184))
    """
    stream = four_regions_stream(patterns, sampling, seeds=seeds, batch=batch)
    steps = len(stream)
    return {
        name: train(
            rule,
            TanhNetwork(),
            stream,
            steps=steps,
            rng=[np.random.default_rng([seed, 0]) for seed in seeds],
            every=max(1, steps // frames),
            progress=progress,
        )
        for name, rule in rules.items()
    }


def learning_curve(run, side: int = 40) -> LearningCurve:
    """Measure the test loss at every step of a training run on Four Regions.

    Parameters
    ----------
    run : Run of Trained
        With one weight vector for each seed.
    side : int
        The test points are the centres of side x side cells.

    Returns
    -------
    LearningCurve

    Examples
    --------
    >>> runs = race_on_four_regions({"SGD": SGD(0.1)}, seeds=[0, 1], patterns=100, frames=2)
    >>> curve = learning_curve(runs["SGD"])
    >>> curve.patterns.tolist(), curve.losses.shape
    ([0, 50, 100], (3, 2))
    """
    x, labels = grid(side)
    model, y, batch = run.arguments["model"], np.eye(CLASSES)[labels], run.arguments["stream"].batch
    with np.errstate(all="ignore"):  # weights that have diverged may have no loss
        # seed by seed, so that the values of all test points stay in the processor's cache
        losses = [[model.at(w, x, y).loss() for w in step.x] for step in run]
    return LearningCurve(np.array([step.t * batch for step in run]), np.array(losses))


def standings(curves: Mapping) -> Table:
    """Return the losses at the end of a race, the best first.

    Parameters
    ----------
    curves : dict
        From a name to a LearningCurve.

    Returns
    -------
    Table

    Examples
    --------
    >>> print(standings({"a": LearningCurve(np.array([0, 10]), np.array([[1.0, 1.2], [0.5, 0.7]]))}))
    rule  patterns  test loss  standard error  seeds  diverged
       a        10      0.600           0.100      2         0
    """
    rows = [
        [
            name,
            int(curve.patterns[-1]),
            f"{curve.mean[-1]:.3f}" if curve.mean[-1] < 100 else "> 100",
            f"{curve.standard_error[-1]:.3f}" if curve.mean[-1] < 100 else "",
            curve.losses.shape[1],
            curve.diverged,
        ]
        for name, curve in sorted(curves.items(), key=lambda item: item[1].mean[-1])
    ]
    return Table(["rule", "patterns", "test loss", "standard error", "seeds", "diverged"], rows)
