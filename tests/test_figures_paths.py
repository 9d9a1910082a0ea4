"""Pictures of paths as data: points, gaps, costs, contours and sentences."""

from types import MappingProxyType

import numpy as np
import pytest
from descent.figures.paths import PathsPicture, frame_of_paths, levels_of, on_plane
from descent.line_search import fixed, line_searches
from descent.methods import AGAINST, bfgs, newton, race, steepest_descent, with_searches
from descent.problems import Problem, multivariate, quadratic, typed_plane

BOWL = quadratic(10)
SEARCHES = MappingProxyType(line_searches(0.04))


def raced(problem=BOWL, k=3, against="iterations", maxiter=10, searches=SEARCHES):
    return race(problem, with_searches(steepest_descent, searches, maxiter=maxiter), k=k, against=against)


@pytest.fixture(scope="module")
def result():
    return raced()


@pytest.fixture
def picture(result):
    picture = PathsPicture()
    picture.update(result)
    return picture


def points(line):
    return np.column_stack(line.get_data())


@pytest.mark.parametrize("k", [0, 3, 10, 99])
def test_paths_go_as_far_as_k(result, picture, k):
    picture.update(result.at(k, "iterations"))
    for name, run in result.runs.items():
        walked = [step.x.tolist() for step in run][: k + 1]
        assert points(picture.walked[name]).tolist() == walked
        assert points(picture.heads[name]).tolist() == walked[-1:]


def test_gaps_and_costs_are_those_of_the_race(result, picture):
    for name in result.runs:
        drawn = points(picture.falls[name])
        assert drawn[:, 0].tolist() == [0, 1, 2, 3]
        assert drawn[:, 1] == pytest.approx(result.gaps(name)[:4])


@pytest.mark.parametrize("against", AGAINST)
def test_the_switch_changes_the_axis(result, picture, against):
    shown = result.at(5, against)
    picture.update(shown)
    axes = picture.figure.axes[1]
    assert axes.get_xlabel().replace("$", "") == against
    for name in result.runs:
        assert points(picture.falls[name])[:, 0].tolist() == shown.cost(name)[:6].tolist()


def test_moving_k_draws_nothing_anew(result, picture):
    axes = picture.figure.axes
    picture.update(result.at(7, "iterations"))
    assert picture.figure.axes == axes
    picture.update(result.at(7, "calls of f"))
    assert picture.figure.axes != axes


def test_start_and_minimiser_are_marked(picture):
    marks = [points(line).tolist() for line in picture.figure.axes[0].get_lines() if len(points(line)) == 1]
    assert [[10, 1]] in marks
    assert [[0, 0]] in marks


def test_every_method_is_in_the_legend(result, picture):
    (legend,) = picture.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(result.runs)


def test_contours_are_levels_of_f(picture):
    contours = picture.figure.axes[0].collections[0]
    levels = contours.levels
    assert np.all(np.diff(levels) > 0)
    for level, path in list(zip(levels, contours.get_paths(), strict=True))[4:]:
        values = [BOWL.f(point) for point in path.vertices[::7]]
        assert values == pytest.approx([level] * len(values), rel=0.12, abs=0.02 * levels[-1])


def test_levels_reach_from_near_the_minimum_to_the_top():
    values = np.array([[5.0, 6.0], [105.0, np.nan]])
    levels = levels_of(values, 5.0)
    assert levels[0] == pytest.approx(6)
    assert levels[-1] == pytest.approx(105)


def test_the_frame_holds_start_minimiser_and_the_paths_near_them(result):
    (left, low), (right, high) = frame_of_paths(result)
    for name in result.runs:
        x, y = result.path(name).T
        assert left < x.min()
        assert x.max() < right
        assert low < y.min()
        assert y.max() < high


def test_a_diverging_path_does_not_blow_up_the_picture():
    result = raced(searches={"fixed": fixed(0.3), "short": fixed(0.01)}, maxiter=40)
    assert np.abs(result.path("fixed")).max() > 1e10
    low, high = frame_of_paths(result)
    assert np.abs([low, high]).max() < 100
    picture = PathsPicture()
    picture.update(result)
    assert picture.figure.axes[1].get_ylim()[1] < 1e5


def test_a_start_at_the_minimiser_has_a_frame():
    problem = Problem("there", BOWL.f, grad=BOWL.grad, x0=np.zeros(2), x_star=np.zeros(2), f_star=0.0)
    result = raced(problem)
    low, high = frame_of_paths(result)
    assert np.all(np.subtract(high, low) >= 0)
    PathsPicture().png(result)


def test_right_angles_look_right(result):
    """The gradient stands on the contour, and a step of exact search on the next one."""
    picture = PathsPicture()
    picture.png(result)
    axes = picture.figure.axes[0]
    places = axes.transData.transform([[0, 0], [1, 0], [0, 1]])
    assert places[1, 0] - places[0, 0] == pytest.approx(places[2, 1] - places[0, 1])
    box = axes.get_window_extent()
    assert box.width > 0.4 * picture.figure.bbox.width  # and the frame is still filled


def test_a_typed_function_is_measured_in_one_call_with_the_same_values():
    problem = typed_plane("exp(x) - x*y + log(y)", 1, 1)
    x, y, values = on_plane(problem, (-1.0, -1.0), (2.0, 3.0), points=5)
    each = np.array([[problem.f(np.array([a, b])) for a in x] for b in y])
    assert np.array_equal(values, np.where(np.isfinite(each), each, np.nan), equal_nan=True)
    assert np.all(on_plane(typed_plane("3", 1, 1), (0.0, 0.0), (1.0, 1.0), points=2)[2] == 3)


def test_where_f_has_no_value_the_plane_has_a_gap():
    problem = Problem("half", lambda x: np.log(x[0]) if x[0] > 0 else np.nan)
    values = on_plane(problem, (-1.0, 0.0), (1.0, 1.0), points=3)[2]
    assert np.isnan(values).tolist() == [[True, True, False]] * 3


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("name", ["Rosenbrock", "Beale"])
def test_any_methods_on_any_problem_of_two_variables(name):
    problem = multivariate[name]
    result = race(
        problem,
        {
            "steepest": lambda p: steepest_descent(p.f, p.grad, p.x0, maxiter=20),
            "Newton": lambda p: newton(p.f, p.grad, p.hess, p.x0),
            "BFGS": lambda p: bfgs(p.f, p.grad, p.x0),
        },
        k=30,
    )
    picture = PathsPicture()
    png = picture.png(result)
    assert png[:4] == b"\x89PNG"
    assert points(picture.walked["BFGS"])[-1] == pytest.approx(result.path("BFGS")[:31][-1])
    assert "BFGS" in picture.describe(result)


def test_more_methods_than_styles():
    searches = {f"step {k}": fixed(0.001 * k) for k in range(1, 10)}
    picture = PathsPicture()
    picture.update(raced(searches=searches))
    assert len(picture.walked) == 9


def test_sentence_says_gap_calls_and_who_has_ended(result, picture):
    said = picture.describe(result)
    run = result.runs["Armijo"]
    assert said.startswith("After 3 iterations, f - f*: fixed step")
    assert f"Armijo {run[3].fun:.1e} ({run[3].nfev} calls)" in said
    assert ", stopped)" in picture.describe(result.at(99, "iterations"))


def test_an_unknown_minimum_is_said():
    problem = Problem("unknown", BOWL.f, grad=BOWL.grad, x0=BOWL.x0)
    result = raced(problem)
    picture = PathsPicture()
    picture.update(result)
    assert "lowest value found" in picture.describe(result)
    assert "found" in picture.figure.axes[1].get_ylabel()
