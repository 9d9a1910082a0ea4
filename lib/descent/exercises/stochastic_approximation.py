"""Checkers for the exercises on stochastic approximation."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose


def check_noise_floor(answer: Callable) -> Diagnosis:
    """Check `floor(eta, batch)`: where E e^2 settles if e_{t+1} = (1 - eta) e_t + eta noise / sqrt(batch).

    >>> check_noise_floor(lambda eta, batch: eta / (batch * (2 - eta))).passed
    True
    """
    slips = {
        "this is eta^2 / batch, the noise of one step: the earlier ones are still there": (
            lambda eta, batch: eta**2 / batch
        ),
        "this is the small-step limit: keep the term eta^2 of (1 - eta)^2": lambda eta, batch: (
            eta / (2 * batch)
        ),
        "the batch is missing: its mean has variance 1 / batch": lambda eta, batch: eta / (2 - eta),
        "the batch counts once: a variance falls with the batch, not with its square": (
            lambda eta, batch: eta / (batch**2 * (2 - eta))
        ),
        "the variance of a mean is 1 / batch, its deviation 1 / sqrt(batch)": (
            lambda eta, batch: eta / (np.sqrt(batch) * (2 - eta))
        ),
        "brackets are missing: 2 - eta stands below the line": lambda eta, batch: eta / batch * (2 - eta),
        "this is the root of it: E e^2 is asked": lambda eta, batch: np.sqrt(eta / (batch * (2 - eta))),
        "solve x = (1 - eta)^2 x + eta^2 / batch: here (1 - eta) is not squared": lambda eta, batch: (
            eta / batch
        ),
    }
    cases = [(0.1, 1), (0.5, 4), (1.0, 2), (0.25, 10), (1.5, 3)]
    return diagnose(answer, lambda eta, batch: eta / (batch * (2 - eta)), cases, slips)


def check_running_mean(answer: Callable) -> Diagnosis:
    """Check `learn(w, y, t)`: the update after which w is the mean of the t + 1 numbers seen.

    >>> check_running_mean(lambda w, y, t: w + (y - w) / (t + 1)).passed
    True
    """
    slips = {
        "off by one: at t = 0 one number has been seen, so the step is 1 / (t + 1)": (
            lambda w, y, t: w + (y - w) / (t + 2)
        ),
        "off by one: the step is 1 / (t + 1)": lambda w, y, t: w + (y - w) / max(t, 1),
        "the gradient is w - y: this step goes away from y": lambda w, y, t: w - (y - w) / (t + 1),
        "this is the step only: add it to w": lambda w, y, t: (y - w) / (t + 1),
        "the old weight must shrink too: w + (y - w) / (t + 1)": lambda w, y, t: w + y / (t + 1),
        "this is a constant step 1/2: it forgets": lambda w, y, t: w + (y - w) / 2,
        "the schedule 1 / sqrt(t + 1) is too slow to give the mean": lambda w, y, t: (
            w + (y - w) / np.sqrt(t + 1)
        ),
        "this is the sum: divide by the number of terms": lambda w, y, t: w + y,
    }
    rng = np.random.default_rng(6)
    cases = [
        (float(w), float(y), t) for (w, y), t in zip(rng.normal(size=(5, 2)), (0, 1, 2, 5, 20), strict=True)
    ]
    return diagnose(answer, lambda w, y, t: w + (y - w) / (t + 1), cases, slips)


def check_sign_agreement(answer: Callable) -> Diagnosis:
    """Check `agreement(share)`: E sign(e' e) where e = 1 - share with probability share, else -share.

    >>> check_sign_agreement(lambda share: (1 - 2 * share) ** 2).passed
    True
    """
    slips = {
        "this is the chance that the signs agree: subtract the chance that they differ": (
            lambda s: s**2 + (1 - s) ** 2
        ),
        "this is the chance that the signs differ": lambda s: 2 * s * (1 - s),
        "this is E sign(e), of one error, up to its sign: two are multiplied": lambda s: 1 - 2 * s,
        "signs differ in two ways, + - and - +: count both": lambda s: s**2 + (1 - s) ** 2 - s * (1 - s),
        "this is the variance of e": lambda s: s * (1 - s),
    }
    return diagnose(answer, lambda s: (1 - 2 * s) ** 2, [(0.1,), (0.02,), (0.3,), (0.5,), (0.8,)], slips)
