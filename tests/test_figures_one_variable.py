"""Pictures as data: what each picture draws is read from its artists and compared with the step."""

import base64
import io
import re
import weakref
from fractions import Fraction

import numpy as np
import pytest
from descent.figures import Frame, Picture, Shown, new_figure, show, source, styled
from descent.figures.accuracy import RacePicture, RoundingPicture
from descent.figures.one_variable import (
    BracketPicture,
    KeyPropertyPicture,
    lagrange,
    sample,
)
from descent.figures.picture import encode
from descent.problems import typed_function, univariate
from descent.univariate import (
    brent,
    compare,
    dichotomy,
    golden_section,
    magnify,
    parabolic,
    race,
    slow_motion,
)
from matplotlib.colors import to_rgb
from PIL import Image

TAU = (1 + 5**0.5) / 2
NAMES = sorted(univariate)


def numbers_in(sentence):
    return [float(text) for text in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", sentence)]


def span_of(rectangle):
    return rectangle.get_x(), rectangle.get_x() + rectangle.get_width()


def points_of(line):
    return list(zip(*(np.asarray(data, float).tolist() for data in line.get_data()), strict=True))


def curves(axes):
    return [line for line in axes.get_lines() if len(line.get_xdata()) > 100]


def check_labels(picture):
    """Every axis is labelled."""
    assert picture.figure.axes
    for axes in picture.figure.axes:
        assert axes.get_xlabel().strip()
        assert axes.get_ylabel().strip() or axes.get_title().strip()


def check_curve(line, f, a, b):
    """The line is f between a and b: no gap but where f has no value."""
    x, y = line.get_data()
    assert (x[0], x[-1]) == (a, b)
    assert len(x) >= 200
    for xi, yi in zip(x.tolist(), y.tolist(), strict=True):
        with np.errstate(all="ignore"):
            value = float(f(xi))
        assert yi == value or (np.isnan(yi) and not np.isfinite(value))


def check_key_property(picture, step):
    check_labels(picture)
    axes = picture.axes
    if step.hidden:
        assert not curves(axes)
    else:
        check_curve(curves(axes)[0], step.f, step.a, step.b)
    assert span_of(picture.gone[0]) == pytest.approx((step.a, step.kept_a), abs=1e-12)
    assert span_of(picture.gone[1]) == pytest.approx((step.kept_b, step.b), abs=1e-12)
    assert all(part.get_hatch() for part in picture.gone)
    points = [(step.x1, step.f1), (step.x2, step.f2)]
    assert [points_of(line) for line in picture.points] == [[point] for point in points]
    assert [line.get_marker() for line in picture.points] == ["o", "s"]
    assert [label.get_text() for label in picture.labels] == ["$x_1$", "$x_2$"]
    for label, stem, (x, value) in zip(picture.labels, picture.stems, points, strict=True):
        assert label.get_position()[0] == x
        assert label.get_position()[1] > value
        assert points_of(stem) == [(x, axes.get_ylim()[0]), (x, value)]
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    assert left < step.a < step.b < right
    assert all(low <= value <= high for _, value in points)


def check_bracket(picture, frame):
    """The left axes show the function, the bracket and the points; the right axes width and error."""
    check_labels(picture)
    step, past, run = frame.step, frame.past, frame.run
    axes = picture.axes
    left, right = axes.get_xlim()
    a, b = float(run[0].a), float(run[0].b)
    check_curve(curves(axes)[0], frame.f, max(a, left), min(b, right))
    assert span_of(picture.kept) == pytest.approx((float(step.a), float(step.b)), rel=1e-12)
    assert left <= step.a
    assert step.b <= right

    before = past[-2] if len(past) > 1 else step
    assert span_of(picture.gone[0])[0] == float(before.a)
    assert span_of(picture.gone[0])[1] == pytest.approx(max(step.a, before.a), rel=1e-12)
    assert span_of(picture.gone[1])[0] == float(min(step.b, before.b))
    assert span_of(picture.gone[1])[1] == pytest.approx(float(before.b), rel=1e-12)

    assert points_of(picture.new) == [(float(x), float(value)) for x, value in step.measured]
    assert points_of(picture.old) == [
        (float(x), float(value)) for earlier in past[:-1] for x, value in earlier.measured
    ]
    measured = points_of(picture.old) + points_of(picture.new)
    assert points_of(picture.best) == ([(float(step.x), float(step.fun))] if measured else [])
    assert set(points_of(picture.best)) <= set(measured)
    check_numbers(picture, step)
    check_parabola(picture, step)

    calls, widths = picture.width_line.get_data()
    assert np.asarray(calls).tolist() == [max(earlier.nfev, 1) for earlier in past]
    assert np.asarray(widths).tolist() == [float(earlier.b - earlier.a) for earlier in past]
    errors = [abs(float(earlier.x - run.last.x)) for earlier in past]
    np.testing.assert_array_equal(np.nan_to_num(picture.error_line.get_ydata()), errors)
    assert len(picture.widths.get_legend().get_texts()) >= 2
    assert picture.widths.get_yscale() == "log"


ARROWS = "\u2190\u2192\u2191"  # point to measurements outside the picture


def check_numbers(picture, step):
    """The calls are numbered in their order; points too near to tell apart share a label."""
    texts = [label.get_text().strip(ARROWS) for label in picture.numbers if label.get_text()]
    expected = range(step.nfev - len(step.measured) + 1, step.nfev + 1)
    assert [int(number) for text in texts for number in text.split(", ")] == list(expected)
    xs = [float(x) for x, _ in step.measured]
    left, right = picture.axes.get_xlim()
    for label in picture.numbers:
        if label.get_text() and not set(label.get_text()) & set(ARROWS):
            assert min(abs(label.get_position()[0] - x) for x in xs) <= 0.05 * (right - left)
        assert left <= label.get_position()[0] <= right or not label.get_text()


def check_parabola(picture, step):
    x, y = map(np.asarray, picture.parabola.get_data())
    if len({point for point, _ in step.parabola}) < 3:
        assert len(x) == 0
        return
    assert len(x) >= 100
    for xi, yi in zip(x[::20].tolist(), y[::20].tolist(), strict=True):
        assert abs(yi - exact_parabola(step.parabola, Fraction(xi))) <= 1e-9 * np.max(np.abs(y))
    vertices = [] if step.vertex is None else [float(step.vertex)] * 2
    assert np.asarray(picture.vertex.get_xdata()).tolist() == vertices


def exact_parabola(points, x):
    """Newton's divided differences in exact fractions."""
    (x1, f1), (x2, f2), (x3, f3) = [(Fraction(p), Fraction(value)) for p, value in points]
    first, second = (f2 - f1) / (x2 - x1), (f3 - f2) / (x3 - x2)
    return f1 + (x - x1) * (first + (x - x2) * (second - first) / (x3 - x1))


def check_race(picture, result):
    check_labels(picture)
    axes = picture.figure.axes[0]
    lines = {line.get_label(): line for line in axes.get_lines()}
    lowest = min(errors[errors > 0].min() for _, errors in result.errors.values()) / 10
    assert axes.get_ylim()[0] < lowest
    for name, (calls, errors) in result.errors.items():
        assert list(lines[name].get_xdata()) == calls.tolist()
        np.testing.assert_array_equal(lines[name].get_ydata(), np.maximum(errors, lowest))
    width = result.b - result.a
    bounds = {r"bound $0.707^{N+1}(b-a)$": (2**-0.5, 1), r"bound $0.618^{N-1}(b-a)$": (1 / TAU, -1)}
    for label, (ratio, shift) in bounds.items():
        n, y = lines[label].get_data()
        np.testing.assert_allclose(y, width * ratio ** (n + shift), rtol=1e-12)
    assert np.asarray(picture.line.get_xdata()).tolist() == [result.calls, result.calls]
    styles = {(lines[name].get_color(), lines[name].get_linestyle()) for name in result.errors}
    assert len(styles) == len(result.errors)
    assert {text.get_text() for text in axes.get_legend().get_texts()} >= {*result.errors, *bounds}


def check_rounding(picture, step):
    check_labels(picture)
    line = picture.figure.axes[0].get_lines()[0]
    np.testing.assert_array_equal(line.get_xdata(), step.offsets)
    np.testing.assert_array_equal(line.get_ydata(), step.differences)
    title = picture.title.get_text()
    values = f"{step.distinct} different values" if step.distinct > 1 else "one value"
    assert title == f"{values} at {len(step.offsets)} points"


def film(name, kind):
    """Return a run of a named problem."""
    problem = univariate[name]
    a, b, c = problem.bracket
    return {
        "dichotomy": lambda: dichotomy(problem.f, a, c, tol=0.01 * (c - a)),
        "golden": lambda: golden_section(problem.f, a, c, tol=0.01 * (c - a)),
        "brent": lambda: brent(problem.f, a, c, tol=1e-3),
        "guarded": lambda: parabolic(problem.f, a, b, c, tol=1e-3),
        "slow": lambda: slow_motion(golden_section(problem.f, a, c, tol=0.1 * (c - a))),
    }[kind]()


KINDS = ["dichotomy", "golden", "brent", "guarded", "slow"]


class TestKeyPropertyPicture:
    @pytest.mark.parametrize("hidden", [False, True])
    def test_shows_the_step(self, hidden):
        picture = KeyPropertyPicture()
        for s, t in [(0.1, 0.2), (0.2, 0.9), (0.8, 0.3), (0.0, 1.0), (0.4, 0.4)]:
            step = compare(univariate["exponential"].f, 0.0, 2.0, s, t, hidden)
            picture.update(step)
            check_key_property(picture, step)

    @pytest.mark.parametrize("name", NAMES)
    def test_shows_every_problem(self, name):
        a, _, c = univariate[name].bracket
        picture = KeyPropertyPicture()
        step = compare(univariate[name].f, a, c, 0.3, 0.6)
        picture.update(step)
        check_key_property(picture, step)

    @pytest.mark.parametrize(("s", "t", "sign"), [(0.1, 0.2, ">"), (0.7, 0.9, "<"), (0.3, 0.5, "=")])
    def test_says_the_step(self, s, t, sign):
        step = compare(univariate["quadratic"].f, 0.0, 5.0, s, t)
        sentence = KeyPropertyPicture().describe(step)
        assert f" {sign} " in sentence
        assert numbers_in(re.sub("x[12]", "x", sentence)) == pytest.approx(
            [step.f1, step.f2, step.x1, step.x2, step.kept_a, step.kept_b], rel=1e-3
        )


class TestBracketPicture:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("name", ["exponential"])
    def test_shows_every_frame(self, name, kind):
        picture, run = BracketPicture(), film(name, kind)
        for k in range(len(run)):
            picture.update(Frame(run, k))
            check_bracket(picture, Frame(run, k))

    @pytest.mark.parametrize("name", NAMES)
    def test_shows_the_last_frame_of_every_problem(self, name):
        picture, run = BracketPicture(), film(name, "guarded")
        picture.update(Frame(run, run.nit))
        check_bracket(picture, Frame(run, run.nit))

    def test_shows_frames_in_any_order(self):
        picture, run = BracketPicture(), film("entropy", "golden")
        for k in (3, run.nit, 0, 1):
            picture.update(Frame(run, k))
            check_bracket(picture, Frame(run, k))

    def test_the_bound_of_the_width_is_drawn_above_the_widths(self):
        for kind, bound in (
            ("golden", lambda w, n: w * TAU ** -(n - 2)),
            ("dichotomy", lambda w, n: w * 2 ** (-(n - 1) / 2)),
        ):
            picture, run = BracketPicture(), film("entropy", kind)
            picture.update(Frame(run, run.nit))
            lines = {line.get_label(): line for line in picture.widths.get_lines()}
            n, y = lines["bound of the width"].get_data()
            np.testing.assert_allclose(y, bound(run[0].width, n), rtol=1e-12)
            assert all(step.width <= y[list(n).index(step.nfev)] * (1 + 1e-9) for step in run)

    @pytest.mark.parametrize("kind", KINDS)
    def test_says_the_frame(self, kind):
        run = film("hyperbola", kind)
        picture = BracketPicture()
        for k, step in enumerate(run):
            sentence = picture.describe(Frame(run, k))
            assert sentence.startswith(f"Step {k} of {run.nit}: {step.rule}. ")
            for x, value in step.measured:
                assert f"f({x:.5g}) = {value:.5g}" in sentence
            assert f"Bracket [{step.a:.6g}, {step.b:.6g}], width {step.width:.3g}; " in sentence
            assert (f"best point {step.x:.6g}; " in sentence) == (step.nfev > 0)
            assert f"{step.nfev} call{'s' * (step.nfev != 1)} of f." in sentence
            assert (run.message in sentence) == (k == run.nit)

    def test_says_how_a_run_failed(self):
        run = dichotomy(lambda x: 1 / (x - 0.25), 0.0, 1.0)
        sentence = BracketPicture().describe(Frame(run, run.nit))
        assert "The run ends: no success, f(0.25) raised ZeroDivisionError" in sentence

    def test_fractions_are_drawn(self):
        import fractions

        run = dichotomy(
            lambda x: (x - fractions.Fraction(1, 3)) ** 2,
            fractions.Fraction(0),
            fractions.Fraction(1),
            tol=0.1,
        )
        picture = BracketPicture()
        picture.update(Frame(run, run.nit))
        assert span_of(picture.kept) == pytest.approx((float(run.last.a), float(run.last.b)))

    def test_the_parabola_goes_through_its_points(self):
        points = ((0.0, 3.0), (1.0, -1.0), (4.0, 2.0))
        assert lagrange(points, np.array([0.0, 1.0, 4.0])).tolist() == [3.0, -1.0, 2.0]

    def test_a_curve_has_gaps_where_f_has_no_value(self):
        def f(x):
            if x > 0.5:
                raise ValueError("no value")
            return np.log(x)

        x, y = sample(f, -1.0, 1.0, 5)
        assert x.tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]
        assert np.isnan(y).tolist() == [True, True, True, False, True]


