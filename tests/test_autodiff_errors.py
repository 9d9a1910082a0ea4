"""What the tracer refuses, and what it says about it."""

import subprocess
import sys

import numpy as np
import pytest
from descent.autodiff import (
    NoRuleError,
    Variable,
    defjvp,
    grad,
    hessian,
    jacobian,
    jvp,
    linearize,
    value_and_grad,
    vjp,
)

VECTOR = np.ones(3)


def assign(x):
    y = np.zeros(3)
    y[0] = x[0]
    return y[0]


def assign_slice(x):
    y = np.zeros(3)
    y[:] = x
    return y[0]


def assign_traced(x):
    y = x * 2
    y[0] = 1.0
    return y[0]


def in_place(x):
    y = np.zeros(3)
    y += x
    return y[0]


@pytest.mark.parametrize("f", [assign, assign_slice, assign_traced])
def test_item_assignment(f):
    with pytest.raises(TypeError, match=r"item assignment .*np\.stack.*np\.where") as error:
        grad(f)(VECTOR)
    assert f"of {f.__name__}: y[" in str(error.value)


def test_in_place_operations_on_plain_arrays():
    with pytest.raises(
        TypeError, match=r"np\.add would write a traced value into an array .*write a = a \+ v.*y \+= x"
    ):
        grad(in_place)(VECTOR)
    with pytest.raises(TypeError, match="writes in place: use the value that it returns"):
        grad(lambda x: np.sum(x, out=np.zeros(())))(VECTOR)


@pytest.mark.parametrize(
    "f", [lambda x: np.array([x[0], x[1]])[0], lambda x: np.asarray(x)[0], lambda x: np.full(2, x[0])[0]]
)
def test_arrays_of_traced_values(f):
    with pytest.raises(
        TypeError, match=r"np\.array or np\.asarray of a traced value .*use np\.stack\(\[v, w\]\)"
    ):
        grad(f)(VECTOR)


def test_conversions_to_numbers():
    import math

    for f in (float, math.sin, lambda x: np.ones(3) * math.exp(x)):
        with pytest.raises(
            TypeError, match=r"float\(\) of a traced value .*np\.sin, not math\.sin.*v\.value"
        ):
            grad(f)(2.0)
    with pytest.raises(TypeError, match=r"int\(\) of a traced value"):
        grad(int)(2.0)
    with pytest.raises(TypeError, match=r"\.item\(\) of a traced value"):
        grad(lambda x: x.item())(2.0)
    with pytest.raises(TypeError, match="a traced value is no index"):
        grad(lambda x: [1.0, 2.0][x])(1.0)
    with pytest.raises(TypeError, match="dtype='int64' has no derivative"):
        grad(lambda x: np.sum(x.astype(int)))(VECTOR)


def test_operations_without_a_rule():
    for f, name in (
        (np.fft.fft, "np.fft.fft"), (lambda x: np.add.reduceat(x, [0]), "np.add.reduceat"),
        (lambda x: np.frexp(x)[0], "np.frexp"), (np.unique, "np.unique"), (np.linalg.qr, "np.linalg.qr"),
    ):  # fmt: skip
        with pytest.raises(NoRuleError) as error:
            grad(lambda x, f=f: np.sum(f(x)))(VECTOR)
        assert f"there is no rule for {name}: write it with operations that have one" in str(error.value)
        assert "@primitive" in str(error.value)
        assert "line " in str(error.value)
    assert issubclass(NoRuleError, NotImplementedError)
    assert issubclass(NoRuleError, TypeError)


def test_errors_name_the_learners_line():
    def f(x):
        return np.unique(x)

    with pytest.raises(NoRuleError, match=r"\(line \d+ of f: return np\.unique\(x\)\)"):
        grad(f)(VECTOR)


def test_grad_of_more_than_a_number():
    with pytest.raises(TypeError, match=r"one number, and this one returns shape \(3,\).*np\.sum.*jacobian"):
        grad(np.sin)(VECTOR)
    with pytest.raises(TypeError, match=r"returns a tuple of 2: return the loss alone"):
        grad(lambda x: (x, x))(2.0)
    with pytest.raises(TypeError, match="truth value, which has no derivative"):
        grad(lambda x: x > 0)(2.0)
    with pytest.raises(TypeError, match="one array"):
        jacobian(lambda x: (x, x))(2.0)
    assert grad(lambda x: x * 2)(np.ones(1)).tolist() == [2.0]  # an array of one entry is a number


