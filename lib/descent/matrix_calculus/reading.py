"""Reading a result off: df = <G, dX>, common factors of G, and the matrix of a linear map."""

from math import gcd

from descent.matrix_calculus.node import (
    ONE,
    Node,
    chain,
    coefficient,
    eye,
    number,
    ones,
    scalars,
    symbol,
    terms,
    zero,
)
from descent.matrix_calculus.rules import IDENTITIES
from descent.matrix_calculus.tree import add, build, cut, diag, hadamard, inner, product, transpose


class UnreadableError(Exception):
    """No identity turns this linear map into a matrix times its argument."""


def rewritten(u: Node, apply) -> Node:
    """Return u with `apply` used at its outermost places where it is not None."""
    value = apply(u) if u.moving else None
    if value is not None:
        return value
    args = [rewritten(arg, apply) if arg.moving else arg for arg in u.args]
    return u if all(a is b for a, b in zip(args, u.args, strict=True)) else build(u, args)


def places(u: Node, wanted) -> list:
    """Return the outermost nodes that are wanted."""
    return [u] if wanted(u) else [place for arg in u.args if arg.moving for place in places(arg, wanted)]


def first_identity(u: Node):
    """Return (rule, u rewritten by it): the identity that the largest inner product needs, or None."""
    inners = places(u, lambda v: v.op == "inner" and v.moving)
    swapped = [v for v in inners if v.args[0].moving]
    for place in [u, *swapped, *sorted(inners, key=lambda v: -v.args[1].size)]:
        for rule in IDENTITIES:
            if rule.apply(place) is not None:
                return rule, rewritten(u, rule.apply)
    return None


def gradient_of(differential: Node, dx: Node) -> Node:
    """Return G of a sum of terms α<U, dX>, or of α dt."""
    parts = []
    for term in terms(differential):
        still = [factor for factor in scalars(term) if not factor.moving]
        (moving,) = [factor for factor in scalars(term) if factor.moving]
        if moving != dx and not (moving.op == "inner" and moving.args[1] == dx):
            raise UnreadableError
        parts.append(product(*still, ONE if moving == dx else moving.args[0]))
    return add(zero(dx.shape), *parts)


def simplified(u: Node) -> Node:
    """Return u with common factors gathered and as few transposes as possible."""
    u = factored(u)
    turned = factored(transpose(u))
    if turned.transposes + 1 < u.transposes and 1 not in u.shape:
        core = product(*chain(turned))
        return raw_product(*scalars(turned), Node("transpose", (core,), u.shape))
    return u


def raw_product(*operands: Node) -> Node:
    """Return the product as it stands."""
    return operands[0] if len(operands) == 1 else Node("product", operands, operands[-1].shape)


def factored(u: Node, nested: bool = False) -> Node:
    """Return a sum with its common factors in front of it, before it and behind it.

    `nested` allows AB + A = A(B + I), which pays only inside A'(B + I)A.
    """
    if u.op == "product":
        return product(*[factored(factor) if factor.op == "add" else factor for factor in u.args])
    if u.op != "add":
        return u
    shared = [f for f in scalars(u.args[0]) if f.op != "number" and all(f in scalars(t) for t in u.args)]
    numbers = [coefficient(term)[0] for term in u.args]
    whole = all(c.denominator == 1 for c in numbers)
    c = gcd(*[int(c) for c in numbers]) if whole else 1
    c = -c if all(c < 0 for c in numbers) else c
    if shared or c != 1:
        rest = [product(number(1 / number(c).value), *without(term, shared)) for term in u.args]
        return product(number(c), *shared, factored(add(*rest)))
    diagonals = [
        term
        for term in u.args
        if term.op == "diag" or (chain(term)[0:1] and chain(term)[0].op == "diag" and len(chain(term)) == 1)
    ]
    if len(diagonals) > 1:
        inside = add(*[product(*scalars(term), chain(term)[0].args[0]) for term in diagonals])
        return factored(
            add(diag(factored(positive_first(inside))), *[t for t in u.args if t not in diagonals])
        )
    for alike, side in ((True, -1), (True, 0), (False, -1), (False, 0)):
        groups = {}
        for term in u.args:
            groups.setdefault(slot(term, side, alike, nested), []).append(term)
        if any(key and len(group) > 1 for key, group in groups.items()):
            joint = [joined(g, key[0], side) if key and len(g) > 1 else add(*g) for key, g in groups.items()]
            return factored(add(*joint))
    return positive_first(u)


def slot(term: Node, side: int, alike: bool, nested: bool):
    """Return what a term shares with those that it can be joined to, None if nothing.

    Terms with unlike scalars are joined only at a matrix, or if nothing else is left of them.
    """
    links = chain(term)
    if not links or (not alike and 1 in links[side].shape and len(links) > 1):
        return None
    mixed = nested and 1 not in links[side].shape
    outside = frozenset(factor for factor in scalars(term) if factor.op != "number")
    return links[side], mixed or len(links) > 1, outside if alike else None


def positive_first(u: Node) -> Node:
    """Return a sum with no minus in front, if that can be."""
    if u.op != "add":
        return u
    order = sorted(u.args, key=lambda term: coefficient(term)[0] < 0)
    return Node("add", tuple(order), u.shape)


