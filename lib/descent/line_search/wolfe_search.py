"""More and Thuente's search for a step that satisfies the strong Wolfe conditions."""

from collections.abc import Callable
from typing import NamedTuple

from descent.conditions import armijo, strong_wolfe
from descent.line_search.cubic import cubic_minimiser, quadratic_minimiser, secant
from descent.line_search.ray import Trial, slope_at_zero, value_at_zero
from descent.stepwise import converged, stepwise, stopped
from descent.stepwise.checks import (
    check_not_negative,
    check_positive_finite,
    check_real,
    check_share,
    is_finite,
)

SHRINK = 0.66  # two trials must shrink the interval at least by this factor
EXTRAPOLATE = (1.1, 4.0)  # how much farther than the last step the next trial may go

CASES = {
    1: "1: higher value, so a minimiser lies before it",
    2: "2: lower value, slope changed sign, so a minimiser was passed",
    3: "3: lower value, flatter slope",
    4: "4: lower value, slope not flatter",
}


class Point(NamedTuple):
    alpha: float
    value: float
    slope: float


@stepwise(allow_nonfinite=True)
def more_thuente(
    phi: Callable,
    dphi: Callable,
    alpha0: float = 1.0,
    *,
    phi0: float | None = None,
    dphi0: float | None = None,
    c1: float = 1e-4,
    c2: float = 0.9,
    alpha_min: float = 0.0,
    alpha_max: float = 1e10,
    xtol: float = 1e-12,
    maxiter: int = 100,
):
    """Find a step that satisfies the strong Wolfe conditions.

    The search keeps an interval between its best point and another end, and puts each trial
    where cubics, parabolas and secants expect a minimiser.  Until a trial has shown enough
    decrease and a slope >= 0 (stage 1), values above the Armijo line are compared on
    psi(alpha) = phi(alpha) - c1 phi'(0) alpha, whose minimisers satisfy the conditions.

    Parameters
    ----------
    phi, dphi : callable
        The function on the ray and its slope.
    alpha0 : float
        First trial.
    phi0, dphi0 : float, optional
        phi(0) and phi'(0) where they are known.
    c1, c2 : float
        Constants of `strong_wolfe`, 0 < c1 <= c2 < 1.
    alpha_min, alpha_max : float
        Bounds of the trials.
    xtol : float
        Relative length of the interval at which the search gives up.
    maxiter : int
        Most trials.

    Returns
    -------
    Run of Trial
        Step 0 is alpha = 0; nfev counts the trials.

    Raises
    ------
    ValueError, TypeError
        If c1 > c2, a constant is out of its range, phi'(0) >= 0, or phi(0) is not finite.

    References
    ----------
    More and Thuente, Line search algorithms with guaranteed sufficient decrease, ACM TOMS
    20 (1994) 286-307: the search in section 2, the four cases in section 4.

    Examples
    --------
    >>> phi, dphi = lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2
    >>> run = more_thuente(phi, dphi, 0.1, c1=1e-3, c2=0.1)
    >>> run.nfev, round(run.alpha, 4), run.success
    (3, 1.4414, True)
    """
    _check(alpha0, c1, c2, alpha_min, alpha_max, xtol)
    start = best = end = Point(0.0, value_at_zero(phi, phi0), slope_at_zero(dphi, dphi0))
    promised = c1 * start.slope
    bracketed, stage = False, 1
    widths = 2 * (alpha_max - alpha_min), alpha_max - alpha_min
    trial, low, high = alpha0, 0.0, alpha0 + EXTRAPOLATE[1] * alpha0
    yield _frame(best, (low, high), start, "start", stage)
    while True:
        here = Point(trial, phi(trial), dphi(trial))
        if not (is_finite(here.value) and is_finite(here.slope)):
            if trial > best.alpha:
                high = alpha_max = trial  # beyond here is no place to go
            trial = (best.alpha + trial) / 2
            yield _frame(best, (min(low, trial), high), here, "not finite", stage)
            if trial in (best.alpha, here.alpha):
                return stopped("phi is not finite next to its best point: try a shorter direction")
            continue
        enough = armijo(trial, here.value, start.value, start.slope, c1)
        if stage == 1 and enough and here.slope >= 0:
            stage = 2
        if strong_wolfe(*here, start.value, start.slope, c1, c2):
            yield _frame(here, (low, high), here, "accepted", stage)
            return converged("the strong Wolfe conditions hold", slope=(abs(here.slope), -c2 * start.slope))
        failure = _at_a_bound(here, enough, promised, alpha_min, alpha_max)
        points = best, end, here
        if stage == 1 and here.value <= best.value and not enough:
            points = [Point(p.alpha, p.value - promised * p.alpha, p.slope - promised) for p in points]
        case = _case(points[0], points[2])
        trial = _propose(case, *points, bracketed, low, high)
        if case == 1:
            end = here
        elif case == 2:
            best, end = here, best
        else:
            best = here
        bracketed = bracketed or case <= 2
        if bracketed:
            width = abs(end.alpha - best.alpha)
            if width >= SHRINK * widths[0]:
                trial = best.alpha + (end.alpha - best.alpha) / 2
            widths = widths[1], width
            low, high = sorted((best.alpha, end.alpha))
        else:
            low, high = (trial + factor * (trial - best.alpha) for factor in EXTRAPOLATE)
        trial = min(max(trial, alpha_min), alpha_max)
        yield _frame(best, (low, high), here, CASES[case], stage)
        if not failure and bracketed:
            failure = _at_the_end(trial, low, high, xtol)
        if failure:
            return stopped(failure)


