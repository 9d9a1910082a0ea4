"""Three ways to the product H v: how far each is from the truth, and what it costs."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from descent.autodiff import ggnvp, grad, hvp, jvp
from descent.autodiff.costs import operations, seconds
from descent.stepwise import Step

WAYS = ("H v, forward over reverse", "central difference of gradients", "n gradients: H by columns")
SIZES = (2, 5, 10, 20, 50, 100)
TURNS = 30  # of each way by the clock, taken in turn, so that a disturbance meets all alike
STEPS = np.geomspace(1e-12, 1.0, 73)


@dataclass(frozen=True)
class Products(Step):
    """The three ways for one function.

    Attributes
    ----------
    n : int
        Number of variables.
    h : float
        Step of the differences.
    steps : array, shape (k,)
        Steps for which both differences were tried.
    errors : dict
        Way -> relative error, shape (k,); that of H v is the same for all steps.
    sizes : tuple of int
        The n for which operations were counted.
    costs : dict
        Way -> operations over those of one gradient, for each of these.
    """

    n: int
    h: float
    steps: np.ndarray
    errors: dict
    sizes: tuple
    costs: dict

    def at(self, n: int, h: float) -> "Products":
        """Return the same comparison, looked at for n variables and the step h."""
        return replace(self, n=n, h=h)

    def error_here(self, way: str) -> float:
        return float(self.errors[way][np.argmin(np.abs(np.log(self.steps / self.h)))])

    def cost_here(self, way: str) -> float:
        return float(np.interp(self.n, self.sizes, self.costs[way]))


def sum_over_rows(s: Callable, n: int) -> tuple:
    """Return f(w) = sum_i s((A w)_i) with a random A of shape (n, n), a point and a direction.

    >>> f, w, v = sum_over_rows(np.cos, 3)
    >>> w.shape, v.shape
    ((3,), (3,))
    """
    A = _matrix(n)
    w, v = np.random.default_rng(n + 1).normal(size=(2, n))
    return lambda w: np.sum(s(A @ w)), w, v


def _matrix(n: int) -> np.ndarray:
    return np.random.default_rng(n).normal(size=(n, n)) / np.sqrt(n)


def by_central_difference(gradient: Callable, w, v, h: float):
    """Return (g(w + h v) - g(w - h v)) / (2 h), which is H v up to errors of h^2 and of rounding / h.

    >>> by_central_difference(lambda w: w**3, np.ones(1), np.ones(1), 0.5).tolist()
    [3.25]
    """
    return (gradient(w + h * v) - gradient(w - h * v)) / (2 * h)


def by_columns(gradient: Callable, w, v, h: float):
    """Return H v from H itself, a forward difference of gradients for each column.

    >>> by_columns(lambda w: w**2, np.ones(2), np.array([1.0, 2.0]), 0.5).tolist()
    [2.5, 5.0]
    """
    at_w = gradient(w)
    columns = [(gradient(w + h * e) - at_w) / h for e in np.eye(w.size)]
    return np.stack(columns, axis=1) @ v


@functools.lru_cache(maxsize=8)
def compare_products(s: Callable, n: int = 20) -> Products:
    """Compare the three ways for f(w) = sum_i s((A w)_i).

    The truth is A' (s''(A w) * A v), with s'' one number at a time.

    Parameters
    ----------
    s : callable
        Entrywise, in plain NumPy.
    n : int
        Number of variables in the comparison of errors.

    Raises
    ------
    ValueError
        If s or a derivative is not finite there.

    Examples
    --------
    >>> products = compare_products(np.cos)
    >>> products.error_here(WAYS[0]) < 1e-14, products.cost_here(WAYS[2]) > 20
    (True, True)
    """
    f, w, v = sum_over_rows(s, n)
    A, gradient = _matrix(n), grad(f)
    bent = [jvp(lambda z: jvp(s, (z,), (1.0,))[1], (z,), (1.0,))[1] for z in (A @ w).tolist()]
    truth = A.T @ (np.array(bent) * (A @ v))
    if not np.all(np.isfinite(truth)):
        raise ValueError("the second derivative is not finite everywhere: take a smoother function")
    size = np.linalg.norm(truth) or 1.0

    def error(product):
        return float(np.linalg.norm(product - truth) / size)

    with np.errstate(all="ignore"):
        errors = {
            WAYS[0]: np.full(STEPS.size, error(hvp(f, w, v))),
            WAYS[1]: np.array([error(by_central_difference(gradient, w, v, h)) for h in STEPS]),
            WAYS[2]: np.array([error(by_columns(gradient, w, v, h)) for h in STEPS]),
        }
    counted = [_count(s, size) for size in SIZES]
    costs = {way: [count[way] for count in counted] for way in WAYS}
    return Products(n, 1e-5, STEPS, errors, SIZES, costs)


def _count(s: Callable, n: int) -> dict:
    """Return the operations of each way over those of one gradient."""
    f, w, v = sum_over_rows(s, n)
    gradient = grad(f)
    one = operations(gradient, w)
    ways = (
        lambda w: hvp(f, w, v),
        lambda w: by_central_difference(gradient, w, v, 1e-5),
    )
    counts = [operations(way, w) for way in ways]
    columns = (n + 1) * one + n * 3 * n + 2 * n * n  # n + 1 gradients, n differences, H times v
    return {way: count / one for way, count in zip(WAYS, (*counts, columns), strict=True)}


def curvature_operations(model: Callable, loss: Callable, weights: list, v: list) -> dict:
    """Count the operations of loss(model(weights)), of its gradient, and of its products H v and G v.

    Parameters
    ----------
    model : callable
        From a list of arrays to predictions.
    loss : callable
        From predictions to a number.
    weights, v : list of arrays
        Point and direction.

    Examples
    --------
    >>> counts = curvature_operations(lambda w: w[0] ** 2, np.sum, [np.ones(3)], [np.ones(3)])
    >>> list(counts)
    ['f', 'gradient', 'H v', 'G v']
    """
    return {
        name: operations(lambda *w, way=way: way(list(w)), *weights)
        for name, way in _ways(model, loss, v).items()
    }


def curvature_seconds(model: Callable, loss: Callable, weights: list, v: list) -> dict:
    """Measure the seconds of what `curvature_operations` counts: the shortest of many turns each.

    >>> times = curvature_seconds(lambda w: w[0] ** 2, np.sum, [np.ones(3)], [np.ones(3)])
    >>> all(time > 0 for time in times.values())
    True
    """
    ways = _ways(model, loss, v)
    turns = [{name: seconds(way, weights, repeats=1) for name, way in ways.items()} for _ in range(TURNS)]
    return {name: min(turn[name] for turn in turns) for name in ways}


def _ways(model, loss, v) -> dict:
    def f(w):
        return loss(model(w))

    return {
        "f": f,
        "gradient": grad(f),
        "H v": lambda w: hvp(f, w, v),
        "G v": lambda w: ggnvp(model, loss, w, v),
    }
