"""Pictures of matrix calculus as data: what is drawn, what is said, and that everything fits."""

import io

import ipywidgets
import numpy as np
import pytest
from descent.differentials import GRADED, derive, gradient_at, quadratic, remainder
from descent.figures import Frame
from descent.figures.derivation import DerivationPicture
from descent.figures.matrix_calculus import (
    GradientPicture,
    QuadraticPicture,
    RemainderPicture,
    contour_levels,
    plane,
    schwarz_slopes,
)
from descent.figures.typeset import breaks, display, fitted, formula_path, width_of
from descent.widgets import ExpressionBox, FunctionBox, play, text_box
from PIL import Image

LOGARITHM = GRADED["lecture: log(x'*A*x)  in x"]
RAYLEIGH = GRADED["2 chains and quotients: x'*A*x/(x'*x)  in x  (A symmetric)"]


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), float)


def ellipse(x, y):
    return x**2 + 3 * y**2


def outline(at):
    """Return the gradient picture after an update."""
    picture = GradientPicture()
    picture.png(at)
    return picture


def test_arrow_is_the_gradient_and_normal_to_the_tangent():
    at = gradient_at(ellipse, 1.0, 0.5)
    picture = outline(at)
    arrow = picture.arrow.xy - np.array(picture.arrow.get_position())
    np.testing.assert_allclose(arrow / np.linalg.norm(arrow), at.gradient / at.length)
    assert np.linalg.norm(arrow) == pytest.approx(0.9 * at.length / picture.longest)
    start, end = np.transpose(picture.tangent.get_data())
    assert (end - start) @ arrow == pytest.approx(0, abs=1e-12)
    assert picture.point.get_xydata().tolist() == [[1.0, 0.5]]


@pytest.mark.parametrize("corner", [(2.0, 2.0), (-2.0, 0.0), (2.0, -2.0)])
def test_at_the_ends_of_the_sliders_the_arrow_stays_in_the_frame(corner):
    picture = outline(gradient_at(lambda x, y: x**2 + y**2, *corner))
    assert np.all(np.abs(picture.arrow.xy) < picture.axes.get_xlim()[1])


def test_where_no_direction_rises_none_is_called_the_steepest():
    said = GradientPicture()
    at = gradient_at(lambda x, y: x**2 - y**2, 0.0, 0.0)
    said.png(at)
    assert "steepest" not in said.describe(at)
    assert "the gradient is 0" in said.describe(at)


def test_level_curve_goes_through_the_point_and_is_that_of_its_value():
    picture = outline(gradient_at(ellipse, 1.0, 0.5))
    vertices = np.concatenate([path.vertices for path in picture.level.get_paths()])
    np.testing.assert_allclose(ellipse(*vertices.T), 1.75, atol=0.02)
    assert np.min(np.linalg.norm(vertices - [1.0, 0.5], axis=1)) < 0.05


def test_measured_slopes_and_cosine_are_drawn_and_axes_keep_their_scale():
    at = gradient_at(ellipse, 1.0, 0.5)
    picture = outline(at)
    axes = picture.measured.axes
    np.testing.assert_array_equal(picture.measured.get_ydata(), at.slopes)
    assert picture.cosine.get_ydata().max() == pytest.approx(at.length, rel=1e-3)
    assert axes.get_xlabel() == "direction $u$, in degrees"
    assert axes.get_ylabel() == "slope of $f$ along $u$"
    limits = axes.get_ylim()
    picture.png(gradient_at(ellipse, 0.1, 0.0))
    assert picture.measured.axes.get_ylim() == limits
    assert picture.cosine.get_ydata().max() < 0.3


def test_a_point_without_slope_has_no_arrow_and_a_new_function_new_contours():
    picture = outline(gradient_at(ellipse, 0.0, 0.0))
    assert not picture.arrow.get_visible()
    before = picture.axes
    picture.png(gradient_at(lambda x, y: x * y, 1.0, 0.5))
    assert picture.axes is not before
    assert picture.arrow.get_visible()


@pytest.mark.parametrize(
    "f", [lambda x, y: 0 * x + 3, lambda x, y: np.log(x), lambda x, y: 1 / (x * x + y * y)]
)
def test_flat_functions_gaps_and_poles_are_drawn(f):
    assert pixels(outline(gradient_at(f, 0.7, 0.6)).png(gradient_at(f, 0.7, 0.6))).std() > 5
    levels = contour_levels(plane(f)[2])
    assert np.all(np.diff(levels) > 0)


def test_gradient_is_said_in_words():
    said = GradientPicture().describe(gradient_at(lambda x, y: x**2 + y**2, 1.0, 0.5))
    assert "f = 1.25" in said
    assert "(2, 1), its length 2.236" in said


