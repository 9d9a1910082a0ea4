"""Gradients of expectations: unbiased, with the variances that the mathematics says."""

import functools

import numpy as np
import pytest
from descent.autodiff import grad
from descent.expectations import (
    Bernoulli,
    Categorical,
    Gaussian,
    leave_one_out,
    lecture,
    optimal,
    reparameterised,
    score_function,
)
from hypothesis import given
from hypothesis import strategies as st

N = 200_000
THETA, SIGMA = 1.3, 0.7
PROBABILITIES = np.array([0.2, 0.3, 0.5])
COSTS = np.array([1.0, 5.0, 2.0])


def mean_of(theta):
    return Gaussian(theta, SIGMA)


def mean_and_log_sigma(theta):
    return Gaussian(theta[0], np.exp(theta[1]))


def logit(theta):
    return Bernoulli(1 / (1 + np.exp(-theta)))


def class_costs(x):
    return COSTS[x]


BOTH = np.array([THETA, np.log(SIGMA)])
P = 1 / (1 + np.exp(-0.4))
# name: (f, distribution, theta, exact gradient, exact variance of one sample's score estimate)
CASES = {
    "Gaussian, f = x": (lambda x: x, mean_of, THETA, 1.0, THETA**2 / SIGMA**2 + 2),
    "Gaussian, f = x^2": (
        np.square, mean_of, THETA, 2 * THETA, THETA**4 / SIGMA**2 + 14 * THETA**2 + 15 * SIGMA**2
    ),
    "Gaussian, mean and ln sigma": (  # score (z / sigma, z^2 - 1) with moments of z
        np.square,
        mean_and_log_sigma,
        BOTH,
        np.array([2 * THETA, 2 * SIGMA**2]),
        np.array([
            THETA**4 / SIGMA**2 + 14 * THETA**2 + 15 * SIGMA**2,
            2 * THETA**4 + 60 * THETA**2 * SIGMA**2 + 78 * SIGMA**4 - 4 * SIGMA**4,
        ]),
    ),
    "Gaussian, cos": (np.cos, mean_of, THETA, -np.exp(-(SIGMA**2) / 2) * np.sin(THETA), None),
    "Bernoulli, p": (lambda x: (x - 0.45) ** 2, Bernoulli, 0.3, 0.55**2 - 0.45**2,
                     0.55**4 / 0.3 + 0.45**4 / 0.7 - 0.1**2),
    "Bernoulli, logit": (lambda x: 3 * x + 1, logit, 0.4, 3 * P * (1 - P),
                         16 * P * (1 - P) ** 2 + (1 - P) * P**2 - 9 * P**2 * (1 - P) ** 2),
    "categorical, logits": (
        class_costs,
        Categorical,
        np.log(PROBABILITIES),
        PROBABILITIES * (COSTS - PROBABILITIES @ COSTS),
        PROBABILITIES @ (COSTS[:, None] * (np.eye(3) - PROBABILITIES)) ** 2
        - (PROBABILITIES * (COSTS - PROBABILITIES @ COSTS)) ** 2,
    ),
}  # fmt: skip
each_case = pytest.mark.parametrize("name", CASES)


@each_case
@pytest.mark.parametrize("baseline", [0.0, 2.5, leave_one_out, optimal])
def test_the_score_function_is_unbiased_with_every_baseline(name, baseline):
    f, distribution, theta, exact, _ = CASES[name]
    rng = np.random.default_rng(11)
    estimate = score_function(f, distribution, theta, n=N, rng=rng, baseline=baseline)
    assert np.all(np.abs(estimate.mean - exact) <= 4 * estimate.standard_error)


@each_case
def test_the_variance_of_the_score_function_agrees_with_its_closed_form(name):
    f, distribution, theta, _, exact = CASES[name]
    if exact is None:
        exact = lecture.exact(f, theta, SIGMA).score_variance(0.0)
    estimate = score_function(f, distribution, theta, n=N, rng=np.random.default_rng(12))
    assert estimate.variance == pytest.approx(exact, rel=0.05)


REPARAMETERISED = {
    "f = x": (lambda x: x, mean_of, THETA, 1.0, 0.0),
    "f = x^2": (np.square, mean_of, THETA, 2 * THETA, 4 * SIGMA**2),
    "mean and ln sigma": (
        np.square, mean_and_log_sigma, BOTH, CASES["Gaussian, mean and ln sigma"][3],
        np.array([4 * SIGMA**2, 4 * THETA**2 * SIGMA**2 + 8 * SIGMA**4]),
    ),
    "cos": (np.cos, mean_of, THETA, CASES["Gaussian, cos"][3],
            0.5 * (1 - np.exp(-2 * SIGMA**2) * np.cos(2 * THETA))
            - np.exp(-(SIGMA**2)) * np.sin(THETA) ** 2),
}  # fmt: skip


