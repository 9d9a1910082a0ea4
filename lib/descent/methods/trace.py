"""Hutchinson's estimate of a trace from products, beside what theory says of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff import hessian
from descent.methods.candidates import generator
from descent.methods.products import product_with
from descent.stepwise import Run, Step, converged, stepwise
from descent.stepwise.checks import check_choice, check_count

DISTRIBUTIONS = ("signs", "normal")


@dataclass(frozen=True)
class TraceEstimate(Step):
    """Mean and standard error of the samples v'A v so far; `x` is the mean."""

    samples: int
    sample: float
    x: float
    standard_error: float

    @property
    def fun(self) -> float:
        return self.standard_error


@stepwise
def hutchinson_trace(product: Callable, n: int, *, samples: int = 100, rng=None, distribution: str = "signs"):
    """Estimate the trace of a matrix from products with random vectors: tr A = E v'A v.

    The variance of one sample is `sample_variance`.

    Parameters
    ----------
    product : callable
        v -> A v, for v of shape (n,).
    n : int
        Size of the matrix.
    samples : int
        Number of products.
    rng : numpy.random.Generator, optional
        Source of the random vectors.
    distribution : {"signs", "normal"}
        Of the entries of v.

    Returns
    -------
    Run of TraceEstimate
        x is the estimate, fun its standard error.

    Raises
    ------
    ValueError, TypeError
        If samples < 2, n < 1, or the distribution is none of those named.

    References
    ----------
    Hutchinson, Communications in Statistics 19 (1990).

    Examples
    --------
    >>> run = hutchinson_trace(lambda v: np.array([1.0, 2.0]) * v, 2, samples=5, rng=np.random.default_rng(0))
    >>> run.x, run.fun
    (3.0, 0.0)
    """
    check_count(2, samples=samples)
    check_count(n=n)
    check_choice("distribution", distribution, DISTRIBUTIONS)
    rng = generator(rng)
    mean = squares = 0.0  # of the samples; sum of squared deviations (Welford)
    for k in range(1, samples + 1):
        v = rng.choice([-1.0, 1.0], n) if distribution == "signs" else rng.standard_normal(n)
        sample = float(v @ product_with(product, v))
        before, mean = mean, mean + (sample - mean) / k
        squares += (sample - before) * (sample - mean)
        error = (squares / (k - 1) / k) ** 0.5 if k > 1 else float("inf")
        yield TraceEstimate(k, sample, mean, error)
    return converged("all samples are drawn", samples=(samples, samples))


def sample_variance(A: np.ndarray, distribution: str = "signs") -> float:
    """Return the variance of v'A v for a random vector v.

    It is 2 (|S|_F^2 - sum s_ii^2) for random signs and 2 |S|_F^2 for normal numbers, with S the
    symmetric part of A.

    Parameters
    ----------
    A : array, shape (n, n)
    distribution : {"signs", "normal"}

    Raises
    ------
    ValueError, TypeError
        If A is not square, or the distribution is neither.

    References
    ----------
    Avron and Toledo, Journal of the ACM 58 (2011), lemma 9.

    Examples
    --------
    >>> A = np.array([[1.0, 2.0], [2.0, 3.0]])
    >>> sample_variance(A), sample_variance(A, "normal")
    (16.0, 36.0)
    """
    check_choice("distribution", distribution, DISTRIBUTIONS)
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise ValueError(f"A must be a square matrix, got shape {A.shape}")
    S = (A + A.T) / 2
    exact = np.sum(np.diag(S) ** 2) if distribution == "signs" else 0.0
    return float(2 * (np.sum(S**2) - exact))


def coupled_matrix(coupling: float, n: int = 12) -> np.ndarray:
    """Return a symmetric matrix whose diagonal is fixed and whose other entries grow with `coupling`.

    >>> A = coupled_matrix(0.5, 3)
    >>> bool(np.trace(A) == np.trace(coupled_matrix(0.0, 3))), bool(np.all(A == A.T))
    (True, True)
    """
    R = np.random.default_rng(4).normal(size=(n, n))
    off = (R + R.T) / np.sqrt(2)
    return np.diag(np.linspace(1.0, 5.0, n)) + coupling * (off - np.diag(np.diag(off)))


def coupled_sum(s: Callable, coupling: float, n: int = 12) -> tuple:
    """Return f(w) = sum_i s((B w)_i), B = I + coupling R with a random R, and a point.

    Its Hessian is B' diag(s'') B: diagonal without coupling.

    Parameters
    ----------
    s : callable
        Entrywise, in plain NumPy.
    coupling : float
    n : int
        Number of variables.

    Raises
    ------
    ValueError
        If f or its Hessian is not finite at the point.

    Examples
    --------
    >>> f, w = coupled_sum(np.exp, 0.0, 3)
    >>> hessian(f)(w).round(2).tolist()
    [[0.37, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.72]]
    """
    B = np.eye(n) + coupling * np.random.default_rng(4).normal(size=(n, n)) / np.sqrt(n)
    w = np.linspace(-1.0, 1.0, n)

    def f(w):
        return np.sum(s(B @ w) + np.zeros(n))

    with np.errstate(all="ignore"):
        finite = np.isfinite(f(w)) and np.all(np.isfinite(hessian(f)(w)))
    if not finite:
        raise ValueError(
            "s and its second derivative must be finite near 0 on both sides: take a smoother function"
        )
    return f, w


@dataclass(frozen=True)
class Sampled(Step):
    """A sample of a trace, and the trace.

    Attributes
    ----------
    A : array, shape (n, n)
    exact : float
        Its trace.
    deviation : float
        Standard deviation of one sample, by theory.
    estimate : TraceEstimate
    """

    A: np.ndarray
    exact: float
    deviation: float
    estimate: TraceEstimate


@stepwise
def trace_film(A: np.ndarray, run: Run, distribution: str = "signs"):
    """Show each step of a trace estimate beside what theory foretells.

    >>> A = coupled_matrix(0.0)
    >>> run = hutchinson_trace(lambda v: A @ v, 12, samples=3)
    >>> float(trace_film(A, run).last.deviation)
    0.0
    """
    exact, deviation = float(np.trace(A)), sample_variance(A, distribution) ** 0.5
    for estimate in run:
        yield Sampled(A, exact, deviation, estimate)
    return converged(run.message)
