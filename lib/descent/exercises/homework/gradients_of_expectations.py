"""Checkers of homework 11: a score, a baseline, costs behind a choice, a bound's gradient, a mean field."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant


def _softmax(logits):
    weights = np.exp(logits - np.max(logits))
    return weights / weights.sum()


def check_class_score(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `class_score(logits, k)`: the gradient of ln softmax(logits)[k].

    >>> check_class_score(lambda logits, k: np.eye(len(logits))[k] - _softmax(logits)).passed
    True
    """

    def one_hot(logits, k):
        return np.eye(len(logits))[k]

    def truth(logits, k):
        return one_hot(logits, k) - _softmax(logits)

    slips = {
        "the sign is flipped: this is the gradient of -ln p": lambda a, k: -truth(a, k),
        "this is the gradient of p, not of ln p: divide by p_k": lambda a, k: _softmax(a)[k] * truth(a, k),
        "the probabilities are missing: the other classes lose when class k gains": one_hot,
        "these are the probabilities: subtract them from 1 at class k, else from 0": lambda a, k: _softmax(a),
        "the 1 for the drawn class is missing": lambda a, k: -_softmax(a),
        "the probabilities must add to 1: divide by the sum of the exponentials": lambda a, k: (
            one_hot(a, k) - np.exp(a)
        ),
        "subtract the probabilities, not the logits": lambda a, k: one_hot(a, k) - a,
        "add the 1 for class k, not for the most probable class": lambda a, k: truth(a, np.argmax(a)),
        "the probabilities are subtracted, not added": lambda a, k: one_hot(a, k) + _softmax(a),
    }
    rng = variant(seed, "class_score")
    sizes = (3, 2, 4, 5, 3, 4)
    cases = []
    for size in sizes:
        logits = rng.normal(size=size).round(2)
        cases.append((logits, int((np.argmax(logits) + rng.integers(1, size)) % size)))
    return diagnose(answer, truth, cases, slips, unchecked="logits so large that exp overflows")


