"""Reading what a learner types: a whitelist over Python's syntax tree, with checks of shapes.

The text is never executed: only the operations listed here become an expression.
"""

import ast
from fractions import Fraction

from descent.matrix_calculus import tree
from descent.matrix_calculus.node import Node, number
from descent.matrix_calculus.printing import text as show
from descent.matrix_calculus.shapes import mismatch, size_of, unknown
from descent.matrix_calculus.tokens import ENTRYWISE, FUNCTIONS, shortened, translated
from descent.matrix_calculus.tree import product

MAX_SIZE, MAX_POWER = 600, 10


def parse(text: str, symbols: dict) -> Node:
    """Return the expression that a text stands for.

    Parameters
    ----------
    text : str
        As in "x'*A*x - b'*x + c".
    symbols : dict
        The declared symbols by name; with a differential among them, d(.) is allowed.

    Raises
    ------
    ValueError, TypeError
        If the text leaves the grammar or the shapes do not fit.
    """
    source = translated(text, symbols)
    try:
        body = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError(
            f"{shortened(text)!r} is not a complete expression: check operators and commas"
        ) from None
    try:
        return Reader(symbols).read(body, entrywise=False)
    except RecursionError:
        raise ValueError("the expression is nested too deeply") from None


class Reader:
    """Turns Python's syntax tree into an expression, checking shapes on the way."""

    def __init__(self, symbols: dict):
        self.symbols = symbols
        self.differentials = any("differential" in s.properties for s in symbols.values())
        self.dimensions = {n for s in symbols.values() for n in s.shape if n != 1}

    def read(self, node, entrywise: bool) -> Node:
        """Return the expression of a syntax node; `entrywise` lets a number stand for an array of it."""
        kind = type(node).__name__
        if kind not in {"BinOp", "UnaryOp", "Call", "Name", "Constant", "Attribute"}:
            what = "a comma outside the brackets of a function" if kind == "Tuple" else kind
            raise ValueError(f"{what} is not part of the grammar")
        u = getattr(self, kind.lower())(node, entrywise)
        if u.size > MAX_SIZE:
            raise ValueError(
                f"the expression is too large: more than {MAX_SIZE} operations once powers are written out"
            )
        return u

    def constant(self, node, entrywise):
        if type(node.value) not in (int, float):
            raise ValueError(f"{node.value!r} is not a number")
        if node.value > 1e300 or 0 < node.value < 1e-300:
            raise ValueError("numbers must lie between 1e-300 and 1e300")
        return number(Fraction(repr(node.value)))

    def name(self, node, entrywise):
        if node.id in self.symbols:
            return self.symbols[node.id]
        if node.id in self.dimensions:
            return tree.dimension(node.id)
        if node.id in FUNCTIONS:
            raise ValueError(f"{node.id} is a function: write {node.id}(...)")
        raise ValueError(unknown(node.id, [*self.symbols, *sorted(self.dimensions), *FUNCTIONS]))

    def attribute(self, node, entrywise):
        u = self.read(node.value, entrywise and node.attr == "T")
        if node.attr == "T":
            return tree.transpose(u)
        if node.attr == "IT":
            return tree.transpose(self.inverted(u))
        raise ValueError("'.^' needs an exponent")

    def inverted(self, u):
        if u.shape[0] != u.shape[1]:
            raise ValueError(f"the inverse needs a square matrix, but {show(u)} {size_of(u)}")
        return tree.inverse(u)

    def unaryop(self, node, entrywise):
        if not isinstance(node.op, (ast.USub, ast.UAdd)):
            raise ValueError("only the signs + and - stand before an operand")
        u = self.read(node.operand, entrywise)
        return tree.minus(u) if isinstance(node.op, ast.USub) else u

    def binop(self, node, entrywise):
        operation = type(node.op).__name__
        if operation not in {"Add", "Sub", "Mult", "Div", "MatMult", "FloorDiv", "Pow"}:
            raise ValueError(f"the operator {operation} is not part of the grammar")
        dotted = operation in {"MatMult", "FloorDiv"}
        if operation == "Pow" and isinstance(node.left, ast.Attribute) and node.left.attr == "E":
            return self.entrywise_power(self.read(node.left.value, True), self.read(node.right, False))
        passed_on = dotted or (entrywise and operation != "Pow")
        u, v = self.read(node.left, passed_on), self.read(node.right, passed_on)
        return getattr(self, operation.lower())(u, v, passed_on)

    def add(self, u, v, entrywise, sign="+"):
        for scalar, array in ((u, v), (v, u)):
            if scalar.is_scalar and not array.is_scalar:
                entries = {"map", "hadamard"} & set(operations(array)) or is_entrywise_power(array)
                if scalar.op != "number" or not (entrywise or entries):
                    raise mismatch(
                        f"{show(u)} {sign} {show(v)}",
                        u,
                        v,
                        f"a scalar and an array do not add: write {show(scalar)}*{broadcast(array)}",
                    )
                filled = product(scalar, tree.ones(array.shape))
                u, v = (filled, v) if scalar is u else (u, filled)
        if u.shape != v.shape:
            raise mismatch(f"{show(u)} {sign} {show(v)}", u, v, "the shapes must be equal")
        return tree.add(u, v if sign == "+" else tree.minus(v))

    def sub(self, u, v, entrywise):
        return self.add(u, v, entrywise, sign="-")

    def mult(self, u, v, entrywise):
        if not (u.is_scalar or v.is_scalar) and u.shape[1] != v.shape[0]:
            advice = "the columns of the first must be the rows of the second"
            if u.shape == v.shape and u.shape[1] == 1:
                x, y = show(u), show(v)
                advice = f"<{x}, {y}> is {x}'*{y}, the entrywise product {x}.*{y}"
            raise mismatch(f"{show(u)}*{show(v)}", u, v, advice)
        return product(u, v)

    def div(self, u, v, entrywise):
        if not v.is_scalar:
            raise mismatch(
                f"{show(u)}/{show(v)}", u, v, "divide by a scalar, entrywise with ./, or use inv( )"
            )
        return product(u, self.reciprocal(v))

    def reciprocal(self, v):
        if tree.is_zero(v):
            raise ValueError("division by zero")
        return tree.power(v, number(-1))

    def matmult(self, u, v, entrywise):
        if u.is_scalar or v.is_scalar:
            return product(u, v)
        if u.shape != v.shape:
            raise mismatch(f"{show(u)}.*{show(v)}", u, v, "the shapes must be equal")
        return tree.hadamard(u, v)

    def floordiv(self, u, v, entrywise):
        if not (u.is_scalar or v.is_scalar) and u.shape != v.shape:
            raise mismatch(f"{show(u)}./{show(v)}", u, v, "the shapes must be equal")
        return self.matmult(u, self.reciprocal(v), entrywise)

    def entrywise_power(self, u, exponent):
        if not exponent.is_scalar:
            raise mismatch(f"{show(u)}.^{show(exponent)}", u, exponent, "the exponent must be a scalar")
        if tree.is_zero(u):
            raise ValueError("a power of zero")
        return tree.power(u, exponent)

    def pow(self, u, exponent, entrywise):
        if u.is_scalar and exponent.is_scalar:
            return self.entrywise_power(u, exponent)
        if u.shape[0] != u.shape[1]:
            advice = f"only a square matrix has powers; entries are raised by {show(u)}.^{show(exponent)}"
            raise ValueError(f"{show(u)}^{show(exponent)}: {show(u)} {size_of(u)}; {advice}")
        k = exponent.value
        if k is None or k.denominator != 1 or abs(k) > MAX_POWER or abs(k) * u.size > MAX_SIZE:
            allowed = f"the exponent of a matrix is a whole number from -{MAX_POWER} to {MAX_POWER}"
            raise ValueError(f"{show(u)}^{show(exponent)}: {allowed}")
        base = u if k > 0 else self.inverted(u)
        return product(*[base] * abs(int(k))) if k else tree.eye(u.shape[0])

    def call(self, node, entrywise):
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name not in FUNCTIONS or node.keywords:
            if name in self.symbols or name is None:
                raise ValueError(f"{name or 'a bracket'} is followed by '(': write * for a product")
            raise ValueError(unknown(name, FUNCTIONS))
        if name == "d" and not self.differentials:
            raise ValueError(
                "d(...) stands in the lines of a derivation, not in the expression to differentiate"
            )
        if name in {"ones", "zeros", "eye"}:
            return self.constant_array(name, node.args)
        args = [self.read(arg, name in ENTRYWISE) for arg in node.args]
        if len(args) != (2 if name == "inner" else 1):
            raise ValueError(
                f"{name} takes {'two arguments' if name == 'inner' else 'one argument'}, got {len(args)}"
            )
        if name in {"tr", "det", "logdet", "inv"} and args[0].shape[0] != args[0].shape[1]:
            raise ValueError(
                f"{name}({show(args[0])}) needs a square matrix, but {show(args[0])} {size_of(args[0])}"
            )
        if name in ENTRYWISE:
            return (
                tree.power(args[0], number(Fraction(1, 2)))
                if name == "sqrt"
                else tree.entrywise(name, args[0])
            )
        if name == "d" and args[0].pending:
            raise ValueError("d(...) inside d(...) is not part of the grammar")
        return (
            getattr(self, "call_" + name, None)(*args)
            if hasattr(self, "call_" + name)
            else SIMPLE[name](*args)
        )

    def constant_array(self, name, args):
        sizes = []
        for arg in args:
            known = isinstance(arg, ast.Name) and arg.id in self.dimensions
            literal = isinstance(arg, ast.Constant) and type(arg.value) is int and 1 <= arg.value <= 9999
            if not (known or literal):
                raise ValueError(
                    f"{name}(...) takes dimensions, here any of {', '.join(sorted(self.dimensions))}"
                )
            sizes.append(1 if literal and arg.value == 1 else arg.id if known else str(arg.value))
        if not 1 <= len(sizes) <= (1 if name == "eye" else 2):
            raise ValueError(f"{name} takes {'one dimension' if name == 'eye' else 'one or two dimensions'}")
        shape = tuple([*sizes, 1][:2])
        return (
            tree.eye(sizes[0]) if name == "eye" else tree.ones(shape) if name == "ones" else tree.zero(shape)
        )

    def call_inner(self, u, v):
        if u.shape != v.shape:
            raise mismatch(f"<{show(u)}, {show(v)}>", u, v, "the shapes must be equal")
        return tree.inner(u, v)

    def call_diag(self, u):
        if u.is_scalar or (1 not in u.shape and u.shape[0] != u.shape[1]):
            raise ValueError(f"diag needs a vector or a square matrix, but {show(u)} {size_of(u)}")
        return tree.diag(u if u.shape[1] == 1 else tree.transpose(u)) if 1 in u.shape else tree.diagonal(u)

    def call_logsumexp(self, u):
        return tree.entrywise("log", tree.total(tree.entrywise("exp", u)))

    def call_softmax(self, u):
        e = tree.entrywise("exp", u)
        return product(e, tree.power(tree.total(e), number(-1)))


SIMPLE = {
    "tr": tree.trace,
    "inv": tree.inverse,
    "sum": tree.total,
    "d": tree.d,
    "det": lambda u: tree.of_matrix("det", u),
    "logdet": lambda u: tree.of_matrix("logdet", u),
    "norm": lambda u: tree.of_matrix("norm", u),
}


def operations(u: Node) -> tuple:
    """Return what the terms of a sum are, numbers in front of them aside."""
    return tuple(tree.coefficient(term)[1].op for term in tree.terms(u))


def is_entrywise_power(u: Node) -> bool:
    return "power" in operations(u)


def broadcast(array: Node) -> str:
    return show(tree.ones(array.shape))
