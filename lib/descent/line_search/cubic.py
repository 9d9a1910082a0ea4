"""The steps that interpolation proposes: from values and slopes at two points."""

import math


def cubic_minimiser(a, fa, da, b, fb, db):
    """Return where the cubic through two values and two slopes has its minimiser.

    With t = (x - a) / (b - a) the cubic's slope is da - 2 (da + theta) t + (da + db + 2 theta) t^2,
    theta = 3 (fa - fb) / (b - a) + da + db; of its two roots the minimiser is the one at
    which it rises.

    Parameters
    ----------
    a, b : float
        Two different points, in any order.
    fa, fb, da, db : float
        Values and slopes there.

    Returns
    -------
    float or None
        None if the cubic has no minimiser.

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), formula (3.59).

    Examples
    --------
    >>> cubic_minimiser(0.0, 0.0, -3.0, 2.0, 2.0, 9.0)  # x^3 - 3x
    1.0
    """
    theta = 3 * (fa - fb) / (b - a) + da + db
    scale = max(abs(theta), abs(da), abs(db))  # keeps the squares from overflowing
    if scale == 0 or not math.isfinite(scale):
        return None
    radicand = (theta / scale) ** 2 - (da / scale) * (db / scale)
    if radicand <= 0:
        return None
    gamma = math.copysign(scale * math.sqrt(radicand), b - a)
    middle = da + theta
    # Of two equal formulas, the one whose sum does not cancel.
    numerator, denominator = (
        (middle + gamma, middle + theta + db) if middle * gamma > 0 else (da, middle - gamma)
    )
    if denominator == 0:
        return None
    return a + numerator / denominator * (b - a)


def quadratic_minimiser(a, fa, da, b, fb):
    """Return the vertex of the parabola through two values and the slope at a.

    >>> quadratic_minimiser(0.0, 0.0, -2.0, 3.0, 3.0)
    1.0
    """
    return a + da / ((fa - fb) / (b - a) + da) / 2 * (b - a)


def secant(a, da, b, db):
    """Return where the line through two slopes is 0.

    >>> secant(0.0, -2.0, 3.0, 4.0)
    1.0
    """
    return b + db / (db - da) * (a - b)
