"""Slips that any exercise may meet, each recognised by what it does to every answer."""

import numpy as np

# What a wrong answer may look like: a name for the slip, and the truth with that slip.
COMMON_SLIPS = {
    "it is always 0": lambda truth: 0 * truth,
    "the sign is flipped": lambda truth: -truth,
    "a factor 2 is missing": lambda truth: truth / 2,
    "there is a factor 2 too many": lambda truth: 2 * truth,
    "it is 1 too small": lambda truth: truth - 1,
    "it is 1 too large": lambda truth: truth + 1,
    "the decimals are cut off: by //, int, or an array of integers": np.trunc,
    "the decimals are cut off, downwards: by // or floor": np.floor,
    "it is rounded to whole numbers": np.round,
    "it is transposed": lambda truth: truth.T if np.ndim(truth) == 2 else np.nan * truth,
    "the two numbers are swapped": lambda truth: truth[::-1] if np.shape(truth) == (2,) else np.nan * truth,
    "the order is reversed": lambda truth: truth[::-1] if np.ndim(truth) else np.nan * truth,
}


def close(answer, truth, rtol: float) -> bool:
    """Whether two arrays agree in shape and, to the precision of their type, in value.

    >>> close(np.float32(0.1), 0.1, 1e-9), close(0.1 + 1e-7, 0.1, 1e-9)
    (True, False)
    """
    single = any(getattr(a, "dtype", float) in (np.float32, np.float16) for a in (answer, truth))
    tolerance = max(rtol, 1e-4) if single else rtol
    return np.shape(answer) == np.shape(truth) and np.allclose(answer, truth, rtol=tolerance, atol=tolerance)


def name_slip(answers: list, truths: list, agree: list, rtol: float) -> str:
    """Return the common slip that explains every answer, or an empty text.

    >>> truths = [np.array([1.0, 2.0]), np.array([3.0, 5.0])]
    >>> name_slip([3 * t for t in truths], truths, [False, False], 1e-9)
    'it is 3 times the truth'
    """
    pairs = list(zip(answers, truths, strict=True))
    if not all(np.isfinite(a).all() for a in answers):
        return "a number is not finite"
    for name, slipped in COMMON_SLIPS.items():
        if all(close(a, slipped(t), rtol) for a, t in pairs):
            return name
    if len(pairs) < 3:
        return _constants(pairs, rtol)
    if _alike(answers) and not _alike(truths):
        return "it is the same for every input"
    if agree[0] and sum(agree) == 1:
        return "it is right for the first input only"
    return _constants(pairs, rtol)


def _alike(arrays) -> bool:
    return all(np.shape(a) == np.shape(arrays[0]) and np.array_equal(a, arrays[0]) for a in arrays)


def _constants(pairs, rtol) -> str:
    """Recognise a constant factor or a constant that is added."""
    mine = np.concatenate([np.ravel(a) for a, _ in pairs]).astype(float)
    right = np.concatenate([np.ravel(t) for _, t in pairs]).astype(float)
    if len(right) < 3 or np.ptp(right) == 0:
        return ""
    top = np.argmax(np.abs(right))
    factor, shift = mine[top] / right[top], mine[top] - right[top]
    if np.allclose(mine, factor * right, rtol=rtol, atol=rtol):
        return f"it is {factor:.4g} times the truth"
    if np.allclose(mine, right + shift, rtol=rtol, atol=rtol):
        return f"it is {abs(shift):.4g} too {'large' if shift > 0 else 'small'}"
    return ""


def show(value, digits: int = 6) -> str:
    """Return a value as a learner reads it, and may copy it: in one line, with six digits.

    >>> show(np.float64(1) / 3), show(2), show(np.array([[1, 0.5], [2, 3]]))
    ('0.333333', '2', '[[1, 0.5], [2, 3]]')
    """
    if isinstance(value, np.ndarray) and value.ndim and value.size < 50:
        return "[" + ", ".join(show(part, digits) for part in value) + "]"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return f"{value:.{digits}g}" if isinstance(value, np.floating) else str(value)


def show_both(value, other) -> tuple[str, str]:
    """Return two values that differ with as many digits as show it.

    >>> show_both(np.float64(0.1), np.float64(0.2)), show_both(np.float64(0.1), np.float64(0.1000000012))
    (('0.1', '0.2'), ('0.1', '0.1000000012'))
    """
    for digits in (6, 12, 17):
        both = show(value, digits), show(other, digits)
        if both[0] != both[1]:
            break
    return both
