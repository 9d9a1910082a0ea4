"""What notebook 05 is made of: the backward pass, costs, rules of whole algorithms, networks, memory."""

import itertools

import numpy as np
import pytest
from descent.autodiff import check_grads, grad, jacobian, jvp, wengert
from descent.autodiff.backward import asked, backward, judge, overwrite
from descent.autodiff.costs import fight, operations, sweep_costs
from descent.autodiff.examples import lecture, notes, small_step, valley
from descent.autodiff.feed_forward import backpropagation, network_loss, random_network
from descent.autodiff.implicit import eliminate, fixed_point, iterate
from descent.autodiff.segments import in_segments, tradeoff
from descent.autodiff.unrolled import descend, learn_step_sizes
from hypothesis import given
from hypothesis import strategies as st

# -- the backward pass -------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["execution", "layers"])
@pytest.mark.parametrize("f", [notes, lecture, lambda x, y: x * x * y, lambda x, y: (x - y) * (x + y) / x])
def test_backward_is_the_gradient(f, order):
    adjoints = backward(wengert(f, 2.0, 5.0, order=order).rows)
    np.testing.assert_allclose([adjoints[-1], adjoints[0]], grad(f, (0, 1))(2.0, 5.0), rtol=1e-13)


def test_overwriting_forgets_all_uses_but_one():
    rows = wengert(notes, 2.0, 5.0, order="layers").rows
    wrong = backward(rows, meet=overwrite)
    assert (wrong[-1], wrong[0]) == (0.5, 2.0)


def test_without_a_seed_everything_is_zero():
    assert set(backward(wengert(lecture, 3.0, 4.0).rows, seed=0.0).values()) == {0.0}


def test_the_question_is_judged_by_its_slip():
    frames = asked(wengert(notes, 2.0, 5.0, order="layers"))
    fan_out = next(k for k, step in enumerate(frames) if step.symbol.startswith("v̄_0 = v̄_0 + "))
    before, line = frames[fan_out - 1], frames[fan_out]
    assert judge(before, line, 1.716).right
    for answer, slip in (
        (2.0, "write += for ="),
        (-0.2837, "the new term is to be added"),
        (-1.716, "the sign is flipped"),
        (-2.2837, "the sign of the new term"),
        (10.0, "this is the value"),
        (0.0, "does not depend"),
        (77.0, "is asked"),
    ):
        verdict = judge(before, line, answer)
        assert not verdict.right
        assert slip in verdict.message


def test_a_missing_factor_is_told_from_a_passed_adjoint():
    frames = asked(wengert(lambda x: np.sin(x) * 3 * 5, 1.0))  # adjoints 1, 5, 15, 15 cos 1
    last = next(k for k, step in enumerate(frames) if step.trace.startswith("v_1 = sin"))
    before, line = frames[last - 1], frames[last]
    assert "local partial derivative; multiply" in judge(before, line, np.cos(1.0)).message
    assert "passes the adjoint" in judge(before, line, 15.0).message
    assert judge(before, line, 15 * np.cos(1.0)).right


# -- costs -------------------------------------------------------------------------------------


def test_operations_of_products_sums_and_systems():
    A = np.ones((3, 5))
    assert operations(lambda x: A @ x, np.ones(5)) == 2 * 3 * 5
    assert operations(lambda X: A @ X, np.ones((5, 7))) == 2 * 3 * 5 * 7
    assert operations(lambda x: np.sum(np.exp(x)), np.ones(6)) == 12
    assert operations(lambda x: np.reshape(x.T, 6)[2:4], np.ones((2, 3))) == 0
    assert operations(lambda b: np.linalg.solve(2 * np.eye(6), b), np.ones(6)) == 2 * 6**3 // 3 + 2 * 6 * 6


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_sweep_over_a_matrix_costs_its_entries_twice(n, m):
    A = np.ones((m, n))
    costs = sweep_costs(lambda x: A @ x, np.ones(n))
    assert (costs.n, costs.m, costs.value) == (n, m, 2 * m * n)
    assert costs.forward_jacobian == 2 * m * n * (n + 1)
    assert costs.reverse_jacobian == 2 * m * n * (m + 1)


@pytest.mark.parametrize("n", [2, 10, 60])
def test_a_gradient_costs_at_most_five_functions_whatever_the_inputs(n):
    costs = sweep_costs(valley, *[1.2] * n)
    assert 2 < costs.reverse_jacobian / costs.value < 5
    assert costs.forward_jacobian / costs.value > n


def test_the_fight_is_even_on_the_diagonal_and_won_by_the_smaller_side():
    for s in (np.positive, np.tanh, np.sin):
        even, wide, tall = fight(s, 50, 50), fight(s, 80, 8), fight(s, 8, 80)
        assert even.here.forward_jacobian == even.here.reverse_jacobian
        assert wide.here.reverse_jacobian < wide.here.forward_jacobian
        assert tall.here.forward_jacobian < tall.here.reverse_jacobian
    assert dict(zip(even.outputs, even.forward, strict=True))[50] == even.here.forward_jacobian
    with pytest.raises(ValueError, match="n and m must be at least 1"):
        fight(np.sin, 0, 3)


# -- rules of whole algorithms -----------------------------------------------------------------


def contraction(x, W, b):
    return np.tanh(W @ x + b)


@pytest.fixture
def parameters():
    rng = np.random.default_rng(8)
    return 0.3 * rng.normal(size=(4, 4)), rng.normal(size=4)


