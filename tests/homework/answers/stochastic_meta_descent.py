"""Right and wrong answers to homework 10."""

import bisect
import statistics

import numpy as np
from descent.stochastic import SMD
from homework.proof import Answers

# -- 1 how long is the long view ---------------------------------------------------------------

LAMBDA_FOR = Answers(
    right=(lambda n, s: np.exp(np.log(s) / n), lambda n, s: np.float32(s) ** np.float32(1 / n)),
    wrong=(
        ("1 / steps", "steps", "take the root"),
        ("share ** (1 / steps)", "1 - 1 / steps", "1/e"),
        ("share ** (1 / steps)", "1 - (1 - share) / steps", "along a line"),
        ("share ** (1 / steps)", "1 - share ** (1 / steps)", "what is kept"),
        ("share **", "(1 - share) **", "share that is lost"),
        ("1 / steps", "1 / (steps + 1)", "off by one"),
        ("** (1 / steps)", "/ steps", "exponent"),
        (lambda n, s: s, None),
    ),
)

# -- 2 no memory at all ------------------------------------------------------------------------


def gains_one_by_one(p, g, p_before, g_before, mu):
    found = []
    for k in range(len(p)):
        factor = 1 + mu * g[k] * p_before[k] * g_before[k]
        found.append(p[k] * factor if factor > 0.5 else p[k] / 2)
    return found


class Here:
    def __init__(self, g):
        self.g = g

    def gauss_newton(self, v):
        return self.g, 0 * v


def gains_of_the_library(p, g, p_before, g_before, mu):
    rule = SMD(mu=mu, lambda_=0.0)
    _, state = rule.update(0 * p, Here(g), 0, p=p, v=-p_before * g_before)
    return state["p"]


WITHOUT_MEMORY = Answers(
    right=(gains_one_by_one, gains_of_the_library),
    wrong=(
        ("v = -p_before", "v = p_before", "agree must raise"),
        ("-p_before * g_before", "-p * g_before", "last step was made"),
        ("-p_before * g_before", "-g_before", "step size is missing"),
        ("np.maximum(0.5, 1 - mu * g * v)", "(1 - mu * g * v)", "guard is missing"),
        ("np.maximum", "np.minimum", "use the maximum"),
        ("return p * ", "return ", "multiply by p"),
        ("return p * ", "return p_before * ", "present p"),
        ("mu * g * v", "mu * g_before * v", "last gradient twice"),
        ("-p_before * g_before", "-p_before * g", "new gradient twice"),
        ("mu * g * v", "mu * np.sign(g * v)", "only the signs"),
        ("g * v", "(g @ v)", "inner product"),
    ),
)

# -- 3 the recursion of v ----------------------------------------------------------------------


def v_by_recursion(gradients, p, H, lambda_):
    if len(gradients) == 0:
        return np.zeros_like(p)
    before = v_by_recursion(gradients[:-1], p, H, lambda_)
    return lambda_ * (before - p * (H @ before)) - p * gradients[-1]


def v_by_powers(gradients, p, H, lambda_):
    """Each gradient's step is carried on by the same matrix."""
    carried = lambda_ * (np.eye(len(p)) - p[:, None] * H)
    late = gradients[::-1]
    return -sum(np.linalg.matrix_power(carried, k) @ (p * g) for k, g in enumerate(late))


RUN_V = Answers(
    right=(v_by_recursion, v_by_powers),
    wrong=(
        (" + lambda_ * (H @ v)", "", "curvature is missing"),
        ("lambda_ * (H @ v)", "(H @ v)", "belongs to H v"),
        ("lambda_ * v -", "v -", "belongs to the old v"),
        ("lambda_ * v - p", "-p", "old v is missing"),
        ("p * (g + lambda_ * (H @ v))", "p * g - lambda_ * (H @ v)", "p multiplies H v"),
        ("g + lambda_", "g - lambda_", "sign of a gradient"),
        ("H @ v", "np.diag(H) * v", "as a matrix"),
        ("in gradients", "in gradients[:-1]", "last gradient is missing"),
        ("in gradients", "in gradients[::-1]", "order of the list"),
        ("in gradients", "in gradients[:1]", "after the first gradient"),
        ("H @ v", "H * v", None),
    ),
)

# -- 4 one whole step --------------------------------------------------------------------------


def step_entry_by_entry(w, p, v, gradient, curvature, mu, lambda_):
    g, Cv = gradient(w), curvature(w, v)
    new = [list(w), list(p), list(v)]
    for k in range(len(w)):
        new[1][k] = p[k] * max(0.5, 1 - mu * g[k] * v[k])
        new[0][k] = w[k] - new[1][k] * g[k]
        new[2][k] = lambda_ * v[k] - new[1][k] * (g[k] + lambda_ * Cv[k])
    return tuple(new)


def step_of_the_library(w, p, v, gradient, curvature, mu, lambda_):
    class There:
        def hessian(self, v):
            return gradient(w), curvature(w, v)

    rule = SMD(mu=mu, lambda_=lambda_, curvature="hessian")
    w, state = rule.update(w, There(), 0, p=p, v=v)
    return w, state["p"], state["v"]