@pytest.mark.parametrize("value", ["text", 1j, np.ones(2) * 1j, None, np.array(["a"]), np.array([object()])])
def test_arguments_that_are_not_real(value):
    with pytest.raises(TypeError, match=r"argument\[0\] must be real numbers, got"):
        grad(lambda x: x)(value)


def test_complex_arguments_are_sent_to_the_complex_step():
    with pytest.raises(TypeError, match="use complex_step"):
        grad(lambda x: x)(1j)


def test_bad_argnums_and_functions():
    with pytest.raises(TypeError, match="argnum=2 is beyond the 1 positional arguments"):
        grad(lambda x: x, 2)(1.0)
    for argnum in (1.5, "0", (), (0, "1"), True):
        with pytest.raises(TypeError, match="argnum must be an int or a tuple of ints"):
            grad(lambda x: x, argnum)
    for door in (grad, value_and_grad, jacobian, hessian):
        with pytest.raises(TypeError, match="f must be callable, got 3"):
            door(3)
    with pytest.raises(ValueError, match="mode must be 'reverse' or 'forward', got 'backward'"):
        jacobian(np.sin, mode="backward")

    def sin_by_hand(x):
        return x

    with pytest.raises(TypeError, match="sin_by_hand is no primitive: decorate it with @primitive"):
        defjvp(sin_by_hand, "same")


def test_wrong_shapes_of_tangents_and_adjoints():
    with pytest.raises(
        ValueError, match=r"tangents\[0\] has shape \(2,\), but its argument has shape \(3,\)"
    ):
        jvp(np.sin, (VECTOR,), (np.ones(2),))
    with pytest.raises(ValueError, match=r"tangents\[0\] has shape \(\), but its argument has shape \(3,\)"):
        jvp(np.sin, (VECTOR,), (1.0,))
    with pytest.raises(ValueError, match="tangents must be 1, one for each argument, got 2"):
        jvp(np.sin, (VECTOR,), (VECTOR, VECTOR))
    with pytest.raises(TypeError, match="primals must be a tuple"):
        jvp(np.sin, VECTOR, VECTOR)
    with pytest.raises(TypeError, match="tangents must be a tuple"):
        jvp(np.sin, (VECTOR,), VECTOR)
    with pytest.raises(ValueError, match=r"ybar has shape \(2,\), but the result of f has shape \(3,\)"):
        vjp(np.sin, VECTOR)[1](np.ones(2))
    with pytest.raises(ValueError, match=r"ybar has shape \(\), but the result of f has shape \(3,\)"):
        vjp(np.sin, VECTOR)[1](1.0)
    with pytest.raises(ValueError, match="ybar must be put together as the result of f is"):
        vjp(lambda x: (x, x), 1.0)[1]([1.0])
    with pytest.raises(ValueError, match=r"tangents\[0\] must be put together as its argument is"):
        jvp(lambda p: p["a"], ({"a": 1.0},), ({"b": 1.0},))
    with pytest.raises(ValueError, match=r"tangents\[0\] has shape \(2,\)"):
        linearize(np.sin, VECTOR)[1](np.ones(2))


def test_escaped_values():
    kept = []
    grad(lambda x: kept.append(x) or x * 2)(1.0)
    with pytest.raises(TypeError, match="traced value whose function has already returned"):
        kept[0] * 2
    assert kept[0].value == 1.0


def test_the_learners_own_errors_come_through():
    def f(x):
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        grad(f)(1.0)
    with pytest.raises(ValueError, match="could not be broadcast"):
        grad(lambda x: np.sum(x + np.ones(2)))(VECTOR)
    with pytest.raises(np.linalg.LinAlgError):
        grad(lambda X: np.linalg.inv(X)[0, 0])(np.zeros((2, 2)))


