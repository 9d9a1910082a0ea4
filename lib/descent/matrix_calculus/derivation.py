"""Derivations: from the text of an expression to its gradient and Hessian, line by line."""

from collections.abc import Iterator

import numpy as np

from descent.matrix_calculus import checks, rules, tree
from descent.matrix_calculus.formula import Formula
from descent.matrix_calculus.line import Line
from descent.matrix_calculus.node import Node, number, symbol
from descent.matrix_calculus.parsing import parse
from descent.matrix_calculus.printing import text
from descent.matrix_calculus.reading import (
    UnreadableError,
    first_identity,
    gradient_of,
    matrix_of,
    places,
    rewritten,
    simplified,
)
from descent.matrix_calculus.shapes import parse_shape, unknown
from descent.matrix_calculus.tree import product
from descent.stepwise import Run, converged, stopped

MAX_LINE = 20_000
READ_MATRIX = "read as a matrix", "<p, z> q = (q pᵀ) z, w ∘ z = diag(w) z"
COMMON_FACTORS = "common factors", "AX + BX = (A + B)X, α/φ + β/φ = (α + β)/φ"


def differentiate(text: str, wrt: str, **shapes: str) -> "Derivation":
    """Differentiate an expression with vectors and matrices, rule by rule.

    Parameters
    ----------
    text : str
        The expression: ' transpose, * product, ^ power, .* ./ .^ entrywise, <u, v> or
        inner(u, v), tr det logdet inv norm sum diag ones(n) eye(n) exp log sin cos tanh
        sigmoid softplus sqrt abs logsumexp softmax.  It is parsed and never executed.
    wrt : str
        The variable.
    **shapes : str
        Of each symbol: "" for a scalar, "n" for a vector, "m n" for a matrix, followed by
        any of symmetric, posdef, orthogonal, diagonal for a square one.

    Returns
    -------
    Derivation
        A `Run` of lines: first those of the gradient, then those of the Hessian.

    Raises
    ------
    ValueError, TypeError
        If the text leaves the grammar, or shapes do not fit; the message names both operands.

    References
    ----------
    Merkulov, Matrix calculus (lecture notes), "Differentials".

    Examples
    --------
    >>> import numpy as np
    >>> derivation = differentiate("x'*A*x - b'*x + c", "x", x="n", A="n n", b="n", c="")
    >>> print(derivation[0].line)
    df = d(<x, A*x> - <b, x> + c)
    >>> print(derivation.gradient)
    (A + A')*x - b
    >>> print(derivation.hessian)
    A + A'
    >>> print(derivation.gradient.source)
    def gradient(x, A, b, c):
        return ((A + A.T) @ x) - b
    >>> derivation.gradient(x=np.ones(2), A=np.eye(2), b=np.zeros(2), c=0.0)
    array([2., 2.])
    """
    return Derivation(text, wrt, shapes)


