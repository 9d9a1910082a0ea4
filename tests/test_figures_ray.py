"""Pictures of a ray as data: what the lines, the strips and the sentences say."""

import numpy as np
import pytest
from descent.figures import Frame
from descent.figures.ray import ConditionsPicture, conditions_figure, spoken
from descent.figures.trials import SearchPicture
from descent.line_search import backtracking, judge, more_thuente
from descent.line_search.backtrack import CONDITIONS
from descent.problems import rays

BOWL = rays["quadratic"]
VALLEYS = rays["two valleys"]


def judged(ray=BOWL, alpha=0.5, **asked):
    return judge(ray.f, ray.grad, alpha, reach=ray.bracket[2], **asked)


def drawn(frame, kind=ConditionsPicture):
    picture = kind()
    picture.update(frame)
    return picture


def ends(line):
    return list(zip(*(np.round(values, 9).tolist() for values in line.get_data()), strict=True))


def rectangles(collection):
    """The spans in x of a collection of rectangles."""
    return [
        (path.vertices[:, 0].min(), path.vertices[:, 0].max())
        for path in collection.get_paths()
        if len(path.vertices)
    ]


def drawn_slope(line):
    (x0, x1), (y0, y1) = line.get_data()
    return (y1 - y0) / (x1 - x0)


def test_lines_start_at_phi_0_and_have_their_slopes():
    picture = drawn(judged(c1=0.3, rho=0.2, conditions=CONDITIONS))
    assert ends(picture.armijo) == [(0, 1), (2.5, 1 - 0.3 * 2 * 2.5)]
    assert ends(picture.upper) == [(0, 1), (2.5, 1 - 0.2 * 2 * 2.5)]
    assert ends(picture.lower) == [(0, 1), (2.5, 1 - 0.8 * 2 * 2.5)]


def test_lines_move_and_nothing_else_is_drawn_anew():
    picture = drawn(judged(c1=0.3, conditions=("armijo",)))
    axes = picture.axes
    picture.update(judged(c1=0.5, alpha=1.5, conditions=("armijo",)))
    assert picture.axes is axes
    assert ends(picture.armijo)[1] == (2.5, -1.5)
    assert ends(picture.point) == [(1.5, 0.25)]
    assert picture.here.get_xdata() == [1.5, 1.5]


def test_the_curve_and_its_first_order_model_are_there():
    picture = drawn(judged(VALLEYS, conditions=()))
    curves = {len(line.get_xdata()): line for line in picture.axes.get_lines()}
    curve = curves[max(curves)]
    x, y = curve.get_data()
    assert y == pytest.approx([VALLEYS.f(a) for a in x])
    model = next(line for line in picture.axes.get_lines() if "model" in str(line.get_label()))
    assert ends(model) == [(0, 0.75), (4.2, pytest.approx(0.75 - 3.1 * 4.2))]


@pytest.mark.parametrize("name", CONDITIONS)
def test_strips_show_the_accepted_sets(name):
    seen = judged(VALLEYS, c1=0.15, c2=0.5, conditions=CONDITIONS)
    picture = drawn(seen)
    bar = picture.bars[name][1]
    assert rectangles(bar) == [pytest.approx(span) for span in seen.accepted[name]]
    assert len(rectangles(bar)) >= 1


def test_shading_is_where_all_that_are_on_accept():
    seen = judged(VALLEYS, c1=0.15, c2=0.5, conditions=("armijo", "curvature"))
    picture = drawn(seen)
    assert rectangles(picture.together) == [pytest.approx(span) for span in seen.accepted["wolfe"]]
    assert list(picture.bars) == ["armijo", "curvature"]
    labels = [label.get_text() for label in picture.strips.get_yticklabels()]
    assert labels == ["Armijo", "curvature"]


def test_a_single_accepted_step_can_be_seen():
    picture = drawn(judged(rho=0.5, conditions=("goldstein",)))
    ((a, b),) = rectangles(picture.together)
    pixels = (b - a) / 2.5 * picture.axes.bbox.width
    assert 2 < pixels < 6
    assert (a + b) / 2 == pytest.approx(1)


def test_an_empty_set_is_empty():
    picture = drawn(judged(rho=0.6, conditions=("goldstein",)))
    assert rectangles(picture.together) == []
    assert rectangles(picture.bars["goldstein"][1]) == []


