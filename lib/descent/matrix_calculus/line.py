"""The step of a derivation."""

import re
from dataclasses import dataclass
from functools import cached_property

from descent.matrix_calculus.node import Node, symbol
from descent.matrix_calculus.printing import latex, text
from descent.stepwise import Step

LATEX_LEFT = {"grad f": r"\nabla f", "d2f": "d^2 f"}


@dataclass(frozen=True)
class Line(Step):
    """One line of a derivation.

    Attributes
    ----------
    rule, formula : str
        The lecture's name of the rule that led here, and what it states.
    line, latex : str
        The line as text that `check_line` reads again, and as LaTeX without dollars.
    phase : str
        "gradient", "hessian" or "jacobian".
    left : str
        What the line is about: "df", "grad f", "d2f", "H", "H[dX1]", "dF", "J", "J[dX]".
    expression : Node
        The right-hand side.
    """

    rule: str
    formula: str
    phase: str
    left: str
    expression: Node

    @cached_property
    def line(self) -> str:
        return f"{self.left} = {text(self.expression)}"

    @cached_property
    def latex(self) -> str:
        left = LATEX_LEFT.get(self.left, self.left)
        held = re.fullmatch(r"(\w)\[(d.*?)(1?)\]", left)
        if held:
            kind = "held" if held[3] and left[0] == "H" else "differential"
            left = rf"{held[1]}\left[{latex(symbol(held[2] + held[3], (1, 1), kind))}\right]"
        return f"{left} = {latex(self.expression)}"

    def row(self) -> dict:
        return {"rule": self.rule, "line": self.line}
