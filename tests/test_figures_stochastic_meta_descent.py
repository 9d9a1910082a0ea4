"""The pictures of stochastic meta-descent as data, and the films behind them."""

import numpy as np
import pytest
from descent.figures import Frame
from descent.figures.stochastic_meta_descent import (
    LongViewPicture,
    RacePicture,
    RegionsPicture,
    fixed_point_chart,
)
from descent.stochastic import (
    SGD,
    SMD,
    LearningCurve,
    bowl,
    long_view,
    race_on_four_regions,
    race_view,
    region,
    regions_film,
)


def test_bowl_has_its_curvatures():
    assert np.linalg.eigvalsh(bowl(20, 35)) == pytest.approx([0.05, 1])


def test_v_nears_its_fixed_point_when_p_is_held():
    run = long_view(bowl(2, 30), p0=0.01, mu=0.0, lambda_=0.8, steps=60)
    step = run.last  # w moves slowly, so v follows
    assert step.v == pytest.approx(step.fixed, rel=0.1)
    assert np.all(step.p == 0.01)


def test_without_mu_meta_descent_is_plain_descent():
    run = long_view(bowl(10, 30), mu=0.0, steps=30)
    assert [step.fun for step in run] == pytest.approx([step.plain for step in run])


def test_with_mu_it_gets_further():
    step = long_view(bowl(10, 30), mu=0.5, lambda_=0.95).last
    assert step.fun < 0.7 * step.plain


def test_long_view_is_drawn_as_computed():
    run = long_view(bowl(10, 30), mu=0.3)
    frame, picture = Frame(run, 12), LongViewPicture()
    picture.update(frame)
    assert np.array_equal(np.transpose(picture.path.get_data()), [step.x for step in run[:13]])
    x, y = picture.v.get_data()
    assert (x[1] - x[0], y[1] - y[0]) == pytest.approx(tuple(run[12].v))
    assert picture.now[0].get_xdata()[0] == 12
    assert "Step 12 of 60" in picture.describe(frame)


def test_a_step_too_long_still_gives_a_picture():
    run = long_view(bowl(1, 0), p0=0.5, mu=1.0, lambda_=1.0, noise=1.0)
    assert LongViewPicture().png(Frame(run, run.nit))[1:4] == b"PNG"


def curves():
    frames = np.array([0, 100, 200])
    return {
        "SMD": LearningCurve(frames, np.array([[1.4, 1.4], [0.5, 0.7], [0.1, 0.3]])),
        "ALAP": LearningCurve(frames, np.array([[1.4, 1.4], [0.6, 0.8], [0.3, 0.5]])),
        "GEKF": LearningCurve(frames, np.array([[1.4], [np.inf], [np.inf]])),
    }


def test_race_is_drawn_with_its_errors():
    view, picture = race_view(curves(), "uniform"), RacePicture()
    picture.update(view)
    assert picture.lines["SMD"].get_ydata() == pytest.approx([1.4, 0.6, 0.2])
    heights = picture.bands["SMD"].get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(0.01)  # 0.2 - 2 * 0.1, cut
    assert heights.max() == pytest.approx(1.4)
    said = picture.describe(view)
    assert "SMD 0.200 +- 0.100 (2 seeds)" in said
    assert "GEKF diverged" in said
    assert said.index("SMD") < said.index("ALAP")


def test_race_against_time_scales_each_curve_and_leaves_the_others_out():
    view = race_view(curves(), "uniform", {"SMD": 2.0, "ALAP": 1.0})
    assert view.across["SMD"].tolist() == [0, 200, 400]
    assert set(view.curves) == {"SMD", "ALAP"}
    picture = RacePicture()
    picture.update(view)
    assert picture.axes.get_xlim()[1] == 400
    assert picture.axes.get_xlabel().startswith("time")


def test_regions_are_mapped_the_right_way_up():
    run = race_on_four_regions({"SMD": SMD(1.0, 0.5, 1.0)}, seeds=[0, 1], patterns=8000, frames=2)["SMD"]
    film = regions_film(run, 1, side=30)
    assert [step.patterns for step in film] == [0, 4000, 8000]
    assert film.last.truth[29, 15] == region([0.03, 0.97]) == 3  # the last row is the upper edge
    assert film.last.right > 0.75 > 0.5 > film[0].right
    picture = RegionsPicture()
    picture.update(Frame(film, 2))
    assert np.array_equal(picture.map.get_array(), film.last.classes)
    assert "8000 patterns" in picture.title.get_text()


def test_regions_of_a_seed_that_is_not_there():
    run = race_on_four_regions({"SGD": SGD(0.1)}, seeds=[0], patterns=20)["SGD"]
    with pytest.raises(ValueError, match="seed must be from 0 to 0, got 3"):
        regions_film(run, 3)


def test_fixed_point_chart_shows_each_memory():
    figure, alt = fixed_point_chart([0, 1, 2], {"0.5": [1.0, 0.5, 0.25], "0.9": [1.0, 0.9, 0.8]})
    assert [line.get_ydata()[-1] for line in figure.axes[0].lines] == [0.25, 0.8]
    assert "lambda 0.9" in alt