def test_tangents_have_the_slopes_of_the_condition():
    picture = drawn(judged(alpha=0.25, c2=0.5, conditions=("strong_wolfe",)))
    assert drawn_slope(picture.tangent) == pytest.approx(-1.5)
    assert drawn_slope(picture.steepest) == pytest.approx(-1.0)
    assert drawn_slope(picture.mirrored) == pytest.approx(1.0)
    lengths = [
        np.hypot(*np.diff(picture.axes.transData.transform(np.column_stack(line.get_data())), axis=0)[0])
        for line in (picture.tangent, picture.steepest, picture.mirrored)
    ]
    assert lengths == pytest.approx([lengths[0]] * 3)


def test_conditions_without_slope_show_none():
    picture = drawn(judged(conditions=("armijo", "goldstein")))
    assert [len(line.get_xdata()) for line in (picture.tangent, picture.steepest, picture.mirrored)] == [
        0,
        0,
        0,
    ]
    picture = drawn(judged(conditions=("curvature",)))
    assert len(picture.steepest.get_xdata()) == 2
    assert len(picture.mirrored.get_xdata()) == 0
    assert ends(picture.armijo) == [(0, 1), (0, 1)]


@pytest.mark.parametrize(
    ("alpha", "asked", "said"),
    [
        (2.2, {"conditions": ("armijo",), "c1": 0.1}, "Armijo fails, phi lies above the line"),
        (0.1, {"conditions": ("goldstein",)}, "Goldstein fails, phi lies below the lower line: too short"),
        (1.9, {"conditions": ("goldstein",)}, "Goldstein fails, phi lies above the line"),
        (0.1, {"conditions": ("curvature",), "c2": 0.5}, "slope -1.8 is below c2 phi'(0) = -1"),
        (1.8, {"conditions": ("strong_wolfe",), "c2": 0.5}, "slope 1.6 is above c2 |phi'(0)| = 1"),
        (1.0, {"conditions": ("wolfe",)}, "Wolfe holds"),
        (1.0, {"conditions": ("goldstein",), "rho": 0.6}, "It accepts no step"),
        (1.0, {"conditions": ("armijo", "curvature")}, "Together they accept [0.1"),
        (0.5, {"conditions": ()}, "phi(0.5) = 0.25, the first-order model says 0."),
    ],
)
def test_sentence_says_what_holds_and_why_not(alpha, asked, said):
    assert said in drawn(judged(alpha=alpha, **asked)).describe(judged(alpha=alpha, **asked))


def test_sentence_where_phi_has_no_value():
    seen = judged(rays["barrier"], 1.2, conditions=("wolfe",))
    assert "Wolfe fails, phi has no value there" in drawn(seen).describe(seen)


def test_union_of_many_intervals_is_short():
    assert spoken(tuple((k, k + 0.5) for k in range(1, 9))) == (
        "[1, 1.5] and [2, 2.5] and [3, 3.5] and 5 more intervals"
    )


def test_still_has_picture_and_text():
    shown = conditions_figure(judged(conditions=("wolfe",)))
    assert shown.png[:4] == b"\x89PNG"
    assert "Wolfe holds" in shown.alt


# The search, trial by trial


def goldstein_run(**asked):
    return backtracking(BOWL.f, BOWL.grad, 4.0, condition="goldstein", **asked)


def test_trials_so_far_are_shown_and_no_later_ones():
    run = backtracking(VALLEYS.f, VALLEYS.grad, 4.0, c1=0.1)
    assert [step.trial for step in run] == [0.0, 4.0, 2.0, 1.0]
    picture = SearchPicture()
    for k, step in enumerate(run):
        picture.update(Frame(run, k))
        assert ends(picture.new) == ([(step.trial, round(step.value, 9))] if k else [])
        assert [x for x, _ in ends(picture.old)] == [earlier.trial for earlier in run[1:k]]
        marked = [point for marks in picture.marks.values() for point in ends(marks)]
        assert sorted(marked) == [(j, run[j].trial) for j in range(1, k + 1)]


def test_marks_tell_why_trials_failed():
    run = goldstein_run(beta=0.1)
    picture = drawn(Frame(run, run.nit), SearchPicture)
    assert [k for k, _ in ends(picture.marks["too little decrease"])] == [1]
    assert [k for k, _ in ends(picture.marks["too short"])] == list(range(2, run.nit + 1))
    assert "accepted" not in picture.marks


def test_the_interval_is_where_the_next_trial_lies():
    run = goldstein_run(beta=0.3)
    picture = drawn(Frame(run, 1), SearchPicture)
    assert (picture.interval.get_x(), picture.interval.get_width()) == (0, pytest.approx(1.2))
    picture = drawn(Frame(run, run.nit), SearchPicture)
    assert picture.interval.get_width() == 0


