"""Running a function once on traced arguments, and the way from arguments to leaves and back."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from descent.autodiff.containers import flatten, pack
from descent.autodiff.primitives import ndim_of
from descent.autodiff.sweeps import NOTHING
from descent.autodiff.tape import LostDerivativeError, Tape, Traced, real
from descent.autodiff.variable import DOUBLE, Variable

NUMPYS = (np.ndarray, np.generic)


class Trace(NamedTuple):
    """A function's list at a point, and how its result is put together."""

    rows: list  # the leaves of the arguments are the first rows
    outputs: list  # for each leaf of the result its row, None where it is constant
    values: list  # and its value
    structure: object


def record(f: Callable, leaves: list) -> Trace:
    """Run f once on traced leaves."""
    tape = Tape()
    try:
        result = f([tape.variable(leaf) for leaf in leaves])
    except ValueError as error:  # NumPy hides what __float__ said behind an error of its own
        if isinstance(error.__cause__, LostDerivativeError):
            raise error.__cause__ from None
        raise
    rows = tape.close()
    if isinstance(result, Variable) and result.tape is tape:
        return Trace(rows, [result.index], [result.value], None)
    parts, structure = flatten(result)
    own = [isinstance(part, Traced) and part.tape is tape for part in parts]
    outputs = [part.index if mine else None for part, mine in zip(parts, own, strict=True)]
    for part in parts:
        if isinstance(part, (bool, np.bool_)) or (type(part) is np.ndarray and part.dtype.kind == "b"):
            raise TypeError(f"the result of f is a truth value, which has no derivative: {part!r}")
    values = [
        part.value if mine else real(part, "the result of f") for part, mine in zip(parts, own, strict=True)
    ]
    return Trace(rows, outputs, values, structure)


class Arguments:
    """The arguments that are differentiated, as leaves, and how to go back."""

    def __init__(self, args: tuple, names: str, copy: bool = False):
        self.leaves, self.originals, self.structures = [], [], []
        self.flat = True  # no argument is a container
        for k, arg in enumerate(args):
            parts, structure = flatten(arg)
            self.originals += parts
            self.structures.append((structure, len(parts)))
            self.flat = self.flat and structure is None
            for part in parts:
                self.leaves.append(part if type(part) is float else real(part, f"{names}[{k}]"))
        if copy:
            self.leaves = [leaf.copy() if type(leaf) is np.ndarray else leaf for leaf in self.leaves]
        kinds = {*map(type, self.originals)}
        self.numpy = kinds != {float} and any(issubclass(kind, NUMPYS) for kind in kinds)

    def pack(self, leaves: list) -> tuple:
        return tuple(leaves) if self.flat else pack(leaves, self.structures)

    def unpack(self, args: tuple, name: str) -> dict:
        """Return row -> tangent, after a look at the shapes."""
        if len(args) != len(self.structures):
            raise ValueError(f"{name} must be {len(self.structures)}, one for each argument, got {len(args)}")
        seeds = {}
        for k, (arg, (structure, count)) in enumerate(zip(args, self.structures, strict=True)):
            parts, given = flatten(arg) if structure is not None else ([arg], None)
            if given != structure:
                raise ValueError(f"{name}[{k}] must be put together as its argument is, got {arg!r}")
            for part in parts[:count]:
                leaf = self.leaves[len(seeds)]
                seeds[len(seeds)] = like(part, leaf, f"{name}[{k}]", "its argument")
        return seeds

    def gradients(self, adjoints: dict, captured: tuple = ()) -> list:
        """Return the adjoints of the leaves as arrays of their own, in the leaves' shapes and types."""
        seen, gradients = {id(x) for x in captured}, []
        for k, original in enumerate(self.originals):
            adjoint = adjoints.get(k, NOTHING)
            quick = type(original) is type(adjoint) is float
            gradients.append(adjoint if quick else settle(adjoint, original, self.leaves[k], seen))
        return gradients

    def result(self, value):
        """Return a plain float result as NumPy would: a NumPy number where arguments were NumPy's."""
        return np.float64(value) if self.numpy and type(value) is float else value


def like(part, leaf, name: str, whose: str):
    """Return a tangent or cotangent, whose shape must be that of the value."""
    part = real(part, name)
    if np.shape(part) != np.shape(leaf):
        raise ValueError(
            f"{name} has shape {np.shape(part)}, but {whose} has shape {np.shape(leaf)}: they must be equal"
        )
    return part


def settle(adjoint, original, leaf, seen: set):
    """Return an adjoint in the type and shape of the argument, as an array that nobody else holds."""
    kind = type(original)
    if isinstance(adjoint, Traced):
        return adjoint
    if kind is float or kind is int or (isinstance(leaf, Traced) and np.ndim(leaf) == 0):
        return float(adjoint)
    dtype = getattr(leaf, "dtype", DOUBLE)
    if ndim_of(leaf) == 0:
        return dtype.type(adjoint)
    if adjoint is NOTHING:
        return np.zeros(np.shape(leaf), dtype)
    fresh = adjoint.base is None and adjoint.dtype == dtype and id(adjoint) not in seen
    adjoint = adjoint if fresh else np.array(adjoint, dtype)
    seen.add(id(adjoint))
    return adjoint


def chosen(f: Callable, numbers: tuple, args: tuple, kwargs: dict) -> tuple:
    """Return the arguments to differentiate, and f as a function of their leaves."""
    for k in numbers:
        if not -len(args) <= k < len(args):
            raise TypeError(f"argnum={k} is beyond the {len(args)} positional arguments of this call")
    if len(numbers) > 1 and len({k % len(args) for k in numbers}) < len(numbers):
        raise ValueError(f"argnum={numbers} names an argument twice")
    arguments = Arguments(tuple([args[k] for k in numbers]), "argument")
    in_order = tuple(range(len(numbers)))

    def of_leaves(leaves):
        packed = arguments.pack(leaves)
        if numbers == in_order:
            return f(*packed, *args[len(numbers) :], **kwargs)
        full = list(args)
        for k, value in zip(numbers, packed, strict=True):
            full[k] = value
        return f(*full, **kwargs)

    return arguments, of_leaves


def check_argnum(f, argnum) -> tuple:
    """Return argnum as a tuple; raise unless f is callable and argnum an int or a tuple of them."""
    if not callable(f):
        raise TypeError(f"f must be callable, got {f!r}")
    numbers = argnum if isinstance(argnum, (tuple, list)) else (argnum,)
    if not numbers or not all(isinstance(k, (int, np.integer)) and not isinstance(k, bool) for k in numbers):
        raise TypeError(f"argnum must be an int or a tuple of ints, got {argnum!r}")
    return tuple(numbers)
