"""Variational inference against exact posteriors: conjugate regression, and quadrature."""

import functools

import numpy as np
import pytest
from descent.autodiff import grad
from descent.expectations import elbo, leave_one_out, lecture, mean_field, reparameterised, score_function
from descent.expectations.models import linear_regression, logistic_regression, o_rings
from descent.expectations.variational import exact_bound, gaussian_of, matched_noise


@functools.cache
def fitted(name):
    model = lecture.models()[name]
    return mean_field(
        model.log_joint, np.zeros(2), step=1.0, n=20, steps=3000, rng=np.random.default_rng(31)
    ).finish()


def test_linear_regression_has_the_textbook_posterior():
    """Against the definition: a joint Gaussian of weights and labels, conditioned."""
    X, y = lecture.line_data(7)
    noise, prior = 0.5, 1.3
    model = linear_regression(X, y, noise=noise, prior=prior)
    labels = noise**2 * np.eye(7) + prior**2 * X @ X.T
    gain = prior**2 * X.T @ np.linalg.inv(labels)
    assert model.mean == pytest.approx(gain @ y)
    assert model.covariance == pytest.approx(prior**2 * np.eye(2) - gain @ X * prior**2)


@pytest.mark.parametrize("count", [0, 1, 5, 12])
def test_the_joint_divided_by_the_evidence_is_the_posterior_density(count):
    model = lecture.line_model(count, prior=1.3)
    w = np.random.default_rng(32).normal(size=(6, 2))
    d, P = w - model.mean, np.linalg.inv(model.covariance)
    expected = -0.5 * np.sum(d @ P * d, axis=-1) + 0.5 * np.linalg.slogdet(P / (2 * np.pi))[1]
    assert model.log_posterior(w) == pytest.approx(expected, abs=1e-9)


def test_data_shrink_the_posterior_of_a_line():
    spread = [np.linalg.det(lecture.line_model(count).covariance) for count in range(13)]
    assert np.all(np.diff(spread) < 0)


def test_quadrature_agrees_with_importance_sampling_on_the_o_rings():
    model = o_rings()
    rng, heavy = np.random.default_rng(33), 1.6
    root = heavy * np.linalg.cholesky(model.covariance)
    z = rng.standard_normal((200_000, 2))
    log_q = -0.5 * np.sum(z**2, axis=1) - np.log(2 * np.pi) - np.log(np.linalg.det(root))
    w = model.mean + z @ root.T
    ratio = np.exp(model.log_joint(w) - log_q - model.log_evidence)
    assert ratio.mean() == pytest.approx(1, abs=4 * ratio.std() / np.sqrt(len(z)))
    weighted = ratio[:, None] * w
    error = 4 * weighted.std(axis=0) / np.sqrt(len(z))
    assert np.all(np.abs(weighted.mean(axis=0) - model.mean) <= error)
    assert np.all(error < 0.03)


def test_quadrature_is_exact_where_the_posterior_is_known():
    model = logistic_regression([[0.0, 0.0]], [1], prior=1.7)  # the label says nothing
    assert model.log_evidence == pytest.approx(np.log(0.5), abs=1e-10)
    assert model.covariance == pytest.approx(1.7**2 * np.eye(2), abs=1e-9)


def test_on_a_line_the_fit_reaches_the_exact_mean_and_the_exact_bound():
    model, run = lecture.models()["line"], fitted("line")
    sigma, bound = exact_bound(model)
    assert run.success
    assert np.max(np.abs(run.x[0] - model.mean)) <= 1e-2
    assert np.max(np.abs(run.x[1] - sigma)) <= 1e-2
    assert abs(run.last.elbo - bound) <= 1e-2
    assert run.last.elbo < model.log_evidence - 0.1  # the mean field misses the correlation


def test_with_centred_inputs_the_bound_is_the_log_evidence():
    model, run = lecture.models()["centred line"], fitted("centred line")
    assert exact_bound(model)[1] == pytest.approx(model.log_evidence, abs=1e-12)
    assert np.max(np.abs(run.x[0] - model.mean)) <= 1e-2
    assert abs(run.last.elbo - model.log_evidence) <= 1e-2


def test_on_the_o_rings_the_fit_agrees_with_quadrature():
    model, run = lecture.models()["O-rings"], fitted("O-rings")
    assert run.success
    exact_sigma = np.sqrt(np.diag(model.covariance))
    assert np.max(np.abs(run.x[0] - model.mean) / exact_sigma) < 0.1
    assert np.all(run.x[1] < exact_sigma)  # a mean field is too narrow
    assert model.log_evidence - 0.1 < run.last.elbo < model.log_evidence


