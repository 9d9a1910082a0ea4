"""Checkers of homework 08: a schedule, the noise of a batch, a drifting target, signs, local step sizes."""

from collections.abc import Callable
from math import sqrt

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.draws import arrays, numbers


def _robbins_monro(w, samples, a, *, step=lambda a, t: a / (t + 1), sign=1.0):
    for t, y in enumerate(samples):
        w = w + sign * step(a, t) * (y - w)
    return w


def check_robbins_monro(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `robbins_monro(w, samples, a)`: w after w <- w + a / (t + 1) (y_t - w), t = 0, 1, ...

    >>> check_robbins_monro(lambda w, samples, a: _robbins_monro(w, samples, a, step=lambda a, t: a)).slip
    'a constant step does not converge: divide it by t + 1'
    """

    def with_(**change):
        return lambda w, samples, a: _robbins_monro(w, samples, a, **change)

    slips = {
        "a constant step does not converge: divide it by t + 1": with_(step=lambda a, t: a),
        "off by one: the first step is a / 1": with_(step=lambda a, t: a / (t + 2)),
        "off by one: the steps are a / 1, a / 2, ..., here the first two are equal": with_(
            step=lambda a, t: a / max(t, 1)
        ),
        "the steps fall too slowly: 1 / (t + 1), without a root": with_(step=lambda a, t: a / sqrt(t + 1)),
        "the steps fall too fast: their sum must be infinite": with_(step=lambda a, t: a / (t + 1) ** 2),
        "this goes away from the samples: w + step (y - w)": with_(sign=-1.0),
        "a is missing: a = 1 gives the mean of the samples": with_(step=lambda a, t: 1 / (t + 1)),
    }
    rng = variant(seed, "robbins_monro")
    cases = []
    for length in (1, 2, 3, 6, 10, 20):
        w, a = numbers(rng, (-2, 2), (0.4, 0.9))
        cases.append((w, arrays(rng, length)[0], a))
    missing = "samples without end, on which only sum a_t = infinity and sum a_t^2 < infinity converge"
    return diagnose(answer, _robbins_monro, cases, slips, unchecked=missing)


def check_batch_variance(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `batch_variance(gradients, batch)`: of a batch's mean, drawn with and without replacement.

    >>> check_batch_variance(lambda gradients, batch: 2 * [np.var(gradients) / batch]).slip
    'without replacement a batch of all has no noise: the factor (n - batch) / (n - 1) is missing'
    """

    def both(gradients, batch, *, variance=np.var, power=1, factor=lambda n, b: (n - b) / (n - 1)):
        noise = variance(gradients) / batch**power
        return noise, noise * factor(len(gradients), batch)

    def with_(**change):
        return lambda gradients, batch: both(gradients, batch, **change)

    slips = {
        "without replacement a batch of all has no noise: the factor (n - batch) / (n - 1) is missing": (
            with_(factor=lambda n, b: 1.0)
        ),
        "the batch is missing: its mean has variance / batch": with_(power=0),
        "a variance falls with the batch, not with its square": with_(power=2),
        "a variance falls with the batch, its root with the root of the batch": with_(power=0.5),
        "these gradients are all there are: divide by n, not n - 1": with_(
            variance=lambda g: np.var(g, ddof=1)
        ),
        "this is the deviation: a variance is its square": with_(variance=np.std),
        "the factor is (n - batch) / (n - 1), not (n - batch) / n": with_(factor=lambda n, b: (n - b) / n),
        "with replacement comes first": lambda *c: both(*c)[::-1],
    }
    rng = variant(seed, "batch_variance")
    cases = [(arrays(rng, n)[0], batch) for n, batch in ((4, 1), (4, 2), (6, 3), (5, 5), (10, 4), (8, 7))]
    return diagnose(answer, both, cases, slips, parts=("with replacement", "without replacement"))


def check_drift(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `drift(eta, speed, noise)`: the lag and the variance of w behind a target that moves.

    Each step: the target moves by `speed`, y = target + noise, w <- w + eta (y - w).

    >>> check_drift(lambda eta, speed, noise: (speed / eta, eta / (2 - eta) * noise**2)).slip
    'this is the lag before the update: w makes up eta of it'
    """

    def truth(eta, speed, noise):
        return speed * (1 - eta) / eta, eta / (2 - eta) * noise**2

    def with_(lag=None, spread=None):
        return lambda *c: (lag(*c) if lag else truth(*c)[0], spread(*c) if spread else truth(*c)[1])

    slips = {
        "this is the lag before the update: w makes up eta of it": with_(lag=lambda eta, s, n: s / eta),
        "the target does not stand still: there is a lag": with_(lag=lambda *_: 0.0),
        "a small step is quiet but slow: the lag grows as 1 / eta": with_(
            lag=lambda eta, s, n: s * (1 - eta)
        ),
        "this is the limit of small steps: keep eta^2 in (1 - eta)^2": with_(
            spread=lambda eta, s, n: eta / 2 * n**2
        ),
        "this is the noise of one step: the earlier ones are still there": with_(
            spread=lambda eta, s, n: eta**2 * n**2
        ),
        "a variance has the square of the noise": with_(spread=lambda eta, s, n: eta / (2 - eta) * n),
        "this is the deviation: a variance is its square": with_(
            spread=lambda eta, s, n: sqrt(eta / (2 - eta)) * n
        ),
        "the lag comes first": lambda *c: truth(*c)[::-1],
    }
    rng = variant(seed, "drift")
    cases = [(0.5, 1.0, 2.0)] + [numbers(rng, (0.1, 0.9), (0.2, 2), (0.3, 2)) for _ in range(9)]
    return diagnose(answer, truth, cases, slips, parts=("the lag", "the variance"), unchecked="eta > 1")


def check_signs(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `signs(q, up, down)`: E[e'e] and E[sign(e'e)] of two independent errors.

    An error is `up` with probability q, else -`down`.

    >>> check_signs(lambda q, up, down: ((q * up - (1 - q) * down) ** 2,) * 2).slip
    'signs ignore how large the errors are: up and down do not count'
    """

    def truth(q, up, down):
        return (q * up - (1 - q) * down) ** 2, (2 * q - 1) ** 2

    def with_(sign):
        return lambda q, up, down: (truth(q, up, down)[0], sign(q, up, down))

    slips = {
        "signs ignore how large the errors are: up and down do not count": with_(lambda *c: truth(*c)[0]),
        "independent errors of mean 0 have E[e'e] = 0, their signs not: signs are biased": with_(
            lambda *_: 0.0
        ),
        "this is the chance that the signs agree: subtract the chance that they differ": with_(
            lambda q, up, down: q**2 + (1 - q) ** 2
        ),
        "this is E sign(e) of one error: two are multiplied": with_(lambda q, up, down: 2 * q - 1),
        "signs differ in two ways, + - and - +: count both": with_(
            lambda q, up, down: q**2 + (1 - q) ** 2 - q * (1 - q)
        ),
        "this is E[e^2], of one error: two independent ones give the mean squared": lambda q, up, down: (
            q * up**2 + (1 - q) * down**2,
            truth(q, up, down)[1],
        ),
        "this is the mean, not yet squared": lambda q, up, down: (
            q * up - (1 - q) * down,
            truth(q, up, down)[1],
        ),
    }
    rng = variant(seed, "signs")
    cases = [numbers(rng, (0.05, 0.45), (0.5, 2), (0.2, 1)) for _ in range(9)] + [(0.1, 0.9, 0.1)]
    return diagnose(answer, truth, cases, slips, parts=("E[e'e]", "E[sign(e'e)]"))


def _local(p, g, before, up, down, *, swap=False, same=1.0, product=None):
    agree = g * before if product is None else product(g, before)
    if swap:
        agree = -agree
    return p * np.where(agree > 0, up, np.where(agree < 0, down, same))


def check_local(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `local(p, g, before, up, down)`: step sizes that grow where two gradients agree in sign.

    >>> check_local(lambda p, g, before, up, down: p * up).slip
    'all step sizes grow: compare the signs of the two gradients'
    """

    def with_(**change):
        return lambda *case: _local(*case, **change)

    def dot(g, before):
        return np.full_like(g, g @ before)

    slips = {
        "up and down are swapped: steps grow where the signs agree": with_(swap=True),
        "all step sizes grow: compare the signs of the two gradients": lambda p, g, h, up, down: p * up,
        "each weight has its own sign: multiply entry by entry, not as an inner product": with_(product=dot),
        "a product of 0 says nothing: the step size stays": lambda p, g, h, up, down: _local(
            p, g, h, up, down, same=down
        ),
        "with a product of 0 the step size stays, it does not grow": lambda p, g, h, up, down: _local(
            p, g, h, up, down, same=up
        ),
        "this adds: step sizes are multiplied, so that they stay positive": lambda p, g, h, up, down: (
            p + (_local(p, g, h, up, down) / p - 1)
        ),
        "this is the factor: multiply by p": lambda p, g, h, up, down: _local(p, g, h, up, down) / p,
        "the old gradient is ignored: compare with it": with_(product=lambda g, h: g),
    }
    rng = variant(seed, "local")
    cases = []
    for n in (3, 4, 5, 4):
        p, (g, before) = np.round(rng.uniform(0.1, 1, n), 2), arrays(rng, n, n)
        before[0] = 0.0
        cases.append((p, g, before, *numbers(rng, (1.1, 1.4), (0.4, 0.8))))
    return diagnose(answer, _local, cases, slips)
