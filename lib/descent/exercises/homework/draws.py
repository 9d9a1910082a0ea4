"""Random data of the exercises, with few digits, so that a learner can read them."""

import numpy as np

from descent.exercises.budget import Probe


def numbers(rng: np.random.Generator, *ends: tuple) -> tuple:
    """Return one number, of two digits, between each pair of ends.

    >>> all(0 <= x <= 2 for x in numbers(np.random.default_rng(0), (0, 1), (1, 2)))
    True
    """
    return tuple(round(float(rng.uniform(*pair)), 2) for pair in ends)


def arrays(rng: np.random.Generator, *shapes) -> tuple:
    """Return an array of normal numbers, of two digits, for each shape.

    >>> [a.shape for a in arrays(np.random.default_rng(0), (2, 3), 2)]
    [(2, 3), (2,)]
    """
    return tuple(np.round(rng.normal(size=shape), 2) for shape in shapes)


def valley(rng: np.random.Generator) -> tuple:
    """Return a random function with one minimum, the ends of a bracket, and a tolerance.

    >>> f, a, b, tol = valley(np.random.default_rng(0))
    >>> bool(a < b), bool(max(f(a), f(b)) > f((a + b) / 2))
    (True, True)
    """
    m, s = (round(float(v), 2) for v in rng.uniform(0.5, 3, 2))
    f, text = [
        (lambda x: s * (x - m) ** 2 - 1, f"{s} (x - {m})^2 - 1"),
        (lambda x: np.exp(s * (x - m)) - s * x, f"exp({s} (x - {m})) - {s} x"),
        (lambda x: s * abs(x - m), f"{s} |x - {m}|"),
        (lambda x: -s / (1 + (x - m) ** 2), f"-{s} / (1 + (x - {m})^2)"),
    ][rng.integers(4)]
    a, b = (round(float(v), 2) for v in (m - rng.uniform(0.7, 3), m + rng.uniform(0.7, 3)))
    return Probe(f, text), a, b, round(10 ** float(rng.uniform(-5, -1)), 6)
