"""Direct methods that perturb a candidate and compare: at a fixed temperature, and while it falls."""

import itertools
import math
from collections.abc import Callable

import numpy as np

from descent.methods.candidates import first_candidates, generator, next_candidates, value_of
from descent.methods.iterates import check_start
from descent.stepwise import converged, stepwise
from descent.stepwise.checks import (
    check_callable,
    check_count,
    check_not_negative,
    check_number,
    check_positive,
    check_share,
)


@stepwise(allow_nonfinite=True)
def random_search(
    f: Callable,
    x0,
    *,
    perturb: Callable | None = None,
    population: int = 1,
    sigma: float = 0.1,
    temperature: float = 0.0,
    patience: int = 200,
    rng=None,
    maxiter: int = 5000,
):
    """Perturb a parent from the pool, and let the child take its place if it is better.

    This is the lecture's prototype of a direct method.  With a temperature T a child that is
    worse by Delta is accepted too, with probability exp(-Delta / T).

    Parameters
    ----------
    f : callable
        The function of an array; NaN and infinity count as worse than any number.
    x0 : array, shape (n,)
        Start; of integers for a discrete problem, which needs its own `perturb`.
    perturb : callable, optional
        perturb(parent, rng) -> child; None adds normal numbers times sigma.
    population : int
        Size of the pool; its candidates start as perturbations of x0.
    sigma : float
        Standard deviation of the perturbations.
    temperature : float
        T, at least 0.
    patience : int
        Converged when so many trials in a row have found no better best point.
    rng : numpy.random.Generator, optional
        Source of the perturbations.
    maxiter : int
        Most trials.

    Returns
    -------
    Run of Candidates

    Raises
    ------
    ValueError, TypeError
        If f(x0) is not finite, or a number is out of its range.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 6-9; slide 7 leaves out
    the temperature.

    Examples
    --------
    >>> run = random_search(lambda x: x @ x, np.array([1.0, 1.0]), rng=np.random.default_rng(0))
    >>> run.success, bool(run.fun < 0.01)
    (True, True)
    """
    check_positive(sigma=sigma, patience=patience)
    check_count(population=population)
    check_not_negative(temperature=temperature)
    rng, x0, perturb = generator(rng), *_start(x0, perturb, sigma)
    since, best = 0, np.inf
    for step in perturb_and_compare(f, x0, perturb, population, lambda k: temperature, rng):
        yield step
        since, best = (0 if step.fun < best else since + 1), step.fun
        if since >= patience:
            return converged("no better point was found for long", trials_without_success=(since, patience))


@stepwise(allow_nonfinite=True)
def simulated_annealing(
    f: Callable,
    x0,
    *,
    perturb: Callable | None = None,
    sigma: float = 0.5,
    temperature: float = 1.0,
    cooling: float = 0.995,
    coldest: float = 1e-4,
    rng=None,
    maxiter: int = 50_000,
):
    """Search with a temperature that falls: T <- cooling T after every trial.

    While T is high the search crosses hills; once it is low, only improvements pass.

    Parameters
    ----------
    f, x0, perturb, sigma, rng, maxiter
        As in `random_search`.
    temperature : float
        The first T, positive; in units of f.
    cooling : float
        Factor of T after each trial, in (0, 1).
    coldest : float
        Converged when T is no higher.

    Returns
    -------
    Run of Candidates
        spread is the temperature.

    Raises
    ------
    ValueError, TypeError
        If f(x0) is not finite, or a number is out of its range.

    References
    ----------
    Kirkpatrick, Gelatt and Vecchi, Science 220 (1983); Schraudolph (2005), slide 7.

    Examples
    --------
    >>> run = simulated_annealing(lambda x: x @ x, np.array([2.0, 1.0]), rng=np.random.default_rng(0))
    >>> run.success, bool(run.fun < 0.05)
    (True, True)
    """
    check_positive(sigma=sigma, temperature=temperature, coldest=coldest)
    check_number("temperature", temperature)
    check_share(cooling=cooling)
    rng, x0, perturb = generator(rng), *_start(x0, perturb, sigma)
    trials = max(1, math.ceil(math.log(coldest / temperature) / math.log(cooling)))
    film = perturb_and_compare(f, x0, perturb, 1, lambda k: temperature * cooling**k, rng)
    yield from itertools.islice(film, trials + 1)
    return converged("the temperature has fallen to its lowest", trials=(trials, trials))


def perturb_and_compare(f: Callable, x0, perturb: Callable, population: int, temperature: Callable, rng):
    """Yield one comparison after another, without end: the lecture's prototype of a direct method.

    Parameters
    ----------
    f : callable
        The function of an array; it counts its calls (`descent.stepwise.Counted`).
    x0 : array
        Start.
    perturb : callable
        perturb(parent, rng) -> child.
    population : int
        Size of the pool.
    temperature : callable
        From the number of the trial to T.
    rng : numpy.random.Generator

    Returns
    -------
    generator of Candidates

    Raises
    ------
    ValueError, TypeError
        If f(x0) is not finite.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 7, which leaves out T.

    Examples
    --------
    >>> from descent.stepwise import Counted
    >>> f, rng = Counted(lambda x: abs(int(x))), np.random.default_rng(0)
    >>> film = perturb_and_compare(f, 3, lambda x, rng: x - 1, 1, lambda k: 0.0, rng)
    >>> [float(next(film).fun) for _ in range(5)]
    [3.0, 2.0, 1.0, 0.0, 0.0]
    """
    parent = np.array(x0)
    pool = [parent, *(perturb(parent, rng) for _ in range(population - 1))]
    step = first_candidates(f, pool, temperature(0))
    values = step.values.tolist()
    yield step
    for k in itertools.count():
        i = int(rng.integers(population))
        child = perturb(pool[i], rng)
        value = value_of(f, child)
        change, T = value - values[i], temperature(k)
        accepted = bool(change < 0 or (T > 0 and rng.random() < math.exp(-change / T)))
        if accepted:
            pool[i], values[i] = child, value
        step = next_candidates(step, f, child, value, pool, values, accepted, T)
        yield step


def _start(x0, perturb, sigma: float) -> tuple:
    """Return the start and how to perturb it: any object where the learner says how."""
    if perturb is None:
        return check_start(x0), add_normal(sigma)
    check_callable(perturb=perturb)
    return x0, perturb


def add_normal(sigma: float) -> Callable:
    """Return a perturbation that adds normal numbers times sigma."""
    return lambda parent, rng: parent + sigma * rng.standard_normal(parent.shape)
