"""A stage: controls, one picture that is redrawn in place, and a sentence that says what it shows.

State goes one way, and each arrow is a function that a test can call:
controls -> state -> frame -> picture -> bytes.
"""

import html
import logging
from collections.abc import Callable

import ipywidgets
import traitlets

from descent.figures import Frame, Picture
from descent.figures.display import still
from descent.figures.style import drawing
from descent.stepwise import Run
from descent.widgets.access import names

log = logging.getLogger(__name__)


class LivePicture(ipywidgets.Image):
    """An image with a title, its `tooltip`, which screen readers read.

    The front ends set the title only where a widget has a description, and it is empty.
    """

    description = traitlets.Unicode("").tag(sync=True)


class Stage(ipywidgets.VBox):
    """Controls over a picture over a sentence.

    Attributes
    ----------
    controls : dict
        The controls by name; `state` is the dict of their values.
    picture : Picture
    error : exception or None
        What the last redraw raised; its text is shown where the picture was.
    """

    def __init__(self, frame_of: Callable, picture: Picture, controls: dict, below: list = ()):
        self.frame_of = frame_of
        self.picture = picture
        self.controls = controls
        self.error = None
        width, height = (round(100 * inches) for inches in picture.size)
        self.image = LivePicture(
            format="png",
            layout={"width": f"{width}px", "max_width": "100%", "object_fit": "contain", "margin": "0"},
        )
        self.message = ipywidgets.HTML(layout={"display": "none"})
        place = ipywidgets.VBox(
            [self.image, self.message],
            layout={"width": f"{width}px", "max_width": "100%", "min_height": f"{height // 2}px"},
        )
        self.sentence = ipywidgets.HTML(
            layout={"width": f"{width}px", "max_width": "100%", "height": "5em", "margin": "0"}
        )
        rows = []
        if shown := [control for control in controls.values() if not getattr(control, "placed", False)]:
            rows.append(ipywidgets.HBox(shown, layout={"flex_flow": "row wrap", "align_items": "center"}))
        super().__init__(
            [*rows, *below, place, self.sentence, *names()],
            layout={"overflow": "hidden", "padding": "6px 0 0 0"},
        )
        self.add_class("descent-stage")
        for control in controls.values():
            control.observe(self._changed, "value")
        self.refresh()

    @property
    def state(self) -> dict:
        return {name: control.value for name, control in self.controls.items()}

    def render(self, **state) -> tuple:
        """Return the picture (PNG bytes) and the sentence of a state; raise what goes wrong."""
        for value in state.values():
            if isinstance(value, Exception):
                raise value
        frame = self.frame_of(**state)
        return self.picture.png(frame), self.picture.describe(frame)

    def _changed(self, change):
        self.refresh()

    def refresh(self):
        """Show the state of the controls, or the text of the error it leads to."""
        with drawing:  # what is shown last is the last state
            try:
                png, sentence = self.render(**self.state)
            except Exception as error:
                self._show_error(error)
            else:
                self._show(png, sentence)

    def _show(self, png: bytes, sentence: str):
        self.error = None
        self.image.value = png
        self.image.tooltip = sentence
        self.sentence.value = (
            f'<p role="status" style="font-size:17px;line-height:1.35;margin:0">{html.escape(sentence)}</p>'
        )
        self._show_picture(True)

    def _show_error(self, error: Exception):
        self.error = error
        log.debug("the widget's picture could not be drawn", exc_info=error)
        text = html.escape(f"{type(error).__name__}: {error}")
        self.message.value = f'<p role="alert" style="font-size:18px;line-height:1.4">{text}</p>'
        self._show_picture(False)

    def _show_picture(self, visible: bool):
        self.image.layout.display = None if visible else "none"
        self.message.layout.display = "none" if visible else None
        self.sentence.layout.visibility = "visible" if visible else "hidden"

    def _repr_mimebundle_(self, **kwargs):
        """Add a still with alt text to what is displayed, for pages without a kernel."""
        live = super()._repr_mimebundle_(**kwargs)
        alt = self.image.tooltip or str(self.error)
        if not self.image.value:  # the first state was in error: there is no picture yet
            return {**live, "text/plain": alt}, {}
        data, metadata = still(self.image.value, alt)
        return {**live, **data}, metadata


