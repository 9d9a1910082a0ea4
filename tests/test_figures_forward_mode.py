"""Errors of differences, three kinds of numbers, directions: what is computed and what is drawn."""

import numpy as np
import pytest
from descent.autodiff import jvp
from descent.autodiff.lecture import derivatives, difference_errors, direction_dial, slopes, three_numbers
from descent.autodiff.programs import newton_root
from descent.figures.forward_mode import (
    ComplexStepPicture,
    DirectionPicture,
    NumbersPicture,
    TwoDifferencesPicture,
)
from descent.problems import typed_function
from hypothesis import assume, given
from hypothesis import strategies as st

SINE = typed_function("sin(x)")
SQUARE = typed_function("x^2")
SIGNED_SQUARE = typed_function("abs(x)*x")
LOGARITHM = typed_function("log(x1) + x1*x2 - sin(x2)", "x1", "x2")
EPS = np.finfo(float).eps


def line(axes, label):
    return next(artist for artist in axes.lines if label in str(artist.get_label()))


def test_nested_derivatives_of_a_polynomial_and_of_tanh():
    assert derivatives(lambda x: x**5, 2.0, 5) == pytest.approx([32, 80, 160, 240, 240, 120], rel=1e-13)
    t = np.tanh(0.7)
    assert derivatives(np.tanh, 0.7, 4)[4] == pytest.approx(16 * t - 40 * t**3 + 24 * t**5, rel=1e-12)


@given(st.floats(-1.4, 1.4))
def test_errors_keep_to_truncation_and_rounding(x):
    errors = difference_errors(SINE, x, 1e-3)
    assert errors.exact == pytest.approx(np.cos(x), rel=1e-15)
    h = errors.steps
    coarse = h >= 1e-15  # below, x + h is x
    noise = 2 * EPS * (abs(np.sin(x)) + abs(x * np.cos(x)) + EPS) / h + 4 * EPS
    assert np.all(errors.forward[coarse] <= (h / 2 + noise)[coarse])  # |f''| <= 1
    assert np.all(errors.central[coarse] <= (h**2 / 6 + noise)[coarse])  # |f'''| <= 1
    assert np.all(errors.imaginary <= h**2 / 3 + 4 * EPS)


def test_orders_of_truncation_are_one_two_and_two():
    steps = np.array([1e-2, 1e-3])
    for slope, order in zip(slopes(np.exp, 0.3, steps), (1, 2, 2), strict=True):
        error = np.abs(slope - np.exp(0.3))
        assert np.log10(error[0] / error[1]) == pytest.approx(order, abs=0.02)


def test_the_best_steps_are_where_the_bounds_are_smallest():
    errors = difference_errors(SINE, 1.0, 0.1)
    for truncation, best in ((errors.truncation, errors.best_forward),
                             (errors.central_truncation, errors.best_central)):  # fmt: skip
        lowest = errors.steps[np.argmin(truncation + errors.rounding)]
        assert best == pytest.approx(lowest, rel=0.12)  # the grid has 12 steps a decade
    assert np.isnan(difference_errors(SQUARE, 1.0, 0.1).best_central)  # nothing is cut off


def test_the_complex_step_fails_without_a_warning_on_abs():
    errors = difference_errors(SIGNED_SQUARE, 1.5, 1e-10)
    assert errors.exact == 3.0
    assert errors.imaginary_slope == pytest.approx(1.5)


def test_functions_without_complex_values_have_no_complex_step():
    errors = difference_errors(typed_function("floor(x) + x"), 0.5, 1e-3)
    assert np.isnan(errors.imaginary_slope)
    assert errors.exact == 1.0


@pytest.mark.parametrize(("f", "x"), [("log(x)", -1.0), ("1/x", 0.0), ("sqrt(x)", 0.0)])
def test_a_point_without_a_slope_is_refused(f, x):
    with pytest.raises(ValueError, match="choose a point where both are finite"):
        difference_errors(typed_function(f), x, 0.1)


