"""The training loop and the models: derivatives, interruption, continuation, bad data."""

import numpy as np
import pytest
from descent.autodiff import ggnvp, grad, hvp
from descent.stochastic import (
    GEKF,
    SGD,
    SMD,
    Batches,
    LinearModel,
    Model,
    TanhNetwork,
    four_regions,
    four_regions_stream,
    train,
)


def network_in_numpy(network, x):
    """Return w -> outputs, written without the library's passes."""

    def predict(w, x=x):
        h = x
        for k, (start, stop, rows, columns) in enumerate(network.cuts):
            W = w[start:stop].reshape(rows, columns)
            z = h @ W[:-1] + W[-1]
            h = np.tanh(z) if k + 1 < len(network.cuts) else z
        return h

    return predict


def cross_entropy(z, y):
    top = np.max(z, axis=1, keepdims=True)
    return -np.sum(y * (z - top - np.log(np.sum(np.exp(z - top), axis=1, keepdims=True)))) / len(y)


def setting(sizes=(2, 10, 10, 4), batch=7, scale=0.7):
    rng, network = np.random.default_rng(3), TanhNetwork(sizes)
    x, y = rng.normal(size=(batch, sizes[0])), np.eye(sizes[-1])[rng.integers(0, sizes[-1], batch)]
    return network, x, y, scale * rng.normal(size=network.n), rng.normal(size=network.n)


def test_the_network_has_184_weights():
    assert TanhNetwork().n == 184
    w = TanhNetwork().initial(np.random.default_rng(0))
    assert np.abs(w).max() <= 0.3


@pytest.mark.parametrize("sizes", [(2, 10, 10, 4), (3, 5, 2), (2, 4)])
def test_derivatives_agree_with_autodiff(sizes):
    network, x, y, w, v = setting(sizes)
    predict = network_in_numpy(network, x)
    here = network.at(w, x, y)

    def f(w):
        return cross_entropy(predict(w), y)

    assert here.loss() == pytest.approx(f(w), rel=1e-12)
    assert here.gradient() == pytest.approx(grad(f)(w), rel=1e-10, abs=1e-12)
    for g, _ in (here.gauss_newton(v), here.hessian(v)):
        assert g == pytest.approx(here.gradient(), rel=1e-13)
    Gv = ggnvp(predict, lambda z: cross_entropy(z, y), w, v)
    assert here.gauss_newton(v)[1] == pytest.approx(Gv, rel=1e-10, abs=1e-12)
    assert here.hessian(v)[1] == pytest.approx(hvp(f, w, v), rel=1e-10, abs=1e-12)


def test_whitened_columns_are_the_root_of_gauss_newton():
    network, x, y, w, v = setting()
    here = network.at(w, x, y)
    R, c = here.whitened()
    assert R @ c / 7 == pytest.approx(here.gradient(), rel=1e-10)
    assert R @ (R.T @ v) / 7 == pytest.approx(here.gauss_newton(v)[1], rel=1e-10)


@pytest.mark.parametrize("rule", [SGD(0.1), SMD(0.1), SMD(0.1, curvature="hessian"), GEKF(0.1)], ids=str)
def test_a_model_of_ones_own_trains_like_the_built_in_network(rule):
    network, x, y, *_ = setting()
    stream = Batches(np.tile(x, (3, 1)), np.tile(y, (3, 1)), 7)
    own = Model(lambda w, x: network_in_numpy(network, x)(w), cross_entropy, network.initial)
    runs = [train(rule, model, stream, steps=5, rng=np.random.default_rng(1)) for model in (network, own)]
    assert runs[0].x == pytest.approx(runs[1].x, rel=1e-8, abs=1e-10)


def test_a_model_takes_one_weight_vector():
    own = Model(lambda w, x: x @ w, lambda z, y: np.mean((z - y) ** 2), lambda rng: np.zeros(1))
    with pytest.raises(ValueError, match="one weight vector at a time"):
        train(SGD(0.1), own, [(np.ones((2, 1)), np.ones(2))], steps=1, rng=[np.random.default_rng(0)] * 2)


# Film, interruption, continuation


def four(seeds=2, patterns=400, batch=10):
    stream = four_regions_stream(patterns, seeds=range(seeds), batch=batch)
    return stream, [np.random.default_rng([seed, 0]) for seed in range(seeds)]