@pytest.mark.parametrize("eigenvalues", [(2, 1), (2, -1.5), (2, 0), (0, 0), (-3, -3)])
def test_quadratic_picture_shows_the_surface_and_the_eigenvectors(eigenvalues):
    step = quadratic(*eigenvalues, 30)
    picture = QuadraticPicture()
    assert pixels(picture.png(step)).std() > 5
    surface, contours = picture.figure.axes
    assert contours.get_title() == step.kind
    lines = [line.get_xydata() for line in contours.lines]
    for line, vector in zip(lines, step.eigenvectors.T, strict=True):
        along = (line[1] - line[0]) / np.linalg.norm(line[1] - line[0])
        assert abs(along @ vector) == pytest.approx(1)
    assert {text.get_text() for text in contours.texts} == {
        rf"$\lambda={value:.1f}$" for value in eigenvalues
    }
    assert surface.get_zlim() == (-6, 6)
    curves = [np.array(line.get_data_3d()) for line in surface.lines]
    for (x, y, z), value in zip(curves, eigenvalues, strict=True):
        np.testing.assert_allclose(z, value * (x**2 + y**2) / 2, atol=1e-12)
    assert step.kind in picture.describe(step)


def test_equal_eigenvalues_let_the_axes_turn():
    picture = QuadraticPicture()
    assert picture.png(quadratic(2, 2, 0)) != picture.png(quadratic(2, 2, 45))


def test_remainder_and_its_slopes_are_drawn():
    measured = remainder(LOGARITHM, 1e-3)
    picture = RemainderPicture()
    picture.png(measured)
    (axes,) = picture.figure.axes
    lines = {line.get_label(): line for line in axes.lines}
    np.testing.assert_array_equal(lines[r"$\|f(X+H)-f(X)-D[H]\|$"].get_ydata(), measured.remainders)
    two = np.log(lines["slope 2"].get_xydata())
    assert (two[-1] - two[0])[1] / (two[-1] - two[0])[0] == pytest.approx(2)
    assert picture.dot.get_xydata().tolist() == [[1e-3, measured.left]]
    low, high = axes.get_ylim()
    assert low < measured.remainders.min() <= measured.remainders.max() < high
    assert f"{measured.left:.1e}" in picture.describe(measured)
    assert axes.get_xlabel() == r"$\|H\|$"


def test_a_linear_function_leaves_nothing_and_is_drawn():
    measured = remainder(GRADED["1 products: a'*x  in x"], 1e-2)
    assert pixels(RemainderPicture().png(measured)).std() > 5


def test_the_counterexample_is_shown_with_a_text():
    shown = schwarz_slopes()
    assert pixels(shown.png).std() > 5
    assert "df/dx = -y" in shown.alt


@pytest.mark.slow
@pytest.mark.parametrize("name", GRADED)
def test_mathtext_accepts_every_line_and_every_row_fits(name):
    width = DerivationPicture.right - DerivationPicture.left
    for step in derive(GRADED[name]):
        rows, size = fitted(step.latex, width)
        assert max(map(width_of, rows)) * size / 20 <= width + 1e-9
        assert size >= 13, "legible on a projector"
        assert len(rows) <= 4
        joined = "".join(piece for row in rows for piece in row)
        assert joined.replace("\\;", "").replace(" ", "") == step.latex.replace(" ", "")


def test_brackets_grow_only_around_fractions_and_broken_pairs_are_plain():
    assert display(r"\left(A\right)\, \left\langle \frac{a}{b} \right\rangle") == (
        r"(A)\, \left\langle \dfrac{a}{b} \right\rangle"
    )
    assert display(r"\left\langle a") == r"\langle a"
    assert display(r"\left\| a \right\|^{2}") == r"\| a \|^{2}"


def test_lines_break_at_signs_outside_of_fractions():
    line = r"d^2 f = \frac{a + b}{c} - \left\langle x + y,\, z \right\rangle + w"
    assert [line[place:].strip()[0] for place, depth in breaks(line) if depth == 0] == ["-", "+"]
    assert [depth for _, depth in breaks(line)] == [0, 1, 0]


def shown_lines(picture, frame):
    """Return the rules that a picture of a frame shows, from top to bottom."""
    picture.png(frame)
    rules = [
        text for text in picture.axes.texts if text.get_position()[0] == 0.2 and text.get_color() != "#999999"
    ]
    return [text.get_text() for text in sorted(rules, key=lambda text: -text.get_position()[1])][:-1]


def test_the_picture_shows_the_lines_so_far_and_scrolls():
    run = derive(LOGARITHM)
    picture = DerivationPicture()
    for k in range(0, len(run), 3):
        rules = shown_lines(picture, Frame(run, k))
        assert rules == [step.rule for step in run[: k + 1]][-len(rules) :]
        assert 1 <= len(rules) <= 8
        assert len(rules) >= min(k + 1, 4)