def test_a_step_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="step must be positive, got 0"):
        difference_errors(SINE, 1.0, 0)


@given(a=st.floats(-2, 2), b=st.floats(0.02, 2))
def test_three_kinds_of_numbers_multiply_by_their_rule(a, b):
    cube = three_numbers(typed_function("x*x*x"), a, b)
    for square, (real, unit) in ((-1, cube.complex), (0, cube.dual), (1, cube.split)):
        e = np.array([[0, square], [1, 0]])
        power = np.linalg.matrix_power(a * np.eye(2) + b * e, 3)
        assert (real, unit) == pytest.approx((power[0, 0], power[1, 0]), rel=1e-9, abs=1e-9)


@given(a=st.floats(-2, 2), b=st.floats(0.02, 2))
def test_dual_numbers_carry_the_slope_for_every_b(a, b):
    numbers = three_numbers(SINE, a, b)
    assert numbers.dual[1] / b == pytest.approx(np.cos(a), rel=1e-12, abs=1e-15)
    assert numbers.complex[1] / b == pytest.approx(np.cos(a) * np.sinh(b) / b, rel=1e-9, abs=1e-12)
    assert numbers.split[1] / b == pytest.approx(np.cos(a) * np.sin(b) / b, rel=1e-9, abs=1e-12)


@given(x1=st.floats(0.3, 4), x2=st.floats(-3, 3), angle=st.floats(0, 360))
def test_a_direction_is_the_gradient_times_the_direction(x1, x2, angle):
    dial = direction_dial(LOGARITHM, x1, x2, angle)
    gradient = np.array([1 / x1 + x2, x1 - np.cos(x2)])
    assert dial.gradient == pytest.approx(tuple(gradient), rel=1e-12, abs=1e-12)
    assert dial.slope == pytest.approx(gradient @ dial.direction, rel=1e-11, abs=1e-11)
    assert np.max(np.abs(dial.slopes)) <= np.hypot(*gradient) * (1 + 1e-12)


def test_a_point_without_derivative_is_refused_by_the_dial():
    with pytest.raises(ValueError, match="no finite value or slope at"):
        direction_dial(LOGARITHM, -1.0, 1.0, 0.0)


@given(st.floats(1e-6, 1e6))
def test_newtons_root_and_its_slope(a):
    assume(abs(a - 1) > 1e-10)
    value, slope = jvp(newton_root, (a,), (1.0,))
    assert value == pytest.approx(np.sqrt(a), rel=1e-11)
    assert slope == pytest.approx(0.5 / np.sqrt(a), rel=1e-5)


def test_newtons_root_has_the_slope_of_the_passes_it_made():
    """At a = 1 the loop makes none: what is differentiated is the program, not the root."""
    assert jvp(newton_root, (1.0,), (1.0,)) == (1.0, 1.0)


def test_newtons_root_refuses_what_has_none():
    with pytest.raises(ValueError, match="a must be positive"):
        newton_root(-1.0)


def test_the_v_is_drawn_with_its_lines():
    picture = TwoDifferencesPicture()
    errors = difference_errors(SINE, 1.0, 1e-3)
    picture.update(errors)
    axes = picture.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "step $h$"
    assert axes.get_ylabel() == "error of the slope"
    for label in ("forward difference", "central difference", "rounding", "|f''|", "|f'''|"):
        assert line(axes, label).get_xdata().size > 100
    forward = line(axes, "forward difference")
    near = np.argmin(np.abs(forward.get_xdata() - 1e-3))
    assert forward.get_ydata()[near] == pytest.approx(np.sin(1) / 2 * 1e-3, rel=0.01)
    assert picture.line.get_xdata()[0] == errors.step
    assert picture.points["forward"].get_ydata()[0] == pytest.approx(abs(errors.forward_slope - errors.exact))
    assert picture.points["central"].get_ydata()[0] < picture.points["forward"].get_ydata()[0]


