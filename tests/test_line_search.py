"""Line searches: accepted steps satisfy their condition, and every search ends."""

from functools import partial

import numpy as np
import pytest
from descent.conditions import armijo, curvature, goldstein, strong_wolfe, wolfe
from descent.line_search import along, backtracking, exact, fixed, more_thuente
from descent.univariate import brent, dichotomy, golden_section
from hypothesis import given, settings
from hypothesis import strategies as st


def parabola(a):
    return (a - 1) ** 2


def parabola_slope(a):
    return 2 * (a - 1)


def wave(weights, rates, bend):
    """Return a random smooth function with slope < 0 at 0, bounded below, and its slope."""
    weights, rates = np.array(weights), np.array(rates)

    def dphi(a):
        return float(
            weights * rates @ np.cos(rates * a) + 2 * bend * a - np.sum(np.abs(weights) * rates) - 0.1
        )

    def phi(a):
        return float(weights @ np.sin(rates * a) + bend * a * a - (np.sum(np.abs(weights) * rates) + 0.1) * a)

    return phi, dphi


waves = st.builds(
    wave,
    st.lists(st.floats(-2, 2), min_size=3, max_size=3),
    st.lists(st.floats(0.1, 6), min_size=3, max_size=3),
    st.floats(0.2, 5),
)
first_trials = st.floats(-3, 3).map(lambda e: 10.0**e)


@settings(deadline=None)
@given(waves, first_trials, st.floats(0.1, 0.9))
def test_backtracking_ends_at_a_step_that_satisfies_armijo(functions, alpha0, beta):
    phi, dphi = functions
    run = backtracking(phi, dphi, alpha0, beta=beta)
    assert run.success
    assert armijo(run.alpha, phi(run.alpha), phi(0.0), dphi(0.0))
    rejected = [step.trial for step in run][1:-1]
    assert not any(armijo(a, phi(a), phi(0.0), dphi(0.0)) for a in rejected)


@settings(deadline=None)
@given(waves, first_trials, st.sampled_from(["goldstein", "curvature", "wolfe", "strong_wolfe"]))
def test_a_step_that_backtracking_accepts_satisfies_its_condition(functions, alpha0, condition):
    phi, dphi = functions
    run = backtracking(phi, dphi, alpha0, condition=condition, c1=0.1, c2=0.4, rho=0.2)
    a, phi0, dphi0 = run.alpha, phi(0.0), dphi(0.0)
    holds = {
        "goldstein": goldstein(a, phi(a), phi0, dphi0, 0.2),
        "curvature": curvature(dphi(a), dphi0, 0.4),
        "wolfe": wolfe(a, phi(a), dphi(a), phi0, dphi0, 0.1, 0.4),
        "strong_wolfe": strong_wolfe(a, phi(a), dphi(a), phi0, dphi0, 0.1, 0.4),
    }[condition]
    assert run.success == (run.last.case == "accepted")
    assert holds or not run.success


@settings(deadline=None, max_examples=300)
@given(waves, first_trials, st.floats(1e-4, 0.45), st.floats(0, 1))
def test_more_thuente_ends_at_a_step_that_satisfies_strong_wolfe(functions, alpha0, c1, share):
    phi, dphi = functions
    c2 = c1 + share * (0.9 - c1)
    run = more_thuente(phi, dphi, alpha0, c1=c1, c2=c2)
    assert run.success, run.message
    assert strong_wolfe(run.alpha, phi(run.alpha), dphi(run.alpha), phi(0.0), dphi(0.0), c1, c2)


@settings(deadline=None)
@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0.05, 20))
def test_exact_searches_find_the_minimiser_of_a_parabola(slope, bend, alpha0):
    for method in (brent, golden_section, dichotomy):
        search = exact(method, tol=1e-7)
        run = search(lambda a: bend * a * a / 2 - slope * a, lambda a: bend * a - slope, alpha0)
        assert run.alpha == pytest.approx(slope / bend, rel=1e-14)


def test_exact_search_without_a_slope_is_as_good_as_values_allow():
    run = exact(brent, tol=1e-9)(lambda a: (a - 3) ** 2 + 1, alpha0=1.0)
    assert run.success
    assert run.alpha == pytest.approx(3, abs=1e-7)


def test_exact_search_counts_each_of_its_calls_once():
    asked = []

    def phi(a):
        asked.append(a)
        return np.cosh(a - 4)

    run = exact(golden_section, tol=1e-4)(phi, lambda a: np.sinh(a - 4), 1.0)
    assert len(set(asked)) == len(asked)  # no point twice
    assert run.nfev == len(asked) - 1  # phi(0) is not a trial