@pytest.mark.parametrize("name", REPARAMETERISED)
def test_the_reparameterised_estimator_is_unbiased_and_has_its_closed_variance(name):
    f, distribution, theta, exact, variance = REPARAMETERISED[name]
    estimate = reparameterised(f, distribution, theta, n=N, rng=np.random.default_rng(13))
    assert np.all(np.abs(estimate.mean - exact) <= 4 * estimate.standard_error + 1e-12)
    assert estimate.variance == pytest.approx(variance, rel=0.05, abs=1e-12)


def test_the_optimal_baseline_has_the_smallest_variance_of_those_tried():
    best = THETA**2 + 3 * SIGMA**2  # E[f s^2] / E[s^2] for f = x^2
    here = lecture.exact(np.square, THETA, SIGMA)
    assert here.best_baseline == pytest.approx(best, rel=1e-9)

    def variance(baseline):
        rng = np.random.default_rng(14)
        return float(score_function(np.square, mean_of, THETA, n=N, rng=rng, baseline=baseline).variance)

    tried = {b: variance(b) for b in (0.0, best / 2, THETA**2 + SIGMA**2, 0.9 * best, 1.1 * best, 2 * best)}
    assert variance(best) < min(tried.values())
    assert variance(optimal) == pytest.approx(variance(best), rel=1e-3)
    assert variance(leave_one_out) == pytest.approx(tried[THETA**2 + SIGMA**2], rel=1e-3)
    for baseline, measured in tried.items():
        assert here.score_variance(baseline) == pytest.approx(measured, rel=0.05)


def test_baselines_do_not_look_at_their_own_sample():
    values, scores = np.arange(5.0), np.ones(5)
    for baseline in (leave_one_out, optimal):
        changed = np.where(np.arange(5) == 2, 100.0, values)
        before, after = baseline(values, scores), baseline(changed, scores)
        assert before[2] == pytest.approx(after[2])
        assert not np.allclose(before[[0, 1, 3, 4]], after[[0, 1, 3, 4]])


@pytest.mark.parametrize("n", [16, 256, 4096])
def test_the_error_falls_as_one_over_the_root_of_n(n):
    rng = np.random.default_rng(15)
    rows = score_function(np.square, mean_of, THETA, n=N - N % n, rng=rng).samples.reshape(-1, n)
    law = np.sqrt(CASES["Gaussian, f = x^2"][4] / n)
    assert np.std(rows.mean(axis=1)) == pytest.approx(law, rel=4 / np.sqrt(2 * len(rows)))


@given(st.floats(-3, 3), st.floats(0.1, 3), st.integers(0, 10_000))
def test_for_a_linear_cost_every_path_says_the_slope(theta, sigma, seed):
    estimate = reparameterised(
        lambda x: 2 * x + 1, lambda t: Gaussian(t, sigma), theta, n=3, rng=np.random.default_rng(seed)
    )
    assert estimate.samples == pytest.approx(2.0)


@given(st.lists(st.floats(-900, 900), min_size=2, max_size=5), st.integers(0, 4))
def test_the_score_of_a_categorical_is_one_hot_less_the_probabilities(logits, k):
    logits, k = np.array(logits), k % len(logits)
    p = np.exp(logits - logits.max())
    score = grad(lambda t: np.sum(Categorical(t).log_density(np.array([k]))))(logits)
    assert score == pytest.approx(np.eye(len(logits))[k] - p / p.sum(), abs=1e-12)


@pytest.mark.parametrize(
    ("distribution", "support"),
    [(Bernoulli(0.3), np.array([0.0, 1.0])), (Categorical(np.array([0.3, -1.0, 2.0])), np.arange(3))],
)
def test_probabilities_add_to_1_and_samples_follow_them(distribution, support):
    p = np.exp(distribution.log_density(support))
    assert p.sum() == pytest.approx(1)
    x = distribution.sample(np.random.default_rng(16), (N,))
    shares = np.array([np.mean(x == value) for value in support])
    assert np.all(np.abs(shares - p) <= 4 * np.sqrt(p * (1 - p) / N))


def test_gaussian_density_integrates_to_1_and_samples_have_its_moments():
    x = np.linspace(-10, 10, 2001)
    assert np.trapezoid(np.exp(Gaussian(0.5, 1.2).log_density(x)), x) == pytest.approx(1)
    drawn = Gaussian(0.5, 1.2).sample(np.random.default_rng(17), (N,))
    assert abs(drawn.mean() - 0.5) < 4 * 1.2 / np.sqrt(N)
    assert drawn.std() == pytest.approx(1.2, rel=0.01)


