"""Checkers of homework 10: memory, lambda = 0, the recursion of v, one whole step, two fair comparisons."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant


def check_lambda_for(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `lambda_for(steps, share)`: the lambda that leaves a share of a gradient after so many steps.

    >>> check_lambda_for(lambda steps, share: share ** (1 / steps)).passed
    True
    """
    slips = {
        "this is what is left if lambda is the share: take the root": lambda n, s: s**n,
        "1 - 1/steps leaves the share 1/e: take the share into account": lambda n, s: 1 - 1 / n,
        "what is left falls as a power of lambda, not along a line": lambda n, s: 1 - (1 - s) / n,
        "the factor exp(-1/steps) leaves the share 1/e": lambda n, s: np.exp(-1 / n),
        "the exponent is 1/steps": lambda n, s: s / n,
        "this is what is lost in each step: lambda is what is kept": lambda n, s: 1 - s ** (1 / n),
        "the share that is left is asked, not the share that is lost": lambda n, s: (1 - s) ** (1 / n),
        "there are as many factors lambda as steps: off by one": lambda n, s: s ** (1 / (n + 1)),
    }
    rng = variant(seed, "lambda_for")
    cases = list(zip((3, 10, 100, 500, 25), rng.uniform(0.1, 0.9, 5).round(2).tolist(), strict=True))
    return diagnose(answer, lambda n, s: s ** (1 / n), cases, slips)