def test_exact_search_stays_on_the_side_of_descent():
    # the lower minimum is behind the start
    def phi(a):
        return a**4 / 4 + a**3 / 3 - 2 * a**2 / 2

    def shifted(a):
        return phi(a + 0.3)

    run = exact(brent)(shifted, lambda a: (a + 0.3) ** 3 + (a + 0.3) ** 2 - 2 * (a + 0.3), 2.0)
    assert run.alpha == pytest.approx(0.7, abs=1e-9)


def test_fixed_takes_its_step_and_measures_once():
    run = fixed(0.25)(parabola, parabola_slope, 1.0)
    assert (run.alpha, run.fun, run.nfev, run.success) == (0.25, 0.5625, 1, True)


SEARCHES = {
    "backtracking": backtracking,
    "goldstein": partial(backtracking, condition="goldstein"),
    "strong wolfe": partial(backtracking, condition="strong_wolfe"),
    "more_thuente": more_thuente,
    "fixed": fixed(0.7),
    "exact": exact(brent),
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES.keys())
def test_every_search_is_called_alike_and_counts_trials_only(search):
    calls = []

    def phi(a):
        calls.append(a)
        return parabola(a)

    run = search(phi, parabola_slope, 1.5, phi0=1.0, dphi0=-2.0)
    assert run.success
    assert run.nfev == len(calls)
    assert 0.0 not in calls
    assert run.fun == parabola(run.alpha)
    assert search(phi, parabola_slope, 1.5).nfev == run.nfev  # phi(0) is measured, not counted
    last = run.last
    assert (last.trial, last.value) == (run.alpha, run.fun)
    assert run[0].case == "start"
    assert len(run[0].interval) == 2


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES.keys())
def test_a_function_that_is_infinite_far_out_is_cut_back(search):
    def phi(a):
        return parabola(a) if a < 1.2 else np.inf

    def dphi(a):
        return parabola_slope(a) if a < 1.2 else np.nan

    run = search(phi, dphi, 8.0, phi0=1.0, dphi0=-2.0)
    assert run.success
    assert run.fun < 1


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES.keys())
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_function_that_is_nowhere_finite_ends_without_success(search, bad):
    run = search(lambda a: bad, lambda a: bad, 1.0, phi0=0.0, dphi0=-1.0)
    assert not run.success
    assert (run.alpha, run.fun) == (0.0, 0.0)
    assert run.nfev < 3000


@pytest.mark.parametrize("search", [s for name, s in SEARCHES.items() if name != "fixed"])
@pytest.mark.parametrize("slope", [1.0, 0.0, np.nan])
def test_a_direction_that_does_not_descend_is_refused_at_the_call(search, slope):
    with pytest.raises(ValueError, match="must be negative"):
        search(parabola, parabola_slope, 1.0, phi0=1.0, dphi0=slope)


@pytest.mark.parametrize("search", [s for name, s in SEARCHES.items() if name != "fixed"])
def test_a_slope_that_contradicts_the_values_ends_without_success(search):
    run = search(lambda a: 1 + a, lambda a: -1.0, 1.0)
    assert not run.success
    assert run.alpha == pytest.approx(0, abs=1e-7)
    assert run.message


def test_backtracking_says_that_it_jumped_over_the_goldstein_window():
    # the window of (a - 1)^2 for rho = 0.4 is [0.8, 1.2]
    run = backtracking(parabola, parabola_slope, 1.5, condition="goldstein", rho=0.4)
    assert not run.success
    assert "jumped over" in run.message
    assert run.fun == min(parabola(step.trial) for step in run)  # the best trial is kept
    assert backtracking(parabola, parabola_slope, 1.5, condition="goldstein", rho=0.4, beta=0.7).success


def test_backtracking_says_that_it_started_below_the_window():
    run = backtracking(parabola, parabola_slope, 0.5, condition="goldstein", rho=0.4)
    assert not run.success
    assert "larger alpha0" in run.message


def test_backtracking_does_not_ensure_curvature():
    alpha0 = 0.01  # Armijo holds at once, and the slope has hardly changed
    assert backtracking(parabola, parabola_slope, alpha0).alpha == alpha0
    run = backtracking(parabola, parabola_slope, alpha0, condition="wolfe")
    assert not run.success
    assert "larger alpha0" in run.message


