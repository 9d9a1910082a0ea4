"""Hypothesis strategies for unimodal functions whose minimiser is known exactly."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st


@dataclass(frozen=True)
class Unimodal:
    """A function that falls strictly from a to m and rises strictly from m to b."""

    f: Callable
    a: float
    b: float
    m: float
    text: str

    def __repr__(self):
        return f"Unimodal({self.text} on [{self.a!r}, {self.b!r}], m = {self.m!r})"


# Increasing on [0, 1], 0 at 0, and of small relative error: no plateau but by underflow.
SHAPES = {
    "sqrt(d)": math.sqrt,
    "d": lambda d: d,
    "d sqrt(d)": lambda d: d * math.sqrt(d),
    "d^2": lambda d: d * d,
    "d^3": lambda d: d * d * d,
    "d^4": lambda d: (d * d) * (d * d),
    "d + d^2": lambda d: d + d * d,
    "exp(d) - 1": math.expm1,
    "exp(d^2) - 1": lambda d: math.expm1(d * d),
    "log(1 + 9 d)": lambda d: math.log1p(9 * d),
    "1 - exp(-3 d^2)": lambda d: -math.expm1(-3 * d * d),
}


def _numbers(low, high):
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


@st.composite
def unimodal_functions(draw, minimiser=None, shapes=tuple(SHAPES)):
    """Two different increasing functions of |x - m|, one on each side; the minimum is 0."""
    a = draw(_numbers(-100, 100).map(lambda x: round(x, 6)))
    b = a + draw(_numbers(0.01, 100))
    t = draw(_numbers(0, 1)) if minimiser is None else minimiser
    m = min(max(a + t * (b - a), a), b)
    left, right = draw(st.sampled_from(shapes)), draw(st.sampled_from(shapes))
    left_scale, right_scale = draw(_numbers(0.01, 100)), draw(_numbers(0.01, 100))
    width = b - a

    def f(x):
        if x < m:
            return left_scale * SHAPES[left]((m - x) / width)
        return right_scale * SHAPES[right]((x - m) / width)

    text = f"{left_scale!r} * [{left}] | {right_scale!r} * [{right}], d = |x - m| / {width!r}"
    return Unimodal(f, a, b, m, text)


@st.composite
def convex_functions(draw):
    """Weighted sums of distances to points, in exact fractions, with one minimiser."""
    points = draw(st.lists(st.integers(-50, 50), min_size=1, max_size=7, unique=True))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(points), max_size=len(points)))
    pairs = list(zip(weights, points, strict=True))

    def f(x):
        x = Fraction(x)
        return sum(weight * abs(x - point) for weight, point in pairs)

    lowest = sorted(points, key=f)
    assume(len(points) == 1 or f(lowest[0]) < f(lowest[1]))
    m = lowest[0]
    a = m - draw(st.integers(0, 60))
    b = m + draw(st.integers(0, 60))
    assume(a < b)
    return Unimodal(f, float(a), float(b), float(m), " + ".join(f"{w}|x - {p}|" for w, p in pairs))


any_unimodal = st.one_of(unimodal_functions(), convex_functions())
