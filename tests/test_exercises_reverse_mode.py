"""Every wrong answer fails with the right diagnosis; the solution passes."""

import re

import numpy as np
import pytest
from descent.autodiff import wengert
from descent.autodiff.backward import backward, overwrite
from descent.exercises import check_backward, check_layer, check_solve_pullback


def stub(*args):
    raise NotImplementedError("replace this line")


# -- a reverse sweep ---------------------------------------------------------------------------


def sweep(rows, seed=1.0, factor=lambda d: d, backwards=True):
    adjoint = {row.index: 0.0 for row in rows}
    adjoint[rows[-1].index] = seed
    for row in reversed(rows) if backwards else rows:
        for parent, partial in zip(row.parents, row.partials, strict=True):
            adjoint[parent] += adjoint[row.index] * factor(partial)
    return adjoint


def visible_case(rows):
    return {
        -1: 5.5,
        0: float(backward(wengert(lambda x, y: np.log(x) + x * y - np.sin(y), 2.0, 5.0).rows)[0]),
    }


def test_a_right_sweep_passes():
    assert check_backward(sweep)
    assert check_backward(backward)


def unweighted(rows):
    adjoint = {row.index: 0.0 for row in rows} | {rows[-1].index: 1.0}
    for row in reversed(rows):
        for parent, partial in zip(row.parents, row.partials, strict=True):
            adjoint[parent] += partial
    return adjoint


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (stub, "Replace the line that raises"),
        (lambda rows: backward(rows, meet=overwrite), "`=` stands for `+=`"),
        (lambda rows: sweep(rows, seed=0.0), "the seed is missing"),
        (lambda rows: {}, "the seed is missing"),
        (lambda rows: sweep(rows, seed=-1.0), "the sign is flipped"),
        (lambda rows: sweep(rows, seed=2.0), "a factor 2 too many"),
        (lambda rows: sweep(rows, backwards=False), "go through them reversed"),
        (lambda rows: sweep(rows, factor=lambda d: 1.0), "local partial derivatives are missing"),
        (lambda rows: sweep(rows, factor=lambda d: 1 / d), "are divided by the local"),
        (unweighted, "multiplied by the adjoint of its row"),
        (lambda rows: {}[rows[0].index], "in your line"),
        (visible_case, "1 of 5 inputs agree"),
        (lambda rows: list(sweep(rows).values()), "a dict from index to adjoint is expected"),
        (lambda rows: None, "a dict from index to adjoint is expected"),
        (
            lambda rows: {index + 1: value for index, value in sweep(rows).items()},
            "0 of 5 inputs agree|the truth is",
        ),
    ],
)
def test_a_wrong_sweep_is_diagnosed(answer, diagnosis):
    found = check_backward(answer)
    assert not found
    assert any(part in found.message for part in diagnosis.split("|")), found.message


# -- one layer ---------------------------------------------------------------------------------


def layer(v, w, adjoint):
    E = adjoint * (1 - np.tanh(v @ w) ** 2)
    return v.T @ E, E @ w.T


def error(v, w, adjoint):
    return adjoint * (1 - np.tanh(v @ w) ** 2)