def test_accepted_set_lines_and_labels():
    picture = drawn(Frame(goldstein_run(rho=0.3), 1), SearchPicture)
    labels = {line.get_label(): line for line in picture.axes.get_lines()}
    assert drawn_slope(labels[r"$\rho$ line"]) == pytest.approx(-0.6)
    assert drawn_slope(labels[r"$1 - \rho$ line"]) == pytest.approx(-1.4)
    accepted = next(c for c in picture.axes.collections if c.get_label() == "accepted")
    ((a, b),) = rectangles(accepted)
    assert (a, b) == (pytest.approx(0.6, abs=0.01), pytest.approx(1.4, abs=0.01))
    assert picture.axes.get_xlabel() == r"step size $\alpha$"
    assert picture.axes.get_ylabel() == r"$\varphi(\alpha)$"
    assert picture.figure.axes[1].get_yscale() == "log"


@pytest.mark.parametrize("alpha0", [1e-3, 0.1, 10.0, 1e3])
def test_the_window_holds_what_happens_and_seldom_moves(alpha0):
    ray = rays["More-Thuente 1"]
    run = more_thuente(ray.f, ray.grad, alpha0, c1=1e-3, c2=0.1)
    picture = SearchPicture()
    windows = []
    for k, step in enumerate(run):
        picture.update(Frame(run, k))
        left, right = picture.axes.get_xlim()
        assert left <= step.trial <= right
        assert left <= run.x <= right
        windows.append(right)
    assert len(set(windows)) <= 3


def test_cuts_down_to_underflow_stay_drawable():
    ray = rays["More-Thuente 1"]  # phi(0) = 0, so rounding sets no limit to the cuts
    run = backtracking(ray.f, ray.grad, 0.05, condition="wolfe", c1=0.5, c2=0.1, beta=0.1)
    assert not run.success
    assert run.last.trial < 1e-300
    picture = drawn(Frame(run, run.nit), SearchPicture)
    assert 0 < picture.figure.axes[1].get_ylim()[0] < 1e-18


def test_the_tangent_of_a_trial_is_its_slope():
    ray = rays["More-Thuente 1"]
    run = more_thuente(ray.f, ray.grad, 0.1, c1=1e-3, c2=0.1)
    picture = drawn(Frame(run, 2), SearchPicture)
    assert drawn_slope(picture.tangent) == pytest.approx(run[2].slope)


def test_sentences_of_a_search():
    run = goldstein_run(beta=0.1)
    picture = drawn(Frame(run, 0), SearchPicture)
    assert picture.describe(Frame(run, 0)) == (
        "Start: phi(0) = 1, phi'(0) = -2. Best so far 0; next trial 4."
    )
    assert "Trial 1 of" in picture.describe(Frame(run, 1))
    assert "too little decrease, phi lies above the line" in picture.describe(Frame(run, 1))
    assert "too short, phi lies below the lower line" in picture.describe(Frame(run, 2))
    last = picture.describe(Frame(run, run.nit))
    assert "The search ends: no success, the cuts jumped over" in last


def test_sentence_names_the_case_and_the_stage():
    ray = rays["More-Thuente 1"]
    run = more_thuente(ray.f, ray.grad, 0.1, c1=1e-3, c2=0.1)
    said = drawn(Frame(run, 1), SearchPicture).describe(Frame(run, 1))
    assert "case 3: lower value, flatter slope (stage 1)" in said


def test_a_wall_is_drawn_as_a_gap():
    wall = rays["barrier"]
    run = backtracking(wall.f, wall.grad, 3.0)
    picture = drawn(Frame(run, 1), SearchPicture)
    assert ends(picture.marks["not finite"]) == [(1, 3.0)]
    assert np.all(np.isfinite(picture.axes.get_ylim()))


@pytest.mark.parametrize("frame", [judged(conditions=CONDITIONS), Frame(goldstein_run(), 1)])
def test_pictures_are_not_blank_and_of_their_size(frame):
    picture = SearchPicture() if isinstance(frame, Frame) else ConditionsPicture()
    picture.png(frame)
    pixels = np.asarray(picture.figure.canvas.buffer_rgba())
    assert pixels.shape[:2] == tuple(round(100 * inches) for inches in picture.size[::-1])
    assert pixels[..., :3].std() > 5
