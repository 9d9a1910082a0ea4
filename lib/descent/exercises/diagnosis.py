"""Comparing a learner's function with the truth, and saying in words what is wrong."""

import copy
import inspect
import traceback
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from descent.exercises.budget import INSTRUCTIONS, OverBudget, limited
from descent.exercises.slips import close, name_slip, show, show_both


@dataclass(frozen=True)
class Diagnosis:
    """Whether an answer holds, and a sentence that says what is wrong or what was checked.

    `slip` is the name of the error, where the checker knows one.
    """

    passed: bool
    message: str
    slip: str = ""

    def __repr__(self):
        verdict = "Correct." if self.passed else "Not done yet." if self.slip == STUB else "Not yet."
        return f"{verdict} {self.message}"

    def __bool__(self):
        return self.passed

    def require(self):
        """Raise AssertionError with the diagnosis unless the answer passed: for marks."""
        if not self.passed:
            raise AssertionError(repr(self))


STUB = "not done yet"
HINTS = {  # what an error of NumPy's usually means here
    "truth value of an array": "Entry by entry it is np.maximum(a, b), np.where(condition, a, b)",
    "does not have enough dimensions": "u @ v of two vectors is a number; the matrix u v' is np.outer(u, v)",
}


class _RefusedError(Exception):
    """An answer that cannot be compared: the message says why."""

    def __init__(self, message: str, slip: str):
        super().__init__(message)
        self.slip = slip


