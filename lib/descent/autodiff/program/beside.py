"""A function's list and the program of its gradient, side by side."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff.program.compiled import compile_grad
from descent.autodiff.wengert import wengert

END = "except Exception"


@dataclass(frozen=True)
class Beside:
    """The rows of a list as Python, and the lines of the program without its guards.

    Attributes
    ----------
    rows : tuple of str
        One for each operation, as "v1 = np.log(x1)".
    adjoints : int
        Lines of the reverse sweep over them.
    lines : tuple of str
        Of the program of value and gradient.
    value : float
    gradients : tuple of float
    """

    rows: tuple
    adjoints: int
    lines: tuple
    value: float
    gradients: tuple


def beside(f: Callable, *x) -> Beside:
    """Return a function's list at a point and the program of its gradient.

    Parameters
    ----------
    f : callable
        Of numbers, in plain NumPy; returns a number.
    *x : float
        The point.

    Examples
    --------
    >>> beside(lambda x1, x2: np.log(x1) * x2, 1.0, 2.0).lines
    ('v1 = log(x1)', 'return x2 * v1, (x2 / x1, v1)')
    """
    trace = wengert(f, *x)
    space = {"np": np}
    exec(trace.source, space)  # the library's own text: the list as a function
    program = compile_grad(space["f"], *x)
    value, gradients = program(*x)
    rows = tuple(line.strip() for line in trace.source.splitlines()[1:])
    adjoints = len(trace.reverse())
    return Beside(rows, adjoints, lines_of(program.source), float(value), tuple(map(float, gradients)))


def lines_of(source: str) -> tuple:
    """Return the lines of a program between its guards and its end.

    >>> lines_of("# no program, the list is used: why")
    ('# no program, the list is used: why',)
    """
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    if "except" not in source:
        return tuple(lines)
    start = max(k for k, line in enumerate(lines) if line.startswith("return elsewhere")) + 1
    return tuple(lines[start : next(k for k, line in enumerate(lines) if line.startswith(END))])
