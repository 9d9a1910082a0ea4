"""The checkers of the exercises on stochastic methods: right answers pass, each slip is named."""

import numpy as np
import pytest
from descent.exercises import (
    check_fixed_point,
    check_noise_floor,
    check_running_mean,
    check_sign_agreement,
    check_step_sizes,
    check_v_update,
)
from wrong_answers import assert_refused


def noise_floor(eta, batch):
    return eta / (batch * (2 - eta))


def running_mean(w, y, t):
    return (t * w + y) / (t + 1)


def sign_agreement(share):
    return share**2 + (1 - share) ** 2 - 2 * share * (1 - share)


def step_sizes(p, g, v, mu):
    return np.where(mu * g * v > 0.5, p / 2, p - mu * p * g * v)


def next_v(v, p, g, Cv, lambda_):
    return lambda_ * (v - p * Cv) - p * g


def fixed_point(H, p, g, lambda_):
    return -np.linalg.inv(lambda_ * H + np.diag((1 - lambda_) / p)) @ g


CHECKERS = [
    (check_noise_floor, noise_floor),
    (check_running_mean, running_mean),
    (check_sign_agreement, sign_agreement),
    (check_step_sizes, step_sizes),
    (check_v_update, next_v),
    (check_fixed_point, fixed_point),
]
each_checker = pytest.mark.parametrize(("checker", "right"), CHECKERS, ids=lambda value: value.__name__)


@each_checker
def test_right_answers_pass(checker, right):
    assert checker(right).passed


@each_checker
def test_usual_wrong_answers_are_refused(checker, right):
    assert_refused(checker, right)


@pytest.mark.parametrize(
    ("checker", "words", "answer"),
    [
        (check_noise_floor, "one step", lambda eta, batch: eta**2 / batch),
        (check_noise_floor, "batch is missing", lambda eta, batch: eta / (2 - eta)),
        (check_noise_floor, "small-step", lambda eta, batch: eta / 2 / batch),
        (check_noise_floor, "root", lambda eta, batch: noise_floor(eta, batch) ** 0.5),
        (check_noise_floor, "below the line", lambda eta, batch: eta / batch * (2 - eta)),
        (check_running_mean, "off by one", lambda w, y, t: w + (y - w) / (t + 2)),
        (check_running_mean, "away from y", lambda w, y, t: w - (y - w) / (t + 1)),
        (check_running_mean, "sum", lambda w, y, t: w + y),
        (check_running_mean, "ZeroDivisionError", lambda w, y, t: w + (y - w) / t),
        (check_sign_agreement, "subtract the chance", lambda s: s**2 + (1 - s) ** 2),
        (check_sign_agreement, "two are multiplied", lambda s: 1 - 2 * s),
        (check_sign_agreement, "always 0", lambda s: 0.0),  # the mean of e e, not of its sign
        (check_step_sizes, "sign of mu g v", lambda p, g, v, mu: p * np.maximum(0.5, 1 + mu * g * v)),
        (check_step_sizes, "guard is missing", lambda p, g, v, mu: p * (1 - mu * g * v)),
        (check_step_sizes, "entry by entry", lambda p, g, v, mu: p * max(0.5, 1 - mu * g @ v)),
        (check_step_sizes, "in it already", lambda p, g, v, mu: p * np.maximum(0.5, 1 - mu * p * g * v)),
        (check_step_sizes, "np.maximum(a, b)", lambda p, g, v, mu: p * max(0.5, 1 - mu * g * v)),
        (check_v_update, "counts in full", lambda v, p, g, Cv, c: c * (v - p * (g + Cv))),
        (check_v_update, "lambda belongs", lambda v, p, g, Cv, c: c * v - p * (g + Cv)),
        (check_v_update, "curvature is missing", lambda v, p, g, Cv, c: c * v - p * g),
        (check_v_update, "old v is missing", lambda v, p, g, Cv, c: -p * (g + c * Cv)),
        (check_fixed_point, "uphill", lambda *args: -fixed_point(*args)),
        (check_fixed_point, "every row", lambda H, p, g, c: -np.linalg.solve(c * H + (1 - c) / p, g)),
        (check_fixed_point, "Newton", lambda H, p, g, c: -np.linalg.solve(H, g)),
        (check_fixed_point, "1 / p, not p", lambda H, p, g, c: fixed_point(H, 1 / p, g, c)),
        (check_fixed_point, "swapped", lambda H, p, g, c: fixed_point(H, p, g, 1 - c)),
    ],
)
def test_slips_are_named(checker, words, answer):
    assert words in checker(answer).message
