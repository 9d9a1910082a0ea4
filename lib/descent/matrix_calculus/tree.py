"""Constructors: each keeps expressions in one normal form.

A product is a number, scalar factors and a chain of matrices; where the chain closes to
1 x 1 it becomes the scalar <u, v> at once.  An inner product that contains a differential
is left alone: to simplify it is the learner's step.
"""

from descent.matrix_calculus.node import (
    ONE,
    UNIT,
    ZERO,
    Node,
    chain,
    coefficient,
    eye,
    factors,
    is_zero,
    number,
    ones,
    scalars,
    terms,
    zero,
)


def add(*summands: Node) -> Node:
    """Return the sum, like terms gathered."""
    collected, shape = {}, summands[0].shape
    for summand in summands:
        c, rest = coefficient(summand)
        for term in terms(rest):
            c_term, core = coefficient(term)
            slot = (core, len(collected)) if core.moving else core
            collected[slot] = collected.get(slot, 0) + c * c_term
    parts = [(slot[0] if isinstance(slot, tuple) else slot, c) for slot, c in collected.items()]
    kept = tuple(core if c == 1 else product(number(c), core) for core, c in parts if c != 0)
    return kept[0] if len(kept) == 1 else Node("add", kept, shape) if kept else zero(shape)


def minus(u: Node) -> Node:
    return product(number(-1), u)


def as_power(u: Node) -> tuple:
    return u.args if u.op == "power" else (u, ONE)


def gathered(powers: dict) -> list:
    """Return the factors base^exponent."""
    return [power(base, exponent) for base, exponent in powers.items() if not is_zero(exponent)]


def product(*operands: Node) -> Node:
    """Return the product: number, scalar factors with powers gathered, chain of matrices."""
    flat = [factor for operand in operands for factor in factors(operand)]
    matrices = [factor for factor in flat if not factor.is_scalar]
    shape = (matrices[0].shape[0], matrices[-1].shape[1]) if matrices else (1, 1)
    if any(is_zero(factor) for factor in flat):
        return zero(shape)
    c, powers, links = UNIT, {}, []
    waiting = [factor for factor in flat if factor.is_scalar]
    for matrix in matrices:
        link(links, matrix)
    column, middle, row = cut(links)
    waiting += [closed(segment) for segment in middle]
    for factor in [f for scalar in waiting for f in factors(scalar)]:
        if factor.op == "number":
            c *= factor.value
        else:
            base, exponent = as_power(factor)
            powers[base] = add(powers[base], exponent) if base in powers else exponent
    parts = gathered(powers)
    if any(factor.op in {"product", "number"} for factor in parts):
        return product(number(c), *parts, *column, *row, *([] if column + row else [eye(shape[0])]))
    parts += column + row
    if shape != (1, 1) and not column + row:
        parts.append(eye(shape[0]))
    if c != 1 or not parts:
        parts.insert(0, number(c))
    return parts[0] if len(parts) == 1 else Node("product", tuple(parts), shape)


def link(links: list, matrix: Node) -> None:
    """Append a matrix to a chain; I drops out, and so does a matrix next to its inverse."""
    if matrix.op == "eye":
        return
    if links and is_inverse(links[-1], matrix):
        links.pop()
    else:
        links.append(matrix)


def is_inverse(a: Node, b: Node) -> bool:
    return a.shape[0] == a.shape[1] == b.shape[1] and inverse(a) == b


def cut(links: list) -> tuple:
    """Cut a chain where a dimension is 1: a column part, 1 x 1 parts, a row part."""
    segments, current = [], []
    for matrix in links:
        current.append(matrix)
        if matrix.shape[1] == 1:
            segments.append(current)
            current = []
    column = segments.pop(0) if segments and segments[0][0].shape[0] != 1 else []
    return column, segments, current


def reading_order(segment: list) -> tuple:
    return sum(link.transposes for link in segment), segment[0].held, [link.key for link in segment]


