"""The one node class of all expressions, and its parts.

A scalar is 1 x 1, a vector n x 1.  Nodes are made by the constructors of `tree`, which
keep them in a normal form.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

UNORDERED = {"add", "hadamard"}


@dataclass(frozen=True, eq=False, repr=False)
class Node:
    """An operation (op), its operands (args) and the shape (rows, columns) of its value.

    `name` is that of a symbol, dimension or entrywise function; `value` that of a number.
    Nodes that differ only in the order of a sum are equal.
    """

    op: str
    args: tuple = ()
    shape: tuple = (1, 1)
    name: str = ""
    value: Fraction | None = None
    properties: frozenset = frozenset()

    @cached_property
    def key(self) -> str:
        keys = [arg.key for arg in self.args]
        if self.op == "product":
            factors = sum(arg.is_scalar for arg in self.args)
            keys[:factors] = sorted(keys[:factors])
        shape = self.shape if self.op in {"ones", "eye", "zero"} else ""
        keys = sorted(keys) if self.op in UNORDERED else keys
        return f"{self.op}{self.name}{self.value}{shape}({','.join(keys)})"

    def __repr__(self):
        return self.key

    def __eq__(self, other):
        return self is other or (isinstance(other, Node) and self.key == other.key)

    def __hash__(self):
        return hash(self.key)

    @property
    def is_scalar(self) -> bool:
        return self.shape == (1, 1)

    @cached_property
    def symbols(self) -> frozenset:
        """Names of the symbols in it."""
        own = {self.name} if self.op == "symbol" else set()
        return frozenset(own.union(*(arg.symbols for arg in self.args)))

    @cached_property
    def moving(self) -> bool:
        """Whether it contains d(.) or the differential of the variable."""
        own = self.op == "d" or "differential" in self.properties
        return own or any(arg.moving for arg in self.args)

    @cached_property
    def shown(self) -> dict:
        """How each printer shows it, kept because lines share most of their parts."""
        return {}

    @cached_property
    def pending(self) -> bool:
        """Whether it contains a d(.) that is not worked out."""
        return self.op == "d" or any(arg.pending for arg in self.args)

    @cached_property
    def held(self) -> bool:
        """Whether it contains the differential that is held in second derivatives."""
        return "held" in self.properties or any(arg.held for arg in self.args)

    @cached_property
    def size(self) -> int:
        return 1 + sum(arg.size for arg in self.args)

    @cached_property
    def transposes(self) -> int:
        """Number of transposed matrices in it; x' of a vector is none."""
        return (self.op == "transpose" and self.shape[0] != 1) + sum(arg.transposes for arg in self.args)


def number(value) -> Node:
    return Node("number", value=Fraction(value))


ZERO, ONE, UNIT = number(0), number(1), Fraction(1)


def zero(shape) -> Node:
    return ZERO if shape == (1, 1) else Node("zero", shape=shape)


def ones(shape) -> Node:
    return ONE if shape == (1, 1) else Node("ones", shape=shape)


def eye(n) -> Node:
    return ONE if n == 1 else Node("eye", shape=(n, n))


def symbol(name: str, shape, *properties: str) -> Node:
    return Node("symbol", shape=shape, name=name, properties=frozenset(properties))


def is_zero(u: Node) -> bool:
    return u.op == "zero" or (u.op == "number" and u.value == 0)


def terms(u: Node) -> tuple:
    return u.args if u.op == "add" else () if is_zero(u) else (u,)


def factors(u: Node) -> tuple:
    return u.args if u.op == "product" else (u,)


def scalars(u: Node) -> list:
    return [factor for factor in factors(u) if factor.is_scalar]


def chain(u: Node) -> list:
    return [factor for factor in factors(u) if not factor.is_scalar]


def coefficient(u: Node) -> tuple:
    """Return the number in front of a product, and the rest."""
    if u.op == "number":
        return u.value, ONE
    if u.op == "product" and u.args[0].op == "number":
        rest = u.args[1:]
        return u.args[0].value, rest[0] if len(rest) == 1 else Node("product", rest, u.shape)
    return UNIT, u
