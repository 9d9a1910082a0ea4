"""The list and the program of its gradient, side by side: the picture shows both, as they are."""

import numpy as np
import pytest
from descent.autodiff import value_and_grad
from descent.autodiff.examples import lecture, notes
from descent.autodiff.program.beside import beside
from descent.figures.program import ROOM, ProgramPicture, folded
from descent.figures.style import INK, RED
from descent.problems.typed import typed_function

FORMULAS = ["ln(x1) + x1*x2 - sin(x2)", "x2*ln(x1) + sqrt(x2*ln(x1))", "x1*x2 / (x1 + x2)", "x1^3", "2 * x2"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_typed_function_has_the_lists_value_and_gradient(formula):
    f = typed_function(formula, "x1", "x2")
    one = beside(f, 2.0, 5.0)
    value, gradients = value_and_grad(f, (0, 1))(2.0, 5.0)
    assert one.value == pytest.approx(value, rel=1e-14)
    assert one.gradients == pytest.approx(gradients, rel=1e-13)
    assert one.lines[-1].startswith("return ")


def test_both_sides_are_shown_and_the_sweep_is_red():
    picture, one = ProgramPicture(), beside(lecture, 2.0, 5.0)
    picture.png(one)
    left = [artist.get_text() for artist in picture.left if artist.get_text()]
    right = [artist.get_text() for artist in picture.right if artist.get_text()]
    assert left == list(one.rows)
    assert "".join("".join(right).split()) == "".join("".join(one.lines).split())
    colours = {artist.get_text(): artist.get_color() for artist in picture.right}
    assert colours["v2_bar = 0.5 / v3 + 1.0"] == RED
    assert colours["v1 = log(w1)"] == INK
    assert picture.describe(one) == (
        "6 operations and 12 lines of adjoints become 5 lines of Python. Value 5.327, gradient 3.171, 0.8793."
    )
    picture.png(beside(notes, 2.0, 5.0))
    assert [artist.get_text() for artist in picture.left][5:7] == ["return v5", ""]


def test_what_does_not_fit_is_cut_and_said_to_be():
    def long(x):
        for _ in range(30):
            x = np.sin(x) * x
        return x

    picture, one = ProgramPicture(), beside(long, 2.0)
    picture.png(one)
    texts = [artist.get_text() for artist in picture.left]
    assert len(texts) == ROOM
    assert texts[4] == "..."
    assert [artist.get_text() for artist in picture.right][-1] == folded(one.lines)[-1]  # the gradient


def test_long_lines_are_folded_at_blanks():
    line = "t1 = " + " + ".join(["alpha"] * 30)
    parts = folded((line,))
    assert max(map(len, parts)) <= 66
    assert " ".join(" ".join(parts).split()) == line
