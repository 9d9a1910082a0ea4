"""Gradients and curvature products as generated programs, with the list to fall back on."""

import builtins
import functools
import types
import weakref
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from descent.autodiff import primitives
from descent.autodiff.jacobians import listed_hvp
from descent.autodiff.modes import value_and_grad
from descent.autodiff.program.arguments import in_floats, kind_of
from descent.autodiff.program.expression import RefusedError
from descent.autodiff.program.graph import ROWS, Graph
from descent.autodiff.program.recording import write_gradient, write_product
from descent.autodiff.program.writer import Names

TRACES = 16  # programs of one function; a function that needs more is better off with the list
ELSEWHERE = object()  # what a program returns that was written for another case

_live = weakref.WeakSet()


def forget_all() -> None:
    """Drop every program: a rule of the table has changed."""
    for compiled in _live:
        compiled.forget()


primitives.listeners.append(forget_all)


class Program(NamedTuple):
    """One straight-line program: for one choice of types, shapes, branches and things read from outside."""

    source: str
    run: Callable  # returns ELSEWHERE where it does not apply


class Compiled:
    """The programs of one function, and the plain function that runs the newest of them."""

    def __init__(self, f, listed: Callable, record: Callable, label: str, rows: int = ROWS):
        self.f, self.listed, self.record, self.label = f, listed, record, label
        self.reasons, self.traces, self.rows = {}, [], rows
        self.function = types.FunctionType(
            _unwritten.__code__, {"elsewhere": self.elsewhere, "listed": listed, "__builtins__": builtins}
        )
        functools.update_wrapper(self.function, f, assigned=("__module__", "__doc__"), updated=())
        self.function.__name__ = self.function.__qualname__ = f"{_plain_name(f)}_{label}"
        self.function.traces = self.traces
        self.function.compiled = self
        self.forget()
        _live.add(self)

    def forget(self) -> None:
        """Start anew."""
        self.names = Names()
        self.traces.clear()
        self.reasons.clear()
        self.function.__code__ = _unwritten.__code__
        self.function.source = "# no program yet: it is written at the first call\n"

    def elsewhere(self, *args):
        """Run another program, write a new one, or use the list."""
        settled = tuple(in_floats(x) for x in args)
        for program in self.traces:
            result = program.run(*settled)
            if result is not ELSEWHERE:
                return result
        kinds = tuple(kind_of(x) for x in settled)
        if None in kinds or kinds in self.reasons or len(self.traces) >= TRACES:
            return self.listed(*args)
        return self._first(kinds, settled, args)

    def _first(self, kinds, settled, args):
        graph = Graph(self.rows)
        try:
            with np.errstate(all="ignore"):
                text = self.record(self, graph, kinds, settled)
            if graph.refused:
                raise RefusedError(graph.refused)
            program = self._install(text)
        except Exception as error:  # whatever f raises, the list raises it properly
            reason = graph.refused or f"{type(error).__name__}: {error}"
            self.reasons[kinds] = reason
            if not self.traces:
                self.function.source = f"# no program, the list is used: {reason}\n"
            return self.listed(*args)
        result = program.run(*settled)
        return self.listed(*args) if result is ELSEWHERE else result

    def _install(self, text: str) -> Program:
        space = self.function.__globals__
        space.update(self.names.space)
        code = _code(text, self.function.__name__)
        run = types.FunctionType(code, {**space, "elsewhere": lambda *args: ELSEWHERE}, code.co_name)
        program = Program(text, run)
        self.traces.insert(0, program)
        self.function.__code__, self.function.source = code, text
        return program


def _unwritten(*args):
    return elsewhere(*args)  # noqa: F821  (a global of the function that gets this code)


def _plain_name(f) -> str:
    name = getattr(f, "__name__", "f")
    return name if name.isidentifier() else "f"  # a lambda


def _code(text: str, name: str):
    module = compile(text, f"<{name}>", "exec")
    return next(c for c in module.co_consts if isinstance(c, types.CodeType))


def _check(f):
    if not callable(f):
        raise TypeError(f"f must be callable, got {f!r}")


def compile_grad(f: Callable, *example) -> Callable:
    """Return the value and the gradient of f as a straight-line program, written once and run again.

    f runs once on the example; what it does, and the reverse sweep over it, become the text of a Python
    function without loops and branches.  The program tests what it was written for (types, shapes, each
    branch taken, everything that f reads from outside) and where a test fails another one is
    written.  Where f does what no program can repeat (it reads an object's attribute or a list, draws
    random numbers, takes a plain number out of a traced value) the list is used at each call.

    Parameters
    ----------
    f : callable
        Of numbers or arrays (or tuples, lists, dicts of them), in plain NumPy; returns a number.
    *example
        Arguments of the first recording; without them the first call records.

    Returns
    -------
    callable
        A plain function of f's positional arguments that returns (value, gradients), a gradient for
        each argument.  Its attributes: `source`, the text of the newest program, or why there is none;
        `traces`, the list of the programs written so far, each with its `source`.

    Raises
    ------
    TypeError
        If f is not callable; when called, as `grad`.

    References
    ----------
    A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), sections 6.1 and 6.2.

    Examples
    --------
    >>> program = compile_grad(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0)
    >>> value, gradients = program(2.0, 5.0)
    >>> round(value, 3), [round(slope, 3) for slope in gradients]
    (11.652, [5.5, 1.716])
    >>> "return log(x1)" in program.source
    True
    """
    _check(f)

    def listed(*args):
        return value_and_grad(f, tuple(range(len(args))))(*args)

    function = Compiled(f, listed, write_gradient, "and_gradient").function
    if example:
        function.compiled.elsewhere(*example)
    return function


def compile_hvp(f: Callable, *example) -> Callable:
    """Return the Hessian of f times a vector as a straight-line program, forward over reverse.

    Parameters
    ----------
    f : callable
        Of one argument, as for `compile_grad`.
    *example
        A point and a direction for the first recording.

    Returns
    -------
    callable
        A plain function (x, v) -> H v with the attributes of `compile_grad`'s.

    Raises
    ------
    TypeError
        If f is not callable; when called, as `hvp`.

    References
    ----------
    B. A. Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994), 147.

    Examples
    --------
    >>> product = compile_hvp(lambda x: np.sum(x**3))
    >>> product(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    _check(f)
    function = product(f)
    if example:
        function.compiled.elsewhere(*example)
    return function


def product(f: Callable, rows: int = ROWS) -> Callable:
    """Return the function of `compile_hvp`; with more than so many rows it uses the list.

    >>> product(lambda x: x**3)(2.0, 1.0)
    12.0
    """
    return Compiled(f, functools.partial(listed_hvp, f), write_product, "hvp", rows).function
