"""What f reads from outside, and a twin of f that reads it under supervision.

A twin is f's own code with globals, closure cells and defaults of its own: there an array is a node of
the graph (its numbers are read anew at each call), a number or a function is checked before each call, a
module hands out what is known to be pure, and everything else (objects, lists, random numbers, the
clock) is refused.  So nothing that can change is ever frozen.
"""

import builtins
import dis
import functools
import itertools
import math
import re
import types
from typing import NamedTuple

import numpy as np

from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE
from descent.autodiff.program.expression import NUMBERS, Expression, RefusedError
from descent.autodiff.variable import Variable

PLAIN = (
    "abs", "all", "any", "bool", "dict", "divmod", "enumerate", "filter", "float", "int", "iter",
    "len", "list", "map", "max", "min", "next", "pow", "range", "reversed", "round", "set", "slice",
    "sorted", "str", "sum", "tuple", "zip", "ArithmeticError", "AssertionError", "Exception",
    "IndexError", "KeyError", "OverflowError", "StopIteration", "TypeError", "ValueError",
    "ZeroDivisionError",
)  # fmt: skip
SAFE_BUILTINS = {name: getattr(builtins, name) for name in PLAIN}
PURE = {
    *(getattr(itertools, name) for name in dir(itertools) if not name.startswith("_")),
    *(getattr(math, name) for name in dir(math) if callable(getattr(math, name))),
    functools.reduce,
    *SAFE_BUILTINS.values(),
}
MAKERS = {  # make arrays from numbers
    np.arange, np.array, np.asarray, np.eye, np.full, np.geomspace, np.identity, np.indices,
    np.linspace, np.logspace, np.ones, np.tri, np.vander, np.zeros,
}  # fmt: skip
CONVERSIONS = {np.array, np.asarray}
NUMPY = MAKERS | (set(TABLE) | set(COMPOSITES) | CONSTANTS) - {np.empty_like}
TYPES = (np.float64, np.int64, np.intp, np.bool_)
CONSTANT_TYPES = (*NUMBERS, str, bytes, type(None), type(Ellipsis), slice, np.dtype)
OWNERS = ("builtins", "numpy")  # whose subclasses of these never change; a learner's class may

FORBIDDEN = {
    dis.opmap[name]: reason
    for name, reason in {
        "STORE_GLOBAL": "it changes a global variable",
        "DELETE_GLOBAL": "it changes a global variable",
        "STORE_ATTR": "it changes an attribute",
        "DELETE_ATTR": "it changes an attribute",
        "IMPORT_NAME": "it imports a module",
        "LOAD_BUILD_CLASS": "it makes a class",
        "PUSH_EXC_INFO": "it catches exceptions",
        "BEFORE_WITH": "it has a with statement",
        "DELETE_DEREF": "it changes a variable outside",
    }.items()
    if name in dis.opmap
}


class Read(NamedTuple):
    """One thing read from outside: `form` says how to find it again from its holder."""

    holder: object
    hint: str  # what the program calls the holder
    form: str  # as in '{}["A"]'
    value: object
    how: str  # "is", "same" (equal numbers), "absent" or "array"

    def below(self, form: str, value, how: str = "is") -> "Read":
        return self._replace(form=self.form + form, value=value, how=how)