def check_best_baseline(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `best_baseline(values, scores)`: for each parameter, the constant with the least variance.

    >>> check_best_baseline(lambda f, s: (f @ s**2) / np.sum(s**2, axis=0)).passed
    True
    """

    def truth(f, s):
        return (f @ s**2) / np.sum(s**2, axis=0)

    def alike(number):
        return lambda f, s: np.full(s.shape[1], number(f, s))

    slips = {
        "this is the mean cost: good, but not best; weigh each cost with the square of its score": alike(
            lambda f, s: f.mean()
        ),
        "weigh with the square of the score, not with the score": lambda f, s: f @ s / np.sum(s**2, axis=0),
        "weigh with the square of the score, not with its size": lambda f, s: (
            f @ np.abs(s) / np.sum(np.abs(s), axis=0)
        ),
        "divide by the sum of the squares of the scores": lambda f, s: f @ s**2,
        "divide by the sum of the squares, not by the number of samples": lambda f, s: f @ s**2 / len(f),
        "the denominator is E[s^2], without the cost": lambda f, s: f @ s**2 / (f @ s),
        "each parameter has its own best baseline: sum over the samples only": alike(
            lambda f, s: np.sum(f @ s**2) / np.sum(s**2)
        ),
        "square the score only, not the cost": lambda f, s: f**2 @ s**2 / np.sum(s**2, axis=0),
    }
    rng = variant(seed, "best_baseline")
    shapes = ((4, 2), (6, 3), (3, 2), (8, 4), (5, 1))
    cases = [(rng.normal(3.0, 1.5, n).round(2), rng.normal(size=(n, d)).round(2)) for n, d in shapes]
    return diagnose(answer, truth, cases, slips, unchecked="that a sample's baseline leaves out itself")


def check_policy_gradient(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `policy_gradient(scores, costs)`: each choice is weighed with the costs from its time on.

    >>> def right(scores, costs):
    ...     return np.sum(scores * np.cumsum(costs[:, ::-1], axis=1)[:, ::-1], axis=1)
    >>> check_policy_gradient(right).passed
    True
    """

    def to_go(c):
        return np.cumsum(c[:, ::-1], axis=1)[:, ::-1]

    def weighed(weights):
        return lambda s, c: np.sum(s * weights(c), axis=1)

    slips = {
        "each choice is weighed with all costs: the mean is right, but earlier costs only add noise": weighed(
            lambda c: c.sum(axis=1, keepdims=True)
        ),
        "these are the costs up to the choice: it can only change those from its time on": weighed(
            lambda c: np.cumsum(c, axis=1)
        ),
        "the cost at the time of the choice depends on it too": weighed(lambda c: to_go(c) - c),
        "a choice also changes the costs that come later": weighed(lambda c: c),
        "one estimate for each sample: do not average over the samples": lambda s, c: np.full(
            len(s), weighed(to_go)(s, c).mean()
        ),
        "weigh each score by itself: sum after the product": lambda s, c: (
            s.sum(axis=1) * to_go(c).sum(axis=1)
        ),
        "the scores are missing": lambda s, c: to_go(c).sum(axis=1),
    }
    rng = variant(seed, "policy_gradient")
    shapes = ((2, 3), (3, 4), (4, 2), (3, 5), (2, 4))
    cases = [(rng.normal(size=shape).round(2), rng.normal(1.0, 1.0, shape).round(2)) for shape in shapes]
    return diagnose(answer, weighed(to_go), cases, slips, unchecked="baselines")


def check_bound_gradient(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `bound_gradient(slope, mu, log_sigma, noise)`: the ELBO's gradient in mu and ln sigma.

    >>> def right(slope, mu, log_sigma, noise):
    ...     there = slope(mu + np.exp(log_sigma) * noise)
    ...     return there.mean(), (there * np.exp(log_sigma) * noise).mean() + 1
    >>> check_bound_gradient(right).passed
    True
    """

    def made(second, where=lambda m, a, e: m + np.exp(a) * e, mean=np.mean):
        def estimate(slope, m, a, e):
            there = slope(where(m, a, e))
            return mean(there), second(there, a, e)

        return estimate

    truth = made(lambda g, a, e: np.mean(g * np.exp(a) * e) + 1)
    slips = {
        "the entropy is missing: its derivative in ln sigma is 1": made(
            lambda g, a, e: np.mean(g * np.exp(a) * e)
        ),
        "the entropy enters once, not for each sample": made(
            lambda g, a, e: np.mean(g * np.exp(a) * e) + e.size
        ),
        "the entropy is added to the bound: its derivative enters with a plus": made(
            lambda g, a, e: np.mean(g * np.exp(a) * e) - 1
        ),
        "this is the derivative in sigma: in ln sigma it is sigma times that": made(
            lambda g, a, e: np.mean(g * e) + np.exp(-a)
        ),
        "dw / d ln sigma = sigma noise: the factor sigma is missing": made(
            lambda g, a, e: np.mean(g * e) + 1
        ),
        "dw / d ln sigma = sigma noise: the noise is missing": made(
            lambda g, a, e: np.mean(g) * np.exp(a) + 1
        ),
        "take the mean over the samples, not the sum": made(
            lambda g, a, e: np.sum(g * np.exp(a) * e) + 1, mean=np.sum
        ),
        "multiply slope and noise sample by sample, then take the mean": made(
            lambda g, a, e: np.mean(g) * np.exp(a) * np.mean(e) + 1
        ),
        "take the slope at w = mu + sigma noise, not at mu": made(
            lambda g, a, e: np.mean(g * np.exp(a) * e) + 1, where=lambda m, a, e: m + 0 * e
        ),
        "sigma is exp(log_sigma), not log_sigma": made(
            lambda g, a, e: np.mean(g * a * e) + 1, where=lambda m, a, e: m + a * e
        ),
        "the pair is swapped: the derivative in mu comes first": lambda *args: truth(*args)[::-1],
        "w = mu + sigma noise, with a plus": made(
            lambda g, a, e: np.mean(g * np.exp(a) * e) + 1, where=lambda m, a, e: m - np.exp(a) * e
        ),
    }
    rng = variant(seed, "bound_gradient")
    cases = []
    for n in (3, 5, 4, 6):
        center, width = (float(v) for v in rng.uniform(0.5, 1.5, 2).round(2))
        mu, log_sigma = (float(v) for v in rng.normal(size=2).round(2))
        slope = _bell_slope(center, width) if n % 2 else _sigmoid_slope(center, width)
        cases.append((slope, mu, log_sigma, rng.normal(size=n).round(2)))
    return diagnose(answer, truth, cases, slips, parts=("the derivative in mu", "the derivative in ln sigma"))


def _bell_slope(center, width) -> Callable:
    """Return the derivative of ln p for a normal p."""
    return lambda w: (center - w) / width**2


def _sigmoid_slope(center, width) -> Callable:
    """Return the derivative of ln p for a positive label with a normal prior."""
    return lambda w: width * (1 - np.tanh(width * w / 2)) / 2 - w / center


def check_mean_field(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `mean_field(covariance)`: sigma of the best mean field, and how far its bound is too low.

    >>> def right(covariance):
    ...     precision = np.linalg.inv(covariance)
    ...     widths = 1 / np.sqrt(np.diag(precision))
    ...     return widths, -np.sum(np.log(widths)) - np.linalg.slogdet(precision)[1] / 2
    >>> check_mean_field(right).passed
    True
    """

    def gap_of(covariance, sigma):
        return np.linalg.slogdet(covariance)[1] / 2 - np.sum(np.log(sigma))

    def best(covariance):
        return 1 / np.sqrt(np.diag(np.linalg.inv(covariance)))

    def both(sigma, gap=gap_of):
        return lambda c: (sigma(c), gap(c, sigma(c)))

    truth = both(best)
    slips = {
        "these are the posterior's own widths: the best mean field is narrower: invert first": both(
            lambda c: np.sqrt(np.diag(c)), lambda c, s: gap_of(c, best(c))
        ),
        "these are the posterior's own widths, and a gap is at least 0: 1/sigma_i^2 = precision_ii": both(
            lambda c: np.sqrt(np.diag(c))
        ),
        "these are variances: take the root": both(lambda c: best(c) ** 2, lambda c, s: gap_of(c, best(c))),
        "this is 1/sigma": both(lambda c: 1 / best(c), lambda c, s: gap_of(c, best(c))),
        "the gap has a factor 1/2": both(best, lambda c, s: 2 * gap_of(c, s)),
        "the gap is at least 0: its sign is flipped": both(best, lambda c, s: -gap_of(c, s)),
        "ln det of the precision is missing": both(best, lambda c, s: -np.sum(np.log(s))),
        "the logarithms of the precisions are missing": both(best, lambda c, s: np.linalg.slogdet(c)[1] / 2),
        "ln det of the precision is minus that of the covariance": both(
            best, lambda c, s: -np.sum(np.log(s)) - np.linalg.slogdet(c)[1] / 2
        ),
        "the gap takes the logarithm of the determinant": both(
            best, lambda c, s: -np.sum(np.log(s)) - 1 / np.linalg.det(c) / 2
        ),
    }
    rng = variant(seed, "mean_field")
    cases = []
    for d in (2, 3, 2, 4):
        root = rng.normal(size=(d, d))
        cases.append(((root @ root.T + 0.4 * np.eye(d)).round(2),))
    return diagnose(answer, truth, cases, slips, rtol=1e-8, parts=("sigma", "the gap"))
