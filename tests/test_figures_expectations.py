"""Pictures of estimators, stochastic graphs and posteriors, as data."""

import numpy as np
import pytest
from descent.expectations import lecture, surrogate_film
from descent.expectations.example_graphs import graphs
from descent.figures import Frame
from descent.figures.estimators import ErrorsPicture, EstimatesPicture
from descent.figures.posteriors import ClimbPicture, LearnedPicture
from descent.figures.stochastic_graphs import HERE, SurrogatePicture, as_networkx
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, RegularPolygon


@pytest.mark.parametrize(("f", "sigma"), [(np.square, 0.8), (np.cos, 0.3), (lambda x: 3 * x + 1, 1.0)])
def test_estimates_show_samples_shares_and_means(f, sigma):
    both = lecture.two_estimates(f, 1.0, sigma, 0.5, 400, 1)
    picture = EstimatesPicture()
    picture.update(both)
    shown = picture.costs.get_xydata()
    assert np.array_equal(shown[:, 0], both.score.x[: len(shown)])
    assert shown[:, 1] == pytest.approx(f(shown[:, 0]), abs=1e-3)
    for name, estimate in (("score", both.score), ("path", both.path)):
        shares = picture.shares[name].get_data().values
        assert shares.sum() == pytest.approx(1)
        assert picture.means[name].get_xdata()[0] == pytest.approx(float(estimate.mean))
        low, high = picture.bars[name].get_xdata()
        assert high - low == pytest.approx(4 * float(estimate.standard_error))
    labels = {axes.get_xlabel() for axes in picture.figure.axes}
    assert labels == {"", "$x$", "gradient that one sample says"}
    assert f"{both.exact.gradient:.4g}" in picture.describe(both)


def test_a_baseline_keeps_the_static_part():
    picture = EstimatesPicture()
    plain, moved = (lecture.two_estimates(np.square, 1.0, 0.8, b, 100, 1) for b in (0.0, 3.0))
    picture.update(plain)
    axes, before = picture.figure.axes[1], picture.shares["score"].get_data().values.copy()
    picture.update(moved)
    assert picture.figure.axes[1] is axes
    assert not np.array_equal(picture.shares["score"].get_data().values, before)


def test_errors_stand_on_their_law_and_the_baseline_on_its_parabola():
    here = lecture.errors(np.square, 1.0, 0.8, 2.0, seed=3)
    picture = ErrorsPicture()
    picture.update(here)
    assert np.array_equal(picture.score.get_xydata(), np.stack([here.sizes, here.score], axis=1))
    assert np.array_equal(picture.path.get_ydata(), here.path)
    assert picture.law.get_ydata() == pytest.approx(
        np.sqrt(here.exact.score_variance(2.0) / picture.law.get_xdata())
    )
    parabola = next(line for line in picture.figure.axes[1].lines if line.get_label() == "score function")
    b, level = picture.now.get_xydata()[0]
    assert level == pytest.approx(np.interp(b, *parabola.get_data()), rel=1e-3)
    left, right = picture.figure.axes
    assert (left.get_xscale(), left.get_yscale()) == ("log", "log")
    assert (left.get_xlabel(), right.get_xlabel()) == ("samples $n$", "baseline $b$")
    assert "at b = 2.92" in picture.describe(here)  # theta^2 + 3 sigma^2


def test_a_path_without_variance_is_left_out_of_a_logarithmic_axis():
    here = lecture.errors(lambda x: 3 * x + 1, 1.0, 0.8, 0.0)
    picture = ErrorsPicture()
    picture.update(here)
    assert picture.path.get_xdata().size == 0
    assert "infinitely many" in picture.describe(here)
    assert np.all(np.isfinite(picture.figure.axes[0].get_ylim()))


@pytest.fixture(scope="module", params=graphs())
def film(request):
    graph, parameters = graphs()[request.param]
    return surrogate_film(graph, parameters, n=500, rng=np.random.default_rng(1)).finish()


def test_a_graph_is_drawn_with_all_its_nodes_and_edges(film):
    graph = film.arguments["graph"]
    drawn = as_networkx(graph)
    assert set(drawn) == {*graph.parameters, *graph.nodes}
    assert {*drawn.edges} == {(p, name) for name, node in graph.nodes.items() for p in node.parents}
    assert all(drawn.nodes[i]["layer"] < drawn.nodes[j]["layer"] for i, j in drawn.edges)
    picture = SurrogatePicture()
    picture.update(Frame(film, 0))
    for name, node in graph.nodes.items():
        shape = picture.nodes[name].shape
        assert isinstance(shape, Circle) == (node.kind == "stochastic")
        assert isinstance(shape, RegularPolygon) == (node.kind == "cost")


