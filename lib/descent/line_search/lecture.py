"""What the lecture shows about inexact search: which steps each condition accepts."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.conditions import armijo, curvature, goldstein, strong_wolfe, wolfe
from descent.line_search.backtrack import CONDITIONS, backtracking
from descent.line_search.given import exact, fixed
from descent.line_search.ray import slope_at_zero, value_at_zero
from descent.line_search.wolfe_search import more_thuente
from descent.stepwise import Step
from descent.stepwise.checks import check_positive_finite
from descent.univariate import brent, golden_section

SHORTEST = 1e-7  # of the reach: the shortest step that is looked at


@dataclass(frozen=True)
class Judgement(Step):
    """Which step sizes are acceptable, and what is wrong with one of them.

    Attributes
    ----------
    phi, dphi : callable
        The function on the ray and its slope.
    reach : float
        Steps from 0 to here are judged.
    alpha, value, slope : float
        One step size, phi and phi' there; NaN where phi has no value.
    phi0, dphi0 : float
        phi(0) and phi'(0).
    c1, c2, rho : float
        The constants of the conditions.
    conditions : tuple of str
        The conditions that are asked for.
    holds : dict
        For each of the five conditions, whether it accepts alpha.
    accepted : dict
        For each of the five conditions, the intervals of steps that it accepts; where one
        starts at 0, all short steps are accepted.
    together : tuple of (float, float)
        The intervals that all conditions asked for accept.
    """

    phi: Callable
    dphi: Callable
    reach: float
    alpha: float
    value: float
    slope: float
    phi0: float
    dphi0: float
    c1: float
    c2: float
    rho: float
    conditions: tuple
    holds: dict
    accepted: dict
    together: tuple


@functools.lru_cache(maxsize=16)
def on_grid(phi: Callable, dphi: Callable, reach: float, points: int = 501) -> tuple:
    """Measure phi and its slope at steps up to reach, once: equally spaced, and in equal ratios.

    Returns
    -------
    alphas, values, slopes : array, shape (m,)
        NaN where phi has no value.

    Examples
    --------
    >>> alphas, values, slopes = on_grid(np.square, np.negative, 2.0, points=3)
    >>> alphas[[0, -1]].tolist(), float(values[-1]), float(slopes[-1])
    ([0.0, 2.0], 4.0, -2.0)
    """
    even = np.linspace(0, reach, points)
    alphas = np.union1d(even, np.geomspace(SHORTEST * reach, reach, points))
    measured = np.array([measure(phi, dphi, alpha) for alpha in alphas.tolist()])
    return alphas, *measured.T


def measure(phi: Callable, dphi: Callable, alpha: float) -> tuple:
    """Return phi(alpha) and phi'(alpha), or NaN twice where they cannot be computed.

    >>> measure(lambda a: 1 / a, lambda a: -1 / a**2, 0.0)
    (nan, nan)
    """
    try:
        with np.errstate(all="ignore"):
            pair = float(phi(alpha)), float(dphi(alpha))
    except (ArithmeticError, ValueError):
        return np.nan, np.nan
    return pair if np.all(np.isfinite(pair)) else (np.nan, np.nan)


def intervals(alphas: np.ndarray, accepted: np.ndarray) -> tuple:
    """Return the first and the last point of each stretch of accepted points.

    >>> intervals(np.arange(5.0), np.array([False, True, True, False, True]))
    ((1.0, 2.0), (4.0, 4.0))
    """
    padded = np.concatenate([[False], accepted, [False]])
    starts = np.flatnonzero(padded[1:] & ~padded[:-1])
    ends = np.flatnonzero(padded[:-1] & ~padded[1:]) - 1
    return tuple((float(alphas[i]), float(alphas[j])) for i, j in zip(starts, ends, strict=True))


def verdicts(alpha, phi, dphi, phi0, dphi0, *, c1=1e-4, c2=0.9, rho=0.25) -> dict:
    """Return what each of the five conditions says, by name.

    >>> says = verdicts(0.4, phi=0.36, dphi=-1.2, phi0=1.0, dphi0=-2.0)
    >>> [name for name, accepts in says.items() if accepts]
    ['armijo', 'curvature', 'wolfe', 'strong_wolfe']
    """
    return {
        "armijo": armijo(alpha, phi, phi0, dphi0, c1),
        "goldstein": goldstein(alpha, phi, phi0, dphi0, rho),
        "curvature": curvature(dphi, dphi0, c2),
        "wolfe": wolfe(alpha, phi, dphi, phi0, dphi0, c1, c2),
        "strong_wolfe": strong_wolfe(alpha, phi, dphi, phi0, dphi0, c1, c2),
    }


def judge(
    phi: Callable,
    dphi: Callable,
    alpha: float,
    *,
    reach: float,
    c1: float = 1e-4,
    c2: float = 0.9,
    rho: float = 0.25,
    conditions: tuple = CONDITIONS,
) -> Judgement:
    """Say which steps the conditions accept, on a grid and at alpha (lecture: Figures 13-17).

    Parameters
    ----------
    phi, dphi : callable
        The function on the ray and its slope, of a float.
    alpha : float
        The step size to look at, in [0, reach].
    reach : float
        Steps from 0 to here are judged.
    c1, c2, rho : float
        Constants of `descent.conditions`; any, so that one can see what goes wrong.
    conditions : tuple of str
        The conditions that must hold together.

    Returns
    -------
    Judgement

    Raises
    ------
    ValueError
        If reach is not positive, a condition is not known, phi'(0) >= 0 or phi(0) is not finite.

    References
    ----------
    Merkulov, Line search (lecture notes), Figures 13-17.

    Examples
    --------
    >>> seen = judge(lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1), 0.1, reach=2.0, conditions=("goldstein",))
    >>> seen.together, bool(seen.holds["armijo"]), bool(seen.holds["goldstein"])
    (((0.5, 1.5),), True, False)
    """
    check_positive_finite(reach=reach)
    for name in conditions:
        if name not in CONDITIONS:
            raise ValueError(f"conditions are {', '.join(CONDITIONS)}, got {name!r}")
    alphas, values, slopes = on_grid(phi, dphi, float(reach))
    phi0, dphi0 = value_at_zero(None, float(values[0])), slope_at_zero(None, float(slopes[0]))
    value, slope = measure(phi, dphi, alpha)
    constants = {"c1": c1, "c2": c2, "rho": rho}
    masks = verdicts(alphas, values, slopes, phi0, dphi0, **constants)
    for mask in masks.values():
        mask[0] = mask[1]  # to stay is no step: 0 goes with the shortest one
    asked = [masks[name] for name in conditions]
    return Judgement(
        phi=phi,
        dphi=dphi,
        reach=float(reach),
        alpha=float(alpha),
        value=value,
        slope=slope,
        phi0=phi0,
        dphi0=dphi0,
        conditions=tuple(conditions),
        holds=verdicts(alpha, value, slope, phi0, dphi0, **constants),
        accepted={name: intervals(alphas, mask) for name, mask in masks.items()},
        together=intervals(alphas, np.logical_and.reduce(asked)) if asked else (),
        **constants,
    )


def line_searches(step: float = 0.1) -> dict:
    """Return the searches that the lecture compares, by name (lecture: Figure 18).

    Parameters
    ----------
    step : float
        Of the search with a fixed step.

    Returns
    -------
    dict
        Name: line search.

    Examples
    --------
    >>> phi, dphi = lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1)
    >>> [search(phi, dphi, 1.9).alpha for search in line_searches().values()]
    [0.1, 1.9, 0.95, 1.9, 1.0, 1.0]
    """
    return {
        "fixed step": fixed(step),
        "Armijo": backtracking,
        "Goldstein": functools.partial(backtracking, condition="goldstein"),
        "Wolfe": more_thuente,
        "golden section": exact(golden_section),
        "Brent": exact(brent),
    }
