"""How operations are written: v_1 = ln v_{-1}, in text, in numbers and in LaTeX.

In the patterns {0} and {1} are the operands, {y} is the result, {d} the tangent of an
operand (forward) or the adjoint of the result (reverse).
"""

import re
from typing import NamedTuple

import numpy as np


class Pattern(NamedTuple):
    value: str
    reverse: tuple = ()  # what the adjoint of each operand receives
    forward: tuple = ()  # the terms of the tangent, where they are written otherwise


PATTERNS = {
    "add": Pattern("{0} + {1}", ("{d} × 1", "{d} × 1"), ("{d}", "{d}")),
    "subtract": Pattern("{0} - {1}", ("{d} × 1", "{d} × (-1)"), ("{d}", "-{d}")),
    "multiply": Pattern("{0} × {1}", ("{d} × {1}", "{d} × {0}")),
    "divide": Pattern("{0} / {1}", ("{d} / {1}", "{d} × (-{y} / {1})")),
    "negative": Pattern("-{0}", ("{d} × (-1)",), ("-{d}",)),
    "power": Pattern("{0}^{1}", ("{d} × {1} × {0}^({1} - 1)", "{d} × {y} × ln {0}")),
    "square": Pattern("{0}^2", ("{d} × 2 × {0}",)),
    "log": Pattern("ln {0}", ("{d} / {0}",)),
    "exp": Pattern("exp {0}", ("{d} × {y}",)),
    "sqrt": Pattern("√{0}", ("{d} / (2 × √{0})",)),
    "sin": Pattern("sin {0}", ("{d} × cos {0}",)),
    "cos": Pattern("cos {0}", ("{d} × (-sin {0})",)),
    "tan": Pattern("tan {0}", ("{d} × (1 + {y}^2)",)),
    "tanh": Pattern("tanh {0}", ("{d} × (1 - {y}^2)",)),
    "sinh": Pattern("sinh {0}", ("{d} × cosh {0}",)),
    "cosh": Pattern("cosh {0}", ("{d} × sinh {0}",)),
    "arctan": Pattern("arctan {0}", ("{d} / (1 + {0}^2)",)),
    "reciprocal": Pattern("1 / {0}", ("{d} × (-{y}^2)",)),
    "absolute": Pattern("|{0}|", ("{d} × sign {0}",)),
    "sum": Pattern("sum {0}"),
    "matmul": Pattern("{0} @ {1}", ("{d} @ {1}ᵀ", "{0}ᵀ @ {d}"), ("{d} @ {1}", "{0} @ {d}")),
    "getitem": Pattern("{0}[{1}]"),
}

LATEX = (
    ("×", r"\times "),
    ("√", r"\sqrt "),
    ("ᵀ", r"^\top "),
    ("@", r"\, "),
    ("∂", r"\partial "),
    ("…", r"\dots "),
)
FUNCTIONS = re.compile(r"\b(ln|sin|cos|tan|tanh|sinh|cosh|exp|arctan)\b ")
NAMED = re.compile(r"\b(sign|sum)\b ")


class Writing(NamedTuple):
    """One way to write names and numbers."""

    latex: bool = False

    def name(self, letter: str, index: int) -> str:
        """Return v_{-1}, v_0, v_12; a letter with an accent is a tangent or an adjoint."""
        if self.latex:
            letter = {"v̇": r"\dot v", "v̄": r"\bar v"}.get(letter, letter)
            return f"{{{letter}_{{{index}}}}}"
        text = str(index)
        return f"{letter}_{text}" if len(text) == 1 else f"{letter}_{{{text}}}"

    def accented(self, name: str, accent: str) -> str:
        """Put a dot or a bar over the first letter of an input's or output's name."""
        if self.latex:
            head, _, tail = name.partition("_")
            return f"\\{'dot' if accent == DOT else 'bar'}{{{head}}}" + (f"_{{{tail}}}" if tail else "")
        return name[0] + accent + name[1:]

    def input(self, name: str) -> str:
        """Return the name of an input or output, as x_1."""
        head, _, tail = name.partition("_")
        return f"{head}_{{{tail}}}" if tail and self.latex else name

    def finish(self, text: str) -> str:
        text = text.replace("+ -", "- ")
        text = re.sub(r"- \(-([\w.]+)\)", r"+ \1", text)
        if self.latex:
            for sign, command in LATEX:
                text = text.replace(sign, command)
            text = FUNCTIONS.sub(r"\\\1 ", text)
            text = NAMED.sub(r"\\operatorname{\1} ", text)
        return text


