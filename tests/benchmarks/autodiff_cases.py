"""The functions that are differentiated in the benchmark, each as every library wants it written."""

import itertools
import math
from typing import NamedTuple

import numpy as np


class Case(NamedTuple):
    """A function in the manner of NumPy, its gradient by hand, and a point.

    `f(xp)` is the function for a namespace with NumPy's names; `arrays` says that the point is
    made of arrays, so that libraries of scalars are left out.
    """

    name: str
    f: object
    by_hand: object
    point: tuple
    arrays: bool
    for_micrograd: object = None


def notes(xp):
    return lambda x1, x2: xp.log(x1) + x1 * x2 - xp.sin(x2)


def notes_by_hand(x1, x2):
    return math.log(x1) + x1 * x2 - math.sin(x2), (1 / x1 + x2, x1 - math.cos(x2))


def lecture(xp):
    return lambda w1, w2: w2 * xp.log(w1) + xp.sqrt(w2 * xp.log(w1))


def lecture_by_hand(w1, w2):
    log = math.log(w1)
    u = w2 * log
    root = math.sqrt(u)
    slope = 1 + 0.5 / root
    return u + root, (slope * w2 / w1, slope * log)


def loop(xp):
    def rosenbrock(x):
        total = 0.0
        for k in range(len(x) - 1):
            total = total + 100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2
        return total

    return rosenbrock


def loop_by_hand(x):
    total, g = 0.0, [0.0] * len(x)
    for k in range(len(x) - 1):
        a, b = x[k], x[k + 1]
        r, s = b - a * a, 1 - a
        total += 100 * r * r + s * s
        g[k] -= 400 * a * r + 2 * s
        g[k + 1] += 200 * r
    return total, (g,)


def vectors(xp):
    return lambda x: xp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def vectors_by_hand(x):
    a = x[:-1]
    r, s = x[1:] - a * a, 1 - a
    g = np.zeros_like(x)
    g[:-1] = -400 * a * r - 2 * s
    g[1:] += 200 * r
    return np.sum(100 * r * r + s * s), (g,)


def _network_data():
    rng = np.random.default_rng(0)
    sizes = (784, 128, 64, 10)
    weights = [rng.standard_normal((m, n)) / np.sqrt(m) for m, n in itertools.pairwise(sizes)]
    biases = [0.1 * rng.standard_normal(n) for n in sizes[1:]]
    chosen = np.zeros((64, 10))
    chosen[np.arange(64), rng.integers(10, size=64)] = 1.0
    return rng.standard_normal((64, 784)), chosen, (*weights, *biases)


IMAGES, CHOSEN, WEIGHTS = _network_data()


def network(xp):
    """Return the loss of a network 784-128-64-10 on 64 patterns: log sum exp less the label's score."""
    images, chosen = (IMAGES, CHOSEN) if not hasattr(xp, "own") else (xp.own(IMAGES), xp.own(CHOSEN))

    def loss(W1, W2, W3, b1, b2, b3):
        h1 = xp.tanh(images @ W1 + b1)
        h2 = xp.tanh(h1 @ W2 + b2)
        scores = h2 @ W3 + b3
        return xp.mean(xp.log(xp.sum(xp.exp(scores), axis=1)) - xp.sum(scores * chosen, axis=1))

    return loss


def network_by_hand(W1, W2, W3, b1, b2, b3):
    h1 = np.tanh(IMAGES @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    scores = h2 @ W3 + b3
    e = np.exp(scores)
    total = e.sum(axis=1)
    loss = np.mean(np.log(total) - (scores * CHOSEN).sum(axis=1))
    d3 = (e / total[:, None] - CHOSEN) / 64
    d2 = (d3 @ W3.T) * (1 - h2 * h2)
    d1 = (d2 @ W2.T) * (1 - h1 * h1)
    slopes = IMAGES.T @ d1, h1.T @ d2, h2.T @ d3, d1.sum(axis=0), d2.sum(axis=0), d3.sum(axis=0)
    return loss, slopes


CASES = [
    Case("ln x1 + x1 x2 - sin x2", notes, notes_by_hand, (2.0, 5.0), False),
    Case("w2 ln w1 + sqrt(w2 ln w1)", lecture, lecture_by_hand, (2.0, 5.0), False),
    Case("Rosenbrock loop, n = 100", loop, loop_by_hand, ([0.5 + 0.01 * k for k in range(100)],), False),
    Case("Rosenbrock NumPy, n = 1000", vectors, vectors_by_hand, (np.linspace(-1.0, 1.5, 1000),), True),
    Case("MLP 64 x 784-128-64-10", network, network_by_hand, WEIGHTS, True),
]
