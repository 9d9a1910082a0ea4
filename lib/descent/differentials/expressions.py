"""The graded list of expressions to differentiate, the lecture's rules, and a learner's own expression."""

import re
from dataclasses import dataclass, field

from descent.matrix_calculus import Derivation, differentiate

LONGEST = 400


@dataclass(frozen=True)
class Expression:
    """What to differentiate: a text, its variable, the shapes of its symbols, and how hard it is."""

    text: str
    wrt: str
    shapes: dict = field(default_factory=dict)
    level: str = "your own"

    def derivation(self) -> Derivation:
        """Return the derivation; see `descent.matrix_calculus.differentiate`."""
        return differentiate(self.text, self.wrt, **self.shapes)

    @property
    def name(self) -> str:
        properties = [
            f"{s} {p[-1]}"
            for s, p in ((s, v.split()) for s, v in self.shapes.items())
            if p and p[-1].isalpha() and len(p[-1]) > 1
        ]
        return f"{self.text}  in {self.wrt}" + (f"  ({', '.join(properties)})" if properties else "")


def _shapes(text: str) -> dict:
    """Return the shapes that a text such as "x: n, A: n n symmetric, c:" declares."""
    shapes = {}
    for part in filter(str.strip, re.split(r"[,;]", text)):
        name, colon, shape = part.partition(":")
        name = name.strip()
        if not colon or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ValueError(
                f"{part.strip()[:40]!r} declares no shape: write for example  x: n, A: n n symmetric, c:  "
                "(nothing after the colon for a number)"
            )
        if name in shapes:
            raise ValueError(f"{name} is declared twice")
        shapes[name] = " ".join(shape.split())
    return shapes


def typed_expression(text: str, wrt: str, shapes: str) -> Expression:
    """Return a learner's own expression; nothing of it is executed.

    Parameters
    ----------
    text : str
        The expression, in the grammar of `descent.matrix_calculus.differentiate`.
    wrt : str
        The variable.
    shapes : str
        Of each symbol, as in "x: n, A: n n symmetric, c:".

    Returns
    -------
    Expression

    Raises
    ------
    ValueError, TypeError
        If a declaration or the expression leaves the grammar, or shapes do not fit.

    Examples
    --------
    >>> typed_expression("x'*A*x", "x", "x: n, A: n n").shapes
    {'x': 'n', 'A': 'n n'}
    >>> typed_expression("A*x", "x", "x: n, A n n")
    Traceback (most recent call last):
    ValueError: 'A n n' declares no shape: write for example  x: n, A: n n symmetric, c:  (nothing after ...
    """
    if len(shapes) > LONGEST:
        raise ValueError(f"the declarations have {len(shapes)} characters, at most {LONGEST} are allowed")
    expression = Expression(text, wrt.strip(), _shapes(shapes))
    expression.derivation()
    return expression


_LIST = {
    "lecture": (
        ("x'*A*x - b'*x + c", "x: n, A: n n, b: n, c:"),
        ("log(x'*A*x)", "x: n, A: n n"),
        ("<S, X> - logdet(X)", "X: n n, S: n n"),
    ),
    "1 products": (
        ("a'*x", "x: n, a: n"),
        ("x'*x", "x: n"),
        ("x'*A*x", "x: n, A: n n"),
        ("x'*A*x", "x: n, A: n n symmetric"),
        ("norm(A*x - b)^2", "x: n, A: m n, b: m"),
        ("(a'*x)*(b'*x)", "x: n, a: n, b: n"),
        ("tr(A*X)", "X: m n, A: n m"),
        ("norm(X)^2", "X: m n"),
    ),
    "2 chains and quotients": (
        ("norm(x)", "x: n"),
        ("exp(a'*x)", "x: n, a: n"),
        ("log(1 + exp(a'*x))", "x: n, a: n"),
        ("sqrt(1 + x'*x)", "x: n"),
        ("x'*A*x/(x'*x)", "x: n, A: n n symmetric"),
        ("norm(A*x - b)", "x: n, A: m n, b: m"),
        ("sum(exp(x))", "x: n"),
        ("logsumexp(A*x)", "x: n, A: m n"),
        ("sum(softplus(-y.*(A*x)))", "x: n, A: m n, y: m"),
    ),
    "3 matrices": (
        ("a'*X*b", "X: m n, a: m, b: n"),
        ("a'*X'*X*b", "X: m n, a: n, b: n"),
        ("tr(X'*A*X)", "X: m n, A: m m"),
        ("norm(A*X - B)^2", "X: n k, A: m n, B: m k"),
        ("tr(A*X*B*X')", "X: m n, A: m m, B: n n"),
        ("det(X)", "X: n n"),
        ("logdet(X'*X)", "X: m n"),
        ("tr(inv(X))", "X: n n"),
        ("a'*inv(X)*b", "X: n n, a: n, b: n"),
        ("tr(X^3)", "X: n n"),
        ("log(tr(X'*X))", "X: m n"),
        ("norm(A - x*x')^2", "x: n, A: n n symmetric"),
    ),
    "4 numbers, vectors and more": (
        ("det(A - t*eye(n))", "t: , A: n n"),
        ("A*x", "x: n, A: m n"),
        ("sigmoid(W*x + b)", "x: n, W: m n, b: m"),
        ("x/norm(x)", "x: n"),
        ("softmax(x)", "x: n"),
        ("A*X*B", "X: n k, A: m n, B: k l"),
    ),
}


def _graded() -> dict:
    entries = [
        Expression(text, shapes.partition(":")[0], _shapes(shapes), level)
        for level, rows in _LIST.items()
        for text, shapes in rows
    ]
    return {f"{entry.level}: {entry.name}": entry for entry in entries}


# The lecture's three examples and 35 more, from easy to hard, by their names.
GRADED = _graded()

# The lecture's rules: name, an expression that needs it, shapes (the variable first), its differential.
LECTURE_RULES = (
    ("constant", "X + A", "X: m n, A: m n", "dX"),
    ("factor", "3*X", "X: m n", "3*dX"),
    ("constant factors", "A*X*B", "X: n k, A: m n, B: k l", "A*dX*B"),
    ("sum", "X + A*X", "X: n n, A: n n", "dX + A*dX"),
    ("transpose", "X'", "X: n n", "dX'"),
    ("product", "X*A*X", "X: n n, A: n n", "dX*A*X + X*A*dX"),
    ("inner product", "<A*X, X>", "X: n n, A: n n", "<A*dX, X> + <A*X, dX>"),
    ("quotient", "X/tr(X)", "X: n n", "(tr(X)*dX - tr(dX)*X)/tr(X)^2"),
    ("determinant", "det(X)", "X: n n", "det(X)*<inv(X)', dX>"),
    ("trace", "tr(X)", "X: n n", "<eye(n), dX>"),
    ("chain rule", "exp(tr(X))", "X: n n", "exp(tr(X))*tr(dX)"),
    ("inverse", "inv(X)", "X: n n", "-inv(X)*dX*inv(X)"),
)