META_STEP = Answers(
    right=(step_entry_by_entry, step_of_the_library),
    wrong=(
        ("    p = p * np.maximum(0.5, 1 - mu * g * v)\n    w = w - p * g\n",
         "    w = w - p * g\n    p = p * np.maximum(0.5, 1 - mu * g * v)\n", "not with the old ones"),
        ("    w = w - p * g\n",
         "    w = w - p * g\n    g, Cv = gradient(w), curvature(w, v)\n", "before the step"),
        ("    p = p * np.maximum(0.5, 1 - mu * g * v)\n", "", "p is not adapted"),
        ("    v = lambda_ * v - p * (g + lambda_ * Cv)\n", "", "v is not updated"),
        ("w - p * g", "w + p * g", "w goes down"),
        ("1 - mu", "1 + mu", "flipped"),
        ("np.maximum(0.5, 1 - mu * g * v)", "(1 - mu * g * v)", "guard is missing"),
        (" + lambda_ * Cv", "", "curvature is missing"),
        ("lambda_ * Cv", "Cv", "belongs to C v"),
        ("lambda_ * v -", "v -", "belongs to the old v"),
        ("w - p * g", "w + v", "v only says"),
        (lambda w, p, v, gradient, curvature, mu, c: (
            w - _gains(w, p, v, gradient, mu) * gradient(w), _gains(w, p, v, gradient, mu),
            c * v - p * (gradient(w) + c * curvature(w, v))), "like w"),
        (lambda *args: step_entry_by_entry(*args)[:2], "3 things"),
    ),
)  # fmt: skip


def _gains(w, p, v, gradient, mu):
    return p * np.maximum(0.5, 1 - mu * gradient(w) * v)


# -- 5 a lead in standard errors ---------------------------------------------------------------


def lead_by_statistics(first, second):
    differences = (second - first).tolist()
    mean = statistics.fmean(differences)
    return mean, mean / (statistics.stdev(differences) / len(differences) ** 0.5)


def lead_by_numpy(first, second):
    d = second - first
    return d.mean(), d.mean() * np.sqrt(len(d)) / d.std(ddof=1)


LEAD = Answers(
    right=(lead_by_statistics, lead_by_numpy),
    wrong=(
        ("/ (n - 1) / n)", "/ (n - 1))", "one seed"),
        ("/ (n - 1) / n)", "/ n / n)", "n - 1"),
        ("np.sqrt(np.sum((differences - mean) ** 2) / (n - 1) / n)",
         "np.sum((differences - mean) ** 2) / (n - 1) / n", "take the root"),
        ("/ (n - 1) / n)", "/ (n - 1)) / n", "not as 1/n"),
        ("second - first", "first - second", "smaller loss"),
        ("np.sum((differences - mean) ** 2)", "np.sum((first - np.mean(first)) ** 2)", "first only"),
        (lambda a, b: ((b - a).mean(), (b - a).mean() / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))),
         "the same seed gives both"),
        (lambda a, b: ((b - a).mean(), (b - a).mean() / (a.std(ddof=1) + b.std(ddof=1)) * len(a) ** 0.5),
         "standard errors of both"),
        (lambda a, b: lead_by_numpy(a, b)[1], "2 things"),
    ),
    generic={"sign": "smaller loss|sign is flipped"},
)  # fmt: skip

# -- 6 equal time ------------------------------------------------------------------------------


def time_by_bisection(losses, patterns, seconds, budget):
    places = [bisect.bisect_right((patterns * s).tolist(), budget) for s in seconds]
    return [row[k - 1] for row, k in zip(losses, places, strict=True)]


def time_by_masks(losses, patterns, seconds, budget):
    reached = np.outer(seconds, patterns) <= budget
    last = reached.shape[1] - 1 - np.argmax(reached[:, ::-1], axis=1)
    return losses[np.arange(len(losses)), last]


def time_between_checkpoints(losses, patterns, seconds, budget):
    return [np.interp(budget / s, patterns, row) for row, s in zip(losses, seconds, strict=True)]


AT_EQUAL_TIME = Answers(
    right=(time_by_bisection, time_by_masks),
    wrong=(
        ("row[reached - 1]", "row[-1]", "equal patterns"),
        ("row[reached - 1]", "min(row[:reached])", "hindsight"),
        ("row[reached - 1]", "min(row)", "best loss of all|hindsight"),
        ("row[reached - 1]", "row[min(reached, len(row) - 1)]", "past the budget"),
        ("row[reached - 1]", "row[reached - 2]", "one checkpoint more"),
        ("patterns * pace", "patterns * max(seconds)", "slowest"),
        ("patterns * pace", "patterns * min(seconds)", "fastest"),
        ("<= budget", "< budget", "just fits"),
        (time_between_checkpoints, "between checkpoints"),
        (lambda losses, n, seconds, budget: losses[0], None),
    ),
)  # fmt: skip

ANSWERS = {
    "lambda_for": LAMBDA_FOR,
    "without_memory": WITHOUT_MEMORY,
    "run_v": RUN_V,
    "meta_step": META_STEP,
    "lead": LEAD,
    "at_equal_time": AT_EQUAL_TIME,
}
