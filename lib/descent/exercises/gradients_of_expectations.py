"""Checkers for the exercises on gradients of expectations."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose


def check_score_estimates(answer: Callable) -> Diagnosis:
    """Check `score_estimates(values, x, theta, sigma, b)`: what each sample of N(theta, sigma^2) says.

    >>> check_score_estimates(lambda f, x, theta, sigma, b: (f - b) * (x - theta) / sigma**2).passed
    True
    """

    def score(x, theta, sigma):
        return (x - theta) / sigma**2

    def density(x, theta, sigma):
        return np.exp(-0.5 * ((x - theta) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))

    slips = {
        "the baseline is missing": lambda f, x, t, s, b: f * score(x, t, s),
        "the baseline is added: subtract it": lambda f, x, t, s, b: (f + b) * score(x, t, s),
        "subtract b from the cost, not from the product: that would shift the mean": lambda f, x, t, s, b: (
            f * score(x, t, s) - b
        ),
        "the score divides by sigma^2, not by sigma": lambda f, x, t, s, b: (f - b) * (x - t) / s,
        "the score divides by sigma^2": lambda f, x, t, s, b: (f - b) * (x - t),
        "the score is (x - theta)/sigma^2: its sign is flipped": lambda f, x, t, s, b: (
            -(f - b) * score(x, t, s)
        ),
        "this is the derivative of p, not of ln p: each sample is already drawn as often as p says": (
            lambda f, x, t, s, b: (f - b) * score(x, t, s) * density(x, t, s)
        ),
        "the score is missing": lambda f, x, t, s, b: f - b,
    }
    rng = np.random.default_rng(11)
    cases = []
    for n in (4, 3, 5):
        theta, sigma, b = float(rng.normal()), float(rng.uniform(0.4, 2.5)), float(rng.normal() + 2)
        x = theta + sigma * rng.standard_normal(n)
        cases.append((3 * rng.standard_normal(n) + 5, x, theta, sigma, b))
    return diagnose(answer, lambda f, x, t, s, b: (f - b) * score(x, t, s), cases, slips)


def check_path_estimates(answer: Callable) -> Diagnosis:
    """Check `path_estimates(slope, theta, sigma, noise)`: gradients in theta and sigma, shape (n, 2).

    >>> def right(slope, theta, sigma, noise):
    ...     there = slope(theta + sigma * noise)
    ...     return np.stack([there, there * noise], axis=1)
    >>> check_path_estimates(right).passed
    True
    """

    def pair(first, second):
        return np.stack([first, second], axis=1)

    def truth(slope, theta, sigma, noise):
        there = slope(theta + sigma * noise)
        return pair(there, there * noise)

    def slip(second):
        def slipped(slope, theta, sigma, noise):
            x = theta + sigma * noise
            return pair(slope(x), slope(x) * second(x, theta, sigma, noise))

        return slipped

    slips = {
        "dx/dsigma is the noise: it is missing in the second column": slip(
            lambda x, t, s, e: np.ones_like(e)
        ),
        "dx/dsigma is the noise alone, not sigma times it": slip(lambda x, t, s, e: s * e),
        "dx/dsigma is the noise, not x": slip(lambda x, t, s, e: x),
        "dx/dsigma is the noise, not x - theta": slip(lambda x, t, s, e: x - t),
        "take the slope at x = theta + sigma noise, not at theta": lambda f, t, s, e: pair(
            f(t + 0 * e), f(t + 0 * e) * e
        ),
        "take the slope at x = theta + sigma noise, not at the noise": lambda f, t, s, e: pair(
            f(e), f(e) * e
        ),
        "the columns are swapped: theta first": lambda f, t, s, e: truth(f, t, s, e)[:, ::-1],
        "x = theta + sigma noise, with a plus": lambda f, t, s, e: pair(f(t - s * e), f(t - s * e) * e),
    }
    rng = np.random.default_rng(12)
    slopes = (np.cos, lambda x: 2 * x, lambda x: 3 * x**2 - 1)
    cases = [
        (slope, float(rng.normal()), float(rng.uniform(0.4, 2.5)), rng.standard_normal(n))
        for slope, n in zip(slopes, (4, 3, 5), strict=True)
    ]
    return diagnose(answer, truth, cases, slips)


def check_two_draws(answer: Callable) -> Diagnosis:
    """Check `two_draws(x, z, theta)` for x ~ N(theta, 1), z ~ N(theta x, 1), costs (x - 2)^2 and z^2.

    >>> def right(x, z, theta):
    ...     return (x - theta) * ((x - 2) ** 2 + z**2) + (z - theta * x) * x * z**2
    >>> check_two_draws(right).passed
    True
    """

    def terms(x, z, t):
        return x - t, (z - t * x) * x, (x - 2) ** 2, z**2

    def of(combine):
        return lambda x, z, t: combine(*terms(x, z, t))

    slips = {
        "z is blamed for c1, which it cannot reach: the mean is right, the variance needlessly large": of(
            lambda a, b, c1, c2: (a + b) * (c1 + c2)
        ),
        "x reaches c2 too, through z: weigh its score with both costs": of(
            lambda a, b, c1, c2: a * c1 + b * c2
        ),
        "theta also moves the mean of z: the score of z is missing": of(lambda a, b, c1, c2: a * (c1 + c2)),
        "the score of x is missing": of(lambda a, b, c1, c2: b * c2),
        "the mean of z is theta x: its score has a factor x": lambda x, z, t: (
            (x - t) * ((x - 2) ** 2 + z**2) + (z - t * x) * z**2
        ),
        "a sampled x is held: no derivative goes through it": lambda x, z, t: (
            (x - t) * ((x - 2) ** 2 + z**2) + (z - t * x) * x * z**2 + 2 * (x - 2)
        ),
        "the mean of z is theta x, not theta": lambda x, z, t: (
            (x - t) * ((x - 2) ** 2 + z**2) + (z - t) * z**2
        ),
        "the weights are swapped": of(lambda a, b, c1, c2: a * c2 + b * (c1 + c2)),
    }
    rng = np.random.default_rng(13)
    cases = [(rng.normal(size=n), rng.normal(size=n), float(rng.normal())) for n in (4, 3, 5)]
    return diagnose(answer, of(lambda a, b, c1, c2: a * (c1 + c2) + b * c2), cases, slips)
