"""What makes NumPy's operations remember: each call on a tensor runs on a small tape of its own."""

import contextlib
import operator
from collections.abc import Callable

import numpy as np

from descent.autodiff.array_methods import POSITIONS, REDUCTIONS, SHAPES
from descent.autodiff.containers import flatten, rebuild
from descent.autodiff.primitives import CONSTANTS
from descent.autodiff.tape import Tape, Traced
from descent.nn.history import History
from descent.nn.tensor import Tensor

_recording = True


class no_grad(contextlib.ContextDecorator):  # noqa: N801, PyTorch's word
    """A context, or a decorator, in which no operation is recorded.

    Examples
    --------
    >>> from descent.nn import Parameter
    >>> w = Parameter(3.0)
    >>> with no_grad():
    ...     y = w * w
    >>> y.requires_grad
    False
    """

    def __init__(self):
        self._before = []

    def __enter__(self):
        global _recording
        self._before.append(_recording)
        _recording = False
        return self

    def __exit__(self, *exception):
        global _recording
        _recording = self._before.pop()


def recorded(function: Callable) -> Callable:
    """Let a function of plain arrays take tensors, as a single step of the graph.

    Examples
    --------
    >>> from descent.nn import Parameter
    >>> square = recorded(lambda x: x * x)
    >>> square(Parameter(3.0)).item(), square(3.0)
    (9.0, 9.0)
    """

    def on_tensors(*args, **kwargs):
        if any(isinstance(arg, Tensor) for arg in (*args, *kwargs.values())):
            return record(function, args, kwargs, function.__name__.lstrip("_"))
        return function(*args, **kwargs)

    on_tensors.__name__, on_tensors.__doc__ = function.__name__, function.__doc__
    on_tensors.__wrapped__ = function
    return on_tensors


def record(function: Callable, args: tuple, kwargs: dict, name: str):
    """Call a function on a tape of its own, and keep what it wrote with the result."""
    parts, structure = flatten((tuple(args), kwargs))
    if any(isinstance(part, Traced) for part in parts):
        raise TypeError("a Tensor and a Variable of descent.autodiff do not mix: use one of them")
    tracked = [p for p in parts if isinstance(p, Tensor) and p.requires_grad and _recording]
    parents = tuple(dict.fromkeys(tracked))
    tape = Tape()
    inside = {parent: tape.variable(_snapshot(parent)) for parent in parents}
    parts = [inside[p] if isinstance(p, Tensor) and p in inside else _snapshot(p) for p in parts]
    args, kwargs = rebuild(structure, parts)
    results, structure = flatten(function(*args, **kwargs))
    rows = tape.close()
    return rebuild(structure, [_result(value, name, rows, parents) for value in results])


def _snapshot(value):
    """Return a value that nobody can change before the backward pass."""
    if isinstance(value, Tensor):
        return value._data if value.grad_fn is not None else _snapshot(value._data)
    return value.copy() if type(value) is np.ndarray else value


def _result(value, name, rows, parents):
    """Return what one result of a recorded call becomes: a tensor where it is real, else itself."""
    traced = isinstance(value, Traced)
    plain = value.value if traced else value
    if not traced and np.asarray(plain).dtype.kind != "f":
        return plain
    tensor = Tensor(0.0)
    tensor._data = plain = float(plain) if type(plain) is np.float64 else plain
    if type(plain) is np.ndarray:
        plain.flags.writeable = False
    if traced:
        tensor.requires_grad, tensor.grad_fn = True, History(name, rows, value.index, parents)
    return tensor


def _operator(name, swapped=False):
    function = getattr(operator, name)

    def method(self, other):
        return record(function, (other, self) if swapped else (self, other), {}, NAMES.get(name, name))

    return method


def _unary(name):
    function = getattr(operator, name)
    return lambda self: record(function, (self,), {}, NAMES.get(name, name))


def _in_place(name):
    function = getattr(operator, name)

    def method(self, other):
        if not self.is_leaf:
            return function(self, other)
        if self.requires_grad and _recording:
            raise RuntimeError(
                "a tensor that requires a gradient is changed in place where operations are recorded: write "
                "an update inside  with no_grad():  and a formula as a = a + b"
            )
        self.data = function(self._data, other._data if isinstance(other, Tensor) else other)
        return self

    return method


def _method(name):
    def method(self, *args, **kwargs):
        return record(getattr(np, name), (self, *args), kwargs, name)

    method.__name__, method.__doc__ = name, f"As np.{name}."
    return method


def _comparison(name):
    function = getattr(operator, name)
    return lambda self, other: function(self._data, other._data if isinstance(other, Tensor) else other)


def _array_ufunc(self, ufunc, method, *inputs, **kwargs):
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    return record(function, inputs, kwargs, ufunc.__name__)


def _array_function(self, function, types, args, kwargs):
    if function in CONSTANTS:  # a shape, a position: nothing to record
        args, structure = flatten(args)
        args = rebuild(structure, [x._data if isinstance(x, Tensor) else x for x in args])
        return function(*args, **kwargs)
    return record(function, args, kwargs, function.__name__)


def _getitem(self, index):
    return record(operator.getitem, (self, index), {}, "getitem")


Tensor.__array_ufunc__ = _array_ufunc
Tensor.__array_function__ = _array_function
Tensor.__getitem__ = _getitem
NAMES = {"mul": "multiply", "sub": "subtract", "truediv": "divide", "pow": "power", "neg": "negative"}
for _name in ("add", "sub", "mul", "truediv", "pow", "matmul", "mod", "floordiv"):
    setattr(Tensor, f"__{_name}__", _operator(_name))
    setattr(Tensor, f"__r{_name}__", _operator(_name, swapped=True))
for _name in ("add", "sub", "mul", "truediv"):
    setattr(Tensor, f"__i{_name}__", _in_place(_name))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Tensor, f"__{_name}__", _comparison(_name))
for _name in ("neg", "pos", "abs"):
    setattr(Tensor, f"__{_name}__", _unary(_name))
for _name in (*REDUCTIONS, *POSITIONS, *SHAPES, "transpose", "dot"):
    setattr(Tensor, _name, _method(_name))