def _check(alpha0, c1, c2, alpha_min, alpha_max, xtol):
    check_positive_finite(alpha0=alpha0)
    check_share(c1=c1, c2=c2)
    check_real(alpha_min=alpha_min, alpha_max=alpha_max)
    check_not_negative(xtol=xtol)
    if c1 > c2:
        raise ValueError(f"c1 must not exceed c2, or no step may exist, got c1 = {c1}, c2 = {c2}")
    if not 0 <= alpha_min <= alpha0 <= alpha_max:
        raise ValueError(
            "0 <= alpha_min <= alpha0 <= alpha_max must hold, "
            f"got alpha_min = {alpha_min}, alpha0 = {alpha0}, alpha_max = {alpha_max}"
        )


def _frame(best, interval, here, case, stage) -> Trial:
    return Trial(best.alpha, best.value, interval, *here, case, stage)


def _at_a_bound(here, enough, promised, alpha_min, alpha_max) -> str:
    if here.alpha == alpha_max and enough and here.slope <= promised:
        return f"phi still falls at alpha_max = {alpha_max}: it may be unbounded below, or raise alpha_max"
    if here.alpha == alpha_min and (not enough or here.slope >= promised):
        return f"phi asks for steps below alpha_min = {alpha_min}: lower alpha_min"
    return ""


def _at_the_end(trial, low, high, xtol) -> str:
    if high - low <= xtol * high:
        return f"the interval is shorter than xtol = {xtol} times its end and no step was accepted"
    if not low < trial < high:
        return "rounding leaves no new point in the interval: this is the attainable accuracy"
    return ""


def _case(best: Point, here: Point) -> int:
    if here.value > best.value:
        return 1
    if here.slope * best.slope < 0:
        return 2
    return 3 if abs(here.slope) < abs(best.slope) else 4


def _propose(case, best, end, here, bracketed, low, high):
    """Return the next trial, from the paper's four cases."""
    (a, fa, da), (t, ft, dt) = best, here
    if case == 4:
        if bracketed:
            cubic = cubic_minimiser(end.alpha, end.value, end.slope, t, ft, dt)
            return (t + end.alpha) / 2 if cubic is None else cubic
        return high
    cubic = cubic_minimiser(a, fa, da, t, ft, dt)
    if case == 1:  # the cubic if it stays nearer to the best point, else half-way to the parabola
        parabola = quadratic_minimiser(a, fa, da, t, ft)
        if cubic is None:
            return parabola
        return cubic if abs(cubic - a) < abs(parabola - a) else (cubic + parabola) / 2
    line = secant(a, da, t, dt)
    if case == 2:  # the longer step back
        return cubic if cubic is not None and abs(cubic - t) > abs(line - t) else line
    # Case 3: the cubic may have no minimiser in the direction of the step.
    if cubic is None or (cubic - t) * (t - a) <= 0:
        cubic = high if t > a else low
    if not bracketed:
        return min(max(cubic, line, low), high)  # the farther one
    nearer = cubic if abs(cubic - t) < abs(line - t) else line
    limit = t + SHRINK * (end.alpha - t)
    return min(limit, nearer) if t > a else max(limit, nearer)
