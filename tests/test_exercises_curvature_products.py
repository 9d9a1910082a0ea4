"""The checkers of the exercises on curvature products: the right answer passes, each slip is named."""

import numpy as np
import pytest
from descent.autodiff import ggnvp, hvp, jvp, vjp
from descent.exercises import check_gauss_newton_product, check_hessian_product, check_trace_variance
from descent.methods import sample_variance
from wrong_answers import assert_refused


def product(gradient, w, v):
    return jvp(gradient, (w,), (v,))[1]


CHECKERS = [
    (check_hessian_product, product),
    (check_gauss_newton_product, ggnvp),
    (check_trace_variance, sample_variance),
]
each_checker = pytest.mark.parametrize(("checker", "right"), CHECKERS, ids=lambda value: value.__name__)


@each_checker
def test_right_answers_pass(checker, right):
    assert checker(right).passed


@each_checker
def test_usual_wrong_answers_are_refused(checker, right):
    assert_refused(checker, right, renamed={"half": "factor 2 is missing|each pair i < j occurs twice"})


def by_columns(gradient, w, v):
    return np.stack([jvp(gradient, (w,), (e,))[1] for e in np.eye(w.size)], axis=1) @ v


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("2 times", lambda g, w, v: (g(w + 1e-5 * v) - g(w - 1e-5 * v)) / 2e-5),
        ("3 times", by_columns),
        ("shape (2, 3)", lambda g, w, v: np.array(jvp(g, (w,), (v,)))),
        ("this is the gradient: jvp", lambda g, w, v: g(w)),
        ("swapped", lambda g, w, v: product(g, v, w)),
        ("this is H w", lambda g, w, v: product(g, w, w)),
        ("entry by entry", lambda g, w, v: g(w) * v),
        ("g'v", lambda g, w, v: np.full(w.size, g(w) @ v)),
    ],
)
def test_slips_of_the_hessian_product_are_named(words, answer):
    assert words in check_hessian_product(answer).message


def pull(model, w, u):
    return vjp(model, w)[1](u)[0]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("this is H v", lambda m, loss, w, v: hvp(lambda w: loss(m(w)), w, v)),
        ("curvature of the loss is missing", lambda m, loss, w, v: pull(m, w, product(m, w, v))),
        (
            "bent at J v",
            lambda m, loss, w, v: pull(m, w, hvp(loss, product(m, w, v), product(m, w, v))),
        ),
        ("this is the gradient", lambda m, loss, w, v: pull(m, w, vjp(loss, m(w))[1](1.0)[0])),
        ("this is G w", lambda m, loss, w, v: ggnvp(m, loss, w, w)),
        ("shape (3,)", lambda m, loss, w, v: hvp(loss, m(w), product(m, w, v))),
        ("shape (1, 2)", lambda m, loss, w, v: vjp(m, w)[1](hvp(loss, m(w), product(m, w, v)))),
        ("ValueError", lambda m, loss, w, v: pull(m, w, hvp(loss, m(w), v))),
    ],
)
def test_slips_of_the_gauss_newton_product_are_named(words, answer):
    assert words in check_gauss_newton_product(answer).message


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("normal numbers", lambda A: 2 * np.sum(A**2)),
        ("occurs twice", lambda A: np.sum(A**2) - np.sum(np.diag(A) ** 2)),
        ("standard deviation", lambda A: sample_variance(A) ** 0.5),
        ("only the diagonal", lambda A: 2 * np.sum(np.diag(A) ** 2)),
        ("not squared", lambda A: 2 * (np.sum(A) - np.trace(A))),
        ("A @ A is another matrix", lambda A: 2 * (np.sum(A @ A) - np.trace(A @ A))),
        ("factor 2 too many", lambda A: 2 * sample_variance(A)),
    ],
)
def test_slips_of_the_variance_are_named(words, answer):
    assert words in check_trace_variance(answer).message