class TestRacePicture:
    @pytest.mark.parametrize("name", ["exponential", "absolute", "offset", "lecture"])
    def test_shows_errors_and_bounds(self, name):
        problem = univariate[name]
        picture = RacePicture()
        result = race(problem.f, problem.bracket, problem.x_star)
        picture.update(result)
        check_race(picture, result)

    def test_the_bound_of_dichotomy_is_above_its_errors(self):
        problem = univariate["exponential"]
        result = race(problem.f, problem.bracket, problem.x_star, tol=1e-4)
        calls, errors = result.errors["dichotomy"]
        assert all(errors <= 2.0 * 2 ** (-(calls + 1) / 2))

    @pytest.mark.parametrize("calls", [1, 2, 5, 20])
    def test_says_the_errors_at_the_calls(self, calls):
        problem = univariate["entropy"]
        result = race(problem.f, problem.bracket, problem.x_star, calls=calls)
        sentence = RacePicture().describe(result)
        assert sentence.startswith(f"Errors after {calls} calls: ")
        for name, (n, errors) in result.errors.items():
            reached = errors[n <= calls]
            said = f"{name} {reached[-1]:.1e}" if len(reached) else f"{name} not started"
            assert said in sentence
            assert f"{name} {result.runs[name].nfev}" in sentence.split("Calls in all: ")[1]


