"""Noisy descent on a loss with several valleys: how many seeds leave the wrong one."""

import functools
import itertools
from dataclasses import dataclass, replace

import numpy as np

from descent.problems import Problem, typed_problem
from descent.problems.typed_slopes import measured_slope
from descent.stepwise import Run, Step, converged, stepwise
from descent.stochastic.gains import SGD, annealed
from descent.stochastic.streams import Batches
from descent.stochastic.training import train

ETA = 0.05  # the constant step, and the first of the falling ones
HALF_LIFE = 500  # updates until the falling step is halved
STEPS, EVERY, SEEDS = 2000, 40, 200
NOISES = np.arange(11.0)  # standard deviations of the noise in the slope
POINTS = 4001  # of the grid on the interval


@functools.cache
def valley_problems() -> dict:
    """Return losses of one weight with more than one valley, by name.

    >>> list(valley_problems())
    ['two valleys', 'narrow but deep', 'many valleys']
    """
    texts = {
        "two valleys": ("x^2/4 + 2*exp(-2*x^2) - x/4", 4.0),
        "narrow but deep": ("x^2/10 - 1.4*exp(-6*(x - 2)^2)", 4.0),
        "many valleys": ("x^2/10 - cos(3*x)", 3.2),
    }
    return {
        name: replace(typed_problem(text, -reach, reach), name=name) for name, (text, reach) in texts.items()
    }


@dataclass(frozen=True, eq=False)
class Valleys:
    """A loss on an interval and a little beyond, where it goes on as its tangent and a parabola.

    Attributes
    ----------
    w, f, slope : array, shape (points,)
        A grid, the loss and its slope there.
    interval : tuple of float
    start, lowest : tuple of float
        Rims of the valley with the highest bottom, and of the one with the lowest.
    """

    w: np.ndarray
    f: np.ndarray
    slope: np.ndarray
    interval: tuple
    start: tuple
    lowest: tuple

    def nearest(self, w) -> np.ndarray:
        """Return the numbers of the grid's points that are nearest."""
        k = (w - self.w[0]) / (self.w[1] - self.w[0]) + 0.5
        return np.clip(k, 0, self.w.size - 1).astype(int)

    def law(self, noise: float) -> float:
        """Return the share of the density exp(-f / T), T = eta noise^2 / 2, in the lowest valley.

        Noisy descent with a small constant step ends there, wherever it starts.
        """
        temperature = max(ETA * noise**2 / 2, 1e-3)
        density = np.exp((self.f.min() - self.f) / temperature)
        return float(density[self.in_lowest(self.w)].sum() / density.sum())

    def in_lowest(self, w) -> np.ndarray:
        return (self.lowest[0] < w) & (w < self.lowest[1])


@functools.lru_cache(maxsize=8)
def valleys_of(problem: Problem) -> Valleys:
    """Find the valleys of a function of one variable on its interval.

    Raises
    ------
    ValueError
        If it has a single one, is not finite everywhere, or is too curved for the step.

    Examples
    --------
    >>> valleys = valleys_of(valley_problems()["two valleys"])
    >>> valleys.start[1] == valleys.lowest[0], round(valleys.law(3.0), 1)
    (True, 0.9)
    """
    a, _, b = problem.bracket
    w = np.linspace(a, b, POINTS)
    with np.errstate(all="ignore"):
        f, slope = (np.zeros(POINTS) + g(w) for g in (problem.f, measured_slope(problem.f, b - a)))
    if not (np.all(np.isfinite(f)) and np.all(np.isfinite(slope))):
        raise ValueError(f"f must be finite and smooth from {a:g} to {b:g}: choose another interval")
    if (curvature := np.max(np.abs(np.gradient(slope, w)))) > 2 / ETA:
        raise ValueError(
            f"the curvature of f reaches {curvature:.3g}, and steps of {ETA} are stable below {2 / ETA:.0f}: "
            "make f flatter or smoother, or narrow the interval"
        )
    walled = np.concatenate([[np.inf], f, [np.inf]])
    bottoms = np.flatnonzero((f < walled[:-2]) & (f <= walled[2:]))
    if len(bottoms) < 2:
        raise ValueError(f"f has a single valley from {a:g} to {b:g}: one that has two can trap descent")
    tops = [i + int(np.argmax(f[i:j])) for i, j in itertools.pairwise(bottoms)]
    rims = [-np.inf, *w[tops].tolist(), np.inf]
    order = np.argsort(f[bottoms], kind="stable")
    lowest, start = (tuple(rims[k : k + 2]) for k in (order[0], order[-1]))
    return Valleys(*_with_walls(w, f, slope), (a, b), start, lowest)