def explore(frame: Callable, picture: type, **controls) -> Stage:
    """Return a widget that shows a function of its controls.

    Parameters
    ----------
    frame : callable
        frame(**state) returns what the picture shows; a function of the library.
    picture : class
        A `Picture`.
    **controls
        The state's names and their controls (see `descent.widgets.controls`).

    Returns
    -------
    Stage
        Displays itself in a notebook.

    Examples
    --------
    >>> from descent.figures.one_variable import KeyPropertyPicture
    >>> from descent.problems import univariate
    >>> from descent.univariate import compare
    >>> from descent.widgets import explore, slider
    >>> def frame(x1, x2):
    ...     return compare(univariate["quadratic"].f, 0, 5, x1, x2)
    >>> stage = explore(frame, KeyPropertyPicture, x1=slider("x1", 0, 1, 0.3), x2=slider("x2", 0, 1, 0.6))
    >>> stage.state
    {'x1': 0.3, 'x2': 0.6}
    """
    return Stage(frame, picture(), controls)


def play(run: Run | Callable, picture: type, *, start: int = 0, **controls) -> Stage:
    """Return a widget that plays a run: first, back, play, forward, last, and a slider over the steps.

    Parameters
    ----------
    run : Run or callable
        With controls, a function of them that makes the run.
    picture : class
        A `Picture` of `Frame`s.
    start : int
        The step to show first, and in the stored still; the last one if there are fewer.
    **controls
        Names and controls of what makes the run.

    Returns
    -------
    Stage
        Displays itself in a notebook.

    Examples
    --------
    >>> from descent.figures.one_variable import BracketPicture
    >>> from descent.univariate import dichotomy
    >>> from descent.widgets import play
    >>> stage = play(dichotomy(lambda x: (x - 2) ** 2, 0, 5, tol=0.1), BracketPicture)
    >>> stage.controls["step"].max
    6
    """
    film = Film((lambda: run) if isinstance(run, Run) else run)
    first = film(**{name: control.value for name, control in controls.items()})
    step_slider, player, transport = _transport(first.nit, start)

    def frame(step, **state):
        run = film(**state)
        step_slider.max = player.max = run.nit
        if len(run) == 0:
            raise run.error or ValueError(run.message)
        return Frame(run, min(step, run.nit))

    return Stage(frame, picture(), {**controls, "step": step_slider}, below=[transport])


class Film:
    """A function of the controls that makes a run, and keeps the last one."""

    def __init__(self, make: Callable):
        self.make = make
        self._state = None
        self._run = None

    def __call__(self, **state) -> Run:
        if self._run is None or state != self._state:
            self._run, self._state = self.make(**state), state
        return self._run


def _transport(nit: int, start: int = 0) -> tuple:
    """Return the slider over the steps, the player, and the row of both with their buttons."""
    step = ipywidgets.IntSlider(
        min(start, nit),
        0,
        nit,
        description="step",
        layout={"width": "420px", "max_width": "98%"},
        style={"description_width": "initial"},
    )
    step.placed = True
    player = ipywidgets.Play(step.value, min=0, max=nit, interval=600, show_repeat=False)
    ipywidgets.jslink((player, "value"), (step, "value"))

    def button(label, tooltip, to):
        button = ipywidgets.Button(description=label, tooltip=tooltip, layout={"width": "5.5em"})
        button.on_click(lambda _: setattr(step, "value", min(max(to(), 0), step.max)))
        return button

    row = [
        button("first", "first step", lambda: 0),
        button("back", "one step back", lambda: step.value - 1),
        player,
        button("forward", "one step forward", lambda: step.value + 1),
        button("last", "last step", lambda: step.max),
        step,
    ]
    return step, player, ipywidgets.HBox(row, layout={"flex_flow": "row wrap", "align_items": "center"})
