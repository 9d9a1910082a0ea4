"""Pictures of curvature products and of truncated Newton, as data."""

import numpy as np
import pytest
from descent.figures import Frame
from descent.figures.curvature_products import ProductsPicture, SpectraPicture, TracePicture
from descent.figures.truncated import CappedPicture, InsidePicture
from descent.methods import hutchinson_trace
from descent.methods.lecture import landscapes
from descent.methods.product_costs import WAYS, compare_products
from descent.methods.spectra import learn
from descent.methods.trace import coupled_matrix, trace_film
from descent.methods.truncated_views import capped, inside, many_variables, side_by_side


def test_three_ways_are_drawn_over_h_and_over_n():
    picture, products = ProductsPicture(), compare_products(np.tanh).at(50, 1e-3)
    picture.update(products)
    errors, costs = picture.figure.axes
    assert (errors.get_xscale(), errors.get_yscale()) == ("log", "log")
    assert costs.get_xlabel() == "number of variables $n$"
    assert len(errors.lines) == len(costs.lines) == 6  # a curve and a marker each
    for way in WAYS:
        assert picture.dots[way].get_xydata().tolist() == [[1e-3, products.error_here(way)]]
        assert picture.heads[way].get_xydata().tolist() == [[50, products.cost_here(way)]]
        assert way in picture.describe(products)


@pytest.mark.parametrize("k", [0, 4, 15])
def test_spectra_show_all_eigenvalues_and_the_fit(k):
    run = learn(3, 0.0, np.tanh)
    picture, frame = SpectraPicture(), Frame(run, k)
    picture.update(frame)
    step = run[k]
    assert picture.H.get_ydata().tolist() == step.H.tolist()
    assert picture.G.get_ydata().tolist() == step.G.tolist()
    assert picture.curve.get_ydata().tolist() == step.predictions.tolist()
    assert len(picture.apart.get_xdata()) == k + 1
    low, high = picture.figure.axes[0].get_ylim()
    assert low < step.H[0]
    assert step.H[-1] < high
    negative = int(np.sum(step.H / step.H[-1] < -1e-9))
    assert f"{negative} of 10 eigenvalues of H" in picture.describe(frame)


@pytest.mark.parametrize("k", [0, 1, 99])
def test_trace_shows_samples_mean_and_error(k):
    A = coupled_matrix(0.6)
    run = trace_film(A, hutchinson_trace(lambda v: A @ v, 12, samples=100, rng=np.random.default_rng(1)))
    picture, frame = TracePicture(), Frame(run, k)
    picture.update(frame)
    estimate = run[k].estimate
    assert len(picture.dots.get_xdata()) == k + 1
    assert picture.line.get_ydata()[-1] == estimate.x
    low, high = picture.bar.get_ydata()
    if k == 0:
        assert low == high == estimate.x
        assert "not known yet" in picture.describe(frame)
    else:
        assert high - low == pytest.approx(4 * estimate.standard_error)
    shown = picture.figure.axes[0].images[0].get_array()
    assert np.array_equal(shown, A)


def test_inside_shows_the_path_the_axes_of_the_hessian_and_the_cg_steps():
    view = inside(landscapes()["saddle"], 0.3, 1.0, 2, 0)
    picture = InsidePicture()
    picture.update(view)
    inner = picture.inner.get_xydata()
    assert inner.tolist() == [(view.here.x + step.x).tolist() for step in view.solving]
    colours = [line.get_color() for line in picture.axes_of_H]
    assert colours[0] != colours[1]
    for line, axis in zip(picture.axes_of_H, view.axes.T, strict=True):
        first, last = line.get_xydata()
        assert last - first == pytest.approx(axis)
        assert (first + last) / 2 == pytest.approx(view.here.x)
    assert "negative curvature" in picture.describe(view)
    end = inside(landscapes()["saddle"], 0.3, 1.0, 2, 30)
    picture.update(end)
    assert picture.inner.get_xydata().size == 0
    assert len(picture.walked.get_xdata()) == end.run.nit + 1
    assert picture.fall.get_ydata()[-1] <= 1e-5
    assert "The run ends" in picture.describe(end)


def test_capped_marks_the_iterates_that_met_negative_curvature():
    result = capped(many_variables()["network, n = 13"], 20)
    picture = CappedPicture()
    picture.update(result)
    assert np.array_equal(picture.line.get_xdata(), result.work)
    assert np.array_equal(picture.counts.get_ydata(), result.products)
    assert len(picture.negative.get_xdata()) == result.negative.sum() > 0
    assert set(picture.cap.get_ydata()) == {20}
    names = [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert names == [*result.rivals, "truncated Newton"]
    assert f"{int(result.negative.sum())} met negative curvature" in picture.describe(result)


def test_a_function_of_ones_own_is_measured_from_the_lowest_value_found():
    problem = side_by_side("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", -1.2, 1.0)
    results = [capped(problem, cap) for cap in (1, 5, 40)]
    lowest = min([rival[1].min() for rival in results[0].rivals.values()] + [results[2].gap[-1]])
    assert lowest == pytest.approx(0, abs=1e-9)
    picture = CappedPicture()
    for result in results:
        picture.update(result)
        assert picture.figure.axes[0].get_ylabel() == "$f$ - lowest $f$ found"
        assert "f above the lowest found" in picture.describe(result)
