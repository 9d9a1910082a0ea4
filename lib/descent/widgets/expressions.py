"""Controls for what a learner types: an expression with shapes, a line."""

import ipywidgets
import traitlets

from descent.widgets.controls import WIDE, choice


def text_box(label: str, value: str = "", hint: str = "", width: str = "520px"):
    """Return a box for a line of text; it takes effect with Enter or when the box is left.

    >>> text_box("your line", "df = 2*x'*A*dx").value
    "df = 2*x'*A*dx"
    """
    return ipywidgets.Text(
        value=value,
        placeholder=hint,
        description=label,
        continuous_update=False,
        style=WIDE,
        layout={"width": width, "max_width": "98%"},
    )


class OwnBox(ipywidgets.HBox):
    """A drop-down of named things and, as its last entry, boxes for one of the learner's own.

    `value` is the thing, or the exception that says what is wrong with the learner's text.
    """

    value = traitlets.Any()

    def __init__(self, named: dict, value: str, own: str, boxes: list, label: str):
        self.named, self.own_name, self.boxes = named, own, boxes
        self.name = choice(label, [*named, own], value)
        self.own = ipywidgets.HBox(boxes, layout={"flex_flow": "row wrap"})
        super().__init__([self.name, self.own], layout={"flex_flow": "row wrap", "align_items": "center"})
        for control in (self.name, *boxes):
            control.observe(self._changed, "value")
        self._changed()

    def read(self, *texts: str):
        """Return the learner's own thing from the texts of the boxes."""
        raise NotImplementedError

    def _changed(self, change=None):
        typed = self.name.value == self.own_name
        self.own.layout.visibility = "visible" if typed else "hidden"  # keeps its place: nothing jumps
        try:
            own = self.read(*(box.value for box in self.boxes)) if typed else None
            self.value = own if typed else self.named[self.name.value]
        except (ValueError, TypeError, ArithmeticError) as error:
            self.value = error


class ExpressionBox(OwnBox):
    """A drop-down of expressions, or the learner's own with its variable and shapes.

    >>> from descent.differentials import GRADED
    >>> ExpressionBox(GRADED).value.text
    "x'*A*x - b'*x + c"
    """

    def __init__(self, expressions: dict, value: str | None = None):
        boxes = [
            text_box("expression", "norm(A*x - b)^2/(1 + x'*x)", width="340px"),
            text_box("variable", "x", width="110px"),
            text_box("shapes", "x: n, A: m n, b: m", width="330px"),
        ]
        first = value or next(iter(expressions))
        super().__init__(expressions, first, "your own expression", boxes, "expression")

    def read(self, text: str, wrt: str, shapes: str):
        from descent.differentials import typed_expression  # here: one notebook needs it

        return typed_expression(text, wrt, shapes)
