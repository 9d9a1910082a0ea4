"""From what a learner types to Python's syntax: the whitelist over characters and names.

Length, brackets and tokens are checked here, before Python's parser sees the text.
"""

import keyword
import re

MAX_LENGTH, MAX_TOKENS, MAX_DEPTH = 3000, 600, 30
ENTRYWISE = ("exp", "log", "sin", "cos", "tanh", "sigmoid", "softplus", "abs", "sqrt", "sign")
FUNCTIONS = (
    *ENTRYWISE,
    *(
        "tr",
        "det",
        "logdet",
        "inv",
        "norm",
        "sum",
        "inner",
        "diag",
        "ones",
        "eye",
        "zeros",
        "logsumexp",
        "softmax",
        "d",
    ),
)

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?(?![\w]))"
    r"|(?P<name>[^\W\dᵀ][^\Wᵀ]*)|(?P<inverse_transpose>\^\s*(?:-\s*T\b|\(\s*-\s*T\s*\)))|(?P<transpose>\^\s*T\b)"
    r"|(?P<operator>\.\*|\./|\.\^|\*\*|[-+*/^@(),<>⟨⟩'’ᵀ]))"
)
# Characters that stand for one of the grammar's, as other programs and keyboards write them.
ALIKE = str.maketrans("−–·⋅×′´`", "--***'''") | {ord("²"): "^2", ord("³"): "^3"}
BINARY = {".*", "./", ".^", "**", "*", "/", "^", "@", ",", "+", "-"}
# Python operators of the same precedence stand for the entrywise ones, which it lacks.
PYTHON = {".*": "@", "./": "//", "^": "**", "@": "*", "<": "inner(", "⟨": "inner(", ">": ")", "⟩": ")"} | {
    "'": ".T", "’": ".T", "ᵀ": ".T", ".^": " .E**",
}  # fmt: skip


def shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def translated(text: str, symbols: dict) -> str:
    """Return the text in Python's syntax, or refuse it."""
    if not isinstance(text, str):
        raise TypeError(f"the expression must be text, got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"the expression has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    out, depth, position, count, before = [], 0, 0, 0, None
    text = text.rstrip().translate(ALIKE)
    if not text:
        raise ValueError("the expression is empty")
    while position < len(text):
        token = TOKEN.match(text, position)
        if token is None:
            raise ValueError(refusal(text[position:].lstrip()))
        count += 1
        word, kind = token.group(token.lastgroup), token.lastgroup
        depth += (word in "(<⟨") - (word in ")>⟩") if kind == "operator" else 0
        if depth > MAX_DEPTH or count > MAX_TOKENS:
            raise ValueError(
                f"the expression is too large: at most {MAX_DEPTH} nested brackets and {MAX_TOKENS} symbols"
            )
        if depth < 0:
            raise ValueError(f"a closing bracket too many in {shortened(text)!r}")
        out.append(python_token(word, kind, symbols))
        check_neighbours(before, (word, kind), text[:position].lstrip())
        before, position = (word, kind), token.end()
    if before[0] in BINARY:
        raise ValueError(f"the expression ends with {before[0]}: what comes behind it?")
    if depth:
        raise ValueError(f"{depth} closing bracket{'s' * (depth > 1)} missing in {shortened(text)!r}")
    return " ".join(out)


def check_neighbours(before: tuple | None, after: tuple, left: str) -> None:
    """Refuse two operands side by side, and an operator without an operand, behind the text `left`."""
    (word, kind), (next_word, next_kind) = before or ("(", "operator"), after
    ends = kind != "operator" or word in ")>⟩'’ᵀ"
    begins = next_kind in {"number", "name"} or next_word in "(<⟨"
    where = left if len(left) <= 12 else "..." + left[-9:]
    if ends and begins and not (kind == "name" and next_word == "("):
        if word in FUNCTIONS:
            raise ValueError(f"{word} is a function: write {word}({next_word})")
        raise ValueError(f"an operator is missing between {where} and {next_word}: * makes a product")
    if not ends and (next_word in BINARY - {"+", "-"} or next_word in "'’ᵀ"):
        raise ValueError(f"{next_word} stands behind {where or 'nothing'}: an operand is missing before it")


def python_token(word: str, kind: str, symbols: dict) -> str:
    if kind == "name" and ("__" in word or keyword.iskeyword(word)):
        raise ValueError(f"the name {word!r} is not allowed")
    if kind == "inverse_transpose" and "T" not in symbols:
        return ".IT"
    if kind == "transpose" and "T" not in symbols:
        return ".T"
    if kind in {"inverse_transpose", "transpose"}:
        return word.replace("^", "**")
    return PYTHON.get(word, word) if kind == "operator" else word


def refusal(rest: str) -> str:
    if re.match(r"\.\s*\w", rest):
        return f"attributes such as {rest[:12]!r} are not allowed; entrywise operators are .* ./ .^"
    if re.match(r"\d", rest):
        return f"{rest[:12]!r} is not a number of the grammar (write 2*x, 1.5, 1e-3)"
    hint = {
        "[": "; use ( )",
        "{": "; use ( )",
        "=": "; type the right-hand side alone",
        '"': "; ' is the transpose",
        "|": "; write abs( ) or norm( )",
        "‖": "; write norm( )",
        "\\": "; write the formula as in x'*A*x, not in LaTeX",
        "$": "; write the formula as in x'*A*x, not in LaTeX",
    }
    return f"the character {rest[0]!r} is not part of the grammar{hint.get(rest[0], '')}"
