"""The rules: fixed points, special cases of each other, invariances, and how errors are met."""

from dataclasses import dataclass

import numpy as np
import pytest
from descent.stochastic import (
    ALAP,
    GEKF,
    RPROP,
    SGD,
    SMD,
    AdditiveMetaDescent,
    Batches,
    DeltaBarDelta,
    ExponentiatedGradient,
    LinearModel,
    Momentum,
    SilvaAlmeida,
    SuperSAB,
    TanhNetwork,
    Trained,
    annealed,
    four_regions_stream,
    robbins_monro,
    train,
)
from hypothesis import given
from hypothesis import strategies as st

LOCAL = [DeltaBarDelta, SilvaAlmeida, SuperSAB, RPROP, ALAP, ExponentiatedGradient, SMD]
RULES = [SGD, Momentum, AdditiveMetaDescent, *LOCAL, GEKF]
by_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
numbers = st.floats(-3, 3)


@dataclass
class Here:
    """A place with a given gradient and a given curvature matrix."""

    g: np.ndarray
    C: np.ndarray | None = None

    def gradient(self):
        return self.g

    def gauss_newton(self, v):
        return self.g, self.C @ v

    hessian = gauss_newton


def follow(rule, gradients, w=None, C=None):
    """Return weights and memory after the gradients, one step for each."""
    w = np.zeros_like(gradients[0]) if w is None else w
    memory = rule.start(w)
    for t, g in enumerate(gradients):
        w, memory = rule.update(w, Here(g, C), t, **memory)
    return w, memory


def streams(seeds=1, patterns=200, batch=10):
    return four_regions_stream(patterns, seeds=range(seeds), batch=batch)


def rngs(seeds):
    return [np.random.default_rng([seed, 0]) for seed in range(seeds)]


# Stochastic meta-descent


def test_fixed_point_of_v():
    """v -> -[lambda H + (1 - lambda) diag(1/p)]^-1 g, of slide 35."""
    rng = np.random.default_rng(0)
    A, g = rng.normal(size=(5, 5)), rng.normal(size=5)
    H, p, lambda_ = A @ A.T / 20, 0.1, 0.9
    rule = SMD(p0=p, mu=0.0, lambda_=lambda_)
    _, memory = follow(rule, [g] * 2000, C=H)
    fixed = -np.linalg.solve(lambda_ * H + (1 - lambda_) * np.eye(5) / p, g)
    assert memory["v"] == pytest.approx(fixed, rel=1e-12)


def test_v_is_the_long_view_of_w_on_ln_p():
    """With lambda = 1 on a quadratic, v is the derivative of w_t by the logarithm of a constant p."""
    H, p, h = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([0.2, 0.1]), 1e-6

    def after(p):
        w, v = np.array([1.0, -1.0]), np.zeros(2)
        for _ in range(7):
            here = Here(H @ w, H)
            w, memory = SMD(p0=1.0, mu=0.0, lambda_=1.0).update(w, here, 0, p=p, v=v)
            v = memory["v"]
        return w, v

    scaled = (after(p * np.exp(h))[0] - after(p * np.exp(-h))[0]) / (2 * h)
    assert after(p)[1] == pytest.approx(scaled, rel=1e-8)


def test_lambda_0_is_exponentiated_gradient():
    gradients = np.random.default_rng(1).normal(size=(50, 4))
    w, memory = follow(SMD(p0=0.3, mu=0.2, lambda_=0.0), gradients, C=np.eye(4))
    w_also, memory_also = follow(ExponentiatedGradient(p0=0.3, mu=0.2), gradients)
    assert w == pytest.approx(w_also, rel=1e-14)
    assert memory["p"] == pytest.approx(memory_also["p"], rel=1e-14)
    assert memory["p"].max() > 1.5 * memory["p"].min()  # the step sizes did move


@pytest.mark.parametrize("curvature", ["gauss_newton", "hessian"])
def test_mu_0_is_gradient_descent(curvature):
    smd = train(SMD(0.3, 0.0, 0.99, curvature), TanhNetwork(), streams(2), steps=20, rng=rngs(2))
    sgd = train(SGD(0.3), TanhNetwork(), streams(2), steps=20, rng=rngs(2))
    assert smd.x == pytest.approx(sgd.x, rel=1e-12)


# Step sizes


@pytest.mark.parametrize("rule", LOCAL, ids=lambda rule: rule.__name__)
@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=6))
def test_step_sizes_stay_positive(rule, gradients):
    """No step size falls by more than the rule's own factor, so none reaches 0 (C = 0: v stays finite)."""
    memory = rule().start(np.zeros(2))
    lowest = min(0.5, getattr(rule(), "down", 1.0), 1 - getattr(rule(), "phi", 0.0))
    for g in gradients:
        before = memory["p"]
        _, memory = rule().update(np.zeros(2), Here(np.array(g), np.zeros((2, 2))), 0, **memory)
        assert np.all(memory["p"] >= lowest * before)
        assert np.all(memory["p"] > 0)


