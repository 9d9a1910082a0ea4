"""How one operation is written: `math` and Python's operators on numbers, NumPy on arrays."""

import math

import numpy as np

from descent.autodiff.primitives import TABLE
from descent.autodiff.program.derivatives import ACCUMULATE
from descent.autodiff.program.graph import HELD
from descent.autodiff.program.simplify import BROADCAST, RESHAPE, SQUARE
from descent.autodiff.rules.arithmetic import (
    ADD,
    ASTYPE,
    DIVIDE,
    GETITEM,
    MULTIPLY,
    NEGATIVE,
    POWER,
    SCATTER,
    SUBTRACT,
    WHERE,
)
from descent.autodiff.rules.joining import CONCATENATE, STACK
from descent.autodiff.rules.products import EINSUM

SUM, MUL, SIGN, ATOM = 2, 3, 4, 6  # how tightly a text binds
OPERATORS = {
    ADD: ("+", SUM), SUBTRACT: ("-", SUM), MULTIPLY: ("*", MUL), DIVIDE: ("/", MUL),
    TABLE[np.matmul]: ("@", MUL),
}  # fmt: skip
COMPARISONS = {
    np.less: "<", np.less_equal: "<=", np.greater: ">", np.greater_equal: ">=", np.equal: "==",
    np.not_equal: "!=",
}  # fmt: skip
MATH = {
    getattr(np, name): getattr(math, name)
    for name in (
        "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh",
        "hypot",
    )
} | {
    np.arcsin: math.asin, np.arccos: math.acos, np.arctan: math.atan, np.arcsinh: math.asinh,
    np.arccosh: math.acosh, np.arctanh: math.atanh, np.arctan2: math.atan2, np.power: math.pow,
}  # fmt: skip
METHODS = {np.sum: "sum", np.max: "max", np.min: "min"}
GIVES_NUMBER = {  # on numbers or whole arrays these return a number, not an array without axes
    *METHODS, np.mean, np.matmul, np.prod, np.all, np.any, np.argmax, np.argmin, np.count_nonzero,
    np.linalg.det, np.allclose, np.array_equal, np.isclose,
}  # fmt: skip


def literal(x, name) -> str:
    """Write a number, an index or an option; `name` gives anything else a name."""
    if isinstance(x, bool) or x is None or type(x) in (str, int):
        return repr(x)
    if isinstance(x, float):
        return repr(float(x)) if math.isfinite(x) else name(float(x), "c")
    if isinstance(x, slice):
        ends = ["" if end is None else repr(end) for end in (x.start, x.stop)]
        return ":".join(ends) + ("" if x.step is None else f":{x.step!r}")
    if x is Ellipsis:
        return "..."
    if isinstance(x, tuple):
        return "(" + ", ".join(literal(item, name) for item in x) + ("," if len(x) == 1 else "") + ")"
    if isinstance(x, np.dtype):
        return "float"
    return name(x, "c")


def write(node, operand, name) -> tuple:
    """Return the text of an operation and how tightly it binds.

    `operand(x, binds)` writes an operand, in brackets if it binds less; `name(thing, hint)` names what is
    no literal.
    """
    operation, args = node.operation, node.args
    if operation in OPERATORS:
        sign, binds = OPERATORS[operation]
        return f"{operand(args[0], binds)} {sign} {operand(args[1], binds + 1)}", binds
    if operation is NEGATIVE:
        return f"-{operand(args[0], SIGN)}", SIGN
    if operation is SQUARE:
        x = operand(args[0], ATOM)
        return f"{x} * {x}", MUL
    if operation.function in COMPARISONS:
        return f"{operand(args[0], SUM)} {COMPARISONS[operation.function]} {operand(args[1], SUM)}", 1
    if operation is HELD:
        return operand(args[0], ATOM), ATOM
    if operation in SPECIAL:
        text = SPECIAL[operation](node, operand, name)
        if text is not None:
            return text if type(text) is tuple else (text, ATOM)
    if _on_numbers_alone(node):
        text = _on_numbers(node, operand, name)
        return text if type(text) is tuple else (text, ATOM)
    return _call(node, operand, name), ATOM


