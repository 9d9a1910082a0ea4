"""Searches that keep a bracket and cut it: dichotomy and golden section."""

from collections.abc import Callable
from dataclasses import dataclass

from descent.stepwise import Step, converged, stepwise, stopped
from descent.univariate.evidence import Measured, check_interval, check_tolerance, with_remarks

NO_NUMBERS_LEFT = "no numbers are left between the points of the bracket: tol = {} is below their spacing"


@dataclass(frozen=True)
class Bracket(Step):
    """A bracket [a, b] of the minimiser, and what was done to get it.

    Attributes
    ----------
    a, b : number
        Its ends.
    x, fun : number
        Best point measured so far and the value there.
    measured : tuple of (point, value)
        What this step measured, in order.
    rule : str
        What this step did.
    parabola : tuple of three (point, value), or ()
        The points through which this step laid a parabola.
    vertex : number or None
        Where that parabola has its vertex.
    nfev : int
        Calls of f up to and including this step.
    """

    a: float
    b: float
    x: float
    fun: float
    measured: tuple
    rule: str
    nfev: int
    parabola: tuple = ()
    vertex: float | None = None

    @property
    def width(self):
        return self.b - self.a

    def row(self) -> dict:
        new = ", ".join(f"{float(point):.6g}" for point, _ in self.measured)
        return {
            "a": self.a,
            "b": self.b,
            "width": self.width,
            "x": self.x,
            "fun": self.fun,
            "measured at": new,
            "rule": self.rule,
            "nfev": self.nfev,
        }


@stepwise
def dichotomy(f: Callable, a: float, b: float, *, tol: float = 1e-8, maxiter: int = 500):
    """Halve a bracket until it is no longer than tol.

    The midpoint c and its value are kept.  Measuring y, the middle of the left half, may
    already decide; otherwise z, the middle of the right half, does.  After k halvings the
    width is (b - a) / 2**k, f was called at most 2 k + 1 times, and x, the midpoint, is
    within half the width of the minimiser.

    Parameters
    ----------
    f : callable
        Takes and returns a number; unimodal on [a, b].
    a, b : number
        Ends of the bracket, a < b.
    tol : number
        Width of the last bracket, positive.
    maxiter : int
        Most halvings.

    Returns
    -------
    Run of Bracket
        Step k is the bracket after k halvings.

    Raises
    ------
    ValueError, TypeError
        If a >= b, an end is not finite, tol <= 0, or f does not return a number.

    References
    ----------
    Merkulov, Line search (lecture notes), Figures 2-11 and the algorithm after them.  The
    printed algorithm measures f(c) anew each time; here its value is kept.

    Examples
    --------
    >>> run = dichotomy(lambda x: (x - 2) ** 2, 0, 5, tol=0.1)
    >>> run.nit, run.nfev, run.x
    (6, 11, 1.9921875)
    """
    check_interval(a, b)
    check_tolerance(tol)
    ends = a, b
    f = Measured(f)
    c = (a + b) / 2
    fc = f(c)
    yield Bracket(a, b, c, fc, f.new(), "start", f.calls)
    while b - a > tol:
        y, z = (a + c) / 2, (c + b) / 2
        if not a < y < c < z < b:
            return stopped(NO_NUMBERS_LEFT.format(tol), width=(b - a, tol))
        fy = f(y)
        if fy <= fc:
            b, c, fc = c, y, fy
            rule = "keep the left half"
        else:
            fz = f(z)
            if fc <= fz:
                a, b = y, z
                rule = "keep the middle"
            else:
                a, c, fc = c, z, fz
                rule = "keep the right half"
        yield Bracket(a, b, c, fc, f.new(), rule, f.calls)
    message = with_remarks("the bracket is no longer than tol", f.points, ends, (a, b), tol)
    return converged(message, width=(b - a, tol))


def _lower(p: tuple, q: tuple) -> tuple:
    return p if p[1] <= q[1] else q


@stepwise
def golden_section(f: Callable, a: float, b: float, *, tol: float = 1e-8, maxiter: int = 500):
    """Shrink a bracket by the golden ratio, at the price of one call a time.

    The points y and z divide [a, b] so that the one that survives a cut divides the
    smaller bracket in the same ratio.  After k cuts the width is (b - a) / tau**k with
    tau = (1 + sqrt 5) / 2, and f was called k + 2 times.

    Parameters
    ----------
    f : callable
        Takes and returns a number; unimodal on [a, b].
    a, b : number
        Ends of the bracket, a < b.
    tol : number
        Width of the last bracket, positive.
    maxiter : int
        Most cuts.

    Returns
    -------
    Run of Bracket
        Step k is the bracket after k cuts.

    Raises
    ------
    ValueError, TypeError
        If a >= b, an end is not finite, tol <= 0, or f does not return a number.

    References
    ----------
    Kiefer, Sequential minimax search for a maximum, Proc. AMS 4 (1953); Merkulov, Line
    search (lecture notes), Figure 12 and the algorithm after it.

    Examples
    --------
    >>> run = golden_section(lambda x: (x - 2) ** 2, 0, 5, tol=0.1)
    >>> run.nit, run.nfev, round(run.x, 2)
    (9, 11, 2.0)
    """
    check_interval(a, b)
    check_tolerance(tol)
    ends = a, b
    f = Measured(f)
    tau = (1 + (5 + 0 * a) ** 0.5) / 2  # in the arithmetic of a
    y, z = b - (b - a) / tau, a + (b - a) / tau
    fy, fz = f(y), f(z)
    yield Bracket(a, b, *_lower((y, fy), (z, fz)), f.new(), "start", f.calls)
    while b - a > tol:
        # New points are computed from the ends: by reflection they lose their order.
        if fy <= fz:
            b, z, fz = z, y, fy
            y = b - (b - a) / tau
            if not a < y < z:
                return stopped(NO_NUMBERS_LEFT.format(tol), width=(b - a, tol))
            fy = f(y)
            rule = "keep the left part"
        else:
            a, y, fy = y, z, fz
            z = a + (b - a) / tau
            if not y < z < b:
                return stopped(NO_NUMBERS_LEFT.format(tol), width=(b - a, tol))
            fz = f(z)
            rule = "keep the right part"
        yield Bracket(a, b, *_lower((y, fy), (z, fz)), f.new(), rule, f.calls)
    message = with_remarks("the bracket is no longer than tol", f.points, ends, (a, b), tol)
    return converged(message, width=(b - a, tol))
