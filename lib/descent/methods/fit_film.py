"""A fit to certified data, step by step."""

from dataclasses import dataclass

import numpy as np

from descent.problems import least_squares
from descent.problems.least_squares import MODELS
from descent.problems.nist import FOLDER, read_nist
from descent.stepwise import Run, Step, converged, stepwise


@dataclass(frozen=True)
class Fit(Step):
    """A step of a fit to one of NIST's data sets.

    Attributes
    ----------
    name : str
        The data set.
    x : array, shape (n,)
        Parameters.
    fun : float
        |r|^2 / 2.
    t, y : array, shape (m,)
        Data.
    residuals : array, shape (m,)
        Model minus data.
    grid, curve : array
        The model between the data.
    digits : float
        Correct digits of the worst parameter, by the certified ones; at most 11 are certified.
    damping : float
        Lambda of the step.
    accepted : bool
        Whether the trial step was made.
    nfev : int
        Calls of the residuals.
    """

    name: str
    x: np.ndarray
    fun: float
    t: np.ndarray
    y: np.ndarray
    residuals: np.ndarray
    grid: np.ndarray
    curve: np.ndarray
    digits: float
    damping: float
    accepted: bool
    nfev: int


def certified_digits(x: np.ndarray, certified: np.ndarray) -> float:
    """Return the number of correct digits of the worst parameter, between 0 and 11.

    >>> round(certified_digits(np.array([1.001, 2.0]), np.array([1.0, 2.0])), 2)
    3.0
    """
    error = np.max(np.abs(x - certified) / np.abs(certified))
    return float(np.clip(-np.log10(max(error, 1e-11)), 0.0, 11.0))


@stepwise(allow_nonfinite=True)
def fit_film(name: str, run: Run):
    """Show each step of a run on one of NIST's data sets as a fit.

    >>> from descent.methods import levenberg_marquardt
    >>> problem = least_squares["DanWood"]
    >>> run = levenberg_marquardt(problem.residual, problem.jac, problem.x0)
    >>> bool(fit_film("DanWood", run).last.digits > 6)
    True
    """
    data, problem, model = read_nist(FOLDER / f"{name}.dat"), least_squares[name], MODELS[name]
    order = np.argsort(data.x)
    grid = np.linspace(data.x.min(), data.x.max(), 240)
    for k, step in enumerate(run):
        with np.errstate(all="ignore"):
            yield Fit(
                name,
                step.x,
                step.fun,
                data.x[order],
                data.y[order],
                problem.residual(step.x)[order],
                grid,
                model(step.x, grid),
                certified_digits(step.x, problem.x_star),
                step.damping,
                k == 0 or step.alpha > 0,
                step.nfev,
            )
    return converged(run.message)
