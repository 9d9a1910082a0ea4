"""Escape from a wrong valley by noise: counted, beside its law, and drawn."""

import numpy as np
import pytest
from descent.figures import Frame
from descent.figures.escape import EscapePicture
from descent.problems import typed_problem
from descent.stochastic.escape import NOISES, escape, valley_problems, valleys_of


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("name", valley_problems())
def test_all_seeds_start_in_the_wrong_valley_and_without_noise_they_stay(name, falling):
    run = escape(valley_problems()[name], falling=falling)
    assert np.all(run[0].share == 0)
    assert all(step.share[0] == 0 for step in run)
    left, right = run.last.valleys.start
    assert np.all((left < run.last.x[:, 0]) & (run.last.x[:, 0] < right))


@pytest.mark.parametrize("name", valley_problems())
def test_where_time_suffices_the_constant_step_ends_at_its_law(name):
    end = escape(valley_problems()[name]).last
    for k in range(6, 11):  # hot enough to cross many times
        assert end.share[k] == pytest.approx(end.valleys.law(NOISES[k]), abs=0.1)
    assert end.share[1] < 0.2 < 0.9 < end.valleys.law(1.0)  # too cold: the law holds, but only in the end


def test_the_law_of_a_symmetric_loss_is_one_half_and_of_a_hot_one_its_width():
    even = valleys_of(typed_problem("(x^2 - 1)^2/2", -2, 2))
    assert even.law(2.0) == pytest.approx(0.5, abs=1e-3)
    flat = valleys_of(typed_problem("cos(3*x)/100", -3.1, 3.1))
    assert flat.law(20.0) < 0.5


def test_seeds_that_settle_have_the_variance_of_the_law():
    """Where the curvature is c, the density exp(-f / T) has the variance T / c, but for eta c / 2."""
    end = escape(typed_problem("x^4/8 - x^2", -3, 3)).last  # its curvature is 4 at the bottoms
    assert np.var(end.x[:, 1]) == pytest.approx(0.05 * 1**2 / 2 / 4 / (1 - 0.05 * 4 / 2), rel=0.25)


def test_a_falling_step_leaves_more_seeds_in_the_lowest_valley_where_it_is_hot():
    problem = valley_problems()["two valleys"]
    constant, falling = (escape(problem, falling=falls).last for falls in (False, True))
    assert np.all(falling.share[8:] > constant.share[8:] + 0.1)
    assert np.all(falling.fun[8:] < constant.fun[8:])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x^2", "single valley"),
        ("log(x)", "finite"),
        ("x^4 - x^2", "curvature of f reaches"),
        ("0*x", "single valley"),
    ],
)
def test_losses_that_show_nothing_are_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        escape(typed_problem(text, -3, 3))


def test_noise_out_of_range_is_refused():
    with pytest.raises(ValueError, match="noise must be from 0 to 10, got 11"):
        escape(valley_problems()["two valleys"], 11.0)


@pytest.mark.parametrize("k", [0, 20, 50])
def test_every_seed_is_drawn_on_its_side(k):
    run, picture = escape(valley_problems()["narrow but deep"], 3.0), EscapePicture()
    picture.update(Frame(run, k))
    step = run[k]
    below, above = picture.below.get_xydata(), picture.above.get_xydata()
    assert len(below) + len(above) == 200
    assert len(below) == round(200 * step.share[3])
    left, right = step.valleys.lowest
    assert all(left < w < right for w, _ in below)
    assert np.all(picture.shares.get_ydata() == 100 * step.share)
    assert picture.ring.get_xydata().tolist() == [[3.0, 100 * step.share[3]]]
    assert f"{len(below)} of 200 seeds" in picture.describe(Frame(run, k))
    top = picture.figure.axes[0].get_ylim()[1]
    assert np.mean(np.concatenate([below, above])[:, 1] < top) > 0.98
