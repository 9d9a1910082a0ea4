"""The rules: what d(.) of an expression is, and how operators move off dX.

A differential rule takes the operand u of d(u), the function d and the test `varies`, and
returns d(u) worked out one level, or None where it does not apply.  An identity takes an
inner product that contains dX.  Rules are tried in the order of this file.
Names and formulas: Merkulov, Matrix calculus (lecture notes); those that the lecture does
not list are in Magnus & Neudecker, Matrix Differential Calculus (3rd ed. 2019), ch. 8.
"""

from collections.abc import Callable
from dataclasses import dataclass

from descent.matrix_calculus import tree
from descent.matrix_calculus.node import (
    ONE,
    Node,
    chain,
    coefficient,
    eye,
    factors,
    number,
    ones,
    scalars,
    terms,
    zero,
)
from descent.matrix_calculus.tree import (
    add,
    diag,
    diagonal,
    entrywise,
    hadamard,
    inner,
    inverse,
    minus,
    power,
    product,
    transpose,
)


@dataclass(frozen=True)
class Rule:
    """A named rule: its lecture name, its formula, and the function that applies it."""

    name: str
    formula: str
    apply: Callable


DIFFERENTIALS: list[Rule] = []
IDENTITIES: list[Rule] = []


def rule(table: list, name: str, formula: str) -> Callable:
    def enter(apply):
        table.append(Rule(name, formula, apply))
        return apply

    return enter


@rule(DIFFERENTIALS, "constant", "dA = 0")
def d_constant(u, d, varies):
    return None if varies(u) else zero(u.shape)


@rule(DIFFERENTIALS, "sum", "d(X + Y) = dX + dY")
def d_sum(u, d, varies):
    if u.op != "add":
        return None
    return add(*[product(number(c), d(x)) for c, x in map(coefficient, u.args)])


@rule(DIFFERENTIALS, "constant factor", "d(αX) = α dX, d(AXB) = A(dX)B")
def d_constant_factor(u, d, varies):
    moving = [varies(factor) for factor in factors(u)]
    if u.op == "product" and sum(moving) == 1:
        return product(*[d(v) if moves else v for v, moves in zip(u.args, moving, strict=True)])
    return None


@rule(DIFFERENTIALS, "transpose", "d(Xᵀ) = (dX)ᵀ")
def d_transpose(u, d, varies):
    return transpose(d(u.args[0])) if u.op == "transpose" else None


@rule(DIFFERENTIALS, "inner product", "d<X, Y> = <dX, Y> + <X, dY>")
def d_inner(u, d, varies):
    if u.op != "inner":
        return None
    x, y = u.args
    return add(inner(d(x), y) if varies(x) else tree.ZERO, inner(x, d(y)) if varies(y) else tree.ZERO)


@rule(DIFFERENTIALS, "quotient", "d(X/φ) = (φ dX - (dφ)X)/φ²")
def d_quotient(u, d, varies):
    below = [f for f in scalars(u) if f.op == "power" and is_negative(f.args[1]) and varies(f)]
    above = [f for f in factors(u) if f not in below]
    if u.op != "product" or not below:
        return None
    phi = power(product(*below), number(-1))
    x = product(*above)
    return product(power(phi, number(-2)), add(product(phi, d(x)), minus(product(d(phi), x))))


def is_negative(exponent: Node) -> bool:
    return coefficient(exponent)[0] < 0


@rule(DIFFERENTIALS, "product", "d(XY) = (dX)Y + X(dY)")
def d_product(u, d, varies):
    if u.op != "product":
        return None
    f = u.args
    return add(*[product(*f[:k], d(f[k]), *f[k + 1 :]) for k in range(len(f)) if varies(f[k])])


@rule(DIFFERENTIALS, "determinant", "d(det X) = det X <X⁻ᵀ, dX>")
def d_determinant(u, d, varies):
    return product(u, inner(transpose(inverse(u.args[0])), d(u.args[0]))) if u.op == "det" else None


@rule(DIFFERENTIALS, "log-determinant", "d(log det X) = <X⁻ᵀ, dX>")
def d_log_determinant(u, d, varies):
    return inner(transpose(inverse(u.args[0])), d(u.args[0])) if u.op == "logdet" else None


@rule(DIFFERENTIALS, "trace", "d(tr X) = <I, dX>")
def d_trace(u, d, varies):
    return inner(eye(u.args[0].shape[0]), d(u.args[0])) if u.op == "trace" else None


@rule(DIFFERENTIALS, "sum of entries", "d(sum X) = <1, dX>")
def d_total(u, d, varies):
    return inner(ones(u.args[0].shape), d(u.args[0])) if u.op == "total" else None


@rule(DIFFERENTIALS, "squared norm", "d(‖X‖²) = 2<X, dX>")
def d_squared_norm(u, d, varies):
    if u.op == "power" and u.args[0].op == "norm" and u.args[1] == number(2):
        return product(number(2), inner(u.args[0].args[0], d(u.args[0].args[0])))
    return None


@rule(DIFFERENTIALS, "norm", "d‖X‖ = <X, dX>/‖X‖")
def d_norm(u, d, varies):
    return product(power(u, number(-1)), inner(u.args[0], d(u.args[0]))) if u.op == "norm" else None


@rule(DIFFERENTIALS, "inverse", "d(X⁻¹) = -X⁻¹(dX)X⁻¹")
def d_inverse(u, d, varies):
    return minus(product(u, d(u.args[0]), u)) if u.op == "inverse" else None


