"""Widgets without a browser: state in, picture and sentence out; errors shown and recovered from."""

import base64
import html
import io
import logging
import re
import sys
import threading

import ipywidgets
import numpy as np
import pytest
from descent.figures import Frame, Picture
from descent.figures.accuracy import RacePicture
from descent.figures.one_variable import BracketPicture, KeyPropertyPicture
from descent.problems import univariate
from descent.univariate import brent, compare, dichotomy, golden_section, race
from descent.widgets import (
    ProblemBox,
    Stage,
    check,
    choice,
    explore,
    play,
    power_slider,
    slider,
    whole_slider,
)
from PIL import Image
from sweep import look, sweep

METHODS = {"dichotomy": dichotomy, "golden section": golden_section, "Brent": brent}


def square_of_distance(x):
    return (x - 2) ** 2


def key_property(x1, x2, hidden):
    return compare(square_of_distance, 0, 5, x1, x2, hidden)


def new_explore():
    return explore(
        key_property,
        KeyPropertyPicture,
        x1=slider("x1", 0, 1, 0.3),
        x2=slider("x2", 0, 1, 0.6),
        hidden=check("hide the curve", False),
    )


def search(problem, method, tol):
    a, _, c = problem.bracket
    return METHODS[method](problem.f, a, c, tol=tol)


def sentence_of(stage):
    return html.unescape(re.sub("<[^>]+>", "", stage.sentence.value))


def buttons(stage):
    """Return the transport's buttons by their labels, found as a browser finds them."""
    found, waiting = {}, [stage]
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        if isinstance(widget, ipywidgets.Button):
            found[widget.description] = widget
        if isinstance(widget, ipywidgets.Play):
            found["play"] = widget
    return found


@pytest.fixture
def player():
    return play(dichotomy(square_of_distance, 0, 5, tol=0.1), BracketPicture)


@pytest.fixture
def chooser():
    return play(
        search,
        BracketPicture,
        problem=ProblemBox(univariate, "exponential"),
        method=choice("method", list(METHODS)),
        tol=power_slider("tolerance", -4, -1, 1e-2),
    )


class TestExplore:
    def test_state_is_what_the_controls_say(self):
        stage = new_explore()
        assert stage.state == {"x1": 0.3, "x2": 0.6, "hidden": False}
        stage.controls["x1"].value = 0.8
        assert stage.state == {"x1": 0.8, "x2": 0.6, "hidden": False}

    def test_a_state_leads_to_picture_and_sentence(self):
        stage = new_explore()
        png, sentence = stage.render(x1=0.3, x2=0.6, hidden=False)
        assert png == KeyPropertyPicture().png(key_property(0.3, 0.6, False))
        assert sentence == stage.picture.describe(key_property(0.3, 0.6, False))

    def test_a_control_changes_image_tooltip_and_sentence(self):
        stage = new_explore()
        before = stage.image.value, stage.image.tooltip, stage.sentence.value
        stage.controls["x1"].value = 0.9
        after = stage.image.value, stage.image.tooltip, stage.sentence.value
        assert all(one != other for one, other in zip(before, after, strict=True))
        expected = stage.picture.describe(key_property(0.9, 0.6, False))
        assert stage.image.tooltip == sentence_of(stage) == expected
        assert stage.image.value == stage.render(**stage.state)[0]

    def test_the_sentence_is_escaped(self):
        stage = new_explore()
        stage.controls["x1"].value = 0.7  # f(x1) > f(x2)
        assert "&gt;" in stage.sentence.value or "&lt;" in stage.sentence.value

    def test_the_place_has_a_fixed_size(self):
        stage = new_explore()
        assert stage.image.layout.width == "960px"
        assert stage.sentence.layout.height == "5em"

    def test_the_picture_is_one_widget_for_ever(self):
        stage = new_explore()
        image, figure = stage.image, stage.picture.figure
        stage.controls["x1"].value = 0.1
        assert stage.image is image
        assert stage.picture.figure is figure

    def test_every_control_has_a_label(self):
        box = ProblemBox(univariate, "lecture")
        for control in (*new_explore().controls.values(), box.name, box.text, *box.boxes):
            assert control.description.strip()