@pytest.mark.parametrize("expression", [LOGARITHM, RAYLEIGH, GRADED["3 matrices: norm(A*X - B)^2  in X"]])
def test_nothing_leaves_the_page_or_overlaps(expression):
    run = derive(expression, answer="2*x'*dx")
    picture = DerivationPicture()
    for k in range(0, len(run), 4):
        picture.png(Frame(run, k))
        texts = [text.get_window_extent() for text in picture.axes.texts]
        boxes = [patch.get_window_extent() for patch in picture.axes.patches]
        for box in texts + boxes:
            assert box.x0 >= 0
            assert box.y0 >= 0
            assert box.x1 <= 1180
            assert box.y1 <= 620
        assert not [i for i, box in enumerate(texts) if box.count_overlaps(texts[i + 1 :])]
        formulas = [text for text in picture.axes.texts if text.get_position()[0] == 0.2][1:-1]
        assert all(text.get_window_extent().x1 < 100 * picture.left for text in formulas)
        assert all(text.get_fontsize() >= 13 for text in picture.axes.texts)


def test_the_current_line_is_highlighted_and_its_error_shown():
    run = derive(LOGARITHM)
    picture = DerivationPicture()
    picture.png(Frame(run, 3))
    bold = [text.get_text() for text in picture.axes.texts if text.get_fontweight() == "bold"]
    assert bold == ["constant factor"]
    assert f"{run[3].error:.0e}" in {text.get_text() for text in picture.axes.texts}
    said = picture.describe(Frame(run, 3))
    assert run[3].line in said
    assert "constant factor" in said


@pytest.mark.parametrize(
    ("answer", "verdict", "message"),
    [
        ("df = 2*x'*A*dx/(x'*A*x)", "your line: not yet", "it holds only if A is symmetric"),
        ("x'*(A + A')*dx/(x'*A*x)", "your line holds", "it holds"),
        ("$x_1^2$", "your line: not yet", "it cannot be read"),
    ],
)
def test_the_learners_line_stands_in_the_picture_and_in_the_sentence(answer, verdict, message):
    frame = Frame(derive(LOGARITHM, answer=answer), 2)
    picture = DerivationPicture()
    picture.png(frame)
    texts = [text.get_text() for text in picture.axes.texts]
    assert verdict in texts
    assert any(message in text for text in texts)
    assert message in picture.describe(frame)


def test_an_emptied_picture_would_be_seen(monkeypatch):
    frame = Frame(derive(LOGARITHM), 5)
    full = pixels(DerivationPicture().png(frame))
    monkeypatch.setattr("descent.figures.derivation.draw_formula", lambda *args: [])
    empty = pixels(DerivationPicture().png(frame))
    column = slice(280, 1070)
    assert np.mean(full[80:520, column] < 128) > 0.004
    assert np.mean(empty[80:520, column] < 128) < 0.0005


def test_a_formula_is_parsed_once():
    formula_path.cache_clear()
    run, picture = derive(LOGARITHM), DerivationPicture()
    picture.png(Frame(run, 5))
    before = formula_path.cache_info().misses
    picture.png(Frame(run, 6))
    assert formula_path.cache_info().misses - before <= 3


@pytest.mark.parametrize(("start", "shown"), [(0, 0), (4, 4), (99, 22)])
def test_a_player_may_start_later(start, shown):
    stage = play(derive(LOGARITHM), DerivationPicture, start=start)
    assert stage.state == {"step": shown}
    assert stage.sentence.value.count(f"Line {shown} of 22") == 1
    players = [child for row in stage.children for child in getattr(row, "children", ())]
    assert [child.value for child in players if isinstance(child, ipywidgets.Play)] == [shown]


def test_boxes_give_the_named_thing_the_learners_own_or_what_is_wrong():
    box = ExpressionBox(GRADED)
    assert box.value.text == "x'*A*x - b'*x + c"
    assert box.own.layout.visibility == "hidden"
    box.name.value = "your own expression"
    assert box.own.layout.visibility == "visible"
    assert box.value.shapes == {"x": "n", "A": "m n", "b": "m"}
    box.boxes[0].value = "A*x - c"
    assert isinstance(box.value, ValueError)
    assert "'c'" in str(box.value)
    functions = FunctionBox(["x*y"], "sin(x)*y + x^2", ("x", "y"))
    functions.name.value = "your own"
    functions.text.value = "x^2 - 3*y"
    assert functions.value(2.0, 1.0) == 1.0
    functions.text.value = "lambda: 0"
    assert isinstance(functions.value, ValueError)


def test_a_typed_line_reaches_picture_and_sentence():
    stage = play(
        derive, DerivationPicture, expression=ExpressionBox(GRADED), answer=text_box("your line", "b'*dx")
    )
    assert "does not hold" in stage.sentence.value
    before = stage.image.value
    stage.controls["answer"].value = "df = x'*(A + A')*dx - b'*dx"
    assert "it holds" in stage.sentence.value
    assert stage.image.value != before
    stage.controls["answer"].value = "df = ((("
    assert stage.error is None
    assert "cannot be read" in stage.sentence.value