def test_domain_errors_are_numpys():
    with np.errstate(all="ignore"):
        assert jvp(np.log, (0.0,), (1.0,)) == (-np.inf, np.inf)
        assert grad(np.sqrt)(0.0) == np.inf
        assert np.isnan(grad(np.log)(-1.0)) or grad(np.log)(-1.0) == -1.0
        assert value_and_grad(lambda x: 1 / x)(0.0) == (np.inf, -np.inf)
        assert value_and_grad(lambda x: x / 0.0)(1.0)[0] == np.inf
        assert value_and_grad(np.exp)(1000.0) == (np.inf, np.inf)
        assert np.isnan(value_and_grad(lambda x: x ** (1 / 3))(-8.0)[0])
        assert value_and_grad(lambda x: x**400)(10.0)[0] == np.inf
        assert value_and_grad(lambda x: x**-1)(0.0) == (np.inf, -np.inf)
        assert grad(grad(lambda x: 1 / x))(0.0) == np.inf
        assert grad(lambda x: np.sum(1 / x))(np.array([0.0, 1.0])).tolist() == [-np.inf, -1.0]


def test_variables_made_by_hand():
    x, y = Variable(2), Variable([1, 2])
    assert (x * y).value.tolist() == [2.0, 4.0]
    assert (x.shape, y.ndim, y.size, y.dtype, len(y)) == ((), 1, 2, np.float64, 2)
    assert repr(x) == "Variable(2.0)"
    assert f"{x:.2f}" == "2.00"
    assert x > 1
    assert x == 2
    assert {x: 1}[x] == 1
    assert grad(lambda z: (z * x * x).value.value if False else z * 3)(1.0) == 3.0
    with pytest.raises(TypeError, match="value is traced already"):
        grad(lambda z: Variable(z))(1.0)
    with pytest.raises(TypeError, match="value must be real numbers"):
        Variable("two")
    with pytest.raises(TypeError, match="iteration over a 0-d array"):
        list(x)
    with pytest.raises(TypeError, match="unsupported operand"):
        x + "one"


def test_array_methods_are_numpys():
    x = np.arange(6.0).reshape(2, 3) + 0.5
    calls = [
        lambda x: x.sum(axis=0),
        lambda x: x.mean(),
        lambda x: x.std(ddof=1),
        lambda x: x.max(axis=1, keepdims=True),
        lambda x: x.T,
        lambda x: x.reshape(3, 2),
        lambda x: x.reshape((3, 2)),
        lambda x: x.transpose(1, 0),
        lambda x: x.transpose(),
        lambda x: x.ravel(),
        lambda x: x.swapaxes(0, 1),
        lambda x: x.clip(1, 3),
        lambda x: x.cumsum(1),
        lambda x: x.diagonal(),
        lambda x: x.trace(),
        lambda x: x.take([0, 2], axis=1),
        lambda x: x.repeat(2, axis=0),
        lambda x: x.dot(np.ones(3)),
        lambda x: x.squeeze(),
        lambda x: x.round(),
        lambda x: x.copy(),
        lambda x: x.real,
        lambda x: x.prod(axis=-1),
        lambda x: x.argmax(axis=1) * 1.0,
        lambda x: abs(-x),
        lambda x: +x,
        lambda x: x % 2,
        lambda x: round(x[0, 1], 1),
        lambda x: divmod(x, 2.0)[1],
        lambda x: x[x > 1],
        lambda x: x[:, None] @ x.T,
        lambda x: [[1.0, 2.0]] @ x,
        lambda x: np.add.reduce(x),
        lambda x: np.multiply.accumulate(x, axis=1),
        lambda x: np.stack(list(x)),
        lambda x: np.sum(a=x, axis=1),
        lambda x: np.clip(x, a_min=1, a_max=2),
        lambda x: np.ones_like(x) * x,
        lambda x: np.where(x > 1)[0] * 1.0,
    ]
    for k, f in enumerate(calls):
        np.testing.assert_allclose(jvp(f, (x,), (x,))[0], f(x), rtol=1e-14, err_msg=f"call {k}")


@pytest.mark.parametrize("module", ["descent", "descent.autodiff"])
def test_importing_loads_numpy_alone(module):
    heavy = ("scipy", "matplotlib", "sympy", "networkx", "ipywidgets", "IPython")
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_environment()
    )
    assert found.stdout.strip() == "[]"


def _environment():
    import os

    import descent

    return {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(descent.__file__))}