def test_an_exception_in_phi_ends_the_search_and_is_kept():
    def phi(a):
        raise ZeroDivisionError("oh")

    run = more_thuente(phi, lambda a: -1.0, phi0=0.0, dphi0=-1.0)
    assert not run.success
    assert isinstance(run.error, ZeroDivisionError)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"alpha0": 0.0}, "alpha0"),
        ({"alpha0": np.inf}, "alpha0"),
        ({"beta": 1.0}, "beta"),
        ({"c1": 0.0}, "c1"),
        ({"condition": "armijo-wolfe"}, "condition"),
        ({"phi0": np.nan}, "phi"),
        ({"dphi": None, "condition": "wolfe", "dphi0": -2.0}, "dphi"),
        ({"dphi": None}, "slope"),
    ],
)
def test_bad_arguments_are_named(wrong, text):
    arguments = {"dphi": parabola_slope, "alpha0": 1.0} | wrong
    with pytest.raises(ValueError, match=text):
        backtracking(parabola, **arguments)


def test_along_is_f_on_the_ray():
    A = np.array([[3.0, 1.0], [1.0, 2.0]])
    x, d = np.array([1.0, -2.0]), np.array([0.5, 0.25])
    phi, dphi = along(lambda z: z @ A @ z / 2, lambda z: A @ z, x, d)
    assert phi(2.0) == (x + 2 * d) @ A @ (x + 2 * d) / 2
    assert dphi(2.0) == pytest.approx((phi(2.5) - phi(1.5)) / 1.0, rel=1e-12)
    with pytest.raises(ValueError, match="shape"):
        along(phi, dphi, x, np.ones(3))


@pytest.mark.parametrize("method", [brent, golden_section, dichotomy])
@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1.0, 1e6, 1e12])
def test_exact_search_finds_the_minimiser_wherever_it_lies(method, scale):
    run = exact(method)(lambda a: (a / scale - 1) ** 2, lambda a: 2 * (a / scale - 1) / scale, 1.0)
    assert run.success
    assert run.alpha == pytest.approx(scale, rel=1e-7)


def test_exact_search_gives_up_on_a_slope_that_is_wrong_after_few_calls():
    run = exact(brent)(lambda a: 1 + a, lambda a: -1.0, 1.0)
    assert not run.success
    assert "check the gradient" in run.message
    assert run.nfev < 200


def test_exact_search_takes_a_method_with_its_constants_set():
    run = exact(partial(brent, maxiter=50))(parabola, parabola_slope, 3.0)
    assert run.alpha == pytest.approx(1.0)
    assert run.message.startswith("brent")


@pytest.mark.parametrize("number", [int, np.float32, np.array])
@pytest.mark.parametrize("search", [backtracking, more_thuente, fixed(0.5), exact(brent), exact(dichotomy)])
def test_the_first_trial_may_be_any_number(search, number):
    assert search(parabola, parabola_slope, number(1)).success


@pytest.mark.parametrize("value", ["0.5", 1j, [0.5]])
@pytest.mark.parametrize("name", ["alpha0", "beta", "c1", "c2", "rho", "phi0", "dphi0"])
def test_what_is_no_number_is_named(name, value):
    with pytest.raises(TypeError, match=f"{name} must be a real number, got"):
        backtracking(parabola, **{"dphi": parabola_slope, "alpha0": 1.0, name: value})


@pytest.mark.parametrize("name", ["alpha0", "c1", "c2", "alpha_min", "alpha_max", "xtol", "dphi0"])
def test_what_is_no_number_is_named_by_more_thuente(name):
    with pytest.raises(TypeError, match=f"{name} must be a real number, got 'x'"):
        more_thuente(parabola, parabola_slope, **{name: "x"})


def test_makers_of_searches_name_what_is_wrong():
    with pytest.raises(TypeError, match="method must be callable, got 'brent'"):
        exact("brent")
    with pytest.raises(TypeError, match="tol must be a real number"):
        exact(brent, tol="1e-8")
    with pytest.raises(TypeError, match="alpha must be a real number, got None"):
        fixed(None)
    with pytest.raises(TypeError, match="f must be callable, got 3"):
        along(3, None, [1.0], [1.0])


def going_bad(k, bad):
    """Return a parabola whose values are bad from its k-th call on, and the list of its good ones."""
    values = []

    def phi(a):
        values.append((a - 5) ** 2 if len(values) < k - 1 else bad())
        return values[-1]

    return phi, values


@pytest.mark.parametrize("method", [brent, golden_section])
@pytest.mark.parametrize("k", range(2, 12))
@pytest.mark.parametrize("bad", [lambda: np.nan, lambda: np.inf, lambda: 1 / 0])
def test_exact_search_keeps_the_lowest_value_of_all(method, k, bad):
    phi, values = going_bad(k, bad)
    run = exact(method)(phi, lambda a: 2 * (a - 5), 1.0).finish()
    assert run.fun == min(value for value in values if np.isfinite(value))
    assert (run.alpha - 5) ** 2 == run.fun
