"""The checkers of the exercises on gradient methods: the right answer passes, each slip is named."""

import numpy as np
import pytest
from descent.exercises import check_damped_step, check_next_direction, check_secant_update
from descent.methods import inverse_update
from wrong_answers import assert_refused


def direction(g_new, g_old, v):
    y = g_new - g_old
    return (g_new @ y) / (v @ y) * v - g_new


def damped(J, r, damping):
    G = J.T @ J
    return -np.linalg.solve(G + damping * np.diag(np.diag(G)), J.T @ r)


CHECKERS = [
    (check_next_direction, direction),
    (check_damped_step, damped),
    (check_secant_update, inverse_update),
]
each_checker = pytest.mark.parametrize(("checker", "right"), CHECKERS, ids=lambda value: value.__name__)


@each_checker
def test_right_answers_pass(checker, right):
    assert checker(right).passed


@each_checker
def test_usual_wrong_answers_are_refused(checker, right):
    assert_refused(checker, right)


def beta_slip(beta):
    return lambda new, old, v: beta(new, old, v) * v - new


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Fletcher and Reeves", beta_slip(lambda new, old, v: new @ new / (old @ old))),
        ("Polak and Ribiere", beta_slip(lambda new, old, v: new @ (new - old) / (old @ old))),
        ("wrong sign", beta_slip(lambda new, old, v: -(new @ (new - old)) / (v @ (new - old)))),
        ("one index late", lambda new, old, v: old @ (new - old) / (v @ (new - old)) * v - old),
        ("steepest descent", lambda new, old, v: -new),
        ("multiplies the old direction", lambda new, old, v: new @ (new - old) / (v @ (new - old)) - new),
        ("uphill", lambda new, old, v: direction(new, old, v) + 2 * new),
        ("subtract the gradient", lambda new, old, v: direction(new, old, v) + new),
    ],
)
def test_slips_of_the_direction_are_named(words, answer):
    assert words in check_next_direction(answer).message


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("uphill", lambda J, r, c: -damped(J, r, c)),
        ("Gauss-Newton step", lambda J, r, c: damped(J, r, 0.0)),
        ("Levenberg", lambda J, r, c: -np.linalg.solve(J.T @ J + c * np.eye(J.shape[1]), J.T @ r)),
        ("every entry", lambda J, r, c: -np.linalg.solve(J.T @ J + c, J.T @ r)),
        ("all of G", lambda J, r, c: damped(J, r, 0.0) / (1 + c)),
        ("subtracted", lambda J, r, c: damped(J, r, -c)),
        ("gradient step", lambda J, r, c: -J.T @ r),
        ("ValueError", lambda J, r, c: damped(J.T, r, c)),
        ("added to every row", lambda J, r, c: -np.linalg.solve(J.T @ J + c * np.diag(J.T @ J), J.T @ r)),
    ],
)
def test_slips_of_the_damped_step_are_named(words, answer):
    assert words in check_damped_step(answer).message


def dfp(H, s, y):
    return H + np.outer(s, s) / (s @ y) - np.outer(H @ y, H @ y) / (y @ H @ y)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("swap s and y", lambda H, s, y: inverse_update(H, y, s)),
        ("Davidon", dfp),
        ("wrong sign", lambda H, s, y: 2 * dfp(H, s, y) - inverse_update(H, s, y)),
        ("old H", lambda H, s, y: H),
        ("rank one", lambda H, s, y: H + np.outer(s - H @ y, s - H @ y) / ((s - H @ y) @ y)),
        (
            "Hessian itself",
            lambda H, s, y: H + np.outer(y, y) / (s @ y) - np.outer(H @ s, H @ s) / (s @ H @ s),
        ),
        ("np.outer(u, v)", lambda H, s, y: H + s @ s.T / (s @ y) - H @ y @ y.T @ H / (y @ H @ y)),
    ],
)
def test_slips_of_the_update_are_named(words, answer):
    assert words in check_secant_update(answer).message
