"""Checkers of homework 01: counting calls, dichotomy, a split in proportion t, golden section, a guard."""

from collections.abc import Callable
from math import ceil, floor, log, log2

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.draws import valley
from descent.stepwise import Table
from descent.univariate import vertex

TAU = (1 + 5**0.5) / 2


def _valleys(seed, name, count=12) -> list:
    rng = variant(seed, name)
    return [valley(rng) for _ in range(count)]


def check_counted(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `counted(f)`: the pair (g, count), where g is f and count() says how often g was called.

    >>> check_counted(lambda f: (f, lambda: 0)).slip
    'the calls are not counted'
    """

    def truth(f):
        points = []
        return lambda x: (points.append(x), f(x))[1], lambda: len(points)

    def with_count(change):
        def counted(f):
            g, count = truth(f)
            return g, lambda: change(count())

        return counted

    shared = []

    def one_for_all(f):
        return lambda x: (shared.append(x), f(x))[1], lambda: len(shared)

    def observe(counted, f, points, again):
        shared.clear()
        g, count = counted(f)
        other, other_count = counted(f)
        before = count()
        values = [g(x) for x in points]
        after = count()
        values += [other(x) for x in again]
        return np.array(values), np.array([before, after, other_count(), count()])

    slips = {
        "the calls are not counted": with_count(lambda n: 0),
        "the count starts at 1": with_count(lambda n: n + 1),
        "only the first call counts: add 1 at each": with_count(lambda n: min(n, 1)),
        "two counters share one count: make it inside counted": one_for_all,
        "each call counts twice": with_count(lambda n: 2 * n),
        "the count goes down": with_count(lambda n: -n),
    }
    rng = variant(seed, "counted")
    cases = []
    for _ in range(6):
        f = valley(rng)[0]
        cases.append((f.f, np.round(rng.normal(size=rng.integers(2, 6)), 2), np.array([0.5, 0.25, 1.0])))
    return diagnose(answer, truth, cases, slips, observe=observe, parts=("the values of g", "the counts"))


def check_halvings(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `halvings(a, b, error)`: how many halvings bring the midpoint within `error` of the minimiser.

    >>> check_halvings(lambda a, b, error: ceil(log2((b - a) / error))).slip
    'this is the width; the midpoint errs by half of it at most'
    """

    def truth(a, b, error):
        return max(0, ceil(log2((b - a) / error) - 1))

    def exact(a, b, error):
        return log2((b - a) / error) - 1

    slips = {
        "this is the width; the midpoint errs by half of it at most": lambda *c: ceil(exact(*c) + 1),
        "these are calls: a halving may cost two, and the question is about halvings": (
            lambda *c: 2 * truth(*c) + 1
        ),
        "these are calls (two a halving), not halvings": lambda *c: 2 * truth(*c),
        "round up, not down": lambda *c: floor(exact(*c)),
        "round up: a halving count is a whole number": exact,
        "round up, not to the nearest": lambda *c: round(exact(*c)),
        "the fraction is upside down": lambda a, b, e: ceil(log2(e / (b - a)) - 1),
        "a halving makes 1/2 of the width: use the logarithm to base 2": lambda a, b, e: ceil(
            log((b - a) / e) - 1
        ),
        "half the width is (b - a) / 2: divide before the logarithm, or subtract 1": lambda a, b, e: ceil(
            log2((b - a) / e) + 1
        ),
    }
    rng = variant(seed, "halvings")
    cases = [(0.0, 1.0, 0.3), (0.0, 1.0, 0.125)]
    for _ in range(15):
        a, width = (round(float(v), 1) for v in (rng.normal(), rng.uniform(2, 30)))
        cases.append((a, a + width, float(f"{10 ** rng.uniform(-8, -0.5):.1e}")))
    return diagnose(answer, truth, cases, slips)


def _dichotomy(f, a, b, tol, *, anew=False, keep=lambda y, z, fy, fc: fy <= fc, end=lambda a, b: (a + b) / 2):
    c = (a + b) / 2
    fc = f(c)
    while b - a > tol:
        if anew:
            fc = f(c)
        y, z = (a + c) / 2, (c + b) / 2
        fy = f(y)
        if keep(y, z, fy, fc):
            b, c, fc = c, y, fy
            continue
        fz = f(z)
        if fc <= fz:
            a, b = y, z
        else:
            a, c, fc = c, z, fz
    return end(a, b)


def check_dichotomy(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `dichotomy(f, a, b, tol)`: the midpoint of the last bracket, in at most 2k + 1 calls.

    >>> check_dichotomy(lambda f, a, b, tol: (a + b) / 2).slip
    'this is the middle of the first bracket'
    """

    def observe(search, f, a, b, tol):
        x = search(f, a, b, tol)
        allowed = 2 * ceil(log2((b - a) / tol)) + 1
        return x, max(0, f.calls - allowed)

    slips = {
        "f(c) is measured anew in each halving: keep its value": (lambda *case: _dichotomy(*case, anew=True)),
        "this keeps the half with the larger value": (
            lambda *case: _dichotomy(*case, keep=lambda y, z, fy, fc: fy > fc)
        ),
        "this returns the left end: return the midpoint": (
            lambda *case: _dichotomy(*case, end=lambda a, b: a)
        ),
        "this returns the right end: return the midpoint": lambda *case: _dichotomy(
            *case, end=lambda a, b: b
        ),
        "this is the middle of the first bracket": lambda f, a, b, tol: (a + b) / 2,
        "it stops when the half width is at most tol: compare b - a with tol": (
            lambda f, a, b, tol: _dichotomy(f, a, b, 2 * tol)
        ),
        "it halves once too often": lambda f, a, b, tol: _dichotomy(f, a, b, tol / 2),
    }
    parts = "the midpoint", "the calls beyond 2k + 1"
    cases, missing = _valleys(seed, "dichotomy"), "how it behaves on a function with several minima"
    return diagnose(answer, _dichotomy, cases, slips, observe=observe, parts=parts, unchecked=missing)


def _split(f, a, b, t, cuts, *, per=2, larger=False):
    width = b - a
    for _ in range(cuts):
        y, z = b - t * (b - a), a + t * (b - a)
        if (f(y) <= f(z)) != larger:
            b = z
        else:
            a = y
    return ((b - a) / width) ** (1 / (per * cuts)), (a + b) / 2


def check_split(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `split(f, a, b, t, cuts)`: the pair (shrinkage per call, midpoint of the last bracket).

    >>> check_split(lambda f, a, b, t, cuts: (t, _split(f, a, b, t, cuts)[1])).slip
    'this is the shrinkage per cut: a cut costs two calls'
    """
    slips = {
        "this is the shrinkage per cut: a cut costs two calls": lambda *c: _split(*c, per=1),
        "this keeps the part with the larger value": lambda *c: _split(*c, larger=True),
        "this is the shrinkage of all cuts together: take the root": (
            lambda f, a, b, t, cuts: (t**cuts, _split(f, a, b, t, cuts)[1])
        ),
        "this keeps 1 - t of the bracket, not t": lambda f, a, b, t, cuts: (
            (1 - t) ** 0.5,
            _split(f, a, b, t, cuts)[1],
        ),
        "this is the width, not the shrinkage": lambda f, a, b, t, cuts: (
            t**cuts * (b - a),
            _split(f, a, b, t, cuts)[1],
        ),
    }
    rng = variant(seed, "split")
    cases = []
    for _ in range(12):
        f, a, b, _ = valley(rng)
        cases.append((f, a, b, round(float(rng.uniform(0.52, 0.9)), 2), int(rng.integers(2, 12))))
    return diagnose(answer, _split, cases, slips, parts=("the shrinkage per call", "the midpoint"), rtol=1e-8)


def _golden(f, a, b, tol, *, anew=False, wrong_end=False, ratio=TAU):
    y, z = b - (b - a) / ratio, a + (b - a) / ratio
    fy, fz = f(y), f(z)
    while b - a > tol:
        if (fy <= fz) != wrong_end:
            b, z, fz = z, y, fy
            y = b - (b - a) / ratio
            fy = f(y)
        else:
            a, y, fy = y, z, fz
            z = a + (b - a) / ratio
            fz = f(z)
        if anew:
            f(y)
    return (a + b) / 2


def check_golden(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `golden(f, a, b, tol)`: the midpoint of the last bracket, one call a cut.

    >>> check_golden(_dichotomy).slip
    'this is dichotomy: its bracket halves'
    """

    def observe(search, f, a, b, tol):
        x = search(f, a, b, tol)
        allowed = ceil(log((b - a) / tol) / log(TAU)) + 2
        return x, max(0, f.calls - allowed)

    slips = {
        "both points are measured anew in each cut: the surviving value is known": (
            lambda *case: _golden(*case, anew=True)
        ),
        "this keeps the part with the larger value": lambda *case: _golden(*case, wrong_end=True),
        "this is dichotomy: its bracket halves": _dichotomy,
        "it stops when half the width is at most tol": lambda f, a, b, tol: _golden(f, a, b, 2 * tol),
        "this is the middle of the first bracket": lambda f, a, b, tol: (a + b) / 2,
    }
    parts = "the midpoint", "the calls beyond k + 2"
    return diagnose(answer, _golden, _valleys(seed, "golden"), slips, observe=observe, parts=parts, rtol=1e-8)


def _guarded(x1, x2, x3, f1, f2, f3, *, inside=True, convex=True, longer=True, tau=TAU):
    left, right = (f2 - f1) / (x2 - x1), (f3 - f2) / (x3 - x2)
    u = vertex((x1, f1), (x2, f2), (x3, f3))
    if u is not None and (left < right or not convex) and (x1 < u < x3 or not inside):
        return u
    if (x3 - x2 >= x2 - x1) == longer:
        return x2 + (x3 - x2) / tau**2
    return x2 - (x2 - x1) / tau**2


def check_guarded(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `guarded(x1, x2, x3, f1, f2, f3)`: the parabola's lowest point if it helps, else a golden point.

    >>> check_guarded(lambda *triple: vertex(*zip(triple[:3], triple[3:])) or 0.0).passed
    False
    """
    slips = {
        "the vertex may lie outside (x1, x3): guard it": lambda *c: _guarded(*c, inside=False),
        "a parabola that opens downwards has its highest point at the vertex": (
            lambda *c: _guarded(*c, convex=False)
        ),
        "both guards are missing: the vertex may lie outside, or be the highest point": (
            lambda *c: _guarded(*c, convex=False, inside=False)
        ),
        "the golden point lies in the longer part": lambda *c: _guarded(*c, longer=False),
        "the golden point is (x3 - x2) / tau^2 from x2, not / tau": lambda *c: _guarded(*c, tau=TAU**0.5),
        "this is the middle of the longer part: divide by tau^2, not 2": lambda *c: _guarded(*c, tau=2**0.5),
        "the parabola is never used": lambda x1, x2, x3, *_: _guarded(x1, x2, x3, 0.0, 0.0, 0.0),
    }
    rng = variant(seed, "guarded")
    cases = [(0.0, 1.0, 3.0, 2.0, 1.0, 4.0), (0.0, 1.0, 3.0, 2.0, 2.0, 2.0), (0.0, 2.0, 3.0, 1.0, 2.0, 3.0)]
    for _ in range(30):
        x1, x2, x3 = np.cumsum(rng.uniform(0.3, 1.5, 3)) - 2
        case = (x1, x2, x3, *rng.normal(size=3))
        cases.append(tuple(round(float(v), 2) for v in case))
    return diagnose(answer, _guarded, cases, slips, rtol=1e-7)


def splits_measured(seed: int = 0) -> Table:
    """Return the shrinkage per call of some splits of (x + sin x) e^x, without and with reuse.

    >>> len(splits_measured().rows)
    5
    """
    a = -20.0 - seed % 7
    rows = []
    for t in (0.501, 0.55, 1 / TAU, 0.7, 0.9):
        shrinkage, x = _split(lambda x: (x + np.sin(x)) * np.exp(x), a, 0.0, t, 30)
        reuse = f"{t:.3f}" if t == 1 / TAU else "no point survives in place"
        rows.append([f"{t:.3f}", f"{shrinkage:.3f}", reuse, f"{x:.3f}"])
    return Table(["t", "per call, without reuse", "per call, with reuse", "midpoint after 30 cuts"], rows)
