"""An endless loop in a learner's function ends after a count of instructions or calls, not by a clock."""

import pathlib
import sys
import sysconfig
from collections.abc import Callable

INSTRUCTIONS = 200_000
CALLS = 2_000

_PATHS = sysconfig.get_paths()
_LIBRARIES = (
    str(pathlib.Path(__file__).resolve().parents[1]),
    *{_PATHS[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")},
    "<frozen",
)


class OverBudget(BaseException):
    """The function ran too long; no `except Exception` of the learner swallows it."""


class Probe:
    """A function that counts its calls, and ends a search that calls it without end.

    A copy starts to count at 0, so that each attempt is counted on its own.

    >>> f = Probe(lambda x: x * x, "x^2")
    >>> f(3), f.calls, f
    (9, 1, x^2)
    """

    def __init__(self, f: Callable, text: str = "f", budget: int = CALLS):
        self.f, self.text, self.budget = f, text, budget
        self.calls, self.points = 0, []

    def __call__(self, *args):
        if self.calls == self.budget:
            raise OverBudget(f"it calls {self.text} more than {self.budget} times: does its loop end?")
        self.calls += 1
        self.points.append(args[0] if len(args) == 1 else args)
        return self.f(*args)

    def __deepcopy__(self, memo):
        return Probe(self.f, self.text, self.budget)

    def __repr__(self):
        return self.text


def limited(function: Callable, *args, instructions: int = INSTRUCTIONS):
    """Call a function, and raise OverBudget after so many of its instructions, libraries left out.

    An instruction is one of Python's byte code.  A loop inside one call of a compiled function,
    such as `sum(itertools.count())`, has none and is not seen, and a bare `except:` inside the loop
    catches what should end it.

    >>> limited(pow, 2, 5)
    32
    """
    left = instructions

    def count(frame, event, arg):
        nonlocal left
        left -= 1
        if left < 0:
            raise OverBudget(f"it ran more than {instructions} instructions: does its loop end?")
        return count

    def enter(frame, event, arg):
        if frame.f_code.co_filename.startswith(_LIBRARIES):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False  # `while True: pass` has no second line
        return count

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        return function(*args)
    finally:
        sys.settrace(before)
