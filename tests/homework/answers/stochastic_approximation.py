"""Right and wrong answers to homework 08."""

import itertools

import numpy as np
from homework.proof import Answers

# -- 1 a schedule ------------------------------------------------------------------------------

ANNEALED = Answers(
    right=(
        lambda eta0, tau, t: eta0 * tau / (tau + t),
        lambda eta0, tau, t: np.float32(1 / (1 / eta0 + t / (eta0 * tau))),
    ),
    wrong=(
        ("eta0 / (1 + t / tau)", "eta0", "stays constant"),
        ("1 + t / tau", "1 + (t + 1) / tau", "at t = 0"),
        ("(1 + t / tau)", "(1 + t / tau) ** 2", r"1/t\^2"),
        ("(1 + t / tau)", "(1 + t / tau) ** 0.5", "sqrt"),
        ("(1 + t / tau)", "(tau + t)", "missing in the numerator"),
        ("t / tau", "t * tau", "divide t by it"),
        ("t / tau", "t", "tau is missing"),
        (lambda eta0, tau, t: eta0 * np.exp(-t / tau), "exponential"),
        (lambda eta0, tau, t: eta0 * (1 - t / tau), None),
    ),
)

# -- 2 the error of any schedule ---------------------------------------------------------------


def error_by_recursion(etas, start, variance):
    if len(etas) == 0:
        return start
    before = error_by_recursion(etas[:-1], start, variance)
    return before - 2 * etas[-1] * before + etas[-1] ** 2 * (before + variance)


def error_by_products(etas, start, variance):
    """Each noise shrinks by all steps that come after it."""
    shrinks = np.append(np.cumprod((1 - etas[::-1]) ** 2)[::-1], 1.0)
    return shrinks[0] * start + np.sum(etas**2 * variance * shrinks[1:])


EXPECTED_ERROR = Answers(
    right=(error_by_recursion, error_by_products),
    wrong=(
        ("(1 - eta) ** 2 * error", "(1 - eta) * error", "its square by"),
        ("eta**2 * variance", "eta * variance", r"eta\^2 times"),
        (" + eta**2 * variance", "", "noise is missing"),
        ("eta**2 * variance", "variance", r"eta\^2 is missing"),
        ("error = start", "error = 0.0", "start is forgotten"),
        ("(1 - eta) ** 2 * error", "eta**2 * error", "not by eta"),
        ("in etas", "in etas[:-1]", "last step"),
        ("in etas", "in etas[1:]", "first step"),
        (
            "(1 - eta) ** 2 * error + eta**2 * variance",
            "(1 - eta) ** 2 * (error + eta**2 * variance)",
            "after",
        ),
        ("return error", "return error**0.5", "root"),
        ("        error = (", "        return (", None),
    ),
)

# -- 3 what a batch is worth -------------------------------------------------------------------


def batch_by_trying_all(gradients, batch):
    means = [np.mean(chosen) for chosen in itertools.combinations(gradients.tolist(), batch)]
    return np.mean(np.square(means)) - np.mean(means) ** 2


def batch_by_covariance(gradients, batch):
    spread = np.var(gradients)
    together = -spread / (len(gradients) - 1)
    return (spread + (batch - 1) * together) / batch


BATCH_VARIANCE = Answers(
    right=(batch_by_trying_all, batch_by_covariance),
    wrong=(
        (lambda gradients, batch: np.var(gradients, ddof=1) / batch, "divides by N - 1, not by N"),
        (" * (n - batch) / (n - 1)", "", "put back"),
        ("np.sum(centred**2) / n", "np.sum(centred**2) / (n - 1)", "not by N - 1"),
        ("(n - batch) / (n - 1)", "(n - batch) / n", r"not \(N - B\) / N"),
        ("spread / batch", "spread", "batch is missing"),
        ("spread / batch", "spread / batch**0.5", "a deviation as"),
        ("spread / batch", "spread / batch**2", r"not as 1 / B\^2"),
        ("gradients - np.mean(gradients)", "gradients", "subtract the square"),
        (lambda g, b: np.sqrt(batch_by_covariance(g, b)), "standard deviation"),
        (lambda g, b: np.var(g[:b]), None),
    ),
)

# -- 4 where signs settle ----------------------------------------------------------------------


def settle_by_counting(values, probabilities):
    for value in sorted(values):
        if sum(p for v, p in zip(values, probabilities, strict=True) if v <= value) > 0.5:
            return value, np.average(values, weights=probabilities)