def variant(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one exercise in the variant `seed` of the homework.

    >>> first, again, other = variant(0, "armijo"), variant(0, "armijo"), variant(1, "armijo")
    >>> number = first.random()
    >>> number == again.random(), number == other.random()
    (True, False)
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def diagnose(
    answer: Callable,
    truth: Callable,
    cases: Iterable[tuple],
    slips: dict | None = None,
    rtol: float = 1e-9,
    *,
    observe: Callable | None = None,
    parts: tuple[str, ...] = ("",),
    unchecked: str = "",
    instructions: int = INSTRUCTIONS,
) -> Diagnosis:
    """Compare a learner's function with the truth on many inputs.

    Parameters
    ----------
    answer, truth : callable
        Take the same arguments; numbers or arrays come back, or one for each of `parts`.
    cases : iterable of tuples
        The arguments to try; every function gets copies.
    slips : dict, optional
        Names of slips that are typical here, each with a function of the same arguments
        that makes it.  A slip is named only if it explains every case.
    rtol : float
        Largest relative difference allowed; float32 answers may differ by 1e-4.
    observe : callable, optional
        `observe(function, *case)` calls the function and returns what is compared, such as a
        result and its number of calls.  By default, what the function returns.
    parts : tuple of str
        The names of the parts, if more than one thing is compared.
    unchecked : str
        What the check does not look at; the learner is told.
    instructions : int
        How long the learner's function may run in one case, counted, not timed.

    Returns
    -------
    Diagnosis
        True or false, with a message.

    Examples
    --------
    >>> cases = [(1.0,), (2.0,), (3.5,)]
    >>> diagnose(lambda x: -2 * x, lambda x: 2 * x, cases)
    Not yet. For input (1.0) you return -2, the truth is 2: the sign is flipped.
    >>> diagnose(lambda x: x + x, lambda x: 2 * x, cases, unchecked="complex numbers")
    Correct. 3 inputs agree to 9 digits. Not checked: complex numbers.
    """
    if not callable(answer):
        text = f"The check wants your function itself, without brackets behind its name, not {answer!r:.50}."
        return Diagnosis(False, text, "form")
    cases = list(cases)
    look = observe or _plainly
    truths = [_parts(look(truth, *copy.deepcopy(case)), parts) for case in cases]
    answers = []
    for case, expected in zip(cases, truths, strict=True):
        try:
            seen = _attempt(answer, look, case, parts, instructions)
            for name, value, target in zip(parts, seen, expected, strict=True):
                _agree_in_shape(name, value, target, case, rtol)
        except _RefusedError as refused:
            return Diagnosis(False, str(refused), refused.slip)
        answers.append(seen)
    for k, name in enumerate(parts):
        mine, right = [a[k] for a in answers], [t[k] for t in truths]
        agree = [close(a, t, rtol) for a, t in zip(mine, right, strict=True)]
        if not all(agree):
            named = _explaining(look, slips or {}, cases, answers, truths, k, rtol, observe is None, parts)
            named = named or _swapped(answers, truths, parts, rtol) or name_slip(mine, right, agree, rtol)
            return _wrong(name, cases, mine, right, agree, named)
    digits = round(-np.log10(rtol)) if all(_full(a) for seen in answers for a in seen) else 4
    rest = f" Not checked: {unchecked}." if unchecked else ""
    also = f", {' and '.join(parts)}" if len(parts) > 1 else ""
    return Diagnosis(True, f"{len(cases)} inputs agree to {digits} digits{also}.{rest}")


def _attempt(answer, look, case, parts, instructions) -> list:
    """Call the learner's function on copies; return the arrays to compare."""
    returned = []

    def noted(*args):
        returned.append(answer(*args))
        return returned[-1]

    try:
        with np.errstate(all="ignore"):
            value = limited(look, noted, *copy.deepcopy(case), instructions=instructions)
    except NotImplementedError:
        text = "Replace the line that raises NotImplementedError, and run the cell again."
        raise _RefusedError(text, STUB) from None
    except OverBudget as error:
        raise _RefusedError(
            f"For input ({_say(case)}) your function was stopped: {error}", "endless"
        ) from None
    except Exception as error:
        _refuse_none(*returned[-1:])
        if returned and not _own_frames(answer, error):  # the check stumbles over what came back
            text = (
                f"For input ({_say(case)}) you return {returned[-1]!r:.60}, not the form asked for: {error}."
            )
            raise _RefusedError(text, "form") from None
        raise _RefusedError(_say_error(answer, case, error), "exception") from None
    _refuse_none(value[0] if isinstance(value, tuple) and value else value)
    try:
        found = _parts(value, parts)
    except (TypeError, ValueError, AttributeError):
        more = len(parts) > 1 and look is _plainly
        wanted = f"{len(parts)} things, {' and '.join(parts)}, are" if more else "numbers are"
        given = value if look is _plainly or not returned else returned[-1]
        text = f"For input ({_say(case)}) you return {given!r:.60}, {wanted} expected."
        raise _RefusedError(text, "form") from None
    return found


def _plainly(function, *case):
    return function(*case)


def _refuse_none(*values):
    if values and values[0] is None:
        text = "Your function returns None: end it with a return (print only shows a value)."
        raise _RefusedError(text, "None")


def _parts(value, parts) -> list:
    """Return what came back as real arrays, one for each part."""
    values = [value] if len(parts) == 1 else list(value)
    if len(values) != len(parts):
        raise ValueError("another number of parts")
    arrays = [np.asarray(v) for v in values]
    if any(a.dtype.kind not in "biuf" for a in arrays):
        raise TypeError("real numbers are expected")
    return [a if a.dtype in (np.float32, np.float16) else a.astype(float) for a in arrays]


def _full(array) -> bool:
    return array.dtype == float


def _agree_in_shape(name, value, target, case, rtol):
    if value.shape == target.shape:
        return
    where = f"In {name}: for" if name else "For"
    if value.shape == target.shape[::-1] and close(value.T, target, rtol):
        slip = "it is transposed"
    else:
        slip = _say_shape(target)
    text = f"{where} input ({_say(case)}) you return shape {value.shape}, expected is {target.shape}: {slip}."
    raise _RefusedError(text, slip if "transposed" in slip else "shape")


def _explaining(look, slips, cases, answers, truths, k, rtol, separable, parts) -> str:
    """Return the typical slip that explains every answer: all its parts, else the one part that is wrong."""
    loose, places = "", range(len(parts))
    right = [all(close(a[j], t[j], rtol) for a, t in zip(answers, truths, strict=True)) for j in places]
    for name, slipped in slips.items():
        try:
            with np.errstate(all="ignore"):
                seen = [_parts(look(slipped, *copy.deepcopy(case)), parts) for case in cases]
        except (ArithmeticError, ValueError, TypeError, IndexError, np.linalg.LinAlgError, OverBudget):
            continue

        same = [all(close(a[j], s[j], rtol) for a, s in zip(answers, seen, strict=True)) for j in places]
        if all(same):
            return name
        if separable and not loose and same[k] and all(right[j] for j in places if j != k):
            loose = name
    return loose


def _swapped(answers, truths, parts, rtol) -> str:
    """Say that a pair stands in the other order, if this explains every answer."""
    if len(parts) != 2:
        return ""
    pairs = zip(answers, truths, strict=True)
    same = all(close(a[0], t[1], rtol) and close(a[1], t[0], rtol) for a, t in pairs)
    return f"the two are swapped, {parts[0]} comes first" if same else ""


def _wrong(name, cases, mine, right, agree, slip) -> Diagnosis:
    first = agree.index(False)
    where = f"In {name}: for" if name else "For"
    given, target = show_both(mine[first], right[first])
    text = f"{where} input ({_say(cases[first])}) you return {given}, the truth is {target}"
    share = f" {sum(agree)} of {len(agree)} inputs agree." if any(agree) else ""
    pairs = [(a, t) for a, t in zip(mine, right, strict=True) if t.size]
    error = max(np.max(np.abs(a - t)) / (np.max(np.abs(t)) or 1.0) for a, t in pairs)
    if not slip and 0 < error < 1e-3:
        share += f" All agree to {round(-np.log10(error))} digits: is something rounded or approximated?"
    return Diagnosis(False, f"{text}: {slip}.{share}" if slip else f"{text}.{share}", slip)


def _say(case) -> str:
    return ", ".join("f" if inspect.isroutine(value) else show(value) for value in case)


def _say_shape(value: np.ndarray) -> str:
    if value.ndim == 0:
        return "one number"
    return " by ".join(str(n) for n in value.shape) + (" number" if value.shape == (1,) else " numbers")


def _say_error(answer, case, error) -> str:
    own = _own_frames(answer, error)
    where = f" in your line {own[-1].lineno}: {own[-1].line}" if own else ""
    hint = next((f". {hint}" for words, hint in HINTS.items() if words in str(error)), "")
    return f"For input ({_say(case)}) your function raised {type(error).__name__}: {error}{where}{hint}"


def _own_frames(answer, error) -> list:
    """Return where in the learner's own code an exception was raised."""
    code = getattr(inspect.unwrap(answer), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if code and frame.filename == code.co_filename]
