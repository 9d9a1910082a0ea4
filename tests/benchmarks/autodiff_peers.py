"""How each library is asked for a value and a gradient, and for a Hessian times a vector.

A peer is a function (case) -> (gradient, product): calls without arguments that return
(value, gradients) and the product with the direction of ones, or None where it has none.
"""

import importlib
import math
from types import SimpleNamespace

import numpy as np
from descent.autodiff import compile_grad, compile_hvp, value_and_grad
from descent.autodiff.jacobians import listed_hvp


def of_one_argument(case):
    """Return f as a function of the tuple of its arguments, which a product with the Hessian needs."""
    f = case.f(np)
    return (f, case.point[0]) if len(case.point) == 1 else (lambda p: f(*p), case.point)


def ones_like(x):
    if isinstance(x, (list, tuple)):
        return type(x)(ones_like(part) for part in x)
    return np.ones_like(x) if isinstance(x, np.ndarray) else 1.0


def by_hand(case):
    return (lambda: case.by_hand(*case.point)), None


def by_list(case):
    gradient = value_and_grad(case.f(np), tuple(range(len(case.point))))
    f, x = of_one_argument(case)
    v = ones_like(x)
    return (lambda: gradient(*case.point)), (lambda: listed_hvp(f, x, v))


def by_program(case):
    gradient = compile_grad(case.f(np), *case.point)
    f, x = of_one_argument(case)
    v = ones_like(x)
    product = compile_hvp(f, x, v)
    return (lambda: gradient(*case.point)), (lambda: product(x, v))


def by_micrograd(case):
    engine = importlib.import_module("micrograd.engine")
    if case.arrays:
        return None, None

    def elementary(value, slope):
        def function(x):
            y = engine.Value(value(x.data), (x,))

            def backward():
                x.grad += slope(x.data) * y.grad

            y._backward = backward
            return y

        return function

    f = case.f(
        SimpleNamespace(
            log=elementary(math.log, lambda x: 1 / x),
            sin=elementary(math.sin, math.cos),
            sqrt=elementary(math.sqrt, lambda x: 0.5 / math.sqrt(x)),
        )
    )

    def gradient():
        leaves = [[engine.Value(v) for v in x] if type(x) is list else engine.Value(x) for x in case.point]
        y = f(*leaves)
        y.backward()
        return y.data, [[v.grad for v in x] if type(x) is list else x.grad for x in leaves]

    return gradient, None


def arrays_of(case, array):
    return tuple(array(x) if type(x) is not float else x for x in case.point)


def by_autograd(case):
    autograd = importlib.import_module("autograd")
    f = case.f(importlib.import_module("autograd.numpy"))
    point, numbers = arrays_of(case, np.array), tuple(range(len(case.point)))
    gradient = autograd.value_and_grad(f, numbers)
    sums = importlib.import_module("autograd.numpy").sum
    slopes = autograd.grad(f, numbers)
    product = autograd.grad(lambda *x: sum(sums(slope) for slope in slopes(*x)), numbers)
    return (lambda: gradient(*point)), (lambda: product(*point))


def _jax(case):
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    numpy = importlib.import_module("jax.numpy")
    point = arrays_of(case, numpy.array)
    f = case.f(numpy)
    gradient = jax.value_and_grad(f, tuple(range(len(point))))
    ones = tuple(numpy.ones_like(x) for x in point)

    def product(*x):
        return jax.jvp(jax.grad(f, tuple(range(len(point)))), x, ones)[1]

    return jax, point, gradient, product


def by_jax(case):
    jax, point, gradient, _ = _jax(case)
    return (lambda: jax.block_until_ready(gradient(*point))), None


def by_jax_jit(case):
    jax, point, gradient, product = _jax(case)
    gradient, product = jax.jit(gradient), jax.jit(product)
    return (lambda: jax.block_until_ready(gradient(*point))), (lambda: jax.block_until_ready(product(*point)))


def by_torch(case):
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    names = ("log", "sin", "sqrt", "tanh", "exp", "mean", "sum")
    namespace = SimpleNamespace(own=torch.tensor, **{name: getattr(torch, name) for name in names})
    f = case.f(namespace)
    leaves = tuple(torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in case.point)
    ones = tuple(torch.ones_like(x) for x in leaves)

    def gradient():
        y = f(*leaves)
        return y.item(), torch.autograd.grad(y, leaves)

    def product():
        slopes = torch.autograd.grad(f(*leaves), leaves, create_graph=True)
        inner = sum((slope * one).sum() for slope, one in zip(slopes, ones, strict=True))
        return torch.autograd.grad(inner, leaves)

    return gradient, product


PEERS = {
    "by hand": by_hand,
    "list": by_list,
    "program": by_program,
    "micrograd": by_micrograd,
    "autograd": by_autograd,
    "JAX": by_jax,
    "JAX jit": by_jax_jit,
    "PyTorch": by_torch,
}
MODULES = {
    "micrograd": "micrograd",
    "autograd": "autograd",
    "JAX": "jax",
    "JAX jit": "jax",
    "PyTorch": "torch",
}


def installed() -> dict:
    """Return the peers that are there; a missing one is reported."""
    there = {}
    for name, peer in PEERS.items():
        try:
            importlib.import_module(MODULES.get(name, "numpy"))
            there[name] = peer
        except ImportError:
            print(f"{name} is not installed: left out")
    return there
