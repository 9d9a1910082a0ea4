"""Controls for questions: a function of two variables, chosen or typed, and a number as an answer."""

import ipywidgets
import traitlets

from descent.problems.typed import typed_function
from descent.widgets.controls import WIDE, box_width, choice

OWN = "your own"


class FunctionBox(ipywidgets.HBox):
    """A drop-down of formulas, or the learner's own.

    `value` is a function of the variables, or the exception that says what is wrong with the text.

    >>> box = FunctionBox(["x1*x2"], "x1 + x2", ("x1", "x2"))
    >>> float(box.value(2.0, 5.0))
    10.0
    """

    value = traitlets.Any()

    def __init__(self, formulas: list, own: str, variables: tuple = ("x1", "x2"), name: str = "f"):
        self.variables = variables
        self.name = choice(f"{name}({', '.join(variables)}) =", [*formulas, OWN])
        self.text = ipywidgets.Text(
            own,
            description="your own:",
            continuous_update=False,
            style=WIDE,
            layout={"width": "320px", "max_width": "98%"},
        )
        super().__init__([self.name, self.text], layout={"flex_flow": "row wrap", "align_items": "center"})
        for control in (self.name, self.text):
            control.observe(self._changed, "value")
        self._changed()

    def _changed(self, change=None):
        typed = self.name.value == OWN
        self.text.layout.visibility = "visible" if typed else "hidden"  # keeps its place: nothing jumps
        text = self.text.value if typed else self.name.value
        if getattr(self.value, "text", None) == text:
            return
        try:
            self.value = typed_function(text, *self.variables)
        except ValueError as error:
            self.value = error


def number(text: str) -> float:
    """Return the number that a formula without variables stands for.

    >>> number("3*4")
    12.0
    >>> number("x + 1")
    Traceback (most recent call last):
    ValueError: 'x + 1' is not a number: write for example 1/2 or cos(5)
    """
    formula = typed_function(text)
    value = float(formula(0.5))
    if value != formula(0.25):  # it has an x, or no value
        raise ValueError(f"{text!r} is not a number: write for example 1/2 or cos(5)")
    return value


class AnswerBox(ipywidgets.HBox):
    """A text box for a number, or a formula without variables, such as 1/2 or cos(5).

    `value` is the number, None while the box is empty, or the exception that says what is wrong.

    >>> box = AnswerBox("your answer")
    >>> box.text.value = "3*4"
    >>> box.value
    12.0
    """

    value = traitlets.Any()

    def __init__(self, label: str):
        self.text = ipywidgets.Text(
            "", description=label, continuous_update=False, style=WIDE, layout=box_width(320),
            placeholder="a number, then Enter",
        )  # fmt: skip
        super().__init__([self.text])
        self.text.observe(self._changed, "value")

    def _changed(self, change=None):
        text = self.text.value.strip()
        try:
            self.value = number(text) if text else None
        except ValueError as error:
            self.value = error
