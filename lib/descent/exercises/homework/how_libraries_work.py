"""Checkers of homework 06: `.grad` that adds up, a stable softmax, its loss backward, sign descent."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.nn import Parameter, softmax


def check_grad_field(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `grad_field(slopes, zeroed)`: what w.grad is after each backward pass.

    >>> check_grad_field(lambda slopes, zeroed: slopes).slip
    'backward() adds to w.grad, it does not overwrite it'
    """

    def truth(slopes, zeroed, add=lambda grad, slope: grad + slope):
        grad, seen = 0.0, []
        for slope, zero in zip(slopes, zeroed, strict=True):
            grad = add(0.0 if zero else grad, slope)
            seen.append(grad)
        return np.array(seen)

    def zero_after(slopes, zeroed):
        seen = truth(slopes, zeroed)
        return np.where(zeroed, 0.0, seen)

    def late(slopes, zeroed):
        return truth(slopes, [False, *zeroed[:-1]])

    slips = {
        "backward() adds to w.grad, it does not overwrite it": lambda slopes, zeroed: slopes,
        "zero_grad() is never obeyed": lambda slopes, zeroed: np.cumsum(slopes),
        "zeroed is read the wrong way round": lambda slopes, zeroed: truth(slopes, ~np.array(zeroed)),
        "zero_grad() runs before the pass, not after it": zero_after,
        "zero_grad() takes effect one pass too late": late,
        "only the first pass after zero_grad() counts": lambda slopes, zeroed: truth(
            slopes, zeroed, lambda grad, slope: grad or slope
        ),
        "gradients add up, they are not averaged": lambda slopes, zeroed: truth(
            slopes, zeroed, lambda grad, slope: (grad + slope) / (2 if grad else 1)
        ),
    }
    rng = variant(seed, "grad_field")
    cases = [(np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.array([False, False, True, False, False]))]
    for n in (1, 4, 6, 7, 9):
        cases.append((np.round(rng.normal(scale=3, size=n), 1) + 0.05, rng.random(n) < 0.4))
    return diagnose(answer, truth, cases, slips)


@dataclass(frozen=True, repr=False)
class Examples:
    """Rows x and numbers y, which print in a word."""

    x: np.ndarray
    y: np.ndarray

    def __repr__(self):
        return f"{len(self.y)} examples"