def closed(segment: list) -> Node:
    """Return the 1 x 1 product u' M v as <u, M v>, read from the end with fewer transposes."""
    if not any(link.moving for link in segment):
        backwards = [transpose(link) for link in reversed(segment)]
        segment = min(segment, backwards, key=reading_order)
        if "ones" in (segment[0].op, segment[-1].op):
            return total(product(*segment[1:]) if segment[0].op == "ones" else product(*segment[:-1]))
    return Node("inner", (transpose(segment[0]), product(*segment[1:])))


def inner(u: Node, v: Node) -> Node:
    """Return <u, v>; simplified only if it contains no differential."""
    if u.is_scalar or is_zero(u) or is_zero(v):
        return product(u, v) if u.is_scalar else ZERO
    if u.moving or v.moving:
        return Node("inner", (u, v))
    outside = scalars(u) + scalars(v)
    u, v = product(*chain(u)), product(*chain(v))
    if 1 in u.shape:
        u, v = (u, v) if u.shape[1] == 1 else (transpose(u), transpose(v))
        core = product(transpose(u), v)
    elif "eye" in (u.op, v.op):
        core = trace(v if u.op == "eye" else u)
    elif "ones" in (u.op, v.op):
        core = total(v if u.op == "ones" else u)
    elif any(cut(chain(w))[0] for w in (u, v)):
        core = trace(product(transpose(u), v))
    else:
        core = Node("inner", tuple(sorted((u, v), key=lambda w: (w.held, w.key))))
    return product(*outside, core)


def transpose(u: Node) -> Node:
    """Return u', with the transpose moved to the symbols."""
    turned = (u.shape[1], u.shape[0])
    wrapped = Node("transpose", (u,), turned)
    if u.is_scalar or u.op in {"eye", "diag"} or u.properties & {"symmetric", "diagonal"}:
        return u
    if u.op in {"ones", "zero"}:
        return Node(u.op, shape=turned)
    if u.op == "transpose":
        return u.args[0]
    if u.op == "product":
        return product(*scalars(u), *[transpose(link) for link in reversed(chain(u))])
    if u.op == "inverse":
        return u if transpose(u.args[0]) == u.args[0] else wrapped
    if u.op in {"map", "power", "hadamard", "add"}:
        pushed = build(u, [transpose(arg) for arg in u.args])
        few = u.op == "hadamard" or pushed.transposes <= u.transposes + 1
        return u if pushed == u else pushed if few and turned[0] != 1 else wrapped
    return wrapped


def inverse(u: Node) -> Node:
    if u.is_scalar:
        return power(u, number(-1))
    if u.op in {"eye", "inverse"}:
        return u.args[0] if u.args else u
    if "orthogonal" in u.properties or u.op == "transpose":
        return transpose(u if u.op == "symbol" else inverse(u.args[0]))
    if u.op == "diag":
        return diag(power(u.args[0], number(-1)))
    if u.op == "product" and all(link.shape[0] == link.shape[1] for link in chain(u)):
        outside = [power(factor, number(-1)) for factor in scalars(u)]
        return product(*outside, *[inverse(link) for link in reversed(chain(u))])
    return Node("inverse", (u,), u.shape)


def power(base: Node, exponent: Node) -> Node:
    """Return base^exponent, of each entry if the base is not a scalar."""
    whole = exponent.op == "number" and exponent.value.denominator == 1
    if is_zero(exponent) or base.op == "ones":
        return ones(base.shape)
    if exponent == ONE or base == ONE:
        return base
    if base.op == "number" and whole and base.value != 0 and abs(exponent.value) <= 20:
        return number(base.value ** int(exponent.value))
    if base.op == "power" and whole:
        return power(base.args[0], product(base.args[1], exponent))
    if base.op == "hadamard" and whole:
        return hadamard(*[power(factor, exponent) for factor in base.args])
    if base.op == "product" and whole and (scalars(base) or base.is_scalar):
        outside = [power(factor, exponent) for factor in scalars(base)]
        return product(*outside, power(product(*chain(base)), exponent))
    return Node("power", (base, exponent), base.shape)


