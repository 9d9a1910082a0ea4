"""Pictures of notebook 06 as data: the loop, the training, SoftMax as dataflow, unit balls; and `watch`."""

import signal

import numpy as np
import pytest
from descent.differentials.norms import NORMS
from descent.figures import Frame
from descent.figures.norms import NormPicture
from descent.figures.softmax import FlowPicture
from descent.figures.training import LINES, LoopPicture, TrainingPicture
from descent.methods import lecture, steepest_descent
from descent.nn import MLP, SGD, ErrorOn, fit, softmax
from descent.nn.lecture import BACKWARD, STEP, WAYS, ZERO, dataflow, loop
from descent.stochastic import four_regions, grid
from descent.widgets import watch
from descent.widgets.live import interrupts_wait

# -- the loop ------------------------------------------------------------------------------------


def test_with_zero_grad_the_gradient_is_the_slope_and_w_converges():
    film = loop(lambda w: (w - 2) ** 2, 5.0, 0.1, turns=40)
    assert [step.line for step in film[1:5]] == list(LINES)
    for step in film:
        if step.line == ZERO:
            assert step.grad is None
        if step.line == BACKWARD:
            assert step.grad == step.slope == pytest.approx(2 * (step.w - 2))
    ends = [step.w - 2 for step in film if step.line == STEP]
    assert ends == pytest.approx([3 * 0.8**k for k in range(1, 41)])


def test_without_zero_grad_the_sum_of_all_slopes_moves_w_and_it_never_rests():
    film = loop(lambda w: (w - 2) ** 2, 5.0, 0.1, forget=False, turns=300)
    assert ZERO not in {step.line for step in film}
    slopes = [step.slope for step in film if step.line == BACKWARD]
    grads = [step.grad for step in film if step.line == BACKWARD]
    assert grads == pytest.approx(np.cumsum(slopes))
    # w_{t+1} - 2 w_t + w_{t-1} = -lr f'(w_t) keeps its energy: |w - 2| comes back to 3 for ever
    away = np.abs([step.w - 2 for step in film])
    assert all(away[k : k + 100].max() > 2.8 for k in range(0, len(away) - 100, 50))


def test_a_loop_that_runs_away_stops_and_says_so():
    film = loop(lambda w: w * w, 1.0, 3.0, turns=50)
    assert not film.success
    assert "smaller lr" in film.message
    film = loop(lambda w: np.log(w), 1e-300, 1e300, turns=5)
    assert not film.success
    with pytest.raises(ValueError, match="depend on w"):
        loop(lambda w: 3.0, 1.0, 0.1)


@pytest.mark.parametrize("forget", [True, False])
def test_the_loop_is_shown_line_by_line(forget):
    film = loop(lambda w: (w - 2) ** 2, 5.0, 0.2, forget, turns=4)
    picture = LoopPicture()
    for k, step in enumerate(film):
        picture.update(Frame(film, k))
        lit = [line for line, band in picture.bands.items() if band.get_visible()]
        assert lit == ([step.line] if step.line else [])
        moved = [s.w for s in film[: k + 1] if s.line in ("", STEP)]
        assert picture.ball.get_xdata()[0] == moved[-1]
        assert picture.trail.get_xdata().tolist() == moved
        swept = [s for s in film[: k + 1] if s.line == BACKWARD]
        assert picture.grad.get_ydata().tolist() == [s.grad for s in swept]
        assert picture.slope.get_ydata().tolist() == [s.slope for s in swept]
        assert f"w = {step.w:.4g}" in picture.state.get_text()
        assert (f"Turn {step.turn}" in picture.describe(Frame(film, k))) == bool(step.line)
    texts = [text.get_text() for axes in picture.figure.axes for text in axes.texts]
    assert ("left out" in texts) != forget
    labels = {axes.get_xlabel() for axes in picture.figure.axes if axes.axison}
    assert labels == {"$w$", "turn of the loop"}


# -- training --------------------------------------------------------------------------------------


def training(steps=60, every=20, measure=None):
    rng = np.random.default_rng(0)
    model = MLP([2, 6, 4], rng=rng)
    batches = (four_regions(20, rng=rng) for _ in range(steps))
    measure = measure or ErrorOn(*grid(16))
    return fit(model, SGD(model.parameters(), lr=0.5), batches, steps=steps, every=every, measure=measure)


def test_the_training_picture_shows_what_the_run_recorded_and_looks_no_further():
    run, picture = training(), TrainingPicture()
    for k in (0, 2):
        picture.update(Frame(run, k))
        assert len(run._steps) == k + 1
        marks = run[k].measured
        assert np.array_equal(np.ravel(picture.plane.get_array()), marks.classes)
        wrong = picture.points[marks.classes != picture.labels]
        assert np.array_equal(np.transpose(picture.wrong.get_data()), wrong)
        assert len(wrong) == round(marks.error * 256)
        assert picture.error.get_xdata().tolist() == [step.step for step in run[: k + 1]]
        assert picture.error.get_ydata()[-1] == pytest.approx(100 * marks.error)
        assert f"{100 * marks.error:.1f} %" in picture.describe(Frame(run, k))
    plane, above, below = (picture.figure.axes[k] for k in (0, 1, 2))
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("$x_1$", "$x_2$")
    assert (above.get_ylabel(), below.get_ylabel()) == ("mean loss", "test error in %")
    assert below.get_xlim()[1] >= 60


