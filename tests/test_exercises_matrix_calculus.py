"""The checkers on matrix calculus against right answers and against every slip they should name."""

import re

import numpy as np
import pytest
from descent.exercises import (
    check_least_squares_differential,
    check_quadratic_gradient,
    check_sigmoid_jacobian,
)


def stub(*args):
    raise NotImplementedError


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def jacobian(W, b, x):
    s = sigmoid(W @ x + b)
    return np.diag(s * (1 - s)) @ W


@pytest.mark.parametrize(
    "answer",
    [
        lambda A, b, x: (A + A.T) @ x - b,
        lambda A, b, x: A @ x + x @ A - b,
        lambda A, b, x: [
            sum((A[i, j] + A[j, i]) * x[j] for j in range(len(x))) - b[i] for i in range(len(x))
        ],
    ],
)
def test_right_gradients_pass(answer):
    assert check_quadratic_gradient(answer)


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (stub, "NotImplementedError"),
        (lambda A, b, x: None, "return"),
        (lambda A, b, x: 0 * x, "always 0"),
        (lambda A, b, x: 2 * A @ x - b, "only for a symmetric A"),
        (lambda A, b, x: 2 * A.T @ x - b, "only for a symmetric A"),
        (lambda A, b, x: 2 * A @ x, "only for a symmetric A, and the term of b"),
        (lambda A, b, x: A @ x - b, "one of the two terms is missing"),
        (lambda A, b, x: A.T @ x - b, "A'x - b"),
        (lambda A, b, x: (A + A.T) @ x / 2 - b, "their mean"),
        (lambda A, b, x: (A + A.T) @ x + b, "sign of b"),
        (lambda A, b, x: (A + A.T) @ x, "term of b is missing"),
        (lambda A, b, x: b - (A + A.T) @ x, "the sign is flipped"),
        (lambda A, b, x: 2 * (A + A.T) @ x - 2 * b, "factor 2 too many"),
        (lambda A, b, x: ((A + A.T) @ x - b)[:, None], r"shape \(2, 1\), expected is \(2,\)"),
        (lambda A, b, x: ((A + A.T) @ x - b) if len(x) == 2 else x, "1 of 4 inputs agree"),
        (lambda A, b, x: A @ b @ x @ x, "raised"),
        (lambda A, b, x: x @ A @ x, "shape"),
    ],
)
def test_wrong_gradients_are_diagnosed(answer, diagnosis):
    found = check_quadratic_gradient(answer)
    assert not found
    assert re.search(diagnosis, repr(found)), found


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (stub, "NotImplementedError"),
        (lambda W, b, x: jacobian(W, b, x).T, "transposed"),
        (lambda W, b, x: 0 * W, "always 0"),
        (lambda W, b, x: -jacobian(W, b, x), "sign is flipped"),
        (lambda W, b, x: 2 * jacobian(W, b, x), "factor 2 too many"),
        (lambda W, b, x: W, "slope of the sigmoid is missing"),
        (lambda W, b, x: np.diag(sigmoid(W @ x + b)) @ W, r"s\(1 - s\), not s"),
        (lambda W, b, x: np.diag(1 - sigmoid(W @ x + b)) @ W, r"not 1 - s"),
        (lambda W, b, x: jacobian(W, 0 * b, x), "b is missing"),
        (lambda W, b, x: np.outer(jacobian(np.eye(len(b)), b, W @ x).diagonal(), x), "with respect to W"),
        (lambda W, b, x: W @ np.diag(jacobian(np.eye(len(b)), b, W @ x).diagonal()), "multiply rows"),
        (lambda W, b, x: jacobian(W, b, x)[:1], "shape"),
        (lambda W, b, x: jacobian(W, b, x) if W.shape == (2, 2) else W, "1 of 3 inputs agree"),
        (lambda W, b, x: jacobian(W, b, x) if W.shape[0] == W.shape[1] else W, "3 of 5 inputs agree"),
        (lambda W, b, x: jacobian(W, b, x) if W.shape[0] >= W.shape[1] else jacobian(W, b, x).T, "shape"),
    ],
)
def test_wrong_jacobians_are_diagnosed(answer, diagnosis):
    found = check_sigmoid_jacobian(answer)
    assert not found
    assert re.search(diagnosis, repr(found)), found


def test_the_right_jacobian_passes():
    assert check_sigmoid_jacobian(jacobian)
    assert check_sigmoid_jacobian(lambda W, b, x: jacobian(W, b, x).tolist())


@pytest.mark.parametrize(
    "line",
    ["2*(A*x - b)'*A*dx", "df = <2*A'*(A*x - b), dx>", "2*<A*x - b, A*dx>", "2*x'*A'*A*dx - 2*b'*A*dx"],
)
def test_right_differentials_pass(line):
    assert check_least_squares_differential(lambda: line)


@pytest.mark.parametrize(
    ("line", "diagnosis"),
    [
        ("(A*x - b)'*A*dx", "0.5 times"),
        ("-2*(A*x - b)'*A*dx", "sign is flipped"),
        ("2*(A*x + b)'*A*dx", "sign of b is flipped"),
        ("2*A'*(A*x - b)", "contains dx"),
        ("0*dx'*dx", "is missing|does not hold|does not belong"),
        ("2*(A*x - b)'*dx", "cannot be read"),
        ("2*<A*x - b, d(A*x)>", r"d\(...\) is left"),
        ("d(norm(A*x - b)^2)", r"d\(...\) is left"),
        ("2*x'*A'*A*dx", "term of b is missing"),
        ("(A*x - b)'*A*dx/norm(A*x - b)", "of the norm, not of its square"),
        ("__import__('os').dx", "cannot be read"),
        (" ", "empty text"),
        (3.0, "text is expected"),
        (None, "text is expected"),
    ],
)
def test_wrong_differentials_are_diagnosed(line, diagnosis):
    found = check_least_squares_differential(lambda: line)
    assert not found
    assert re.search(diagnosis, repr(found)), found


def test_stub_and_failing_function_of_a_differential():
    assert "NotImplementedError" in repr(check_least_squares_differential(stub))
    assert "ZeroDivisionError" in repr(check_least_squares_differential(lambda: 1 / 0))
