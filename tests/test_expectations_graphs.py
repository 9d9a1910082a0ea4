"""Stochastic computation graphs: the surrogate's gradient is the estimator that one derives by hand."""

import numpy as np
import pytest
from descent.expectations import (
    Bernoulli,
    Gaussian,
    StochasticGraph,
    cost,
    deterministic,
    reparameterised,
    score_function,
    stochastic,
)
from descent.expectations.example_graphs import graphs
from descent.expectations.graph_film import is_scored, kinds, surrogate_film

N = 2000


# Each gradient by hand, sample by sample, from the values of the nodes.
def by_hand(name, v, at):
    theta = at["theta"]
    if name == "deterministic":
        return {"theta": np.full(N, 2 * (theta**2 - 2) * 2 * theta)}
    if name == "stochastic":
        return {"theta": (v["x"] - theta) * (v["x"] - 2) ** 2}
    if name == "reparameterised":
        return {"theta": 2 * (theta + v["noise"] - 2)}
    if name == "mixed":
        dy = 2 * theta
        return {"theta": (v["x"] - theta**2) * dy * v["x"] * theta**2 + v["x"] * dy}
    if name == "two draws":
        x, z = v["x"], v["z"]
        return {"theta": (x - theta) * ((x - 2) ** 2 + z**2) + (z - theta * x) * x * z**2}
    k, slope = v["k"], 2 * (v["k"] * at["phi"] + v["noise"] - 2)
    return {"theta": (k - 1 / (1 + np.exp(-theta))) * v["c"], "phi": slope * k}


@pytest.mark.parametrize("name", graphs())
def test_the_surrogates_gradient_is_the_estimator_by_hand(name):
    graph, at = graphs()[name]
    values = graph.sample(np.random.default_rng(21), N, **at)
    rows, expected = graph.gradient(values, **at), by_hand(name, values, at)
    assert set(rows) == set(expected) == set(graph.parameters)
    for parameter in rows:
        assert rows[parameter].shape == (N,)
        scale = np.maximum(1.0, np.abs(expected[parameter]))
        assert np.max(np.abs(rows[parameter] - expected[parameter]) / scale) <= 1e-12


# E of the costs in closed form, differentiated by hand.
def exact_gradients(name, at):
    theta = at["theta"]
    p = 1 / (1 + np.exp(-theta))
    phi = at.get("phi", 0.0)
    return {
        "deterministic": {"theta": 4 * theta * (theta**2 - 2)},
        "stochastic": {"theta": 2 * (theta - 2)},
        "reparameterised": {"theta": 2 * (theta - 2)},
        "mixed": {"theta": 4 * theta**3},  # E[x y] = y^2 = theta^4
        # E = (theta - 2)^2 + 1 + 1 + theta^2 (theta^2 + 1)
        "two draws": {"theta": 2 * (theta - 2) + 4 * theta**3 + 2 * theta},
        # E = p (phi - 2)^2 + (1 - p) 4 + 1
        "a coin decides": {"theta": p * (1 - p) * ((phi - 2) ** 2 - 4), "phi": 2 * p * (phi - 2)},
    }[name]


@pytest.mark.parametrize("name", graphs())
def test_the_surrogates_gradient_is_unbiased(name):
    graph, at = graphs()[name]
    values = graph.sample(np.random.default_rng(22), 200_000, **at)
    exact = exact_gradients(name, at)
    for parameter, rows in graph.gradient(values, **at).items():
        error = 4 * rows.std() / np.sqrt(len(rows)) + 1e-12
        assert abs(rows.mean() - exact[parameter]) <= error


def test_a_baseline_keeps_the_mean_and_cuts_the_variance():
    graph, at = graphs()["two draws"]
    values = graph.sample(np.random.default_rng(23), 200_000, **at)
    plain = graph.gradient(values, **at)["theta"]
    baselines = {"x": values["c1"].mean() + values["c2"].mean(), "z": (at["theta"] * values["x"]) ** 2 + 1}
    less = graph.gradient(values, baselines=baselines, **at)["theta"]
    exact = exact_gradients("two draws", at)["theta"]
    assert abs(less.mean() - exact) <= 4 * less.std() / np.sqrt(len(less))
    assert less.var() < 0.7 * plain.var()


def test_a_draw_is_blamed_only_for_costs_behind_it():
    """Weighing z with c1 too would also be unbiased, but noisier."""
    graph, at = graphs()["two draws"]
    values = graph.sample(np.random.default_rng(24), 200_000, **at)
    x, z = values["x"], values["z"]
    all_costs = values["c1"] + values["c2"]
    careless = (x - 0.5) * all_costs + (z - 0.5 * x) * x * all_costs
    careful = graph.gradient(values, **at)["theta"]
    assert careful.var() < careless.var()
    assert careful.mean() == pytest.approx(careless.mean(), abs=4 * careless.std() / np.sqrt(len(x)))


def test_a_graph_of_one_draw_is_an_estimator():
    """The same noise gives the same numbers as `score_function` and `reparameterised`."""

    def f(x):
        return (x - 2) ** 2

    for name, estimator in (("stochastic", score_function), ("reparameterised", reparameterised)):
        graph, at = graphs()[name]
        values = graph.sample(np.random.default_rng(25), N, **at)
        estimate = estimator(f, Gaussian, at["theta"], n=N, rng=np.random.default_rng(25))
        assert graph.gradient(values, **at)["theta"] == pytest.approx(estimate.samples, rel=1e-12, abs=1e-12)