def test_the_additive_update_does_not_keep_them_positive():
    _, memory = follow(AdditiveMetaDescent(p0=0.1, mu=1.0), [np.array([1.0]), np.array([-1.0])])
    assert memory["p"][0] == pytest.approx(-0.9)


@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers), st.floats(0, 1))
def test_alap_is_linear_in_the_gradient(a, b, share):
    """Where max does not cut, p_{t+1} of a mixture of gradients is the mixture of the p_{t+1}."""
    rule, past = ALAP(p0=0.1, mu=0.01), [np.array([1.0, -2.0]), np.array([0.5, 0.3])]

    def p(g):
        return follow(rule, [*past, np.array(g)])[1]["p"]

    mixed = share * np.array(a) + (1 - share) * np.array(b)
    assert p(mixed) == pytest.approx(share * p(a) + (1 - share) * p(b), rel=1e-13)


@pytest.mark.parametrize("rule", [SilvaAlmeida(), RPROP(), DeltaBarDelta(theta=0.0)], ids=str)
def test_sign_rules_are_not_linear_in_the_gradient(rule):
    def p(g):
        return follow(rule, [np.array([1.0]), np.array([g])])[1]["p"][0]

    assert abs(p(0.5 * 3 + 0.5 * -1) - (p(3.0) + p(-1.0)) / 2) > 1e-4


@given(st.floats(1e-6, 1e6))
def test_alap_does_not_see_the_unit_of_the_loss(scale):
    gradients = np.random.default_rng(2).normal(size=(30, 3))
    assert follow(ALAP(), gradients * scale)[1]["p"] == pytest.approx(follow(ALAP(), gradients)[1]["p"])


def test_self_normalisation_of_the_exponentiated_gradient():
    """Other units of the weights, w = D u: with p0 changed alike (D^2) the path is the same."""
    gradients, D = np.random.default_rng(3).normal(size=(30, 1)), 7.0
    w, memory = follow(ExponentiatedGradient(p0=0.1), gradients)
    u, scaled = follow(ExponentiatedGradient(p0=0.1 / D**2), gradients * D)
    assert w == pytest.approx(D * u, rel=1e-12)
    assert memory["p"] == pytest.approx(D**2 * scaled["p"], rel=1e-12)


def test_signs_agree_by_0_64_where_the_errors_are_uncorrelated():
    """10 % positives, output at 0.1: E sign(e e) = 0.01 + 0.81 - 0.18, and E e e = 0 (slide 28)."""
    share, errors = 0.1, {0.9: 0.1, -0.1: 0.9}
    pairs = [(a, b, errors[a] * errors[b]) for a in errors for b in errors]
    assert sum(a * b * weight for a, b, weight in pairs) == pytest.approx(0, abs=1e-15)
    assert sum(np.sign(a * b) * weight for a, b, weight in pairs) == pytest.approx(0.64)
    e = (np.random.default_rng(0).random(400_000) < share) - share
    assert np.mean(np.sign(e[1:] * e[:-1])) == pytest.approx(0.64, abs=0.006)
    assert np.mean(e[1:] * e[:-1]) == pytest.approx(0, abs=0.001)


def test_on_that_task_signs_enlarge_the_step_and_almeida_does_not():
    y = (np.random.default_rng(4).random((40, 3000)) < 0.1).astype(float)
    stream = Batches(np.ones((40, 3000, 1)), y)

    def growth(rule):
        at_optimum = Trained(
            0, np.full((40, 1), 0.1), 0.0, rule.start(np.ones((40, 1))), np.zeros(40, dtype=bool)
        )
        run = train(rule, LinearModel(1), stream, steps=300, rng=rngs(40), start=at_optimum)
        return run.last.state["p"] / rule.p0

    assert np.median(growth(SilvaAlmeida(p0=1e-4, up=1.02, down=1 / 1.02))) > 30  # e^(300 * 0.64 * 0.02) = 45
    assert np.median(growth(ALAP(p0=1e-4, mu=0.02))) == pytest.approx(1, abs=0.2)


# Stochastic approximation


def noisy_means(seeds, steps, batch=1, deviation=2.0):
    y = 5 + deviation * np.random.default_rng(7).normal(size=(seeds, steps * batch))
    return Batches(np.ones((*y.shape, 1)), y, batch)


