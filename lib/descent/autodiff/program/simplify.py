"""Rules that spare an operation: exact ones always, those that may change the last digit in derivatives.

A rule returns a node (or a number) in place of operation(*args), or None.  `u` and `v` below are
nodes, c and d numbers, B a number or array that is broadcast to a larger shape.
"""

import numpy as np

from descent.autodiff.primitives import TABLE, Primitive
from descent.autodiff.rules.arithmetic import (
    ADD,
    DIVIDE,
    GETITEM,
    MULTIPLY,
    NEGATIVE,
    POWER,
    SCATTER,
    SUBTRACT,
)
from descent.autodiff.tape import Symbolic

DOUBLE = np.dtype(float)
COLUMN = TABLE[np.expand_dims]
VECTOR_OR_MATRIX = {TABLE[np.matmul], TABLE[np.linalg.solve]}
BROADCAST, SQUARE, RESHAPE = TABLE[np.broadcast_to], TABLE[np.square], TABLE[np.reshape]
INFIX = {ADD, SUBTRACT, MULTIPLY, DIVIDE}


def is_node(x, operation=None) -> bool:
    return isinstance(x, Symbolic) and (operation is None or x.operation is operation)


def is_number(x) -> bool:
    return type(x) in (float, int)


def simpler(graph, operation: Primitive, args: tuple):
    """Return what operation(*args) comes to with less work, None where it stands as it is."""
    if operation in INFIX or operation is NEGATIVE:
        if all(is_number(x) for x in args):
            try:
                return graph.constant(float(operation.on_floats(*args)))
            except ArithmeticError:
                return None
        found = _without_broadcast(graph, operation, args)
        if found is not None:
            return found
    rule = RULES.get(operation)
    if rule is None or any(is_node(x) and x.dtype is not DOUBLE for x in args):
        return None
    return rule(graph, *args)


def _without_broadcast(graph, operation, args):
    """Operate on B before it is broadcast: NumPy broadcasts by itself beside a full array."""
    spread = [x for x in args if is_node(x, BROADCAST)]
    if not spread:
        return None
    shape = np.broadcast_shapes(*(np.shape(x.example) for x in args if is_node(x)))
    small = tuple(x.args[0] if is_node(x, BROADCAST) else x for x in args)
    left = np.broadcast_shapes(*(x.shape for x in small if is_node(x)))
    if left == shape:
        return graph.record(operation, small, {})
    return graph.record(BROADCAST, (graph.record(operation, small, {}), shape), {})


def _multiply(graph, a, b):
    if a is b:
        return graph.record(SQUARE, (a,), {})
    if is_number(b):
        return graph.record(MULTIPLY, (b, a), {})
    if is_number(a):
        if a == 1:  # 1 u
            return b
        if a == -1:  # -1 u
            return graph.record(NEGATIVE, (b,), {})
        if is_node(b, NEGATIVE):  # c (-u)
            return graph.record(MULTIPLY, (-a, b.args[0]), {})
        if graph.loose and is_node(b, MULTIPLY) and is_number(b.args[0]) and _whole(a * b.args[0]):
            return graph.record(MULTIPLY, (a * b.args[0], b.args[1]), {})  # c (d u)
    elif is_node(a, NEGATIVE) or is_node(b, NEGATIVE):  # (-u) v
        u, v = (x.args[0] if is_node(x, NEGATIVE) else x for x in (a, b))
        product = graph.record(MULTIPLY, (u, v), {})
        both = is_node(a, NEGATIVE) and is_node(b, NEGATIVE)
        return product if both else graph.record(NEGATIVE, (product,), {})
    for u, v in ((a, b), (b, a)):
        if graph.loose and is_node(u) and is_node(v, MULTIPLY) and is_number(v.args[0]):  # u (c v)
            return graph.record(MULTIPLY, (v.args[0], graph.record(MULTIPLY, (u, v.args[1]), {})), {})
        if graph.loose and is_node(v, DIVIDE) and is_number(v.args[0]):
            if v.args[0] == 1:  # u (1 / v)
                return graph.record(DIVIDE, (u, v.args[1]), {})
            if is_number(u) and _whole(u * v.args[0]):  # c (d / v)
                return graph.record(DIVIDE, (u * v.args[0], v.args[1]), {})
    if is_node(a) and is_node(b) and a.index > b.index:
        return graph.record(MULTIPLY, (b, a), {})
    return None


