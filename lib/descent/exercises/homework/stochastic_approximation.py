"""Checkers of homework 08: schedules, errors, batches, a moving target, and where signs settle."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant


def check_annealed(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `annealed(eta0, tau, t)`: the step eta0 tau / (tau + t) of Robbins and Monro.

    >>> check_annealed(lambda eta0, tau, t: eta0 / (1 + t / tau)).passed
    True
    """

    def truth(eta0, tau, t):
        return eta0 * tau / (tau + t)

    slips = {
        "this stays constant: the errors do not vanish": lambda eta0, tau, t: eta0 + 0 * t,
        "at t = 0 the step is eta0": lambda eta0, tau, t: eta0 * tau / (tau + t + 1),
        "this falls as 1/t^2: the steps add up to a finite way": lambda eta0, tau, t: (
            eta0 * (tau / (tau + t)) ** 2
        ),
        "this falls as 1/sqrt(t): here the law is 1/t": lambda eta0, tau, t: eta0 * np.sqrt(tau / (tau + t)),
        "an exponential falls too fast: the steps add up to a finite way": lambda eta0, tau, t: (
            eta0 * np.exp(-t / tau)
        ),
        "tau is missing in the numerator: the first step must be eta0": lambda eta0, tau, t: eta0 / (tau + t),
        "tau is the time after which the step has halved: divide t by it": lambda eta0, tau, t: (
            eta0 / (1 + t * tau)
        ),
        "tau is missing": lambda eta0, tau, t: eta0 / (1 + t),
    }
    rng = variant(seed, "annealed")
    starts, halves = rng.uniform(0.2, 2, 5).round(2).tolist(), rng.uniform(2, 30, 5).round(1).tolist()
    cases = list(zip(starts, halves, (3, 0, 10, 40, 200), strict=True))
    return diagnose(answer, truth, cases, slips)


