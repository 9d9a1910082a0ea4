"""Differentiating through an optimiser: the step sizes of gradient descent, learned by gradient descent."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff.modes import grad, value_and_grad
from descent.stepwise import Step, converged, stepwise, stopped


def descend(f: Callable, x0, alphas) -> list:
    """Return x_0, x_1, ..., x_K of gradient descent on f with the step sizes alpha_1, ..., alpha_K.

    Parameters
    ----------
    f : callable
        Of an array, in plain NumPy.
    x0 : array
        Start.
    alphas : sequence
        Step sizes; they may be traced.

    Examples
    --------
    >>> descend(lambda x: x @ x, np.array([1.0]), [0.5])[-1].tolist()
    [0.0]
    """
    gradient, path = grad(f), [x0]
    for alpha in alphas:
        path.append(path[-1] - alpha * gradient(path[-1]))
    return path


@dataclass(frozen=True)
class Schedule(Step):
    """Step sizes, and the descent that they lead to.

    Attributes
    ----------
    alphas : ndarray, shape (K,)
        Step sizes.
    path : ndarray, shape (K + 1, n)
        The points of the descent.
    fun : float
        The loss at the end of the descent.
    gradient : ndarray, shape (K,)
        Its derivative with respect to ln alpha: what the learning follows.
    """

    alphas: np.ndarray
    path: np.ndarray
    fun: float
    gradient: np.ndarray

    @property
    def x(self) -> np.ndarray:
        return self.alphas


@stepwise
def learn_step_sizes(f: Callable, x0, alphas, *, gtol: float = 1e-6, maxiter: int = 60):
    """Choose the step sizes of K steps of gradient descent by differentiating the loss at their end.

    The derivative runs through the descent, gradients included: a reverse sweep over K reverse
    sweeps.  It is followed in ln alpha, which keeps alpha positive, with a step that grows while
    the loss falls and is cut back otherwise.

    Parameters
    ----------
    f : callable
        Loss of an array, in plain NumPy.
    x0 : array
        Start of the descent.
    alphas : sequence of float
        Step sizes to start from, positive.
    gtol : float
        Stop when the loss at the end is this small a share of f(x0).
    maxiter : int
        Most changes of the step sizes.

    Raises
    ------
    ValueError
        If a step size is not positive.

    References
    ----------
    D. Maclaurin, D. Duvenaud, R. Adams, Gradient-based hyperparameter optimization through reversible
    learning, ICML (2015).

    Examples
    --------
    >>> film = learn_step_sizes(lambda x: x @ x / 2, np.array([1.0]), [0.2])
    >>> round(float(film.x[0]), 2)
    1.0
    """
    alphas = np.asarray(alphas, float)
    if not np.all(alphas > 0):
        raise ValueError(f"alphas must be positive, got {alphas}")

    def at_the_end(logarithms):
        return f(descend(f, x0, np.exp(logarithms))[-1])

    def schedule(logarithms):
        value, gradient = value_and_grad(at_the_end)(logarithms)
        path = np.array(descend(f, x0, np.exp(logarithms)))
        return Schedule(np.exp(logarithms), path, float(value), gradient)

    logarithms, rate, start = np.log(alphas), 0.1, float(f(x0))
    now = schedule(logarithms)
    yield now
    while now.fun > gtol * start:
        direction = now.gradient / max(np.linalg.norm(now.gradient), np.finfo(float).tiny)
        trial = schedule(logarithms - rate * direction)
        while not trial.fun < now.fun:
            rate /= 2
            if rate < 1e-10:
                return stopped("no step along the gradient lowers the loss: it is flat here, start elsewhere")
            trial = schedule(logarithms - rate * direction)
        logarithms, now, rate = logarithms - rate * direction, trial, 1.5 * rate
        yield now
    return converged(
        "the loss at the end is a small share of that at the start", share=(now.fun / start, gtol)
    )