class TestRoundingPicture:
    @pytest.mark.parametrize("radius", [1e-7, 1e-5, 1e-2])
    def test_shows_the_values(self, radius):
        picture = RoundingPicture()
        step = magnify(univariate["offset"].f, 1.0, radius)
        picture.update(step)
        check_rounding(picture, step)
        assert f"f takes {picture.title.get_text()}" in picture.describe(step)
        assert numbers_in(picture.describe(step))[0] == radius

    def test_another_function_is_another_curve(self):
        """Both have the same x, value, radius and number of values."""
        picture = RoundingPicture()
        for factor in (1, 2):
            step = magnify(lambda x, factor=factor: factor * abs(x), 0.0, 0.5)
            picture.update(step)
            check_rounding(picture, step)


def first_frames():
    problem = univariate["exponential"]
    run = film("exponential", "golden")
    return [
        (KeyPropertyPicture, compare(problem.f, 0.0, 2.0, 0.2, 0.6), check_key_property),
        (BracketPicture, Frame(run, 2), check_bracket),
        (RacePicture, race(problem.f, problem.bracket, problem.x_star), check_race),
        (RoundingPicture, magnify(univariate["offset"].f, 1.0, 1e-5), check_rounding),
    ]


ids = [case[0].__name__ for case in first_frames()]


