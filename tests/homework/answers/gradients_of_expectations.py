"""Right and wrong answers to homework 11."""

import numpy as np
from descent.autodiff import grad
from descent.expectations import Categorical, elbo
from homework.proof import Answers

# -- 1 the score of a class --------------------------------------------------------------------


def score_by_autodiff(logits, k):
    return grad(lambda t: np.sum(Categorical(t).log_density(np.array([k]))))(logits)


def score_as_a_list(logits, k):
    total = sum(np.exp(a) for a in logits)
    return [(i == k) - np.exp(a) / total for i, a in enumerate(logits)]


CLASS_SCORE = Answers(
    right=(score_by_autodiff, score_as_a_list, lambda a, k: np.float32(score_by_autodiff(a, k))),
    wrong=(
        (lambda logits, k: np.exp(logits) / np.sum(np.exp(logits)), "these are the probabilities"),
        ("score[k] += 1", "score[k] = 1", None),
        ("score[k] += 1", "pass", "1 for the drawn class is missing"),
        ("-weights", "weights", "subtracted, not added"),
        ("np.sum(weights)", "1", "must add to 1"),
        (lambda a, k: np.eye(len(a))[k], "probabilities are missing"),
        (lambda a, k: np.eye(len(a))[k] - a, "not the logits"),
        (lambda a, k: np.exp(a[k]) / np.exp(a).sum() * score_by_autodiff(a, k), "of p, not of ln p"),
        (lambda a, k: score_by_autodiff(a, int(np.argmax(a))), "not for the most probable"),
        (lambda a, k: score_by_autodiff(a, k)[k], "shape"),
    ),
    generic={"sign": "sign is flipped"},
)

# -- 2 the best baseline -----------------------------------------------------------------------


def baseline_by_averages(values, scores):
    return np.stack([np.average(values, weights=column**2) for column in scores.T])


def baseline_by_least_squares(values, scores):
    return [np.linalg.lstsq(s[:, None], values * s, rcond=None)[0][0] for s in scores.T]


BEST_BASELINE = Answers(
    right=(baseline_by_averages, baseline_by_least_squares),
    wrong=(
        ("squares = scores**2", "squares = np.abs(scores)", "not with its size"),
        ("squares = scores**2", "squares = scores", None),
        ("/ np.sum(squares, axis=0)", "", "divide by the sum"),
        ("/ np.sum(squares, axis=0)", "/ len(values)", "not by the number of samples"),
        ("values[:, None] * squares", "values[:, None] * scores", "not with the score"),
        (lambda f, s: np.full(s.shape[1], f.mean()), "mean cost"),
        (lambda f, s: np.full(s.shape[1], np.sum(f @ s**2) / np.sum(s**2)), "own best baseline"),
        (lambda f, s: f**2 @ s**2 / np.sum(s**2, axis=0), "not the cost"),
        (lambda f, s: f.mean(), "shape"),
    ),
)

# -- 3 a chain of choices ----------------------------------------------------------------------


def policy_by_matrix(scores, costs):
    behind = np.tril(np.ones((costs.shape[1], costs.shape[1])))
    return np.sum(scores * (costs @ behind), axis=1)


def policy_by_pairs(scores, costs):
    times = range(scores.shape[1])
    return sum(scores[:, t] * costs[:, u] for t in times for u in times if u >= t)


POLICY_GRADIENT = Answers(
    right=(policy_by_matrix, policy_by_pairs),
    wrong=(
        ("reversed(range(scores.shape[1]))", "range(scores.shape[1])", "up to the choice"),
        ("behind = behind + costs[:, t]", "behind = costs[:, t]", "come later"),
        (lambda s, c: s.sum(axis=1) * c.sum(axis=1), "all costs"),
        (lambda s, c: policy_by_matrix(s, c) - np.sum(s * c, axis=1), "depends on it too"),
        (lambda s, c: np.full(len(s), policy_by_matrix(s, c).mean()), "do not average"),
        (lambda s, c: policy_by_matrix(s, c).mean(), "shape"),
        (lambda s, c: policy_by_matrix(np.ones_like(s), c), "scores are missing"),
        (lambda s, c: np.sum(s * c, axis=0), None),
    ),
)

# -- 4 the gradient of the bound ---------------------------------------------------------------