def test_moving_the_step_moves_the_points_only():
    picture = TwoDifferencesPicture()
    first = picture.png(difference_errors(SINE, 1.0, 1e-3))
    axes = picture.axes
    second = picture.png(difference_errors(SINE, 1.0, 1e-6))
    assert picture.axes is axes
    assert first != second
    picture.update(difference_errors(SQUARE, 1.0, 1e-6))
    assert picture.axes is not axes


def test_the_sentences_hold_the_numbers():
    text = TwoDifferencesPicture().describe(difference_errors(SINE, 1.0, 1e-3))
    assert "At h = 1e-03: forward difference 0.53988148, error 4.2e-04" in text
    assert "Best steps: forward 3e-08, central 1e-05" in text
    failed = ComplexStepPicture().describe(difference_errors(SIGNED_SQUARE, 1.5, 1e-10))
    assert "The complex step fails here" in failed
    fine = ComplexStepPicture().describe(difference_errors(SINE, 1.0, 1e-10))
    assert "fails" not in fine
    none = ComplexStepPicture().describe(difference_errors(typed_function("floor(x) + x"), 0.5, 1e-3))
    assert "no value at a complex number" in none


def test_the_complex_step_is_drawn_without_a_left_arm():
    picture = ComplexStepPicture()
    picture.update(difference_errors(SINE, 1.0, 1e-10))
    complex_step = line(picture.axes, "complex step")
    small = complex_step.get_xdata() < 1e-9
    assert np.max(complex_step.get_ydata()[small]) < 1e-15
    central = line(picture.axes, "central difference")
    assert np.max(central.get_ydata()[small]) > 0.1


def test_three_slopes_are_drawn_through_the_point():
    picture = NumbersPicture()
    numbers = three_numbers(SINE, 1.0, 0.8)
    picture.update(numbers)
    for name, slope in (("dual", np.cos(1)), ("split", np.cos(1) * np.sin(0.8) / 0.8),
                        ("complex", np.cos(1) * np.sinh(0.8) / 0.8)):  # fmt: skip
        x, y = picture.slopes[name].get_data()
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope, rel=1e-9)
        assert picture.points[name].get_data()[1][0] == pytest.approx(slope, rel=1e-9)
    ends = np.array(picture.ends.get_data())
    assert ends[1] == pytest.approx(np.sin(ends[0]), rel=1e-9), "the secant cuts the curve at its ends"
    x, y = picture.slopes["split"].get_data()
    assert np.interp(ends[0], x, y) == pytest.approx(ends[1], rel=1e-9)
    for axes in picture.figure.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel()
    assert "f(1 + 0.8e): complex 1.1254 + 0.47985e; dual 0.84147 + 0.43224e" in picture.describe(numbers)


@pytest.mark.slow
def test_poles_and_constants_do_not_break_the_pictures():
    for text, a in (("1/(1 + x^2)", 0.0), ("3", 1.0), ("log(x)", 1.0), ("x^2", 0.0)):
        assert NumbersPicture().png(three_numbers(typed_function(text), a, 1.0))
    for text in ("3", "x1", "log(x1)", "1e300*x1*x2"):
        assert DirectionPicture().png(direction_dial(typed_function(text, "x1", "x2"), 1.0, 0.0, 10.0))


def test_the_dial_points_along_the_angle():
    picture = DirectionPicture()
    dial = direction_dial(LOGARITHM, 2.0, 5.0, 90.0)
    picture.update(dial)
    contours, curve = picture.figure.axes
    assert contours.collections, "there are contours"
    assert [float(x[0]) for x in picture.tip.get_data()] == pytest.approx([2.0, 6.0])
    assert picture.here.get_data()[1][0] == pytest.approx(2 - np.cos(5))
    drawn = line(curve, "JVP")
    assert np.max(drawn.get_ydata()) == pytest.approx(np.hypot(5.5, 2 - np.cos(5)), rel=0.002)
    assert curve.get_xlim() == (0, 360)
    assert "90 degrees: one forward sweep gives 1.716" in picture.describe(dial)
    first = picture.png(dial)
    assert first != picture.png(direction_dial(LOGARITHM, 2.0, 5.0, 180.0))
