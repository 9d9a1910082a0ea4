"""The pictures of notebook 05 as data: what their artists show, and what their sentences say."""

import numpy as np
import pytest
from descent.autodiff import wengert
from descent.autodiff.backward import asked
from descent.autodiff.chains import multiply_chain, orders
from descent.autodiff.costs import fight
from descent.autodiff.feed_forward import backpropagation, random_network
from descent.autodiff.segments import in_segments, tradeoff
from descent.autodiff.unrolled import learn_step_sizes
from descent.figures import Frame
from descent.figures.chains import ChainPicture
from descent.figures.network import NetworkPicture
from descent.figures.reverse_mode import AdjointPicture, FightPicture, SchedulePicture, SegmentsPicture
from descent.figures.style import BLUE, ORANGE
from descent.widgets import AnswerBox, FunctionBox, play
from matplotlib.colors import to_rgba


def notes(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def shown(picture, frame):
    picture.png(frame)
    return picture.describe(frame)


def inside(artist, axes, picture) -> bool:
    """Whether an artist lies within the figure."""
    box = artist.get_window_extent(picture.figure.canvas.get_renderer())
    width, height = picture.figure.get_size_inches() * 100
    return box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1


# -- the next adjoint ----------------------------------------------------------------------------


def film(answer=None):
    return asked(wengert(notes, 2.0, 5.0, order="layers"), answer)


def test_the_question_hides_the_answer_until_it_is_right():
    run = film()
    picture = AdjointPicture()
    said = shown(picture, Frame(run, 6))
    assert said.endswith("Next, from v_2 = v_{-1} × v_0: the adjoint of v_0 = ?")
    assert "1.716" not in said
    assert "1.716 is right" in shown(AdjointPicture(), Frame(film(1.716), 6))


def test_a_forgotten_sum_is_named():
    assert "write += for =" in shown(AdjointPicture(), Frame(film(2.0), 6))


@pytest.mark.slow
def test_the_last_step_asks_nothing():
    run = film(2.0)
    assert shown(AdjointPicture(), Frame(run, run.nit)).endswith("The run ends: every input has its adjoint.")


def test_only_the_lines_so_far_are_seen():
    run, picture = film(), AdjointPicture()
    for k in (0, 4, run.nit):
        picture.png(Frame(run, k))
        low, height = picture.cover.get_y(), picture.cover.get_height()
        hidden = [texts[3] for texts in picture.texts if low <= texts[3].get_position()[1] <= low + height]
        assert len(picture.texts) - len(hidden) == k + 1


def test_an_answer_is_typed_in_the_widget():
    box = AnswerBox("the next adjoint:")
    stage = play(
        lambda f, answer: asked(wengert(f, 2.0, 5.0, order="layers"), answer),
        AdjointPicture,
        f=FunctionBox(["ln(x1) + x1*x2 - sin(x2)"], "x1*x2"),
        answer=box,
    )
    stage.controls["step"].value = 6
    box.text.value = "cos(5)*(-1) + 2"
    assert "is right" in stage.image.tooltip
    box.text.value = "2"
    assert "write += for =" in stage.image.tooltip
    box.text.value = "two"
    assert "'two' is not known" in str(stage.error)
    box.text.value = "x"
    assert "'x' is not a number" in str(stage.error)
    box.text.value = ""
    assert stage.error is None
    assert box.value is None
    assert stage.image.tooltip.endswith("= ?")


def test_a_typed_function_is_played():
    box = FunctionBox(["x1*x2"], "x1**2 + 3*x2")
    stage = play(lambda f: asked(wengert(f, 2.0, 5.0)), AdjointPicture, f=box)
    box.name.value = "your own"
    assert "y = v_3 = 19" in stage.image.tooltip
    box.text.value = "x1 + nonsense"
    assert "'nonsense' is not known" in str(stage.error)


# -- the choice of mode ----------------------------------------------------------------------------


def test_the_fight_draws_what_was_counted():
    picture, one = FightPicture(), fight(np.tanh, 60, 25)
    said = shown(picture, one)
    forward, reverse = picture.axes.lines[:2]
    np.testing.assert_array_equal(forward.get_xdata(), one.outputs)
    np.testing.assert_array_equal(forward.get_ydata(), one.forward)
    np.testing.assert_array_equal(reverse.get_ydata(), one.reverse)
    for point, value in zip(
        picture.points, (one.here.forward_jacobian, one.here.reverse_jacobian), strict=True
    ):
        assert (*point.get_xdata(), *point.get_ydata()) == (25, value)
    assert picture.axes.get_ylim()[1] > max(*one.forward, *one.reverse)
    assert picture.axes.get_xlabel() == "outputs $m$"
    assert (picture.matrix.get_width(), picture.matrix.get_height()) == (60, 25)
    ratio = one.here.forward_jacobian / one.here.reverse_jacobian
    assert f"reverse is {ratio:.3g} times cheaper" in said
    assert f"{one.here.forward_jacobian:,} operations" in said


def test_an_even_fight_says_so():
    assert "both cost the same" in shown(FightPicture(), fight(np.sin, 30, 30))
    assert "forward is" in shown(FightPicture(), fight(np.sin, 3, 30))


# -- chains ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["forward", "reverse", "meet at the narrowest", "best"])
def test_factors_are_drawn_to_scale(order):
    run, picture = multiply_chain((40, 30, 2, 30, 40), order), ChainPicture()
    for k in range(len(run)):
        said = shown(picture, Frame(run, k))
        seen = [patch for patch in picture.patches if patch.get_visible()]
        factors = run[k].factors
        assert [(patch.get_height(), patch.get_width()) for patch in seen] == [f[1:] for f in factors]
        middles = [patch.get_x() + patch.get_width() / 2 for patch in seen]
        assert middles == sorted(middles)
        low, high = picture.factors.get_xlim()
        assert all(low <= patch.get_x() and patch.get_x() + patch.get_width() <= high for patch in seen)
        assert picture.bar.get_width() == run[k].total
        colours = [patch.get_facecolor() == to_rgba(ORANGE) for patch in seen]
        assert colours == [i == run[k].place for i in range(len(seen))]
    assert f"{run.last.total:,} so far" in said
    times = run.last.total / orders((40, 30, 2, 30, 40))["best"].multiplications
    assert f"All in all {times:.3g} times the fewest" in said


def test_the_bars_are_the_totals_of_all_orders():
    run, picture = multiply_chain((10, 100, 5, 50), "reverse"), ChainPicture()
    picture.png(Frame(run, 0))
    totals = [order.multiplications for order in orders((10, 100, 5, 50)).values()]
    assert [bar.get_width() for bar in picture.totals.patches[:4]] == totals
    assert {f"{total:,}" for total in totals} <= {text.get_text() for text in picture.totals.texts}


@pytest.mark.parametrize(
    "sizes", [(1, 1, 1, 1, 1), (64, 64, 64, 64, 64), (1, 64, 1, 64, 1), (64, 1, 1, 1, 64)]
)
def test_no_label_of_a_chain_is_cut_off(sizes):
    run, picture = multiply_chain(sizes, "reverse"), ChainPicture()
    for k in range(len(run)):
        picture.png(Frame(run, k))
        for axes in (picture.layers, picture.factors, picture.totals):
            for text in axes.texts:
                assert not text.get_visible() or inside(text, axes, picture), text.get_text()


# -- the network -----------------------------------------------------------------------------------


def test_every_array_appears_in_its_shape_when_it_is_known():
    weights, x, target = random_network(6, [4, 8, 5, 2], np.random.default_rng(0))
    run, picture = backpropagation(weights, x, target), NetworkPicture()
    for k, step in enumerate(run):
        said = shown(picture, Frame(run, k))
        seen = {key for key, (patch, _, _) in picture.boxes.items() if patch.get_visible()}
        known = {("v", i) for i in range(len(step.values))} | {("w", i) for i in (1, 2, 3)}
        known |= {("vbar", i) for i in step.adjoints} | {("E", i) for i in step.errors}
        assert seen == known | {("gradient", i) for i in step.gradients}
        arrays = {("v", i): v for i, v in enumerate(step.values)}
        arrays |= {("vbar", i): v for i, v in step.adjoints.items()} | {
            ("E", i): e for i, e in step.errors.items()
        }
        arrays |= {("gradient", i): g for i, g in step.gradients.items()}
        for key, array in arrays.items():
            assert picture.boxes[key][2].get_text() == "${} \\times {}$".format(*array.shape)
    assert said.endswith("vbar_0 = E_1 w_1': (6 x 8) (8 x 4) = 6 x 4.")
    assert "dL/dw_1 = v_0' E_1: (4 x 6) (6 x 8) = 4 x 8" in said
    ratio = {key: patch.get_width() / patch.get_height() for key, (patch, _, _) in picture.boxes.items()}
    assert ratio["w", 1] / ratio["v", 1] == pytest.approx((8 / 4) / (8 / 6))


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (12, 12, 12, 12), (12, 1, 12, 1)])
@pytest.mark.parametrize("batch", [1, 12])
def test_no_label_of_a_network_is_cut_off(batch, sizes):
    run, picture = backpropagation(*random_network(batch, sizes, np.random.default_rng(0))), NetworkPicture()
    picture.png(Frame(run, run.nit))
    assert all(inside(text, picture.axes, picture) for text in picture.axes.texts)


