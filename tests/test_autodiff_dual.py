"""Dual numbers, finite differences, the complex step, and the check of derivatives."""

import numpy as np
import pytest
from descent.autodiff import (
    Dual,
    check_grads,
    complex_step,
    defjvp,
    defvjp,
    finite_difference,
    grad,
    jacobian,
    jvp,
    primitive,
)
from descent.autodiff.primitives import TABLE
from descent.stepwise import Counted
from hypothesis import given
from hypothesis import strategies as st

numbers = st.floats(-5, 5)


@given(a=numbers, b=numbers, c=numbers, d=numbers)
def test_the_rules_of_dual_numbers(a, b, c, d):
    """Erratum 13: sums add both parts; the product's second part is ad + bc; e e = 0."""
    x, y = Dual(a, b), Dual(c, d)
    assert x + y == Dual(a + c, b + d)
    assert x - y == Dual(a - c, b - d)
    assert x * y == Dual(a * c, b * c + a * d)
    assert Dual(0, 1) * Dual(0, 1) == Dual(0, 0)
    assert -x == Dual(-a, -b)
    assert 2 + x == x + 2 == Dual(a + 2, b)
    assert (3 - x, 2 * x) == (Dual(3 - a, -b), Dual(2 * a, 2 * b))


@given(v=st.floats(0.1, 3), dv=numbers)
def test_functions_carry_f_of_v_and_f_prime_dv(v, dv):
    for f, slope in ((np.sin, np.cos(v)), (np.exp, np.exp(v)), (np.log, 1 / v), (np.sqrt, 0.5 / np.sqrt(v)),
                     (lambda x: x**2, 2 * v), (lambda x: 1 / x, -1 / v**2), (abs, 1.0)):  # fmt: skip
        y = f(Dual(v, dv))
        assert (y.value, y.epsilon) == (pytest.approx(f(v)), pytest.approx(slope * dv))


@given(seed=st.integers(0, 10**6))
def test_the_composition_has_the_chain_rule(seed):
    rng = np.random.default_rng(seed)
    v, dv = rng.uniform(0.2, 2, 2)
    f = lambda x: np.log(x + 1) * np.sin(x) ** 3 / np.sqrt(2 + np.cos(x * x)) + np.hypot(x, 2.0)  # noqa: E731
    y = f(Dual(v, dv))
    value, tangent = jvp(f, (v,), (dv,))
    assert (y.value, y.epsilon) == (
        pytest.approx(value, rel=1e-13),
        pytest.approx(tangent, rel=1e-12, abs=1e-13),
    )


def test_several_epsilons_are_the_gradient():
    """Erratum 13: the example with two variables is x1 x2 + sin x1."""
    y = (lambda x1, x2: x1 * x2 + np.sin(x1))(Dual(2.0, 1.0, 0.0), Dual(5.0, 0.0, 1.0))
    assert y.value == 10 + np.sin(2.0)
    assert y.epsilons == (5 + np.cos(2.0), 2.0)
    assert repr(Dual(2.0, 1.0, -3.0)) == "2 + 1ε₁ - 3ε₂"
    assert repr(Dual(2.0)) == "2 + 0ε"


def test_every_entrywise_rule_works_on_dual_numbers():
    rng = np.random.default_rng(0)
    for ufunc, rule in TABLE.items():
        if rule.partials is None:
            continue
        x = (
            rng.uniform(1.1, 1.9, len(rule.partials))
            if ufunc is np.arccosh
            else rng.uniform(0.2, 0.8, len(rule.partials))
        )
        dx = rng.standard_normal(len(x))
        y = ufunc(*(Dual(a, b) for a, b in zip(x, dx, strict=True)))
        assert y.epsilon == pytest.approx(jvp(ufunc, tuple(x), tuple(dx))[1], rel=1e-12, abs=1e-14), rule.name


def test_branches_and_loops_on_dual_numbers():
    def f(x):
        y = 1.0
        while y < 10:
            y = y * x if x > 1 else y + x
        return y

    assert f(Dual(2.0, 1.0)) == Dual(16.0, 32.0)
    assert f(Dual(0.5, 1.0)) == Dual(10.0, 18.0)
    assert max(Dual(1.0, 5.0), Dual(2.0, 7.0)).epsilon == 7.0
    assert Dual(2.0, 1.0) == 2
    assert np.maximum(Dual(1.0, 5.0), 0.0).epsilon == 5.0
    assert np.clip(Dual(3.0, 5.0), 0.0, 2.0).epsilon == 0.0


def test_dual_numbers_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match="dual numbers with 1 and 2 epsilons do not mix"):
        Dual(1.0, 1.0) + Dual(1.0, 1.0, 0.0)
    with pytest.raises(TypeError, match="value must be a real number, got 'a'"):
        Dual("a")
    with pytest.raises(TypeError, match="epsilon must be a real number, got 1j"):
        Dual(1.0, 1j)
    with pytest.raises(TypeError, match=r"np\.sin, not math\.sin"):
        float(Dual(1.0, 1.0))
    with pytest.raises(NotImplementedError, match=r"no rule of dual numbers for np\.nextafter"):
        np.nextafter(Dual(1.0), 2.0)
    with pytest.raises(ValueError, match="there are 2 epsilons"):
        Dual(1.0, 1.0, 0.0).epsilon


def quartic(x):
    return np.sum(x**4) + x[0] * x[1]