def check_in_parts(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `in_parts(loss, w, n, size)`: w.grad of the mean loss of n examples, `size` at a time.

    >>> def unweighted(loss, w, n, size):
    ...     for start in range(0, n, size):
    ...         loss(range(start, min(start + size, n))).backward()
    ...     return w.grad
    >>> check_in_parts(unweighted).slip
    'the means of the parts are added: weight each by its share, len(rows) / n'
    """

    def rows_of(n, size):
        return [np.arange(start, min(start + size, n)) for start in range(0, n, size)]

    def weighted(weight, parts=rows_of):
        def program(loss, w, n, size):
            chosen = parts(n, size)
            for rows in chosen:
                (loss(rows) * weight(len(rows), n, size, len(chosen))).backward()
            return w.grad

        return program

    def share(rows, n, size, parts):
        return rows / n

    slips = {
        "the means of the parts are added: weight each by its share, len(rows) / n": weighted(lambda *_: 1.0),
        "parts of different size do not count the same: weight each by len(rows) / n": weighted(
            lambda rows, n, size, parts: 1 / parts
        ),
        "the last part may be shorter: its share is len(rows) / n, not size / n": weighted(
            lambda rows, n, size, parts: size / n
        ),
        "this is the gradient of the sum, not of the mean": weighted(lambda rows, n, size, parts: rows),
        "the last, shorter part is left out": weighted(
            share, lambda n, size: [rows for rows in rows_of(n, size) if len(rows) == size]
        ),
        "only the last part is there: .grad adds up, do not forget it between the parts": weighted(
            share, lambda n, size: rows_of(n, size)[-1:]
        ),
        "only the first part is there": weighted(share, lambda n, size: rows_of(n, size)[:1]),
        "all examples go through at once: at most size of them may": weighted(
            share, lambda n, size: [np.arange(n)]
        ),
    }

    def observe(function, data, start, size):
        x, y = data.x, data.y
        w, largest = Parameter(start), [0]

        def loss(rows):
            rows = np.atleast_1d(np.asarray(rows, int))
            largest[0] = max(largest[0], len(rows))
            return ((x[rows] @ w - y[rows]) ** 2).mean()

        found = function(loss, w, len(x), size)
        return (None if found is None else np.array(found, float)), max(0, largest[0] - size)

    rng = variant(seed, "in_parts")
    cases = []
    for n, size, features in ((7, 3, 2), (9, 4, 3), (8, 3, 2), (10, 4, 2), (5, 2, 1)):
        x, y, w = rng.normal(size=(n, features)), rng.normal(size=n), rng.normal(size=features)
        cases.append((Examples(np.round(x, 1), np.round(y, 1)), np.round(w, 1), size))
    parts = "w.grad", "examples too many in one pass"
    return diagnose(answer, weighted(share), cases, slips, observe=observe, parts=parts)


def check_softmax_rows(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `softmax_rows(z)`: softmax of each row of z, for numbers of any size.

    >>> check_softmax_rows(lambda z: np.exp(z) / np.sum(np.exp(z))).slip
    'all entries add up to 1: each row must'
    """

    def by(axis, keep=True):
        return lambda z: np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z)), axis=axis, keepdims=keep)

    slips = {
        "all entries add up to 1: each row must": lambda z: by(None)(z),
        "the columns add up to 1: each row must": lambda z: by(0)(z),
        "it is not divided by the sum": lambda z: np.exp(z),
        "it is not divided by the sum of the row": lambda z: np.exp(z - np.max(z, axis=1, keepdims=True)),
        "these are the logarithms": lambda z: np.log(softmax(z)),
        "these are shares without exp": lambda z: z / np.sum(z, axis=1, keepdims=True),
        "the sign in exp is flipped": lambda z: softmax(-z),
    }
    rng = variant(seed, "softmax_rows")
    small = [(np.round(rng.normal(size=shape), 1),) for shape in ((2, 3), (3, 3), (1, 2), (4, 2))]
    found = diagnose(answer, softmax, small, slips)
    if not found.passed:
        return found
    own = "take the largest number out of each row"
    big = {
        f"exp overflows: {own}": [[1000.0, 1001.0], [999.0, 1000.5]],
        f"every exp is 0: {own}": [[-2000.0, -2001.0], [-2002.0, -2000.5]],
        "the largest number of all leaves nothing of the other rows: take each row's own": [
            [5000.0, 5001.0],
            [-5000.0, -5002.0],
        ],
        "take out the largest number of the row, or exp overflows": [[0.0, 2000.0], [-1000.0, 1000.0]],
    }
    for reason, z in big.items():
        found = diagnose(answer, softmax, [(np.array(z),), small[0], small[1]])
        if not found.passed:
            cause = reason if found.slip == "a number is not finite" else ""
            here = f"; here {cause}" if cause else ""
            return Diagnosis(False, f"{found.message} For small numbers it is right{here}.", cause)
    return Diagnosis(True, "8 inputs agree to 9 digits, numbers up to 5000 among them.")