class TestTheTestsCanFail:
    @pytest.mark.parametrize(("picture", "frame", "check"), first_frames(), ids=ids)
    def test_a_picture_that_shows_nothing_is_caught(self, picture, frame, check, monkeypatch):
        monkeypatch.setattr(picture, "show", lambda self, frame: None)
        emptied = picture()
        emptied.update(frame)
        with pytest.raises((AssertionError, IndexError)):
            check(emptied, frame)

    @pytest.mark.parametrize(("picture", "frame", "check"), first_frames(), ids=ids)
    def test_a_picture_without_its_curves_is_caught(self, picture, frame, check):
        emptied = picture()
        emptied.update(frame)
        for axes in emptied.figure.axes:
            for line in axes.get_lines():
                line.set_data([], [])
        with pytest.raises((AssertionError, IndexError)):
            check(emptied, frame)

    def test_a_picture_one_frame_late_is_caught(self):
        run = film("exponential", "golden")
        picture = BracketPicture()
        picture.update(Frame(run, 1))
        with pytest.raises(AssertionError):
            check_bracket(picture, Frame(run, 2))


def full_draw(picture, frame):
    """Return the pixels of a figure drawn afresh: everything at once, nothing kept."""
    fresh = picture()
    fresh.update(frame)
    for artist in fresh._moving:
        artist.set_animated(False)
    fresh.figure.set_layout_engine("none")  # a second pass of the layout moves things by fractions
    with styled():
        fresh.figure.canvas.draw()
    return np.asarray(fresh.figure.canvas.buffer_rgba())