def test_calls_of_finite_differences():
    """Erratum 10: (d + 1) T forward with the kept value, 2 d T central."""
    for d in (2, 5):
        for scheme, calls in (("forward", d + 1), ("central", 2 * d)):
            f = Counted(quartic)
            finite_difference(f, np.ones(d), scheme=scheme)
            assert f.calls == calls


@given(step=st.floats(1e-4, 1e-2), x=st.floats(-2, 2))
def test_the_errors_are_of_first_and_second_order(step, x):
    """On x^3 the forward error is 3 x h + h^2 and the central one h^2, exactly but for rounding."""
    rounding = 1e-14 / step
    forward = finite_difference(lambda x: x**3, x, step=step) - 3 * x**2
    central = finite_difference(lambda x: x**3, x, scheme="central", step=step) - 3 * x**2
    assert forward == pytest.approx(3 * x * step + step**2, abs=rounding)
    assert central == pytest.approx(step**2, abs=rounding)


def test_default_steps_reach_half_and_two_thirds_of_the_digits():
    x = np.array([0.7, -1.3, 2.1])
    exact = grad(quartic)(x)
    eps, size = np.finfo(float).eps, 6 * np.max(12 * x**2)  # of f and its derivatives
    assert np.max(np.abs(finite_difference(quartic, x) - exact)) < size * eps ** (1 / 2)
    assert np.max(np.abs(finite_difference(quartic, x, scheme="central") - exact)) < size * eps ** (2 / 3)


def test_shapes_of_finite_differences():
    A = np.arange(6.0).reshape(2, 3)
    for scheme in ("forward", "central"):
        np.testing.assert_allclose(
            finite_difference(lambda x: A @ x, np.ones(3), scheme=scheme), A, rtol=1e-6
        )
        assert finite_difference(lambda x: x @ A, np.ones((4, 2)), scheme=scheme).shape == (4, 3, 4, 2)
        assert finite_difference(lambda t: t * A, 1, scheme=scheme).shape == (2, 3)
        assert isinstance(finite_difference(np.sin, 0.0, scheme=scheme), float)
    x = np.ones(2)
    finite_difference(lambda x: x[0] * x[1], x)
    assert x.tolist() == [1.0, 1.0]


def test_finite_differences_refuse():
    with pytest.raises(ValueError, match="scheme must be 'forward' or 'central', got 'backward'"):
        finite_difference(np.sin, 1.0, scheme="backward")
    for step in (0.0, -1e-3):
        with pytest.raises(ValueError, match=f"step must be positive, got {step}"):
            finite_difference(np.sin, 1.0, step=step)


@given(seed=st.integers(0, 10**6))
def test_the_complex_step_is_exact(seed):
    rng = np.random.default_rng(seed)
    A, x, v = rng.standard_normal((3, 2)), rng.standard_normal(2), rng.standard_normal(2)
    f = lambda x: np.sin(A @ x) * np.exp(x[0]) / (2 + x[1] ** 2)  # noqa: E731
    np.testing.assert_allclose(complex_step(f, x, v), jacobian(f)(x) @ v, rtol=1e-13, atol=1e-14)


def test_where_the_complex_step_fails():
    with pytest.raises(ValueError, match="f returns a real value at a complex point: abs"):
        complex_step(abs, -2.0, 1.0)
    with pytest.raises(TypeError, match="x must be real numbers"):
        complex_step(np.sin, 1j, 1.0)
    with pytest.raises(ValueError, match=r"v has shape \(2,\), but x has shape \(\)"):
        complex_step(np.sin, 1.0, np.ones(2))
    assert complex_step(lambda x: np.where(x.real < 0, -x, x), -2.0, 1.0) == -1.0


@pytest.mark.parametrize(
    ("jvp_rule", "vjp_rule", "modes", "complaint"),
    [
        (lambda g, y, x: g * 2.00001, lambda y, x: lambda g: g * 2.0, ("forward",), "the JVP of f"),
        (lambda g, y, x: g * 2.0, lambda y, x: lambda g: -g * 2.0, ("reverse",), "the VJP of f"),
        (
            lambda g, y, x: g * (2.0 + 0 * x),
            lambda y, x: lambda g: half(g) * 4.0,
            "reverse",
            "the VJP of the VJP of f",
        ),
    ],
)
def test_check_grads_finds_wrong_rules(jvp_rule, vjp_rule, modes, complaint):
    double = primitive(lambda x: x * 2.0)
    defjvp(double, jvp_rule)
    defvjp(double, vjp_rule)
    with pytest.raises(AssertionError, match=complaint):
        check_grads(double, np.array([0.5, 1.5]), order=2, modes=modes)


half = primitive(lambda g: 0.5 * g)
defvjp(half, lambda y, g: lambda h: 0.51 * h)


def test_check_grads_finds_a_function_that_is_not_smooth():
    with pytest.raises(AssertionError, match="the JVP of f is"):
        check_grads(np.floor, 1.0)


def test_check_grads_takes_containers_and_third_order():
    check_grads(lambda p, y: {"a": p["x"] ** 2 * y, "b": [np.sin(y)]}, {"x": np.ones(2)}, 0.3, order=3)
    with pytest.raises(ValueError, match="order must be 1, 2"):
        check_grads(np.sin, 1.0, order=0)
    with pytest.raises(ValueError, match="modes must be of 'forward' and 'reverse', got 'fwd'"):
        check_grads(np.sin, 1.0, modes="fwd")
