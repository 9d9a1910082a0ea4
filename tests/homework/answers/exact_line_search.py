"""Right and wrong answers to homework 01."""

import math

import numpy as np
from descent.univariate import dichotomy, golden_section, vertex
from homework.proof import Answers

TAU = (1 + 5**0.5) / 2

# -- 1 a counter -------------------------------------------------------------------------------


class Counter:
    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, x):
        self.calls += 1
        return self.f(x)


def counted_by_an_object(f):
    g = Counter(f)
    return g, lambda: g.calls


def counted_in_a_list(f):
    seen = []

    def g(x):
        seen.append(x)
        return f(x)

    return [g, seen.__len__]


EVERYWHERE = []


def counted_in_one_place(f):
    def g(x):
        EVERYWHERE.append(x)
        return f(x)

    start = len(EVERYWHERE)
    return g, lambda: len(EVERYWHERE) - start


COUNTED = Answers(
    right=(counted_by_an_object, counted_in_a_list),
    wrong=(
        ("calls += 1", "calls = 1", "only the first call counts"),
        ("calls += 1", "pass", "not counted"),
        ("calls = 0", "calls = 1", "starts at 1"),
        ("calls += 1", "calls += 2", "counts twice"),
        ("calls += 1", "calls -= 1", "goes down"),
        ("return f(x)", "f(x)", "None|numbers are expected"),
        (counted_in_one_place, "share one count"),
        ("return g, count", "return g, calls", "is not callable"),
    ),
    generic={
        "stub": "NotImplementedError",
        "zero": "always 0",
        "hard-coded visible case": "first input only",
    },
)

# -- 2 how many halvings -----------------------------------------------------------------------


def halvings_by_logarithm(a, b, error):
    return max(0, math.ceil(math.log2((b - a) / error)) - 1)


def halvings_by_recursion(a, b, error):
    return 0 if (b - a) / 2 <= error else 1 + halvings_by_recursion(a, (a + b) / 2, error)


HALVINGS = Answers(
    right=(halvings_by_logarithm, halvings_by_recursion),
    wrong=(
        ("2 ** (k + 1)", "2**k", "this is the width"),
        ("return k", "return 2 * k + 1", "these are calls"),
        (lambda a, b, e: math.floor(math.log2((b - a) / e) - 1), "round up, not down"),
        (lambda a, b, e: math.log2((b - a) / e) - 1, "a halving count is a whole number"),
        (lambda a, b, e: math.ceil(math.log((b - a) / e) - 1), "base 2"),
        (lambda a, b, e: math.ceil(math.log2(e / (b - a)) - 1), "upside down"),
    ),
    generic={"off by one": "this is the width|1 too large", "factor 2": "calls \\(two a halving"},
)

# -- 3 dichotomy -------------------------------------------------------------------------------


def halve(f, a, c, b, fc, tol):
    if b - a <= tol:
        return c
    y, z = (a + c) / 2, (c + b) / 2
    if (fy := f(y)) <= fc:
        return halve(f, a, y, c, fy, tol)
    if fc <= (fz := f(z)):
        return halve(f, y, c, z, fc, tol)
    return halve(f, c, z, b, fz, tol)


def dichotomy_by_recursion(f, a, b, tol):
    c = (a + b) / 2
    return halve(f, a, c, b, f(c), tol)


def dichotomy_of_the_library(f, a, b, tol):
    last = dichotomy(f, a, b, tol=tol).last
    return np.array((last.a + last.b) / 2)


DICHOTOMY = Answers(
    right=(dichotomy_by_recursion, dichotomy_of_the_library),
    wrong=(
        ("        y, z = (a", "        fc = f(c)\n        y, z = (a", "measured anew"),
        ("fy <= fc", "fy > fc", "larger value"),
        ("return c", "return a", "left end"),
        ("return c", "return b", "right end"),
        ("b - a > tol", "b - a > 2 * tol", "half width"),
        ("b - a > tol", "b - a > tol / 2", "once too often"),
        ("while b - a > tol", "while b - a > 0 * tol", "does its loop end"),
        (lambda f, a, b, tol: (a + b) / 2, "middle of the first bracket"),
    ),
)

# -- 4 split -----------------------------------------------------------------------------------


