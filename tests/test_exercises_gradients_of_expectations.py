"""The checkers of the exercises on gradients of expectations: the right answer passes, each slip is named."""

import numpy as np
import pytest
from descent.exercises import check_path_estimates, check_score_estimates, check_two_draws
from descent.expectations.example_graphs import graphs
from wrong_answers import assert_refused


def score_estimates(values, x, theta, sigma, b):
    return (values - b) * (x - theta) / sigma**2


def path_estimates(slope, theta, sigma, noise):
    there = slope(theta + sigma * noise)
    return np.stack([there, there * noise], axis=1)


def two_draws(x, z, theta):
    return (x - theta) * ((x - 2) ** 2 + z**2) + (z - theta * x) * x * z**2


CHECKERS = [
    (check_score_estimates, score_estimates),
    (check_path_estimates, path_estimates),
    (check_two_draws, two_draws),
]
each_checker = pytest.mark.parametrize(("checker", "right"), CHECKERS, ids=lambda value: value.__name__)


@each_checker
def test_right_answers_pass(checker, right):
    assert checker(right).passed


@each_checker
def test_usual_wrong_answers_are_refused(checker, right):
    assert_refused(checker, right)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("baseline is missing", lambda f, x, t, s, b: f * (x - t) / s**2),
        ("baseline is added", lambda f, x, t, s, b: (f + b) * (x - t) / s**2),
        ("not from the product", lambda f, x, t, s, b: f * (x - t) / s**2 - b),
        ("not by sigma", lambda f, x, t, s, b: (f - b) * (x - t) / s),
        ("divides by sigma^2", lambda f, x, t, s, b: (f - b) * (x - t)),
        ("sign is flipped", lambda f, x, t, s, b: (f - b) * (t - x) / s**2),
        ("not of ln p", lambda f, x, t, s, b: (f - b) * (x - t) / s**2
         * np.exp(-((x - t) ** 2) / (2 * s * s)) / np.sqrt(2 * np.pi * s * s)),
        ("score is missing", lambda f, x, t, s, b: f - b),
    ],
)  # fmt: skip
def test_slips_of_the_score_are_named(words, answer):
    assert words in check_score_estimates(answer).message


def columns(first, second):
    return np.stack([first, second], axis=1)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("missing in the second column", lambda f, t, s, e: columns(f(t + s * e), f(t + s * e))),
        ("not sigma times it", lambda f, t, s, e: columns(f(t + s * e), f(t + s * e) * s * e)),
        ("not x", lambda f, t, s, e: columns(f(t + s * e), f(t + s * e) * (t + s * e))),
        ("not at theta", lambda f, t, s, e: columns(f(t + 0 * e), f(t + 0 * e) * e)),
        ("not at the noise", lambda f, t, s, e: columns(f(e), f(e) * e)),
        ("columns are swapped", lambda f, t, s, e: path_estimates(f, t, s, e)[:, ::-1]),
        ("with a plus", lambda f, t, s, e: columns(f(t - s * e), f(t - s * e) * e)),
        ("expected is (4, 2)", lambda f, t, s, e: path_estimates(f, t, s, e).T),
    ],
)
def test_slips_of_the_path_are_named(words, answer):
    assert words in check_path_estimates(answer).message


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("needlessly large", lambda x, z, t: ((x - t) + (z - t * x) * x) * ((x - 2) ** 2 + z**2)),
        ("x reaches c2 too", lambda x, z, t: (x - t) * (x - 2) ** 2 + (z - t * x) * x * z**2),
        ("score of z is missing", lambda x, z, t: (x - t) * ((x - 2) ** 2 + z**2)),
        ("score of x is missing", lambda x, z, t: (z - t * x) * x * z**2),
        ("has a factor x", lambda x, z, t: two_draws(x, z, t) + (z - t * x) * (1 - x) * z**2),
        ("no derivative goes through it", lambda x, z, t: two_draws(x, z, t) + 2 * (x - 2)),
        ("not theta", lambda x, z, t: (x - t) * ((x - 2) ** 2 + z**2) + (z - t) * z**2),
        ("weights are swapped", lambda x, z, t: (x - t) * z**2 + (z - t * x) * x * ((x - 2) ** 2 + z**2)),
    ],
)
def test_slips_of_the_two_draws_are_named(words, answer):
    assert words in check_two_draws(answer).message


def test_the_exercise_asks_for_what_the_surrogate_gives():
    graph, at = graphs()["two draws"]
    values = graph.sample(np.random.default_rng(1), 50, **at)
    assert graph.gradient(values, **at)["theta"] == pytest.approx(two_draws(values["x"], values["z"], 0.5))
