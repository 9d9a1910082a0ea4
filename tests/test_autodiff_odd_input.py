"""Odd arguments, other people's number types, and functions that change what they are given."""

from fractions import Fraction

import numpy as np
import pytest
from descent.autodiff import (
    Dual,
    check_grads,
    checkpoint,
    compile_grad,
    complex_step,
    defjvp,
    defvjp,
    finite_difference,
    grad,
    hessian,
    jvp,
    linearize,
    primitive,
    vjp,
)

VECTOR = np.array([0.3, -0.7, 1.1])


def squares_in_place(x):
    x *= x
    return np.sum(x)


def test_functions_that_change_their_argument():
    x = VECTOR.copy()
    for scheme in ("forward", "central"):
        slopes = finite_difference(squares_in_place, x, scheme=scheme)
        np.testing.assert_allclose(slopes, 2 * VECTOR, rtol=1e-6)
    assert grad(squares_in_place)(x) == pytest.approx(2 * VECTOR)
    check_grads(squares_in_place, x)
    np.testing.assert_array_equal(x, VECTOR)


def test_results_that_are_changed_afterwards():
    y, pull = vjp(np.exp, VECTOR)
    y[:] = 0.0
    np.testing.assert_allclose(pull(np.ones(3))[0], np.exp(VECTOR), rtol=1e-15)
    y, push = linearize(lambda x: (np.exp(x), np.tanh(x)), VECTOR)
    y[0][:] = y[1][:] = 0.0
    np.testing.assert_allclose(push(np.ones(3))[0], np.exp(VECTOR), rtol=1e-15)
    np.testing.assert_allclose(push(np.ones(3))[1], 1 - np.tanh(VECTOR) ** 2, rtol=1e-14)
    x, taken = VECTOR.copy(), VECTOR.copy()
    for f in (lambda z: z, lambda z: z[::-1], lambda z: taken):
        for y in (jvp(f, (x,), (x,))[0], vjp(f, x)[0], linearize(f, x)[0]):
            y[:] = 9.0
    np.testing.assert_array_equal(x, VECTOR)
    np.testing.assert_array_equal(taken, VECTOR)


def test_single_precision_points_are_widened_where_steps_are_small():
    x = np.array([1.0, 2.0], np.float32)
    for scheme in ("forward", "central"):
        slopes = finite_difference(lambda x: np.sum(x**2), x, scheme=scheme)
        np.testing.assert_allclose(slopes, [2.0, 4.0], rtol=1e-6)
    assert finite_difference(lambda x: x**2, np.float32(3), scheme="central") == pytest.approx(6.0, rel=1e-9)
    assert complex_step(lambda x: x**3, x, np.ones_like(x)).tolist() == [3.0, 12.0]
    assert complex_step(lambda x: x**3, np.float16(2), np.float16(1)) == 12.0