# -- memory and step sizes ---------------------------------------------------------------------------


def test_segments_are_cut_where_they_begin():
    picture = SegmentsPicture()
    said = shown(picture, in_segments(64, 8))
    colours = [cell.get_facecolor() for cell in picture.cells]
    assert [k for k, colour in enumerate(colours) if colour == to_rgba(BLUE)] == list(range(0, 56, 8))
    assert [k for k, colour in enumerate(colours) if colour == to_rgba(ORANGE)] == list(range(56, 64))
    every = tradeoff(64)
    rows, steps = picture.axes.lines[:2]
    np.testing.assert_array_equal(rows.get_ydata(), [one.kept for one in every])
    np.testing.assert_array_equal(steps.get_ydata(), [one.evaluations for one in every])
    assert "64 steps in 8 segments of 8: at most 33 rows" in said
    assert picture.line.get_xdata() == [8, 8]


def test_step_sizes_and_their_descent_are_drawn():
    run = learn_step_sizes(
        lambda x: x @ np.diag([1.0, 4.0]) @ x / 2, np.array([2.0, 1.0]), [0.1, 0.15], maxiter=30
    )
    picture = SchedulePicture()
    for k in (0, 7, run.nit):
        said = shown(picture, Frame(run, k))
        assert [bar.get_height() for bar in picture.bars] == run[k].alphas.tolist()
        np.testing.assert_array_equal(np.transpose(picture.path.get_data()), run[k].path)
        np.testing.assert_allclose(picture.curve.get_ydata(), [step.fun for step in run[: k + 1]])
        assert f"end at the loss {run[k].fun:.3g}, from 4" in said
    low, high = picture.path.axes.get_ylim()
    assert low < run[0].path[:, 1].min()
    assert high > run[0].path[:, 1].max()