def _on_numbers(node, operand, name):
    """Write an operation on numbers alone."""
    function, args = node.operation.function, node.args
    if type(node.example) is not float:
        return _call(node, operand, name)
    if function is np.absolute:
        return f"abs({operand(args[0], 0)})"
    if _whole_power(node):
        return f"{operand(args[0], ATOM)}**{int(args[1])}", SIGN + 1
    if function in MATH:
        return f"{name(MATH[function], MATH[function].__name__)}({', '.join(operand(x, 0) for x in args)})"
    return _call(node, operand, name)


def _call(node, operand, name):
    """Write a call of a function by its name."""
    function, args, kwargs = node.operation.function, node.args, node.kwargs
    options = _options(kwargs, name)
    if function in METHODS and len(args) == 1 and getattr(args[0], "ndim", 0):
        return f"{operand(args[0], ATOM)}.{METHODS[function]}({', '.join(options)})"
    words = ", ".join([*(operand(x, 0) for x in args), *options])
    for module, prefix in ((np, "np"), (np.linalg, "np.linalg")):
        if getattr(module, function.__name__, None) is function:
            text = f"{name(np, 'np')}{prefix[2:]}.{function.__name__}({words})"
            break
    else:
        text = f"{name(function, function.__name__.strip('<>'))}({words})"
    if node.ndim or function in GIVES_NUMBER or isinstance(function, np.ufunc):
        return text
    return f"float({text})"


def is_numpys(node, known: set) -> bool:
    """Return whether the text of a number gives NumPy's number; `known` holds those before it."""
    operation, function = node.operation, node.operation.function
    if operation in OPERATORS or operation in (NEGATIVE, SQUARE, HELD, WHERE) or function is np.absolute:
        return any(hasattr(x, "graph") and (x.index in known or x.ndim > 0) for x in node.args)
    if function in MATH and _on_numbers_alone(node):
        return _whole_power(node) and getattr(node.args[0], "index", -1) in known
    return function in GIVES_NUMBER or isinstance(function, np.ufunc)


def _whole_power(node) -> bool:
    """Return whether a power is written as x**3: its exponent is a whole number."""
    exponent = node.args[-1]
    whole = type(exponent) in (int, float) and float(exponent).is_integer() and abs(exponent) < 64
    return node.operation.function is np.power and whole


def _on_numbers_alone(node) -> bool:
    return not node.ndim and all(np.ndim(getattr(x, "example", x)) == 0 for x in node.args)


def _options(kwargs, name) -> list:
    """Write keyword arguments, without those that say what is the case anyway."""
    options = []
    for key, x in kwargs.items():
        if key == "axis" and type(x) is tuple and len(x) == 1:
            x = x[0]
        if (key, x) not in (("axis", None), ("keepdims", False)):
            options.append(f"{key}={literal(x, name)}")
    return options


def _getitem(node, operand, name):
    x, index = node.args
    if type(index) is int and x.ndim == 1 and x.dtype == np.float64:
        return f"{operand(x, ATOM)}.item({index})"
    text = f"{operand(x, ATOM)}[{index_text(index, operand, name)}]"
    return text if node.ndim or x.dtype != np.float64 else f"float({text})"


def index_text(index, operand, name) -> str:
    """Write an index as it stands between brackets."""
    if type(index) is tuple:
        return ", ".join(index_text(part, operand, name) for part in index) + ("," if len(index) == 1 else "")
    return operand(index, 0) if hasattr(index, "graph") else literal(index, name)


def _scatter(node, operand, name):
    g, index, shape = node.args
    return (
        f"{name(SCATTER.function, 'scatter')}({operand(g, 0)}, "
        f"{literal_index(index, operand, name)}, {literal(shape, name)})"
    )


