"""What the notebook on classical gradient methods compares, ready to be wired to controls."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from descent import autodiff
from descent.line_search import exact, fixed
from descent.methods.conjugate import conjugate_gradient
from descent.methods.evolution import evolution_strategy
from descent.methods.newton_steps import newton
from descent.methods.perturbation import random_search, simulated_annealing
from descent.methods.quasi_newton import bfgs
from descent.methods.race import Race, race
from descent.methods.simultaneous_perturbation import spsa
from descent.methods.steepest import steepest_descent
from descent.methods.truncated import truncated_newton
from descent.problems import Problem, quadratic, typed_plane
from descent.stepwise import Run
from descent.univariate import brent

MOST_STEPS = 60  # of each method in a race that is looked at


@functools.cache
def landscapes() -> dict:
    """Return functions of two variables whose shapes trouble one method or another, by name.

    >>> landscapes()["saddle"].hess(np.zeros(2)).tolist()
    [[-1.0, 0.0], [0.0, 1.0]]
    """
    texts = {
        "bowl": ("x^2 + 10*y^2", 3.0, 1.0),
        "saddle": ("x^4/4 - x^2/2 + y^2/2 + 1/4", 0.3, 1.0),
        "valley": ("100*(y - x^2)^2 + (1 - x)^2", -1.2, 1.0),
        "hills": ("2 - cos(3*x) - cos(3*y) + (x^2 + y^2)/5", 2.2, -1.6),
        "flat far away": ("log(1 + x^2 + 2*y^2)", 1.6, 1.0),
    }
    minima = {"bowl": [0, 0], "valley": [1, 1], "hills": [0, 0], "flat far away": [0, 0]}
    found = {}
    for name, (text, *start) in texts.items():
        f = typed_plane(text, *start).f
        known = {"x_star": np.array(minima[name], float)} if name in minima else {}
        derivatives = {"grad": autodiff.grad(f), "hess": autodiff.hessian(f)}
        found[name] = Problem(name, f, **derivatives, x0=np.array(start), f_star=0.0, **known)
    return found


@functools.lru_cache(maxsize=8)
def from_start(problem: Problem, x: float, y: float) -> Problem:
    """Return the problem with another start, the same object each time.

    >>> from_start(quadratic(3), 1, 2).x0.tolist()
    [1.0, 2.0]
    """
    return replace(problem, x0=np.array([x, y], dtype=float))


def searcher(method: str, *, seed: int, temperature: float, population: int, steps: int = 300) -> Callable:
    """Return a direct method as a function of f and x0.

    Parameters
    ----------
    method : {"perturb", "annealing", "evolution", "spsa"}
    seed : int
        Of the random perturbations.
    temperature : float
        Of the prototype, and the first one of annealing, which needs a positive one.
    population : int
        Candidates of the prototype; parents of the evolution strategy.
    steps : int
        Most steps.

    Examples
    --------
    >>> find = searcher("perturb", seed=1, temperature=0.0, population=3)
    >>> bool(find(lambda x: x @ x, np.ones(2)).fun < 0.1)
    True
    """
    shared = {"rng": np.random.default_rng(seed), "maxiter": steps}
    hot = max(temperature, 0.01)
    options = {
        "perturb": {
            "population": population,
            "sigma": 0.3,
            "temperature": temperature,
            "patience": steps,
        },
        "annealing": {"temperature": hot, "cooling": (1e-3 / hot) ** (1 / steps), "coldest": 1e-3},
        "evolution": {"parents": population, "children": 4 * population},
        "spsa": {"a": 0.05},
    }
    methods = {
        "perturb": random_search,
        "annealing": simulated_annealing,
        "evolution": evolution_strategy,
        "spsa": spsa,
    }
    return functools.partial(methods[method], **options[method], **shared)


@functools.lru_cache(maxsize=8)
def descents(condition: float, degrees: float, share: float) -> Race:
    """Race a fixed step, one step size for each coordinate, and exact search on a quadratic.

    The fixed step is a share of 2/L, with L the largest curvature.  Local step sizes are
    p_i = alpha / H_ii with alpha the same share of what is stable for them: steepest descent
    under the norm of the diagonal of H.

    >>> race = descents(10.0, 0.0, 0.5)
    >>> list(race.runs), float(race.runs["fixed step"][1].alpha)
    (['fixed step', 'exact search', 'local step sizes'], 0.05)
    >>> race.runs["local step sizes"].nit
    1
    """
    problem = quadratic(condition, angle=np.radians(degrees))
    H = problem.hess(problem.x0)
    diagonal = np.diag(np.diag(H))
    largest = np.linalg.eigvalsh(H)[-1]
    scaled = float(np.max(np.linalg.eigvals(np.linalg.solve(diagonal, H)).real))
    methods = {
        "fixed step": _steepest(fixed(share * 2 / largest)),
        "exact search": _steepest(exact(brent)),
        "local step sizes": _steepest(fixed(share * 2 / scaled), norm=diagonal),
    }
    return race(problem, methods)


def _steepest(search: Callable, norm="l2") -> Callable:
    options = {"norm": norm, "line_search": search, "alpha0": 0.1, "maxiter": MOST_STEPS}
    return lambda p: steepest_descent(p.f, p.grad, p.x0, **options)


@functools.lru_cache(maxsize=8)
def conjugate_race(problem: Problem) -> Race:
    """Race steepest descent with exact search and the three formulas of conjugate gradients.

    >>> race = conjugate_race(quadratic(100))
    >>> race.runs["HS"].nit
    2
    """
    searched = {"line_search": exact(brent), "maxiter": MOST_STEPS}
    methods = {"steepest descent": _steepest(exact(brent))}
    for beta in ("HS", "PR+", "FR"):
        methods[beta] = lambda p, beta=beta: conjugate_gradient(
            p.f, p.grad, p.x0, beta=beta, restart=None, **searched
        )
    return race(problem, methods)


@functools.lru_cache(maxsize=8)
def newton_race(problem: Problem, x: float, y: float, indefinite: str) -> Race:
    """Race Newton's full step as it is against one that is repaired and searched.

    >>> race = newton_race(landscapes()["saddle"], 0.3, 1.0, "flip")
    >>> [bool(np.allclose(race.runs[name].x, end)) for name, end in (("as it is", [0, 0]), ("flip", [1, 0]))]
    [True, True]
    """
    methods = {
        "as it is": lambda p: newton(
            p.f, p.grad, p.hess, p.x0, indefinite="keep", line_search=fixed(1.0), maxiter=30
        ),
        indefinite: lambda p: newton(p.f, p.grad, p.hess, p.x0, indefinite=indefinite, maxiter=30),
    }
    return race(from_start(problem, x, y), methods)


# Methods of all orders, each as a function of a problem.
RACERS = {
    "evolution strategy": lambda p: evolution_strategy(
        p.f, p.x0, rng=np.random.default_rng(0), maxiter=MOST_STEPS
    ),
    "steepest descent": lambda p: steepest_descent(p.f, p.grad, p.x0, maxiter=MOST_STEPS),
    "conjugate gradient": lambda p: conjugate_gradient(p.f, p.grad, p.x0, maxiter=MOST_STEPS),
    "BFGS": lambda p: bfgs(p.f, p.grad, p.x0, maxiter=MOST_STEPS),
    "Newton": lambda p: newton(p.f, p.grad, p.hess, p.x0, maxiter=MOST_STEPS),
    "truncated Newton": lambda p: truncated_newton(p.f, p.grad, p.x0, maxiter=MOST_STEPS),
}


@functools.lru_cache(maxsize=8)
def landscape_race(problem: Problem, x: float, y: float, names: tuple) -> Race:
    """Race the named methods from a start.

    >>> landscape_race(landscapes()["valley"], -1.2, 1.0, ("BFGS", "Newton")).runs["Newton"].success
    True
    """
    if not names:
        raise ValueError("names must hold at least one method: switch one on")
    return race(from_start(problem, x, y), {name: functools.partial(_raced, name) for name in names})


@functools.lru_cache(maxsize=64)
def _raced(name: str, problem: Problem) -> Run:
    """Run a method on a problem once, whichever other methods it is raced against."""
    return RACERS[name](problem).finish()


@functools.lru_cache(maxsize=8)
def with_derivatives(problem: Problem) -> Problem:
    """Return a problem whose missing gradient and Hessian are found by automatic differentiation.

    It is the same object each time, so what has been computed for it is found again.

    >>> with_derivatives(Problem("", lambda x: x @ x)).hess(np.ones(2)).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    grad = problem.grad or autodiff.grad(problem.f)
    return replace(problem, grad=grad, hess=problem.hess or autodiff.hessian(problem.f))


