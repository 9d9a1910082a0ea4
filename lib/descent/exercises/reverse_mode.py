"""Checkers for the exercises on reverse mode."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

import numpy as np

from descent.autodiff import wengert
from descent.autodiff.backward import backward, overwrite
from descent.exercises.diagnosis import STUB, Diagnosis, diagnose


class Listed(list):
    """The rows of a list, which print as the function they come from."""

    def __init__(self, rows, text):
        super().__init__(rows)
        self.text = text

    def __str__(self):
        return self.text

    __repr__ = __str__


FUNCTIONS = (
    ("ln x1 + x1 x2 - sin x2 at 2, 5", lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), (2.0, 5.0)),
    (
        "w2 ln w1 + sqrt(w2 ln w1) at 3, 4",
        lambda w1, w2: w2 * np.log(w1) + np.sqrt(w2 * np.log(w1)),
        (3.0, 4.0),
    ),
    ("x x at 3", lambda x: x * x, (3.0,)),
    ("sin(x y) y at 0.5, 2", lambda x, y: np.sin(x * y) * y, (0.5, 2.0)),
    ("(x - y) (x + z) / z at 1, 2, 3", lambda x, y, z: (x - y) * (x + z) / z, (1.0, 2.0, 3.0)),
)


def check_backward(answer: Callable) -> Diagnosis:
    """Check `my_backward(rows)`: a dict from the index i of each v_i to its adjoint.

    >>> check_backward(lambda rows: backward(rows, meet=overwrite))
    Not yet. For input (ln x1 + x1 x2 - sin x2 at 2, 5) you return [0.5, 2], the truth is \
