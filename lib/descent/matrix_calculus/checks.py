"""Numerical checks: every line of a derivation, and a learner's own line."""

import numpy as np

from descent.matrix_calculus.evaluation import evaluate
from descent.matrix_calculus.formula import bound
from descent.matrix_calculus.node import Node
from descent.matrix_calculus.tree import d, inner, product

TRIES, LARGEST = 300, 1e12
FLOOR = 1e-3  # of |f|: below it a differential counts as rounding


def random_value(symbol: Node, lengths: dict, rng: np.random.Generator, shift: int = 0) -> np.ndarray:
    """Return a random array with the symbol's shape and properties.

    `shift` picks the kind: 0 any, 1 near a multiple of the identity, 2 positive entries, 3 small ones.
    """
    shape = tuple(int(n) if n.isdigit() else lengths[n] for n in symbol.shape if n != 1)
    a = rng.uniform(0.3, 1.5, shape) if shift == 2 else rng.normal(size=shape) * (0.2 if shift == 3 else 1)
    if len(shape) == 2 and shape[0] == shape[1]:
        n = shape[0]
        if "orthogonal" in symbol.properties:
            return np.linalg.qr(rng.normal(size=shape))[0]
        if "diagonal" in symbol.properties:
            return np.diag(rng.uniform(0.5, 2, n) if "posdef" in symbol.properties else np.diag(a))
        if "posdef" in symbol.properties:
            return a @ a.T / n + np.eye(n)
        a = a + 2 * np.sqrt(n) * np.eye(n) if shift == 1 else a
        return (a + a.T) / 2 if "symmetric" in symbol.properties else a
    return a if shape else np.asarray(a)


def random_point(derivation, rng: np.random.Generator, evaluated, lengths: dict | None = None) -> dict:
    """Return random values at which all numbers of `evaluated(values)` are defined and moderate.

    Lengths of the dimensions are drawn too, all different, unless they are given.
    """
    symbols = derivation.symbols
    names = sorted({n for s in symbols.values() for n in s.shape if n != 1})
    differentials = {z.name: z for z in (derivation.dx, derivation.dx1)}
    failure = "its values are not finite"
    for attempt in range(TRIES):
        drawn = 2 + rng.permutation(len(names)) + (len(names) < 3)
        sizes = lengths or dict(zip(names, drawn.tolist(), strict=True))
        arrays = {name: random_value(symbol, sizes, rng, attempt % 4) for name, symbol in symbols.items()}
        values = bound(symbols, arrays)
        values |= bound(differentials, {n: random_value(z, sizes, rng) for n, z in differentials.items()})
        try:
            with np.errstate(all="ignore"):
                results = evaluated(values)
        except (ValueError, OverflowError) as error:
            failure = error
            continue
        if all(np.all(np.isfinite(r)) and np.max(np.abs(r), initial=0) < LARGEST for r in results):
            return values
    raise ValueError(f"no random point was found at which the expression is defined: {failure}")


def line_value(line, values: dict, derivation, known: dict | None = None):
    """Return what a line says of df, d2f or dF at (X, dX, dX1)."""
    x, z = derivation.variable.name, values[derivation.dx.name]
    value = evaluate(line.expression, values, {x: z}, known)
    left = line.left.split("[")[0]
    if left == "grad f" or (left == "H" and "[" in line.left):
        return np.sum(value * z)
    if left == "H":
        z1 = values[derivation.dx1.name]
        return value * z1 * z if np.ndim(z) == 0 else np.sum((value @ z1) * z)
    if left == "J" and "[" not in line.left:
        return value * z if np.ndim(z) == 0 else value @ z
    return value


def reference(derivation, phase: str, values: dict):
    """Return df, d2f or dF by the complex step: no rule of ours is used.

    The second differential is that of <grad f, dX1>, whose gradient the first phase has checked.
    """
    u = derivation.expression
    if phase == "hessian":
        g = next(line for line in derivation if line.left == "grad f").expression
        u = product(g, derivation.dx1) if g.is_scalar else inner(g, derivation.dx1)
    return evaluate(d(u), values, {derivation.variable.name: values[derivation.dx.name]})


def worst_error(derivation, rng=None, points: int = 3) -> float:
    """Return the worst error of every line over random points, relative to the largest differential."""
    rng = np.random.default_rng(rng)
    errors, scales, found = {}, {}, []

    def all_lines(values):
        known = {}  # lines repeat each other's parts
        found[:] = [line_value(line, values, derivation, known) for line in derivation]
        return found

    for _ in range(points):
        values = random_point(derivation, rng, all_lines)
        for phase in dict.fromkeys(line.phase for line in derivation):
            true = reference(derivation, phase, values)
            size = np.max(np.abs(evaluate(derivation.expression, values)), initial=0)
            scales[phase] = max(scales.get(phase, 0.0), np.max(np.abs(true), initial=0), FLOOR * size)
            wrong = [
                float(np.max(np.abs(value - true), initial=0))
                for line, value in zip(derivation, found, strict=True)
                if line.phase == phase
            ]
            errors[phase] = max(errors.get(phase, 0.0), *wrong)
    return float(max(errors[phase] / (scales[phase] or 1.0) for phase in errors))
