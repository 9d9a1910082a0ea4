"""Searches that go to the vertex of a parabola: free, guarded, and Brent's hybrid."""

import math
from collections.abc import Callable

import numpy as np

from descent.stepwise import converged, stepwise, stopped
from descent.stepwise.checks import check_number, is_finite
from descent.univariate.evidence import EPSILON, Measured, check_interval, check_tolerance, with_remarks
from descent.univariate.sections import Bracket

GOLDEN = (3 - 5**0.5) / 2  # 1 - 1 / tau, the smaller part of a golden section


def vertex(p: tuple, q: tuple, r: tuple):
    """Return the abscissa of the vertex of the parabola through three points.

    Parameters
    ----------
    p, q, r : pairs (x, f)
        The points; the formula is centred at q, the best of them.

    Returns
    -------
    number or None
        None when the three points lie on a line, or two of them coincide; infinity when a
        number on the way to it is too large.

    References
    ----------
    Merkulov, Line search (lecture notes), successive parabolic interpolation.

    Examples
    --------
    >>> vertex((0, 4), (1, 1), (3, 1))
    2.0
    """
    (x1, f1), (x2, f2), (x3, f3) = p, q, r
    with np.errstate(all="ignore"):  # a vertex beyond all numbers is for the caller to refuse
        d1, d3 = x2 - x1, x2 - x3
        denominator = 2 * (d1 * (f2 - f3) - d3 * (f2 - f1))
        if denominator == 0:
            return None
        if not is_finite(denominator):
            return math.inf
        # d1 * d1, not d1**2: a power is rounded differently when the unit of x changes
        u = x2 - (d1 * d1 * (f2 - f3) - d3 * d3 * (f2 - f1)) / denominator
        return u if is_finite(u) else math.inf


@stepwise
def parabolic(
    f: Callable,
    a: float,
    b: float,
    c: float,
    *,
    tol: float = 1e-8,
    safeguard: bool = True,
    maxiter: int = 500,
):
    """Go to the vertex of the parabola through three points, again and again.

    Without the safeguard each parabola goes through the last three points: of order 1.3247
    near a minimiser with f'' > 0, and without any promise elsewhere.  With it, each goes
    through the best three points, and its vertex is taken only inside the bracket and when
    the step is shorter than half the step before last; otherwise a golden step is made.

    Parameters
    ----------
    f : callable
        Takes and returns a number.
    a, b, c : number
        a < b < c with f(b) <= f(a) and f(b) <= f(c), as `bracket` finds them.
    tol : number
        The least step, positive.  With the safeguard, x ends within 2 tol of the minimiser
        of a unimodal f.
    safeguard : bool
        Whether to guard the iteration.
    maxiter : int
        Most new points.

    Returns
    -------
    Run of Bracket
        Step k has k + 3 calls behind it.

    Raises
    ------
    ValueError, TypeError
        If the triple brackets no minimum, tol <= 0, or f does not return a number.

    References
    ----------
    Brent, Algorithms for minimization without derivatives (1973), chapter 5; order 1.3247,
    the root of t^3 = t + 1: there, chapter 3.

    Examples
    --------
    >>> run = parabolic(lambda x: x**2 + x**3, -0.5, 0.25, 1, tol=1e-6)
    >>> run.nfev, round(run.x, 6) + 0.0, run.success
    (13, 0.0, True)
    """
    for name, value in (("a", a), ("b", b), ("c", c)):
        check_number(name, value)
    if not a < b < c:
        raise ValueError(f"a, b, c must increase, got a = {a}, b = {b}, c = {c}")
    check_interval(a, c)
    check_tolerance(tol)
    f = Measured(f)
    triple = [(x, f(x)) for x in (a, b, c)]
    if triple[1][1] > min(triple[0][1], triple[2][1]):
        raise ValueError(
            f"a, b, c must bracket a minimum, f(b) <= f(a) and f(b) <= f(c), got f({a}) = {triple[0][1]}, "
            f"f({b}) = {triple[1][1]}, f({c}) = {triple[2][1]}: bracket(f, {b}) finds such points"
        )
    yield Bracket(a, c, *triple[1], f.new(), "start", f.calls)
    if not safeguard:
        return (yield from free_parabolas(f, triple, tol))
    best_first = sorted(triple, key=lambda point: point[1])
    return (yield from guarded_parabolas(f, a, c, best_first, c - a, tol))