def settle_by_least_distance(values, probabilities):
    distances = np.abs(values[:, None] - values) @ probabilities
    return values[np.argmin(distances)], values @ probabilities


WHERE_SIGNS_SETTLE = Answers(
    right=(settle_by_counting, settle_by_least_distance),
    wrong=(
        ("in np.argsort(values)", "in range(len(values))", "sort the values first"),
        ("below += probabilities[i]", "below += 1 / len(values)", "median of the list"),
        ("np.sum(values * probabilities)", "np.mean(values)", "the mean weighs"),
        ("return values[i], ", "return np.sum(values * probabilities), ", "not at the mean"),
        ("return values[i],", "return values[np.argmax(probabilities)],", "most probable"),
        ("return values[i],", "return (values.min() + values.max()) / 2,", "middle between"),
        ("return values[i],", "return np.median(values),", "median of the list"),
        (lambda y, p: (np.sort(y)[np.searchsorted(np.cumsum(p), 0.5)], y @ p), "along with"),
        (lambda y, p: settle_by_counting(y, p)[::-1], "pair is swapped"),
        (lambda y, p: settle_by_counting(y, p)[0], "2 things"),
    ),
)

# -- 5 a moving target -------------------------------------------------------------------------


def tracking_by_running(eta, drift, variance):
    mean, spread = 0.0, 0.0
    for _ in range(400):
        mean = (1 - eta) * mean - drift
        spread = (1 - eta) ** 2 * spread + eta**2 * variance
    return mean**2 + spread


TRACKING_ERROR = Answers(
    right=(tracking_by_running, lambda eta, d, v: d * d / eta / eta + v / (2 / eta - 1)),
    wrong=(
        ("lag**2 + noise", "noise", "lag is missing"),
        ("lag**2 + noise", "lag**2", "noise is missing"),
        ("lag**2 + noise", "lag + noise", "its square is asked"),
        ("lag**2 + noise", "(lag + noise**0.5) ** 2", "add the squares"),
        ("lag**2 + noise", "(lag**2 + noise) ** 0.5", "root"),
        ("drift / eta", "drift", "adds up over"),
        ("drift / eta", "drift * eta", "not drift times eta"),
        ("eta**2 * variance / (1 - (1 - eta) ** 2)", "eta * variance / 2", "small steps"),
        (" / (1 - (1 - eta) ** 2)", "", "earlier ones"),
        ("(1 - (1 - eta) ** 2)", "(1 - (1 - eta))", None),
    ),
)

# -- 6 the best constant step ------------------------------------------------------------------


def best_by_roots(drift, variance):
    roots = np.roots([variance, -(drift**2), 4 * drift**2, -4 * drift**2])
    return roots[np.argmin(np.abs(roots.imag))].real


def best_by_newton(drift, variance):
    eta = 1.0
    for _ in range(60):
        value = variance * eta**3 - drift**2 * (2 - eta) ** 2
        eta -= value / (3 * variance * eta**2 + 2 * drift**2 * (2 - eta))
    return eta


def least_error(drift, variance):
    eta = best_by_newton(drift, variance)
    return (drift / eta) ** 2 + eta * variance / (2 - eta)


CHOICE = "variance * eta**3 < drift**2 * (2 - eta) ** 2"
BEST_STEP = Answers(
    right=(best_by_roots, best_by_newton),
    wrong=(
        (CHOICE, "variance * eta**3 < 4 * drift**2", "small steps"),
        (CHOICE, "variance * eta**3 < drift**2 * (2 - eta)", "are equal"),
        (CHOICE, "2 * variance * eta**2 < drift * (2 - eta) ** 2", "lag enters with its square"),
        ("variance * eta**3 < drift**2", "variance * eta**3 < 2 * drift**2", r"not 1/\(2 - eta\)"),
        (least_error, "the step is asked"),
        ("<", ">", "same for every input"),
        ("low, high = 0.0, 2.0", "low, high = 0.0, 1.0", None),
        (lambda d, v: d, None),
    ),
)

ANSWERS = {
    "annealed": ANNEALED,
    "expected_error": EXPECTED_ERROR,
    "batch_variance": BATCH_VARIANCE,
    "where_signs_settle": WHERE_SIGNS_SETTLE,
    "tracking_error": TRACKING_ERROR,
    "best_step": BEST_STEP,
}
