"""Rules against each other on Four Regions, averaged over seeds."""

from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step
from descent.stochastic.four_regions import CLASSES, grid


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
        return self.losses.std(axis=1, ddof=1) / np.sqrt(self.losses.shape[1])


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
    >>> from descent.stochastic import SGD, TanhNetwork, four_regions_stream, train
    >>> stream = four_regions_stream(100, seeds=[0, 1])
    >>> rngs = [np.random.default_rng(seed) for seed in (0, 1)]
    >>> curve = learning_curve(train(SGD(0.1), TanhNetwork(), stream, steps=10, rng=rngs, every=5))
    >>> curve.patterns.tolist(), curve.losses.shape
    ([0, 50, 100], (3, 2))
    """
    x, labels = grid(side)
    model, y, batch = run.arguments["model"], np.eye(CLASSES)[labels], run.arguments["stream"].batch
    losses = [model.at(step.x, x, y).loss() for step in run]
    return LearningCurve(np.array([step.t * batch for step in run]), np.array(losses))