def check_loss_backward(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `loss_backward(z, labels)`: the gradient of the mean softmax loss by the logits.

    >>> check_loss_backward(lambda z, labels: softmax(z) - np.eye(z.shape[1])[labels]).slip
    'the loss is the mean over the batch: divide by the number of rows'
    """

    def error(z, labels):
        return softmax(z) - np.eye(z.shape[1])[labels]

    def truth(z, labels):
        return error(z, labels) / len(z)

    def through_softmax(z, labels):
        p = softmax(z)
        return p * error(z, labels) / len(z)

    slips = {
        "the loss is the mean over the batch: divide by the number of rows": error,
        "divide by the number of rows, not of entries": lambda z, labels: error(z, labels) / z.size,
        "divide by the number of rows, not of classes": lambda z, labels: error(z, labels) / z.shape[1],
        "1 at the label is missing": lambda z, labels: softmax(z) / len(z),
        "only the label's entry is there: the other logits matter, too": lambda z, labels: (
            truth(z, labels) * np.eye(z.shape[1])[labels]
        ),
        "softmax is missing: this is z minus one at the label": lambda z, labels: (
            (z - np.eye(z.shape[1])[labels]) / len(z)
        ),
        "softmax and its loss together have no further factor p": through_softmax,
        "this is -1/p at the label, the way back through the logarithm alone": lambda z, labels: (
            -np.eye(z.shape[1])[labels] / softmax(z) / len(z)
        ),
    }
    rng = variant(seed, "loss_backward")
    cases = [
        (np.round(rng.normal(size=(n, c)), 1), rng.integers(0, c, n))
        for n, c in ((3, 2), (2, 4), (4, 3), (1, 3), (5, 2))
    ]
    cases.append((np.array([[1000.0, 999.0, 1001.0], [0.0, -2000.0, 1.0]]), np.array([0, 1])))
    return diagnose(answer, truth, cases, slips)


def check_layer_gradients(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `layer_gradients(x, weight, bias, labels)`: of the mean softmax loss of x weight' + bias.

    >>> def transposed(x, weight, bias, labels):
    ...     e = (softmax(x @ weight.T + bias) - np.eye(len(bias))[labels]) / len(x)
    ...     return x.T @ e, e.sum(axis=0)
    >>> check_layer_gradients(transposed).passed
    False
    """

    def error(x, weight, bias, labels):
        return (softmax(x @ weight.T + bias) - np.eye(len(bias))[labels]) / len(x)

    def from_error(e, x):
        return e.T @ x, e.sum(axis=0)

    def truth(x, weight, bias, labels):
        return from_error(error(x, weight, bias, labels), x)

    def program(change):
        return lambda x, weight, bias, labels: change(error(x, weight, bias, labels), x)

    slips = {
        "the mean over the batch is taken twice": program(lambda e, x: from_error(e / len(x), x)),
        "the loss is a mean: divide by the number of rows": program(lambda e, x: from_error(e * len(x), x)),
        "the bias is missing in the logits": lambda x, weight, bias, labels: truth(
            x, weight, 0 * bias, labels
        ),
        "the bias has a mean where it needs a sum over the batch": program(
            lambda e, x: (e.T @ x, e.mean(axis=0))
        ),
        "the gradient of the weight is transposed": program(lambda e, x: (x.T @ e, e.sum(axis=0))),
        "1 at the label is missing": lambda x, weight, bias, labels: from_error(
            softmax(x @ weight.T + bias) / len(x), x
        ),
    }
    rng = variant(seed, "layer_gradients")
    cases = []
    for n, features, classes in ((3, 3, 3), (4, 2, 2), (4, 2, 3), (2, 3, 2), (5, 1, 4)):
        arrays = (rng.normal(size=shape) for shape in ((n, features), (classes, features), classes))
        cases.append((*(np.round(a, 1) for a in arrays), rng.integers(0, classes, n)))
    steep = np.array([[50.0, 0.0], [0.0, -50.0], [1.0, 1.0]])
    cases.append((np.array([[20.0, -30.0], [1.0, 2.0]]), steep, np.array([0.5, 0.0, -0.5]), np.array([2, 0])))
    parts = "the gradient of the weight", "the gradient of the bias"
    return diagnose(answer, truth, cases, slips, parts=parts)


def check_scaled_signs(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `scaled_signs(g, s)`: the d that minimises g'd + (max |d_i| / s_i)^2 / 2.

    >>> check_scaled_signs(lambda g, s: -np.sum(np.abs(g)) * np.sign(g)).slip
    'the units s are not used'
    """

    def truth(g, s):
        return -np.sum(s * np.abs(g)) * s * np.sign(g)

    slips = {
        "the units s are not used": lambda g, s: -np.sum(np.abs(g)) * np.sign(g),
        "the length is missing: a length t gains t sum s_i |g_i| and costs t^2 / 2": lambda g, s: (
            -s * np.sign(g)
        ),
        "the length needs the units, too: it is sum s_i |g_i|": lambda g, s: (
            -np.sum(np.abs(g)) * s * np.sign(g)
        ),
        "the direction needs the units, too: d_i is a multiple of s_i": lambda g, s: (
            -np.sum(s * np.abs(g)) * np.sign(g)
        ),
        "the units are upside down: |d_i| may be large where s_i is": lambda g, s: (
            -np.sum(np.abs(g) / s) * np.sign(g) / s
        ),
        "in the sum signs must not cancel: |g_i|": lambda g, s: -np.sum(s * g) * s * np.sign(g),
        "the length is the sum of all s_i |g_i|, not the largest": lambda g, s: (
            -np.max(s * np.abs(g)) * s * np.sign(g)
        ),
        "this is steepest under a Euclidean norm: -s^2 g": lambda g, s: -(s**2) * g,
        "this is the plain gradient step": lambda g, s: -g,
    }
    rng = variant(seed, "scaled_signs")
    cases = [(np.array([1.0, -2.0]), np.array([3.0, 0.5]))]
    for n in (2, 3, 4, 5):
        g = np.round(rng.normal(size=n), 1) + 0.05
        cases.append((g, np.round(rng.uniform(0.3, 3, n), 1)))
    cases.append((np.array([0.0, 1.5, -0.5]), np.array([2.0, 1.0, 0.5])))
    return diagnose(answer, truth, cases, slips)