def bound_by_loop(slope, mu, log_sigma, noise):
    sigma, first, second = np.exp(log_sigma), 0.0, 0.0
    for e in noise:
        g = float(slope(np.array([mu + sigma * e]))[0])
        first, second = first + g / len(noise), second + g * sigma * e / len(noise)
    return first, second + 1


def bound_by_autodiff(slope, mu, log_sigma, noise):
    """The bound of a function that has the right slopes at these samples: a line through each of them."""
    g = slope(mu + np.exp(log_sigma) * noise)

    def bound(both):
        return elbo(lambda w: g * w[:, 0], both[:1], both[1:], noise[:, None])

    return tuple(grad(bound)(np.array([mu, log_sigma])))


BOUND_GRADIENT = Answers(
    right=(bound_by_loop, bound_by_autodiff),
    wrong=(
        ("np.mean(slopes * spread) + 1", "np.mean(slopes * spread)", "entropy is missing"),
        ("+ 1", "+ noise.size", "entropy enters once"),
        ("+ 1", "- 1", "with a plus"),
        ("np.mean(slopes * spread)", "np.mean(slopes * noise)", "factor sigma is missing"),
        ("slopes * spread) + 1", "slopes * noise) + np.exp(-log_sigma)", "derivative in sigma"),
        ("np.exp(log_sigma) * noise", "log_sigma * noise", "not log_sigma"),
        ("slope(mu + spread)", "slope(mu + 0 * spread)", "not at mu"),
        ("slope(mu + spread)", "slope(mu - spread)", "with a plus"),
        ("np.mean(slopes * spread)", "np.mean(slopes) * np.mean(spread)", "sample by sample"),
        (lambda f, m, a, e: (np.sum(f(m + np.exp(a) * e)), np.sum(f(m + np.exp(a) * e) * np.exp(a) * e) + 1),
         "not the sum"),
        (lambda *args: bound_by_loop(*args)[::-1], "pair is swapped"),
        (lambda *args: bound_by_loop(*args)[0], "2 things"),
    ),
)  # fmt: skip

# -- 5 the best mean field ---------------------------------------------------------------------


def field_by_conditioning(covariance):
    """The precision of one entry is one over its variance given all others."""
    variances = []
    for i in range(len(covariance)):
        rest = np.arange(len(covariance)) != i
        c, C = covariance[i, rest], covariance[np.ix_(rest, rest)]
        variances.append(covariance[i, i] - c @ np.linalg.solve(C, c))
    return np.sqrt(variances), np.log(np.linalg.det(covariance) / np.prod(variances)) / 2


def field_by_cholesky(covariance):
    inverse = np.linalg.inv(np.linalg.cholesky(covariance))
    sigma = 1 / np.linalg.norm(inverse, axis=0)
    return sigma, -np.sum(np.log(sigma)) - np.sum(np.log(np.diag(inverse)))


MEAN_FIELD = Answers(
    right=(field_by_conditioning, field_by_cholesky),
    wrong=(
        ("1 / np.sqrt(diagonal), gap", "np.sqrt(np.diag(covariance)), gap", "own widths"),
        ("1 / np.sqrt(diagonal), gap", "1 / diagonal, gap", "take the root"),
        ("1 / np.sqrt(diagonal), gap", "np.sqrt(diagonal), gap", "this is 1/sigma"),
        (") / 2", ")", "factor 1/2"),
        ("np.linalg.inv(covariance)", "1 / covariance", "own widths"),
        (
            "- np.linalg.slogdet(precision)[1]",
            "- np.linalg.slogdet(covariance)[1]",
            "minus that of the covariance",
        ),
        ("- np.linalg.slogdet(precision)[1]", "", "ln det of the precision is missing"),
        ("np.linalg.slogdet(precision)[1]", "np.linalg.det(precision)", "logarithm of the determinant"),
        (lambda c: (field_by_cholesky(c)[0], -field_by_cholesky(c)[1]), "sign is flipped"),
        (
            lambda c: (np.sqrt(np.diag(c)), np.linalg.slogdet(c)[1] / 2 - np.sum(np.log(np.diag(c))) / 2),
            "own widths",
        ),
        (lambda c: field_by_cholesky(c)[0], None),
    ),
)

ANSWERS = {
    "class_score": CLASS_SCORE,
    "best_baseline": BEST_BASELINE,
    "policy_gradient": POLICY_GRADIENT,
    "bound_gradient": BOUND_GRADIENT,
    "mean_field": MEAN_FIELD,
}