def test_robbins_monro_with_1_over_t_is_the_running_mean():
    stream = noisy_means(3, 500)
    run = train(SGD(robbins_monro(1.0)), LinearModel(1), stream, steps=500, rng=rngs(3), every=50)
    for step in list(run)[1:]:
        assert step.x[:, 0] == pytest.approx(stream.y[:, : step.t].mean(axis=1), rel=1e-12)


def test_robbins_monro_converges_and_a_constant_step_does_not():
    """Variance sigma^2 / t against the floor eta sigma^2 / (2 - eta), with 2000 seeds."""
    stream, eta, sigma = noisy_means(2000, 1000), 0.2, 2.0
    falling = train(SGD(robbins_monro(1.0)), LinearModel(1), stream, steps=1000, rng=rngs(2000), every=100)
    constant = train(SGD(eta), LinearModel(1), stream, steps=1000, rng=rngs(2000), every=100)
    for step in list(falling)[1:]:
        assert np.mean((step.x - 5) ** 2) == pytest.approx(sigma**2 / step.t, rel=0.15)
    for step in list(constant)[2:]:
        assert np.mean((step.x - 5) ** 2) == pytest.approx(eta * sigma**2 / (2 - eta), rel=0.15)


def test_the_floor_falls_with_the_batch():
    for batch in (1, 4, 16):
        stream = noisy_means(2000, 60, batch)
        run = train(SGD(0.5), LinearModel(1), stream, steps=60, rng=rngs(2000), every=60)
        assert np.mean((run.x - 5) ** 2) == pytest.approx(4 / batch * 0.5 / 1.5, rel=0.15)


def test_schedules():
    assert [annealed(2.0, 5)(t) for t in (0, 5, 15)] == [2.0, 1.0, 0.5]
    assert robbins_monro(3.0, 0.5)(8) == pytest.approx(1.0)


# The Kalman filter


def test_the_filter_on_a_linear_model_is_ridge_regression():
    rng = np.random.default_rng(5)
    x, p0 = rng.normal(size=(60, 4)), 10.0
    y = x @ np.array([1.0, -2.0, 0.5, 3.0]) + rng.normal(size=60)
    for batch in (1, 5):
        run = train(GEKF(p0=p0), LinearModel(4), Batches(x, y, batch), steps=60 // batch, rng=rng)
        precision = x.T @ x + np.eye(4) / p0
        assert run.x == pytest.approx(np.linalg.solve(precision, x.T @ y), rel=1e-10)
        assert run.last.state["P"] == pytest.approx(np.linalg.inv(precision), rel=1e-10, abs=1e-12)


def test_the_filter_steps_by_the_posterior_covariance():
    network, stream = TanhNetwork(), streams(2)
    before = train(GEKF(p0=1.0), network, stream, steps=3, rng=rngs(2), every=1)[2]
    after = train(GEKF(p0=1.0), network, stream, steps=3, rng=rngs(2), every=1)[3]
    g = network.at(before.x, *stream[2]).gradient() * stream.batch
    step = (after.state["P"] @ g[..., None])[..., 0]
    assert before.x - after.x == pytest.approx(step, rel=1e-8, abs=1e-12)


# Bad numbers


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: SGD(-0.1), "eta"),
        (lambda: SGD(np.nan), "eta"),
        (lambda: Momentum(0.1, 1.0), "beta"),
        (lambda: annealed(1.0, 0), "half_life"),
        (lambda: robbins_monro(-1.0), "eta0"),
        (lambda: robbins_monro(1.0, 0), "power"),
        (lambda: SMD(mu=-1), "mu"),
        (lambda: SMD(lambda_=1.5), "lambda_"),
        (lambda: SMD(curvature="fisher"), "curvature"),
        (lambda: ALAP(gamma=1.0), "gamma"),
        (lambda: RPROP(up=0.9), "up"),
        (lambda: RPROP(smallest=-1), "smallest"),
        (lambda: SilvaAlmeida(down=1.1), "down"),
        (lambda: SuperSAB(beta=-0.1), "beta"),
        (lambda: DeltaBarDelta(kappa=0), "kappa"),
        (lambda: GEKF(q=-1), "q"),
        *[(lambda rule=rule: rule(p0=-0.1), "p0") for rule in [*LOCAL, AdditiveMetaDescent, GEKF]],
    ],
)
def test_a_number_out_of_range_is_named(make, named):
    with pytest.raises(ValueError, match=named):
        make()


@by_rule
def test_every_rule_trains_one_seed_as_it_does_among_others(rule):
    together = train(rule(), TanhNetwork(), streams(3), steps=10, rng=rngs(3))
    x, y = streams(3).x[1], streams(3).y[1]
    alone = train(rule(), TanhNetwork(), Batches(x, y, 10), steps=10, rng=rngs(3)[1])
    assert together.x[1] == pytest.approx(alone.x, rel=1e-9, abs=1e-12)
