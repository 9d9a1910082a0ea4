"""The two sweeps over a Wengert list: tangents forward, adjoints backward.

Each carries its own rules: the forward sweep the JVPs, the reverse sweep the VJPs.
"""

import numpy as np

from descent.autodiff.primitives import add
from descent.autodiff.rules.arithmetic import GETITEM, add_at
from descent.autodiff.tape import Traced, plain

NOTHING = float("0.0")  # this very object marks "no tangent" and "no adjoint yet"


def forward_sweep(rows: list, seeds: dict) -> list:
    """Return the tangent of every row; `seeds` maps input rows to tangents.

    A row that depends on no seeded input has the tangent `NOTHING`.
    """
    tangents = []
    for index, (operation, value, call, p, dp, q, dq) in enumerate(rows):
        if p is not None:
            tangent = tangents[p]
            if tangent is not NOTHING:
                tangent = tangent * dp
            if q is not None and tangents[q] is not NOTHING:
                tangent = tangent + tangents[q] * dq
        elif q is not None:
            tangent = tangents[q]
            if tangent is not NOTHING:
                tangent = tangent * dq
        elif call is None:
            tangent = seeds.get(index, NOTHING)
        else:
            tangent = push_forward(operation, value, call, tangents)
        tangents.append(tangent)
    return tangents


def push_forward(operation, value, call, tangents):
    """Return the tangent of a general row from those of its parents."""
    moving = [(k, tangents[i]) for k, i in call.parents if tangents[i] is not NOTHING]
    if not moving:
        return NOTHING
    tangent = operation.jvp(moving, value, call.operands, call.kwargs)
    return NOTHING if tangent is None else plain(tangent)


def reverse_sweep(rows: list, seeds: dict) -> dict:
    """Return the adjoint of every input row that the seeded rows depend on.

    Parameters
    ----------
    rows : list
        The rows of a closed tape.
    seeds : dict
        Row -> its adjoint: 1 for the output of `grad`, the cotangent for a VJP.

    Notes
    -----
    An adjoint is freed as soon as its row is undone.  Adjoints meet by addition; a sum that
    this sweep made itself is added to in place.
    """
    last = max(seeds, default=-1)
    adjoints = [NOTHING] * (last + 1)
    for index, adjoint in seeds.items():
        adjoints[index] = adjoint
    own, found, pop = set(), {}, adjoints.pop
    for operation, value, call, p, dp, q, dq in reversed(rows[: last + 1]):
        adjoint = pop()
        if adjoint is NOTHING:
            continue
        if p is not None:
            adjoints[p] += adjoint * dp
            if q is not None:
                adjoints[q] += adjoint * dq
        elif q is not None:
            adjoints[q] += adjoint * dq
        elif call is None:
            found[len(adjoints)] = adjoint
        elif operation is GETITEM:
            pull_back_entries(value, call, adjoint, adjoints, own)
        else:
            pull_back(operation, value, call, adjoint, adjoints, own)
    return found


def pull_back(operation, value, call, adjoint, adjoints: list, own: set) -> None:
    """Add to the adjoints of a general row's parents."""
    operands, kwargs, parents = call
    if operation.pull_all is not None:
        terms = operation.pull_all([k for k, _ in parents], adjoint, value, operands)
        for (_, i), term in zip(parents, terms, strict=True):
            _accumulate(adjoints, i, term, own)
        return
    for k, i in parents:
        _accumulate(adjoints, i, operation.vjp(k, adjoint, value, operands, kwargs), own)


def _accumulate(adjoints: list, i: int, term, own: set) -> None:
    """Add a term to an adjoint: in place only where the array was made here."""
    if term is None:
        return
    old, term = adjoints[i], plain(term)
    if old is NOTHING:
        adjoints[i] = term
    elif i in own and type(old) is type(term) is np.ndarray and term.shape == old.shape:
        old += term
    else:
        adjoints[i] = total = add(old, term)
        if type(total) is np.ndarray:
            own.add(i)


def pull_back_entries(value, call, adjoint, adjoints: list, own: set) -> None:
    """Add to the entries of an array, in place, so that a loop over them stays linear."""
    (x, index), _, ((_, i),) = call
    if type(x) is not np.ndarray or isinstance(adjoint, Traced):
        pull_back(GETITEM, value, call, adjoint, adjoints, own)
        return
    if type(index) is int and i in own:
        adjoints[i][index] += adjoint
        return
    if i not in own or adjoints[i] is NOTHING:
        old = adjoints[i]
        if isinstance(old, Traced):
            adjoints[i] = old + _entries(x, index, adjoint)
            return
        adjoints[i] = np.zeros(x.shape, np.result_type(x, old)) + old  # a copy: the old one may be shared
        own.add(i)
    add_at(adjoints[i], index, adjoint)


def _entries(x, index, adjoint):
    total = np.zeros(x.shape)
    add_at(total, index, adjoint)
    return total