class TestCache:
    @pytest.mark.parametrize("kind", ["golden", "guarded", "slow"])
    def test_the_cached_draw_is_the_full_draw_pixel_for_pixel(self, kind):
        picture, run = BracketPicture(), film("lecture", kind)
        for k in (0, 2, run.nit):
            frame = Frame(run, k)
            assert picture.png(frame) == encode(full_draw(BracketPicture, frame))

    @pytest.mark.parametrize(("picture", "frame", "check"), first_frames(), ids=ids)
    def test_for_every_picture(self, picture, frame, check):
        drawn = picture()
        for _ in range(2):
            assert drawn.png(frame) == encode(full_draw(picture, frame))

    def test_only_the_picture_shown_last_keeps_what_it_drew(self):
        run = film("lecture", "golden")
        pictures = [BracketPicture() for _ in range(3)]
        shown = [picture.png(Frame(run, 2)) for picture in pictures]
        assert [len(picture.figure.axes) > 0 for picture in pictures] == [False, False, True]
        assert [picture.png(Frame(run, 2)) for picture in pictures] == shown

    def test_what_a_picture_drew_is_let_go(self):
        run = film("lecture", "golden")
        picture = BracketPicture()
        picture.png(Frame(run, 2))
        figure = weakref.ref(picture.figure)
        BracketPicture().png(Frame(run, 2))
        assert figure() is None

    def test_neither_the_order_of_frames_nor_what_was_there_before_shows(self):
        run = film("lecture", "golden")
        forward, backward = BracketPicture(), BracketPicture()
        there = [forward.png(Frame(run, k)) for k in range(len(run))]
        back = [backward.png(Frame(run, k)) for k in reversed(range(len(run)))]
        assert there == back[::-1]
        assert len(set(there)) == len(run)

    def test_the_static_part_is_drawn_when_its_key_changes_and_not_otherwise(self, monkeypatch):
        drawn = []
        draw = BracketPicture.draw
        monkeypatch.setattr(BracketPicture, "draw", lambda self, frame: (drawn.append(1), draw(self, frame)))
        picture, run = BracketPicture(), film("quartic", "golden")
        keys = []
        for k in [0, 1, 2, 3, 4, 5, 6, run.nit, run.nit, 0]:
            key = picture.static(Frame(run, k))
            picture.png(Frame(run, k))
            if not keys or key != keys[-1]:
                keys.append(key)
            assert len(drawn) == len(keys)
        assert 2 < len(keys) < 7
        picture.png(Frame(film("quartic", "golden"), 1))  # another run, another curve
        assert len(drawn) == len(keys) + 1

    def test_a_moved_point_redraws_nothing_static(self, monkeypatch):
        drawn = []
        draw = KeyPropertyPicture.draw
        monkeypatch.setattr(
            KeyPropertyPicture, "draw", lambda self, frame: (drawn.append(1), draw(self, frame))
        )
        picture = KeyPropertyPicture()
        f = univariate["quadratic"].f
        for t in np.linspace(0, 1, 9):
            picture.png(compare(f, 0.0, 5.0, 0.3, float(t)))
        assert len(drawn) == 1
        picture.png(compare(f, 0.0, 5.0, 0.3, 0.6, hidden=True))
        picture.png(compare(f, 0.0, 6.0, 0.3, 0.6, hidden=True))
        picture.png(compare(typed_function("x"), 0.0, 6.0, 0.3, 0.6, hidden=True))
        assert len(drawn) == 4

    @pytest.mark.parametrize(("picture", "frame", "check"), first_frames(), ids=ids)
    def test_png_has_the_size_of_the_picture(self, picture, frame, check):
        image = Image.open(io.BytesIO(picture().png(frame)))
        assert image.format == "PNG"
        assert image.size == tuple(round(100 * inches) for inches in picture.size)


