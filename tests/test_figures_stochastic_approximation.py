"""The pictures of stochastic approximation as data: curves, laws, warnings, sentences."""

import numpy as np
import pytest
from descent.figures.stochastic_approximation import FollowPicture, SignPicture, StepSizePicture
from descent.stochastic import lecture


def test_error_and_law_are_drawn_as_computed():
    frame, picture = lecture.noise_floor(0.3, 4), FollowPicture()
    picture.update(frame)
    assert np.array_equal(picture.errors["SGD"].get_ydata(), frame.errors["SGD"])
    assert np.array_equal(picture.laws["law"].get_ydata(), frame.laws["law"])
    assert np.array_equal(picture.paths["SGD"].get_ydata(), frame.paths["SGD"][:, 0])
    assert "0.044" in picture.describe(frame)


@pytest.mark.parametrize(
    "frame",
    [lecture.noise_floor(0.2, 2), lecture.schedule(1.0, 0.8), lecture.drifting(0.2, 0.3)],
    ids=lambda frame: frame.title,
)
def test_measured_errors_follow_their_laws(frame):
    for name, law in frame.laws.items():
        path = name.removeprefix("law, ") if name != "law" else "SGD"
        measured, foretold = frame.errors[path][-100:].mean(), law[-100:].mean()
        assert measured == pytest.approx(foretold, rel=3 * np.sqrt(2 / lecture.SEEDS))


def test_the_filter_is_no_worse_than_the_best_constant_step():
    gain = lecture.best_gain(0.2)
    frame = lecture.drifting(gain, 0.2)
    ends = {name: error[-100:].mean() for name, error in frame.errors.items()}
    assert ends["Kalman filter"] == pytest.approx(ends["constant step"], rel=0.01)
    for other in (0.5 * gain, 2 * gain):
        assert lecture.drifting(other, 0.2).errors["constant step"][-100:].mean() > ends["Kalman filter"]


def test_the_best_step_for_a_drift_is_a_star_on_the_law_and_the_step_taken_a_dot_near_it():
    picture = FollowPicture()
    for drift in (0.1, 0.5):
        frame = lecture.drifting(0.4, drift)
        picture.update(frame)
        assert frame.floor.best == pytest.approx(lecture.best_gain(drift), abs=0.01)
        assert picture.best.get_xdata()[0] == frame.floor.best
        assert np.array_equal(picture.floor.get_ydata(), frame.floor.law)
        ((eta, error),) = picture.here.get_xydata()
        assert eta == 0.4
        assert error == pytest.approx(np.interp(0.4, frame.floor.etas, frame.floor.law), rel=0.1)
    assert "best constant step would settle at 0.64" in picture.describe(frame)
    still = lecture.noise_floor(0.4, 2)
    picture.update(still)
    assert np.isnan(picture.best.get_ydata()[0])
    assert "best constant step" not in picture.describe(still)  # the smaller the better, given time


def test_no_legend_lies_over_the_curves():
    picture = FollowPicture()
    for frame in (lecture.schedule(0.05, 1.0), lecture.drifting(0.1, 0.2)):
        picture.png(frame)
        assert all(axes.get_legend() is None for axes in picture.figure.axes)
        assert len(picture.figure.legends) == 1


def test_the_frame_grows_with_a_target_that_walks_away():
    picture = FollowPicture()
    for drift in (0.0, 0.5):
        frame = lecture.drifting(0.3, drift)
        picture.update(frame)
        low, high = picture.left.get_ylim()
        assert low < frame.target[:, 0].min()
        assert frame.target[:, 0].max() < high


def test_negative_step_sizes_and_divergence_are_said():
    frame, picture = lecture.adapting("additive (slide 25)", 1, 10.0), StepSizePicture()
    picture.update(frame)
    assert frame.p.min() < 0
    assert "has been negative" in picture.describe(frame)
    assert "diverges" in picture.note.get_text()
    calm = lecture.adapting("ALAP", 1, 10.0)
    picture.update(calm)
    assert np.array_equal(picture.steps[0].get_ydata(), calm.p[:, 0])
    assert picture.bests[1].get_ydata()[0] == pytest.approx(10)
    assert picture.note.get_text() == ""
    assert "negative" not in picture.describe(calm)


@pytest.mark.parametrize("name", ["Silva-Almeida", "SuperSAB", "RPROP"])
def test_sign_rules_are_good_with_exact_gradients_and_bad_online(name):
    ends = [lecture.adapting(name, batch, 10.0).errors[name][-30:].mean() for batch in (0, 1)]
    constant = lecture.adapting(name, 1, 10.0).errors["constant step"][-30:].mean()
    assert ends[0] < 1e-9
    assert ends[1] > 3 * constant


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_the_step_of_sign_rules_grows_as_the_law_says(share):
    frame, picture = lecture.at_the_optimum(share), SignPicture()
    picture.update(frame)
    t = len(frame.growth["Silva-Almeida"]) - 1
    assert np.log(frame.growth["Silva-Almeida"][-1]) == pytest.approx(np.log(1.02) * frame.law * t, abs=0.35)
    assert frame.growth["ALAP"][-1] == pytest.approx(1, abs=0.25)
    assert np.array_equal(picture.lines["ALAP"].get_ydata(), frame.growth["ALAP"])
    assert f"{frame.law:.2f}" in picture.describe(frame)


def test_noisy_bowl_is_right_on_average():
    f, grad, H = lecture.noisy_bowl(batch=20)
    exact_f, exact_grad, _ = lecture.noisy_bowl()
    w = np.array([0.5, -1.0, 2.0, 0.0, 1.0])
    assert np.mean([f(w) for _ in range(4000)]) == pytest.approx(exact_f(w), rel=0.03)
    assert np.mean([grad(w) for _ in range(4000)], axis=0) == pytest.approx(exact_grad(w), abs=0.03)
    assert H @ (w - 1) == pytest.approx(exact_grad(w))
