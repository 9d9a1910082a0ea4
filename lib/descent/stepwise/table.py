"""Tables of steps, for a notebook and for a terminal."""

import html
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Table:
    """Rows under column heads, readable in a terminal (`print`) and in a notebook.

    >>> print(Table(["k", "x"], [[0, 0.5], [1, 0.25]]))
    k     x
    0   0.5
    1  0.25
    """

    columns: list
    rows: list

    def _text(self) -> list:
        return [[short(cell) for cell in row] for row in self.rows]

    def __str__(self):
        lines = [self.columns, *self._text()]
        widths = [max(len(line[j]) for line in lines) for j in range(len(self.columns))]
        return "\n".join(
            "  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines
        )

    __repr__ = __str__

    def _repr_html_(self):
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._text()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def short(value, digits: int = 6) -> str:
    if isinstance(value, (bool, np.bool_, int, np.integer, str)):
        return str(value)
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=min(digits, 6), threshold=8, separator=", ")
        return " ".join(line.strip() for line in text.splitlines())  # a row of a table is one line
    try:
        return f"{float(value):.{digits}g}"
    except (TypeError, ValueError, OverflowError):
        return str(value)