class TestFrame:
    def test_knows_step_past_and_arguments(self):
        run = film("exponential", "golden")
        frame = Frame(run, 3)
        assert frame.step is run[3]
        assert frame.past == run[:4]
        assert (frame.a, frame.tol) == (0.0, 0.02)
        assert Frame(slow_motion(run), 0).f is run.arguments["f"]
        with pytest.raises(AttributeError, match="was not called with x0"):
            frame.x0

    def test_a_picture_must_say_what_it_draws(self):
        for method in ("draw", "show", "describe"):
            with pytest.raises(NotImplementedError):
                getattr(Picture(), method)(None)


class TestDisplay:
    def test_show_carries_picture_and_alt_text(self):
        figure = new_figure(4, 3)
        figure.add_subplot().plot([0, 1], [0, 1])
        shown = show(figure, "a rising line")
        assert isinstance(shown, Shown)
        data, metadata = shown._repr_mimebundle_()
        assert data["text/plain"] == metadata["image/png"]["alt"] == "a rising line"
        assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (400, 300)

    @pytest.mark.parametrize("alt", ["", "  "])
    def test_a_picture_without_alt_text_is_refused(self, alt):
        with pytest.raises(ValueError, match="alt must say what is seen"):
            show(new_figure(), alt)

    def test_figures_are_unknown_to_pyplot(self):
        import matplotlib.pyplot as plt

        before = plt.get_fignums()
        BracketPicture().png(Frame(film("exponential", "golden"), 0))
        assert plt.get_fignums() == before

    def test_drawing_leaves_the_users_settings_alone(self):
        import matplotlib as mpl

        before = dict(mpl.rcParams)
        BracketPicture().png(Frame(film("exponential", "golden"), 0))
        assert dict(mpl.rcParams) == before

    def test_the_source_is_the_code_without_its_docstring(self):
        code = source(dichotomy).code
        assert "@stepwise\ndef dichotomy(f: Callable, a: float, b: float" in code
        assert "while b - a > tol:" in code
        assert '"""' not in code
        assert "def dichotomy" in source(dichotomy)._repr_mimebundle_()["text/plain"]
        assert "<span" in source(dichotomy)._repr_mimebundle_()["text/html"]


