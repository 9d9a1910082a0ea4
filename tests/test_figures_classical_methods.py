"""Pictures of direct methods and of fits, as data; and what the notebook compares."""

import numpy as np
import pytest
from descent.figures import Frame
from descent.figures.classical_methods import FitPicture, PopulationPicture
from descent.figures.paths import PathsPicture, frame_of_paths
from descent.line_search import fixed
from descent.methods import gauss_newton, lecture, levenberg_marquardt
from descent.methods.fit_film import fit_film
from descent.problems import least_squares, typed_plane


@pytest.fixture(scope="module")
def search():
    hills = lecture.landscapes()["hills"]
    find = lecture.searcher("perturb", seed=1, temperature=1.0, population=5, steps=80)
    return find(hills.f, hills.x0)


@pytest.fixture(scope="module")
def film():
    problem = least_squares["MGH17"]
    run = levenberg_marquardt(problem.residual, problem.jac, problem.x0)
    return fit_film("MGH17", run).finish()


@pytest.mark.parametrize("k", [0, 30, 80])
def test_population_shows_the_pool_the_trial_and_the_best(search, k):
    picture, step = PopulationPicture(), search[k]
    picture.update(Frame(search, k))
    assert np.array_equal(picture.pool.get_xydata(), step.pool)
    assert np.array_equal(picture.trials.get_xydata(), np.atleast_2d(step.trial))
    assert np.array_equal(picture.best.get_xydata()[0], step.x)
    assert len(picture.fall.get_xdata()) == k + 1
    assert picture.fall.get_ydata()[-1] == step.fun
    plane, values = picture.figure.axes
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("$x$", "$y$")
    assert (values.get_xlabel(), values.get_ylabel()) == ("calls of $f$", "$f$")
    assert plane.get_xlim()[0] < step.x[0] < plane.get_xlim()[1]
    assert plane.collections, "no contours"
    assert f"{step.nfev} calls" in picture.describe(Frame(search, k))


def test_best_value_never_rises(search):
    picture = PopulationPicture()
    picture.update(Frame(search, 80))
    assert np.all(np.diff(picture.fall.get_ydata()) <= 0)


@pytest.mark.parametrize("k", [0, 40, -1])
def test_fit_shows_curve_residuals_and_digits(film, k):
    k = k % len(film)
    picture, step = FitPicture(), film[k]
    picture.update(Frame(film, k))
    problem = least_squares["MGH17"]
    assert np.allclose(np.sort(picture.residuals.get_ydata()), np.sort(problem.residual(step.x)))
    assert np.array_equal(picture.curve.get_ydata(), step.curve)
    assert picture.digit_head.get_xydata().tolist() == [[k, step.digits]]
    assert picture.damping_head.get_xydata().tolist() == [[k, step.damping]]
    assert {axes.get_ylabel() for axes in picture.figure.axes} == {
        "response $y$",
        "certified digits",
        "residual $r$",
        r"damping $\lambda$",
    }
    assert f"{step.digits:.1f} certified digits" in picture.describe(Frame(film, k))


def test_rejected_trials_keep_the_point(film):
    rejected = [k for k in range(1, len(film)) if not film[k].accepted]
    assert rejected
    for k in rejected:
        assert np.array_equal(film[k].x, film[k - 1].x)


def test_a_fit_ends_with_small_residuals_between_model_and_data(film):
    last = film.last
    at_data = np.interp(last.t, last.grid, last.curve)
    assert np.allclose(at_data - last.y, last.residuals, atol=0.02)
    assert np.sum(last.residuals**2) == pytest.approx(2 * least_squares["MGH17"].f_star, rel=1e-9)


def test_gauss_newton_matrix_is_the_hessian_for_linear_models_and_vanishing_residuals_only():
    b = np.array([2.0, 0.8])
    assert lecture.curvatures(lecture.decay(0.5, linear=True), b).difference < 1e-12
    assert lecture.curvatures(lecture.decay(0.0), np.array([3.0, 1.0])).difference < 1e-12
    assert lecture.curvatures(lecture.decay(0.0), b).difference > 0.01


