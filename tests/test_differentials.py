"""Helpers of the lecture on matrix calculus: slopes, shapes of quadratics, remainders, films."""

import numpy as np
import pytest
from descent.differentials import (
    GRADED,
    LECTURE_RULES,
    Expression,
    derive,
    gradient_at,
    mixed_derivatives,
    quadratic,
    remainder,
    schwarz,
    typed_expression,
)
from descent.matrix_calculus import check_line
from hypothesis import given
from hypothesis import strategies as st

finite = st.floats(-3, 3)


@given(st.lists(finite, min_size=5, max_size=5), finite, finite)
def test_slopes_of_a_smooth_function_are_the_gradient_times_the_direction(c, x, y):
    at = gradient_at(lambda x, y: c[0] * x + c[1] * y + c[2] * x * x + c[3] * x * y + c[4] * y * y, x, y)
    exact = [c[0] + 2 * c[2] * x + c[3] * y, c[1] + c[3] * x + 2 * c[4] * y]
    np.testing.assert_allclose(at.gradient, exact, atol=1e-8)
    directions = np.array([np.cos(at.angles), np.sin(at.angles)])
    np.testing.assert_allclose(at.slopes, at.gradient @ directions, atol=2e-3)
    assert at.slopes.max() <= at.length + 2e-3


def test_at_a_kink_no_vector_gives_all_slopes():
    at = gradient_at(lambda x, y: abs(x) + abs(y), 1.0, 0.0)
    assert np.max(np.abs(at.slopes - at.gradient @ [np.cos(at.angles), np.sin(at.angles)])) > 0.9


def test_gradient_names_the_point_without_a_value():
    with pytest.raises(ValueError, match=r"near \(0, 1\): move the point"):
        gradient_at(lambda x, y: np.log(x), 0.0, 1.0)
    with pytest.raises(ValueError, match="step = -1"):
        gradient_at(lambda x, y: x, 0.0, 1.0, step=-1)


@given(finite, finite, st.floats(-180, 180))
def test_quadratic_has_the_eigenvalues_asked_for(first, second, degrees):
    step = quadratic(first, second, degrees)
    np.testing.assert_allclose(np.linalg.eigvalsh(step.hessian), sorted([first, second]), atol=1e-12)
    np.testing.assert_allclose(
        step.hessian @ step.eigenvectors, step.eigenvectors * step.eigenvalues, atol=1e-12
    )
    np.testing.assert_array_equal(step.hessian, step.hessian.T)


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ((2, 1), "bowl"), ((-2, -1), "hill"), ((2, -1), "saddle"), ((-1, 2), "saddle"),
        ((2, 0), "valley"), ((0, 2), "valley"), ((0, -2), "ridge"), ((0, 0), "plane"),
    ],
)  # fmt: skip
def test_signs_of_the_eigenvalues_name_the_shape(eigenvalues, kind):
    assert quadratic(*eigenvalues, 33).kind == kind


def test_mixed_derivatives_differ_at_the_origin_only_and_the_stencil_hides_it():
    x_first, y_first, stencil = mixed_derivatives(schwarz, 0.0, 0.0)
    assert (x_first, y_first) == (pytest.approx(-1, abs=1e-5), pytest.approx(1, abs=1e-5))
    assert abs(stencil) < 1e-12
    for point in ((0.0, 1.0), (1.0, 2.0), (-0.5, 0.7)):
        x_first, y_first, stencil = mixed_derivatives(schwarz, *point)
        assert x_first == pytest.approx(y_first, abs=1e-5) == pytest.approx(stencil, abs=1e-5)


def test_mixed_derivatives_of_a_product_are_told_apart_from_other_second_derivatives():
    values = mixed_derivatives(lambda x, y: x**3 * y**2 + 5 * x * x + 7 * y * y, 2.0, 3.0)
    np.testing.assert_allclose(values, 6 * 2.0**2 * 3.0, rtol=1e-5)
    with pytest.raises(ValueError, match="inner = 0"):
        mixed_derivatives(schwarz, 0, 0, inner=0)


def slope(measured, low, high):
    """Return the slope of the remainders on logarithmic axes between two lengths."""
    inside = (measured.lengths >= low) & (measured.lengths <= high)
    return np.polyfit(np.log(measured.lengths[inside]), np.log(measured.remainders[inside]), 1)[0]


@pytest.mark.parametrize("name", GRADED)
def test_the_differential_leaves_a_remainder_of_second_order(name):
    measured = remainder(GRADED[name], 1e-3)
    if measured.left < 1e-13:  # a linear function leaves nothing but rounding
        assert np.all(measured.remainders[:50] < 1e-13)
        return
    assert slope(measured, 1e-5, 1e-3) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("factor", [0.0, -1.0, 1.01, 2.0])