class TestStyle:
    def test_series_differ_in_grey_print(self):
        from descent.figures.style import SERIES

        for key in ("color", "marker"):
            assert len({series[key] for series in SERIES}) == len(SERIES)
        assert len({(series["linestyle"], series["marker"]) for series in SERIES}) == len(SERIES)

    def test_text_is_legible_on_a_projector(self):
        picture = BracketPicture()
        picture.update(Frame(film("exponential", "golden"), 2))
        for axes in picture.figure.axes:
            labels = [
                axes.xaxis.label,
                axes.title,
                *axes.get_xticklabels(),
                *axes.get_legend_handles_labels()[1],
            ]
            sizes = [label.get_fontsize() for label in labels if hasattr(label, "get_fontsize")]
            assert min(sizes) >= 13

    def test_ink_on_white_has_contrast(self):
        from descent.figures.style import BLUE, INK, RED

        def luminance(color):
            channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
            return np.dot([0.2126, 0.7152, 0.0722], channels)

        for color in (INK, BLUE, RED):
            assert 1.05 / (luminance(color) + 0.05) >= 3


class TestAnIterationThatLeavesThePicture:
    """Without the guard the points go where they like; the reader must still see what happens."""

    def last(self, name):
        problem = univariate[name]
        run = parabolic(problem.f, *problem.bracket, tol=1e-6, safeguard=False, maxiter=40).finish()
        picture = BracketPicture()
        picture.update(Frame(run, run.nit))
        return picture, run

    @pytest.mark.parametrize(("name", "text"), [("lecture", "\u219043"), ("hyperbola", "10\u2192")])
    def test_an_arrow_points_to_it_from_the_whole_interval(self, name, text):
        picture, _ = self.last(name)
        a, _, b = univariate[name].bracket
        left, right = picture.axes.get_xlim()
        assert left <= a
        assert b <= right
        assert right - left < 1.2 * (b - a)
        assert [label.get_text() for label in picture.numbers] == [text, "", ""]

    def test_growing_widths_stay_in_the_picture_above_the_legend(self):
        picture, run = self.last("hyperbola")
        picture.figure.canvas.draw()
        _, high = picture.widths.get_ylim()
        assert max(step.width for step in run) < high
        legend = picture.widths.get_legend().get_window_extent()
        lowest = min(step.width for step in run)
        assert picture.widths.transData.transform((0, lowest))[1] > legend.y1


def test_a_narrow_axis_names_a_negative_middle_with_one_sign():
    run = dichotomy(univariate["lecture"].f, -20, 0, tol=1e-6).finish()
    picture = BracketPicture()
    picture.update(Frame(run, run.nit))
    assert r"(x + 0.87" in picture.axes.get_xlabel()
    run = dichotomy(lambda x: x * x, -1.0, 1.0, tol=1e-4).finish()
    picture.update(Frame(run, run.nit))
    assert r"$x \times 10^{" in picture.axes.get_xlabel()


def test_equal_points_say_nothing():
    step = compare(univariate["lecture"].f, -20, 0, 0.5, 0.5)
    picture = KeyPropertyPicture()
    picture.update(step)
    assert picture.describe(step).startswith("x1 = x2 = -10: one value says nothing")
    assert [label.get_horizontalalignment() for label in picture.labels] == ["right", "left"]


def test_errors_of_0_lie_inside_the_race():
    problem = univariate["offset"]
    step = race(problem.f, problem.bracket, problem.x_star, tol=1e-10)
    assert any((errors == 0).any() for _, errors in step.errors.values())
    picture = RacePicture()
    picture.update(step)
    (axes,) = picture.figure.axes
    low = axes.get_ylim()[0]
    for line in axes.lines:
        if line is not picture.line and not line.get_label().startswith("bound"):
            assert min(line.get_ydata()) > low