def times(derivative: Node, v: Node) -> Node:
    return product(derivative, v) if v.is_scalar else hadamard(derivative, v)


DERIVATIVES = {
    "exp": lambda x: entrywise("exp", x),
    "log": lambda x: power(x, number(-1)),
    "sin": lambda x: entrywise("cos", x),
    "cos": lambda x: minus(entrywise("sin", x)),
    "tanh": lambda x: add(ones(x.shape), minus(power(entrywise("tanh", x), number(2)))),
    "sigmoid": lambda x: times(entrywise("sigmoid", x), add(ones(x.shape), minus(entrywise("sigmoid", x)))),
    "softplus": lambda x: entrywise("sigmoid", x),
    "abs": lambda x: entrywise("sign", x),
    "sign": lambda x: zero(x.shape),
}


def derivative(u: Node) -> Node:
    """Return f'(x) of u = f(x), f a power or a function of each entry."""
    if u.op == "map":
        return DERIVATIVES[u.name](u.args[0])
    base, exponent = u.args
    return product(exponent, power(base, add(exponent, minus(ONE))))


@rule(DIFFERENTIALS, "exponential form", "φ^ψ = exp(ψ log φ)")
def d_exponential(u, d, varies):
    if u.op != "power" or not varies(u.args[1]):
        return None
    return d(entrywise("exp", product(u.args[1], entrywise("log", u.args[0]))))


@rule(DIFFERENTIALS, "chain rule", "d f(g(x)) = f'(g) dg(x)")
def d_chain(u, d, varies):
    return product(derivative(u), d(u.args[0])) if u.op in {"map", "power"} and u.is_scalar else None


@rule(DIFFERENTIALS, "entrywise function", "d f(X) = f'(X) ∘ dX")
def d_entrywise(u, d, varies):
    return None if u.is_scalar or u.op not in {"map", "power"} else hadamard(derivative(u), d(u.args[0]))


@rule(DIFFERENTIALS, "entrywise product", "d(X ∘ Y) = dX ∘ Y + X ∘ dY")
def d_hadamard(u, d, varies):
    if u.op != "hadamard":
        return None
    f = u.args
    return add(*[hadamard(*f[:k], d(f[k]), *f[k + 1 :]) for k in range(len(f)) if varies(f[k])])


@rule(DIFFERENTIALS, "diagonal", "d(diag x) = diag(dx)")
def d_diagonal(u, d, varies):
    return tree.build(u, [d(u.args[0])]) if u.op in {"diag", "diagonal"} else None


def expanded(u: Node) -> Node:
    """Return u, linear in dX, as a sum of terms whose scalars stand in front."""
    moving = next((k for k, arg in enumerate(u.args) if arg.moving), None)
    if moving is None:
        return u
    if u.op == "add":
        parts = [expanded(arg) for arg in u.args]
        return u if all(part is arg for part, arg in zip(parts, u.args, strict=True)) else add(*parts)
    before, inside, after = u.args[:moving], expanded(u.args[moving]), u.args[moving + 1 :]
    one_term = inside.op != "add" and (inside.is_scalar or not scalars(inside))
    if one_term and inside is u.args[moving]:
        return u
    if u.op == "inner" and not inside.is_scalar:
        split = [(scalars(term), product(*chain(term))) for term in terms(inside)]
        return add(tree.ZERO, *[product(*s, inner(*before, core, *after)) for s, core in split])
    return add(zero(u.shape), *[tree.build(u, (*before, term, *after)) for term in terms(inside)])


@rule(IDENTITIES, "linearity", "<U, αV + βW> = α<U, V> + β<U, W>")
def linearity(u):
    split = expanded(u)
    return None if split == u else split


@rule(IDENTITIES, "symmetry", "<U, V> = <V, U>")
def symmetry(u):
    return inner(u.args[1], u.args[0]) if u.op == "inner" and u.args[0].moving else None


@rule(IDENTITIES, "factors move over", "<U, P Z Q> = <Pᵀ U Qᵀ, Z>")
def move_factors(u):
    if u.op != "inner" or u.args[1].op != "product":
        return None
    links = chain(u.args[1])
    k = next(k for k, link in enumerate(links) if link.moving)
    before, after = ([transpose(link) for link in reversed(part)] for part in (links[:k], links[k + 1 :]))
    return inner(product(*before, u.args[0], *after), links[k])


@rule(IDENTITIES, "transpose moves over", "<U, Zᵀ> = <Uᵀ, Z>")
def move_transpose(u):
    if u.op == "inner" and u.args[1].op == "transpose":
        return inner(transpose(u.args[0]), u.args[1].args[0])
    return None


@rule(IDENTITIES, "entrywise factor moves over", "<U, W ∘ Z> = <U ∘ W, Z>")
def move_hadamard(u):
    if u.op != "inner" or u.args[1].op != "hadamard":
        return None
    still = [factor for factor in u.args[1].args if not factor.moving]
    (moving,) = [factor for factor in u.args[1].args if factor.moving]
    return inner(hadamard(u.args[0], *still), moving)


@rule(IDENTITIES, "diagonal moves over", "<U, diag z> = <diag U, z>")
def move_diagonal(u):
    if u.op == "inner" and u.args[1].op in {"diag", "diagonal"}:
        turned = diagonal if u.args[1].op == "diag" else diag
        return inner(turned(u.args[0]), u.args[1].args[0])
    return None