def literal_index(index, operand, name) -> str:
    """Write an index as a value of its own."""
    if type(index) is tuple:
        parts = [literal_index(part, operand, name) for part in index]
        return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
    if isinstance(index, slice):
        return f"slice({index.start!r}, {index.stop!r}, {index.step!r})"
    return operand(index, 0) if hasattr(index, "graph") else literal(index, name)


def _broadcast(node, operand, name):
    x, shape = node.args
    if not node.ndim:
        return operand(x, ATOM)
    return f"{name(np, 'np')}.broadcast_to({operand(x, 0)}, {literal(shape, name)})"


def _reshape(node, operand, name):
    """Write x[:, None] where only axes of length 1 come in."""
    x = node.args[0]
    if node.kwargs or not getattr(x, "ndim", 0):
        return None
    if not node.ndim:
        return f"{operand(x, ATOM)}.item()"
    left, parts = list(x.shape), []
    for n in node.shape:
        if left and left[0] == n:
            parts.append(":")
            left.pop(0)
        elif n == 1:
            parts.append("None")
        else:
            parts = None
            break
    if parts and not left:
        return f"{operand(x, ATOM)}[{', '.join(parts)}]"
    return f"{operand(x, ATOM)}.reshape({literal(node.shape, name)})"


def _expanded(node, operand, name):
    """Write x[:, None] for a new axis."""
    x, axis = node.args
    if type(axis) is not int or not getattr(x, "ndim", 0):
        return None
    parts = [":"] * x.ndim
    parts.insert(axis % node.ndim, "None")
    return f"{operand(x, ATOM)}[{', '.join(parts)}]"


def _turned(node, operand, name):
    x, *axes = node.args
    plain = not node.kwargs and getattr(x, "ndim", 0) == 2
    swaps = sorted(k % 2 for k in axes) == [0, 1] if node.operation.function is np.swapaxes else not axes
    return f"{operand(x, ATOM)}.T" if plain and swaps else None


def _where(node, operand, name):
    if node.ndim:
        return f"{name(np, 'np')}.where({', '.join(operand(x, 0) for x in node.args)})"
    condition, x, y = (operand(arg, SUM) for arg in node.args)
    return f"({x} if {condition} else {y})"


def _joined(node, operand, name):
    function = "stack" if node.operation is STACK else "concatenate"
    parts = ", ".join(operand(x, 0) for x in node.args)
    return f"{name(np, 'np')}.{function}([{parts}], axis={literal(node.kwargs['axis'], name)})"


def _einsum(node, operand, name):
    options = [f", {key}={x!r}" for key, x in node.kwargs.items() if key == "optimize" and x]
    parts = ", ".join([repr(node.kwargs["subscripts"]), *(operand(x, 0) for x in node.args)])
    text = f"{name(np, 'np')}.einsum({parts}{''.join(options)})"
    return text if node.ndim else f"float({text})"


def _astype(node, operand, name):
    return (
        f"{operand(node.args[0], ATOM)}.astype(float)" if node.ndim else f"float({operand(node.args[0], 0)})"
    )


def _mean(node, operand, name):
    """Write a mean as a sum over a count: the same number, and quicker."""
    x = node.args[0]
    if len(node.args) > 1 or not getattr(x, "ndim", 0) or x.dtype != np.float64 or not x.size:
        return None
    options = _options(node.kwargs, name)
    count = x.size // max(node.size, 1)
    return f"{operand(x, ATOM)}.sum({', '.join(options)}) / {count}", MUL


SPECIAL = {
    GETITEM: _getitem, SCATTER: _scatter, BROADCAST: _broadcast, RESHAPE: _reshape, WHERE: _where,
    STACK: _joined, CONCATENATE: _joined,
    EINSUM: _einsum, ASTYPE: _astype,
    TABLE[np.expand_dims]: _expanded, TABLE[np.swapaxes]: _turned,
    TABLE[np.transpose]: _turned, TABLE[np.mean]: _mean,
}  # fmt: skip
FRESH = {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    NEGATIVE,
    POWER,
    SQUARE,
    TABLE[np.matmul],
    TABLE[np.sum],
    ACCUMULATE,
}