@dataclass(frozen=True)
class Curvatures:
    """The Hessian H of |r|^2 / 2, Gauss-Newton's G = J'J, and what G costs.

    Attributes
    ----------
    H, G : array, shape (n, n)
    difference : float
        |G - H| / |H| in the Frobenius norm.
    factor : float
        Largest |eigenvalue| of I - G^-1 H: the factor of the error in a full Gauss-Newton step.
    """

    H: np.ndarray
    G: np.ndarray
    difference: float
    factor: float


def curvatures(residual: Callable, x: np.ndarray) -> Curvatures:
    """Compare G with H at a point.

    >>> curvatures(lambda b: 2 * b - 1, np.ones(2)).difference
    0.0
    """
    J = autodiff.jacobian(residual)(x)
    H = autodiff.hessian(lambda b: np.sum(residual(b) ** 2) / 2)(x)
    G = J.T @ J
    difference = float(np.linalg.norm(G - H) / np.linalg.norm(H))
    factor = float(np.max(np.abs(np.linalg.eigvals(np.eye(x.size) - np.linalg.solve(G, H)))))
    return Curvatures(H, G, difference, factor)


def decay(noise: float, *, linear: bool = False) -> Callable:
    """Return the residuals of an exponential decay at eight times, with errors of a chosen size.

    >>> decay(0.0)(np.array([3.0, 1.0])).tolist() == [0.0] * 8
    True
    """
    t = np.linspace(0.0, 3.5, 8)
    errors = noise * np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -0.5])
    if linear:
        return lambda b: b[0] * np.exp(-t) + b[1] * t - (3 * np.exp(-t) + errors)
    return lambda b: b[0] * np.exp(-b[1] * t) - (3 * np.exp(-t) + errors)


def measured_factor(run: Run, x_star: np.ndarray) -> float:
    """Return the ratio of successive errors, at the last step whose error is above 1e-6.

    >>> from descent.methods import gauss_newton
    >>> measured_factor(gauss_newton(lambda b: b - 1, None, np.zeros(1)), np.ones(1))
    0.0
    """
    errors = [float(np.linalg.norm(step.x - x_star)) for step in run]
    last = max(k for k, error in enumerate(errors[:-1]) if error > 1e-6)
    return errors[last + 1] / errors[last]
