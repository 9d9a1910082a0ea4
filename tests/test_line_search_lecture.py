"""Judgements of step sizes: what the grid says is what the conditions say, and the lecture's claims."""

import numpy as np
import pytest
from descent.conditions import armijo, curvature, goldstein, strong_wolfe, wolfe
from descent.line_search import judge, line_searches
from descent.line_search.backtrack import CONDITIONS
from descent.line_search.lecture import intervals, measure, on_grid
from descent.problems import rays
from hypothesis import given
from hypothesis import strategies as st

BOWL = rays["quadratic"]
by_ray = pytest.mark.parametrize("ray", rays.values(), ids=rays.keys())
shares = st.floats(0.01, 0.99)


def judged(ray, alpha=0.5, **asked):
    return judge(ray.f, ray.grad, alpha, reach=ray.bracket[2], **asked)


def truth(ray, alpha, c1, c2, rho):
    phi, dphi, phi0, dphi0 = ray.f(alpha), ray.grad(alpha), ray.f(0.0), ray.grad(0.0)
    return {
        "armijo": armijo(alpha, phi, phi0, dphi0, c1),
        "goldstein": goldstein(alpha, phi, phi0, dphi0, rho),
        "curvature": curvature(dphi, dphi0, c2),
        "wolfe": wolfe(alpha, phi, dphi, phi0, dphi0, c1, c2),
        "strong_wolfe": strong_wolfe(alpha, phi, dphi, phi0, dphi0, c1, c2),
    }


@given(st.sampled_from(list(rays.values())), shares, shares, shares, st.floats(0.01, 0.7))
def test_verdicts_are_those_of_the_conditions(ray, share, c1, c2, rho):
    alpha = share * ray.bracket[2]
    seen = judged(ray, alpha, c1=c1, c2=c2, rho=rho)
    assert {name: bool(holds) for name, holds in seen.holds.items()} == {
        name: bool(holds) for name, holds in truth(ray, alpha, c1, c2, rho).items()
    }


@given(st.sampled_from(["quadratic", "two valleys", "steep wall", "decay"]), shares, shares, shares)
def test_steps_well_inside_an_interval_are_accepted_and_well_outside_are_not(name, share, c1, c2):
    ray = rays[name]
    alpha, apart = share * ray.bracket[2], 0.01 * ray.bracket[2]
    seen = judged(ray, alpha, c1=c1, c2=c2)
    for condition, spans in seen.accepted.items():
        if any(a + apart < alpha < b - apart for a, b in spans):
            assert seen.holds[condition]
        if not any(a - apart < alpha < b + apart for a, b in spans):
            assert not seen.holds[condition]


@by_ray
def test_together_is_the_intersection(ray):
    seen = judged(ray, c1=0.1, c2=0.5, conditions=("armijo", "curvature"))
    assert seen.together == seen.accepted["wolfe"]
    assert judged(ray, conditions=()).together == ()
    assert judged(ray, conditions=("goldstein",)).together == judged(ray).accepted["goldstein"]


def test_windows_on_the_quadratic():
    """On (a - 1)^2: Armijo (0, 2(1 - c1)], Goldstein [2 rho, 2(1 - rho)], curvature from 1 - c2."""
    seen = judged(BOWL, c1=0.3, c2=0.4, rho=0.2)
    near = 2.5 / 500  # the grid
    assert seen.accepted["armijo"] == (pytest.approx((0.0, 1.4), abs=near),)
    assert seen.accepted["goldstein"] == (pytest.approx((0.4, 1.6), abs=near),)
    assert seen.accepted["curvature"] == (pytest.approx((0.6, 2.5), abs=near),)
    assert seen.accepted["wolfe"] == (pytest.approx((0.6, 1.4), abs=near),)
    assert seen.accepted["strong_wolfe"] == (pytest.approx((0.6, 1.4), abs=near),)


def test_short_steps_pass_armijo_from_zero_on_and_fail_the_others():
    seen = judged(rays["two valleys"], c1=0.5)
    assert seen.accepted["armijo"][0][0] == 0
    for name in ("goldstein", "curvature", "wolfe", "strong_wolfe"):
        assert seen.accepted[name][0][0] > 0


