"""Right and wrong answers to homework 08."""

import itertools

import numpy as np
from homework.proof import Answers

# -- 1 schedule -------------------------------------------------------------------------------------


def schedule_by_recursion(w, samples, a, t=1):
    if len(samples) == 0:
        return np.float64(w)
    return schedule_by_recursion((1 - a / t) * w + a / t * samples[0], samples[1:], a, t + 1)


def schedule_by_weights(w, samples, a):
    steps = a / np.arange(1, len(samples) + 1)
    rest = np.append(np.cumprod((1 - steps)[::-1])[::-1], 1.0)
    return rest[0] * w + np.sum(rest[1:] * steps * samples)


SCHEDULE = Answers(
    right=(schedule_by_recursion, schedule_by_weights),
    wrong=(
        ("a / (t + 1)", "a", "constant step does not converge"),
        ("a / (t + 1)", "a / (t + 2)", "first step is a / 1"),
        ("a / (t + 1)", "a / max(t, 1)", "first two are equal"),
        ("a / (t + 1)", "a / (t + 1) ** 0.5", "too slowly"),
        ("a / (t + 1)", "a / (t + 1) ** 2", "too fast"),
        ("(y - w)", "(w - y)", "goes away"),
        ("a / (t + 1)", "1 / (t + 1)", "a is missing"),
        (lambda w, samples, a: np.mean(samples), "gives the mean of the samples"),
    ),
)

# -- 2 batch ------------------------------------------------------------------------------------------


def variance_of_all_batches(gradients, batch):
    """Without replacement: all batches, one by one."""
    means = [np.mean(chosen) for chosen in itertools.combinations(gradients, batch)]
    return [sum((g - np.mean(gradients)) ** 2 for g in gradients) / len(gradients) / batch, np.var(means)]


def variance_as_array(gradients, batch):
    n = len(gradients)
    spread = np.mean(gradients**2) - np.mean(gradients) ** 2
    return spread / batch * np.array([1, (n - batch) / (n - 1)])


BATCH = Answers(
    right=(variance_of_all_batches, variance_as_array),
    wrong=(
        ("independent * (n - batch) / (n - 1)", "independent", "batch of all"),
        ("np.var(gradients) / batch", "np.var(gradients)", "batch is missing"),
        ("np.var(gradients) / batch", "np.var(gradients) / batch**2", "not with its square"),
        ("np.var(gradients) / batch", "np.var(gradients) / batch**0.5", "root of the batch"),
        ("np.var(gradients)", "np.var(gradients, ddof=1)", "not n - 1"),
        ("np.var(gradients)", "np.std(gradients)", "is the deviation"),
        ("/ (n - 1)", "/ n", "/ n"),
        (lambda g, b: variance_as_array(g, b)[::-1], "comes first"),
        ("return independent, ", "return ", "2 things"),
    ),
)

# -- 3 drift ------------------------------------------------------------------------------------------


def drift_in_the_long_run(eta, speed, noise):
    lag, variance = 0.0, 0.0
    for _ in range(500):
        lag = (1 - eta) * (lag + speed)
        variance = (1 - eta) ** 2 * variance + (eta * noise) ** 2
    return lag, variance


def drift_as_array(eta, speed, noise):
    return np.array([speed / eta - speed, noise * noise / (2 / eta - 1)])


DRIFT = Answers(
    right=(drift_in_the_long_run, drift_as_array),
    wrong=(
        ("speed * (1 - eta) / eta", "speed / eta", "before the update"),
        ("speed * (1 - eta) / eta", "0.0", "there is a lag"),
        ("speed * (1 - eta) / eta", "speed * (1 - eta)", "grows as 1 / eta"),
        ("eta**2 * noise**2 / (1 - (1 - eta) ** 2)", "eta * noise**2 / 2", "limit of small steps"),
        (" / (1 - (1 - eta) ** 2)", "", "noise of one step"),
        ("noise**2", "noise", "square of the noise"),
        ("return lag, variance", "return lag, variance**0.5", "is the deviation"),
        ("return lag, variance", "return variance, lag", "lag comes first"),
    ),
    generic={"zero": "always 0"},
)

# -- 4 signs --------------------------------------------------------------------------------------------


def signs_by_counting(q, up, down):
    chances = {up: q, -down: 1 - q}
    pairs = [(e * f, chances[e] * chances[f]) for e in chances for f in chances]
    return [sum(c * p for p, c in pairs), sum(c * np.sign(p) for p, c in pairs)]


def signs_as_array(q, up, down):
    return (np.array([[up, 1], [-down, -1]]).T @ np.array([q, 1 - q])) ** 2


SIGNS = Answers(
    right=(signs_by_counting, signs_as_array),
    wrong=(
        ("mean_sign**2", "mean**2", "how large"),
        ("mean_sign**2", "0.0", "signs are biased"),
        ("mean_sign**2", "q**2 + (1 - q) ** 2", "signs agree"),
        ("mean_sign**2", "mean_sign", "one error"),
        ("mean_sign**2", "q**2 + (1 - q) ** 2 - q * (1 - q)", "count both"),
        ("mean**2, ", "q * up**2 + (1 - q) * down**2, ", "of one error"),
        ("mean**2, ", "mean, ", "not yet squared"),
        ("mean**2, ", "", "2 things"),
    ),
    generic={"zero": "always 0"},
)

# -- 5 local step sizes -----------------------------------------------------------------------------------


def local_by_signs(p, g, before, up, down):
    agreement = np.sign(g) * np.sign(before)
    return p * up ** (agreement == 1) * down ** (agreement == -1)


def local_in_a_loop(p, g, before, up, down):
    return [
        p_i * (up if g_i * b_i > 0 else down if g_i * b_i < 0 else 1)
        for p_i, g_i, b_i in zip(p, g, before, strict=True)
    ]


LOCAL = Answers(
    right=(local_by_signs, local_in_a_loop),
    wrong=(
        (lambda p, g, h, up, down: local_by_signs(p, g, h, down, up), "swapped"),
        (lambda p, g, h, up, down: p * up, "all step sizes grow"),
        ("g * before", "np.full_like(g, g @ before)", "entry by entry"),
        ("np.where(product > 0, up, 1.0)", "np.where(product > 0, up, down)", "says nothing"),
        ("product > 0", "product >= 0", "does not grow"),
        ("p * factor", "p + factor - 1", "this adds"),
        ("p * factor", "factor", "multiply by p"),
        ("g * before", "g", "compare with it"),
    ),
)

ANSWERS = {
    "robbins_monro": SCHEDULE,
    "batch_variance": BATCH,
    "drift": DRIFT,
    "signs": SIGNS,
    "local": LOCAL,
}