[5.5, 1.71634]: adjoints that meet at a fan-out add, and here `=` stands for `+=`.
    """
    cases = [(Listed(wengert(f, *x, order="layers").rows, text),) for text, f, x in FUNCTIONS]

    def at_inputs(rows, adjoints):
        if adjoints is None or not isinstance(adjoints, dict):
            raise TypeError(f"a dict from index to adjoint is expected, you return {adjoints!r:.60}")
        return np.array([adjoints.get(row.index, 0.0) for row in rows if row.operation == "input"], float)

    def truth(rows):
        return at_inputs(rows, backward(rows))

    slips = {
        "adjoints that meet at a fan-out add, and here `=` stands for `+=`": lambda rows: at_inputs(
            rows, backward(rows, meet=overwrite)
        ),
        "the seed is missing: the adjoint of the last row is 1": lambda rows: 0 * truth(rows),
        "the rows are visited from the first to the last: go through them reversed": lambda rows: at_inputs(
            rows, _in_order(rows)
        ),
        "the local partial derivatives are missing": lambda rows: at_inputs(
            rows, backward([_with_partials(row, lambda _: 1.0) for row in rows])
        ),
        "each partial derivative is to be multiplied by the adjoint of its row": lambda rows: at_inputs(
            rows, _unweighted(rows)
        ),
        "adjoints are divided by the local partial derivatives: multiply": lambda rows: at_inputs(
            rows, backward([_with_partials(row, lambda d: 1 / d) for row in rows])
        ),
    }
    return diagnose(_wrapped(answer, at_inputs), truth, cases, slips)


def _wrapped(answer, at_inputs):
    @wraps(answer)  # so that an error is found in the learner's line
    def of_inputs(rows):
        return at_inputs(rows, answer(rows))

    return of_inputs


def _with_partials(row, change):
    return replace(row, partials=tuple(change(d) for d in row.partials))


def _in_order(rows) -> dict:
    """Make the pass in the wrong direction: every adjoint is handed on before it is known."""
    adjoint = {row.index: 0.0 for row in rows}
    adjoint[rows[-1].index] = 1.0
    for row in rows:
        for parent, partial in zip(row.parents, row.partials, strict=True):
            adjoint[parent] += adjoint[row.index] * partial
    return adjoint


def _unweighted(rows) -> dict:
    """Add up the partial derivatives of all uses, without the adjoints."""
    adjoint = {row.index: 0.0 for row in rows}
    adjoint[rows[-1].index] = 1.0
    for row in rows:
        for parent, partial in zip(row.parents, row.partials, strict=True):
            adjoint[parent] += partial
    return adjoint


def check_layer(answer: Callable) -> Diagnosis:
    """Check `my_layer(v, w, adjoint)`: back through tanh(v w), the pair (dL/dw, adjoint of v).

    >>> def right(v, w, adjoint):
    ...     E = adjoint * (1 - np.tanh(v @ w) ** 2)
    ...     return v.T @ E, E @ w.T
    >>> check_layer(right).passed
    True
    """

    def error(v, w, adjoint):
        return adjoint * (1 - np.tanh(v @ w) ** 2)

    truths = {
        "dL/dw": lambda v, w, adjoint: v.T @ error(v, w, adjoint),
        "the adjoint of v": lambda v, w, adjoint: error(v, w, adjoint) @ w.T,
    }
    slips = {
        "dL/dw": {
            "it is transposed: v' E for E' v": lambda v, w, adjoint: error(v, w, adjoint).T @ v,
            "v is not transposed": lambda v, w, adjoint: v @ error(v, w, adjoint),
            "sigma' is missing: multiply the adjoint by it, entrywise": lambda v, w, adjoint: v.T @ adjoint,
            "the derivative of tanh at z is 1 - tanh(z)^2, with z = v w": lambda v, w, adjoint: (
                v.T @ (adjoint * (1 - (v @ w) ** 2))
            ),
            "the derivative of tanh is 1 - tanh^2: the square is missing": lambda v, w, adjoint: (
                v.T @ (adjoint * (1 - np.tanh(v @ w)))
            ),
            "the product with sigma' is entrywise, not a product of matrices": lambda v, w, adjoint: (
                v.T @ (adjoint @ (1 - np.tanh(v @ w) ** 2))
            ),
            "the loss adds over the batch: do not divide by its size": lambda v, w, adjoint: (
                v.T @ error(v, w, adjoint) / len(v)
            ),
        },
        "the adjoint of v": {
            "w is not transposed": lambda v, w, adjoint: error(v, w, adjoint) @ w,
            "sigma' is missing: multiply the adjoint by it, entrywise": lambda v, w, adjoint: adjoint @ w.T,
            "sigma' belongs before the product with w'": lambda v, w, adjoint: (adjoint @ w.T) * (1 - v**2),
            "it is transposed": lambda v, w, adjoint: (error(v, w, adjoint) @ w.T).T,
        },
    }
    rng = np.random.default_rng(5)
    shapes = [[(2, 2, 2), (3, 3, 3)], [(4, 3, 2), (1, 5, 2), (6, 1, 3)]]
    return _check_parts(answer, truths, slips, [[_layer_case(rng, *s) for s in group] for group in shapes])


def _layer_case(rng, b, before, after):
    arrays = rng.normal(size=(b, before)), rng.normal(size=(before, after)), rng.normal(size=(b, after))
    return tuple(np.round(array, 2) for array in arrays)


def check_solve_pullback(answer: Callable) -> Diagnosis:
    """Check `my_pullback(A, x, xbar)` for x = solve(A, b): the pair (adjoint of A, adjoint of b).

    >>> def right(A, x, xbar):
    ...     bbar = np.linalg.solve(A.T, xbar)
    ...     return -np.outer(bbar, x), bbar
    >>> check_solve_pullback(right).passed
    True
    """

    def of_b(A, x, xbar):
        return np.linalg.solve(A.T, xbar)

    truths = {"the adjoint of A": lambda A, x, xbar: -np.outer(of_b(A, x, xbar), x), "the adjoint of b": of_b}
    slips = {
        "the adjoint of A": {
            "it is transposed: its entry ij belongs to A_ij": lambda A, x, xbar: (
                -np.outer(x, of_b(A, x, xbar))
            ),
            "the adjoint of b belongs there, not that of x": lambda A, x, xbar: -np.outer(xbar, x),
            "the system is not transposed: the pullback solves with A'": lambda A, x, xbar: (
                -np.outer(np.linalg.solve(A, xbar), x)
            ),
        },
        "the adjoint of b": {
            "this is the JVP: the pullback solves with the transposed matrix A'": lambda A, x, xbar: (
                np.linalg.solve(A, xbar)
            ),
            "this multiplies by A': the pullback solves with it": lambda A, x, xbar: A.T @ xbar,
            "the adjoint passes unchanged only through a sum": lambda A, x, xbar: xbar,
        },
    }
    rng = np.random.default_rng(6)
    cases = []
    for n in (2, 3, 4):
        A, b, xbar = rng.normal(size=(n, n)) + 3 * np.eye(n), rng.normal(size=n), rng.normal(size=n)
        cases.append((A, np.linalg.solve(A, b), xbar))
    return _check_parts(answer, truths, slips, [cases])


def _check_parts(answer, truths, slips, groups) -> Diagnosis:
    """Check each part of a result, group by group, and say which part is meant."""
    inputs = 0
    for cases in groups:
        inputs += len(cases)
        for k, (name, truth) in enumerate(truths.items()):
            found = diagnose(_part(answer, k, len(truths)), truth, cases, slips[name], rtol=1e-8)
            if found.slip == STUB:
                return found
            if not found.passed:
                return Diagnosis(False, f"In {name}: {found.message}", found.slip)
    return Diagnosis(True, f"{inputs} inputs agree to 8 digits, {' and '.join(truths)}.")


def _part(answer, k, count):
    @wraps(answer)
    def part(*args):
        result = answer(*args)
        if not isinstance(result, (tuple, list)) or len(result) != count:
            raise TypeError(f"return {count} arrays, as in `return first, second`")
        return result[k]

    return part
