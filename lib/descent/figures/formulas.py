"""The lines of a Wengert list, written in text, as formulas that Matplotlib sets."""

import re
import unicodedata
from functools import lru_cache

from matplotlib.mathtext import MathTextParser

DOT, BAR = "\u0307", "\u0304"
ACCENTS = {DOT: r"\dot", BAR: r"\bar"}
OPERATORS = {"ln", "sin", "cos", "tan", "tanh", "sinh", "cosh", "exp", "arctan"}
SIGNS = {"×": r"\times", "ᵀ": r"^\top", "∂": r"\partial ", "…": r"\dots"}
NAME = re.compile(rf"([A-Za-z])([{DOT}{BAR}]?)([A-Za-z_]*?)(?:_\{{(-?\w+)\}}|(_?)(\d+))?(?![A-Za-z0-9_{{])")
OPERAND = r"[A-Za-z](?:_\{[^{}]*\}|_\d+)?|\d[\d.]*"
ROOT = re.compile(rf"√({OPERAND}|\([^()]*\))")
POWER = re.compile(rf"\^(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|({OPERAND}))")
EXPONENT = re.compile(r"(?<=\d)e([+-]?)0*(\d+)")
INSIDE = r"[^{}_^]*(?:_\{-?\w+\})?[^{}_^]*"
SOUND = re.compile(rf"(?:[A-Za-z0-9 =+\-/*(),.:|\[\]]|[_^]\{{{INSIDE}\}}|\\[a-z]+(?:\{{{INSIDE}\}})?|\\,)*")
DOUBLE = re.compile(r"\^\{[^{}]*\}\^|_\{[^{}]*\}_")
PARSER = MathTextParser("path")


@lru_cache(maxsize=4096)
def formula(text: str) -> str:
    r"""Return a line such as "v̇_1 = v̇_{-1} / v_{-1}" between dollar signs, for Matplotlib's mathtext.

    What mathtext cannot set stays as it is.

    Parameters
    ----------
    text : str
        From a `WengertList`'s table or frames.

    Examples
    --------
    >>> print(formula("v_2 = v_{-1} × v_0"))
    $v_{2} = v_{-1} \times v_{0}$
    """
    if not text:
        return ""
    body = EXPONENT.sub(lambda e: rf"×10^({e[1].strip('+')}{e[2]})", unicodedata.normalize("NFD", text))
    body = POWER.sub(lambda power: f"^{{{power[1] or power[2]}}}", body)
    body = ROOT.sub(r"SQRT{\1}", body)
    body = NAME.sub(_name, body).replace("SQRT{", r"\sqrt{")
    for sign, command in SIGNS.items():
        body = body.replace(sign, command)
    return f"${body}$" if _can_be_set(body) else text.replace("$", r"\$")


def _can_be_set(body: str) -> bool:
    """Return whether mathtext takes a formula: plain ones need no trial, which takes long."""
    if SOUND.fullmatch(body) and "{}" not in body and not DOUBLE.search(body):
        return True
    try:
        PARSER.parse(f"${body}$")
    except ValueError:
        return False
    return True


def _name(found: re.Match) -> str:
    """Write one name: a letter is a variable, a word is upright, trailing digits are an index."""
    first, accent, rest, braced, line, digits = found.groups()
    index = braced if braced is not None else digits
    word = first + rest.rstrip("_")
    if word == "SQRT":
        return found[0]
    if len(word) > 1 and not accent and not line and braced is None:  # a function, such as ln or arctan2
        if word in OPERATORS and not digits:
            return f"\\{word}"
        space = r"\," if found.string[found.end() : found.end() + 1] == " " else ""
        return rf"\mathrm{{{_words(word)}{digits or ''}}}{space}"
    head = word if len(word) == 1 else rf"\mathrm{{{_words(word)}}}"
    if accent:
        head = f"{ACCENTS[accent]}{{{head}}}"
    return head if index is None else f"{head}_{{{index}}}"


def _words(name: str) -> str:
    return name.replace("_", r"\ ")