def without(term: Node, shared: list) -> list:
    return [factor for factor in (term.args if term.op == "product" else (term,)) if factor not in shared]


def joined(group: list, link: Node, side: int) -> Node:
    """Return a sum of terms that end (side -1) or begin (side 0) with the same matrix."""
    group = sorted(group, key=lambda term: term.transposes)
    rest = [(scalars(term), chain(term)[:-1] if side else chain(term)[1:]) for term in group]
    alone = eye(link.shape[0 if side else 1]) if any(links for _, links in rest) else ONE
    inside = factored(add(*[product(*outside, *(links or [alone])) for outside, links in rest]), nested=True)
    return product(inside, link) if side else product(link, inside)


def matrix_of(u: Node, z: Node) -> Node:
    """Return M such that u = M z, for a vector u linear in the vector z.

    Raises
    ------
    UnreadableError
        If no identity gives the matrix.
    """
    if u == z:
        return eye(z.shape[0])
    if u.op == "add":
        return add(*[matrix_of(term, z) for term in u.args])
    if u.op == "hadamard":
        still = [factor for factor in u.args if z.name not in factor.symbols]
        (moving,) = [factor for factor in u.args if z.name in factor.symbols]
        return product(diag(hadamard(*still)), matrix_of(moving, z))
    if u.op == "product":
        k = next(k for k, factor in enumerate(u.args) if z.name in factor.symbols)
        before, moving, after = u.args[:k], u.args[k], u.args[k + 1 :]
        if moving.is_scalar:
            return product(*before, *after, transpose(adjoint(moving, z)))
        if not after:
            return product(*before, matrix_of(moving, z))
        return product(*before, matrix_at(moving, product(*after), z))
    if u.op == "diagonal":
        return diagonal_at(u.args[0], z)
    raise UnreadableError


def adjoint(scalar: Node, z: Node) -> Node:
    """Return g such that a scalar linear in z is <g, z>."""
    moving = symbol(z.name, z.shape, *z.properties, "differential")
    u = substituted(scalar, z, moving)
    if u.op in {"total", "trace"}:
        shape = u.args[0].shape
        u = inner(ones(shape) if u.op == "total" else eye(shape[0]), u.args[0])
    while (found := first_identity(u)) is not None:
        u = found[1]
    return gradient_of(u, moving)


def substituted(u: Node, old: Node, new: Node) -> Node:
    if u == old:
        return new
    if old.name not in u.symbols:
        return u
    return Node(u.op, tuple(substituted(arg, old, new) for arg in u.args), u.shape, u.name, u.value)


def matrix_at(f: Node, v: Node, z: Node) -> Node:
    """Return M such that F(z) v = M z, for a matrix F(z) linear in z."""
    if f.op == "add":
        return add(*[matrix_of(product(term, v), z) for term in f.args if z.name in term.symbols])
    if f.op == "diag":  # diag(z) v = diag(v) z
        return product(diag(v), matrix_of(f.args[0], z))
    if f.op == "hadamard":
        still = hadamard(*[factor for factor in f.args if z.name not in factor.symbols])
        (moving,) = [factor for factor in f.args if z.name in factor.symbols]
        return hadamard_at(still, moving, v, z)
    raise UnreadableError


def hadamard_at(a: Node, f: Node, v: Node, z: Node) -> Node:
    """Return M such that (A ∘ F(z)) v = M z."""
    if f.op == "add":
        return add(*[hadamard_at(a, term, v, z) for term in f.args])
    column, _, row = cut(chain(f))
    if column and row:  # A ∘ (p q') = diag(p) A diag(q)
        p, q = product(*column), transpose(product(*row))
        return matrix_of(product(*scalars(f), hadamard(p, product(a, hadamard(q, v)))), z)
    links = chain(f)
    k = next(k for k, factor in enumerate(links) if z.name in factor.symbols)
    if links[k].op != "diag" or any(z.name in factor.symbols for factor in scalars(f)):
        raise UnreadableError
    # (A ∘ (P diag(z) Q)) v = (P ∘ (A diag(v) Q')) z
    n = links[k].shape[0]
    left, right = product(eye(n), *links[:k]) if k else eye(n), transpose(product(eye(n), *links[k + 1 :]))
    m = hadamard(left, product(a, diag(v), right))
    return product(*scalars(f), m, matrix_of(links[k].args[0], z))


def diagonal_at(f: Node, z: Node) -> Node:
    """Return M such that the diagonal of F(z) is M z: diag(P diag(z) Q) = (P ∘ Q') z."""
    if f.op == "add":
        return add(*[matrix_of(build(Node("diagonal", (f,), (f.shape[0], 1)), [term]), z) for term in f.args])
    links = chain(f)
    k = next((k for k, factor in enumerate(links) if z.name in factor.symbols), None)
    if k is None or links[k].op != "diag":
        raise UnreadableError
    n = links[k].shape[0]
    left = product(*links[:k]) if k else eye(n)
    right = transpose(product(*links[k + 1 :])) if k + 1 < len(links) else eye(n)
    return product(hadamard(left, right), matrix_of(links[k].args[0], z))
