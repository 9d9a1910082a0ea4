"""Putting a list's rows as the lectures number them: equal operations once, layer by layer."""

from descent.autodiff.primitives import TABLE
from descent.autodiff.tape import COMPONENT, Call


def parents_of(row: tuple) -> list:
    """Return the rows that a tape's row was made from."""
    _, _, call, p, _, q, _ = row
    return [i for _, i in call.parents] if isinstance(call, Call) else [i for i in (p, q) if i is not None]


def renumbered(row: tuple, place: list) -> tuple:
    """Return a row with its parents at their new places."""
    operation, value, call, p, dp, q, dq = row
    if isinstance(call, Call):
        call = call._replace(parents=tuple((k, place[i]) for k, i in call.parents))
    p, q = (None if i is None else place[i] for i in (p, q))
    return operation, value, call, p, dp, q, dq


def share(rows: list) -> tuple:
    """Keep the first of equal operations on equal operands.

    Returns
    -------
    tuple
        The shorter list, and for each old row its new place.
    """
    shared = frozenset(TABLE.values()) | {COMPONENT}
    kept, place, seen = [], [], {}
    for row in rows:
        row = renumbered(row, place)
        key = _key(row) if row[0] in shared else None
        if key is not None and key in seen:
            place.append(seen[key])
            continue
        place.append(len(kept))
        if key is not None:
            seen[key] = len(kept)
        kept.append(row)
    return kept, place


def in_layers(rows: list, place: list) -> tuple:
    """Order rows by the longest path from an input, and among equals as they were.

    Returns
    -------
    tuple
        The list, and the new place of each row that `place` is a place for.
    """
    layers = []
    for row in rows:
        layers.append(1 + max((layers[i] for i in parents_of(row)), default=-1))
    order = sorted(range(len(rows)), key=layers.__getitem__)
    moved = [0] * len(rows)
    for new, old in enumerate(order):
        moved[old] = new
    return [renumbered(rows[old], moved) for old in order], [moved[i] for i in place]


def _key(row):
    operation, _, call, p, _, q, _ = row
    if not isinstance(call, Call):
        return operation, p, q, repr(call)
    rows = dict(call.parents)
    operands = tuple(rows.get(k, _constant_key(x)) for k, x in enumerate(call.operands))
    options = tuple((name, _constant_key(x)) for name, x in call.kwargs.items())
    return operation, operands, options


def _constant_key(x):
    """Return what tells constants apart: numbers and slices by value, arrays by identity."""
    if isinstance(x, tuple):
        return tuple(_constant_key(item) for item in x)
    simple = x is None or isinstance(x, (int, float, str, slice))
    return (type(x), repr(x)) if simple else ("object", id(x))