WRONG_LAYERS = [
    (stub, "Replace the line that raises"),
    (lambda v, w, a: (0 * w, 0 * v), "it is always 0"),
    (lambda v, w, a: (-layer(v, w, a)[0], layer(v, w, a)[1]), "the sign is flipped"),
    (lambda v, w, a: (2 * layer(v, w, a)[0], layer(v, w, a)[1]), "a factor 2 too many"),
    (lambda v, w, a: (layer(v, w, a)[0], layer(v, w, a)[1] / 2), "a factor 2 is missing"),
    (lambda v, w, a: (error(v, w, a).T @ v, layer(v, w, a)[1]), "it is transposed"),
    (lambda v, w, a: (v @ error(v, w, a), layer(v, w, a)[1]), "v is not transposed"),
    (lambda v, w, a: (v.T @ a, a @ w.T), "sigma' is missing"),
    (lambda v, w, a: (layer(v, w, a)[0], a @ w.T), "In the adjoint of v: .*sigma' is missing"),
    (lambda v, w, a: (layer(v, w, a)[0], error(v, w, a) @ w), "w is not transposed"),
    (lambda v, w, a: (layer(v, w, a)[0], layer(v, w, a)[1].T), "it is transposed"),
    (lambda v, w, a: (v.T @ (a * (1 - (v @ w) ** 2)), v), "1 - tanh"),
    (lambda v, w, a: (v.T @ (a * (1 - np.tanh(v @ w))), v), "the square is missing"),
    (lambda v, w, a: (v.T @ (a @ (1 - np.tanh(v @ w) ** 2)), v), "entrywise"),
    (lambda v, w, a: (v.T @ error(v, w, a) / len(v), layer(v, w, a)[1]), "do not divide"),
    (lambda v, w, a: layer(v, w, a)[::-1], "In dL/dw"),
    (lambda v, w, a: layer(v, w, a)[0], "return 2 arrays"),
    (lambda v, w, a: None, "return 2 arrays"),
    (lambda v, w, a: (np.ones((2, 2)), np.ones((2, 2))), "expected is|the truth is"),
]


def test_a_stub_of_two_parts_is_not_done_yet_as_a_whole():
    assert repr(check_layer(stub)).startswith("Not done yet. Replace the line")


def test_a_right_layer_passes():
    assert check_layer(layer)


@pytest.mark.parametrize(("answer", "diagnosis"), WRONG_LAYERS)
def test_a_wrong_layer_is_diagnosed(answer, diagnosis):
    found = check_layer(answer)
    assert not found
    assert_matches(found.message, diagnosis)


def assert_matches(message, pattern):
    assert re.search(pattern, message, re.DOTALL), message


# -- back through a solve ------------------------------------------------------------------------


def pullback(A, x, xbar):
    bbar = np.linalg.solve(A.T, xbar)
    return -np.outer(bbar, x), bbar


def first_case_only(A, x, xbar):
    return pullback(A, x, xbar) if len(x) == 2 else (np.zeros_like(A), np.zeros_like(x))


WRONG_PULLBACKS = [
    (stub, "Replace the line that raises"),
    (lambda A, x, g: (0 * A, 0 * x), "it is always 0"),
    (
        lambda A, x, g: (-pullback(A, x, g)[0], pullback(A, x, g)[1]),
        "In the adjoint of A: .*the sign is flipped",
    ),
    (lambda A, x, g: (pullback(A, x, g)[0].T, pullback(A, x, g)[1]), "it is transposed"),
    (lambda A, x, g: (-np.outer(g, x), pullback(A, x, g)[1]), "the adjoint of b belongs there"),
    (
        lambda A, x, g: (-np.outer(np.linalg.solve(A, g), x), np.linalg.solve(A, g)),
        "solves with A'",
    ),
    (lambda A, x, g: (pullback(A, x, g)[0], np.linalg.solve(A, g)), "this is the JVP"),
    (lambda A, x, g: (pullback(A, x, g)[0], A.T @ g), "multiplies by A'"),
    (lambda A, x, g: (pullback(A, x, g)[0], g), "only through a sum"),
    (
        lambda A, x, g: (pullback(A, x, g)[0], -pullback(A, x, g)[1]),
        "In the adjoint of b: .*the sign is flipped",
    ),
    (lambda A, x, g: (2 * pullback(A, x, g)[0], pullback(A, x, g)[1]), "a factor 2 too many"),
    (first_case_only, "1 of 3 inputs agree"),
    (lambda A, x, g: pullback(A, x, g)[::-1], "expected is"),
    (
        lambda A, x, g: (pullback(A, x, g)[0], pullback(A, x, g)[1][:, None]),
        r"shape \(2, 1\), expected is \(2,\)",
    ),
]


def test_a_right_pullback_passes():
    assert check_solve_pullback(pullback)


@pytest.mark.parametrize(("answer", "diagnosis"), WRONG_PULLBACKS)
def test_a_wrong_pullback_is_diagnosed(answer, diagnosis):
    found = check_solve_pullback(answer)
    assert not found
    assert_matches(found.message, diagnosis)
