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
    r"|(?P<name>[^\W\d]\w*)|(?P<inverse_transpose>\^\s*(?:-\s*T\b|\(\s*-\s*T\s*\)))|(?P<transpose>\^\s*T\b)"
    r"|(?P<operator>\.\*|\./|\.\^|\*\*|[-+*/^@(),<>⟨⟩'’ᵀ]))"
)
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
    out, depth, position, count = [], 0, 0, 0
    text = text.rstrip()
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
        position = token.end()
    if depth:
        raise ValueError(f"{depth} closing bracket{'s' * (depth > 1)} missing in {shortened(text)!r}")
    return " ".join(out)


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
    }
    return f"the character {rest[0]!r} is not part of the grammar{hint.get(rest[0], '')}"
