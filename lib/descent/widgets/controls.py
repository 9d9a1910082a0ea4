"""Labelled controls, all usable by keyboard: sliders, choices, checks, a function of the learner's own."""

import ipywidgets
import traitlets

from descent.problems import typed_plane, typed_problem, typed_ray

WIDE = {"description_width": "initial"}
OWN = "your own f(x)"


def box_width(pixels: int) -> dict:
    """Return the layout of a control that is narrower where the window is.

    >>> box_width(320)
    {'width': '320px', 'max_width': '98%'}
    """
    return {"width": f"{pixels}px", "max_width": "98%"}


def slider(label: str, low: float, high: float, value: float, step: float = 0.01, digits: int = 2):
    """Return a slider for a real number.

    >>> slider("alpha", 0, 1, 0.5).value
    0.5
    """
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=label,
        readout_format=f".{digits}f",
        style=WIDE,
        layout=box_width(360),
    )


def whole_slider(label: str, low: int, high: int, value: int):
    """Return a slider for a whole number.

    >>> whole_slider("calls", 1, 20, 5).value
    5
    """
    return ipywidgets.IntSlider(
        value=value,
        min=low,
        max=high,
        description=label,
        style=WIDE,
        layout=box_width(360),
    )


def power_slider(label: str, low: int, high: int, value: float, step: float = 1.0):
    """Return a slider over powers of ten, from 10**low to 10**high.

    >>> power_slider("tolerance", -12, -1, 1e-6).value
    1e-06
    """
    return ipywidgets.FloatLogSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=label,
        readout_format=".0e",
        style=WIDE,
        layout=box_width(360),
    )


def choice(label: str, options, value=None):
    """Return a drop-down; options are values, or a dict from labels to values.

    >>> choice("method", {"golden section": 1, "dichotomy": 2}).value
    1
    """
    options = list(options.items()) if isinstance(options, dict) else list(options)
    first = options[0][1] if isinstance(options[0], tuple) else options[0]
    return ipywidgets.Dropdown(
        options=options,
        value=first if value is None else value,
        description=label,
        style=WIDE,
        layout={"width": "max-content", "max_width": "98%"},
    )


def check(label: str, value: bool):
    """Return a check box.

    >>> check("hide the curve", False).value
    False
    """
    return ipywidgets.Checkbox(value=value, description=label, indent=False, layout={"width": "max-content"})


class ProblemBox(ipywidgets.HBox):
    """A drop-down of named problems, or the learner's own function and interval.

    `value` is a `Problem`, or the exception that says what is wrong with the learner's text.
    """

    value = traitlets.Any()
    variables = ("x",)
    own_name = OWN
    prompt = "f(x) ="
    numbers = (("a", 0.0), ("b", 2.0))
    examples = ("exp(x) - 2*x", "(x - 1)^2 + 0.3*abs(x)")  # other texts, as a learner may type them
    typed = staticmethod(typed_problem)

    def __init__(self, problems: dict, value: str, own: str = "exp(x) - 2*x + 0.3*sin(5*x)"):
        self.problems = problems
        self.name = choice("function", [*problems, self.own_name], value)
        self.formula = ipywidgets.HTMLMath(layout=box_width(230))
        self.text = ipywidgets.Text(
            own,
            description=self.prompt,
            continuous_update=False,
            style=WIDE,
            layout=box_width(300),
        )
        self.text.examples = self.examples
        self.boxes = [
            ipywidgets.FloatText(start, description=f"{label} =", style=WIDE, layout={"width": "110px"})
            for label, start in self.numbers
        ]
        self.own = ipywidgets.HBox([self.text, *self.boxes], layout={"flex_flow": "row wrap"})
        super().__init__(
            [self.name, self.formula, self.own], layout={"flex_flow": "row wrap", "align_items": "center"}
        )
        for control in (self.name, self.text, *self.boxes):
            control.observe(self._changed, "value")
        self._changed()

    def _changed(self, change=None):
        typed = self.name.value == self.own_name
        self.own.layout.visibility = "visible" if typed else "hidden"  # keeps its place: nothing jumps
        self.formula.value = "" if typed else self.problems[self.name.value].label
        try:
            own = self.typed(self.text.value, *(box.value for box in self.boxes)) if typed else None
            self.value = own or self.problems[self.name.value]
        except (ValueError, ArithmeticError) as error:
            self.value = error


class ValleyBox(ProblemBox):
    """A drop-down of losses with several valleys, or the learner's own f(x) and interval.

    >>> from descent.problems import univariate
    >>> ValleyBox({"bowl": univariate["quadratic"]}, "bowl").value.name
    'quadratic'
    """

    numbers = (("a", -3.0), ("b", 3.0))
    examples = ("cos(2*x)", "x^4/10 - x^2")

    def __init__(self, problems: dict, value: str, own: str = "x^4/8 - x^2 + x/3"):
        super().__init__(problems, value, own)


class RayBox(ProblemBox):
    """A drop-down of functions of the step size, or the learner's own phi(alpha) and how far it goes.

    >>> from descent.problems import rays
    >>> RayBox(rays, "quadratic").value.x_star
    1.0
    """

    variables = ("alpha",)
    own_name = "your own phi(alpha)"
    prompt = "phi(alpha) ="
    numbers = (("reach", 3.0),)
    examples = ("(alpha - 1)^2", "exp(alpha) - 3*alpha")
    typed = staticmethod(typed_ray)

    def __init__(self, problems: dict, value: str, own: str = "exp(alpha) - 3*alpha - sin(6*alpha)"):
        super().__init__(problems, value, own)


class PlaneBox(ProblemBox):
    """A drop-down of functions of two variables, or the learner's own f(x, y) and start.

    `typed` makes a problem of the text and the start; by default that of these two variables.

    >>> from descent.problems import quadratic
    >>> PlaneBox({"bowl": quadratic(3)}, "bowl").value.name
    'Quadratic 3'
    """

    variables = ("x", "y")
    own_name = "your own f(x, y)"
    prompt = "f(x, y) ="
    numbers = (("start x", 2.0), ("start y", -1.5))
    examples = ("x^2 + 3*y^2", "(1 - x)^2 + (y - x^2)^2")

    def __init__(
        self, problems: dict, value: str, own: str = "sin(x)*cos(y) + (x^2 + y^2)/10", typed=typed_plane
    ):
        self.typed = typed
        super().__init__(problems, value, own)
