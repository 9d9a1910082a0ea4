"""The table of primitives: for each operation its value, its JVP and its VJP.

A rule is called with what it moves (a tangent or an adjoint, `g`), the result `y` and the
operation's own arguments.  Rules are written in NumPy, so a rule can be traced again: that
is where the higher derivatives come from.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Rule = Callable  # (g, y, *args, **kwargs) -> tangent of y (JVP), adjoint of one argument (VJP)


class NoRuleError(NotImplementedError, TypeError):
    """An operation was asked for a derivative that the table does not hold."""


@dataclass(eq=False)
class Primitive:
    """One row of the table.

    Attributes
    ----------
    name : str
        NumPy's name of the operation.
    function : callable
        Its value, on plain arrays or on traced values of an outer derivative.
    jvps, vjps : dict
        Rule of each argument, by position; None marks an argument without derivative.
    partials : tuple or None
        For an entrywise operation, its partial derivatives (y, *args) -> array.
    on_floats : callable or None
        The same value to the last bit, quicker on Python's numbers.
    joint_jvp, joint_vjp : callable or None
        For any number of arguments: (tangents, y, args, kwargs) and (k, g, y, *args, **kwargs).
    pull_all : callable or None
        The adjoints of several arguments at once: (positions, g, y, args) -> list.
    check : callable or None
        Called with the arguments first; raises where NumPy would only warn.
    keeps : bool
        Whether its rules read the numbers of its arguments again.
    """

    name: str
    function: Callable
    jvps: dict = field(default_factory=dict)
    vjps: dict = field(default_factory=dict)
    partials: tuple | None = None
    on_floats: Callable | None = None
    joint_jvp: Callable | None = None
    joint_vjp: Callable | None = None
    pull_all: Callable | None = None
    check: Callable | None = None
    keeps: bool = True

    def __repr__(self):
        return f"<primitive {self.name}>"

    def jvp(self, tangents: list, y, args: tuple, kwargs: dict):
        """Return the tangent of y; `tangents` holds (position, tangent) of the moving arguments."""
        if self.joint_jvp is not None:
            return self.joint_jvp(dict(tangents), y, args, kwargs)
        total = None
        for k, tangent in tangents:
            if k not in self.jvps:
                raise NoRuleError(f"{self.name} has no JVP in argument {k}: add one with defjvp")
            rule = self.jvps[k]
            if rule is not None:
                term = rule(tangent, y, *args, **kwargs)
                total = term if total is None else add(total, term)
        return total

    def vjp(self, k: int, adjoint, y, args: tuple, kwargs: dict):
        """Return what the adjoint of y adds to the adjoint of argument k, None for nothing."""
        if self.joint_vjp is not None:
            return self.joint_vjp(k, adjoint, y, *args, **kwargs)
        if k not in self.vjps:
            raise NoRuleError(f"{self.name} has no VJP in argument {k}: add one with defvjp")
        rule = self.vjps[k]
        return None if rule is None else rule(adjoint, y, *args, **kwargs)


TABLE: dict[Callable, Primitive] = {}  # NumPy function -> primitive
COMPOSITES: dict[Callable, Callable] = {}  # NumPy function -> the same written in primitives
CONSTANTS: set[Callable] = set()  # functions of no derivative: shapes, comparisons, positions
listeners: list[Callable] = []  # called when a rule changes: programs written with the old one are dropped


def add(a, b):
    """Add two tangents or adjoints, which are tuples for operations of several results."""
    if type(a) is tuple:
        return tuple(y if x is None else x if y is None else x + y for x, y in zip(a, b, strict=True))
    return a + b


def shape_of(x) -> tuple:
    """Return np.shape(x), without the detour for traced values and arrays."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


def ndim_of(x) -> int:
    """Return np.ndim(x), likewise."""
    return x.ndim if hasattr(x, "ndim") else np.ndim(x)


def unbroadcast(g, x):
    """Sum g over the axes that broadcasting gave to x: the VJP of broadcasting."""
    shape, of_g = getattr(x, "shape", ()), getattr(g, "shape", ())
    if of_g == shape:
        return g
    extra = len(of_g) - len(shape)
    if extra > 0:
        g = g.sum(axis=tuple(range(extra)))
    ones = tuple(k for k, n in enumerate(shape) if n == 1 and np.shape(g)[k] != 1)
    if ones:
        g = g.sum(axis=ones, keepdims=True)
    return np.broadcast_to(g, shape) if np.shape(g) != shape else g


def spread(g, y):
    """Broadcast a tangent to the shape of the result."""
    shape = getattr(y, "shape", ())
    return g if getattr(g, "shape", ()) == shape else np.broadcast_to(g, shape)


def elementwise(function: Callable, *partials, on_floats: Callable | None = None) -> Primitive:
    """Enter an entrywise operation by its partial derivatives."""
    primitive = Primitive(function.__name__, function, partials=partials, on_floats=on_floats)
    for k, partial in enumerate(partials):
        if partial is None:
            primitive.jvps[k] = primitive.vjps[k] = None
            continue
        primitive.jvps[k] = lambda g, y, *args, d=partial: spread(g * d(y, *args), y)
        primitive.vjps[k] = lambda g, y, *args, d=partial, k=k: unbroadcast(g * d(y, *args), args[k])
    TABLE[function] = primitive
    return primitive