class TestPlay:
    def test_the_slider_goes_over_the_steps(self, player):
        assert (player.controls["step"].min, player.controls["step"].max) == (0, 6)
        assert player.state == {"step": 0}

    @pytest.mark.parametrize("k", range(7))
    def test_each_step_shows_its_frame(self, player, k):
        player.controls["step"].value = k
        run = dichotomy(square_of_distance, 0, 5, tol=0.1)
        assert player.image.value == BracketPicture().png(Frame(run, k))
        assert sentence_of(player) == BracketPicture().describe(Frame(run, k))

    def test_buttons(self, player):
        press = {name: widget.click for name, widget in buttons(player).items() if name != "play"}
        assert set(press) == {"first", "back", "forward", "last"}
        step = player.controls["step"]
        visited = []
        for name in ["back", "forward", "forward", "last", "forward", "back", "first", "back"]:
            press[name]()
            visited.append(step.value)
        assert visited == [0, 1, 2, 6, 6, 5, 0, 0]

    def test_buttons_say_what_they_do(self, player):
        assert all(button.tooltip for name, button in buttons(player).items() if name != "play")

    def test_the_player_has_the_range_of_the_slider(self, player):
        assert (buttons(player)["play"].min, buttons(player)["play"].max) == (0, 6)

    def test_the_range_follows_the_run(self, chooser):
        step, tol = chooser.controls["step"], chooser.controls["tol"]
        for value in (1e-1, 1e-4, 1e-2):
            tol.value = value
            run = search(univariate["exponential"], "dichotomy", value)
            assert step.max == buttons(chooser)["play"].max == run.nit
            assert chooser.error is None

    def test_a_shorter_run_takes_the_step_back_to_its_end(self, chooser):
        step = chooser.controls["step"]
        chooser.controls["tol"].value = 1e-4
        step.value = step.max
        chooser.controls["tol"].value = 1e-1
        run = search(univariate["exponential"], "dichotomy", 1e-1)
        assert step.value == step.max == run.nit
        assert sentence_of(chooser).startswith(f"Step {run.nit} of {run.nit}: ")

    def test_moving_the_step_makes_no_new_run(self):
        made = []

        def make(tol):
            made.append(tol)
            return dichotomy(square_of_distance, 0, 5, tol=tol)

        stage = play(make, BracketPicture, tol=power_slider("tolerance", -3, -1, 1e-1))
        for k in range(5):
            stage.controls["step"].value = k
        assert made == [0.1]
        stage.controls["tol"].value = 1e-2
        assert made == [0.1, 0.01]

    def test_a_run_that_failed_at_once_shows_why(self):
        def f(x):
            raise ValueError("no value today")

        stage = play(dichotomy(f, 0, 1), BracketPicture)
        assert isinstance(stage.error, ValueError)
        assert "no value today" in stage.message.value

    def test_a_run_that_failed_later_plays_its_steps(self):
        run = dichotomy(lambda x: 1 / (x - 0.25), 0.0, 1.0)
        stage = play(run, BracketPicture)
        assert stage.error is None
        assert "ZeroDivisionError" in sentence_of(stage)


def broken_at(position):
    """A frame function that raises at one position of its slider only."""

    def frame(x1):
        if x1 == position:
            raise RuntimeError(f"broken <b>at</b> {position}")
        return compare(square_of_distance, 0, 5, x1, 0.6)

    return frame


class TestErrors:
    def test_are_shown_where_the_picture_was_and_recovered_from(self):
        stage = explore(broken_at(1.0), KeyPropertyPicture, x1=slider("x1", 0, 1, 0.3))
        before = stage.image.value
        stage.controls["x1"].value = 1.0
        assert isinstance(stage.error, RuntimeError)
        assert "RuntimeError: broken &lt;b&gt;at&lt;/b&gt; 1.0" in stage.message.value
        assert 'role="alert"' in stage.message.value
        assert (stage.image.layout.display, stage.message.layout.display) == ("none", None)
        assert stage.sentence.layout.visibility == "hidden"
        stage.controls["x1"].value = 0.3
        assert stage.error is None
        assert (stage.image.layout.display, stage.message.layout.display) == (None, "none")
        assert stage.sentence.layout.visibility == "visible"
        assert stage.image.value == before

    def test_are_logged(self, caplog):
        stage = explore(broken_at(1.0), KeyPropertyPicture, x1=slider("x1", 0, 1, 0.3))
        with caplog.at_level(logging.DEBUG, logger="descent.widgets.stage"):
            stage.controls["x1"].value = 1.0
        assert "RuntimeError" in caplog.text

    def test_are_raised_by_render(self):
        stage = explore(broken_at(1.0), KeyPropertyPicture, x1=slider("x1", 0, 1, 0.3))
        with pytest.raises(RuntimeError, match="broken"):
            stage.render(x1=1.0)

    def test_of_the_picture_are_shown_too(self, monkeypatch):
        stage = new_explore()
        monkeypatch.setattr(stage.picture, "show", lambda step: 1 / 0)
        stage.controls["x1"].value = 0.9
        assert isinstance(stage.error, ZeroDivisionError)