def test_the_value_of_a_surrogate_is_not_the_cost():
    graph, at = graphs()["stochastic"]
    values = graph.sample(np.random.default_rng(26), N, **at)
    loss = graph.surrogate(values)(**at)
    assert loss == pytest.approx(Gaussian(0.5).log_density(values["x"]) * values["c"] + values["c"])


@pytest.mark.parametrize("name", graphs())
def test_the_film_adds_terms_up_to_the_gradient(name):
    graph, at = graphs()[name]
    run = surrogate_film(graph, at, n=N, rng=np.random.default_rng(27))
    values = graph.sample(np.random.default_rng(27), N, **at)
    rows = graph.gradient(values, **at)
    assert [step.node for step in run if step.phase == "value"] == list(graph.nodes)
    last = run.last
    assert set(last.terms) == {*graph.scored(), *(n for n, kind in kinds(graph).items() if kind == "cost")}
    for parameter in graph.parameters:
        assert sum(term[parameter] for term in last.terms.values()) == pytest.approx(last.gradient[parameter])
        assert last.gradient[parameter] == pytest.approx(rows[parameter][0], rel=1e-12, abs=1e-12)
        assert last.mean[parameter] == pytest.approx(rows[parameter].mean(), rel=1e-12)
    assert run.success
    for step in run:
        if step.phase == "term" and is_scored(graph, step.node):
            assert step.weight == pytest.approx(sum(last.values[c] for c in graph.reaches(step.node)))


def test_a_film_takes_baselines():
    graph, at = graphs()["stochastic"]
    run = surrogate_film(graph, at, n=10, baselines={"x": 1.5}, rng=np.random.default_rng(1))
    term = next(step for step in run if step.phase == "term" and step.node == "x")
    assert term.weight == pytest.approx(term.values["c"] - 1.5)
    assert term.gradient["theta"] == pytest.approx((term.values["x"] - 0.5) * term.weight)


def test_discrete_nodes_need_no_special_care():
    graph = StochasticGraph(
        k=stochastic(lambda theta: Bernoulli(theta)), c=cost(lambda k, theta: (k - theta) ** 2)
    )
    values = graph.sample(np.random.default_rng(28), 200_000, theta=0.3)
    rows = graph.gradient(values, theta=0.3)["theta"]
    exact = 1 - 2 * 0.3  # E[(k - theta)^2] = theta (1 - theta)
    assert abs(rows.mean() - exact) <= 4 * rows.std() / np.sqrt(len(rows))


# What goes wrong, and what is said.


class Uniform:
    """Without a log-density."""

    shape = ()

    def __init__(self, high):
        self.high = high

    def sample(self, rng, shape):
        return self.high * rng.random(shape)


def square_of_x(x):
    return x**2


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ({"x": stochastic(lambda theta: Gaussian(theta))}, "at least one cost"),
        (
            {"x": stochastic(lambda theta: Gaussian(theta)), "c": cost(lambda y: y)},
            "depends on the parameter theta",
        ),
        (
            {"c": cost(lambda x, theta: x * theta), "x": stochastic(lambda theta: Gaussian(theta))},
            "node c must stand behind its parents",
        ),
    ],
)
def test_graphs_that_cannot_be_differentiated_are_refused(nodes, words):
    with pytest.raises(ValueError, match=words):
        StochasticGraph(**nodes)


def test_a_draw_without_a_log_density_is_named():
    graph = StochasticGraph(x=stochastic(lambda theta: Uniform(theta)), c=cost(square_of_x))
    values = graph.sample(np.random.default_rng(0), 5, theta=1.0)
    with pytest.raises(TypeError, match="Uniform has no method log_density"):
        graph.gradient(values, theta=1.0)


def test_noise_without_parents_needs_no_log_density():
    graph = StochasticGraph(
        u=stochastic(lambda: Uniform(1.0)),
        x=deterministic(lambda theta, u: theta * u),
        c=cost(square_of_x),
    )
    values = graph.sample(np.random.default_rng(0), 5, theta=2.0)
    assert graph.gradient(values, theta=2.0)["theta"] == pytest.approx(2 * 2.0 * values["u"] ** 2)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "parameters must be theta, got none"),
        ({"theta": 1.0, "phi": 2.0}, "parameters must be theta, got theta, phi"),
        ({"theta": np.nan}, "parameter theta must be a finite number, got nan"),
        ({"theta": np.ones(2)}, "parameter theta must be a finite number"),
    ],
)
def test_parameters_are_checked(parameters, words):
    graph, _ = graphs()["stochastic"]
    with pytest.raises(ValueError, match=words):
        graph.sample(np.random.default_rng(0), 5, **parameters)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_node_that_is_not_finite_or_has_the_wrong_shape_is_named():
    broken = StochasticGraph(y=deterministic(lambda theta: np.log(theta)), c=cost(lambda y: y))
    with pytest.raises(ValueError, match="node y must be finite"):
        broken.sample(np.random.default_rng(0), 5, theta=-1.0)
    wide = StochasticGraph(y=deterministic(lambda theta: theta * np.ones(3)), c=cost(lambda y: y))
    with pytest.raises(ValueError, match="node y must be one number in each of 5 samples"):
        wide.sample(np.random.default_rng(0), 5, theta=1.0)


def test_what_is_no_node_is_named():
    with pytest.raises(TypeError, match="a node needs a function of its parents, got 3"):
        cost(3)
    with pytest.raises(TypeError, match=r"node x must be made by deterministic\(...\), .*, got 3"):
        StochasticGraph(x=3)