def test_a_jump_deceives_the_path_but_not_the_score():
    def jump(x):
        return np.where(x > 1, 1.0, 0.0) + 0 * x

    here = lecture.two_estimates(jump, 0.5, 1.0, 0.0, 20_000, 1)
    density_at_the_jump = float(np.exp(Gaussian(0.5, 1.0).log_density(1.0)))
    assert here.exact.gradient == pytest.approx(density_at_the_jump, rel=1e-2)
    assert abs(here.score.mean - here.exact.gradient) < 4 * here.score.standard_error
    assert np.all(here.path.samples == 0)


def test_measured_errors_follow_the_law():
    here = lecture.errors(np.square, 1.0, 0.8, 1.0, seed=2)
    for measured, variance in (
        (here.score, here.exact.score_variance(1.0)),
        (here.path, here.exact.path_variance),
    ):
        law = np.sqrt(variance / here.sizes)
        assert measured == pytest.approx(law, rel=5 / np.sqrt(2 * lecture.REPEATS))


# What goes wrong, and what is said.


class NoDensity:
    shape = ()

    def __init__(self, theta):
        self.theta = theta

    def sample(self, rng, shape):
        return rng.random(shape)


@pytest.mark.parametrize("distribution", [Bernoulli, lambda t: Categorical(np.stack([t, 1.0]))])
def test_a_discrete_variable_cannot_be_reparameterised(distribution):
    with pytest.raises(TypeError, match=r"discrete variable jumps.*use score_function"):
        reparameterised(lambda x: x, distribution, 0.3, n=10, rng=np.random.default_rng(0))


def test_a_distribution_without_a_log_density_is_refused():
    with pytest.raises(TypeError, match="NoDensity has no method log_density"):
        score_function(lambda x: x, NoDensity, 0.3, n=10, rng=np.random.default_rng(0))


ask_score = functools.partial(score_function, n=10, rng=np.random.default_rng(0))
ask_path = functools.partial(reparameterised, n=10, rng=np.random.default_rng(0))


def test_a_cost_or_density_that_does_not_depend_on_theta_is_named():
    with pytest.raises(ValueError, match="the log-density does not depend on theta"):
        ask_score(lambda x: x, lambda t: Gaussian(0.0, 1.0), 0.3)
    with pytest.raises(ValueError, match="the cost does not depend on theta"):
        ask_path(lambda x: np.ones(10), Gaussian, 0.3)
    with pytest.raises(ValueError, match="the cost does not depend on theta"):
        ask_path(lambda x: x, lambda t: Gaussian(0.0, 1.0), 0.3)


@pytest.mark.parametrize("estimator", [ask_score, ask_path])
def test_nan_is_named_where_it_arises(estimator):
    with pytest.raises(ValueError, match="theta must be finite, got nan"):
        estimator(lambda x: x, Gaussian, np.nan)
    with pytest.raises(ValueError, match=r"f must be finite at every sample, but f\(.*\) is nan"):
        estimator(lambda x: np.where(x > -9, np.nan, x) + x, Gaussian, 0.0)
    with pytest.raises(ValueError, match="sigma must be positive and finite, got nan"):
        estimator(lambda x: x, lambda t: Gaussian(t, np.nan), 0.0)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_gradient_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match=r"gradient is not finite at theta = 0\.0"):
        ask_path(lambda x: np.sqrt(np.abs(0 * x)), Gaussian, 0.0)


@pytest.mark.parametrize("estimator", [score_function, reparameterised])
@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"n": 1}, ValueError, "n must be an integer of at least 2, got 1"),
        ({"n": 2.5}, ValueError, "n must be"),
        ({"rng": 7}, TypeError, "rng must be a numpy Generator"),
        ({"f": lambda x: x[:3]}, ValueError, "one number for each of 10 samples"),
    ],
)
def test_bad_arguments_are_named(estimator, options, error, words):
    asked = {"f": lambda x: x, "n": 10, "rng": np.random.default_rng(0)} | options
    with pytest.raises(error, match=words):
        estimator(asked.pop("f"), Gaussian, 0.3, **asked)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Gaussian(0.0, 0.0), "sigma must be positive and finite, got 0.0"),
        (lambda: Gaussian(np.inf), "mean must be finite"),
        (lambda: Bernoulli(1.0), "p must be between 0 and 1"),
        (lambda: Bernoulli(np.nan), "p must be between 0 and 1"),
        (lambda: Categorical(np.array([1.0])), "at least 2 classes"),
        (lambda: Categorical(np.array([1.0, np.nan])), "logits must be finite"),
    ],
)
def test_parameters_of_distributions_are_checked(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("estimate", [score_function, reparameterised])
def test_what_is_no_function_is_named(estimate):
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match="distribution must be a function of theta"):
        estimate(np.sin, Gaussian(0.0, 1.0), 0.5, n=5, rng=rng)
    with pytest.raises(TypeError, match="f must be a function of the samples"):
        estimate(None, Gaussian, 0.5, n=5, rng=rng)
