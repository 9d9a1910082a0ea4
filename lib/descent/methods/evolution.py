"""An evolution strategy: step sizes are inherited."""

from collections.abc import Callable

import numpy as np

from descent.methods.candidates import first_candidates, generator, next_candidates, value_of
from descent.methods.iterates import check_start
from descent.stepwise import converged, stepwise
from descent.stepwise.checks import check_count, check_positive


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
    ValueError, TypeError
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
    check_positive(sigma=sigma, tol=tol)
    check_count(parents=parents, children=children)
    if not parents < children:
        raise ValueError(f"parents must be fewer than children, got {parents} and {children}")
    rng, mean = generator(rng), check_start(x0)
    step = first_candidates(f, [mean], sigma)
    tau = 1 / np.sqrt(2 * mean.size)
    yield step
    while sigma > tol:
        sizes = sigma * np.exp(tau * rng.standard_normal(children))
        brood = mean + sizes[:, None] * rng.standard_normal((children, mean.size))
        values = np.array([value_of(f, child) for child in brood])
        order = np.argsort(values)[:parents]
        mean = brood[order].mean(axis=0)
        sigma = float(np.exp(np.mean(np.log(sizes[order]))))
        step = next_candidates(step, f, brood, values, brood[order], values[order], True, sigma)
        yield step
    return converged("the step size is small", step_size=(sigma, tol))
