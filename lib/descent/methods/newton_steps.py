"""Newton's method, with and without its safeguards."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from descent.line_search import backtracking
from descent.methods.defaults import derivatives_by_autodiff
from descent.methods.iterates import Remembered, check_start, descend
from descent.stepwise import stepwise
from descent.stepwise.checks import check_choice
from descent.stepwise.counting import ReturnValueError

LEAST_SHARE = 1e-14  # eigenvalues below this share of the largest count as 0


@derivatives_by_autodiff
@stepwise(allow_nonfinite=True)
def newton(
    f: Callable,
    grad: Callable | None,
    hess: Callable | None,
    x0,
    *,
    indefinite: str = "shift",
    line_search: Callable = backtracking,
    gtol: float = 1e-5,
    maxiter: int = 1000,
):
    """Go to the stationary point of the quadratic model, d = -H^-1 g.

    That point is a minimiser of the model only if the Hessian H is positive definite.  Where
    it is not, `indefinite` chooses: "flip" takes |eigenvalues|, "shift" adds a multiple of
    the identity, "gradient" takes -g, and "keep" takes Newton's step as it is, even uphill
    and then in full length: that is how saddles attract it.

    Parameters
    ----------
    f, grad, hess : callable
        The function of a 1-D array, its gradient and Hessian; None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    indefinite : {"shift", "flip", "gradient", "keep"}
        What to do where H is not positive definite; the step's remark says when it was.
    line_search : callable
        From `descent.line_search`, tried first at alpha = 1.
    gtol : float
        Converged when max|g| <= gtol.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Iterate

    Raises
    ------
    ValueError, TypeError
        If x0 is not a finite 1-D array, f, grad or hess is not finite or has a wrong shape,
        or indefinite is none of those named.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 12-13; Nocedal and
    Wright, Numerical Optimization (2006), section 3.4.

    Examples
    --------
    >>> run = newton(lambda x: x @ x, lambda x: 2 * x, lambda x: 2 * np.eye(2), np.array([3.0, 4.0]))
    >>> run.x.tolist(), run.nit, run.nhev
    ([0.0, 0.0], 1, 2)
    """
    check_choice("indefinite", indefinite, REPAIRS)
    x = check_start(x0)
    hess = Remembered(hess, (x.size, x.size))
    film = descend(
        f,
        grad,
        x,
        lambda here: newton_direction(hessian_at(hess, here.x), here.grad, indefinite),
        lambda before, here: replace(here, nhev=hess.calls),
        line_search=line_search,
        first_trial=lambda here, d: 1.0,
        gtol=gtol,
        maxiter=maxiter,
        uphill=indefinite == "keep",
        judge=lambda here: kind_of_point(hessian_at(hess, here.x)),
    )
    start = next(film)
    hessian_at(hess, x)  # asked now, so that a wrong one is refused at the call
    yield replace(start, nhev=hess.calls)
    return (yield from film)


def newton_direction(H, g, indefinite: str) -> tuple:
    """Return the direction and a remark on the Hessian, "" where it is positive definite."""
    eigenvalues, Q = np.linalg.eigh(H)
    largest = np.max(np.abs(eigenvalues))
    if eigenvalues[0] > LEAST_SHARE * largest:
        return -Q @ ((Q.T @ g) / eigenvalues), ""
    remark = f"the Hessian is not positive definite, least eigenvalue {eigenvalues[0]:.3g}: {indefinite}"
    if largest == 0 or indefinite == "gradient":
        return -g, remark
    return -Q @ ((Q.T @ g) * REPAIRS[indefinite](eigenvalues, largest)), remark


def _flipped(eigenvalues, largest):
    return 1 / np.maximum(np.abs(eigenvalues), 1e-12 * largest)


def _shifted(eigenvalues, largest):
    least = eigenvalues[0]
    return 1 / (eigenvalues - least + max(-least, 1e-3 * largest))


def _kept(eigenvalues, largest):
    regular = np.abs(eigenvalues) > LEAST_SHARE * largest
    return np.divide(1.0, eigenvalues, where=regular, out=np.zeros_like(eigenvalues))


# Reciprocals of eigenvalues for a Hessian that is not positive definite.
REPAIRS = {"flip": _flipped, "shift": _shifted, "gradient": None, "keep": _kept}


def hessian_at(hess: Callable, x) -> np.ndarray:
    """Return the symmetric part of the Hessian; raise unless it is finite."""
    H = hess(x)
    if not np.all(np.isfinite(H)):
        raise ReturnValueError(f"hess(x) must be finite, got {H.tolist()} at x = {x}: try another start")
    return (H + H.T) / 2


def kind_of_point(H) -> str:
    """Say what a stationary point with this Hessian is, "" if it may be a minimiser."""
    eigenvalues = np.linalg.eigvalsh(H)
    if eigenvalues[0] >= -1e-8 * np.max(np.abs(eigenvalues)):
        return ""
    kind = "a saddle" if eigenvalues[-1] > 0 else "no minimiser"
    return f"; the Hessian's least eigenvalue is {eigenvalues[0]:.3g}, so this is {kind}"
