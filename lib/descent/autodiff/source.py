"""A Wengert list printed as a Python function, one line for each row."""

import numpy as np

from descent.autodiff.listing import Constant, read
from descent.autodiff.symbols import index_text

INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "matmul": "@"}


def source_of(trace) -> tuple:
    """Return straight-line Python, and the arrays that f captured: its parameters c1, c2, ..."""
    names = [name.replace("_", "") if name.replace("_", "").isidentifier() else f"x{k + 1}"
             for k, name in enumerate(trace.names)]  # fmt: skip
    captured, lines = [], []

    def operand(x):
        if not isinstance(x, Constant):
            return names[x]
        if isinstance(x.value, np.ndarray):
            known = [k for k, array in enumerate(captured) if array is x.value]
            if not known:
                captured.append(x.value)
            return f"c{known[0] + 1 if known else len(captured)}"
        return f"({x.value!r})" if isinstance(x.value, float) and x.value < 0 else repr(x.value)

    for k, row in enumerate(trace.tape):
        entry = read(row)
        if entry.operands:
            names.append(f"v{k + 1 - trace.inputs}")
            lines.append(f"    {names[k]} = {expression(entry, [operand(x) for x in entry.operands])}")
    results = [
        repr(value) if row is None else names[row]
        for row, value in zip(trace.outputs, trace.values, strict=True)
    ]
    parameters = names[: trace.inputs] + [f"c{k + 1}" for k in range(len(captured))]
    text = "\n".join([f"def f({', '.join(parameters)}):", *lines, f"    return {', '.join(results)}"])
    return text, captured


def expression(entry, operands: list) -> str:
    """Write one operation as NumPy code."""
    name = entry.name
    if name in INFIX and len(operands) == 2:
        return f"{operands[0]} {INFIX[name]} {operands[1]}"
    if name == "negative":
        return f"-{operands[0]}"
    if name in ("getitem", "component"):
        return f"{operands[0]}[{index_text(entry.operands[1].value)}]"
    options = [f"{key}={value!r}" for key, value in entry.kwargs.items() if key != "subscripts"]
    if name in ("concatenate", "stack"):
        return f"np.{name}([{', '.join(operands)}], {', '.join(options)})"
    if name == "einsum":
        operands = [repr(entry.kwargs["subscripts"]), *operands]
    module = "np." if hasattr(np, name) else "np.linalg." if hasattr(np.linalg, name) else ""
    return f"{module}{name}({', '.join([*operands, *options])})"
