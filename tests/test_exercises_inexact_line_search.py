"""The checkers of inexact line search against right and wrong answers."""

import numpy as np
import pytest
from descent.exercises import check_armijo_line, check_backtrack, check_wolfe_window


def stub(*args):
    raise NotImplementedError


def search(accepts, cut_first=False):
    def answer(phi, dphi0, alpha, beta, c1):
        if cut_first:
            alpha = beta * alpha
        for _ in range(300):
            if accepts(phi, dphi0, alpha, c1):
                break
            alpha = beta * alpha
        return alpha

    return answer


def armijo_holds(phi, dphi0, alpha, c1):
    return phi(alpha) <= phi(0.0) + c1 * alpha * dphi0


def subtracting(phi, dphi0, alpha, beta, c1):
    while alpha > 0 and not armijo_holds(phi, dphi0, alpha, c1):
        alpha -= beta
    return alpha


RIGHT = [
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 + c1 * alpha * np.dot(g, d)),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 - c1 * alpha * sum(-g * d)),
    (check_backtrack, search(armijo_holds)),
    (check_wolfe_window, lambda c1, c2: [1 - c2, 2 - 2 * c1]),
    (check_wolfe_window, lambda c1, c2: np.array([1 - c2, 2 * (1 - c1)])),
]
WRONG = [
    (check_armijo_line, stub, "NotImplementedError"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: 0.0, "always 0"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 - c1 * alpha * (g @ d), "negative already"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 - c1 * alpha * (g @ g), "along d = -g only"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 + c1 * alpha * (g @ g), "the slope is g'd"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 + alpha * (g @ d), "c1 is missing"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 + c1 * (g @ d), "alpha is missing"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: c1 * alpha * (g @ d), "f0 is missing"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0, "no decrease"),
    (
        check_armijo_line,
        lambda alpha, f0, g, d, c1: f0 - c1 * alpha * np.linalg.norm(g) * np.linalg.norm(d),
        "|g| |d|",
    ),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 + (1 - c1) * alpha * (g @ d), "not 1 - c1"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: 2 * (f0 + c1 * alpha * (g @ d)), "factor 2 too many"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: f0 + c1 * alpha * g * d, "shape (3,)"),
    (check_armijo_line, lambda alpha, f0, g, d, c1: -0.14, "the truth is"),
    (check_armijo_line, lambda *args: None, "returns None"),
    (check_backtrack, stub, "NotImplementedError"),
    (check_backtrack, lambda phi, dphi0, alpha, beta, c1: 0.0, "always 0"),
    (check_backtrack, lambda phi, dphi0, alpha, beta, c1: alpha, "the first trial uncut"),
    (check_backtrack, search(armijo_holds, cut_first=True), "cuts before it tests"),
    (
        check_backtrack,
        lambda phi, dphi0, alpha, beta, c1: beta * search(armijo_holds)(phi, dphi0, alpha, beta, c1),
        "one cut too many",
    ),
    (
        check_backtrack,
        search(lambda phi, dphi0, alpha, c1: phi(alpha) <= phi(0) - c1 * alpha * dphi0),
        "negative already",
    ),
    (check_backtrack, search(lambda phi, dphi0, alpha, c1: phi(alpha) < phi(0)), "any decrease"),
    (
        check_backtrack,
        search(lambda phi, dphi0, alpha, c1: phi(alpha) <= phi(0) + c1 * dphi0),
        "alpha is missing in the line",
    ),
    (
        check_backtrack,
        lambda phi, dphi0, alpha, beta, c1: alpha if armijo_holds(phi, dphi0, alpha, c1) else beta * alpha,
        "cuts once only",
    ),
    (
        check_backtrack,
        search(lambda phi, dphi0, alpha, c1: phi(alpha) <= phi(0) + alpha * dphi0 / 2),
        "the truth is",
    ),
    (check_backtrack, subtracting, "multiply alpha by it"),
    (check_wolfe_window, stub, "NotImplementedError"),
    (check_wolfe_window, lambda c1, c2: (0, 0), "always 0"),
    (check_wolfe_window, lambda c1, c2: (0, 2 * (1 - c1)), "only the curvature condition forbids short"),
    (check_wolfe_window, lambda c1, c2: (1 - c2, min(1 + c2, 2 * (1 - c1))), "strong conditions"),
    (check_wolfe_window, lambda c1, c2: (1 - c2, 1 + c2), "no upper end"),
    (check_wolfe_window, lambda c1, c2: (1 + c2, 2 * (1 - c1)), "a sign"),
    (check_wolfe_window, lambda c1, c2: (1 - c2, 1 - c1), "a factor 2"),
    (check_wolfe_window, lambda c1, c2: (1 - c2, 2 * (1 + c1)), "a minus before c1"),
    (check_wolfe_window, lambda c1, c2: (2 * (1 - c2), 2 * (1 - c1)), "factor 2 in the lower end"),
    (check_wolfe_window, lambda c1, c2: (1 - c1, 2 * (1 - c2)), "swapped"),
    (check_wolfe_window, lambda c1, c2: (2 * (1 - c1), 1 - c2), "the two numbers are swapped"),
    (check_wolfe_window, lambda c1, c2: 1 - c2, "shape ()"),
    (check_wolfe_window, lambda c1, c2: (0.4, 1.94), "the truth is"),
]


@pytest.mark.parametrize(("checker", "answer"), RIGHT)
def test_right_answers_pass(checker, answer):
    assert checker(answer).passed


@pytest.mark.parametrize(("checker", "answer", "said"), WRONG)
def test_wrong_answers_fail_with_their_diagnosis(checker, answer, said):
    verdict = checker(answer)
    assert not verdict.passed
    assert said in verdict.message


@pytest.mark.parametrize(("checker", "right"), RIGHT[::2])
def test_an_answer_to_the_visible_case_alone_fails(checker, right):
    asked = []

    def learner(*args):
        asked.append(right(*args))
        return asked[0]

    verdict = checker(learner)
    assert not verdict.passed
    assert "1 of" in verdict.message
