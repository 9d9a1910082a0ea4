"""Truncated Newton looked at from inside, in two variables, and from outside, in many."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from descent import autodiff
from descent.methods.conjugate import conjugate_gradient
from descent.methods.lecture import from_start, with_derivatives
from descent.methods.quasi_newton import bfgs
from descent.methods.steepest import steepest_descent
from descent.methods.truncated import newton_by_cg, truncated_newton
from descent.problems import Problem, quadratic, typed_function
from descent.problems.network import pupil
from descent.stepwise import Run, Step

MOST_STEPS = 60  # of a path in two variables
MOST_ITERATES = 300  # in many variables
PRODUCT = 2.5  # what H v costs, in gradients


@dataclass(frozen=True)
class Inside(Step):
    """One iterate of truncated Newton in two variables, and how its direction was found.

    Attributes
    ----------
    problem : Problem
    run : Run of Iterate
    k : int
        Number of the iterate.
    solving : Run of Solving, or None
        The conjugate-gradient steps there; None at the end of the run.
    eigenvalues, axes : array, shape (2,) and (2, 2)
        Of the Hessian there; the axes are columns.
    """

    problem: Problem
    run: Run
    k: int
    solving: Run | None
    eigenvalues: np.ndarray
    axes: np.ndarray

    @property
    def here(self):
        return self.run[self.k]


@functools.lru_cache(maxsize=8)
def _from(problem: Problem, x: float, y: float, cg_steps: int) -> Run:
    start = from_start(problem, x, y)
    return truncated_newton(start.f, start.grad, start.x0, cg_steps=cg_steps, maxiter=MOST_STEPS).finish()


def inside(problem: Problem, x: float, y: float, cg_steps: int, k: int) -> Inside:
    """Return iterate k of truncated Newton from (x, y), and the conjugate gradients within.

    Parameters
    ----------
    problem : Problem
        Of two variables.
    x, y : float
        Start.
    cg_steps : int
        Most conjugate-gradient steps for a direction.
    k : int
        Number of the iterate; the last one if there are fewer.

    Raises
    ------
    ValueError
        If f or its gradient is not finite at the start.

    Examples
    --------
    >>> from descent.methods.lecture import landscapes
    >>> view = inside(landscapes()["saddle"], 0.3, 1.0, 2, 0)
    >>> view.solving.message, view.eigenvalues.round(2).tolist()
    ('negative curvature at CG step 2', [-0.73, 1.0])
    """
    problem = with_derivatives(problem)
    run = _from(problem, x, y, cg_steps)
    k = min(k, run.nit)
    here = run[k]
    eigenvalues, axes = np.linalg.eigh(problem.hess(here.x))
    solving = None
    if k < run.nit:
        solving = newton_by_cg(
            lambda v: autodiff.hvp(problem.f, here.x, v), here.grad, cg_steps=cg_steps
        ).finish()
    return Inside(problem, run, k, solving, eigenvalues, axes)


@functools.lru_cache(maxsize=8)
def indefinite_region(problem: Problem, low: tuple, high: tuple, points: int = 17) -> tuple:
    """Measure the smallest eigenvalue of the Hessian on a grid over a rectangle.

    Returns
    -------
    x, y, least : array
        Shapes (points,), (points,), (points, points).

    Examples
    --------
    >>> indefinite_region(quadratic(3), (0.0, 0.0), (1.0, 1.0), 2)[2].tolist()
    [[2.0, 2.0], [2.0, 2.0]]
    """
    hess = with_derivatives(problem).hess
    x, y = (np.linspace(a, b, points) for a, b in zip(low, high, strict=True))
    with np.errstate(all="ignore"):
        grid = np.array([[hess(np.array([xi, yi])) for xi in x] for yi in y])
    finite = np.all(np.isfinite(grid), axis=(2, 3))
    least = np.linalg.eigvalsh(np.where(finite[:, :, None, None], grid, 0.0))[:, :, 0]
    return x, y, np.where(finite, least, np.nan)


def side_by_side(text: str, x: float, y: float, pairs: int = 50) -> Problem:
    """Return a learner's own f(x, y) many times side by side: sum over i of f(w_2i-1, w_2i).

    Parameters
    ----------
    text : str
        A formula in x and y.
    x, y : float
        The start of each pair, but for normal numbers of deviation 0.3 that are added.
    pairs : int
        How many.

    Raises
    ------
    ValueError
        If the text is not a formula, or f or its gradient is not finite at the start.

    Examples
    --------
    >>> problem = side_by_side("(x - 1)^2 + 10*y^2", 0, 0)
    >>> problem.name, problem.x0.size, float(problem.f(np.tile([1.0, 0.0], 50)))
    ('your own, n = 100', 100, 0.0)
    """
    if not np.isfinite([x, y]).all():
        raise ValueError(f"the start must be finite, got x = {x}, y = {y}")
    pair, n = typed_function(text, "x", "y"), 2 * pairs

    def f(w):
        return np.sum(pair(w[::2], w[1::2]) + np.zeros(pairs))

    x0 = np.tile([x, y], pairs) + 0.3 * np.random.default_rng(0).normal(size=n)
    grad = autodiff.grad(f)
    if not (np.isfinite(f(x0)) and np.all(np.isfinite(grad(x0)))):
        raise ValueError(f"f and its gradient must be finite near the start ({x:g}, {y:g}): start elsewhere")
    return Problem(f"your own, n = {n}", f, grad=grad, x0=x0, label=text)


def valleys(n: int = 100) -> Problem:
    """Return Rosenbrock's valley n/2 times side by side, f = sum 100 (w_2i - w_2i-1^2)^2 + (1 - w_2i-1)^2.

    >>> problem = valleys(4)
    >>> float(problem.f(np.ones(4))), problem.x0.shape
    (0.0, (4,))
    """
    problem = side_by_side("100*(y - x^2)^2 + (1 - x)^2", -1.2, 1.0, n // 2)
    return replace(problem, name=f"valleys, n = {n}", x_star=np.ones(n), f_star=0.0)


@functools.cache
def many_variables() -> dict:
    """Return problems of many variables, by name.

    >>> list(many_variables())
    ['bowl, n = 200', 'valleys, n = 100', 'network, n = 13']
    """
    fit = pupil(4, cases=40)
    network = Problem("network, n = 13", fit.f, grad=autodiff.grad(fit.f), x0=fit.x0, f_star=0.0)
    bowl = replace(quadratic(1000, 200), name="bowl, n = 200")
    return {problem.name: problem for problem in (bowl, valleys(), network)}


@dataclass(frozen=True)
class Capped(Step):
    """Truncated Newton with at most so many conjugate-gradient steps, beside methods without products.

    Attributes
    ----------
    problem : Problem
    cg_steps : int
        The cap.
    run : Run of Iterate
    rivals : dict
        Name -> (work, gap), arrays over the iterates.
    work : array, shape (k + 1,)
        Gradients after each iterate, a product H v counted as `PRODUCT` of them.
    gap : array, shape (k + 1,)
        f - f*; above the lowest value that any method here finds, where f* is not known.
    products : array, shape (k,)
        Conjugate-gradient steps of each iterate.
    negative : array of bool, shape (k,)
        Whether the iterate met negative curvature.
    """

    problem: Problem
    cg_steps: int
    run: Run
    rivals: dict
    work: np.ndarray
    gap: np.ndarray
    products: np.ndarray
    negative: np.ndarray


RIVALS: dict[str, Callable] = {
    "steepest descent": steepest_descent,
    "conjugate gradient": conjugate_gradient,
    "BFGS": bfgs,
}


@functools.lru_cache(maxsize=4)
def _rivals(problem: Problem) -> tuple:
    """Return the work and the values of each rival, and the minimum of f or the lowest value found."""
    runs = {
        name: method(problem.f, problem.grad, problem.x0, maxiter=MOST_ITERATES).finish()
        for name, method in RIVALS.items()
    }
    f_star = problem.f_star
    if f_star is None:
        f_star = min(run.fun for run in (*runs.values(), _truncated(problem, 40)))
    gaps = {name: np.array([[step.njev, step.fun - f_star] for step in run]).T for name, run in runs.items()}
    return gaps, f_star


@functools.lru_cache(maxsize=64)
def _truncated(problem: Problem, cg_steps: int) -> Run:
    options = {"cg_steps": cg_steps, "maxiter": MOST_ITERATES}
    return truncated_newton(problem.f, problem.grad, problem.x0, **options).finish()


@functools.lru_cache(maxsize=64)
def capped(problem: Problem, cg_steps: int) -> Capped:
    """Run truncated Newton on a problem of many variables with a cap on conjugate-gradient steps.

    Parameters
    ----------
    problem : Problem
        One of `many_variables`, or made by `side_by_side`.
    cg_steps : int
        Most conjugate-gradient steps for a direction.

    Raises
    ------
    ValueError, TypeError
        If cg_steps < 1.

    Examples
    --------
    >>> result = capped(many_variables()["bowl, n = 200"], 20)
    >>> result.run.success, int(result.products.max())
    (True, 20)
    """
    rivals, f_star = _rivals(problem)
    run = _truncated(problem, cg_steps)
    work = np.array([step.njev + PRODUCT * step.nhev for step in run])
    gap = np.array([step.fun - f_star for step in run])
    products = np.diff([step.nhev for step in run])
    negative = np.array(["negative" in step.remark for step in run[1:]], dtype=bool)
    return Capped(problem, cg_steps, run, rivals, work, gap, products, negative)