def _whole(x) -> bool:
    """Return whether a product of constants is exact and small: it cannot overflow where its parts do not."""
    return abs(x) < 1e6 and float(x * 1024).is_integer()


def _add(graph, a, b):
    for u, v in ((a, b), (b, a)):
        less = _opposite(graph, v)
        if less is not None:  # u + (-v)
            return graph.record(SUBTRACT, (u, less), {})
    if graph.loose and a is b:
        return graph.record(MULTIPLY, (2.0, a), {})
    return None


def _opposite(graph, x):
    """Return -x where x is written with a minus sign."""
    if is_number(x):
        return -x if x < 0 else None
    if is_node(x, NEGATIVE):
        return x.args[0]
    if is_node(x, MULTIPLY) and is_number(x.args[0]) and x.args[0] < 0:
        return graph.record(MULTIPLY, (-x.args[0], x.args[1]), {})
    return None


def _subtract(graph, a, b):
    more = _opposite(graph, b)
    return None if more is None else graph.record(ADD, (a, more), {})  # u - (-v)


def _negative(graph, a):
    if is_node(a, NEGATIVE):
        return a.args[0]
    if is_node(a, MULTIPLY) and is_number(a.args[0]):  # -(c u)
        return graph.record(MULTIPLY, (-a.args[0], a.args[1]), {})
    return None


def _divide(graph, a, b):
    if is_number(b) and b == 1:
        return a
    if is_node(a, NEGATIVE):  # (-u) / v
        return graph.record(NEGATIVE, (graph.record(DIVIDE, (a.args[0], b), {}),), {})
    return None


def _power(graph, a, b):
    if is_number(b) and b == 1:
        return a
    if is_number(b) and b == 2:
        return graph.record(SQUARE, (a,), {})
    return None


def _broadcast(graph, a, shape):
    if is_node(a) and a.shape == _shape(shape):
        return a
    return graph.record(BROADCAST, (a.args[0], shape), {}) if is_node(a, BROADCAST) else None


def _reshape(graph, a, shape):
    if is_node(a) and a.shape == _shape(shape):
        return a
    if is_node(a, BROADCAST) and not np.ndim(getattr(a.args[0], "example", 0.0)):
        return graph.record(BROADCAST, (a.args[0], np.reshape(a.example, shape).shape), {})
    return None


def _shape(shape) -> tuple:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def _scatter(graph, g, index, shape):
    """Adding a single number to many entries needs no array of copies."""
    if is_node(g, BROADCAST) and not np.ndim(getattr(g.args[0], "example", 0.0)):
        return graph.record(SCATTER, (g.args[0], index, shape), {})
    return None


def _getitem(graph, x, index):
    """A product with a column, taken as a vector again, is a product with the vector."""
    first = type(index) is tuple and len(index) == 2 and index[0] is Ellipsis and is_number(index[1])
    if not (first and graph.loose and is_node(x) and x.operation in VECTOR_OR_MATRIX):
        return None
    a, column = x.args
    whole = is_node(a) and a.ndim == 2 and is_node(column, COLUMN) and column.args[1:] == (-1,)
    return graph.record(x.operation, (a, column.args[0]), {}) if whole and column.ndim == 2 else None


RULES = {
    GETITEM: _getitem,
    MULTIPLY: _multiply, ADD: _add, SUBTRACT: _subtract, NEGATIVE: _negative, DIVIDE: _divide,
    POWER: _power, BROADCAST: _broadcast, RESHAPE: _reshape, SCATTER: _scatter,
}  # fmt: skip