def test_values_and_terms_appear_one_by_one(film):
    picture, graph = SurrogatePicture(), film.arguments["graph"]
    for k in (len(film) - 1, 0, 1, len(film) - 2):
        step = film[k]
        picture.update(Frame(film, k))
        for name, node in picture.nodes.items():
            known = name in step.values
            assert node.value.get_text() == (f"{step.values[name]:.3g}" if known else "")
        lit = [
            name for name, node in picture.nodes.items() if to_hex(node.shape.get_facecolor()) == HERE.lower()
        ]
        assert lit == ([step.node] if step.node else [])
        assert [name for name, row in picture.rows.items() if row[0].get_visible()] == list(step.terms)
        assert [text.get_visible() for text in picture.mean] == [bool(step.mean)] * len(picture.mean)
        if step.mean:
            assert [text.get_text() for text in picture.mean[1:]] == [
                f"{step.mean[p]:.3g}" for p in graph.parameters
            ]
        assert step.node in picture.describe(Frame(film, k))


def test_costs_behind_a_draw_are_marked():
    graph, parameters = graphs()["two draws"]
    film = surrogate_film(graph, parameters, rng=np.random.default_rng(1)).finish()
    picture = SurrogatePicture()
    for node, reached in (("x", {"c1", "c2"}), ("z", {"c2"})):
        k = next(k for k, step in enumerate(film) if step.phase == "term" and step.node == node)
        picture.update(Frame(film, k))
        assert {c for c in ("c1", "c2") if picture.nodes[c].shape.get_linewidth() > 3} == reached
        assert picture.rows[node][1].get_text() == f"{film[k].weight:.3g}"


@pytest.mark.parametrize("count", [0, 1, 12])
def test_a_posterior_is_drawn_with_its_lines(count):
    now = lecture.learned(count, 1.0)
    picture = LearnedPicture()
    picture.update(now)
    plane, data = picture.figure.axes
    assert len(plane.collections[0].get_paths()) == 3
    seen = next(line for line in data.lines if line.get_label() == "seen")
    assert np.array_equal(seen.get_ydata(), now.y[:count])
    grey = [line for line in data.lines if line.get_linewidth() == 1 and line.get_linestyle() == "-"]
    assert len(grey) == len(now.lines)
    assert (plane.get_xlabel(), data.get_ylabel()) == ("intercept $w_1$", "label $y$")
    assert f"{now.model.log_evidence:.2f}" in picture.describe(now)


@pytest.mark.parametrize("name", ["line", "centred line", "O-rings"])
def test_a_climb_shows_q_the_exact_posterior_and_the_gap(name):
    run = lecture.climb(name, "reparameterised", 5, 0.5, 0, steps=40).finish()
    picture, model = ClimbPicture(), lecture.models()[name]
    for k in (0, 3, len(run) - 1):
        step = run[k]
        picture.update(Frame(run, k))
        assert picture.head.get_xydata()[0] == pytest.approx(step.mean)
        outer, inner = picture.ellipses
        assert (inner.width, inner.height) == pytest.approx(tuple(2 * step.sigma))
        assert (outer.width, outer.height) == pytest.approx(tuple(4 * step.sigma))
        assert picture.fall.get_ydata()[-1] == pytest.approx(model.log_evidence - step.elbo)
        assert f"ELBO {step.elbo:.3f}" in picture.describe(Frame(run, k))
    dashed = [line for line in picture.figure.axes[1].lines if line.get_linestyle() == "--"]
    assert len(dashed) == (name == "line")  # where the best mean field leaves a gap that is known
    low, high = picture.figure.axes[0].get_xlim()
    assert low < model.mean[0] < high


def test_contours_of_an_exact_posterior_are_its_deviations():
    """The middle contour of a Gaussian posterior lies 2 deviations from the mean."""
    run = lecture.climb("line", "reparameterised", 5, 0.5, 0, steps=10)
    picture, model = ClimbPicture(), lecture.models()["line"]
    picture.update(Frame(run, 0))
    points = picture.figure.axes[0].collections[0].get_paths()[1].vertices - model.mean
    distance = np.sqrt(np.sum(points @ np.linalg.inv(model.covariance) * points, axis=1))
    assert distance == pytest.approx(2, abs=0.03)
