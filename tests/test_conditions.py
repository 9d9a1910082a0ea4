"""What the conditions accept, stated on functions whose accepted sets are known."""

from fractions import Fraction

import numpy as np
import pytest
from descent.conditions import armijo, curvature, goldstein, strong_wolfe, wolfe
from hypothesis import given
from hypothesis import strategies as st

# phi(a) = (a - 1)^2: phi0 = 1, dphi0 = -2, minimiser 1
ALPHA = np.append(np.linspace(0.005, 2.495, 250), 1.0)  # off the ends of the accepted sets
PHI, DPHI = (ALPHA - 1) ** 2, 2 * (ALPHA - 1)


@pytest.mark.parametrize("c1", [1e-4, 0.1, 0.5, 0.9])
def test_armijo_on_a_parabola_accepts_up_to_twice_one_minus_c1(c1):
    assert np.array_equal(armijo(ALPHA, PHI, 1.0, -2.0, c1), 2 * (1 - c1) >= ALPHA)


@pytest.mark.parametrize("rho", [0.1, 0.26, 0.4])
def test_goldstein_on_a_parabola_accepts_a_window_around_the_minimiser(rho):
    expected = abs(ALPHA - 1) <= 1 - 2 * rho
    assert np.array_equal(goldstein(ALPHA, PHI, 1.0, -2.0, rho), expected)


@pytest.mark.parametrize("c2", [0.1, 0.5, 0.9])
def test_curvature_on_a_parabola_accepts_from_one_minus_c2(c2):
    assert np.array_equal(curvature(DPHI, -2.0, c2), 1 - c2 <= ALPHA)


def test_wolfe_is_both_conditions_and_strong_wolfe_also_bounds_the_slope_above():
    both = armijo(ALPHA, PHI, 1.0, -2.0, 0.1) & curvature(DPHI, -2.0, 0.5)
    assert np.array_equal(wolfe(ALPHA, PHI, DPHI, 1.0, -2.0, 0.1, 0.5), both)
    strong = strong_wolfe(ALPHA, PHI, DPHI, 1.0, -2.0, 0.1, 0.5)
    assert np.array_equal(strong, both & (ALPHA <= 1.5))
    assert strong.sum() < both.sum()


@given(
    rho=st.fractions(Fraction(1, 1000), Fraction(1, 2)),
    slope=st.fractions(-100, Fraction(-1, 100)),
    bend=st.fractions(Fraction(1, 100), 100),
    phi0=st.fractions(-100, 100),
)
def test_goldstein_accepts_the_minimiser_of_every_convex_quadratic(rho, slope, bend, phi0):
    minimiser = -slope / bend
    phi = phi0 + slope * minimiser + bend * minimiser**2 / 2
    assert goldstein(minimiser, phi, phi0, slope, rho)
    as_floats = [float(value) for value in (minimiser, phi, phi0, slope, rho)]
    assert goldstein(*as_floats)


@pytest.mark.parametrize("seed", range(20))
def test_rounding_does_not_exclude_the_minimiser_where_the_two_lines_coincide(seed):
    rng = np.random.default_rng(seed)
    slope, bend, phi0 = (
        -(10 ** rng.uniform(-3, 3, 500)),
        10 ** rng.uniform(-3, 3, 500),
        rng.normal(0, 100, 500),
    )
    minimiser = -slope / bend
    phi = phi0 + slope * minimiser + bend * minimiser**2 / 2
    assert np.all(goldstein(minimiser, phi, phi0, slope, 0.5))


def test_goldstein_with_rho_one_half_accepts_nothing_but_that_minimiser():
    accepted = ALPHA[goldstein(ALPHA, PHI, 1.0, -2.0, 0.5)]
    assert accepted == pytest.approx([1.0])


@given(st.floats(0.501, 0.999), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_goldstein_accepts_nothing_for_rho_above_one_half(rho, alpha, phi, phi0):
    assert not goldstein(alpha, phi, phi0, -2.0, rho)


def test_goldstein_can_exclude_the_minimiser_of_another_function():
    def phi(a):
        return -a + a**6

    minimiser = (1 / 6) ** (1 / 5)
    assert not goldstein(minimiser, phi(minimiser), 0.0, -1.0, 0.25)
    assert goldstein(0.9, phi(0.9), 0.0, -1.0, 0.25)


def test_no_step_need_satisfy_wolfe_when_c2_is_less_than_c1():
    # phi(a) = -a + a^2/2 - ..., concave then steep: slope -0.95 until the Armijo line is crossed
    alpha = np.linspace(1e-3, 5, 5000)
    phi = np.where(alpha < 1, -0.5 * alpha, -0.5 + (alpha - 1))
    dphi = np.where(alpha < 1, -0.5, 1.0)
    assert not np.any(wolfe(alpha, phi, dphi, 0.0, -1.0, c1=0.6, c2=0.1))
    assert np.any(wolfe(alpha, phi, dphi, 0.0, -1.0, c1=0.1, c2=0.6))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_not_accepted(bad):
    assert not armijo(1.0, bad, 0.0, -1.0)
    assert not goldstein(1.0, bad, 0.0, -1.0)
    assert not curvature(np.nan, -1.0)