def check_expected_error(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `expected_error(etas, start, variance)`: E e^2 after e <- (1 - eta) e + eta noise, each step.

    >>> def right(etas, start, variance):
    ...     for eta in etas:
    ...         start = (1 - eta) ** 2 * start + eta**2 * variance
    ...     return start
    >>> check_expected_error(right).passed
    True
    """

    def recursion(step):
        def expected(etas, start, variance):
            error = start
            for eta in etas:
                error = step(error, eta, variance)
            return error

        return expected

    truth = recursion(lambda e, eta, v: (1 - eta) ** 2 * e + eta**2 * v)
    slips = {
        "the error shrinks by 1 - eta, its square by (1 - eta)^2": recursion(
            lambda e, eta, v: (1 - eta) * e + eta**2 * v
        ),
        "noise that is multiplied by eta has variance eta^2 times as large": recursion(
            lambda e, eta, v: (1 - eta) ** 2 * e + eta * v
        ),
        "the noise is missing": recursion(lambda e, eta, v: (1 - eta) ** 2 * e),
        "the start is forgotten": lambda etas, start, v: truth(etas, 0 * start, v),
        "the noise enters after the shrinking, not before": recursion(
            lambda e, eta, v: (1 - eta) ** 2 * (e + eta**2 * v)
        ),
        "the step multiplies the noise: eta^2 is missing": recursion(
            lambda e, eta, v: (1 - eta) ** 2 * e + v
        ),
        "the error shrinks by 1 - eta, not by eta": recursion(lambda e, eta, v: eta**2 * e + eta**2 * v),
        "the last step is missing": lambda etas, start, v: truth(etas[:-1], start, v),
        "the first step is missing": lambda etas, start, v: truth(etas[1:], start, v),
        "this is the root of it: E e^2 is asked": lambda etas, start, v: np.sqrt(truth(etas, start, v)),
    }
    rng = variant(seed, "expected_error")
    numbers = rng.uniform(0.5, 4, (4, 2)).round(2).tolist()
    cases = [
        (rng.uniform(0.05, 0.9, n).round(2), *pair) for n, pair in zip((3, 1, 5, 8), numbers, strict=True)
    ]
    return diagnose(answer, truth, cases, slips)


def check_batch_variance(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `batch_variance(gradients, batch)`: of the mean of a batch drawn without putting back.

    >>> def right(gradients, batch):
    ...     n = len(gradients)
    ...     return np.var(gradients) / batch * (n - batch) / (n - 1)
    >>> check_batch_variance(right).passed
    True
    """

    def truth(g, batch):
        return np.var(g) / batch * (len(g) - batch) / (len(g) - 1)

    slips = {
        "this is for draws that are put back: a batch of all data has no variance": lambda g, b: (
            np.var(g) / b
        ),
        "this is for draws that are put back, and its variance divides by N - 1, not by N": lambda g, b: (
            np.var(g, ddof=1) / b
        ),
        "divide by N, not by N - 1, in the variance of the gradients": lambda g, b: (
            np.var(g, ddof=1) / b * (len(g) - b) / (len(g) - 1)
        ),
        "the factor is (N - B) / (N - 1), not (N - B) / N": lambda g, b: (
            np.var(g) / b * (len(g) - b) / len(g)
        ),
        "the batch is missing: the variance of a mean falls as 1 / B": lambda g, b: (
            np.var(g) * (len(g) - b) / (len(g) - 1)
        ),
        "a variance falls as 1 / B, a deviation as 1 / sqrt(B)": lambda g, b: (
            np.var(g) / np.sqrt(b) * (len(g) - b) / (len(g) - 1)
        ),
        "a variance falls as 1 / B, not as 1 / B^2": lambda g, b: (
            np.var(g) / b**2 * (len(g) - b) / (len(g) - 1)
        ),
        "this is the standard deviation": lambda g, b: np.sqrt(truth(g, b)),
        "this is the mean of the squares: subtract the square of the mean": lambda g, b: (
            np.mean(g**2) / b * (len(g) - b) / (len(g) - 1)
        ),
    }
    rng = variant(seed, "batch_variance")
    sizes = ((5, 2), (4, 1), (8, 3), (12, 5), (6, 6))
    cases = [(rng.normal(rng.uniform(1, 3), rng.uniform(1, 3), n).round(2), b) for n, b in sizes]
    return diagnose(answer, truth, cases, slips)


def check_where_signs_settle(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `where_signs_settle(values, probabilities)`: the median; and the mean beside it.

    >>> def right(values, probabilities):
    ...     order = np.argsort(values)
    ...     below = np.cumsum(probabilities[order])
    ...     return values[order][np.searchsorted(below, 0.5)], values @ probabilities
    >>> check_where_signs_settle(right).passed
    True
    """

    def median(values, p, share=0.5):
        order = np.argsort(values)
        return values[order][min(np.searchsorted(np.cumsum(p[order]), share), len(values) - 1)]

    def made(first, second=lambda values, p: values @ p):
        return lambda values, p: (first(values, p), second(values, p))

    slips = {
        "signs do not hear how far a value is: they settle at the median, not at the mean": made(
            lambda values, p: values @ p
        ),
        "weigh each value with its probability: this is the median of the list": made(
            lambda values, p: np.sort(values)[(len(values) - 1) // 2]
        ),
        "weigh each value with its probability: this is NumPy's median of the list": made(
            lambda values, p: np.median(values)
        ),
        "sort the values first, and the probabilities with them": made(
            lambda values, p: values[np.searchsorted(np.cumsum(p), 0.5)]
        ),
        "sort the probabilities along with the values": made(
            lambda values, p: np.sort(values)[np.searchsorted(np.cumsum(p), 0.5)]
        ),
        "this is the most probable value": made(lambda values, p: values[np.argmax(p)]),
        "this is the middle between the smallest and the largest value": made(
            lambda values, p: (values.min() + values.max()) / 2
        ),
        "the mean weighs each value with its probability": made(median, lambda values, p: values.mean()),
        "the pair is swapped: first where signs settle": lambda values, p: (values @ p, median(values, p)),
    }
    rng = variant(seed, "where_signs_settle")
    cases = [_unsorted(rng, n) for n in (5, 4, 6, 5, 7)]
    parts = ("where signs settle", "the mean")
    return diagnose(
        answer, made(median), cases, slips, parts=parts, unchecked="two values that share the middle"
    )


def _unsorted(rng, n: int) -> tuple:
    """Return values and probabilities out of order, whose running sums stay away from one half."""
    while True:
        values, p = rng.normal(1.0, 2.0, n).round(1), rng.dirichlet(np.ones(n)).round(2)
        p[-1] = round(1 - p[:-1].sum(), 2)
        sums, as_given = np.cumsum(p[np.argsort(values)]), np.cumsum(p)
        middle = np.sort(values)[np.searchsorted(sums, 0.5)]
        tells = values[np.searchsorted(as_given, 0.5)] != middle and len(set(values)) == n
        tells = tells and (n % 2 == 0 or middle != np.median(values))
        if tells and p.min() > 0.02 and np.abs(sums - 0.5).min() > 0.03:
            return values, p


def check_tracking_error(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `tracking_error(eta, drift, variance)`: E e^2 behind a target that moves by drift each step.

    >>> check_tracking_error(lambda eta, d, v: (d / eta) ** 2 + eta * v / (2 - eta)).passed
    True
    """

    def truth(eta, d, v):
        return (d / eta) ** 2 + eta * v / (2 - eta)

    slips = {
        "the lag is missing: a moving target is followed from behind": lambda eta, d, v: eta * v / (2 - eta),
        "the noise is missing": lambda eta, d, v: (d / eta) ** 2,
        "the lag is drift / eta, and its square is asked": lambda eta, d, v: d / eta + eta * v / (2 - eta),
        "the lag adds up over 1 / eta steps": lambda eta, d, v: d**2 + eta * v / (2 - eta),
        "solve x = (1 - eta)^2 x + eta^2 variance for the noise; this is the limit of small steps": (
            lambda eta, d, v: (d / eta) ** 2 + eta * v / 2
        ),
        "the noise of one step is eta^2 variance; earlier ones are still there": lambda eta, d, v: (
            (d / eta) ** 2 + eta**2 * v
        ),
        "this is the root of it: E e^2 is asked": lambda eta, d, v: np.sqrt(truth(eta, d, v)),
        "the lag is drift / eta, not drift times eta": lambda eta, d, v: (d * eta) ** 2 + eta * v / (2 - eta),
        "a lag keeps its sign, a square does not: add the squares, not the roots": lambda eta, d, v: (
            (d / eta + np.sqrt(eta * v / (2 - eta))) ** 2
        ),
    }
    rng = variant(seed, "tracking_error")
    cases = [tuple(float(v) for v in rng.uniform((0.15, 0.1, 0.5), (1.5, 0.9, 3)).round(2)) for _ in range(5)]
    return diagnose(answer, truth, cases, slips)


def check_best_step(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `best_step(drift, variance)`: the step in (0, 2) with the least tracking error.

    >>> def right(drift, variance):
    ...     return max(r.real for r in np.roots([variance, -(drift**2), 4 * drift**2, -4 * drift**2])
    ...                if abs(r.imag) < 1e-9)
    >>> check_best_step(right).passed
    True
    """

    def root(d, v, slope):
        low, high = 0.0, 2.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle, d, v) < 0 else (low, middle)
        return (low + high) / 2

    def best(slope):
        return lambda d, v: root(d, v, slope)

    slips = {
        "this minimises with the noise of small steps, eta variance / 2": best(
            lambda e, d, v: -2 * d**2 / e**3 + v / 2
        ),
        "this is where lag and noise are equal, not where their sum is least": best(
            lambda e, d, v: e * v / (2 - e) - (d / e) ** 2
        ),
        "the lag enters with its square": best(lambda e, d, v: -d / e**2 + 2 * v / (2 - e) ** 2),
        "this is the least error: the step is asked": lambda d, v: (lambda e: (d / e) ** 2 + e * v / (2 - e))(
            root(d, v, lambda e, d, v: -2 * d**2 / e**3 + 2 * v / (2 - e) ** 2)
        ),
        "the derivative of eta/(2 - eta) is 2/(2 - eta)^2, not 1/(2 - eta)^2": best(
            lambda e, d, v: -2 * d**2 / e**3 + v / (2 - e) ** 2
        ),
    }
    rng = variant(seed, "best_step")
    slow, fast = rng.uniform((0.05, 0.5), (0.8, 3), (4, 2)), rng.uniform((1.5, 0.3), (2, 0.6), (1, 2))
    cases = [
        tuple(case) for case in np.concatenate([slow, fast]).round(2).tolist()
    ]  # the last step is above 1
    truth = best(lambda e, d, v: -2 * d**2 / e**3 + 2 * v / (2 - e) ** 2)
    return diagnose(answer, truth, cases, slips, rtol=1e-5, unchecked="digits after the fifth")
