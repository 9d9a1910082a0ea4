"""Shapes: what a declaration such as "n n symmetric" means, and how a message names a shape."""

import difflib
import keyword
import re

from descent.matrix_calculus.node import Node, symbol
from descent.matrix_calculus.printing import text as show
from descent.matrix_calculus.tokens import FUNCTIONS

PROPERTIES = ("symmetric", "posdef", "orthogonal", "diagonal")


def parse_shape(name: str, description: str) -> Node:
    """Return the symbol that a description such as "n n symmetric" declares.

    Raises
    ------
    TypeError, ValueError
        If the name or the description is not of that form.
    """
    if not isinstance(description, str):
        raise TypeError(f'{name}={description!r}: give the shape as text, such as "n" or "m n"')
    if (name in FUNCTIONS and name != "d") or keyword.iskeyword(name) or "__" in name:
        raise ValueError(f"{name!r} cannot be the name of a symbol: it is a function or reserved")
    words = description.replace(",", " ").split()
    sizes = [word for word in words if word not in PROPERTIES]
    properties = [word for word in words if word in PROPERTIES]
    if (
        len(description) > 100
        or len(sizes) > 2
        or not all(re.fullmatch(r"[^\W\d]\w{0,20}|[1-9]\d{0,3}", s) for s in sizes)
    ):
        raise ValueError(
            f'{name}={description[:60]!r}: a shape is "" (scalar), "n" (vector) or "m n" (matrix), '
            f"then any of {', '.join(PROPERTIES)}"
        )
    if len(sizes) == 2 and "1" in sizes:
        raise ValueError(f'{name}={description!r}: write a vector as "n" and its row as {name}\'')
    if properties and (len(sizes) != 2 or sizes[0] != sizes[1]):
        raise ValueError(f'{name}={description!r}: only a square matrix, "n n", can be {properties[0]}')
    shape = tuple(1 if size == "1" else size for size in [*sizes, "1", "1"][:2])
    implied = {"posdef": ["symmetric"], "diagonal": ["symmetric"]}
    return symbol(name, shape, *properties, *[p for word in properties for p in implied.get(word, [])])


def size_of(u: Node) -> str:
    """Say the shape of an expression as a reader would."""
    rows, columns = u.shape
    if u.is_scalar:
        return "is a scalar"
    if columns == 1:
        return f"has {rows} rows"
    return f"is a row of length {columns}" if rows == 1 else f"is {rows} x {columns}"


def mismatch(operation: str, u: Node, v: Node, advice: str) -> ValueError:
    x, y = show(u), show(v)
    return ValueError(f"{operation}: {x} {size_of(u)}, {y} {size_of(v)}; {advice}")


# What other programs and books call it.
ELSEWHERE = {
    "ln": "log", "lg": "log", "trace": "tr", "e": "exp( )", "I": "eye(n)", "T": "' for the transpose",
    "dot": "u'*v or inner(u, v)", "mean": "sum( ), over the number of entries", "relu": "softplus, or abs",
}  # fmt: skip


def unknown(name: str, known) -> str:
    near = difflib.get_close_matches(name[:40].lower(), list(known), n=1, cutoff=0.6)
    meant = ELSEWHERE.get(name) or (near[0] if near else "")
    hint = f"; did you mean {meant}?" if meant else f"; known are {', '.join(list(known)[:12])}"
    return f"unknown name {name[:40]!r}{hint}"
