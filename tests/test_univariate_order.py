"""Orders of convergence and other arithmetics: mpmath at hundreds of digits, exact fractions."""

from fractions import Fraction
from itertools import pairwise

import mpmath as mp
import pytest
from descent.univariate import bracket, brent, dichotomy, golden_section, parabolic

ORDER = 1.324717957244746  # the root of t^3 = t + 1

# name: function, minimiser, start a < b < c
SMOOTH = {
    "exp(x) - 2x": (lambda x: mp.exp(x) - 2 * x, lambda: mp.log(2), ("0.5", "0.7", "1")),
    "x^4 - 3x^3 + 2": (lambda x: x**4 - 3 * x**3 + 2, lambda: mp.mpf(9) / 4, ("2", "2.2", "2.5")),
    "x log x": (lambda x: x * mp.log(x), lambda: mp.exp(-1), ("0.3", "0.35", "0.5")),
}


@pytest.fixture(autouse=True)
def _many_digits():
    with mp.workdps(1000):
        yield


def free_errors(name):
    f, minimiser, start = SMOOTH[name]
    run = parabolic(f, *map(mp.mpf, start), tol=mp.mpf(10) ** -400, safeguard=False)
    assert run.success, run.message
    return run, [abs(step.measured[-1][0] - minimiser()) for step in run[1:]]


@pytest.mark.parametrize("name", SMOOTH)
def test_the_free_parabolic_iteration_has_order_1_3247(name):
    _, errors = free_errors(name)
    steps = [mp.log(after / before) for before, after in pairwise(errors)]
    orders = [float(after / before) for before, after in pairwise(steps)]
    assert len(orders) >= 15
    assert all(abs(order - ORDER) <= 0.02 for order in orders[-4:])


@pytest.mark.parametrize("name", SMOOTH)
def test_the_free_iteration_ends_at_its_tolerance(name):
    run, errors = free_errors(name)
    assert errors[-1] <= mp.mpf(10) ** -400
    assert abs(run.x - SMOOTH[name][1]()) <= mp.mpf(10) ** -400


def test_errors_follow_the_recurrence_of_three_terms():
    """log e_(n+1) = log e_(n-1) + log e_(n-2) + const: successive constants agree."""
    _, errors = free_errors("exp(x) - 2x")
    constants = [
        errors[n + 1] / (errors[n - 1] * errors[n - 2]) for n in range(len(errors) - 4, len(errors) - 1)
    ]
    assert abs(constants[1] / constants[0] - 1) < mp.mpf("1e-10")
    assert abs(constants[2] / constants[1] - 1) < mp.mpf("1e-10")


def test_a_vanishing_second_derivative_makes_it_linear():
    run = parabolic(
        lambda x: (x - 1) ** 4 + (x - 1) ** 5,
        *map(mp.mpf, ("0.7", "0.9", "1.4")),
        tol=mp.mpf(10) ** -30,
        safeguard=False,
    )
    ratios = [
        float(abs(after.measured[-1][0] - 1) / abs(before.measured[-1][0] - 1))
        for before, after in pairwise(run[1:])
    ]
    assert all(0.5 < ratio < 0.95 for ratio in ratios[-10:])


def numbers_of(step):
    measured = [number for point in step.measured for number in point]
    return [step.a, step.b, step.x, step.fun, step.width, *measured]


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("method", [dichotomy, golden_section, brent, parabolic, bracket])
def test_mpmath_numbers_stay_mpmath_numbers(name, method):
    f, minimiser, (a, b, c) = SMOOTH[name]
    if method is bracket:
        run = bracket(f, mp.mpf(a), mp.mpf("0.01"))
        numbers = [number for step in run for number in (step.a, step.b, step.c, step.fa, step.fb, step.fc)]
        assert run.last.a < minimiser() < run.last.c
    else:
        ends = (a, b, c) if method is parabolic else (a, c)
        tol = mp.mpf(10) ** -60
        run = method(f, *map(mp.mpf, ends), tol=tol)
        numbers = [number for step in run for number in numbers_of(step)]
        assert abs(run.x - minimiser()) <= 2 * tol
        assert "attainable" not in run.message
    assert run.success
    assert all(isinstance(number, mp.mpf) for number in numbers)


def test_golden_section_divides_in_the_arithmetic_of_its_ends():
    """With a ratio rounded to 16 digits the widths of 600 cuts would show it."""
    run = golden_section(SMOOTH["exp(x) - 2x"][0], mp.mpf(0), mp.mpf(2), tol=mp.mpf(10) ** -100)
    tau = (1 + mp.sqrt(5)) / 2
    assert abs(run.last.width * tau**run.nit / 2 - 1) < mp.mpf(10) ** -800


def test_mpmath_runs_show_themselves():
    run = dichotomy(SMOOTH["exp(x) - 2x"][0], mp.mpf(0), mp.mpf(2), tol=mp.mpf(10) ** -30)
    assert "width = " in str(run)
    assert "x = 0.69314718056" in str(run)
    assert str(run.nit) in str(run.table())


def test_mpmath_infinity_ends_a_run():
    run = dichotomy(lambda x: mp.inf, mp.mpf(0), mp.mpf(1), tol=mp.mpf("0.1"))
    assert not run.success
    assert "f(0.5) is inf" in run.message


def test_a_complex_mpmath_number_is_refused():
    with pytest.raises(TypeError, match="f must return a real number"):
        dichotomy(lambda x: mp.sqrt(x), mp.mpf(-2), mp.mpf(-1))


def test_fractions_are_halved_exactly():
    run = dichotomy(lambda x: (x - Fraction(1, 3)) ** 2, Fraction(0), Fraction(1), tol=Fraction(1, 10**6))
    assert run.success
    for k, step in enumerate(run):
        assert step.width == Fraction(1, 2**k)
        assert step.a <= Fraction(1, 3) <= step.b
        assert all(isinstance(number, Fraction) for number in numbers_of(step))


def test_fractions_reach_what_floats_cannot():
    run = dichotomy(lambda x: abs(x - Fraction(1, 3)), Fraction(0), Fraction(1), tol=Fraction(1, 10**40))
    assert run.success
    assert abs(run.x - Fraction(1, 3)) <= Fraction(1, 10**40)
