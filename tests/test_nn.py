"""The library in the PyTorch manner: gradients that add up, graphs, layers, optimisers, training."""

import gc
import itertools
import weakref

import numpy as np
import pytest
from descent.autodiff import Variable, check_grads, grad, primitive
from descent.differentials.norms import MATRIX_NORMS
from descent.nn import (
    MLP,
    SGD,
    Linear,
    Module,
    Parameter,
    SteepestDescent,
    Tensor,
    fit,
    no_grad,
    recorded,
    softmax,
    softmax_cross_entropy,
)
from hypothesis import given, settings
from hypothesis import strategies as st

RNG = np.random.default_rng(0)
A, B, V = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 3)), RNG.normal(size=4)

PROGRAMS = {
    "operators": lambda a, v: np.sum((2 * a - v) ** 2 / (1 + v * v)) + (-a)[0, 1] - np.sum(abs(v)),
    "products": lambda a, v: np.sum(np.tanh(a @ v)) + v @ v,
    "reductions": lambda a, v: a.mean() + np.max(a, axis=0) @ v + a.sum(axis=1)[2] + np.prod(v),
    "shapes": lambda a, v: np.sum(a.reshape(2, 6).T[1:4] * 3) + np.sum(np.transpose(a) @ a @ v),
    "joining": lambda a, v: np.sum(np.concatenate([a, np.stack([v, 2 * v])]) ** 3),
    "linear algebra": lambda a, v: np.linalg.solve(a @ a.T + np.eye(3), a @ v) @ np.ones(3),
    "several results": lambda a, v: np.sum(np.linalg.eigh(a @ a.T)[0] ** 2) + v[0],
    "branch": lambda a, v: np.sum(a) * v[1] if v[0] > 0 else np.sum(a * a) - v[2],
    "fan-out": lambda a, v: np.sum(a * a * a) + np.sum(a) * np.sum(a) * v[3],
    "loop": lambda a, v: sum(v[k] * np.exp(v[k]) for k in range(4)) + a[0, 0],
    "indices": lambda a, v: (
        np.sum(a[[0, 2, 2], [1, 1, 1]]) + np.sum(v[v > 0]) + np.sum(np.where(v > 0, v, 1))
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("seed", range(3))
def test_gradients_are_those_of_the_list(name, seed):
    f, rng = PROGRAMS[name], np.random.default_rng(seed)
    a, v = rng.normal(size=(3, 4)), rng.normal(size=4)
    ta, tv = Parameter(a), Parameter(v)
    loss = f(ta, tv)
    loss.backward()
    assert loss.item() == pytest.approx(float(f(a, v)), rel=1e-14)
    for tensor, expected in zip((ta, tv), grad(f, (0, 1))(a, v), strict=True):
        got = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad
        assert got == pytest.approx(expected, rel=1e-12, abs=1e-14)


@st.composite
def expressions(draw, depth=4):
    """Draw a function of two numbers as nested operations."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        k = draw(st.sampled_from([0, 1, 0.5, -2.0]))
        return (lambda x, y: (x, y)[k]) if k in (0, 1) else (lambda x, y: k)
    kind = draw(st.sampled_from(["add", "sub", "mul", "sin", "tanh", "branch"]))
    p, q = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    return {
        "add": lambda x, y: p(x, y) + q(x, y),
        "sub": lambda x, y: p(x, y) - q(x, y),
        "mul": lambda x, y: p(x, y) * q(x, y),
        "sin": lambda x, y: np.sin(p(x, y)),
        "tanh": lambda x, y: np.tanh(q(x, y)),
        "branch": lambda x, y: p(x, y) if q(x, y) > 0.3 else q(x, y) * x,
    }[kind]


@settings(max_examples=60, deadline=None)
@given(expressions(), st.floats(-2, 2), st.floats(-2, 2))
def test_random_programs_have_the_gradient_of_the_list(f, x, y):
    tx, ty = Parameter(x), Parameter(y)
    (f(tx, ty) + 0 * tx).backward()
    expected = grad(lambda x, y: f(x, y) + 0 * x, (0, 1))(x, y)
    assert (tx.grad, ty.grad or 0.0) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_the_numbers_of_the_notes():
    x1, x2 = Parameter(2.0), Parameter(5.0)
    y = np.log(x1) + x1 * x2 - np.sin(x2)
    y.backward()
    assert (round(y.item(), 3), x1.grad, round(x2.grad, 3)) == (11.652, 5.5, 1.716)


# -- .grad adds up -----------------------------------------------------------------------------


def test_backward_adds_to_what_is_there_and_zero_grad_forgets_it():
    w = Parameter([1.0, -2.0])
    optimizer = SGD([w], lr=0.1)
    for k in (1, 2, 3):
        (w * w).sum().backward()
        assert w.grad.tolist() == [2.0 * k, -4.0 * k]
    optimizer.zero_grad()
    assert w.grad is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 99))
def test_parts_of_a_batch_add_up_to_the_batch(sizes, seed):
    rng = np.random.default_rng(seed)
    n, model = sum(sizes), MLP([3, 4, 2], rng=rng)
    x, labels = rng.normal(size=(n, 3)), rng.integers(0, 2, n)
    softmax_cross_entropy(model(x), labels).backward()
    whole = [p.grad for p in model.parameters()]
    model.zero_grad()
    for start, size in zip(np.cumsum([0, *sizes]), sizes, strict=False):
        part = slice(start, start + size)
        (softmax_cross_entropy(model(x[part]), labels[part]) * (size / n)).backward()
    for p, expected in zip(model.parameters(), whole, strict=True):
        assert p.grad == pytest.approx(expected, abs=1e-14)


def test_a_gradient_is_nobody_elses_array():
    w, v = Parameter([1.0, 2.0]), Parameter([3.0, 4.0])
    (w + v).sum().backward()
    first = w.grad
    first[0] = 99
    assert v.grad.tolist() == [1.0, 1.0]
    kept = v.grad
    (v * v).sum().backward()
    assert kept.tolist() == [1.0, 1.0]


def test_a_leaf_that_the_loss_does_not_need_keeps_its_none():
    w, unused = Parameter(1.0), Parameter(1.0)
    (w * 2).backward()
    assert (w.grad, unused.grad) == (2.0, None)


# -- one graph, one backward pass ---------------------------------------------------------------


def test_a_second_backward_raises_and_says_what_to_do():
    w = Parameter(3.0)
    loss = w * w
    loss.backward()
    with pytest.raises(RuntimeError, match=r"compute the loss again.*retain_graph=True"):
        loss.backward()
    assert w.grad == 6.0


def test_a_graph_that_is_kept_can_be_passed_again():
    w = Parameter(3.0)
    loss = w * w
    loss.backward(retain_graph=True)
    loss.backward()
    assert w.grad == 12.0
    with pytest.raises(RuntimeError, match="freed"):
        loss.backward()


def test_two_losses_may_share_leaves_but_not_a_freed_part():
    w = Parameter(3.0)
    apart = w * w, w * w * w
    apart[0].backward()
    apart[1].backward()
    assert w.grad == 6.0 + 27.0
    shared = w * w
    one, other = shared + 1, shared * 2
    one.backward()
    with pytest.raises(RuntimeError, match=r"multiply.*freed"):
        other.backward()
    with pytest.raises(RuntimeError, match="freed"):
        (shared + w).backward()


def test_what_backward_needs_is_said():
    w = Parameter([1.0, 2.0])
    with pytest.raises(RuntimeError, match=r"shape \(2,\).*sum"):
        (w * w).backward()
    with pytest.raises(ValueError, match="gradient must have the shape"):
        (w * w).backward(np.ones(3))
    with pytest.raises(RuntimeError, match="nothing to do"):
        Tensor(2.0).backward()
    (w * w).backward(np.array([1.0, 10.0]))
    assert w.grad.tolist() == [2.0, 40.0]


def test_a_backward_pass_that_fails_changes_no_gradient():
    w, v = Parameter(1.0), Parameter(2.0)
    no_rule = recorded(primitive(lambda x: x))
    hidden = no_rule(v)
    loss = w * 5 + hidden
    with pytest.raises(NotImplementedError, match="no VJP"):
        loss.backward()
    assert (w.grad, v.grad) == (None, None)


def test_long_chains_need_no_recursion():
    w = Parameter(1.0)
    y = w
    for _ in range(20_000):
        y = y + w
    y.backward()
    assert w.grad == 20_001
    del y
    gc.collect()


def test_a_graph_goes_with_its_last_tensor():
    w = Parameter(np.ones(3))
    hidden = w * 2
    gone = weakref.ref(hidden)
    loss = hidden.sum()
    del hidden
    assert gone() is not None
    gc.disable()
    try:
        loss.backward()
        assert gone() is None
    finally:
        gc.enable()


def test_the_graph_is_the_list_in_order_of_execution():
    w = Parameter(2.0)
    loss = np.sin(w) * w
    assert [t.grad_fn and t.grad_fn.name for t in loss.graph()] == [None, "sin", "multiply"]


# -- nothing changes behind the back ---------------------------------------------------------------


def test_changes_after_the_forward_pass_do_not_reach_the_gradient():
    x, w = np.array([1.0, 2.0]), Parameter([3.0, 4.0])
    loss = (w * w * x).sum()
    x[:] = 100
    w.data[:] = 100
    w.data = np.zeros(2)
    loss.backward()
    assert w.grad.tolist() == [6.0, 16.0]


def test_data_are_copied_in_and_results_cannot_be_written():
    start = np.ones(2)
    w = Parameter(start)
    start[0] = 9
    assert w.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="read-only"):
        (w + 1).data[0] = 5
    with pytest.raises(RuntimeError, match="result"):
        (w + 1).data = np.zeros(2)
    with pytest.raises(RuntimeError, match=r"np\.where"):
        w[0] = 1.0


def test_an_update_in_place_is_for_no_grad():
    w = Parameter([1.0, 2.0])
    (w * w).sum().backward()
    with pytest.raises(RuntimeError, match="no_grad"):
        w -= 0.5 * w.grad
    same = w
    with no_grad():
        w -= 0.5 * w.grad
    assert same is w
    assert w.tolist() == [0.0, 0.0]
    h = w * 2
    h += 1
    h.sum().backward()
    assert w.grad.tolist() == [4.0, 6.0]


@pytest.mark.parametrize("field", ["data", "grad"])
def test_data_and_grad_keep_the_shape(field):
    with pytest.raises(ValueError, match=rf"{field} must have the shape \(2,\)"):
        setattr(Parameter([1.0, 2.0]), field, np.ones((2, 1)))


def test_no_grad_records_nothing_nests_and_ends_with_an_exception():
    w = Parameter(2.0)
    with no_grad():
        with no_grad():
            pass
        assert not (w * w).requires_grad
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0
    assert (w * w).requires_grad

    @no_grad()
    def evaluate():
        return w * 3

    assert not evaluate().requires_grad
    assert (w * w.detach()).requires_grad
    loss = w * w.detach()
    loss.backward()
    assert w.grad == 2.0


def test_values_of_no_grad_are_not_the_parameters_own_array():
    w = Parameter([1.0, 2.0])
    with no_grad():
        same, view = np.atleast_1d(w), w.reshape(2, 1)
    w.data[0] = 5.0
    assert (same.tolist(), view.tolist(), w.tolist()) == ([1.0, 2.0], [[1.0], [2.0]], [5.0, 2.0])


def test_a_gradient_is_not_lost_in_silence():
    w = Parameter([1.0, 2.0])
    for lose in (np.asarray, np.array, lambda t: t.numpy(), lambda t: np.linalg.norm([t, t])):
        with pytest.raises(RuntimeError, match="detach"):
            lose(w)
    assert w.detach().numpy().tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match="do not mix"):
        w * Variable(2.0)
    with pytest.raises(TypeError, match="do not mix"):
        grad(lambda v: np.sum(w * v))(1.0)
    with pytest.raises(TypeError, match=r"no derivative|no rule"):
        np.sort_complex(w)


def test_plain_questions_get_plain_answers():
    w = Parameter([[1.0, 3.0], [2.0, 0.5]])
    assert (w.shape, w.ndim, w.size, len(w), w.dtype) == ((2, 2), 2, 4, 2, np.float64)
    assert (w > 1).tolist() == [[False, True], [True, False]]
    assert w.argmax(axis=1).tolist() == [1, 0]
    assert np.isfinite(w).all()
    assert np.shape(w) == (2, 2)
    assert Tensor([[2.0]]).item() == 2.0
    assert [row.tolist() for row in w] == [[1.0, 3.0], [2.0, 0.5]]
    with pytest.raises(RuntimeError, match="one number"):
        w.item()
    with pytest.raises(TypeError, match="real"):
        Parameter([1j])


# -- softmax and its loss -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(2, 6), st.integers(0, 999))
def test_the_gradient_of_the_loss_is_softmax_minus_one_at_the_label(batch, classes, seed):
    rng = np.random.default_rng(seed)
    z, labels = Parameter(3 * rng.normal(size=(batch, classes))), rng.integers(0, classes, batch)
    softmax_cross_entropy(z, labels).backward()
    expected = np.exp(z.data) / np.exp(z.data).sum(axis=1, keepdims=True)
    expected[np.arange(batch), labels] -= 1
    assert z.grad == pytest.approx(expected / batch, abs=1e-14)


def test_the_loss_passes_the_check_of_both_modes_and_the_second_order():
    z = RNG.normal(size=(4, 3))
    check_grads(lambda z: softmax_cross_entropy(z, [0, 2, 1, 1]), z, order=2)
    check_grads(lambda z: softmax_cross_entropy(z, 2), z[0], order=2)
    check_grads(lambda z: np.sum(softmax(z) ** 2), z, order=2)


def test_together_and_apart_agree_where_apart_works():
    z, labels = RNG.normal(size=(6, 4)), np.array([0, 3, 2, 1, 1, 0])
    apart = -np.mean(np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))[np.arange(6), labels])
    assert softmax_cross_entropy(z, labels) == pytest.approx(apart, rel=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.floats(-1e4, 1e4), st.integers(0, 99))
def test_a_common_shift_changes_nothing(shift, seed):
    z = np.random.default_rng(seed).normal(size=(3, 4))
    assert softmax(z + shift) == pytest.approx(softmax(z), rel=1e-10)
    shifted = softmax_cross_entropy(z + shift, [0, 1, 2])
    assert shifted == pytest.approx(softmax_cross_entropy(z, [0, 1, 2]), rel=1e-10, abs=1e-11)


@np.errstate(all="raise", under="ignore")
def test_logits_of_ten_thousand_are_no_trouble():
    z = Parameter([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]])
    loss = softmax_cross_entropy(z, [1, 0])
    loss.backward()
    assert loss.item() == pytest.approx((2e4 + 2e4 + np.log(2)) / 2)
    assert z.grad.tolist() == [[0.5, -0.5, 0.0], [-0.5, 0.25, 0.25]]


@pytest.mark.parametrize(
    ("logits", "labels", "error", "says"),
    [
        (np.zeros((2, 3)), [0, 3], ValueError, "between 0 and 2.*got 3"),
        (np.zeros((2, 3)), [0, -1], ValueError, "between 0 and 2.*got -1"),
        (np.zeros((2, 3)), [0.0, 1.0], TypeError, "integers"),
        (np.zeros((2, 3)), [0, 1, 2], ValueError, r"\(2, 3\).*\(3,\)"),
        (np.zeros((2, 3)), [[0, 1, 0], [1, 0, 0]], ValueError, "a row for each label"),
        (np.zeros(3), [1], ValueError, "a row for each label"),
        (np.zeros((0, 3)), np.zeros(0, int), ValueError, "empty batch"),
    ],
)
def test_wrong_labels_are_named(logits, labels, error, says):
    with pytest.raises(error, match=says):
        softmax_cross_entropy(logits, labels)


# -- layers ---------------------------------------------------------------------------------------------


def test_a_network_by_hand():
    rng = np.random.default_rng(1)
    model = MLP([3, 5, 4], rng=rng)
    x, labels = rng.normal(size=(7, 3)), rng.integers(0, 4, 7)
    softmax_cross_entropy(model(x), labels).backward()
    first, second = model.layers
    v = np.tanh(x @ first.weight.data.T + first.bias.data)
    error = (softmax(v @ second.weight.data.T + second.bias.data) - np.eye(4)[labels]) / 7
    before = (error @ second.weight.data) * (1 - v**2)
    for parameter, expected in (
        (second.weight, error.T @ v),
        (second.bias, error.sum(axis=0)),
        (first.weight, before.T @ x),
        (first.bias, before.sum(axis=0)),
    ):
        assert parameter.grad == pytest.approx(expected, abs=1e-15)


def test_parameters_are_found_once_and_named_by_where_they_are():
    layer = Linear(2, 3, rng=np.random.default_rng(0))

    class Pair(Module):
        def __init__(self):
            self.first = layer
            self.rest = [layer, {"scale": Parameter(1.0)}]
            self.note = "no parameter"

    names = [name for name, _ in Pair().named_parameters()]
    assert names == ["first.weight", "first.bias", "rest.1.scale"]
    assert isinstance(Pair().parameters(), itertools.chain | type(_ for _ in ()))
    with pytest.raises(NotImplementedError, match="forward"):
        Pair()(1.0)


def test_a_layer_has_pytorchs_shapes_and_first_weights():
    layer = Linear(16, 500, rng=np.random.default_rng(0))
    assert (layer.weight.shape, layer.bias.shape) == ((500, 16), (500,))
    for p in layer.parameters():
        assert np.max(np.abs(p.data)) == pytest.approx(0.25, rel=0.02)
        assert np.max(np.abs(p.data)) <= 0.25
    x = RNG.normal(size=(2, 16))
    assert layer(x).data == pytest.approx(x @ layer.weight.data.T + layer.bias.data)
    assert layer(x[0]).shape == (500,)
    with pytest.raises(ValueError, match=r"16 columns.*\(2, 3\)"):
        layer(np.ones((2, 3)))


@pytest.mark.parametrize("sizes", [[3], [], [3, 0], [2.5, 1]])
def test_a_network_needs_sizes(sizes):
    with pytest.raises(ValueError, match=r"size|integer"):
        MLP(sizes, rng=np.random.default_rng(0))


# -- optimisers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", MATRIX_NORMS)
@pytest.mark.parametrize("shape", [(4,), (3, 2), (2, 5)])
def test_a_step_is_steepest_under_its_norm(norm, shape):
    # d minimises <g, d> + ||d||^2 / 2; random changes of every size do no better
    rng = np.random.default_rng(3)
    c, w = rng.normal(size=shape), Parameter(np.zeros(shape))
    optimizer = SteepestDescent([w], lr=1.0, norm=norm)
    (w * c).sum().backward()
    optimizer.step()
    d, length = w.data, MATRIX_NORMS[norm].length
    model = np.sum(c * d) + length(d) ** 2 / 2
    assert model == pytest.approx(-(length(d) ** 2) / 2)
    for _ in range(1000):
        other = d + rng.normal(size=shape) * 10.0 ** rng.uniform(-4, 1)
        assert model <= np.sum(c * other) + length(other) ** 2 / 2 + 1e-12


def test_the_euclidean_norm_is_gradient_descent_and_the_max_norm_sign_descent():
    start = RNG.normal(size=(3, 2))
    ends = {}
    for name, make in {
        "sgd": lambda p: SGD(p, lr=0.1),
        "l2": lambda p: SteepestDescent(p, lr=0.1, norm="l2"),
        "max": lambda p: SteepestDescent(p, lr=0.1, norm="max"),
    }.items():
        w = Parameter(start)
        optimizer = make([w])
        (w**2).sum().backward()
        optimizer.step()
        ends[name] = w.data
    assert np.array_equal(ends["sgd"], ends["l2"])
    assert np.array_equal(np.sign(ends["max"] - start), -np.sign(start))
    assert np.ptp(np.abs(ends["max"] - start)) < 1e-14


def test_an_optimiser_leaves_alone_what_has_no_gradient():
    w, still = Parameter(1.0), Parameter(5.0)
    optimizer = SGD([w, still], lr=0.5)
    (w * w).backward()
    optimizer.step()
    assert (w.data, still.data) == (0.0, 5.0)


@pytest.mark.parametrize(
    ("params", "lr", "error", "says"),
    [
        (Parameter(1.0), 0.1, TypeError, r"\[w\]"),
        ([], 0.1, ValueError, "none"),
        ([Tensor(1.0)], 0.1, TypeError, "requires_grad"),
        ([Parameter(1.0) * 2], 0.1, TypeError, "leaves"),
        ([Parameter(1.0)], 0.0, ValueError, "lr must be a positive"),
        ([Parameter(1.0)], -1.0, ValueError, "lr"),
        ([Parameter(1.0)], "0.1", TypeError, "lr must be a number"),
        ([Parameter(1.0)], np.nan, ValueError, "lr"),
        ([TWICE := Parameter(1.0), TWICE], 0.1, ValueError, "twice"),
    ],
)
@pytest.mark.parametrize("optimizer", [SGD, SteepestDescent])
def test_an_optimiser_says_what_it_needs(optimizer, params, lr, error, says):
    with pytest.raises(error, match=says):
        optimizer(params, lr)


def test_a_norm_that_is_none_is_refused():
    with pytest.raises(ValueError, match="l2, l1, max, spectral"):
        SteepestDescent([Parameter(1.0)], 0.1, "l3")


# -- training --------------------------------------------------------------------------------------------


def blobs(seed=0, batch=20):
    """Yield batches of two clouds for ever."""
    rng = np.random.default_rng(seed)
    while True:
        labels = rng.integers(0, 2, batch)
        yield rng.normal(size=(batch, 2)) + 3 * labels[:, None], labels


def trained(steps, every, batches=None, lr=0.5, **more):
    model = MLP([2, 4, 2], rng=np.random.default_rng(0))
    optimizer = SGD(model.parameters(), lr=lr)
    return model, fit(model, optimizer, batches or blobs(), steps=steps, every=every, **more)


def test_training_lowers_the_loss_and_films_it():
    model, run = trained(60, 20, measure=lambda m: len(list(m.parameters())))
    assert [step.step for step in run] == [0, 20, 40, 60]
    assert run.success
    assert np.isnan(run[0].fun)
    assert run[3].fun < 0.1 < run[1].fun
    assert {step.measured for step in run} == {4}
    assert all(np.array_equal(p.data, x) for p, x in zip(model.parameters(), run.x, strict=True))
    assert not run.x[0].flags.writeable


def test_training_happens_when_it_is_looked_at_and_can_be_taken_up_again():
    model, run = trained(60, 20)
    start = [p.data for p in model.parameters()]
    assert all(np.array_equal(p.data, x) for p, x in zip(model.parameters(), start, strict=True))
    run[1]
    halfway = next(model.parameters()).data
    assert np.array_equal(halfway, run[1].x[0])
    run.finish()
    whole = trained(60, 60)[1]
    assert all(np.array_equal(a, b) for a, b in zip(run.x, whole.x, strict=True))


def test_a_second_training_goes_on_where_the_first_one_ended():
    batches = blobs()
    model, first = trained(30, 30, batches)
    first.finish()
    second = fit(model, SGD(model.parameters(), lr=0.5), batches, steps=30, every=30)
    whole = trained(60, 60)[1]
    assert all(np.array_equal(a, b) for a, b in zip(second.x, whole.x, strict=True))


def test_a_training_that_explodes_stops_and_keeps_its_frames():
    poisoned = itertools.chain(itertools.islice(blobs(), 5), [(np.full((1, 2), np.nan), np.array([0]))])
    _, run = trained(60, 5, poisoned)
    assert not run.success
    assert "the loss of step 6 is nan" in run.message
    assert "smaller lr" in run.message
    assert [step.step for step in run] == [0, 5]
    assert all(np.isfinite(x).all() for x in run.x)


def test_batches_that_end_early_are_named():
    _, run = trained(60, 10, itertools.islice(blobs(), 25))
    assert not run.success
    assert "25 steps" in run.message
    assert run.last.step == 20


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"every": -1}, {"steps": 2.5}])
def test_a_training_needs_counts(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        trained(**{"steps": 10, "every": 5} | wrong)
