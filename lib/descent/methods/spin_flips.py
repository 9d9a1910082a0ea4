"""Simulated annealing on a discrete problem, where perturbing and comparing both take O(1)."""

import math
from dataclasses import dataclass

import numpy as np

from descent.methods.candidates import generator
from descent.problems.spin_glass import SpinGlass
from descent.stepwise import Step, converged, stepwise
from descent.stepwise.checks import check_count, check_not_negative, check_positive


@dataclass(frozen=True)
class Sweep(Step):
    """One sweep: as many trial flips as there are spins.

    Attributes
    ----------
    spins : array, shape (rows, columns)
        The spins now.
    energy : int
        Their energy.
    x, fun : array, int
        The best spins at the end of a sweep so far, and their energy.
    temperature : float
    accepted : float
        Share of the trials that were accepted.
    trials : int
        Trial flips so far.
    """

    spins: np.ndarray
    energy: int
    x: np.ndarray
    fun: int
    temperature: float
    accepted: float
    trials: int


@stepwise
def flip_spins(glass: SpinGlass, *, hot: float = 2.0, cold: float = 0.2, sweeps: int = 60, rng=None):
    """Flip one random spin after another, accepting by the change of energy, while T falls.

    Parameters
    ----------
    glass : SpinGlass
    hot, cold : float
        First and last temperature; it falls by the same factor each sweep.  With hot = 0 only
        flips that do not raise the energy are accepted.
    sweeps : int
        Trials per spin.
    rng : numpy.random.Generator, optional
        Source of the first spins and of the trials.

    Returns
    -------
    Run of Sweep
        One step a sweep.

    Raises
    ------
    ValueError, TypeError
        If hot is negative, cold not positive, or sweeps < 1.

    References
    ----------
    Kirkpatrick, Gelatt and Vecchi, Optimization by simulated annealing, Science 220 (1983);
    Schraudolph (2005), slide 8.

    Examples
    --------
    >>> from descent.problems.spin_glass import spin_glass
    >>> glass = spin_glass(4, 4)
    >>> flip_spins(glass, rng=np.random.default_rng(0)).fun == glass.least_energy()
    True
    """
    if not isinstance(glass, SpinGlass):
        raise TypeError(f"glass must be a SpinGlass, got {glass!r}")
    check_positive(cold=cold)
    check_not_negative(hot=hot)
    check_count(sweeps=sweeps)
    rng = generator(rng)
    n = len(glass.neighbours)
    spins = rng.choice([-1, 1], n).tolist()
    energy = glass.energy(spins)
    best = np.reshape(spins, glass.shape), energy
    yield Sweep(best[0], energy, *best, hot, 0.0, 0)
    for k in range(sweeps):
        T = hot * (min(cold, hot) / hot) ** (k / max(sweeps - 1, 1)) if hot else 0.0
        accepted = 0
        for site, chance in zip(rng.integers(n, size=n).tolist(), rng.random(n).tolist(), strict=True):
            change = glass.change(spins, site)
            if change <= 0 or (T > 0 and chance < math.exp(-change / T)):
                spins[site] = -spins[site]
                energy += change
                accepted += 1
        now = np.reshape(spins, glass.shape)
        best = (now, energy) if energy < best[1] else best
        yield Sweep(now, energy, *best, T, accepted / n, (k + 1) * n)
    return converged("all sweeps are done", sweeps=(sweeps, sweeps))


@dataclass(frozen=True)
class Glassy(Step):
    """A sweep, and what it is compared with.

    Attributes
    ----------
    glass : SpinGlass
    sweep : Sweep
    least : int
        The exact minimum of the energy.
    """

    glass: SpinGlass
    sweep: Sweep
    least: int


@stepwise
def glass_film(glass: SpinGlass, least: int, run):
    """Show each sweep beside the exact minimum.

    >>> from descent.problems.spin_glass import spin_glass
    >>> glass = spin_glass(3, 3)
    >>> film = glass_film(glass, glass.least_energy(), flip_spins(glass, sweeps=2))
    >>> film.nit
    2
    """
    for sweep in run:
        yield Glassy(glass, sweep, least)
    return converged(run.message)