@by_ray
def test_goldstein_accepts_nothing_above_one_half(ray):
    for rho in (0.501, 0.6, 0.9):
        assert judged(ray, rho=rho).accepted["goldstein"] == ()


def test_goldstein_at_one_half_accepts_the_minimiser_of_the_quadratic_alone():
    assert judged(BOWL, rho=0.5).accepted["goldstein"] == ((1.0, 1.0),)


def test_goldstein_excludes_the_minimiser_of_the_steep_wall():
    ray = rays["steep wall"]
    assert not judged(ray, ray.x_star, rho=0.25).holds["goldstein"]
    assert judged(ray, ray.x_star).holds["wolfe"]


def test_no_wolfe_step_where_c2_is_below_c1():
    assert judged(BOWL, c1=0.8, c2=0.3).accepted["wolfe"] == ()


@by_ray
@pytest.mark.parametrize(("c1", "c2"), [(0.1, 0.3), (0.2, 0.9), (0.45, 0.55)])
def test_a_wolfe_step_exists_where_c1_is_below_c2(ray, c1, c2):
    """The ray must reach the place where phi meets the c1 line again."""
    alphas, values, _ = on_grid(ray.f, ray.grad, ray.bracket[2])
    meets_again = np.any(values[1:] > values[0] + c1 * alphas[1:] * ray.grad(0.0))
    if meets_again and ray.name != "More-Thuente 2":  # its slope at 0 is 5e-7: too flat for the grid
        assert judged(ray, c1=c1, c2=c2).accepted["wolfe"]


def test_where_phi_has_no_value_no_step_is_accepted():
    seen = judged(rays["barrier"], 1.2)
    assert np.isnan(seen.value)
    assert not any(seen.holds.values())
    assert max(b for spans in seen.accepted.values() for _, b in spans) < 1


def test_an_exception_in_phi_is_a_gap():
    assert np.isnan(measure(lambda a: 1 / 0, abs, 1.0)).all()


def test_the_curve_is_measured_once():
    calls = []

    def phi(alpha):
        calls.append(alpha)
        return (alpha - 1) ** 2

    judge(phi, BOWL.grad, 0.5, reach=2.0, c1=0.1)
    asked = len(calls)
    judge(phi, BOWL.grad, 0.7, reach=2.0, c1=0.2)
    assert calls[asked:] == [0.7]


def test_intervals_of_masks():
    alphas = np.arange(6.0)
    assert intervals(alphas, np.zeros(6, bool)) == ()
    assert intervals(alphas, np.ones(6, bool)) == ((0.0, 5.0),)
    assert intervals(alphas, np.array([1, 0, 0, 1, 1, 0], bool)) == ((0.0, 0.0), (3.0, 4.0))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"reach": 0}, "reach must be positive"),
        ({"reach": np.nan}, "reach must be positive"),
        ({"reach": 2.0, "conditions": ("wolf",)}, "conditions are armijo, .* got 'wolf'"),
    ],
)
def test_a_bad_question_is_refused(asked, said):
    with pytest.raises(ValueError, match=said):
        judge(BOWL.f, BOWL.grad, 0.5, **asked)


def test_an_ascent_direction_is_refused():
    with pytest.raises(ValueError, match="slope phi'\\(0\\) must be negative, got 2"):
        judge(lambda a: 2 * a, lambda a: 2.0, 0.5, reach=1)


def test_the_searches_of_the_lecture():
    searches = line_searches(0.125)
    assert list(searches) == ["fixed step", "Armijo", "Goldstein", "Wolfe", "golden section", "Brent"]
    runs = {name: search(BOWL.f, BOWL.grad, 1.99) for name, search in searches.items()}
    assert runs["fixed step"].alpha == 0.125
    assert runs["Armijo"].alpha == 1.99
    for name in ("Goldstein", "Wolfe"):
        assert judged(BOWL, runs[name].alpha).holds[name.lower()]
    for name in ("golden section", "Brent"):
        assert runs[name].alpha == pytest.approx(1, abs=1e-9)


def test_conditions_have_one_order():
    assert tuple(judged(BOWL).holds) == CONDITIONS