def _with_walls(w, f, slope) -> tuple:
    """Return grid, loss and slope, half as far again on both sides."""
    d = np.arange(1, POINTS // 2) * (w[1] - w[0])
    right = f[-1] + slope[-1] * d + d**2 / 2
    left = f[0] - slope[0] * d + d**2 / 2
    return (
        np.concatenate([w[0] - d[::-1], w, w[-1] + d]),
        np.concatenate([left[::-1], f, right]),
        np.concatenate([slope[0] - d[::-1], slope, slope[-1] + d]),
    )


@dataclass(frozen=True)
class _NoisySlope:
    """A model of one weight, once for each noise level; a pattern is the noise that it adds to the slope."""

    valleys: Valleys

    def initial(self, rng) -> np.ndarray:
        left, right = np.clip(self.valleys.start, *self.valleys.interval)
        inset = (right - left) / 20  # on the rim itself rounding would choose the side
        return np.full(NOISES.size, rng.uniform(left + inset, right - inset))

    def at(self, w, x, targets) -> "_NoisyPass":
        return _NoisyPass(self.valleys, w, NOISES * x[..., 0, :])


@dataclass(frozen=True)
class _NoisyPass:
    valleys: Valleys
    w: np.ndarray
    noise: np.ndarray

    def loss(self):
        return np.mean(self.valleys.f[self.valleys.nearest(self.w)], axis=-1)

    def gradient(self):
        return self.valleys.slope[self.valleys.nearest(self.w)] + self.noise


@dataclass(frozen=True)
class Escape(Step):
    """Where the seeds of noisy descent are after t updates, for every noise level.

    Attributes
    ----------
    t : int
        Updates so far.
    x : array, shape (seeds, levels)
        The weight; all start in the valley with the highest bottom.
    fun : array, shape (levels,)
        Mean loss of the seeds.
    noises : array, shape (levels,)
        Standard deviations of the noise in the slope.
    share : array, shape (levels,)
        Share of the seeds that are in the lowest valley.
    noise : float
        The level that is looked at.
    valleys : Valleys
    """

    t: int
    x: np.ndarray
    fun: np.ndarray
    noises: np.ndarray
    share: np.ndarray
    noise: float
    valleys: Valleys

    @property
    def here(self) -> int:
        """Number of the level that is looked at."""
        return int(np.argmin(np.abs(self.noises - self.noise)))


@stepwise
def escape(problem: Problem, noise: float = 4.0, *, falling: bool = False):
    """Let 200 seeds of stochastic gradient descent start in a wrong valley of a function of one variable.

    Each update sees the slope with independent normal noise: w <- w - eta (f'(w) + noise * normal).

    Parameters
    ----------
    problem : Problem
        A function of one variable with its interval.
    noise : float
        The level that is looked at, from 0 to 10; every whole one is computed, once.
    falling : bool
        Whether eta falls, as 0.05 / (1 + t / 500), or stays 0.05.

    Returns
    -------
    Run of Escape

    Raises
    ------
    ValueError
        If the noise is out of range, or `valleys_of` the problem refuses it.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 46.

    Examples
    --------
    >>> end = escape(valley_problems()["two valleys"]).last
    >>> float(end.share[0]), bool(end.share[4] > 0.5)
    (0.0, True)
    """
    if not NOISES[0] <= noise <= NOISES[-1]:
        raise ValueError(f"noise must be from {NOISES[0]:.0f} to {NOISES[-1]:.0f}, got {noise}")
    valleys = valleys_of(problem)
    for step in _descend(valleys, falling):
        share = np.mean(valleys.in_lowest(step.x), axis=0)
        loss = np.mean(valleys.f[valleys.nearest(step.x)], axis=0)
        yield Escape(step.t, step.x, loss, NOISES, share, noise, valleys)
    return converged("all steps are done", steps=(STEPS, STEPS))


@functools.lru_cache(maxsize=8)
def _descend(valleys: Valleys, falling: bool) -> Run:
    """Run all seeds at all noise levels side by side; a seed meets the same normal numbers at each level."""
    noise = np.random.default_rng(0).standard_normal((SEEDS, STEPS, 1))
    rngs = [np.random.default_rng([seed, 1]) for seed in range(SEEDS)]
    rule = SGD(annealed(ETA, HALF_LIFE) if falling else ETA)
    stream = Batches(noise, np.zeros((SEEDS, STEPS)))
    return train(rule, _NoisySlope(valleys), stream, steps=STEPS, rng=rngs, every=EVERY).finish()
