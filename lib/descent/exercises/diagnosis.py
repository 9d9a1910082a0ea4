"""Comparing a learner's function with the truth, and saying in words what is wrong."""

import copy
import inspect
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Diagnosis:
    """Whether an answer holds, and a sentence that says what is wrong or what was checked."""

    passed: bool
    message: str

    def __repr__(self):
        return f"{'Correct.' if self.passed else 'Not yet.'} {self.message}"

    def __bool__(self):
        return self.passed


# What a wrong answer may look like: a name for the slip, and the truth with that slip.
COMMON_SLIPS = {
    "the sign is flipped": lambda truth: -truth,
    "a factor 2 is missing": lambda truth: truth / 2,
    "there is a factor 2 too many": lambda truth: 2 * truth,
    "it is 1 too small": lambda truth: truth - 1,
    "it is 1 too large": lambda truth: truth + 1,
    "the two numbers are swapped": lambda truth: truth[::-1] if np.ndim(truth) == 1 else truth,
    "it is always 0": lambda truth: 0 * truth,
}


def diagnose(
    answer: Callable, truth: Callable, cases: Iterable[tuple], slips: dict | None = None, rtol: float = 1e-9
) -> Diagnosis:
    """Compare a learner's function with the truth on many inputs.

    Parameters
    ----------
    answer, truth : callable
        Take the same arguments; numbers or arrays come back.
    cases : iterable of tuples
        The arguments to try; the learner's function gets copies.
    slips : dict, optional
        Names of slips that are typical here, each with a function of the same arguments
        that makes it.  A slip is named only if it explains every case.
    rtol : float
        Largest relative difference allowed.

    Examples
    --------
    >>> cases = [(1.0,), (2.0,), (3.5,)]
    >>> diagnose(lambda x: -2 * x, lambda x: 2 * x, cases)
    Not yet. For input (1.0) you return -2, the truth is 2: the sign is flipped.
    >>> diagnose(lambda x: x + x, lambda x: 2 * x, cases)
    Correct. 3 inputs agree to 9 digits.
    """
    cases = list(cases)
    answers, truths = [], []
    for case in cases:
        try:
            value = answer(*copy.deepcopy(case))
        except NotImplementedError:
            return Diagnosis(
                False, "Replace the line that raises NotImplementedError, and run the cell again."
            )
        except Exception as error:
            return Diagnosis(False, _say_error(answer, case, error))
        if value is None:
            return Diagnosis(False, "Your function returns None: end it with a return.")
        truth_value = np.asarray(truth(*case), float)
        try:
            value = np.asarray(value, float)
        except (TypeError, ValueError):
            return Diagnosis(False, f"For input ({_say(case)}) you return {value!r}, numbers are expected.")
        if value.shape != truth_value.shape:
            return Diagnosis(
                False,
                f"For input ({_say(case)}) you return shape {value.shape}, "
                f"expected is {truth_value.shape}: {_say_shape(truth_value)}.",
            )
        answers.append(value)
        truths.append(truth_value)
    wrong = [i for i in range(len(cases)) if not _close(answers[i], truths[i], rtol)]
    if not wrong:
        return Diagnosis(True, f"{len(cases)} inputs agree to {round(-np.log10(rtol))} digits.")
    first = wrong[0]
    message = (
        f"For input ({_say(cases[first])}) you return {_show(answers[first])}, "
        f"the truth is {_show(truths[first])}"
    )
    slip = _name_slip(cases, answers, truths, slips or {}, rtol)
    if slip:
        return Diagnosis(False, f"{message}: {slip}.")
    share = "" if len(wrong) == len(cases) else f" {len(cases) - len(wrong)} of {len(cases)} inputs agree."
    return Diagnosis(False, f"{message}.{share}")


def _name_slip(cases, answers, truths, slips, rtol) -> str:
    """Return the slip that explains every answer, if there is one."""
    for name, slipped in slips.items():
        if all(_close(a, np.asarray(slipped(*c), float), rtol) for a, c in zip(answers, cases, strict=True)):
            return name
    for name, slipped in COMMON_SLIPS.items():
        if all(_close(a, slipped(t), rtol) for a, t in zip(answers, truths, strict=True)):
            return name
    return ""


def _close(answer, truth, rtol) -> bool:
    return answer.shape == np.shape(truth) and np.allclose(answer, truth, rtol=rtol, atol=rtol)


def _say(case) -> str:
    return ", ".join(_show(value) if not callable(value) else "f" for value in case)


def _say_shape(value: np.ndarray) -> str:
    if value.ndim == 0:
        return "one number"
    return (
        f"{len(value)} numbers" if value.ndim == 1 else "by ".join(f"{n} " for n in value.shape) + "numbers"
    )


def _show(value) -> str:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return f"{value:.6g}" if isinstance(value, np.floating) else str(value)


def _say_error(answer, case, error) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    filename = (
        getattr(inspect.unwrap(answer), "__code__", None) and inspect.unwrap(answer).__code__.co_filename
    )
    own = [frame for frame in frames if frame.filename == filename]
    where = f" in your line {own[-1].lineno}: {own[-1].line}" if own else ""
    return f"For input ({_say(case)}) your function raised {type(error).__name__}: {error}{where}"