def split_by_formula(f, a, b, t, cuts):
    for _ in range(cuts):
        d = t * (b - a)
        a, b = (a, a + d) if f(b - d) <= f(a + d) else (b - d, b)
    return [math.sqrt(t), a + (b - a) / 2]


def split_by_recursion(f, a, b, t, cuts):
    if cuts == 0:
        return np.array([math.sqrt(t), (a + b) / 2])
    y, z = b - t * (b - a), a + t * (b - a)
    return split_by_recursion(f, *((a, z) if f(y) <= f(z) else (y, b)), t, cuts - 1)


SPLIT = Answers(
    right=(split_by_formula, split_by_recursion),
    wrong=(
        ("calls += 2", "calls += 1", "shrinkage per cut"),
        ("f(y) <= f(z)", "f(y) > f(z)", "larger value"),
        ("** (1 / calls)", "", "take the root"),
        ("(b - a) / width", "(b - a)", None),
        ("b = z", "b = y", "In the shrinkage per call"),
        (lambda f, a, b, t, cuts: t, "2 things"),
    ),
)

# -- 5 golden section --------------------------------------------------------------------------


def golden_of_the_library(f, a, b, tol):
    last = golden_section(f, a, b, tol=tol).last
    return (last.a + last.b) / 2


def golden_by_recursion(f, a, b, tol, y=None, z=None):
    if b - a <= tol:
        return [(a + b) / 2][0]
    y = y or (lambda p: (p, f(p)))(b - (b - a) / TAU)
    z = z or (lambda p: (p, f(p)))(a + (b - a) / TAU)
    if y[1] <= z[1]:
        return golden_by_recursion(f, a, z[0], tol, None, y)
    return golden_by_recursion(f, y[0], b, tol, z, None)


GOLDEN = Answers(
    right=(golden_of_the_library, golden_by_recursion),
    wrong=(
        ("b, z, fz = z, y, fy", "b, z, fz = z, y, f(y)", None),
        ("    return (a + b) / 2", "    for _ in range(3):\n        f(a)\n    return (a + b) / 2", None),
        ("fy <= fz", "fy > fz", "larger value"),
        ("b - a > tol", "b - a > 2 * tol", "half the width"),
        (dichotomy_by_recursion, "this is dichotomy"),
        ("tau = (1 + math.sqrt(5)) / 2", "tau = (1 + math.sqrt(5))", None),
        ("return (a + b) / 2", "return a", None),
        ("            fy = f(y)", "            fy = f(y)\n            fz = f(z)", None),
    ),
)

# -- 6 a guarded parabola ----------------------------------------------------------------------


def guarded_by_fit(x1, x2, x3, f1, f2, f3):
    curved, slope, _ = np.polyfit([x1 - x2, 0, x3 - x2], [f1, f2, f3], 2)
    if curved > 1e-12:
        u = x2 - slope / (2 * curved)
        if x1 < u < x3:
            return [u][0]
    return x2 + ((x3 - x2) if x3 - x2 >= x2 - x1 else (x1 - x2)) * (3 - 5**0.5) / 2


def guarded_by_the_library(*triple):
    x1, x2, x3, f1, f2, f3 = triple
    u = vertex((x1, f1), (x2, f2), (x3, f3))
    opens_up = f2 - f1 < (f3 - f1) * (x2 - x1) / (x3 - x1)
    if u is None or not opens_up or not x1 < u < x3:
        u = x2 + (x3 - x2) / TAU**2 if x3 - x2 >= x2 - x1 else x2 - (x2 - x1) / TAU**2
    return np.float64(u)


GUARDED = Answers(
    right=(guarded_by_fit, guarded_by_the_library),
    wrong=(
        ("x1 < u < x3", "True", "outside"),
        ("if s < r", "if s != r", "opens downwards"),
        ("x3 - x2 >= x2 - x1", "x3 - x2 < x2 - x1", "longer part"),
        ("(x3 - x2) / tau**2", "(x3 - x2) / tau", None),
        ("if s < r", "if False", "never used"),
    ),
)

ANSWERS = {
    "counted": COUNTED,
    "halvings": HALVINGS,
    "dichotomy": DICHOTOMY,
    "split": SPLIT,
    "golden": GOLDEN,
    "guarded": GUARDED,
}