class Outside:
    """The reads of one recording, in order."""

    def __init__(self, graph):
        self.graph, self.reads, self.arrays, self.twins = graph, {}, {}, {}

    def note(self, read: Read) -> None:
        self.reads.setdefault((id(read.holder), read.form), read)

    def admit(self, read: Read):
        """Return what a read gives to the twin."""
        value = read.value
        if type(value) is np.ndarray:
            return self._array(read)
        if isinstance(value, CONSTANT_TYPES) and type(value).__module__.split(".")[0] in OWNERS:
            self.note(read._replace(how="same" if isinstance(value, NUMBERS) else "is"))
            return value
        self.note(read)
        if type(value) is tuple:
            return tuple(self.admit(read.below(f"[{k}]", item)) for k, item in enumerate(value))
        if type(value) is types.ModuleType:  # one of a class of its own may compute what it hands out
            return self.stands_for(value, lambda: Module(self, read))
        if type(value) is types.FunctionType and value not in NUMPY:
            return self.twin(value)
        try:
            if value in PURE or (isinstance(value, type) and value in TYPES):
                return value
            if value in NUMPY:
                return self.stands_for(value, lambda: self.supervised(value))
        except TypeError:
            pass
        return self.graph.refuse(f"it reads {_place(read)}, a {type(value).__name__}, from outside")

    def stands_for(self, thing, make):
        """Return what f gets for a thing: always the same, so that f may compare."""
        if id(thing) not in self.twins:
            self.twins[id(thing)] = make()
        return self.twins[id(thing)]

    def _array(self, read: Read):
        array = read.value
        if array.dtype not in (np.float64, np.int64, np.bool_) or not array.ndim:
            self.graph.refuse(f"it reads {_place(read)}, an array of {array.dtype} with shape {array.shape}")
        key = id(read.holder), read.form
        if key not in self.arrays:
            self.note(read._replace(how="array"))
            self.arrays[key] = self.graph.source("outside", array, key)
        return self.arrays[key]

    def supervised(self, function):
        """Return a NumPy function that hands out arrays as nodes."""

        def supervised(*args, **kwargs):
            if function in CONVERSIONS and isinstance(args[0], Expression):
                if args[0].moving or len(args) > 1 or kwargs:
                    self.graph.refuse(f"np.{function.__name__} would lose a derivative")
                return args[0]
            if kwargs.get("out") is not None:
                self.graph.refuse("it writes into an array")
            return self._nodes(function(*args, **kwargs), function.__name__)

        return supervised

    def _nodes(self, result, hint):
        if isinstance(result, np.ndarray):
            if result.ndim and result.dtype.kind not in "fib":
                self.graph.refuse(f"it makes an array of {result.dtype}")
            if not result.ndim:
                return result[()]
            self.graph.hints[id(result)] = hint
            return self.graph.constant(result)
        return tuple(self._nodes(item, hint) for item in result) if type(result) in (tuple, list) else result

    # -- twins -------------------------------------------------------------------------------

    def twin(self, function: types.FunctionType) -> types.FunctionType:
        """Return the function's code with everything from outside supervised."""
        if id(function) in self.twins:
            return self.twins[id(function)]
        code = function.__code__
        self._look_through(code, code.co_freevars)
        if (function.__module__ or "").split(".")[0] == "numpy":
            self.graph.refuse(f"it calls {function.__name__}, which has no rule")
        hint = function.__name__ if function.__name__.isidentifier() else "f"
        self.note(Read(function, hint, "{}.__code__", code, "is"))
        cells = tuple(types.CellType() for _ in function.__closure__ or ())
        variables = Globals(self, function.__globals__)
        twin = types.FunctionType(code, variables, function.__name__, None, cells)
        self.twins[id(function)] = twin
        for name, cell, own in zip(code.co_freevars, function.__closure__ or (), cells, strict=True):
            own.cell_contents = self.admit(
                Read(cell, f"{name}_cell", "{}.cell_contents", cell.cell_contents, "is")
            )
        if function.__defaults__:
            read = Read(function, hint, "{}.__defaults__", function.__defaults__, "is")
            twin.__defaults__ = self.admit(read)
        if function.__kwdefaults__:
            read = Read(function, hint, "{}.__kwdefaults__", function.__kwdefaults__, "is")
            items = function.__kwdefaults__.items()
            twin.__kwdefaults__ = {key: self.admit(read.below(f"[{key!r}]", v)) for key, v in items}
        return twin

    def _look_through(self, code, outside) -> None:
        """Refuse code that changes what it does not own, or that hides errors."""
        operations = code.co_code[::2]
        for operation in FORBIDDEN.keys() & set(operations):
            self.graph.refuse(FORBIDDEN[operation])
        for name in code.co_names:
            if name.startswith("__"):  # a twin, a node and a module's stand-in have others
                self.graph.refuse(f"it asks for {name}")
        if dis.opmap["IS_OP"] in operations and compares_identities(code):
            self.graph.refuse("it asks whether two things are the same object")
        if dis.opmap["STORE_DEREF"] in operations:
            for step in dis.get_instructions(code):
                if step.opname == "STORE_DEREF" and step.argval in code.co_freevars:
                    self.graph.refuse("it changes a variable outside")
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._look_through(constant, outside)


def compares_identities(code) -> bool:
    """Return whether code asks `a is b`; `a is None` and other constants are no matter.

    >>> [compares_identities(f.__code__) for f in (lambda a: a is True, lambda a, b: a is b)]
    [False, True]
    """
    steps = list(dis.get_instructions(code))
    return any(
        step.opname == "IS_OP" and before.opname != "LOAD_CONST" for before, step in itertools.pairwise(steps)
    )


class Globals(dict):
    """The globals of a twin: each name is looked up in f's own when the code asks for it."""

    def __init__(self, outside: Outside, names: dict):
        super().__init__(__builtins__=SAFE_BUILTINS)
        self.outside, self.names = outside, names

    def __missing__(self, name):
        read = Read(self.names, "names", f"{{}}[{name!r}]", self.names.get(name), "is")
        if name in self.names:
            value = self[name] = self.outside.admit(read)
            return value
        if name == "getattr":
            self.outside.note(read._replace(how="absent", value=name))
            return read_attribute
        if name in SAFE_BUILTINS:
            self.outside.note(read._replace(how="absent", value=name))
            return SAFE_BUILTINS[name]
        return self.outside.graph.refuse(f"it uses {name}, which is no pure function")


def read_attribute(thing, name: str, *default):
    """Do getattr where the list would find the same: on a traced value, or what is none for `value`."""
    if isinstance(thing, Module):
        return getattr(thing, name, *default)
    known = isinstance(thing, Expression) and not (
        name in Expression.__slots__ and name not in ("shape", "ndim")
    )
    if known and (hasattr(Variable, name) if thing.moving else name == "value"):
        return getattr(thing, name, *default)
    if known and default and (thing.moving or name == "_value"):
        return default[0]
    raise RefusedError(f"it asks for the attribute {name}")


class Module:
    """A module of which only pure functions, numbers and arrays can be had."""

    def __init__(self, outside: Outside, read: Read):
        self._outside, self._read = outside, read

    def __getattr__(self, name):
        module = self._read.value
        if name not in vars(module):  # computed at each look, perhaps
            self._outside.graph.refuse(f"{module.__name__} has no {name} of its own")
        value = vars(module)[name]
        if isinstance(value, types.ModuleType) and (module, name) != (np, "linalg") and module is np:
            self._outside.graph.refuse(f"it uses {module.__name__}.{name}")
        short = "np" if module is np else module.__name__.rpartition(".")[2]
        return self._outside.admit(Read(vars(module), f"{short}_names", f"{{}}[{name!r}]", value, "is"))

    def __repr__(self):
        return self._outside.graph.refuse("it writes a module's name")


def _place(read: Read) -> str:
    """Say what a read reads: rng, helper.__defaults__[0], module.rate."""
    named = re.sub(r"^\{\}\['(\w+)'\]", r"\1" if read.hint == "names" else rf"{read.hint[:-6]}.\1", read.form)
    return named.replace("{}.cell_contents", read.hint.removesuffix("_cell")).replace("{}", read.hint)