def test_a_wrong_differential_leaves_a_remainder_of_first_order(factor):
    measured = remainder(GRADED["lecture: log(x'*A*x)  in x"], 1e-3, factor)
    assert slope(measured, 1e-8, 1e-6) == pytest.approx(1, abs=0.01)
    with pytest.raises(ValueError, match="length = 0"):
        remainder(GRADED["lecture: log(x'*A*x)  in x"], 0)


def test_the_graded_list_has_the_lectures_examples_and_about_thirty_more():
    assert [e.text for e in GRADED.values() if e.level == "lecture"] == [
        "x'*A*x - b'*x + c",
        "log(x'*A*x)",
        "<S, X> - logdet(X)",
    ]
    assert 33 <= len(GRADED) <= 43
    assert len({e.level for e in GRADED.values()}) == 5


@pytest.mark.parametrize("name", GRADED)
def test_every_line_of_the_graded_list_is_true(name):
    film = derive(GRADED[name])
    assert film.success
    assert max(step.error for step in film) < 1e-12


def test_a_false_line_shows_its_error(monkeypatch):
    from descent.differentials import films

    right = films.line_value
    monkeypatch.setattr(
        films, "line_value", lambda line, *rest: right(line, *rest) * (1 + (line.rule == "gather"))
    )
    errors = {step.rule: step.error for step in derive(GRADED["lecture: log(x'*A*x)  in x"], hessian=False)}
    assert errors.pop("gather") > 0.1
    assert max(errors.values()) < 1e-12


@pytest.mark.parametrize(("name", "text", "shapes", "claim"), LECTURE_RULES)
def test_the_lectures_rules_hold_and_half_of_one_does_not(name, text, shapes, claim):
    derivation = typed_expression(text, "X", shapes).derivation()
    assert check_line(derivation, claim, 0)
    assert not check_line(derivation, f"0.5*({claim})", 0)


def test_film_stops_at_the_gradient_and_shows_the_other_layout():
    phases = {step.phase for step in derive(GRADED["lecture: log(x'*A*x)  in x"], hessian=False)}
    assert phases == {"gradient"}
    jacobian = GRADED["4 numbers, vectors and more: A*x  in x"]
    ours, lecture = derive(jacobian).last, derive(jacobian, transposed=True).last
    assert (ours.latex, lecture.latex) == ("J = A", r"J^{\top} = A^{\top}")
    assert ours.line == lecture.line == "J = A"


@pytest.mark.parametrize(
    ("answer", "holds", "message"),
    [
        ("df = 2*x'*A*dx", False, "only if A is symmetric"),
        ("<A*x + A'*x, dx>", True, "line"),
        ("dx'*(A + A')*x", True, "it holds"),
        ("-x'*(A + A')*dx", False, "sign"),
        ("H = A + A'", True, "line 13"),
        ("x'*B*dx", False, "cannot be read"),
        ("import os", False, "cannot be read"),
    ],
)
def test_the_learners_line_is_judged_in_every_frame(answer, holds, message):
    film = derive(Expression("x'*A*x", "x", {"x": "n", "A": "n n"}), answer=answer)
    assert {(step.attempt.holds, step.attempt.message) for step in film} == {(holds, film[0].attempt.message)}
    assert message in film[0].attempt.message


def test_no_answer_no_attempt():
    assert derive(GRADED["1 products: a'*x  in x"], answer="  ")[0].attempt is None


@pytest.mark.parametrize(
    ("text", "wrt", "shapes", "message"),
    [
        ("A*x", "x", "x: n, A n n", "'A n n' declares no shape"),
        ("A*x", "x", "x: n, x: m", "x is declared twice"),
        ("A*x", "x", "x: n, A: m k", "A"),
        ("x'*x", "y", "x: n", "wrt='y' is not declared"),
        ("__import__('os')", "x", "x: n", "__import__"),
        ("x'*x", "x", "x: n, __a: n", "declares no shape"),
        ("x'*x", "x", "x: n," * 200, "at most 400"),
    ],
)
def test_a_bad_expression_of_the_learner_is_refused(text, wrt, shapes, message):
    with pytest.raises((ValueError, TypeError), match=message):
        typed_expression(text, wrt, shapes)


def test_an_expression_without_a_point_says_so():
    with pytest.raises(ValueError, match="no random point was found"):
        derive(typed_expression("log(-x'*x)", "x", "x: n"))
