"""Forward and reverse mode: what grad, jvp, vjp and jacobian return, and how they agree."""

import functools

import numpy as np
import pytest
from descent.autodiff import (
    checkpoint,
    defjvp,
    defvjp,
    grad,
    hessian,
    jacobian,
    jvp,
    linearize,
    primitive,
    value_and_grad,
    vjp,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def test_the_lectures_gradient():
    assert grad(lecture, (0, 1))(2, 5) == (5.5, pytest.approx(2 - np.cos(5.0), rel=1e-15))
    assert jvp(lecture, (2.0, 5.0), (1.0, 0.0)) == (pytest.approx(11.652, abs=1e-3), 5.5)


def test_values_are_numpys_to_the_last_bit():
    f = lambda x: np.tanh(x) * np.exp(x) + x**3.2 / np.cbrt(x)  # noqa: E731
    for x in np.random.default_rng(0).uniform(0.1, 4, 50).tolist():
        assert value_and_grad(f)(x)[0] == f(x)
        assert jvp(f, (x,), (1.0,))[0] == f(x)


# -- random programs: one seed makes one function, run forward and backward ---------------------------

UNARY = [np.sin, np.tanh, np.exp, np.arctan, lambda x: x**2, lambda x: 1 / (2 + np.cos(x)), np.negative]
BINARY = [np.add, np.subtract, np.multiply, np.arctan2, np.logaddexp, lambda a, b: a / (1 + b * b)]


def program(seed, length):
    """Return a function of an array that carries out random operations, branches among them."""
    rng = np.random.default_rng(seed)
    choices = [(rng.random(), rng.integers(99, size=3)) for _ in range(length)]

    def f(x):
        values = [x, 0.3 * x[::-1]]
        for kind, (op, i, j) in choices:
            a, b = values[i % len(values)], values[j % len(values)]
            if kind < 0.4:
                values.append(UNARY[op % len(UNARY)](np.tanh(a)))
            elif kind < 0.8:
                values.append(BINARY[op % len(BINARY)](np.sin(a), b))
            elif np.sum(a) > 0:
                values.append(np.concatenate([a[1:], b[:1]]))
            else:
                values.append(np.outer(a, np.cos(b)) @ b / len(x))
        return values[-1]

    return f


@given(seed=st.integers(0, 10**6), length=st.integers(1, 15), n=st.integers(1, 5))
@settings(max_examples=60)
def test_forward_and_reverse_agree(seed, length, n):
    f = program(seed, length)
    x = np.random.default_rng([seed, 1]).standard_normal(n)
    reverse, forward = jacobian(f)(x), jacobian(f, mode="forward")(x)
    np.testing.assert_allclose(reverse, forward, rtol=1e-12, atol=1e-12 * max(1, np.abs(reverse).max()))


@given(seed=st.integers(0, 10**6), length=st.integers(1, 12), n=st.integers(1, 4))
@settings(max_examples=30)
def test_a_jvp_is_the_jacobian_times_v_and_a_vjp_w_times_it(seed, length, n):
    f = program(seed, length)
    rng = np.random.default_rng([seed, 2])
    x, v = rng.standard_normal(n), rng.standard_normal(n)
    J = jacobian(f)(x)
    w = rng.standard_normal(J.shape[0])
    size = max(1, np.abs(J).max())
    np.testing.assert_allclose(jvp(f, (x,), (v,))[1], J @ v, rtol=1e-12, atol=1e-12 * size)
    np.testing.assert_allclose(vjp(f, x)[1](w)[0], w @ J, rtol=1e-12, atol=1e-12 * size)
    np.testing.assert_allclose(linearize(f, x)[1](v), J @ v, rtol=1e-12, atol=1e-12 * size)


@given(m=st.integers(1, 4), n=st.integers(1, 4))
def test_the_jacobian_has_a_row_for_each_result(m, n):
    A = np.random.default_rng([m, n]).standard_normal((m, n))
    for mode in ("reverse", "forward"):
        assert np.array_equal(jacobian(lambda x: A @ x, mode=mode)(np.ones(n)), A)


def test_shapes_of_jacobians():
    x = np.ones((2, 3))
    for mode in ("reverse", "forward"):
        J = functools.partial(jacobian, mode=mode)
        assert J(lambda x: x @ np.ones((3, 4)))(x).shape == (2, 4, 2, 3)
        assert J(np.sum)(x).shape == (2, 3)
        assert J(lambda t: t * x)(2.0).shape == (2, 3)
        assert J(lambda t: t * t)(3.0) == 6.0
        assert J(lambda x: np.array([1.0, 2.0]))(x).tolist() == np.zeros((2, 2, 3)).tolist()
        both = J(lambda a, b: a * b, (0, 1))(np.ones(2), np.full(2, 3.0))
        assert isinstance(both, tuple)
        assert np.array_equal(both[0], 3 * np.eye(2))
    assert hessian(lambda x: np.sum(x**3))(x).shape == (2, 3, 2, 3)
    assert hessian(lambda t: t**3)(2.0) == 12.0


# -- arguments and results -----------------------------------------------------------------------


def test_argnum():
    f = lambda a, b, c=1.0: a * b**2 * c  # noqa: E731
    assert grad(f)(2.0, 3.0) == 9.0
    assert grad(f, 1)(2.0, 3.0) == 12.0
    assert grad(f, -1)(2.0, 3.0) == 12.0
    assert grad(f, (1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert grad(f, (0,))(2.0, 3.0) == (9.0,)
    assert grad(f, [0, 1])(2.0, 3.0, c=2.0) == (18.0, 24.0)


def test_arguments_that_are_not_differentiated_stay_as_they_are():
    assert grad(lambda x, n, name: x**n if name == "power" else 0.0)(2.0, 3, "power") == 12.0
    assert grad(lambda x, k: x[k])(np.ones(3), 1).tolist() == [0.0, 1.0, 0.0]


def test_gradients_have_the_shape_and_type_of_the_argument():
    assert type(grad(lambda x: x * x)(3)) is float
    assert type(grad(lambda x: x * x)(3.0)) is float
    assert type(grad(lambda x: x * x)(np.float64(3))) is np.float64
    assert type(grad(lambda x: x * x)(np.float32(3))) is np.float32
    assert grad(lambda x: np.sum(x * x))(np.array([1, 2])).dtype == np.float64
    assert grad(lambda x: np.sum(x * x))(np.ones((2, 0, 3))).shape == (2, 0, 3)
    single = grad(lambda x: np.sum(np.ones(3) * x))(np.ones(3, np.float32))
    assert single.dtype == np.float32
    assert grad(lambda x: x * x)(np.array(3.0)).shape == ()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_containers_come_back_as_they_were(scale):
    parameters = {"layers": [(np.ones((2, 2)), np.zeros(2)), (np.ones(2), 1.0)], "scale": scale}

    def loss(p):
        (W, b), (w, c) = p["layers"]
        return p["scale"] * np.sum(np.tanh(W @ np.ones(2) + b) * w) + c**2

    gradient = grad(loss)(parameters)
    assert gradient.keys() == parameters.keys()
    assert isinstance(gradient["layers"], list)
    assert isinstance(gradient["layers"][0], tuple)
    assert gradient["layers"][0][0].shape == (2, 2)
    assert gradient["layers"][1][1] == 2.0
    assert gradient["scale"] == pytest.approx(2 * np.tanh(2.0))


def test_lists_of_numbers_are_lists_of_inputs():
    assert grad(lambda x: x[0] * x[1])([2, 3.0]) == [3.0, 2.0]


def test_results_that_are_containers():
    f = lambda x, y: {"sum": x + y, "both": (x * y, 3.0)}  # noqa: E731
    y, pullback = vjp(f, 2.0, 5.0)
    assert y == {"sum": 7.0, "both": (10.0, 3.0)}
    assert pullback({"sum": 1.0, "both": (10.0, 0.0)}) == (51.0, 21.0)
    assert jvp(f, (2.0, 5.0), (1.0, 0.0))[1] == {"sum": 1.0, "both": (5.0, 0.0)}


def test_functions_that_ignore_an_input_or_return_it():
    assert grad(lambda x: 3.0)(2.0) == 0.0
    assert grad(lambda x, y: y, (0, 1))(np.ones(2), 2.0)[0].tolist() == [0.0, 0.0]
    assert grad(lambda x: x)(2.0) == 1.0
    assert vjp(lambda x: (x, x), 2.0)[1]((3.0, 4.0)) == (7.0,)
    assert jvp(lambda x: np.ones(2), (1.0,), (1.0,))[1].tolist() == [0.0, 0.0]


def test_a_row_that_nobody_uses_does_no_harm():
    def f(x):
        np.log(x)  # at 0 its derivative is infinite
        return x * 2

    with np.errstate(divide="ignore"):
        assert grad(f)(0.0) == 2.0


def test_gradients_belong_to_the_caller():
    constant = np.ones(3)
    x, y = np.zeros(3), np.ones(3)
    gx, gy = grad(lambda x, y: np.sum((x + y) * constant), (0, 1))(x, y)
    gx += 1
    assert gy.tolist() == constant.tolist() == [1.0, 1.0, 1.0]
    w = np.ones(3)
    (g,) = vjp(lambda x: x, x)[1](w)
    g += 1
    assert w.tolist() == [1.0, 1.0, 1.0]
    a, b = vjp(lambda x, y: x + y, x, y)[1](w)
    assert not np.shares_memory(a, b)
    assert not np.shares_memory(a, w)
    tangent = jvp(lambda x: x, (x,), (w,))[1]
    assert not np.shares_memory(tangent, w)
    assert grad(np.sum)(np.ones(2)).flags.writeable


def test_a_pullback_keeps_the_point_of_its_recording():
    x = np.array([1.0, 2.0])
    _, pullback = vjp(lambda x: np.sum(x**2), x)
    _, push = linearize(lambda x: np.sum(x**2), x)
    x[:] = 100.0
    assert pullback(1.0)[0].tolist() == [2.0, 4.0]
    assert push(np.ones(2)) == 6.0
    assert pullback(2.0)[0].tolist() == [4.0, 8.0]


# -- plain Python around it ----------------------------------------------------------------------


def test_loops_branches_recursion_closures_and_reassignment():
    def loop(x):
        y = 1.0
        for k in range(5):
            y = y * x + k
        return y

    assert grad(loop)(2.0) == 5 * 16 + 3 * 4 * 1 + 2 * 2 * 2 + 3
    assert grad(lambda x: x**2 if x > 0 else -x)(-3.0) == -1.0

    def power(x, n):
        return 1.0 if n == 0 else x * power(x, n - 1)

    assert grad(power)(2.0, 10) == 10 * 2.0**9

    def outer(a):
        def inner(x):
            return a * x

        return inner(a) * 2

    assert grad(outer)(3.0) == 12.0

    def newton(a):
        x = a
        while abs(x * x - a) > 1e-14:
            x = (x + a / x) / 2
        return x

    assert grad(newton)(2.0) == pytest.approx(0.5 / np.sqrt(2.0), rel=1e-12)

    def accumulate(x):
        total = x[0]
        for entry in x[1:]:
            total += entry * x[0]
        return total

    assert grad(accumulate)(np.array([2.0, 3.0, 4.0])).tolist() == [8.0, 2.0, 2.0]


def test_a_branch_on_equality_hides_the_derivative():
    """Erratum 15: x if x != 0 else 0 is x, but at 0 the constant branch is recorded."""
    assert grad(lambda x: 0.0 if x == 0 else x)(1e-300) == 1.0
    assert grad(lambda x: 0.0 if x == 0 else x)(0.0) == 0.0


def test_sums_over_a_loop_of_entries_are_linear_in_work():
    def f(x):
        total = 0.0
        for k in range(len(x) - 1):
            total = total + 100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2
        return total

    def exact(x):
        g = np.zeros_like(x)
        g[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
        g[1:] += 200 * (x[1:] - x[:-1] ** 2)
        return g

    x = np.linspace(-1, 1, 3000)
    np.testing.assert_allclose(grad(f)(x), exact(x), rtol=1e-12)
    np.testing.assert_allclose(grad(lambda *x: f(x), tuple(range(3000)))(*x), exact(x), rtol=1e-12)


def test_two_hundred_thousand_rows():
    def f(x):
        y = x
        for _ in range(100_000):
            y = y * 0.99999 + x
        return y

    value, slope = value_and_grad(f)(1.0)
    assert slope == pytest.approx(value, rel=1e-9)
    assert jvp(f, (1.0,), (1.0,))[1] == pytest.approx(slope, rel=1e-12)


def test_rows_and_memory_grow_linearly():
    import tracemalloc

    def loop(n):
        def f(x):
            y = x
            for _ in range(n):
                y = np.sin(y) * x
            return y

        return f

    peaks = []
    for n in (5000, 20000):
        tracemalloc.start()
        grad(loop(n))(0.5)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert 3.0 < peaks[1] / peaks[0] < 5.0
    assert peaks[1] / 40000 < 500  # bytes a row


# -- operations of one's own ---------------------------------------------------------------------


def test_primitives_with_rules_of_their_own():
    @primitive
    def cube(x, scale=1.0):
        assert isinstance(x, (float, np.ndarray))
        return scale * x**3

    assert cube(2.0) == 8.0
    with pytest.raises(NotImplementedError, match="cube has no VJP in argument 0: add one with defvjp"):
        grad(cube)(2.0)
    with pytest.raises(NotImplementedError, match="cube has no JVP in argument 0: add one with defjvp"):
        jvp(cube, (2.0,), (1.0,))
    defvjp(cube, lambda y, x, scale=1.0: lambda g: 3 * scale * x**2 * g)
    defjvp(cube, lambda g, y, x, scale=1.0: 3 * scale * x**2 * g)
    assert grad(cube)(2.0) == 12.0
    assert grad(lambda x: cube(x, scale=2.0))(2.0) == 24.0
    assert jvp(cube, (2.0,), (1.0,)) == (8.0, 12.0)
    assert grad(grad(cube))(2.0) == 12.0

    product = primitive(lambda a, b: a * b)
    defjvp(product, "same", "same")
    defvjp(product, lambda y, a, b: lambda g: g * b, None)
    assert jvp(product, (2.0, 5.0), (1.0, 1.0))[1] == 7.0
    assert grad(product, (0, 1))(2.0, 5.0) == (5.0, 0.0)
    defvjp(product, lambda y, a, b: lambda g: g * a, argnums=(1,))
    assert grad(product, (0, 1))(2.0, 5.0) == (5.0, 2.0)


def test_a_rule_for_a_fixed_point_without_unrolling():
    """x = cos(a x): dx/da = -x sin(a x) / (1 + a sin(a x)) by the implicit function theorem."""

    @primitive
    def fixed_point(a):
        x = 0.5
        for _ in range(200):
            x = np.cos(a * x)
        return x

    defvjp(fixed_point, lambda x, a: lambda g: -g * x * np.sin(a * x) / (1 + a * np.sin(a * x)))
    h = 1e-6
    assert grad(fixed_point)(0.8) == pytest.approx(
        (fixed_point(0.8 + h) - fixed_point(0.8 - h)) / (2 * h), rel=1e-8
    )


def test_checkpoint_changes_rows_not_derivatives():
    calls = []

    def layer(x, W):
        calls.append(1)
        for _ in range(3):
            x = np.tanh(W @ x)
        return x

    def net(layer, x, W):
        for _ in range(4):
            x = layer(x, W)
        return np.sum(x**2)

    rng = np.random.default_rng(0)
    x, W = rng.standard_normal(3), rng.standard_normal((3, 3))
    plain = grad(functools.partial(net, layer), (0, 1))(x, W)
    calls.clear()
    kept = grad(functools.partial(net, checkpoint(layer)), (0, 1))(x, W)
    assert len(calls) == 8  # each layer runs once forward and once when its row is undone
    for a, b in zip(plain, kept, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)
    H = [hessian(functools.partial(net, k))(x, W) for k in (layer, checkpoint(layer))]
    np.testing.assert_allclose(H[0], H[1], rtol=1e-11, atol=1e-13)
    pair = checkpoint(lambda p: (p["a"] * 2, [p["b"] ** 2]))
    assert grad(lambda a, b: pair({"a": a, "b": b})[0] * pair({"a": a, "b": b})[1][0], (0, 1))(3.0, 5.0) == (
        50.0,
        60.0,
    )


def test_checkpoint_refuses_traced_values_from_a_closure():
    with pytest.raises(TypeError, match="pass it to f as an argument"):
        grad(lambda x: checkpoint(lambda z: z * x)(x))(2.0)
