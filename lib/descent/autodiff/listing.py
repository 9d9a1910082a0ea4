"""Reading the rows of a tape: operands, partial derivatives, and how they are written."""

import inspect
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from descent.autodiff.primitives import Primitive
from descent.autodiff.symbols import Writing, number, term, value_text
from descent.stepwise import Step


class Constant(NamedTuple):
    """An operand that is no row."""

    value: object


class Entry(NamedTuple):
    """A row, read: an operand is a row's number or a `Constant`."""

    operation: Primitive
    value: object
    operands: tuple
    kwargs: dict
    parents: tuple  # pairs (position among the operands, row)
    partials: tuple  # one for each parent

    @property
    def name(self) -> str:
        return self.operation.name


def read(row: tuple) -> Entry:
    """Return a tape's row as an Entry."""
    operation, value, call, p, dp, q, dq = row
    if p is None and q is None:
        return _read_general(operation, value, call)
    operands = (p,) if q is None and call is None else (p, q)
    operands = tuple(Constant(call) if i is None else i for i in operands)
    found = tuple((k, i, d) for k, i, d in ((0, p, dp), (1, q, dq)) if i is not None)
    parents, partials = tuple((k, i) for k, i, _ in found), tuple(float(d) for *_, d in found)
    return Entry(operation, value, operands, {}, parents, partials)


def _read_general(operation, value, call):
    if call is None:
        return Entry(operation, value, (), {}, (), ())
    rows = dict(call.parents)
    operands = tuple(rows.get(k, Constant(x)) for k, x in enumerate(call.operands))
    partials = (None,) * len(rows)
    if operation.partials is not None:
        partials = tuple(
            np.broadcast_to(operation.partials[k](value, *call.operands), np.shape(value))[()]
            for k, _ in call.parents
        )
    return Entry(operation, value, operands, call.kwargs, call.parents, partials)


@dataclass(frozen=True)
class Row(Step):
    """One row of the list.

    Attributes
    ----------
    index : int
        The i of v_i: 1 - n to 0 for the n inputs, 1, 2, ... for the operations.
    operation : str
        NumPy's name of the operation; "input" for an input.
    parents : tuple of int
        The indices of the operands that are rows.
    value : float or ndarray
        The value of v_i.
    partials : tuple
        dv_i/dv_j for each parent: numbers for numbers, arrays for entrywise operations, None for
        an operation whose Jacobian is never formed.
    symbol : str
        The right-hand side, as in "ln v_{-1}".
    """

    index: int
    operation: str
    parents: tuple
    value: object
    partials: tuple
    symbol: str


class Names(NamedTuple):
    """The three-part numbering: row k is v_(k + 1 - n)."""

    inputs: int
    writing: Writing

    def of(self, k: int, letter: str = "v") -> str:
        return self.writing.name(letter, k + 1 - self.inputs)

    def symbols(self, entry: Entry) -> list:
        return [number(x.value) if isinstance(x, Constant) else self.of(x) for x in entry.operands]

    def right_side(self, entry: Entry) -> str:
        """Write the operation on its operands' names."""
        return value_text(entry.name, self.symbols(entry), self.writing)

    def term(self, k_parent: int, entry: Entry, own: int, letter: str) -> str:
        """Write a tangent's term, or with the letter of adjoints what a parent receives."""
        k, parent = entry.parents[k_parent]
        forward = letter == "v\u0307"
        d = self.of(parent if forward else own, letter)
        slope = f"∂{self.of(own)}/∂{self.of(parent)}"
        return term(entry.name, k, d, self.symbols(entry), self.of(own), slope, forward)


def numbers(entry: Entry, rows: list) -> list:
    """Return the operands' values as text."""
    return [number(x.value if isinstance(x, Constant) else rows[x][1]) for x in entry.operands]


def term_numbers(k_parent: int, entry: Entry, rows: list, d, forward: bool) -> str:
    """Return the same term with numbers in it; `d` is the tangent or adjoint."""
    k, _ = entry.parents[k_parent]
    partial = entry.partials[k_parent]
    slope = "J" if partial is None else number(partial)
    return term(entry.name, k, number(d), numbers(entry, rows), number(entry.value), slope, forward)


def cells(lines) -> list:
    """Return a table's lines with matrices named by their shape."""
    return [
        [number(cell) if type(cell) is tuple or np.ndim(cell) > 1 else cell for cell in line]
        for line in lines
    ]


def input_names(f, arguments) -> tuple:
    """Return the names of f's parameters, x1 as x_1, and x_1, x_2, ... for the entries of a container."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(plain) < len(arguments.structures):
        plain = [f"x{k + 1}" for k in range(len(arguments.structures))]
    names = []
    for (structure, count), name in zip(arguments.structures, plain, strict=False):
        name = re.sub(r"(?<=[A-Za-z])_?(\d+)$", r"_\1", name)
        names += [name] if structure is None else [f"{name}_{k + 1}" for k in range(count)]
    return tuple(names)