class TestThreads:
    def test_two_threads_move_two_widgets_at_once(self):
        """JupyterLab moves widgets in a thread of their own, beside that of the cells."""
        widgets = new_explore(), play(dichotomy(univariate["quadratic"].f, 0, 5), BracketPicture)
        controls = [stage.controls[name] for stage, name in zip(widgets, ("x1", "step"), strict=True)]
        errors, usual = [], sys.getswitchinterval()

        def move(stage, control, values):
            for value in values:
                control.value = value
                errors.append(stage.error)

        sys.setswitchinterval(1e-5)
        try:
            both = [
                threading.Thread(target=move, args=(widgets[i], controls[i], values))
                for i, values in enumerate([np.linspace(0, 0.5, 12), range(1, 13)])
            ]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join()
        finally:
            sys.setswitchinterval(usual)
        assert errors == [None] * 24
        for stage in widgets:
            assert stage.render(**stage.state) == (stage.image.value, stage.image.tooltip)


class TestProblemBox:
    def test_named_problems(self):
        box = ProblemBox(univariate, "lecture")
        assert box.value is univariate["lecture"]
        box.name.value = "entropy"
        assert box.value is univariate["entropy"]
        assert box.own.layout.visibility == "hidden"
        assert list(box.name.options)[:-1] == list(univariate)

    def test_a_function_of_the_learners_own(self):
        box = ProblemBox(univariate, "lecture")
        box.name.value = "your own f(x)"
        assert box.own.layout.visibility == "visible"
        box.text.value = "(x - 1)^2 + 3"
        assert box.value.f(1.0) == 3.0
        assert box.value.bracket[::2] == (0.0, 2.0)
        box.boxes[1].value = 4.0
        assert box.value.bracket[::2] == (0.0, 4.0)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("expp(x)", "did you mean exp?"),
            ("__import__('os')", "is not known"),
            ("x.real", "is not allowed in a formula"),
            ("2x", "write products with *"),
            ("", "the formula is empty"),
        ],
    )
    def test_a_wrong_text_is_told_in_place_of_the_picture_and_recovered_from(self, chooser, text, said):
        box = chooser.controls["problem"]
        box.name.value = "your own f(x)"
        assert chooser.error is None
        box.text.value = text
        assert isinstance(box.value, ValueError)
        assert said in html.unescape(chooser.message.value)
        assert chooser.error is box.value
        box.text.value = "x^2 - x"
        assert chooser.error is None
        assert sentence_of(chooser).startswith("Step 0 of ")

    @pytest.mark.parametrize(("a", "b"), [(3.0, 2.0), (2.0, 2.0), (float("nan"), 2.0), (0.0, float("inf"))])
    def test_wrong_ends_are_told(self, chooser, a, b):
        box = chooser.controls["problem"]
        box.name.value = "your own f(x)"
        box.boxes[0].value, box.boxes[1].value = a, b
        assert isinstance(chooser.error, ValueError)
        assert f"a = {a}, b = {b}" in chooser.message.value

    def test_a_function_without_values_is_told(self, chooser):
        box = chooser.controls["problem"]
        box.name.value = "your own f(x)"
        box.text.value = "log(-1 - x)"
        assert "is nan: try a start or an interval" in chooser.message.value
        box.text.value = "1/x"  # infinite at an end, where no method measures
        assert chooser.error is None

    def test_changing_the_function_starts_a_new_run(self, chooser):
        box = chooser.controls["problem"]
        box.name.value = "your own f(x)"
        first = chooser.image.value
        box.text.value = "(x - 1.9)^2"
        assert chooser.image.value != first


class TestStillsAndAltTexts:
    def test_what_is_displayed_carries_widget_still_and_alt_text(self, player):
        data, metadata = player._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        assert base64.b64decode(data["image/png"]) == player.image.value
        assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (1160, 520)
        assert data["text/plain"] == metadata["image/png"]["alt"] == sentence_of(player)

    def test_the_still_follows_the_state(self, player):
        player.controls["step"].value = 3
        data, metadata = player._repr_mimebundle_()
        assert metadata["image/png"]["alt"].startswith("Step 3 of 6")
        assert base64.b64decode(data["image/png"]) == player.image.value

    def test_the_image_has_a_title(self, player):
        assert player.image.tooltip == sentence_of(player)
        assert player.image.format == "png"

    def test_a_broken_first_state_has_a_text_and_no_empty_picture(self):
        stage = explore(broken_at(1.0), KeyPropertyPicture, x1=slider("x1", 0, 1, 1.0))
        data, metadata = stage._repr_mimebundle_()
        assert "broken" in data["text/plain"]
        assert "image/png" not in data
        assert metadata == {}


