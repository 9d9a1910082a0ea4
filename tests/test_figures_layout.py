"""The quick layout is Matplotlib's own, pixel for pixel."""

import matplotlib as mpl
import numpy as np
import pytest
from descent.autodiff.lecture import direction_dial
from descent.figures import new_figure, styled
from descent.figures.forward_mode import DirectionPicture
from descent.figures.layout import QuickFigure
from descent.figures.picture import Picture
from descent.figures.typeset import formula_path, formulas
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties


def logarithmic(figure):
    left, right = figure.subplots(1, 2, width_ratios=[2, 1])
    left.set(xscale="log", yscale="log", xlim=(1e-7, 2), ylim=(1e-9, 3e4), xlabel="$x$", ylabel="$y$")
    right.set(yscale="symlog", ylim=(-30, 40), title="beside", xlabel="step")


def short_logarithmic(figure):
    figure.subplots().set(yscale="log", ylim=(0.4, 3), ylabel="minor marks with numbers", title="$x^2$")


def unusual(figure):
    places = figure.subplot_mosaic([["a", "b"], ["a", "c"], ["d", "d"]])
    places["a"].set(aspect="equal", xlim=(0, 3), ylim=(-1, 1e3 - 998), xlabel="long " * 30)
    places["b"].set(ylim=(1e8, 3e8), ylabel="offset")
    places["b"].tick_params(labelbottom=False)
    places["c"].set(xticks=[], yticks=[0, 1], yticklabels=["no", "perhaps"], ylabel="answer")
    places["d"].set_axis_off()
    places["d"].text(0.2, 0.5, "words")


def beside(figure):
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.tick_params(labelbottom=False)
    top.plot([0, 1], label="line")
    top.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
    twin = bottom.twinx()
    twin.set(ylabel="the other", ylim=(0.1, 1e4), yscale="log")
    twin.spines["right"].set_visible(True)
    bottom.set(xlabel="both", ylabel="one")


def bar_of_colours(figure):
    left, right = figure.subplots(1, 2)
    figure.colorbar(left.imshow(np.eye(4)), ax=left, shrink=0.7)
    figure.suptitle("above all")
    right.plot([1, 2], [3, 4], "o", clip_on=False)
    right.set_ylim(3, 4)


def above(figure):
    axes = figure.subplots()
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set(xlabel="$x$ above", ylabel="$y$", xscale="log", xlim=(1, 1e5))


def pixels(figure, draw):
    with styled():
        draw(figure)
        figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())


@pytest.mark.parametrize("draw", [logarithmic, short_logarithmic, unusual, beside, bar_of_colours, above])
def test_it_is_the_constrained_layout(draw):
    quick = new_figure(9, 5)
    plain = Figure((9, 5), dpi=100, layout="constrained")
    FigureCanvasAgg(plain)
    assert isinstance(quick, QuickFigure)
    with mpl.rc_context({"axes.titley": None}):
        expected = pixels(plain, draw)
    for _ in range(2):  # the second time all places are known
        np.testing.assert_array_equal(pixels(quick, draw), expected)
        quick.clear()


def test_what_moves_takes_no_room():
    class Late(Picture):
        def draw(self, frame):
            axes = self.figure.subplots()
            self.point = self.moving(axes.plot([], [], "o", clip_on=False)[0])

        def show(self, frame):
            self.point.set_data([0.5], [0.5])

    picture = Late()
    picture.update(None)
    (axes,) = picture.figure.axes
    assert axes.get_position().width > 0.9
    assert axes.get_position().height > 0.9


def test_directions_fill_their_page():
    picture = DirectionPicture()
    picture.update(direction_dial(lambda x1, x2: x1 * x2, 2.0, 5.0, 30.0))
    left, right = (axes.get_window_extent() for axes in picture.figure.axes)
    assert left.width > 400
    assert right.width > 500


def test_a_formula_is_as_large_as_its_path():
    for latex in ("x + y", r"\left\langle \frac{b}{c},\, x \right\rangle", r"\log\det X^{\top}"):
        path, box = formula_path(latex)
        np.testing.assert_allclose(box, path.get_extents().extents, atol=1e-3)


def test_a_formula_is_remembered_by_its_size():
    parser, prop = formulas(), FontProperties(size=15, math_fontfamily="cm")
    first = parser.parse("$x_1$", 100, prop)
    prop.set_size(30)
    twice = parser.parse("$x_1$", 100, prop)
    assert twice.width == pytest.approx(2 * first.width, rel=0.1)
    prop.set_size(15)
    assert parser.parse("$x_1$", 100, prop) is first
    plain = RendererAgg(1, 1, 72).mathtext_parser.parse("$x_1$", 100, prop)
    assert (plain.width, plain.height, plain.depth) == (first.width, first.height, first.depth)
