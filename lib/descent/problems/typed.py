"""A learner's text, such as exp(x) - 2*x, as a function: parsed by whitelist, never executed."""

import ast
import difflib
import sys
import warnings
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from descent.problems.problem import Problem
from descent.stepwise.checks import check_real

LONGEST_TEXT = 500
MOST_BRACKETS = 40
DEEPEST_NESTING = 100

CONSTANTS = {"pi": np.pi, "e": np.e}
# name: (function, number of arguments)
FUNCTIONS = {
    **{
        name: (getattr(np, name), 1)
        for name in (
            *("exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "abs", "sign", "floor"),
            *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
        )
    },
    "ln": (np.log, 1),
    "maximum": (np.maximum, 2),
    "minimum": (np.minimum, 2),
    "where": (np.where, 3),
}
# NumPy's, not Python's: 1/0 is infinite and (-8)**0.5 is NaN, for numbers as for arrays.
OPERATORS = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
}
COMPARISONS = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
PRODUCT_HINT = "write products with *, as in 2*x"


def typed_function(text: str, *variables: str) -> Callable:
    """Return the function that a text describes.

    Parameters
    ----------
    text : str
        Numbers, the variables, pi, e, + - * / ** (or ^), comparisons, brackets and the
        functions in `FUNCTIONS`; at most 500 characters.
    *variables : str
        Names of the variables, in the order of the function's arguments; x if none is given.

    Returns
    -------
    callable
        Takes numbers or arrays; its attribute `text` is the text.

    Raises
    ------
    ValueError
        If the text is anything else; the message says what is allowed there.

    Examples
    --------
    >>> f = typed_function("exp(x) - 2*x")
    >>> float(f(0.0))
    1.0
    >>> typed_function("import os")
    Traceback (most recent call last):
    ValueError: 'import os' is not a formula: write for example exp(x) - 2*x
    """
    variables = variables or ("x",)
    tree, source = _parse(text)
    body = _build(tree, variables, source)

    def function(*values):
        if len(values) != len(variables):
            raise TypeError(f"{text} is a function of {', '.join(variables)}, got {len(values)} values")
        with np.errstate(all="ignore"):  # the caller looks for NaN and infinity
            value = body(dict(zip(variables, map(_real, values), strict=True)))
        return value[()] if isinstance(value, np.ndarray) else value  # a number, not an array of shape ()

    function.text = text
    function.__name__ = "f"
    return function


def typed_problem(text: str, a: float, b: float) -> Problem:
    """Return a learner's own problem of one variable, on [a, b]; the answer is not known.

    The middle point of its bracket is the lowest of 19 points between a and b.

    Raises
    ------
    ValueError
        If a >= b, an end is not finite, or the text is not a formula.

    Examples
    --------
    >>> typed_problem("x + 1/x", 0, 10).bracket
    (0, 1.0, 10)
    """
    check_real(a=a, b=b)
    if not a < b:
        raise ValueError(f"a must be less than b, got a = {a}, b = {b}")
    if not np.isfinite(b - a):
        raise ValueError(f"a and b must be finite, got a = {a}, b = {b}")
    f = typed_function(text)
    inside = np.linspace(a, b, 21)[1:-1]
    values = np.nan_to_num(np.broadcast_to(f(inside), inside.shape), nan=np.inf)
    middle = float(inside[np.argmin(values)])
    return Problem("your own", f, bracket=(a, middle, b), reference="typed", label=f"f(x) = {text}")


def _parse(text: str) -> tuple:
    """Return the syntax tree of a formula and the text that its positions refer to."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, got {text!r}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the formula has {len(text)} characters, at most {LONGEST_TEXT} are allowed")
    if text.count("(") + text.count("[") > MOST_BRACKETS:
        raise ValueError(f"the formula has too many brackets, at most {MOST_BRACKETS} pairs are allowed")
    if not text.strip():
        raise ValueError("the formula is empty: write for example exp(x) - 2*x")
    for character in text:
        if not character.isascii() or character in "\\#":  # Python would read a wide letter as its plain one
            raise ValueError(
                f"{character!r} is not allowed in a formula: use the letters, digits and signs of a plain "
                "keyboard, as in exp(x) - 2*x^2"
            )
    source = text.strip().replace("^", "**")
    try:
        with warnings.catch_warnings():  # Python's hints on programming style are not for formulas
            warnings.simplefilter("ignore")
            return ast.parse(source, mode="eval").body, source
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        hint = "write for example exp(x) - 2*x"
        if any(a.isdigit() and (b.isalpha() or b == "(") for a, b in pairwise(text)):
            hint = PRODUCT_HINT
        raise ValueError(f"{text[:60]!r} is not a formula: {hint}") from None


def _build(node: ast.expr, variables: tuple, source: str, depth: int = 0) -> Callable:
    """Return a function of {variable: value} for a node of the syntax tree."""
    if depth > DEEPEST_NESTING:
        raise ValueError(f"the formula is nested too deeply, at most {DEEPEST_NESTING} levels are allowed")

    def build(child):
        return _build(child, variables, source, depth + 1)

    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            value = _float(number)  # never an integer: 9**9**9**9 would not end
            return lambda values: value
        case ast.Name(id=name) if name in variables:
            return lambda values: values[name]
        case ast.Name(id=name) if name in CONSTANTS:
            return lambda values: CONSTANTS[name]
        case ast.Name(id=name):
            raise ValueError(_unknown(name, variables))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            act, inner = OPERATORS[type(op)], build(operand)
            return lambda values: act(inner(values))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            act, first, second = OPERATORS[type(op)], build(left), build(right)
            return lambda values: act(first(values), second(values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            act, first, second = COMPARISONS[type(op)], build(left), build(right)
            return lambda values: 1.0 * act(first(values), second(values))  # 1 or 0, which add up
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name in variables or name in CONSTANTS:
                raise ValueError(f"{name!r} is not a function: {PRODUCT_HINT}")
            if name not in FUNCTIONS:
                raise ValueError(_unknown(name, variables))
            function, arity = FUNCTIONS[name]
            if len(args) != arity:
                raise ValueError(f"{name} takes {arity} argument{'s' * (arity > 1)}, got {len(args)}")
            inner = [build(arg) for arg in args]
            return lambda values: function(*(arg(values) for arg in inner))
    part = (ast.get_source_segment(source, node) or source).replace("**", "^")[:40]
    product = isinstance(node, ast.Call) and isinstance(node.func, (ast.Constant, ast.BinOp))
    allowed = (
        f"use numbers, {', '.join(variables)}, + - * / **, comparisons and functions such as exp, log, sin"
    )
    raise ValueError(f"{part!r} is not allowed in a formula: {PRODUCT_HINT if product else allowed}")


def _real(value):
    """Turn integers, which have no negative powers, into floats."""
    if isinstance(value, (int, np.integer)):
        return float(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iub":
        return value.astype(float)
    return value


def _float(number) -> float:
    if number > sys.float_info.max:
        raise ValueError("a number in the formula is too large: at most 1.8e308 is allowed")
    return float(number)


def _unknown(name: str, variables: tuple) -> str:
    if name in FUNCTIONS:
        return f"{name!r} is a function: write {name}(...)"
    known = [*variables, *CONSTANTS, *FUNCTIONS]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    return f"{name[:40]!r} is not known: {hint}"