def test_the_eigenvalues_foretell_the_error_ratio_of_gauss_newton():
    residual = lecture.decay(1.0)
    run = gauss_newton(residual, None, np.array([2.0, 0.8]), line_search=fixed(1.0))
    foretold = lecture.curvatures(residual, run.x).factor
    assert lecture.measured_factor(run, run.x) == pytest.approx(foretold, rel=0.1)


@pytest.mark.parametrize(("share", "stable"), [(0.95, True), (1.05, False)])
def test_two_over_the_largest_curvature_is_the_limit_of_a_fixed_step(share, stable):
    run = lecture.descents(10.0, 30.0, share).runs["fixed step"]
    assert (run[50].fun < run[0].fun) == stable


def test_newton_as_it_is_ends_at_the_saddle_and_every_repair_leaves_it():
    for repair in ("shift", "flip", "gradient"):
        runs = lecture.newton_race(lecture.landscapes()["saddle"], 0.3, 1.0, repair).runs
        assert runs["as it is"].x == pytest.approx([0, 0], abs=1e-5)
        assert abs(runs[repair].x[0]) == pytest.approx(1, abs=1e-4)


def test_a_race_needs_a_method():
    with pytest.raises(ValueError, match="switch one on"):
        lecture.landscape_race(lecture.landscapes()["bowl"], 1.0, 1.0, ())


def test_a_race_that_starts_at_the_minimiser_has_a_frame():
    race = lecture.landscape_race(lecture.landscapes()["hills"], 0.0, 0.0, ("Newton", "BFGS"))
    low, high = frame_of_paths(race)
    assert low == (-0.15, -0.15)
    assert high == (0.15, 0.15)
    PathsPicture().update(race)


def test_local_step_sizes_cure_the_condition_along_the_axes_and_not_at_45_degrees():
    runs = lecture.descents(100.0, 0.0, 0.5).runs
    assert runs["local step sizes"].nit == 1
    assert runs["local step sizes"].fun == pytest.approx(0, abs=1e-12)
    turned = lecture.descents(100.0, 45.0, 0.5).runs
    for local, fixed_step in zip(turned["local step sizes"], turned["fixed step"], strict=True):
        assert local.x == pytest.approx(fixed_step.x, rel=1e-6)
    assert lecture.descents(100.0, 45.0, 0.95).runs["local step sizes"].last.fun > 1


def test_a_slider_or_a_switch_runs_no_method_again():
    problem = typed_plane("x^2 + 3*y^2 + x*y", 1, 2)
    first, again = (lecture.conjugate_race(lecture.with_derivatives(problem)) for _ in range(2))
    assert first is again
    whole = lecture.with_derivatives(problem)
    both, one = (lecture.landscape_race(whole, 1.0, 2.0, names) for names in (("BFGS", "Newton"), ("BFGS",)))
    assert both.runs["BFGS"] is one.runs["BFGS"]


def test_the_window_of_a_search_shows_the_valleys_around_its_start():
    hills = lecture.landscapes()["hills"]
    run = lecture.searcher("spsa", seed=1, temperature=0.0, population=1)(hills.f, hills.x0)
    (left, low), (right, high) = PopulationPicture._window(Frame(run, 0))
    assert left < 0 < right
    assert low < 0 < high


def test_methods_of_every_order_race_on_one_landscape():
    race = lecture.landscape_race(
        lecture.with_derivatives(lecture.landscapes()["bowl"]), 2.0, 1.0, tuple(lecture.RACERS)
    )
    gaps = {name: race.gaps(name)[-1] for name in race.runs}
    assert max(gaps.values()) < 1e-3
    assert race.cost("BFGS").size == race.runs["BFGS"].nit + 1
    calls = race.at(60, "calls of f").cost("evolution strategy")
    assert np.all(np.diff(calls) == 35)  # children of a generation


@pytest.mark.parametrize("method", ["perturb", "annealing", "evolution", "spsa"])
def test_the_best_point_is_always_in_the_window(method):
    hills = lecture.landscapes()["hills"]
    run = lecture.searcher(method, seed=1, temperature=2.0, population=6, steps=80)(hills.f, hills.x0)
    picture = PopulationPicture()
    picture.update(Frame(run, 0))
    (left, right), (low, high) = picture.figure.axes[0].get_xlim(), picture.figure.axes[0].get_ylim()
    for step in run:
        assert left < step.x[0] < right
        assert low < step.x[1] < high
