"""Results of a derivation: expressions that can be called with arrays."""

from dataclasses import dataclass

import numpy as np

from descent.matrix_calculus import tree
from descent.matrix_calculus.evaluation import evaluate
from descent.matrix_calculus.node import Node
from descent.matrix_calculus.numpy_code import code
from descent.matrix_calculus.printing import latex, text


@dataclass(frozen=True, repr=False)
class Formula:
    r"""A gradient, Hessian or Jacobian that prints as an expression and is called with arrays.

    Parameters
    ----------
    name : str
        The name of the generated function.
    expression : Node
        The expression.
    symbols : dict
        The declared symbols by name; a call takes their arrays under these names.
    variable : Node
        The variable.
    argument : Node or None
        The differential V, if this is a linear map V -> H[V].

    Examples
    --------
    >>> from descent.matrix_calculus import differentiate
    >>> gradient = differentiate("log(det(X))", "X", X="n n").gradient
    >>> print(gradient, "or", gradient.latex)
    inv(X)' or X^{-\top}
    >>> gradient(X=np.array([[2.0, 0.0], [0.0, 4.0]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """

    name: str
    expression: Node
    symbols: dict
    variable: Node
    argument: Node | None = None

    def __call__(self, **arrays):
        """Return the value: a number, an array, or for a linear map a function of V.

        A map of a vector variable whose matrix no identity gives is still returned as a matrix.
        """
        values = bound(self.symbols, arrays, self.expression.symbols - {self.argument and self.argument.name})
        if self.argument is None:
            return outside(self.expression, finite(self.expression, values))
        z = self.argument

        def along(v):
            v = np.asarray(v)
            direction = values | {z.name: column(z, v)}
            return outside(self.expression, finite(self.expression, direction))

        if z.shape[1] != 1 or self.expression.shape[1] != 1:
            return along
        n = tree_size(z.shape[0], values)
        return np.stack([along(e) for e in np.eye(n)], axis=1)

    def __str__(self):
        return text(self.expression)

    __repr__ = __str__

    @property
    def latex(self) -> str:
        return latex(self.expression)

    def _repr_latex_(self):
        return f"${self.latex}$"

    @property
    def source(self) -> str:
        """NumPy code of a function with the symbols as arguments."""
        z = self.argument
        lines = [f"def {self.name}({', '.join(self.symbols)}):"]
        for n in sorted(sizes_used(self.expression)):
            owner = next(s for s in self.symbols.values() if n in s.shape)
            lines.append(f"    {n} = np.shape({owner.name})[{owner.shape.index(n)}]")
        body = code(self.expression)
        if z is not None and z.shape[1] == 1 and self.expression.shape[1] == 1:
            body = f"np.stack([{body} for {z.name} in np.eye(len({self.variable.name}))], axis=1)"
        elif z is not None:
            body = f"lambda {z.name}: {body}"
        return "\n".join([*lines, f"    return {body}"])

    def displayed(self, layout: str = "numerator") -> str:
        """Return the LaTeX in a layout: "numerator" (J_ij = dF_i/dx_j) or "denominator" (its transpose).

        Only the display changes; calls and code keep J_ij = dF_i/dx_j.
        """
        if layout not in {"numerator", "denominator"}:
            raise ValueError(f'layout={layout!r}: allowed are "numerator" and "denominator"')
        u = self.expression
        if layout == "denominator" and self.name == "jacobian" and self.argument is None:
            return latex(tree.transpose(u))
        return latex(u)


def sizes_used(u: Node) -> set:
    """Return the dimensions that the code of an expression needs by name."""
    own = (
        {u.name} if u.op == "dimension" else set(u.shape) - {1} if u.op in {"ones", "eye", "zero"} else set()
    )
    return {n for n in own if not n.isdigit()}.union(*(sizes_used(arg) for arg in u.args))


def tree_size(n, values: dict) -> int:
    return int(n) if str(n).isdigit() else values[n]


def column(symbol: Node, array: np.ndarray) -> np.ndarray:
    """Return an array as the inside holds it: vectors as columns."""
    return array.reshape(-1, 1) if symbol.shape[1] == 1 and not symbol.is_scalar else array


def outside(u: Node, value):
    """Return a value as the outside sees it: scalars as numbers, vectors as 1-D arrays."""
    if u.is_scalar:
        return np.asarray(value)[()]
    return np.array(value).ravel() if 1 in u.shape else np.array(value)


def finite(u: Node, values: dict):
    with np.errstate(all="ignore"):
        try:
            value = evaluate(u, values)
        except OverflowError:
            value = np.inf
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{text(u)} is not finite at these values: try smaller ones")
    return value


def bound(symbols: dict, arrays: dict, needed=frozenset()) -> dict:
    """Return the arrays by symbol and the sizes by dimension.

    Raises
    ------
    ValueError
        If an array is missing, unknown, of another shape, or lacks a declared property.
    """
    if extra := set(arrays) - set(symbols):
        raise ValueError(f"unknown array {sorted(extra)[0]!r}: declared are {', '.join(symbols)}")
    values, owners = {}, {}
    for name, symbol in symbols.items():
        if name not in arrays:
            if name in needed:
                raise ValueError(f"the array of {name} is missing")
            continue
        array = np.asarray(arrays[name])
        if array.dtype.kind not in "biufc":
            raise TypeError(f"{name} must be an array of numbers, got dtype {array.dtype}")
        expected = tuple(n for n in symbol.shape if n != 1)
        if array.ndim != len(expected):
            wanted = " x ".join(expected) or "a number"
            raise ValueError(f"{name} has shape {array.shape}, but it was declared as {wanted}")
        for n, length in zip(expected, array.shape, strict=True):
            known = int(n) if n.isdigit() else values.setdefault(n, length)
            owner = owners.setdefault(n, name)
            if known != length:
                raise ValueError(
                    f"{n} is {known} in {owner} but {length} in {name}, whose shape is {array.shape}"
                )
        check_properties(symbol, array)
        values[name] = column(symbol, array if array.dtype.kind == "c" else array.astype(float))
    return values


def check_properties(symbol: Node, a: np.ndarray) -> None:
    scale = 1e-8 * max(1.0, np.max(np.abs(a), initial=0.0))
    holds = {
        "symmetric": lambda: np.allclose(a, a.T, rtol=0, atol=scale),
        "diagonal": lambda: np.allclose(a, np.diag(np.diag(a)), rtol=0, atol=scale),
        "orthogonal": lambda: np.allclose(a @ a.T, np.eye(len(a)), rtol=0, atol=1e-8),
        "posdef": lambda: np.all(np.linalg.eigvalsh((a + a.T) / 2) > 0),
    }
    for name in ("symmetric", "diagonal", "orthogonal", "posdef"):
        if name in symbol.properties and not holds[name]():
            raise ValueError(f"{symbol.name} was declared {name}, but this array is not")