def test_every_k_th_state_is_kept():
    stream, rng = four()
    run = train(SMD(), TanhNetwork(), stream, steps=35, rng=rng, every=10)
    assert [step.t for step in run] == [0, 10, 20, 30, 35]
    assert run.success
    assert set(run.last.state) == {"p", "v"}
    assert run[1].x.shape == (2, 184)
    assert not np.array_equal(run[1].state["p"], run[2].state["p"])


def test_a_run_goes_on_from_any_step_to_the_same_end():
    stream, rng = four()
    whole = train(SMD(), TanhNetwork(), stream, steps=40, rng=rng, every=10)
    rest = train(SMD(), TanhNetwork(), stream, steps=40, rng=rng, every=10, start=whole[2])
    assert [step.t for step in rest] == [20, 30, 40]
    assert np.array_equal(rest.x, whole.x)


class Pressed(Batches):
    """A stream during whose batch 17 the learner presses the stop button."""

    def __getitem__(self, t):
        if t == 17:
            raise KeyboardInterrupt
        return super().__getitem__(t)


def test_an_interrupted_run_loses_nothing():
    stream, rng = four()
    run = train(SMD(), TanhNetwork(), Pressed(stream.x, stream.y, 10), steps=40, rng=rng, every=10)
    with pytest.raises(KeyboardInterrupt):
        run.finish()
    assert not run.success
    assert "interrupted" in run.message
    assert run.last.t == 17
    rest = train(SMD(), TanhNetwork(), stream, steps=40, rng=rng, every=10, start=run.last)
    whole = train(SMD(), TanhNetwork(), stream, steps=40, rng=four()[1], every=10)
    assert np.array_equal(rest.x, whole.x)


def test_a_bar_shows_the_progress(capsys):
    stream, rng = four()
    train(SGD(0.1), TanhNetwork(), stream, steps=20, rng=rng, every=5, progress=True).finish()
    assert "SGD:" in capsys.readouterr().out


def test_same_seeds_same_digits():
    results = [train(SMD(), TanhNetwork(), four()[0], steps=40, rng=four()[1]).x for _ in range(2)]
    assert np.array_equal(*results)


def test_a_list_of_batches_is_a_stream_and_starts_again():
    batches = [(np.ones((1, 1)), np.array([y])) for y in (1.0, 3.0)]
    run = train(SGD(0.5), LinearModel(1), batches, steps=4, rng=np.random.default_rng(0), every=1)
    assert [step.x[0] for step in run] == [0.0, 0.5, 1.75, 1.375, 2.1875]


# What goes wrong


def test_a_step_that_explodes_ends_the_run_at_the_last_finite_weights():
    stream = Batches(np.ones((10, 1)), np.ones(10))
    run = train(SGD(1e30), LinearModel(1), stream, steps=100, rng=np.random.default_rng(0))
    assert not run.success
    assert "try smaller step sizes" in run.message
    assert np.isfinite(run.x).all()
    assert run.last.t < 100
    assert run.last.diverged


def test_one_seed_that_explodes_leaves_the_others_alone():
    stream, rng = four(3)
    y = stream.y.copy()
    y[1] *= 1e300
    wild = Batches(stream.x, y, 10)
    run = train(SMD(), TanhNetwork(), wild, steps=40, rng=rng, every=10)
    calm = train(SMD(), TanhNetwork(), stream, steps=40, rng=four(3)[1], every=10)
    assert run.last.diverged.tolist() == [False, True, False]
    assert run.last.t == 40
    assert "1 of 3 seeds" in run.message
    assert np.isfinite(run.x).all()
    assert all(np.isfinite(a).all() for a in run.last.state.values())
    assert np.array_equal(run.x[[0, 2]], calm.x[[0, 2]])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_data_must_be_finite(bad):
    x = np.ones((4, 2))
    x[2, 1] = bad
    with pytest.raises(ValueError, match=r"x must be finite, got (nan|inf) at index \[2, 1\]"):
        Batches(x, np.ones(4))
    with pytest.raises(ValueError, match="first batch"):
        train(SGD(0.1), LinearModel(2), [(x, np.ones(4))], steps=1, rng=np.random.default_rng(0))
    late = [(np.ones((1, 2)), np.ones(1)), (np.full((1, 2), bad), np.ones(1))]
    run = train(SGD(0.1), LinearModel(2), late, steps=5, rng=np.random.default_rng(0))
    assert not run.success
    assert "batch 1 contains NaN or infinity" in run.message