def test_fixed_point_differentiates_as_the_unrolled_loop(parameters):
    W, b = parameters

    def loss(W, b):
        return np.sum(fixed_point(contraction, np.zeros(4), W, b) ** 2)

    def unrolled(W, b):
        return np.sum(iterate(contraction, np.zeros(4), W, b) ** 2)

    for ours, theirs in zip(grad(loss, (0, 1))(W, b), grad(unrolled, (0, 1))(W, b), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-9)
    check_grads(loss, W, b, order=1)
    moved = np.ones_like(W), np.ones_like(b)
    np.testing.assert_allclose(jvp(loss, (W, b), moved)[1], jvp(unrolled, (W, b), moved)[1], atol=1e-9)
    assert len(wengert(loss, W, b)) < 10 < len(wengert(unrolled, W, b))


def test_no_contraction_is_an_error_with_advice():
    with pytest.raises(ValueError, match=r"no fixed point within maxiter = 20 steps.*contraction"):
        iterate(lambda x: 2 * x, 1.0, maxiter=20)
    with pytest.raises(ValueError, match="parameters must hold"):
        fixed_point(np.cos, 1.0)


def test_elimination_solves_and_differentiates_as_solve():
    rng = np.random.default_rng(9)
    A, b, c = rng.normal(size=(6, 6)) + 5 * np.eye(6), rng.normal(size=6), rng.normal(size=6)
    np.testing.assert_allclose(eliminate(A, b), np.linalg.solve(A, b), rtol=1e-12)
    ours = grad(lambda A: np.stack(eliminate(A, b)) @ c)(A)
    np.testing.assert_allclose(ours, grad(lambda A: np.linalg.solve(A, b) @ c)(A), atol=1e-13)


# -- networks ----------------------------------------------------------------------------------


@given(
    st.integers(1, 6),
    st.lists(st.integers(1, 6), min_size=2, max_size=5),
    st.sampled_from([np.tanh, np.sin, lambda z: 1 / (1 + np.exp(-z))]),
)
def test_by_hand_and_by_differentiation_agree(batch, sizes, sigma):
    weights, x, target = random_network(batch, sizes, np.random.default_rng(3))
    film = backpropagation(weights, x, target, sigma)
    by_ad = grad(network_loss)(weights, x, target, sigma)
    for k, gradient in enumerate(by_ad, 1):
        assert gradient.shape == weights[k - 1].shape
        np.testing.assert_allclose(film.last.gradients[k], gradient, atol=1e-12)
    np.testing.assert_allclose(
        film.last.adjoints[0], grad(network_loss, 1)(weights, x, target, sigma), atol=1e-12
    )
    for k, v in enumerate(film.last.values):
        assert film.last.adjoints[k].shape == v.shape
    assert film.last.loss == pytest.approx(float(network_loss(weights, x, target, sigma)))
    assert film.nit == 2 * len(weights) + 1


def test_a_network_says_which_shape_does_not_fit():
    weights, x, target = random_network(4, [3, 2], np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"w_1 must have 3 rows.*got \(2, 3\)"):
        backpropagation([weights[0].T], x, target)
    with pytest.raises(ValueError, match="target must have the shape"):
        backpropagation(weights, x, target.T)
    with pytest.raises(ValueError, match="a row for each example"):
        backpropagation(weights, x[0], target)


# -- memory ------------------------------------------------------------------------------------


def test_segments_change_memory_and_time_and_not_the_derivative():
    x, exact = 1.0, 1.0
    for _ in range(64):
        exact, x = exact * (1 + 0.05 * np.cos(x)), small_step(x)
    for one in tradeoff(64):
        assert one.gradient == pytest.approx(exact, rel=1e-12)
        assert one.value == pytest.approx(x, rel=1e-14)
        assert one.evaluations == (64 if one.segments == 1 else 128)
        assert sum(one.lengths) == 64
        rows_of_chain = 1 + (3 * 64 if one.segments == 1 else one.segments + 3 * max(one.lengths))
        assert one.kept == rows_of_chain


def test_least_memory_is_near_the_square_root():
    best = min(tradeoff(100), key=lambda one: one.kept)
    assert 10 <= best.segments <= 25
    assert best.kept < 6 * np.sqrt(100)
    with pytest.raises(ValueError, match=r"segments must lie between 1 and steps = 5, got 6"):
        in_segments(5, 6)


# -- through an optimiser ----------------------------------------------------------------------


def test_learned_step_sizes_are_the_inverse_curvatures():
    H = np.diag([1.0, 4.0])
    film = learn_step_sizes(
        lambda x: x @ H @ x / 2, np.array([2.0, 1.0]), [0.1, 0.15], gtol=1e-12, maxiter=400
    )
    assert film.success
    np.testing.assert_allclose(np.sort(film.x), [0.25, 1.0], atol=1e-4)
    losses = [step.fun for step in film]
    assert all(after < before for before, after in itertools.pairwise(losses))


def test_the_hypergradient_is_a_derivative():
    def f(x):
        return np.sum(np.cosh(x)) + x[0] * x[1] / 2

    x0, logarithms = np.array([1.0, -0.5]), np.log([0.1, 0.2, 0.15])

    def at_the_end(logarithms):
        return f(descend(f, x0, np.exp(logarithms))[-1])

    check_grads(at_the_end, logarithms, order=1)
    film = learn_step_sizes(f, x0, np.exp(logarithms), maxiter=1)
    np.testing.assert_allclose(film[0].gradient, grad(at_the_end)(logarithms), rtol=1e-12)
    np.testing.assert_allclose(film[0].path[1], x0 - 0.1 * jacobian(f)(x0))


def test_step_sizes_must_be_positive():
    with pytest.raises(ValueError, match="alphas must be positive"):
        learn_step_sizes(lambda x: x @ x, np.ones(2), [0.1, 0.0])