class TestControls:
    def test_values_and_limits(self):
        assert (slider("a", 0, 2, 0.5).min, slider("a", 0, 2, 0.5).max) == (0, 2)
        assert whole_slider("n", 1, 9, 3).value == 3
        assert power_slider("tol", -9, -1, 1e-3).value == 1e-3
        assert choice("m", {"one": 1, "two": 2}, 2).value == 2
        assert choice("m", ["one", "two"]).value == "one"
        assert check("c", True).value is True

    @pytest.mark.parametrize(
        "control",
        [slider("alpha", 0, 1, 0.5), whole_slider("alpha", 0, 3, 1), power_slider("alpha", -3, 0, 0.1),
         choice("alpha", [1, 2]), check("alpha", False)],
    )  # fmt: skip
    def test_have_their_label(self, control):
        assert control.description == "alpha"


class TestSweep:
    def test_explore(self):
        assert sweep(new_explore(), np.random.default_rng(1)) == 1 + 3 + 3 + 2 + 3

    @pytest.mark.slow
    def test_play(self):
        problems = {name: univariate[name] for name in ("quadratic", "absolute")}
        stage = play(
            search,
            BracketPicture,
            problem=ProblemBox(problems, "absolute"),
            method=choice("method", list(METHODS)),
            tol=power_slider("tolerance", -3, -1, 1e-2),
        )
        before = stage.state
        expected = 1 + 3 + 3 * 2 + 3 + 3 + 3 + 3  # first; names; text, a, b; method; tol; step; random
        assert sweep(stage, np.random.default_rng(2), random_states=3) == expected
        assert stage.state == before

    @pytest.mark.slow
    def test_race(self):
        def frame(problem, tol, calls):
            return race(problem.f, problem.bracket, problem.x_star, tol=tol, calls=calls)

        names = ("quadratic", "absolute")
        stage = explore(
            frame,
            RacePicture,
            problem=ProblemBox({name: univariate[name] for name in names}, "quadratic"),
            tol=power_slider("tolerance", -9, -2, 1e-4),
            calls=whole_slider("calls", 1, 30, 10),
        )
        sweep(stage, np.random.default_rng(3), random_states=3)

    @pytest.mark.parametrize("position", [0.0, 0.5, 1.0])
    def test_catches_a_callback_that_is_broken_at_one_position(self, position):
        stage = explore(broken_at(position), KeyPropertyPicture, x1=slider("x1", 0, 1, 0.3))
        assert stage.error is None
        with pytest.raises(AssertionError, match=r"RuntimeError: broken .* in the state"):
            sweep(stage, np.random.default_rng(4))

    def test_catches_a_callback_that_is_broken_in_one_joint_state(self):
        def frame(x1, x2):
            if x1 > 0.5 and x2 > 0.5:
                raise RuntimeError("broken in a corner")
            return compare(square_of_distance, 0, 5, x1, x2)

        stage = explore(frame, KeyPropertyPicture, x1=slider("x1", 0, 1, 0.2), x2=slider("x2", 0, 1, 0.2))
        with pytest.raises(AssertionError, match="broken in a corner"):
            sweep(stage, np.random.default_rng(5), random_states=20)

    def test_catches_an_emptied_picture(self, monkeypatch):
        monkeypatch.setattr(KeyPropertyPicture, "show", lambda self, step: None)
        controls = {"x1": slider("x1", 0, 1, 0.3)}
        stage = explore(lambda x1: key_property(x1, 0.6, True), KeyPropertyPicture, **controls)
        with pytest.raises(AssertionError, match="no control changes the picture"):
            sweep(stage, np.random.default_rng(6))

    def test_catches_a_blank_picture(self):
        class Blank(Picture):
            def draw(self, frame):
                pass

            def show(self, frame):
                pass

            def describe(self, frame):
                return f"nothing at {frame}"

        with pytest.raises(AssertionError, match="the picture is blank"):
            sweep(explore(lambda x: x, Blank, x=slider("x", 0, 1, 0.3)), np.random.default_rng(7))

    @pytest.mark.parametrize(
        ("sentence", "said"), [("", "there is no sentence"), (" ", "blank"), ("same", "changes the sentence")]
    )
    def test_catches_a_sentence_that_is_missing_or_stuck(self, monkeypatch, sentence, said):
        monkeypatch.setattr(KeyPropertyPicture, "describe", lambda self, step: sentence)
        with pytest.raises(AssertionError, match=said):
            sweep(new_explore(), np.random.default_rng(8))

    def test_catches_a_picture_of_the_wrong_size(self):
        stage = new_explore()
        stage.picture.size = (3, 2)
        with pytest.raises(AssertionError, match="has the size"):
            look(stage)

    def test_a_stage_is_a_widget(self):
        assert isinstance(new_explore(), (Stage, ipywidgets.VBox))