class Derivation(Run):
    """The film of a derivation; see `differentiate`.

    Attributes
    ----------
    value, gradient, hessian, jacobian : Formula
        Callable with the arrays of the symbols; each prints as an expression.
    """

    def __init__(self, text: str, wrt: str, shapes: dict):
        self.symbols = {name: parse_shape(name, shape) for name, shape in shapes.items()}
        if not isinstance(wrt, str) or wrt not in self.symbols:
            shape = f'; give its shape, such as {wrt}="n"' if isinstance(wrt, str) else ""
            raise ValueError(f"wrt={wrt!r} is not declared: {unknown(str(wrt), self.symbols)}{shape}")
        self.variable = self.symbols[wrt]
        if self.variable.properties & {"orthogonal", "diagonal"}:
            raise ValueError(f"the variable {wrt} cannot be orthogonal or diagonal: these are for constants")
        if {f"d{wrt}", f"d{wrt}1"} & set(self.symbols):
            raise ValueError(
                f"d{wrt} and d{wrt}1 are the differentials of {wrt}: use another name for the symbol"
            )
        sizes = {n for declared in self.symbols.values() for n in declared.shape}
        if both := sizes & set(self.symbols):
            raise ValueError(f"{sorted(both)[0]} is the name of a symbol and of a dimension: rename one")
        still = self.variable.properties
        self.dx = symbol(f"d{wrt}", self.variable.shape, "differential", *still)
        self.dx1 = symbol(f"d{wrt}1", self.variable.shape, "held", *still)
        self.text = text
        self.expression = parse(text, self.symbols)
        if self.expression.shape[0] == 1:
            self.expression = tree.transpose(self.expression)
        self.is_scalar = self.expression.is_scalar
        lines = self._lines() if self.is_scalar else self._jacobian_lines()
        super().__init__("differentiate", lines)

    def _line(self, name: str, formula: str, left: str, u: Node) -> Line:
        phase = "hessian" if left[0] == "H" or left == "d2f" else "gradient" if self.is_scalar else "jacobian"
        return Line(name, formula, phase, left, u)

    def _worked_out(self, u: Node, left: str) -> Iterator[Line]:
        """Yield a line for each rule, from d(.) to a sum of terms <U, dX>; return the sum."""
        while (found := self._next(u)) is not None:
            rule, u = found
            if u.size > MAX_LINE:
                raise TooLongError(
                    f"a line of {u.size} operations: try a shorter expression or a smaller power"
                )
            yield self._line(rule.name, rule.formula, left, u)
        return u

    def _varies(self, u: Node) -> bool:
        return self.variable.name in u.symbols

    def _d(self, u: Node) -> Node:
        return self.dx if u == self.variable else tree.d(u)

    def _rule_of(self, v: Node) -> rules.Rule:
        """Return the first rule that applies to v = d(.)."""
        return next(r for r in rules.DIFFERENTIALS if r.apply(v.args[0], self._d, self._varies) is not None)

    def _applied(self, rule: rules.Rule, v: Node) -> Node | None:
        return rule.apply(v.args[0], self._d, self._varies) if self._rule_of(v) is rule else None

    def _next(self, u: Node):
        """Return (rule, u rewritten by it) of the next rule, or None at the end."""
        if u.pending:
            largest = max(places(u, lambda v: v.op == "d"), key=lambda v: v.size)
            rule = self._rule_of(largest)
            return rule, rewritten(u, lambda v: self._applied(rule, v) if v.op == "d" else None)
        if self.is_scalar:
            return first_identity(u)
        split = rules.expanded(u)
        return None if split == u else (rules.Rule("linearity", "P(αV + βW)Q = αPVQ + βPWQ", None), split)

    def _read_off(self, u: Node, left: str) -> Iterator[Line]:
        """Yield the lines from a sum of terms to <G, dX>, common factors gathered; return G."""
        g = gradient_of(u, self.dx)
        u = yield from self._changed(
            u, self._paired(g, self.dx), "gather", "α<U, Z> + β<V, Z> = <αU + βV, Z>", left
        )
        if left == "d2f" and (matrix := self._matrix(g, self.dx1)) is not None:
            return (yield from self._matrix_lines(u, matrix))
        g = simplified(g)
        u = yield from self._changed(u, self._paired(g, self.dx), *COMMON_FACTORS, left)
        if self.variable.properties and tree.transpose(g) != g:
            g = product(number("1/2"), simplified(tree.add(g, tree.transpose(g))))
            name, formula = "symmetric variable", "<G, Z> = <(G + Gᵀ)/2, Z> for Z = Zᵀ"
            yield from self._changed(u, self._paired(g, self.dx), name, formula, left)
        return g

    def _matrix_lines(self, u: Node, matrix: Node) -> Iterator[Line]:
        """Yield the lines from <U, dx> to <H dx1, dx>; return H."""
        for m, name in ((matrix, READ_MATRIX), (simplified(matrix), COMMON_FACTORS)):
            v = tree.ZERO if tree.is_zero(m) else Node("inner", (times(m, self.dx1), self.dx))
            u = yield from self._changed(u, v, *name, "d2f")
        return m

    def _changed(self, u: Node, v: Node, name: str, formula: str, left: str) -> Iterator[Line]:
        """Yield the line v if it reads differently from u; return v."""
        if text(v) != text(u):
            yield self._line(name, formula, left, v)
        return v

    def _paired(self, g: Node, z: Node) -> Node:
        """Return <G, Z> as it stands, or G dt for a scalar."""
        if tree.is_zero(g) or z.is_scalar:
            return product(g, z) if z.is_scalar else tree.ZERO
        return Node("inner", (g, z))

    def _lines(self):
        try:
            u = self._d(self.expression)
            yield self._line("definition", "f(X + dX) = f(X) + df + o(‖dX‖)", "df", u)
            u = yield from self._worked_out(u, "df")
            g = yield from self._read_off(u, "df")
            yield self._line("gradient", "df = <grad f, dX>", "grad f", g)
            if self.variable.name not in self.expression.symbols:
                return converged(f"{self.variable.name} does not occur in the expression: its gradient is 0")
            u = tree.d(self._paired(g, self.dx1))
            yield self._line("second differential", "d²f = d<grad f, dX1>, dX held as dX1", "d2f", u)
            u = yield from self._worked_out(u, "d2f")
            h = yield from self._read_off(u, "d2f")
            yield self._hessian_line(h)
        except TooLongError as long:
            return stopped(str(long))
        return converged("gradient and Hessian are read off")

    def _hessian_line(self, h: Node) -> Line:
        if self.variable.is_scalar:
            return self._line(
                "Hessian", "d²f = f'' dt1 dt", "H", product(h, tree.power(self.dx1, number(-1)))
            )
        if h.shape == self.dx1.shape:
            return self._line("Hessian", "d²f = <H[dX1], dX>", f"H[{self.dx1.name}]", h)
        return self._line("Hessian", "d²f = <H dx1, dx>", "H", h)

    def _matrix(self, u: Node, z: Node) -> Node | None:
        """Return the matrix M of a map u = M z of a vector, None if no identity gives it."""
        if z.shape[1] != 1 or u.shape[1] != 1 or z.is_scalar:
            return None
        try:
            return tree.zero((u.shape[0], z.shape[0])) if tree.is_zero(u) else matrix_of(u, z)
        except UnreadableError:
            return None

    def _jacobian_lines(self):
        try:
            u = self._d(self.expression)
            yield self._line("definition", "F(X + dX) = F(X) + dF + o(‖dX‖)", "dF", u)
            u = yield from self._worked_out(u, "dF")
        except TooLongError as long:
            return stopped(str(long))
        z = self.dx
        one_over = tree.power(z, number(-1))
        j = (
            tree.add(*[product(term, one_over) for term in tree.terms(u)] or [tree.zero(u.shape)])
            if z.is_scalar
            else self._matrix(u, z)
        )
        if j is None:
            yield self._line("differential", "dF = J[dX]", f"J[{z.name}]", simplified(u))
        else:
            for m, name in ((j, READ_MATRIX), (simplified(j), COMMON_FACTORS)):
                u = yield from self._changed(u, u if tree.is_zero(m) else times(m, z), *name, "dF")
            yield self._line("Jacobian", "dF = J dx, J_ij = dF_i/dx_j", "J", m)
        if self.variable.name not in self.expression.symbols:
            return converged(f"{self.variable.name} does not occur in the expression: its Jacobian is 0")
        return converged("the Jacobian is read off")

    def _formula(self, name: str, wanted: str, advice: str) -> Formula:
        for line in self:
            if line.left[0:4] == wanted or (line.left[0] == wanted and line.left != "d2f"):
                argument = None
                if "[" in line.left:
                    argument = self.dx1 if self.is_scalar else self.dx
                return Formula(name, line.expression, self.symbols, self.variable, argument)
        if not self.success:
            raise ValueError(self.message)
        if wanted == "H" and self.is_scalar:
            n = self.variable.shape
            zero = tree.zero((n[0], n[0]) if n[1] == 1 else n)
            return Formula(name, zero, self.symbols, self.variable, None if n[1] == 1 else self.dx1)
        raise ValueError(f"{text(self.expression)} {advice}")

    @property
    def value(self) -> Formula:
        return Formula("value", self.expression, self.symbols, self.variable, None)

    @property
    def gradient(self) -> Formula:
        return self._formula("gradient", "grad", "is not a scalar: ask for .jacobian")

    @property
    def hessian(self) -> Formula:
        return self._formula("hessian", "H", "is not a scalar: it has a .jacobian")

    @property
    def jacobian(self) -> Formula:
        return self._formula("jacobian", "J", "is a scalar: ask for .gradient")

    def check(self, rng: np.random.Generator | int | None = None) -> float:
        """Return the worst relative error of every line at random (X, dX), X not symmetric."""
        return checks.worst_error(self, rng)

    def __str__(self):
        width = max(len(line.rule) for line in self)
        return "\n".join(f"{line.rule.rjust(width)} | {line.line}" for line in self)


def times(matrix: Node, z: Node) -> Node:
    """Return M z as it stands."""
    return Node(
        "product",
        (z, matrix) if z.is_scalar else (matrix, z),
        (matrix.shape[0], z.shape[1] if not z.is_scalar else matrix.shape[1]),
    )


class TooLongError(Exception):
    """A line outgrew what can be read."""