def hadamard(*operands: Node) -> Node:
    """Return the entrywise product, scalars in front, powers gathered."""
    shape = next(u.shape for u in operands if not u.is_scalar)
    outside, powers = [], {}
    for u in operands:
        outside += scalars(u)
        rest = ONE if u.is_scalar else product(*chain(u))
        for factor in rest.args if rest.op == "hadamard" else (rest,):
            if is_zero(factor):
                return zero(shape)
            if factor.op not in {"ones", "number"}:
                base, exponent = as_power(factor)
                powers[base] = add(powers[base], exponent) if base in powers else exponent
    parts = gathered(powers) or [ones(shape)]
    return product(*outside, parts[0] if len(parts) == 1 else Node("hadamard", tuple(parts), shape))


def linear(op: str, u: Node, shape, special: dict) -> Node:
    """Return op(u), scalar factors of u moved in front of it."""
    core = u if is_zero(u) else product(*chain(u))
    value = special[core.op](core) if core.op in special else Node(op, (core,), shape)
    return product(*scalars(u), value)


def trace(u: Node) -> Node:
    column, _, row = cut(chain(u))
    if u.is_scalar or (column and row):
        return u if u.is_scalar else product(*scalars(u), *row, *column)
    special = {
        "zero": lambda w: ZERO,
        "transpose": lambda w: trace(w.args[0]),
        "eye": lambda w: dimension(w.shape[0]),
    }
    return linear("trace", u, (1, 1), special)


def dimension(n) -> Node:
    return number(int(n)) if str(n).isdigit() else Node("dimension", name=n)


def total(u: Node) -> Node:
    special = {
        "zero": lambda w: ZERO,
        "transpose": lambda w: total(w.args[0]),
        "ones": lambda w: product(*[dimension(n) for n in w.shape]),
        "eye": lambda w: dimension(w.shape[0]),
    }
    return u if u.is_scalar else linear("total", u, (1, 1), special)


def diag(v: Node) -> Node:
    """Return the diagonal matrix of a vector."""
    n = v.shape[0]
    return linear("diag", v, (n, n), {"zero": lambda w: zero((n, n)), "ones": lambda w: eye(n)})


def diagonal(u: Node) -> Node:
    """Return the diagonal of a matrix as a vector."""
    column, _, row = cut(chain(u))
    shape = (u.shape[0], 1)
    if column and row:
        return product(*scalars(u), hadamard(product(*column), transpose(product(*row))))
    special = {
        "zero": lambda w: zero(shape),
        "eye": lambda w: ones(shape),
        "diag": lambda w: w.args[0],
        "transpose": lambda w: diagonal(w.args[0]),
    }
    return linear("diagonal", u, shape, special)


def of_matrix(op: str, u: Node) -> Node:
    """Return det(u), logdet(u) or norm(u); none of them sees a transpose."""
    if u.is_scalar:
        return u if op == "det" else entrywise({"logdet": "log", "norm": "abs"}[op], u)
    c, core = coefficient(u)
    if op == "norm" and c != 1:
        return product(number(abs(c)), of_matrix("norm", core))
    return (
        of_matrix(op, u.args[0])
        if u.op == "transpose"
        else ZERO
        if is_zero(u) and op != "logdet"
        else Node(op, (u,))
    )


def entrywise(name: str, u: Node) -> Node:
    return Node("map", (u,), u.shape, name)


def d(u: Node) -> Node:
    """Return the differential of u, not yet worked out."""
    return Node("d", (u,), u.shape)


def build(u: Node, args) -> Node:
    """Return u with other operands, in normal form."""
    return BUILD[u.op](*args) if u.op in BUILD else OF_NODE[u.op](u, *args)


BUILD = {
    "add": add, "product": product, "inner": inner, "hadamard": hadamard, "power": power, "d": d,
    "transpose": transpose, "inverse": inverse, "trace": trace, "total": total,
    "diag": diag, "diagonal": diagonal,
}  # fmt: skip
OF_NODE = {"map": lambda u, v: entrywise(u.name, v)} | {
    op: lambda u, v: of_matrix(u.op, v) for op in ("det", "logdet", "norm")
}
