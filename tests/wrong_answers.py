"""Wrong answers that can be made for every exercise, from the right one."""

import copy
import re
from collections.abc import Callable

import numpy as np


def changed(change: Callable) -> Callable:
    """Return what makes a wrong answer from a right one by changing every number it returns."""

    def apply(value):
        if isinstance(value, tuple | list):
            return type(value)(apply(v) for v in value)
        if isinstance(value, dict):
            return {key: apply(v) for key, v in value.items()}
        if isinstance(value, bool | np.bool_):
            return not value
        if callable(value):
            return lambda *args: apply(value(*args))
        return change(np.asarray(value, float)) if not np.isscalar(value) else change(value)

    def make(solution):
        return lambda *args: apply(solution(*args))

    return make


def stub(solution):
    def answer(*args):
        raise NotImplementedError("not done yet")

    return answer


def hard_coded(solution):
    """Answer every input with the answer to the first one."""
    kept = []

    def answer(*args):
        kept.append(solution(*copy.deepcopy(args))) if not kept else solution(*args)
        return kept[0]

    return answer


def endless(solution):
    def answer(*args):
        while True:
            pass

    return answer


# What makes a wrong answer to any exercise from the right one, and what the diagnosis says.
USUAL = {
    "stub": (stub, "NotImplementedError"),
    "nothing returned": (lambda solution: lambda *args: None, "returns None|None"),
    "endless loop": (endless, "does its loop end"),
    "zero": (changed(lambda v: 0 * v), "always 0"),
    "sign": (changed(lambda v: -v), "sign is flipped"),
    "factor 2": (changed(lambda v: 2 * v), "factor 2"),
    "off by one": (changed(lambda v: v + 1), "1 too large"),
    "hard-coded visible case": (hard_coded, "same for every input|first input only|shape"),
}
TRANSPOSED = "transposed", changed(lambda v: v.T if np.ndim(v) == 2 else v), "transposed"
IN_NOTEBOOKS = USUAL | {
    "half": (changed(lambda v: v / 2), "factor 2 is missing"),
    "another shape": (changed(lambda v: np.asarray(v)[..., None]), "expected is"),
}


def assert_refused(checker: Callable, right: Callable, *, renamed: dict | None = None):
    """Assert that the checker of a notebook refuses each usual wrong answer and says why.

    `renamed` has other words, a pattern, where the exercise has a better name for an error.
    """
    for name, (make, words) in IN_NOTEBOOKS.items():
        found = checker(make(right))
        assert not found.passed, name
        assert re.search((renamed or {}).get(name, words), found.message), f"{name}: {found}"