@stepwise
def brent(f: Callable, a: float, b: float, *, tol: float = 1e-8, maxiter: int = 500):
    """Find a minimiser by parabolas where they work and golden sections where they do not.

    Brent's hybrid starts from one golden point of [a, b] and then goes on as the guarded
    parabolic interpolation does: superlinear on smooth functions, and on others nearly as
    safe as the golden section.

    Parameters
    ----------
    f : callable
        Takes and returns a number; unimodal on [a, b].
    a, b : number
        Ends of the bracket, a < b; f is not called there.
    tol : number
        The least step, positive.  x ends within 2 tol of the minimiser.
    maxiter : int
        Most new points.

    Returns
    -------
    Run of Bracket
        Step k has k + 1 calls behind it.

    Raises
    ------
    ValueError, TypeError
        If a >= b, an end is not finite, tol <= 0, or f does not return a number.

    References
    ----------
    Brent, Algorithms for minimization without derivatives (1973), chapter 5.

    Examples
    --------
    >>> run = brent(lambda x: x**4 - 3 * x**3 + 2, 1, 4)
    >>> run.nfev, round(run.x, 6)
    (13, 2.25)
    """
    check_interval(a, b)
    check_tolerance(tol)
    f = Measured(f)
    x = a + GOLDEN * (b - a)
    start = (x, f(x))
    yield Bracket(a, b, *start, f.new(), "start", f.calls)
    return (yield from guarded_parabolas(f, a, b, [start] * 3, 0, tol))


def free_parabolas(f, triple, tol):
    """Iterate on the last three points, wherever they go."""
    first, middle, last = triple
    p, q, r = first, last, middle  # r is the newest point: the best of the bracket
    best = middle
    while True:
        u = vertex(p, r, q)
        if u is None:
            return stopped(
                "the last three points lie on a line, so no parabola has a vertex: turn the safeguard on, "
                "or stop earlier (a larger tol)"
            )
        step = abs(u - r[0])
        if not is_finite(u):
            return stopped("the vertex of the parabola is infinitely far away: turn the safeguard on")
        if step <= tol:
            rounding = 4 * EPSILON * (abs(best[1]) + abs(middle[1]))
            if r[1] - best[1] > rounding:  # curvature would not do: so near, it is rounding itself
                return stopped(
                    f"the iteration settled at {float(r[0]):.6g}, a maximum or at least not the lowest "
                    "point measured: turn the safeguard on",
                    step=(step, tol),
                )
            message = with_remarks("the step is no longer than tol", f.points, None, None, tol)
            return converged(message, step=(step, tol))
        through = (p, q, r)
        p, q, r = q, r, (u, f(u))
        best = min(best, r, key=lambda point: point[1])
        xs = (p[0], q[0], r[0])
        yield Bracket(min(xs), max(xs), *best, f.new(), "parabola", f.calls, through, u)


def guarded_parabolas(f, a, b, best_first, before_last, tol):
    """Take the parabola's vertex where it is safe, else a golden step.

    x, w, v are the best, second best and third best points with their values.
    `before_last` is the length of the step before last.
    """
    ends = a, b
    x, w, v = best_first
    last = before_last
    least = _least_step(x[0], tol)
    while abs(x[0] - (a + b) / 2) > 2 * least - (b - a) / 2:
        towards_middle = least if x[0] < (a + b) / 2 else -least
        through = (v, x, w) if v != x != w != v else ()
        proposal = u = vertex(*through) if through else None
        if u is not None and a < u < b and abs(u - x[0]) < before_last / 2:
            rule = "parabola"
            before_last, last = last, abs(u - x[0])
            if min(u - a, b - u) < 2 * least:
                u = x[0] + towards_middle
        else:
            rule = "golden section"
            larger_part = (b if towards_middle > 0 else a) - x[0]
            u = x[0] + GOLDEN * larger_part
            before_last, last = abs(larger_part), abs(u - x[0])
        if abs(u - x[0]) < least:  # values at nearer points would differ by rounding only
            rule += ", least step"
            u = x[0] + (least if u > x[0] else -least if u < x[0] else towards_middle)
        u = (u, f(u))
        if u[1] <= x[1]:
            a, b = (a, x[0]) if u[0] < x[0] else (x[0], b)
            x, w, v = u, x, w
        else:
            a, b = (u[0], b) if u[0] < x[0] else (a, u[0])
            if u[1] <= w[1] or w == x:
                w, v = u, w
            elif u[1] <= v[1] or v in (x, w):
                v = u
        least = _least_step(x[0], tol)
        yield Bracket(a, b, *x, f.new(), rule, f.calls, through, proposal)
    measure = {"distance_to_the_far_end": (max(x[0] - a, b - x[0]), 2 * tol)}
    if least > tol:
        return stopped(f"tol = {tol} is below the spacing of numbers near x", **measure)
    return converged(with_remarks("both ends are within 2 tol of x", f.points, ends, (a, b), tol), **measure)


def _least_step(x, tol):
    """Return tol, or what moves x noticeably if tol does not."""
    if isinstance(x, float):
        return max(tol, 4 * EPSILON * abs(x))
    while x + tol / 4 == x:  # whatever the arithmetic of x
        tol = 2 * tol
    return tol