def test_the_complex_step_is_linear_in_its_direction():
    for size in (1e-200, 1.0, 1e200):
        assert complex_step(lambda x: x**3, 2.0, size) == pytest.approx(12 * size, rel=1e-14)
    assert complex_step(lambda x: x**3, 2.0, 0.0) == 0.0
    v = np.array([0.0, 1e60, -1e-60])
    np.testing.assert_allclose(complex_step(np.exp, VECTOR, v), np.exp(VECTOR) * v, rtol=1e-14)


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("kind", [np.matrix, lambda x: np.ma.array(x, mask=[[True, False]] * 2)])
def test_arrays_whose_operators_mean_something_else(kind):
    foreign = kind([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(TypeError, match=r"operators of its own: use np\.asarray"):
        grad(lambda x: np.sum(x * x))(foreign)
    for f in (lambda x: np.sum(x * foreign), lambda x: np.sum(foreign * x)):
        with pytest.raises(TypeError):
            grad(f)(np.ones((2, 2)))


def test_fractions_are_numbers():
    half = Fraction(1, 2)
    for f in (lambda x: half * x, lambda x: x * half, lambda x: x + half - half / x - 4 * half / x):
        assert grad(f)(2.0) == grad(lambda x, f=f: np.sum(f(x)))(np.array([2.0]))[0]
    assert grad(lambda x: np.sum(half * x))(VECTOR).tolist() == [0.5, 0.5, 0.5]


def test_an_argument_named_twice():
    for argnum in ((0, 0), (0, -2)):
        with pytest.raises(ValueError, match="names an argument twice"):
            grad(lambda a, b: a * b, argnum)(2.0, 3.0)


def test_checkpoints_take_keywords_and_what_is_no_number():
    f = checkpoint(lambda v, kind, w=1.0, *, function=np.sin: function(v) * w if kind == "first" else w)
    for call in (
        lambda a: f(a, "first", w=a),
        lambda a: f(2.0, "first", w=a),
        lambda a: f(a, "second", w=a * a),
        lambda a: f(a, "first", function=np.exp),
        lambda a: f(v=a, kind="first"),
    ):
        check_grads(call, 0.3)
    assert jvp(lambda a: f(a, "first", w=2.0), (0.0,), (1.0,))[1] == 2.0


@primitive
def sum_and_product(a, b):
    return a + b, a * b


defjvp(sum_and_product, lambda g, y, a, b: (g, g * b), lambda g, y, a, b: (g, a * g))
defvjp(
    sum_and_product,
    lambda y, a, b: lambda g: g[0] + g[1] * b,
    lambda y, a, b: lambda g: g[0] + a * g[1],
)


def test_primitives_of_several_results():
    check_grads(lambda a, b: sum_and_product(a, b)[0] * sum_and_product(b, a)[1], 0.3, 1.2)
    check_grads(lambda a: sum_and_product(a, 2.0 * a)[1], VECTOR)
    assert grad(lambda a: sum_and_product(a, 3.0)[1])(2.0) == 3.0
    assert hessian(lambda v: sum_and_product(v[0], v[1])[1])(VECTOR[:2]).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    total, product = vjp(sum_and_product, 2.0, 3.0)[0]
    assert (total, product) == (5.0, 6.0)


def test_rules_and_the_arguments_they_are_for():
    own = primitive(lambda a, b: a * b)
    for define, rule in ((defjvp, "same"), (defvjp, None)):
        with pytest.raises(ValueError, match=r"argnums=\(0,\) must name an argument for each of the 2 rules"):
            define(own, rule, rule, argnums=[0])


def test_dual_numbers_in_plain_functions():
    x = Dual(2.0, 1.0)
    assert (x % 1.5).epsilon == 1.0
    assert (5.0 % x).epsilon == -2.0
    assert (x // 1.5).epsilon == 0.0
    assert np.where(x > 1, x * x, 0.0).epsilon == 4.0
    assert np.where(x > 3, x, 0.5) == 0.5
    assert np.divmod(x, 1.5)[1].epsilon == 1.0
    assert not np.isnan(x)
    assert np.isfinite(x)
    assert np.less(x, 3.0)


def scaled_afterwards(x):
    w = np.ones(x.shape)
    y = w * x
    w *= 5.0
    return np.sum(y)


def reused_buffer(x):
    w, total = np.zeros(x.shape), 0.0
    for _ in range(3):
        w += 1.0
        total = total + np.sum(w * x)
    return total


def moved_index(x):
    index = np.arange(x.size)[::-1].copy()
    y = x[index]
    index[:] = 0
    return np.sum(y * y)


def other_matrix(x):
    w = np.ones((2, x.size))
    y = w @ x
    w[0] = 9.0
    return np.sum(y)


def other_mask(x):
    mask = x > 0
    y = np.where(mask, x, 2 * x)
    mask[:] = False
    return np.sum(y)


@pytest.mark.parametrize(
    "f", [scaled_afterwards, reused_buffer, moved_index, other_matrix, other_mask], ids=lambda f: f.__name__
)
def test_arrays_that_change_after_they_were_used(f):
    for x in (VECTOR, np.linspace(-1, 1, 5000)):
        f(x)  # for NumPy it is no matter
        for derive in (grad(f), compile_grad(f), lambda x, f=f: jvp(f, (x,), (x,)), lambda x, f=f: vjp(f, x)):
            with pytest.raises(
                TypeError, match=r"changed in place after it was used.*w = w \+ 1 for w \+= 1"
            ):
                derive(x)


def test_arrays_that_change_where_it_is_no_matter():
    def f(x):
        w, total = np.zeros(3), 0.0
        for _ in range(3):
            w += 1.0
            total = total + np.sum(x + w) + np.sum(w.copy() * x)
        w = np.ones(3)
        w *= 2.0
        return total + np.sum(w * x)

    assert grad(f)(VECTOR).tolist() == [11.0, 11.0, 11.0]
