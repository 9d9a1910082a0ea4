"""Direct methods: they perturb candidates and compare values, and need no gradient."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step, converged, stepwise


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
        Size of the perturbations, or the temperature where there is one.
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
    ValueError
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
    _positive(sigma=sigma, population=population, patience=patience)
    if not temperature >= 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    rng = _generator(rng)
    perturb = perturb or _normal(sigma)
    return (yield from _prototype(f, x0, perturb, population, lambda k: temperature, sigma, patience, rng))


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
    ValueError
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
    _positive(sigma=sigma, temperature=temperature, coldest=coldest)
    if not 0 < cooling < 1:
        raise ValueError(f"cooling must be between 0 and 1, got {cooling}")
    rng = _generator(rng)
    perturb = perturb or _normal(sigma)
    trials = max(1, math.ceil(math.log(coldest / temperature) / math.log(cooling)))
    return (
        yield from _prototype(
            f, x0, perturb, 1, lambda k: temperature * cooling**k, None, math.inf, rng, trials
        )
    )


def _prototype(f, x0, perturb, population, temperature, spread, patience, rng, trials=math.inf):
    x = np.array(x0)
    pool = [x, *(perturb(x, rng) for _ in range(population - 1))]
    values = [_value(f, member) for member in pool]
    if not math.isfinite(values[0]):
        raise ValueError(f"f(x0) must be finite, got {values[0]}: start where it is")
    i = int(np.argmin(values))
    best = pool[i], values[i]
    yield _candidates(best, pool, values, x, True, spread, temperature(0), f)
    k = since = 0
    while since < patience and k < trials:
        i = int(rng.integers(population))
        child = perturb(pool[i], rng)
        value = _value(f, child)
        change, T = value - values[i], temperature(k)
        accepted = bool(change < 0 or (T > 0 and rng.random() < math.exp(-change / T)))
        if accepted:
            pool[i], values[i] = child, value
        since = 0 if value < best[1] else since + 1
        best = (child, value) if value < best[1] else best
        k += 1
        yield _candidates(best, pool, values, child, accepted, spread, T, f)
    if k < trials:
        return converged("no better point was found for long", trials_without_success=(since, patience))
    return converged("the temperature has fallen to its lowest", trials=(k, trials))


@stepwise(allow_nonfinite=True)
def evolution_strategy(
    f: Callable,
    x0,
    *,
    parents: int = 5,
    children: int = 35,
    sigma: float = 0.5,
    tol: float = 1e-6,
    rng=None,
    maxiter: int = 1000,
):
    """Breed `children` from the mean of the best `parents`; each child carries its own step size.

    A child multiplies the mean step size by exp(tau z), tau = 1 / sqrt(2 n), and moves by it:
    step sizes that breed good children survive.

    Parameters
    ----------
    f : callable
        The function of a 1-D array; NaN and infinity count as worse than any number.
    x0 : array, shape (n,)
        Start.
    parents, children : int
        How many are kept and how many are bred a generation, parents < children.
    sigma : float
        The first step size.
    tol : float
        Converged when the step size is no larger.
    rng : numpy.random.Generator, optional
        Source of the mutations.
    maxiter : int
        Most generations.

    Returns
    -------
    Run of Candidates
        spread is the step size.

    Raises
    ------
    ValueError
        If f(x0) is not finite, or a number is out of its range.

    References
    ----------
    Beyer and Schwefel, Evolution strategies: a comprehensive introduction, Natural Computing
    1 (2002); Schraudolph (2005), slide 6.

    Examples
    --------
    >>> run = evolution_strategy(lambda x: x @ x, np.array([2.0, 1.0]), rng=np.random.default_rng(0))
    >>> run.success, bool(run.fun < 1e-8)
    (True, True)
    """
    _positive(sigma=sigma, tol=tol, parents=parents)
    if not parents < children:
        raise ValueError(f"parents must be fewer than children, got {parents} and {children}")
    rng = _generator(rng)
    mean = np.array(x0, dtype=float)
    best = mean, _value(f, mean)
    if not math.isfinite(best[1]):
        raise ValueError(f"f(x0) must be finite, got {best[1]}: start where it is")
    tau = 1 / np.sqrt(2 * mean.size)
    yield _candidates(best, [mean], [best[1]], mean, True, sigma, 0.0, f)
    while sigma > tol:
        sizes = sigma * np.exp(tau * rng.standard_normal(children))
        brood = mean + sizes[:, None] * rng.standard_normal((children, mean.size))
        values = np.array([_value(f, child) for child in brood])
        order = np.argsort(values)[:parents]
        mean = brood[order].mean(axis=0)
        sigma = float(np.exp(np.mean(np.log(sizes[order]))))
        if values[order[0]] < best[1]:
            best = brood[order[0]], float(values[order[0]])
        yield _candidates(best, brood[order], values[order], brood, True, sigma, 0.0, f)
    return converged("the step size is small", step_size=(sigma, tol))


@stepwise(allow_nonfinite=True)
def spsa(
    f: Callable,
    x0,
    *,
    a: float = 0.1,
    c: float = 0.1,
    stability: float = 50.0,
    tol: float = 1e-5,
    rng=None,
    maxiter: int = 2000,
):
    """Step down a difference of f along random signs: two calls a step, whatever n is.

    x <- x - a_k (f(x + c_k s) - f(x - c_k s)) / (2 c_k) s,   s random signs,
    a_k = a / (k + 1 + stability)^0.602 * (1 + stability)^0.602,   c_k = c / (k + 1)^0.101

    Parameters
    ----------
    f : callable
        The function of a 1-D array; it may be noisy.
    x0 : array, shape (n,)
        Start.
    a, c : float
        First step size and first half-width of the difference.
    stability : float
        Number of steps over which the step size hardly falls.
    tol : float
        Converged when the mean length of the last 20 steps is no larger.
    rng : numpy.random.Generator, optional
        Source of the signs.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Candidates
        pool holds the iterate; x is the best point at which f was measured; spread is c_k.

    Raises
    ------
    ValueError
        If f(x0) is not finite, or a number is out of its range.

    References
    ----------
    Spall, IEEE Transactions on Automatic Control 37 (1992), and Implementation of the
    simultaneous perturbation algorithm, IEEE Transactions on Aerospace 34 (1998).

    Examples
    --------
    >>> run = spsa(lambda x: x @ x, np.array([2.0, 1.0]), rng=np.random.default_rng(0))
    >>> bool(run.fun < 0.05)
    True
    """
    _positive(a=a, c=c, tol=tol)
    if not stability >= 0:
        raise ValueError(f"stability must not be negative, got {stability}")
    rng = _generator(rng)
    x = np.array(x0, dtype=float)
    best = x, _value(f, x)
    if not math.isfinite(best[1]):
        raise ValueError(f"f(x0) must be finite, got {best[1]}: start where it is")
    yield _candidates(best, [x], [best[1]], x, True, c, 0.0, f)
    lengths = []
    while len(lengths) < 20 or np.mean(lengths[-20:]) > tol:
        k = len(lengths)
        gain, width = a * ((1 + stability) / (k + 1 + stability)) ** 0.602, c / (k + 1) ** 0.101
        signs = rng.choice([-1.0, 1.0], x.size)
        pair = [x + width * signs, x - width * signs]
        ahead, behind = (_value(f, point) for point in pair)
        best = min(best, (pair[0], ahead), (pair[1], behind), key=lambda point: point[1])
        usable = math.isfinite(ahead - behind)
        step = gain * (ahead - behind) / (2 * width) if usable else 0.0
        x = x - step * signs
        lengths.append(abs(step) * np.sqrt(x.size) if usable else width)
        yield _candidates(best, [x], [min(ahead, behind)], np.array(pair), usable, width, 0.0, f)
    return converged("the steps are short", mean_step=(float(np.mean(lengths[-20:])), tol))


def _candidates(best, pool, values, trial, accepted, spread, temperature, f) -> Candidates:
    spread = temperature if spread is None else spread
    return Candidates(
        best[0], best[1], np.array(pool), np.array(values), np.asarray(trial), accepted, spread, f.calls
    )


def _value(f, x) -> float:
    value = f(x)
    return value if value - value == 0 else math.inf


def _normal(sigma) -> Callable:
    return lambda parent, rng: parent + sigma * rng.standard_normal(parent.shape)


def _generator(rng):
    return np.random.default_rng() if rng is None else rng


def _positive(**numbers):
    for name, value in numbers.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, got {name} = {value}")