DOT, BAR = "\u0307", "\u0304"
TEXT, TEX = Writing(False), Writing(True)


def number(x) -> str:
    """Return a number to three decimals as the lecture prints it, in brackets if negative.

    >>> number(0.69314), number(-0.9589), number(2.0), number(1e-5)
    ('0.693', '(-0.959)', '2', '1e-05')
    """
    if isinstance(x, np.ndarray) and x.ndim:
        if x.size > 4 or x.ndim > 1:
            return "array " + "×".join(map(str, x.shape))
        return np.array2string(x, precision=3, separator=", ")
    if type(x) is tuple and any(isinstance(part, np.ndarray) and part.dtype.kind == "f" for part in x):
        return f"({', '.join('0' if part is None else number(part) for part in x)})"
    if isinstance(x, (tuple, slice)) or x is None or x is Ellipsis:
        return index_text(x)
    try:
        x = float(x)
    except (TypeError, ValueError):
        return str(x)
    text = f"{x:.3f}".rstrip("0").rstrip(".") if x == 0 or 1e-3 <= abs(x) < 1e6 else f"{x:.3g}"
    return f"({text})" if text.startswith("-") else text


def index_text(index) -> str:
    """Return an index as it is written between brackets.

    >>> index_text((slice(None), 0, slice(1, None, 2)))
    ':, 0, 1::2'
    """
    if isinstance(index, tuple):
        return ", ".join(index_text(part) for part in index) + ("," if len(index) == 1 else "")
    if isinstance(index, slice):
        ends = ["" if end is None else repr(end) for end in (index.start, index.stop)]
        return ":".join(ends) + ("" if index.step is None else f":{index.step!r}")
    if index is None:
        return "np.newaxis"
    if isinstance(index, np.ndarray):
        return str(index.tolist())
    return "..." if index is Ellipsis else repr(index)


def bare(text: str) -> str:
    """Return a number that stands alone without its brackets."""
    return text[1:-1] if re.fullmatch(r"\(-[^()]*\)", text) else text


def value_text(operation: str, operands: list, writing: Writing = TEXT) -> str:
    """Write an operation on operands that are written already."""
    pattern = PATTERNS.get(operation)
    if pattern is None or pattern.value.count("{") > len(operands):
        return writing.finish(f"{operation}({', '.join(operands)})")
    return writing.finish(pattern.value.format(*operands))


def term(operation: str, k: int, d: str, operands: list, y: str, slope: str, forward: bool) -> str:
    """Write what argument k adds to a tangent (forward), or receives of an adjoint (reverse)."""
    pattern = PATTERNS.get(operation, Pattern(""))
    if operation == "power" and k == 0:
        return _power_term(d, operands)
    terms = (pattern.forward or pattern.reverse) if forward else pattern.reverse
    if k >= len(terms):
        return f"{d} × {slope}"
    return terms[k].format(*operands, d=d, y=y)


def _power_term(d, operands):
    base, exponent = operands
    try:
        lower = number(float(exponent.strip("()")) - 1)
    except ValueError:
        return f"{d} × {exponent} × {base}^({exponent} - 1)"
    return f"{d} × {exponent} × {base}" + ("" if lower == "1" else f"^{lower}")
