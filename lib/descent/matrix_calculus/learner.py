"""A learner's own next line: does it hold, and if not, what differs."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from descent.matrix_calculus.node import Node, terms
from descent.matrix_calculus.parsing import parse
from descent.matrix_calculus.printing import decimal, text
from descent.matrix_calculus.reading import substituted
from descent.matrix_calculus.sample import TOLERANCE, Sample
from descent.matrix_calculus.tokens import shortened
from descent.matrix_calculus.tree import add

LEFT = {"df", "dF", "d2f", "grad f", "H", "J"}


@dataclass(frozen=True)
class Verdict:
    """Whether a learner's line holds, and what differs.

    Attributes
    ----------
    holds : bool
        Also the truth value of the verdict.
    difference : str
        "" if it holds, else "sign", "factor", "transpose", "symmetric", "term", "missing",
        "shape" or "other".
    message : str
        The same in a sentence.
    """

    holds: bool
    difference: str
    message: str

    def __bool__(self):
        return self.holds

    def __str__(self):
        return self.message


def check_line(derivation, line: str, rng: np.random.Generator | int | None = None) -> Verdict:
    """Say whether a learner's line equals the differential, gradient, Hessian or Jacobian.

    Parameters
    ----------
    derivation : Derivation
        Of the expression that the line is about.
    line : str
        For example "2*x'*A*dx": with dx (dX) it is compared with the differential, with dx1
        too with the second one; without dx with the gradient, Hessian or Jacobian, whichever has
        its shape.  It may begin with "df =", "d2f =", "grad f =", "H =", "dF =" or "J =".
    rng : Generator or seed, optional
        For the random points.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError, TypeError
        If the text leaves the grammar or its shapes do not fit.

    Examples
    --------
    >>> from descent.matrix_calculus import differentiate
    >>> derivation = differentiate("x'*A*x", "x", x="n", A="n n")
    >>> bool(check_line(derivation, "x'*(A + A')*dx", 0))
    True
    >>> print(check_line(derivation, "2*x'*A*dx", 0))
    it holds only if A is symmetric
    """
    rng = np.random.default_rng(rng)
    left, _, right = line.rpartition("=") if isinstance(line, str) else ("", "", line)
    left = left.split("[")[0].strip()
    if left and left not in LEFT:
        raise ValueError(f"{shortened(left)!r} before '=': allowed are {', '.join(sorted(LEFT))}")
    u = parse(right, derivation.symbols | {z.name: z for z in (derivation.dx, derivation.dx1)})
    about = "dF" if left == "J" and u.moving else left or subject(derivation, u)
    problem = wrong_shape(derivation, u, about)
    if problem:
        return Verdict(False, "shape", problem)
    sample = Sample(derivation, u, about, rng)
    if sample.agrees(u):
        return Verdict(True, "", "it holds")
    for diagnose in (
        whole_factor,
        turned_differential,
        only_if_symmetric,
        turned_symbol,
        term_factors,
        missing_term,
    ):
        found = diagnose(sample, u)
        if found:
            return Verdict(False, *found)
    return Verdict(False, "other", f"it does not hold; at a random point {sample.example(u)}")


def subject(derivation, u: Node) -> str:
    """Say what a line is about: "df", "dF", "d2f", "grad f", "H" or "J"."""
    if derivation.dx1.name in u.symbols:
        return "d2f" if u.moving else "H"
    derivative_is_no_matrix = not derivation.is_scalar and derivation.variable.shape[1] != 1
    if derivative_is_no_matrix:
        return "dF"
    if u.moving or (
        not derivation.is_scalar and u.shape == derivation.expression.shape != expected_shape(derivation, "J")
    ):
        return "df" if derivation.is_scalar else "dF"
    if not derivation.is_scalar:
        return "J"
    return "grad f" if u.shape == derivation.variable.shape else "H"


def expected_shape(derivation, about: str) -> tuple:
    x, f = derivation.variable.shape, derivation.expression.shape
    if about in {"df", "d2f", "dF"}:
        return f
    if about == "J":
        return (f[0], x[0]) if x[1] == 1 else f
    return (x[0], x[0]) if about == "H" and x[1] == 1 else x


def wrong_shape(derivation, u: Node, about: str) -> str:
    expected = expected_shape(derivation, about)
    if about == "H" and derivation.dx1.name in u.symbols:
        expected = derivation.variable.shape
    if u.shape == expected or (u.op == "number" and u.value == 0):
        return ""
    wanted, given = (" x ".join(map(str, shape)) for shape in (expected, u.shape))
    hint = " (write it with d" + derivation.variable.name + ")" if about == "df" or not u.moving else ""
    return f"{text(u)} is {given}, but {about} is {wanted}{hint}"


def simple(c: float) -> Fraction | None:
    """Return the simple fraction that a measured factor stands for."""
    fraction = Fraction(float(c)).limit_denominator(24)
    return fraction if abs(float(fraction) - c) <= 1e-7 * max(1, abs(c)) else None


def whole_factor(sample: Sample, u: Node):
    mine, true = sample.values(u).ravel(), sample.truths.ravel()
    c = simple(mine @ true / (true @ true)) if np.any(true) else None
    if not c or not sample.close(sample.values(u) / float(c)):
        return None
    if c == -1:
        return "sign", "the sign is flipped"
    sign = " and the sign is flipped" if c < 0 else ""
    return "factor", f"a factor differs: yours is {decimal(abs(c))} times the right one{sign}"


def turned_differential(sample: Sample, u: Node):
    if sample.about in {"grad f", "J"} or (sample.about == "H" and not sample.held):
        turned = np.swapaxes(sample.values(u), 1, 2) if sample.truths.ndim == 3 else None
        if turned is not None and turned.shape == sample.truths.shape and sample.close(turned):
            return "transpose", "yours is the transpose of the right one"
        return None
    for z in (sample.derivation.dx, sample.derivation.dx1):
        square = z.shape[0] == z.shape[1] != 1 and z.name in u.symbols
        if square and sample.agrees(substituted(u, z, Node("transpose", (z,), z.shape))):
            return (
                "transpose",
                f"it holds with {z.name}' in the place of {z.name}: a transpose is missing or too many",
            )
    return None


def square_symbols(sample: Sample, u: Node) -> list:
    known = sample.derivation.symbols
    square = [s for s in known.values() if s.shape[0] == s.shape[1] != 1 and s.name in u.symbols]
    return [s for s in square if "symmetric" not in s.properties]


def only_if_symmetric(sample: Sample, u: Node):
    for s in square_symbols(sample, u):
        if s == sample.derivation.variable or s.properties:
            continue
        points = [values | {s.name: (values[s.name] + values[s.name].T) / 2} for values in sample.points]
        try:
            worst = max(np.max(np.abs(sample.value(u, v) - sample.truth(v))) for v in points)
        except ValueError:
            continue
        if worst <= TOLERANCE * sample.scale:
            return "symmetric", f"it holds only if {s.name} is symmetric"
    return None


def turned_symbol(sample: Sample, u: Node):
    for s in square_symbols(sample, u):
        turned = Node("transpose", (s,), s.shape)
        if sample.agrees(substituted(u, s, turned)):
            return "transpose", f"it holds with {s.name}' in the place of {s.name}"
        for k, term in enumerate(terms(u)):
            others = terms(u)[:k] + terms(u)[k + 1 :]
            if (
                others
                and s.name in term.symbols
                and sample.agrees(Node("add", (*others, substituted(term, s, turned)), u.shape))
            ):
                return (
                    "transpose",
                    f"in the term {text(term)}, it holds with {s.name}' in the place of {s.name}",
                )
    return None


def fitted(sample: Sample, columns: list):
    """Return the factors with which the columns add up to the truth, if there are simple ones."""
    matrix = np.stack([sample.values(term).ravel() for term in columns], axis=1)
    factors, _, rank, _ = np.linalg.lstsq(matrix, sample.truths.ravel(), rcond=1e-10)
    simple_ones = [simple(c) for c in factors]
    if rank < len(columns) or None in simple_ones:
        return None
    return (
        simple_ones
        if sample.close((matrix @ [float(c) for c in simple_ones]).reshape(sample.truths.shape))
        else None
    )


def term_factors(sample: Sample, u: Node):
    factors = fitted(sample, list(terms(u))) if terms(u) else None
    for term, c in zip(terms(u), factors or [], strict=bool(factors)):
        if c == -1:
            return "sign", f"the sign of the term {text(term)} is flipped"
        if c == 0:
            return "term", f"the term {text(term)} does not belong there"
        if c != 1:
            return "factor", f"the term {text(term)} has to be multiplied by {decimal(c)}"
    return None


def missing_term(sample: Sample, u: Node):
    lefts = {"H": ("H", f"H[{sample.derivation.dx1.name}]")}.get(sample.about, (sample.about,))
    for line in reversed(
        [line for line in sample.derivation if line.left in lefts and not line.expression.pending]
    ):
        for term in terms(line.expression):
            if fitted(sample, [add(u, term)] if u.moving == term.moving else [term]) == [1]:
                return "missing", f"the term {text(term)} is missing"
    return None