def test_the_plane_is_drawn_the_right_way_up():
    run, picture = training(), TrainingPicture()
    picture.update(Frame(run, 0))
    shown = np.asarray(picture.plane.get_array())
    right, top = picture.points[:, 0].reshape(16, 16), picture.points[:, 1].reshape(16, 16)
    assert shown.shape == (16, 16)
    assert np.all(np.diff(right, axis=1) > 0)
    assert np.all(np.diff(top, axis=0) > 0)
    assert picture.plane.origin == "lower"


def test_watching_shows_the_run_to_its_end(capsys):
    run = training()
    watch(run, TrainingPicture, frames=4, pause=0.0)
    assert len(run._steps) == 4
    assert "After 0 of 60 steps" in capsys.readouterr().out


def test_an_interrupt_loses_nothing_and_the_run_goes_on(capsys):
    """Press stop in the middle of a step: the frame is completed, and a second call ends as one run would."""
    exam, calls = ErrorOn(*grid(16)), []
    before = signal.getsignal(signal.SIGINT)

    def measure(model):
        calls.append(1)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return exam(model)

    measure.labels, measure.x = exam.labels, exam.x
    run = training(measure=measure)
    watch(run, TrainingPicture, frames=4)
    assert len(run._steps) == 3
    assert "Interrupted" in capsys.readouterr().out
    watch(run, TrainingPicture, frames=4)
    assert run.success
    whole = training()
    assert all(np.array_equal(a, b) for a, b in zip(run.x, whole.x, strict=True))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_interrupt_is_obeyed():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts_wait():  # noqa: PT012
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


# -- SoftMax ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("label", [0, 1, 2])
def test_all_ways_agree_on_small_logits(way, label):
    z = np.array([1.5, -0.5, 2.0])
    flow = dataflow(way, z, label)
    assert flow.sound
    assert flow.loss == pytest.approx(-np.log(softmax(z)[label]))
    assert flow.gradient == pytest.approx(softmax(z) - np.eye(3)[label])


def test_only_together_are_they_stable():
    z = 1e4 * np.array([0.3, -0.1, 0.2])
    assert [dataflow(way, z, 1).sound for way in WAYS] == [False, False, True]
    assert dataflow("SoftMaxLoss", z, 1).loss == pytest.approx(4000)
    assert [dataflow(way, z, 0).sound for way in WAYS] == [False, True, True]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_the_flow_shows_values_adjoints_and_a_verdict(way, scale):
    flow, picture = dataflow(way, scale * np.array([0.3, -0.1, 0.2]), 1), FlowPicture()
    picture.update(flow)
    assert set(picture.values) == {row.index for row in flow.trace.rows}
    last = flow.trace.rows[-1].index
    assert picture.adjoints[last].get_text() == "1"
    assert len(picture.values[0].get_text().split("\n")) == 3
    assert ("right" in picture.describe(flow)) == flow.sound
    broken = [k for k, text in picture.values.items() if "nan" in text.get_text() or "inf" in text.get_text()]
    assert bool(broken) == (not np.isfinite(flow.loss))
    assert all(picture.values[k].get_fontweight() == "bold" for k in broken)
    boxes = [text.get_window_extent() for text in [*picture.values.values(), *picture.adjoints.values()]]
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


# -- norms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", NORMS)
def test_the_steepest_direction_touches_the_unit_ball(norm):
    problem = lecture.landscapes()["bowl"]
    run = steepest_descent(problem.f, problem.grad, problem.x0, norm=norm, maxiter=20)
    picture = NormPicture()
    for k in (0, 2):
        picture.update(Frame(run, k))
        d = np.array([picture.steepest.U[0], picture.steepest.V[0]])
        assert NORMS[norm].length(d) == pytest.approx(1)
        assert run[k].grad @ d == pytest.approx(-NORMS[norm].length(NORMS[norm].steepest(run[k].grad)))
        assert picture.walked.get_xydata().tolist() == [step.x.tolist() for step in run[: k + 1]]
        level = picture.level.get_xydata()
        assert level @ run[k].grad == pytest.approx([run[k].grad @ d] * 2)
    ball = picture.figure.axes[0].patches[0].get_xy()
    assert [NORMS[norm].length(point) for point in ball] == pytest.approx([1] * len(ball))


def test_a_stationary_start_has_no_direction():
    problem = lecture.landscapes()["bowl"]
    run = steepest_descent(problem.f, problem.grad, np.zeros(2), norm="max")
    picture = NormPicture()
    picture.update(Frame(run, 0))
    assert picture.level.get_xydata().size == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_network_of_the_notebook_learns_four_regions(seed):
    rng = np.random.default_rng(seed)
    model = MLP([2, 10, 10, 4], rng=rng)
    batches = (four_regions(50, rng=rng) for _ in range(3000))
    run = fit(
        model, SGD(model.parameters(), lr=0.5), batches, steps=3000, every=100, measure=ErrorOn(*grid(64))
    )
    assert run[0].measured.error > 0.5
    assert min(step.measured.error for step in run) < 0.1