def test_stream_guards():
    with pytest.raises(ValueError, match="stream is empty"):
        Batches(np.zeros((0, 2)), np.zeros(0))
    with pytest.raises(ValueError, match="stream is empty"):
        train(SGD(0.1), LinearModel(1), [], steps=1, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="batch = 9 is larger than the data, 4 patterns"):
        Batches(np.ones((4, 2)), np.ones(4), 9)
    with pytest.raises(ValueError, match="batch must be an integer of at least 1"):
        Batches(np.ones((4, 2)), np.ones(4), 0)
    with pytest.raises(ValueError, match="y must match"):
        Batches(np.ones((4, 2)), np.ones(3))


@pytest.mark.parametrize("name", ["steps", "every"])
@pytest.mark.parametrize("value", [0, -3, 1.5, True])
def test_counts_are_checked(name, value):
    stream, rng = four()
    with pytest.raises(ValueError, match=f"{name} must be an integer"):
        train(SGD(0.1), TanhNetwork(), stream, rng=rng, **{"steps": 5, name: value})


def test_one_generator_for_each_seed():
    stream, rng = four(3)
    with pytest.raises(ValueError, match="sequence of 3 generators"):
        train(SGD(0.1), TanhNetwork(), stream, steps=1, rng=rng[:2])


def test_labels_train_the_network_as_their_columns_do():
    x, labels = four_regions(60, rng=1)
    runs = [
        train(SGD(), TanhNetwork(), Batches(x, y, 5), steps=12, rng=2) for y in (labels, np.eye(4)[labels])
    ]
    assert runs[0].fun > 0.5
    np.testing.assert_array_equal(runs[0].x, runs[1].x)


def test_a_seed_is_as_good_as_its_generator():
    points = [four_regions(9, "walk", rng)[0] for rng in (3, np.random.default_rng(3))]
    np.testing.assert_array_equal(*points)
    stream = [(np.ones((2, 2)), np.array([0, 3]))]
    runs = [train(SGD(), TanhNetwork(), stream, steps=2, rng=rng) for rng in (3, np.random.default_rng(3))]
    np.testing.assert_array_equal(runs[0].x, runs[1].x)


X, Y = np.ones((3, 2)), np.zeros(3, dtype=int)


@pytest.mark.parametrize(
    ("rule", "model", "stream", "kind", "words"),
    [
        (SGD, TanhNetwork(), [(X, Y)], TypeError, "rule must be a rule, such as SGD"),
        (SGD(), None, [(X, Y)], TypeError, "model must be a TanhNetwork"),
        (SGD(), TanhNetwork, [(X, Y)], TypeError, "model must be a TanhNetwork"),
        (SGD(), TanhNetwork(), iter([(X, Y)]), TypeError, "stream must be a sequence of batches"),
        (SGD(), TanhNetwork(), (X, Y), TypeError, "must be a pair"),
        (SGD(), TanhNetwork(), [(X, Y + 4)], ValueError, "numbers of the classes, 0 to 3"),
        (
            SGD(),
            TanhNetwork(),
            [(X, Y + 0.5)],
            ValueError,
            "numbers of the classes, 0 to 3",
        ),
        (
            SGD(),
            TanhNetwork(),
            [(X, Y[:2])],
            ValueError,
            r"y of shape \(2,\), does not fit",
        ),
        (SGD(), TanhNetwork((3, 4)), [(X, Y)], ValueError, r"does not fit TanhNetwork\(sizes=\(3, 4\)"),
    ],
)
def test_arguments_of_another_kind_are_named(rule, model, stream, kind, words):
    with pytest.raises(kind, match=words):
        train(rule, model, stream, steps=2, rng=0)


@pytest.mark.parametrize("sizes", [(2,), (2, 0, 4), (2, 1.5, 4)])
def test_a_network_has_at_least_two_layers_of_units(sizes):
    with pytest.raises(ValueError, match="sizes must be at least two positive integers"):
        TanhNetwork(sizes)


def test_a_step_size_that_is_no_number_is_named():
    with pytest.raises(TypeError, match="eta must be a number"):
        SGD("0.1")