def rule(function: Callable, jvp, vjp, *, name: str = "", check: Callable | None = None) -> Primitive:
    """Enter an operation by its JVP and VJP (a tuple of them for several arguments)."""
    jvps = jvp if isinstance(jvp, tuple) else (jvp,)
    vjps = vjp if isinstance(vjp, tuple) else (vjp,)
    primitive = Primitive(name or function.__name__, function, check=check)
    primitive.jvps.update(enumerate(jvps))
    primitive.vjps.update(enumerate(vjps))
    TABLE[function] = primitive
    return primitive


def linear(function: Callable, *vjps, name: str = "", check: Callable | None = None) -> Primitive:
    """Enter an operation that is linear in each argument: its JVP is the operation itself."""
    return rule(function, tuple(_same(function, k) for k in range(len(vjps))), vjps, name=name, check=check)


def _same(function, k):
    return lambda g, y, *args, **kwargs: function(*args[:k], g, *args[k + 1 :], **kwargs)


def variadic(function: Callable, joint_jvp: Callable, joint_vjp: Callable, *, name: str = "") -> Primitive:
    """Enter an operation of any number of arguments."""
    primitive = Primitive(name or function.__name__, function, joint_jvp=joint_jvp, joint_vjp=joint_vjp)
    TABLE[function] = primitive
    return primitive


def composite(*functions: Callable) -> Callable:
    """Say that these NumPy functions, met with traced values, are the decorated one."""

    def enter(body):
        for function in functions:
            COMPOSITES[function] = _writing_refused(body, function.__name__)
        return body

    return enter


WRITES = {"out": None, "overwrite_input": False}  # with another value NumPy writes in place


def _writing_refused(body, name):
    """Return the function with a look at those options that make NumPy write into an array."""
    parameters = inspect.signature(body).parameters.values()
    asked = [p.name for p in parameters if p.name in WRITES]
    if not asked:
        return body
    names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]

    @functools.wraps(body)
    def looked_at(*args, **kwargs):
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        for key in asked:
            if given.get(key, WRITES[key]) is not WRITES[key]:
                raise TypeError(in_place(name, key))
        return body(*args, **kwargs)

    return looked_at


def in_place(name: str, option: str) -> str:
    """Say what to do about an option that asks NumPy to write into an array."""
    return f"np.{name}(..., {option}=...) writes in place: use the value that it returns"


def defjvp(function: Callable, *rules, argnums=None) -> None:
    """Give a primitive the JVP of each of its arguments.

    Parameters
    ----------
    function : callable
        Made by `primitive`, or a NumPy function of the table.
    *rules : callable, "same" or None
        `rule(g, y, *args, **kwargs)` returns the tangent of y for the tangent g of one
        argument; "same" says that the function is linear in it, None that it has no derivative.
    argnums : sequence of int, optional
        The arguments that the rules are for; 0, 1, ... without it.

    Raises
    ------
    TypeError
        If the function is no primitive.
    ValueError
        If there are not as many argnums as rules.

    Examples
    --------
    >>> from descent.autodiff import jvp, primitive
    >>> cube = primitive(lambda x: x * x * x)
    >>> defjvp(cube, lambda g, y, x: 3 * x * x * g)
    >>> jvp(cube, (2.0,), (1.0,))
    (8.0, 12.0)
    """
    entry = entry_of(function)
    for k, rule_k in _numbered(argnums, rules):
        same = isinstance(rule_k, str) and rule_k == "same"
        entry.jvps[k] = _same(entry.function, k) if same else rule_k
    entry.partials = None
    for listener in listeners:
        listener()


def defvjp(function: Callable, *makers, argnums=None) -> None:
    """Give a primitive the VJP of each of its arguments.

    Parameters
    ----------
    function : callable
        Made by `primitive`, or a NumPy function of the table.
    *makers : callable or None
        `maker(y, *args, **kwargs)` returns the function that takes the adjoint of y to the
        adjoint of one argument; None says that there is no derivative.
    argnums : sequence of int, optional
        The arguments that the makers are for; 0, 1, ... without it.

    Raises
    ------
    TypeError
        If the function is no primitive.
    ValueError
        If there are not as many argnums as makers.

    Examples
    --------
    >>> from descent.autodiff import grad, primitive
    >>> cube = primitive(lambda x: x * x * x)
    >>> defvjp(cube, lambda y, x: lambda g: 3 * x * x * g)
    >>> grad(cube)(2.0)
    12.0
    """
    entry = entry_of(function)
    for k, maker in _numbered(argnums, makers):
        entry.vjps[k] = None if maker is None else _direct(maker)
    entry.partials = None
    for listener in listeners:
        listener()


def _numbered(argnums, rules) -> list:
    """Return pairs (argument, rule)."""
    argnums = range(len(rules)) if argnums is None else tuple(argnums)
    if len(argnums) != len(rules):
        raise ValueError(f"argnums={argnums} must name an argument for each of the {len(rules)} rules")
    return list(zip(argnums, rules, strict=True))


def _direct(maker):
    return lambda g, y, *args, **kwargs: maker(y, *args, **kwargs)(with_zeros(g, y))


def with_zeros(g, y):
    """Return the adjoint of several results, with zeros for those that nobody used."""
    if type(g) is not tuple:
        return g
    return tuple(np.zeros(shape_of(v)) if part is None else part for part, v in zip(g, y, strict=True))


def entry_of(function: Callable) -> Primitive:
    """Return the table's row of a function."""
    entry = getattr(function, "primitive", None) or TABLE.get(function)
    if entry is None:
        name = getattr(function, "__name__", repr(function))
        raise TypeError(f"{name} is no primitive: decorate it with @primitive first")
    return entry
