"""NIST's certified data sets for nonlinear regression."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from descent.problems.derivatives import complex_step_jacobian
from descent.problems.problem import Problem

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d+)?"
FOLDER = Path(__file__).parent / "data" / "nist"


@dataclass(frozen=True)
class DataSet:
    """The contents of one of NIST's files.

    Attributes
    ----------
    name : str
        The data set.
    starts : tuple of two arrays, shape (n,)
        Starting values: the first far from the solution, the second near.
    certified, deviations : array, shape (n,)
        Certified parameters and their standard deviations.
    sum_of_squares : float
        Certified residual sum of squares.
    x : array, shape (m,) or (predictors, m)
        Predictor.
    y : array, shape (m,)
        Response, or its logarithm where the file's model is one of log[y].
    formula : str
        The model as the file prints it.
    """

    name: str
    starts: tuple
    certified: np.ndarray
    deviations: np.ndarray
    sum_of_squares: float
    x: np.ndarray
    y: np.ndarray
    formula: str


def read_nist(path) -> DataSet:
    """Read a file of NIST's StRD collection for nonlinear regression.

    Parameters
    ----------
    path : str or Path
        The file; its head says on which lines the values stand.

    Returns
    -------
    DataSet

    Raises
    ------
    ValueError
        If the file is not one of that collection.

    References
    ----------
    National Institute of Standards and Technology, Statistical Reference Datasets,
    nonlinear regression: https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml

    Examples
    --------
    >>> data = read_nist(FOLDER / "DanWood.dat")
    >>> data.formula, data.certified.tolist(), data.y.size
    ('b1*x**b2', [0.76886226176, 3.8604055871], 6)
    """
    text = Path(path).read_text(encoding="latin-1")
    lines = text.splitlines()
    parameters = re.findall(rf"^\s*b\d+\s*=((?:\s+{NUMBER}){{4}})\s*$", text, re.MULTILINE)
    squares = re.search(rf"Residual Sum of Squares:\s+({NUMBER})", text)
    data_lines = re.search(r"Data\s*\(lines\s*(\d+)\s*to\s*(\d+)\)", text)
    if not (parameters and squares and data_lines):
        raise ValueError(f"path must be a data file of NIST's nonlinear regression collection, got {path}")
    start1, start2, certified, deviations = np.array([row.split() for row in parameters], dtype=float).T
    first, last = map(int, data_lines.groups())
    try:
        y, *x = np.array([line.split() for line in lines[first - 1 : last] if line.strip()], dtype=float).T
    except ValueError:
        raise ValueError(f"path must hold rows of numbers in lines {first} to {last}, got {path}") from None
    formula = _formula(lines)
    return DataSet(
        re.search(r"Dataset Name:\s*(\S+)", text)[1],
        (start1, start2),
        certified,
        deviations,
        float(squares[1]),
        x[0] if len(x) == 1 else np.array(x),
        np.log(y) if formula.startswith("log") else y,
        re.sub(r"^.*?=\s*", "", formula),
    )


def _formula(lines) -> str:
    """Return the model's text, from "y = " to "+ e", on one line."""
    begin = next(i for i, line in enumerate(lines) if line.startswith("Model:"))
    text = " ".join(line.strip() for line in lines[begin:] if line.strip())
    found = re.search(r"((?:y|log\[y\])\s*=.*?)\s*\+\s*e\b", text)
    return re.sub(r"\s+", " ", found[1]) if found else ""


def load_nist(path, model: Callable) -> Problem:
    """Return the least-squares problem of a NIST file and a model, with its certified answer.

    Parameters
    ----------
    path : str or Path
        The file.
    model : callable
        model(b, x) -> responses, shape (m,), for parameters b, shape (n,).  model(x, b) and
        SciPy's model(x, *b) are also understood.  x has shape (m,), or with two predictors
        (2, m) or (m, 2).  It must be analytic in b: the Jacobian is taken by a complex step.

    Returns
    -------
    Problem
        f = |r|^2 / 2 with r = model - y; x0 is the first start and `starts` has both;
        x_star are the certified parameters, f_star half the certified sum of squares.

    Raises
    ------
    ValueError
        If the file is none of NIST's, or the model does not give the certified sum of
        squares at the certified parameters.

    References
    ----------
    NIST, Statistical Reference Datasets; Schraudolph, Gradient Methods for Machine Learning
    (2005), slide 54 (complex step).

    Examples
    --------
    >>> problem = load_nist(FOLDER / "DanWood.dat", lambda b, x: b[0] * x ** b[1])
    >>> problem.x0.tolist(), round(2 * float(problem.f(problem.x_star)), 12)
    ([1.0, 5.0], 0.004317308408)
    """
    data = read_nist(path)
    predict = _as_called(model, data)

    def residual(b):
        return predict(b, data.x) - data.y

    def jac(b):
        return complex_step_jacobian(residual, b)

    def f(b):
        r = residual(b)
        return r @ r / 2

    return Problem(
        data.name,
        f,
        grad=lambda b: jac(b).T @ residual(b),
        residual=residual,
        jac=jac,
        x0=data.starts[0],
        starts=data.starts,
        x_star=data.certified,
        f_star=data.sum_of_squares / 2,
        reference=f"NIST Statistical Reference Datasets, {data.name}: y = {data.formula} + e",
    )


def _as_called(model, data) -> Callable:
    """Find how the model is called: as it gives the certified sum of squares."""
    orders = [model, lambda b, x: model(x, b), lambda b, x: model(x, *b)]
    if data.x.ndim == 2:
        orders += [lambda b, x, order=order: order(b, x.T) for order in orders]
    allowance = 1e-6 * data.sum_of_squares + 1e-20 * float(data.y @ data.y)
    first_error, sums = None, []
    for predict in orders:
        try:
            with np.errstate(all="ignore"):
                difference = predict(data.certified, data.x) - data.y
            sums.append(float(np.sum(difference**2)) if np.shape(difference) == data.y.shape else np.nan)
        except Exception as error:  # the wrong order may raise anything
            first_error = first_error or error
            continue
        if abs(sums[-1] - data.sum_of_squares) <= allowance:
            return predict
    found = f"gives {sums[0]}" if sums else f"raises {first_error!r}"
    raise ValueError(
        f"model must be that of {data.name}, y = {data.formula}: at the certified parameters it {found}, "
        f"the certified sum of squares is {data.sum_of_squares}"
    ) from first_error
