"""The iterates of a descent method, and how one leads to the next."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from descent.line_search import along
from descent.line_search.cubic import secant
from descent.stepwise import Step, converged, stopped
from descent.stepwise.checks import check_callable, check_not_negative
from descent.stepwise.counting import LearnerError, ReturnError, ReturnValueError

ROUNDING = 16 * sys.float_info.epsilon


@dataclass(frozen=True)
class Iterate(Step):
    """One point on the path of a method.

    Attributes
    ----------
    x : array, shape (n,)
        The point.
    fun : float
        f(x).
    grad : array, shape (n,)
        The gradient at x.
    alpha : float
        Step size that led here; 0 at the start.
    direction : array, shape (n,)
        Direction that led here; 0 at the start.
    nfev, njev, nhev : int
        Calls of f, of its gradient (Jacobian) and of its Hessian so far.
    remark : str
        What was unusual about the step.
    H : array, shape (n, n), or None
        The method's estimate of the inverse Hessian.
    beta : float or None
        The share of the old direction in the next one.
    slope : float or None
        Slope of f along the direction, where the step began.
    damping : float or None
        Lambda of a damped step.
    """

    x: np.ndarray
    fun: float
    grad: np.ndarray
    alpha: float
    direction: np.ndarray
    nfev: int
    njev: int
    nhev: int = 0
    remark: str = ""
    H: np.ndarray | None = None
    beta: float | None = None
    slope: float | None = None
    damping: float | None = None

    @property
    def max_grad(self) -> float:
        return float(np.max(np.abs(self.grad)))

    def row(self) -> dict:
        return {
            "x": self.x,
            "fun": self.fun,
            "max|g|": self.max_grad,
            "alpha": self.alpha,
            "nfev": self.nfev,
            "njev": self.njev,
            "remark": self.remark,
        }


class Remembered:
    """A counted function that keeps its last four values, so that none is computed twice.

    Values of any other shape than the given one are refused; shape=None takes that of the first.
    """

    def __init__(self, function: Callable, shape: tuple | None = None):
        self.function, self.shape = function, shape
        self._kept = {}

    def __call__(self, x):
        key = x.tobytes()
        value = self._kept.pop(key) if key in self._kept else self._ask(x)
        if len(self._kept) == 4:
            self._kept.pop(next(iter(self._kept)))  # what was not asked for the longest time
        self._kept[key] = value
        return value

    def _ask(self, x):
        value = self.function(x).astype(float, copy=False)
        self.shape = value.shape if self.shape is None else self.shape
        if value.shape != self.shape:
            name = self.function.name
            raise ReturnValueError(
                f"{name}(x) must have shape {self.shape}, but it returned shape {value.shape}"
            )
        return value

    @property
    def calls(self) -> int:
        return self.function.calls


def descend(
    f: Callable,
    grad: Callable,
    x0,
    direction: Callable,
    learn: Callable | None = None,
    *,
    line_search: Callable,
    first_trial: Callable,
    gtol: float,
    maxiter: int,
    trust_slope: bool = True,
    uphill: bool = False,
    judge: Callable | None = None,
):
    """Iterate x <- x + alpha d until max|g| <= gtol; the loop of all methods with a line search.

    Parameters
    ----------
    direction : callable
        direction(here) -> (d, remark), from an `Iterate`.
    learn : callable, optional
        learn(before, here) -> here, with what the method keeps for its next direction.
        When the search fails, that is forgotten before the run gives up.
    first_trial : callable
        first_trial(here, d) -> the step size that the line search tries first.
    trust_slope : bool
        Whether the slope decides where values of f differ by rounding only.
    uphill : bool
        Whether a direction that ascends is followed, by a full step.
    judge : callable, optional
        judge(here) -> what to add to the message of success.
    """
    x = check_start(x0, gtol=gtol)
    check_callable(line_search=line_search)
    grad = Remembered(grad, x.shape)
    here = best = at_start(f, grad, x)
    k = 0
    yield here
    while here.max_grad > gtol:
        try:
            d, remark = direction(here)
            if uphill and not here.grad @ d < 0:
                there, problem = full_step(f, grad, here, d), None
            else:
                there, problem = follow(f, grad, here, d, line_search, first_trial(here, d), trust_slope)
        except (LearnerError, ReturnError) as failure:
            there, problem = None, stopped(str(failure), getattr(failure, "error", failure))
        if there is None and _remembers(here) and not problem.error and not f.refusal:
            here = replace(here, H=None, beta=None, remark="restart")
            continue
        if there is None:
            if best.fun < here.fun:
                yield _back_to(best, here)
            return problem
        if remark:
            there = replace(there, remark="; ".join(filter(None, (remark, there.remark))))
        here = there if learn is None else learn(here, there)
        best = min(best, here, key=lambda step: step.fun)
        k += 1
        yield here if k < maxiter or here is best else _back_to(best, here)
    message = "the gradient is small"
    if k == 0:
        message += " at the start: x0 is stationary, a minimiser or not"
    if judge is not None:
        message += judge(here)
    return converged(message, max_gradient=(here.max_grad, gtol))


def _back_to(best: Iterate, here: Iterate) -> Iterate:
    return replace(best, nfev=here.nfev, njev=here.njev, remark="back to the best point")


def _remembers(here: Iterate) -> bool:
    return here.H is not None or here.beta is not None


def check_start(x0, **tolerances) -> np.ndarray:
    """Return x0 as an array of floats; raise unless it and the tolerances make sense.

    >>> check_start([1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        real = np.asarray(x0).dtype.kind in "biufO"
        x = np.array(x0, dtype=float) if real else None
    except (TypeError, ValueError):  # rows of different lengths, or what is no number
        x = None
    if x is None:
        raise TypeError(f"x0 must be an array of real numbers, got {x0!r}")
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"x0 must be a 1-D array, got shape {x.shape}: write np.array([...])")
    if not np.all(np.isfinite(x)):
        raise ValueError(f"x0 must be finite, got x0 = {x0}")
    check_not_negative(**tolerances)
    return x


def at_start(f: Callable, grad: Callable, x: np.ndarray) -> Iterate:
    fun, g = f(x), grad(x)
    for name, value in (("f", fun), ("grad", g)):
        if not np.all(np.isfinite(value)):
            raise ValueError(f"{name}(x0) must be finite, got {value}: start where it is")
    return Iterate(x, fun, g, 0.0, np.zeros_like(x), f.calls, grad.calls)


@np.errstate(over="ignore", invalid="ignore")  # a trial may be infinite: the search cuts it
def follow(f, grad, here: Iterate, d, line_search, alpha0, trust_slope) -> tuple:
    """Search along d: return the next iterate and None, or None and why there is none."""
    slope = float(here.grad @ d)
    if not (slope < 0 and np.all(np.isfinite(d))):
        return None, stopped(
            f"the direction does not descend, g'd = {slope:.3g}: try another start or method"
        )
    if not (np.isfinite(slope) and 0 < alpha0 < np.inf):
        return None, stopped(
            "slopes and steps have left the range of numbers: take a smaller step or, where f falls without "
            "bound, start elsewhere or add a term that grows"
        )
    phi, dphi = along(f, grad, here.x, d)
    if trust_slope and alpha0 * abs(slope) <= 100 * ROUNDING * abs(here.fun):
        alpha, fun = _step_by_slope(phi, dphi, alpha0, here.fun, slope)
        if alpha is not None:
            remark = "values differ by rounding only: step accepted by its slope"
            return _iterate(f, grad, here.x + alpha * d, fun, alpha, d, slope, remark), None
    search = line_search(phi, dphi, alpha0, phi0=here.fun, dphi0=slope)
    alpha, fun = search.alpha, search.fun
    x = here.x + alpha * d
    lower = search.success or fun < here.fun
    if search.error or f.refusal:
        return None, stopped(f.refusal or search.message, search.error)
    if not (lower and np.isfinite(fun)) or np.array_equal(x, here.x):
        return None, _diagnosis(f, here, d, search)
    g = grad(x)
    if not np.all(np.isfinite(g)):
        return None, no_gradient(x)
    remark = "" if search.success else f"line search: {search.message}"
    return _iterate(f, grad, x, fun, alpha, d, slope, remark), None


def no_gradient(x):
    return stopped(f"the gradient is not finite at x = {x}, though f is: try another start")


def full_step(f, grad, here: Iterate, d) -> Iterate:
    x = here.x + d
    return _iterate(f, grad, x, f(x), 1.0, d, float(here.grad @ d), "uphill")


def _iterate(f, grad, x, fun, alpha, d, slope, remark) -> Iterate:
    return Iterate(x, fun, grad(x), alpha, d, f.calls, grad.calls, remark=remark, slope=slope)


def _step_by_slope(phi, dphi, alpha, fun, slope):
    """Return a step with a quarter of the slope where values of f cannot tell, or (None, None)."""
    for _ in range(5):
        value, here = phi(alpha), dphi(alpha)
        if not value <= fun + ROUNDING * abs(fun):
            break
        if abs(here) <= abs(slope) / 4:
            return alpha, value
        alpha = min(secant(0.0, slope, alpha, here), 4 * alpha) if here > slope else 4 * alpha
    return None, None


def _diagnosis(f, here: Iterate, d, search):
    """Say why no lower point was found."""
    why = "no step is left that changes x" if search.success else f"the line search failed: {search.message}"
    return contradiction(f, here, d) or stopped(
        f"{why}. max|g| = {here.max_grad:.3g} is what was reached: try a larger tolerance, another start "
        "or another line search"
    )


def contradiction(f, here: Iterate, d):
    """Compare the slope along d by the gradient with one by f; return the end of the run if they differ."""
    if not np.any(d):
        return None
    slope = float(here.grad @ d)
    h = sys.float_info.epsilon ** (1 / 3) * (1 + np.max(np.abs(here.x))) / np.max(np.abs(d))
    wide, measured = ((f(here.x + k * d) - f(here.x - k * d)) / (2 * k) for k in (h, h / 2))
    noise = 1e-9 * abs(here.fun) / h + 2 * abs(wide - measured)  # rounding, and what is left of the curve
    if not abs(measured - slope) > 0.1 * max(abs(measured), abs(slope)) + noise:  # or not a number
        return None
    return stopped(
        f"the gradient contradicts f: along the last direction the slope is {measured:.6g} by a "
        f"difference of f and {slope:.6g} by the gradient; check the gradient"
    )