@pytest.mark.parametrize("name", ["line", "centred line", "O-rings"])
def test_the_bound_is_below_the_log_evidence_everywhere(name):
    model, rng = lecture.models()[name], np.random.default_rng(34)
    for _ in range(20):
        mean, log_sigma = rng.normal(size=(2, 2))
        noise = matched_noise(rng, 4000, 2)
        assert elbo(model.log_joint, mean, log_sigma, noise) < model.log_evidence


def test_the_gap_is_the_divergence():
    """ln p(data) - ELBO = KL(q || posterior), here of two Gaussians."""
    model = lecture.models()["line"]
    mean, sigma = np.array([0.3, -0.2]), np.array([0.4, 0.7])
    P = np.linalg.inv(model.covariance)
    d = mean - model.mean
    divergence = 0.5 * (np.sum(np.diag(P) * sigma**2) + d @ P @ d - 2
                        - np.linalg.slogdet(P)[1] - 2 * np.sum(np.log(sigma)))  # fmt: skip
    noise = matched_noise(np.random.default_rng(35), 500, 2)
    assert model.log_evidence - elbo(model.log_joint, mean, np.log(sigma), noise) == pytest.approx(divergence)


def test_the_estimator_is_the_gradient_of_the_bound():
    """Reverse mode over the averaged bound, against the mean over samples by forward mode."""
    model = lecture.models()["O-rings"]
    phi = np.array([[-0.5, -1.0], [-0.3, 0.1]])
    noise = np.random.default_rng(36).standard_normal((50, 2))
    whole = grad(lambda phi: elbo(model.log_joint, phi[0], phi[1], noise))(phi)
    estimate = reparameterised(model.log_joint, gaussian_of, phi, n=50, rng=np.random.default_rng(36))
    assert estimate.mean + np.array([[0, 0], [1, 1]]) == pytest.approx(whole, rel=1e-12)


def test_the_score_function_climbs_too_but_with_far_more_noise():
    model = lecture.models()["line"]
    estimates = [
        estimator(model.log_joint, gaussian_of, np.zeros((2, 2)), n=50_000, rng=np.random.default_rng(37))
        for estimator in (reparameterised, functools.partial(score_function, baseline=leave_one_out))
    ]
    difference = np.abs(estimates[0].mean - estimates[1].mean)
    assert np.all(difference < 4 * (estimates[0].standard_error + estimates[1].standard_error))
    assert np.all(estimates[1].variance > estimates[0].variance)


def test_the_run_keeps_what_it_was_asked_to():
    model = lecture.models()["line"]
    run = mean_field(model.log_joint, np.zeros(2), steps=25, every=10, rng=np.random.default_rng(0))
    assert [step.t for step in run] == [0, 10, 20, 25]
    assert np.array_equal(run[0].x, [[0, 0], [1, 1]])
    again = mean_field(model.log_joint, np.zeros(2), steps=25, every=10, rng=np.random.default_rng(0))
    assert np.array_equal(run.x, again.x)


def test_too_few_steps_are_no_success():
    model = lecture.models()["line"]
    run = mean_field(model.log_joint, np.full(2, 5.0), steps=5, step=0.01, rng=np.random.default_rng(0))
    assert not run.success
    assert "raise steps or step" in run.message


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nan_on_the_way_ends_the_run_and_keeps_the_steps():
    def log_joint(w):  # not defined for w_0 > 1
        return np.sum(np.log(1 - w), axis=-1) + 5 * w[:, 0]

    run = mean_field(
        log_joint, np.array([-8.0]), sigma0=0.1, steps=500, every=1, rng=np.random.default_rng(0)
    )
    assert not run.success
    assert "try a smaller step" in run.message
    assert isinstance(run.error, ValueError)
    assert len(run) > 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mean0": 1.0}, "mean0 must be a finite 1-D array"),
        ({"mean0": [np.nan]}, "mean0 must be a finite 1-D array"),
        ({"sigma0": 0.0}, "sigma0 must be positive"),
        ({"step": -1.0}, "step must be positive"),
        ({"n": 1}, "n must be an integer of at least 2"),
        ({"tol": np.nan}, "tol must be positive"),
    ],
)
def test_bad_arguments_of_the_fit_are_named(options, words):
    asked = {"mean0": [0.0, 0.0], "rng": np.random.default_rng(0)} | options
    with pytest.raises(ValueError, match=words):
        mean_field(lecture.models()["line"].log_joint, asked.pop("mean0"), **asked)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: linear_regression([1.0], [1.0]), r"inputs must have shape \(N, d\)"),
        (lambda: linear_regression([[1.0]], [np.nan]), "must be finite"),
        (lambda: linear_regression([[1.0]], [1.0], noise=0), "noise must be positive"),
        (lambda: logistic_regression([[1.0, 2.0]], [0.5]), "labels must be 0 or 1"),
        (lambda: logistic_regression([[1.0]], [1]), "2 columns"),
    ],
)
def test_models_check_their_data(make, words):
    with pytest.raises(ValueError, match=words):
        make()