def check_without_memory(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `without_memory(p, g, p_before, g_before, mu)`: the step sizes of SMD with lambda = 0.

    >>> def right(p, g, p_before, g_before, mu):
    ...     return p * np.maximum(0.5, 1 + mu * g * p_before * g_before)
    >>> check_without_memory(right).passed
    True
    """

    def made(factor):
        return lambda p, g, q, h, mu: p * factor(p, g, q, h, mu)

    truth = made(lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * g * q * h))
    slips = {
        "gradients that agree must raise the step: v = -p g, and 1 - mu g v": made(
            lambda p, g, q, h, mu: np.maximum(0.5, 1 - mu * g * q * h)
        ),
        "v holds the step size with which the last step was made": made(
            lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * g * p * h)
        ),
        "the step size is missing in v = -p g": made(lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * g * h)),
        "the guard is missing: p may turn negative": made(lambda p, g, q, h, mu: 1 + mu * g * q * h),
        "the guard is the smallest factor: use the maximum": made(
            lambda p, g, q, h, mu: np.minimum(0.5, 1 + mu * g * q * h)
        ),
        "this is the factor: multiply by p": lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * g * q * h),
        "multiply by the present p, not by the one before": lambda p, g, q, h, mu: (
            q * np.maximum(0.5, 1 + mu * g * q * h)
        ),
        "this uses the last gradient twice": made(lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * h * q * h)),
        "this uses the new gradient twice": made(lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * g * q * g)),
        "only the signs are used: this rule is linear in the gradient": made(
            lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * np.sign(g * h))
        ),
        "each weight has its own: products entry by entry, not an inner product": made(
            lambda p, g, q, h, mu: np.maximum(0.5, 1 + mu * (g @ (q * h)))
        ),
    }
    rng = variant(seed, "without_memory")
    cases = [
        (*rng.uniform(0.3, 1.5, (1, n)).round(2), *_beside(rng, n), round(float(rng.uniform(0.4, 1.2)), 2))
        for n in (4, 3, 5, 6)
    ]
    return diagnose(answer, truth, cases, slips)


def _beside(rng, n: int) -> tuple:
    """Return g, p_before and g_before, with gradients that agree in the first entry and clash in the last."""
    g, before = rng.uniform(0.8, 2, (2, n)).round(2)
    before[1:] *= rng.choice([-1, 1], n - 1)
    before[-1] = -abs(before[-1]) - 1
    return g, rng.uniform(0.3, 1.5, n).round(2), before


def check_run_v(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `run_v(gradients, p, H, lambda_)`: v after all gradients, from v = 0 and with p held.

    >>> def right(gradients, p, H, lambda_):
    ...     v = np.zeros(len(p))
    ...     for g in gradients:
    ...         v = lambda_ * v - p * (g + lambda_ * H @ v)
    ...     return v
    >>> check_run_v(right).passed
    True
    """

    def recursion(step, chosen=lambda gradients: gradients):
        def run(gradients, p, H, c):
            v = np.zeros(len(p))
            for g in chosen(gradients):
                v = step(v, p, g, H, c)
            return v

        return run

    def right(v, p, g, H, c):
        return c * v - p * (g + c * (H @ v))

    slips = {
        "the curvature is missing: v forgets only by lambda": recursion(lambda v, p, g, H, c: c * v - p * g),
        "lambda belongs to H v too": recursion(lambda v, p, g, H, c: c * v - p * (g + H @ v)),
        "lambda belongs to the old v too": recursion(lambda v, p, g, H, c: v - p * (g + c * (H @ v))),
        "lambda is missing": recursion(lambda v, p, g, H, c: v - p * (g + H @ v)),
        "p multiplies H v too": recursion(lambda v, p, g, H, c: c * v - p * g - c * (H @ v)),
        "H v is subtracted with g: both have the sign of a gradient": recursion(
            lambda v, p, g, H, c: c * v - p * (g - c * (H @ v))
        ),
        "the sign is flipped: v = dw / d ln p goes down with w": recursion(
            lambda v, p, g, H, c: c * v + p * (g - c * (H @ v))
        ),
        "H multiplies v as a matrix": recursion(lambda v, p, g, H, c: c * v - p * (g + c * np.diag(H) * v)),
        "the old v is missing: only H v remembers": recursion(lambda v, p, g, H, c: -p * (g + c * (H @ v))),
        "the last gradient is missing": recursion(right, lambda g: g[:-1]),
        "the gradients come in the order of the list": recursion(right, lambda g: g[::-1]),
        "this is v after the first gradient": recursion(right, lambda g: g[:1]),
    }
    rng = variant(seed, "run_v")
    cases = []
    for n, steps, c in ((2, 3, 0.9), (3, 2, 0.5), (2, 5, 0.99), (4, 4, 0.8)):
        root = rng.normal(size=(n, n))
        H = (root @ root.T / n + 0.3 * np.eye(n)).round(2)
        cases.append((rng.normal(size=(steps, n)).round(2), rng.uniform(0.1, 0.6, n).round(2), H, c))
    return diagnose(answer, recursion(right), cases, slips)


def check_meta_step(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `meta_step(w, p, v, gradient, curvature, mu, lambda_)`: w, p and v after one step of SMD.

    >>> def right(w, p, v, gradient, curvature, mu, lambda_):
    ...     g, Cv = gradient(w), curvature(w, v)
    ...     p = p * np.maximum(0.5, 1 - mu * g * v)
    ...     return w - p * g, p, lambda_ * v - p * (g + lambda_ * Cv)
    >>> check_meta_step(right).passed
    True
    """

    def made(new_w=None, new_p=None, new_v=None, at_new_w=False):
        """Return the step with one line changed; each gets all that is known there."""

        def step(w, p, v, gradient, curvature, mu, c):
            g = gradient(w)
            q = (new_p or _gains)(p, g, v, mu)
            x = new_w(w, p, q, g, v) if new_w else w - q * g
            here = x if at_new_w else w
            h, Cv = gradient(here), curvature(here, v)
            u = new_v(v, p, q, h, Cv, c) if new_v else c * v - q * (h + c * Cv)
            return x, q, u

        return step

    slips = {
        "w moves with the new step sizes, not with the old ones": made(new_w=lambda w, p, q, g, v: w - p * g),
        "v is updated with the new step sizes, like w": made(
            new_v=lambda v, p, q, g, Cv, c: c * v - p * (g + c * Cv)
        ),
        "gradient and curvature belong to the w before the step": made(at_new_w=True),
        "p is not adapted": made(new_p=lambda p, g, v, mu: p),
        "v is not updated": made(new_v=lambda v, p, q, g, Cv, c: v),
        "w goes down: subtract p g": made(new_w=lambda w, p, q, g, v: w + q * g),
        "the sign of mu g v is flipped": made(new_p=lambda p, g, v, mu: p * np.maximum(0.5, 1 + mu * g * v)),
        "the guard is missing: p may turn negative": made(new_p=lambda p, g, v, mu: p * (1 - mu * g * v)),
        "the curvature is missing in v": made(new_v=lambda v, p, q, g, Cv, c: c * v - q * g),
        "lambda belongs to C v too": made(new_v=lambda v, p, q, g, Cv, c: c * v - q * (g + Cv)),
        "lambda belongs to the old v too": made(new_v=lambda v, p, q, g, Cv, c: v - q * (g + c * Cv)),
        "w moves by -p g: v only says how p matters": made(new_w=lambda w, p, q, g, v: w + v),
    }
    rng = variant(seed, "meta_step")
    cases = []
    for n, c in ((2, 0.9), (3, 0.6), (2, 0.99), (4, 0.8)):
        a = rng.uniform(0.5, 2, n).round(2)
        w, v = rng.uniform(0.5, 1.5, n).round(2), rng.normal(size=n).round(2)
        v[0], v[-1] = abs(v[0]) + 2, -abs(v[-1]) - 0.2  # the guard holds one entry, and another grows
        gradient, curvature = _bowl(a)
        p, mu = rng.uniform(0.1, 0.6, n).round(2), round(float(rng.uniform(0.5, 1)), 2)
        cases.append((w, p, v, gradient, curvature, mu, c))
    return diagnose(answer, made(), cases, slips, parts=("w", "p", "v"))


def _gains(p, g, v, mu):
    return p * np.maximum(0.5, 1 - mu * g * v)


def _bowl(a) -> tuple:
    """Return the gradient of sum a w^2 / 2 + w^4 / 4, and its Hessian times v."""
    return lambda w: a * w + w**3, lambda w, v: (a + 3 * w**2) * v


def check_lead(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `lead(first, second)`: the mean difference, and in units of its standard error, seed by seed.

    >>> def right(first, second):
    ...     d = second - first
    ...     return d.mean(), d.mean() / (d.std(ddof=1) / np.sqrt(len(d)))
    >>> check_lead(right).passed
    True
    """

    def made(error):
        return lambda a, b: (np.mean(b - a), np.mean(b - a) / error(a, b))

    def paired(a, b):
        return np.std(b - a, ddof=1) / np.sqrt(len(a))

    truth = made(paired)
    slips = {
        "this is the deviation of one seed: the mean of n seeds has 1/sqrt(n) of it": made(
            lambda a, b: np.std(b - a, ddof=1)
        ),
        "estimated from n seeds, a variance divides by n - 1": made(
            lambda a, b: np.std(b - a) / np.sqrt(len(a))
        ),
        "the same seed gives both the same data: take the differences first": made(
            lambda a, b: np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / len(a))
        ),
        "the standard errors of both are added: take the differences first": made(
            lambda a, b: (np.std(a, ddof=1) + np.std(b, ddof=1)) / np.sqrt(len(a))
        ),
        "this divides by the variance: take the root": made(lambda a, b: np.var(b - a, ddof=1) / len(a)),
        "a deviation falls as 1/sqrt(n), not as 1/n": made(lambda a, b: np.std(b - a, ddof=1) / len(a)),
        "a lead is positive where the first has the smaller loss": lambda a, b: tuple(
            -x for x in truth(a, b)
        ),
        "this is the spread of the first only": made(lambda a, b: np.std(a, ddof=1) / np.sqrt(len(a))),
    }
    rng = variant(seed, "lead")
    cases = []
    for n in (5, 8, 4, 20):
        shared = rng.normal(0, 0.3, n)
        cases.append(
            ((1 + shared + rng.normal(0, 0.1, n)).round(3), (1.3 + shared + rng.normal(0, 0.2, n)).round(3))
        )
    return diagnose(answer, truth, cases, slips, parts=("the difference", "the lead in standard errors"))


def check_at_equal_time(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `at_equal_time(losses, patterns, seconds, budget)`: each method's loss when the time is up.

    >>> def right(losses, patterns, seconds, budget):
    ...     return [row[patterns * s <= budget][-1] for row, s in zip(losses, seconds)]
    >>> check_at_equal_time(right).passed
    True
    """

    def pick(place):
        return lambda losses, patterns, seconds, budget: np.array(
            [
                row[np.clip(place(patterns, s, budget, row), 0, len(row) - 1)]
                for row, s in zip(losses, seconds, strict=True)
            ]
        )

    truth = pick(lambda n, s, budget, row: np.flatnonzero(n * s <= budget)[-1])
    slips = {
        "this is the comparison at equal patterns: every method gets its last loss": pick(
            lambda n, s, budget, row: len(n) - 1
        ),
        "this takes the best loss on the way, with hindsight: take the last one in time": (
            lambda losses, n, seconds, budget: np.array(
                [row[n * s <= budget].min() for row, s in zip(losses, seconds, strict=True)]
            )
        ),
        "this takes the best loss of all": lambda losses, n, seconds, budget: losses.min(axis=1),
        "this checkpoint is past the budget: take the one before": pick(
            lambda n, s, budget, row: np.flatnonzero(n * s <= budget)[-1] + 1
        ),
        "one checkpoint more fits into the budget": pick(
            lambda n, s, budget, row: np.flatnonzero(n * s <= budget)[-1] - 1
        ),
        "every method gets the time of the slowest: each has its own": lambda losses, n, seconds, budget: (
            losses[:, np.flatnonzero(n * max(seconds) <= budget)[-1]]
        ),
        "every method gets the time of the fastest: each has its own": lambda losses, n, seconds, budget: (
            losses[:, np.flatnonzero(n * min(seconds) <= budget)[-1]]
        ),
        "a checkpoint that just fits counts: <=, not <": pick(
            lambda n, s, budget, row: np.flatnonzero(n * s < budget)[-1]
        ),
        "no loss was measured between checkpoints: take the last measured one": (
            lambda losses, n, seconds, budget: np.array(
                [np.interp(budget / s, n, row) for row, s in zip(losses, seconds, strict=True)]
            )
        ),
    }
    rng = variant(seed, "at_equal_time")
    cases = [_race(rng, methods, checkpoints) for methods, checkpoints in ((2, 6), (3, 8), (4, 7), (2, 9))]
    return diagnose(answer, truth, cases, slips)


def _race(rng, methods: int, checkpoints: int) -> tuple:
    """Return noisy loss curves, checkpoints, seconds a pattern in powers of 2, and a budget.

    The budget falls between two checkpoints for the first method and upon one for the last.
    """
    patterns = 64 * np.arange(1, checkpoints + 1)
    losses = (2 / np.sqrt(patterns / 64) + rng.uniform(0, 1.2, (methods, checkpoints))).round(3)
    late = int(rng.integers(3, checkpoints - 1))
    seconds = np.full(methods, 2.0**-12)
    seconds[0] = 2.0**-12 * round(float(rng.uniform(1.2, 1.45)), 2)
    seconds[1:-1] = 2.0**-12 * rng.uniform(1.5, 2, max(methods - 2, 0)).round(2)
    losses[:, 1] = losses.min(axis=1) - 0.1  # the best loss is early: hindsight would take it
    losses[:, 0] += 0.05
    return losses, patterns, seconds, float(patterns[late] * seconds[-1])
