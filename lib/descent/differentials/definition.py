"""The definition of the differential, measured: f(X + H) - f(X) - D[H] against the length of H."""

from dataclasses import dataclass

import numpy as np

from descent.differentials.expressions import Expression
from descent.matrix_calculus.checks import line_value, random_point
from descent.matrix_calculus.evaluation import evaluate
from descent.stepwise import Step

LENGTHS = np.logspace(-8, 0, 65)


@dataclass(frozen=True)
class Remainder(Step):
    """What D[H] leaves of f(X + H) - f(X), for one X and one direction of H.

    Attributes
    ----------
    text : str
        The expression.
    lengths, remainders : arrays, shape (65,)
        Lengths ||H|| from 1e-8 to 1 and the (norm of the) remainder at each.
    rate : float
        ||D[H]|| / ||H||.
    length, change, linear, left : float
        The chosen ||H||; ||f(X + H) - f(X)||, ||D[H]|| and the remainder there.
    factor : float
        By which D was multiplied: 1 is right.
    """

    text: str
    lengths: np.ndarray
    remainders: np.ndarray
    rate: float
    length: float
    change: float
    linear: float
    left: float
    factor: float


def remainder(expression: Expression, length: float, factor: float = 1.0, rng=0) -> Remainder:
    """Measure f(X + H) - f(X) - D[H] at a random X in a random direction.

    Parameters
    ----------
    expression : Expression
        What f is; D is read off its derivation.
    length : float
        ||H||, positive.
    factor : float
        D is multiplied by it; anything but 1 makes it wrong.
    rng : Generator or seed
        For X and the direction.

    Returns
    -------
    Remainder

    Raises
    ------
    ValueError
        If the length is not positive.

    References
    ----------
    Merkulov, Matrix calculus (lecture notes), "Differentials".

    Examples
    --------
    >>> square = Expression("x'*x", "x", {"x": "n"})
    >>> measured = remainder(square, 0.1)
    >>> round(measured.left, 12)  # (x + h)'(x + h) - x'x - 2x'h = h'h
    0.01
    """
    if not length > 0:
        raise ValueError(f"length must be positive, got length = {length}")
    derivation = expression.derivation().finish()
    name, z = derivation.variable.name, derivation.dx.name
    last = [line for line in derivation if line.phase != "hessian"][-1]

    def near(values):
        return [evaluate(derivation.expression, values), line_value(last, values, derivation)]

    values = random_point(derivation, np.random.default_rng(rng), near)
    x, direction = values[name], values[z] / np.linalg.norm(values[z])
    at_x, slope = near(values | {z: direction})

    def measure(t):
        with np.errstate(all="ignore"):
            change = evaluate(derivation.expression, values | {name: x + t * direction}) - at_x
        return float(np.linalg.norm(change)), float(np.linalg.norm(change - factor * t * slope))

    remainders = np.array([measure(t)[1] for t in LENGTHS])
    change, left = measure(length)
    rate = float(np.linalg.norm(factor * slope))
    return Remainder(expression.text, LENGTHS, remainders, rate, length, change, rate * length, left, factor)
