"""How searches of one variable refuse, fail and end: guards, messages, the free iteration."""

import math
import re
import warnings
from itertools import pairwise

import numpy as np
import pytest
from descent.problems import univariate
from descent.univariate import bracket, brent, dichotomy, golden_section, parabolic
from hypothesis import given
from hypothesis import strategies as st
from unimodal import any_unimodal, unimodal_functions

NAMES = sorted(univariate)
ON_AN_INTERVAL = {"dichotomy": dichotomy, "golden section": golden_section, "Brent": brent}


def square(x):
    return x * x


def on_a_triple(f, a, b, **options):
    return parabolic(f, a, (a + b) / 2, b, **options)


on_an_interval = pytest.mark.parametrize("method", ON_AN_INTERVAL.values(), ids=ON_AN_INTERVAL)
all_searches = pytest.mark.parametrize(
    "method", [*ON_AN_INTERVAL.values(), on_a_triple], ids=[*ON_AN_INTERVAL, "parabolic"]
)


class TestGuards:
    @on_an_interval
    @pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (2.0, 1.0), (0, -3)])
    def test_ends_in_the_wrong_order(self, method, a, b):
        with pytest.raises(ValueError, match=re.escape(f"a must be less than b, got a = {a}, b = {b}")):
            method(square, a, b)

    @all_searches
    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("inf")])
    def test_ends_that_are_not_finite(self, method, value):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ValueError, match=f"a must be finite, got a = {value}"):
                method(square, value, 1.0)
            with pytest.raises(ValueError, match=rf"[bc] must be finite, got [bc] = {value}"):
                method(square, 0.0, value)

    @on_an_interval
    @pytest.mark.parametrize("value", ["0", None, 1j, np.complex64(1), np.zeros(2), [0.0]])
    def test_ends_that_are_no_numbers(self, method, value):
        with pytest.raises(TypeError, match="a must be a real number, got "):
            method(square, value, 1.0)
        with pytest.raises(TypeError, match="b must be a real number, got "):
            method(square, 0.0, value)

    @all_searches
    @pytest.mark.parametrize("tol", [0, 0.0, -1e-8])
    def test_tolerances_that_are_not_positive(self, method, tol):
        with pytest.raises(ValueError, match=f"tol must be positive, got tol = {tol}"):
            method(square, -1.0, 1.0, tol=tol)

    @all_searches
    @pytest.mark.parametrize("tol", [math.nan, math.inf])
    def test_tolerances_that_are_not_finite(self, method, tol):
        with pytest.raises(ValueError, match=f"tol must be finite, got tol = {tol}"):
            method(square, -1.0, 1.0, tol=tol)

    @all_searches
    def test_tolerances_that_are_no_numbers(self, method):
        with pytest.raises(TypeError, match="tol must be a real number, got 'small'"):
            method(square, -1.0, 1.0, tol="small")

    @all_searches
    @pytest.mark.parametrize("f", [None, 3.0, "x**2"])
    def test_f_that_is_not_callable(self, method, f):
        with pytest.raises(TypeError, match=re.escape(f"f must be callable, got {f!r}")):
            method(f, -1.0, 1.0)

    @all_searches
    def test_f_that_returns_an_array(self, method):
        with pytest.raises(
            TypeError, match=r"f must return a number, but f\(.+\) returned an array of shape"
        ):
            method(lambda x: np.array([x, x]), -1.0, 1.0)

    @all_searches
    def test_an_interval_whose_width_overflows(self, method):
        with pytest.raises(ValueError, match=r"overflow"):
            method(square, -1.5e308, 1.5e308)

    @all_searches
    def test_guards_come_before_any_call(self, method, calls_of):
        f = calls_of(square)
        with pytest.raises(ValueError, match="a"):
            method(f, 1.0, -1.0)
        assert f.calls == 0

    @pytest.mark.parametrize("triple", [(0, 0, 1), (0, 1, 1), (1, 0.5, 0), (0, 2, 1)])
    def test_triples_that_do_not_increase(self, triple):
        a, b, c = triple
        with pytest.raises(ValueError, match=re.escape(f"must increase, got a = {a}, b = {b}, c = {c}")):
            parabolic(square, *triple)

    @pytest.mark.parametrize("safeguard", [True, False])
    @pytest.mark.parametrize("triple", [(0.5, 1.0, 2.0), (-2.0, -1.0, -0.5)])
    def test_triples_that_bracket_no_minimum(self, triple, safeguard):
        values = ", ".join(f"f({x}) = {square(x)}" for x in triple)
        with pytest.raises(ValueError, match=r"must bracket a minimum") as raised:
            parabolic(square, *triple, safeguard=safeguard)
        assert values in str(raised.value)

    @pytest.mark.parametrize(
        ("x0", "step", "said"),
        [
            (0.0, 0.0, "step must not be 0, got step = 0.0"),
            (0.0, math.nan, "step must be finite, got step = nan"),
            (math.inf, 1.0, "x0 must be finite, got x0 = inf"),
            (1.0, 1e-20, "step must change x0 = 1.0, got step = 1e-20"),
        ],
    )
    def test_starts_of_a_bracket(self, x0, step, said):
        with pytest.raises(ValueError, match=re.escape(said)):
            bracket(square, x0, step)

    @pytest.mark.parametrize("x0", ["0", None, np.zeros(2)])
    def test_starts_that_are_no_numbers(self, x0):
        with pytest.raises(TypeError, match="x0 must be a real number, got"):
            bracket(square, x0)


class TestFailuresOfF:
    @all_searches
    def test_nan_in_the_middle_keeps_the_best_point(self, method):
        values = []

        def f(x):
            if len(values) == 6:
                return math.nan
            values.append(abs(x - 0.3))
            return values[-1]

        run = method(f, -1.0, 1.5, tol=1e-10)
        assert run.success is False
        assert re.match(r"f\(.+\) is nan: try a start or an interval", run.message)
        assert run.fun == min(step.fun for step in run)
        assert run.nfev == 7

    @all_searches
    def test_an_exception_in_the_middle_is_kept(self, method):
        def f(x):
            if abs(x - 0.3) < 0.05:
                raise ValueError("not here")
            return abs(x - 0.3)

        run = method(f, -1.0, 2.0, tol=1e-10)
        assert run.success is False
        assert isinstance(run.error, ValueError)
        assert 'raise ValueError("not here")' in run.message
        assert len(run) > 1
        assert abs(run.x - 0.3) >= 0.05


class TestMinimumAtAnEnd:
    @on_an_interval
    @pytest.mark.parametrize(("slope", "end", "name"), [(1, 2.0, "a = 2.0"), (-1, 5.0, "b = 5.0")])
    def test_is_found_and_the_end_is_named(self, method, slope, end, name):
        run = method(lambda x: slope * x, 2.0, 5.0, tol=1e-7)
        assert run.success
        assert abs(run.x - end) <= 2e-7
        assert f"the end {name}" in run.message

    @on_an_interval
    @given(case=unimodal_functions(minimiser=0.5))
    def test_no_end_is_named_when_the_minimiser_is_inside(self, method, case):
        run = method(case.f, case.a, case.b, tol=1e-4 * (case.b - case.a))
        assert "the end" not in run.message


def has_a_hump(points, height):
    """Return whether some measured point lies higher, by `height`, than points on both of its sides."""
    values = [value for _, value in sorted(points)]
    return any(
        value > min(values[:i]) + height and value > min(values[i + 1 :]) + height
        for i, value in enumerate(values[1:-1], 1)
    )


class TestNotUnimodal:
    @all_searches
    @given(
        waves=st.floats(1, 40), phase=st.floats(0, 6), height=st.floats(0.05, 1), power=st.floats(1, 7)
    )  # fmt: skip
    def test_is_said_exactly_when_the_measurements_prove_it(self, method, waves, phase, height, power):
        def f(x):
            return height * math.cos(waves * x + phase) + (x - 0.4) ** 2

        if method is on_a_triple and f(0.5) > min(f(0.0), f(1.0)):
            return
        run = method(f, 0.0, 1.0, tol=10.0**-power)
        points = [point for step in run for point in step.measured]
        assert run.success
        if "not unimodal" in run.message:
            assert has_a_hump(points, 0.0)
            assert "at most, a local minimiser" in run.message
        else:
            assert not has_a_hump(points, 1e-9)

    @pytest.mark.parametrize(("method", "waves"), [(dichotomy, 20), (golden_section, 20), (brent, 20)])
    def test_the_message_names_three_points_that_prove_it(self, method, waves):
        def f(x):
            return math.cos(waves * x) + (x - 0.4) ** 2

        message = method(f, 0.0, 3.0).message
        claim = re.search(r"rises from x = (\S+) to (\S+) and falls again towards (\S+)\)", message)
        low, high, end = map(float, claim.groups())
        assert f(low) < f(high)
        assert f(end) < f(high)
        assert low < high < end or end < high < low

    @on_an_interval
    @given(case=any_unimodal, power=st.integers(1, 8))
    def test_nothing_is_claimed_of_a_unimodal_function(self, method, case, power):
        run = method(case.f, case.a, case.b, tol=(case.b - case.a) * 10.0**-power)
        assert "not unimodal" not in run.message

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("tol", [1e-4, 1e-8, 1e-12])
    def test_nothing_is_claimed_of_a_named_problem(self, name, tol):
        problem = univariate[name]
        a, b, c = problem.bracket
        runs = [method(problem.f, a, c, tol=tol) for method in ON_AN_INTERVAL.values()]
        for run in [*runs, parabolic(problem.f, a, b, c, tol=tol)]:
            assert "not unimodal" not in run.message


class TestToleranceBelowDoubles:
    @pytest.mark.parametrize("name", [name for name in NAMES if univariate[name].x_star])
    @pytest.mark.parametrize("method", [dichotomy, golden_section])
    def test_sections_end_and_say_so(self, name, method):
        problem = univariate[name]
        run = method(problem.f, *problem.bracket[::2], tol=1e-300)
        assert run.success is False
        assert "no numbers are left" in run.message
        assert "tol = 1e-300 is below their spacing" in run.message
        assert run.last.width <= 8 * math.ulp(max(abs(run.last.a), abs(run.last.b)))

    @pytest.mark.parametrize("name", [name for name in NAMES if univariate[name].x_star])
    def test_parabolas_end_and_say_so(self, name):
        problem = univariate[name]
        a, b, c = problem.bracket
        for run in (brent(problem.f, a, c, tol=1e-300), parabolic(problem.f, a, b, c, tol=1e-300)):
            assert run.success is False
            assert "tol = 1e-300 is below the spacing of numbers near x" in run.message
            assert run.nit < 200

    @pytest.mark.parametrize("name", ["steep", "stuck end"])
    @all_searches
    def test_near_0_where_numbers_are_dense_every_run_ends_as_well(self, name, method):
        problem = univariate[name]
        a, _, c = problem.bracket
        run = method(problem.f, a, c, tol=1e-300)
        assert run.nit <= 500
        assert run.message

    @all_searches
    def test_attainable_accuracy_is_a_remark_and_no_failure(self, method):
        run = method(univariate["offset"].f, -1.0, 3.1, tol=1e-9)
        assert run.success
        claim = re.search(r"within about (\S+) of x are equal up to rounding", run.message)
        assert 1e-6 < float(claim[1]) < 1e-4
        assert "attainable accuracy" in run.message
        assert abs(run.x - 1) < float(claim[1])

    @all_searches
    def test_it_is_not_remarked_where_the_tolerance_is_above_it(self, method):
        assert "attainable" not in method(univariate["offset"].f, -1.0, 3.1, tol=1e-3).message


class TestGuardedCases:
    """The failures of parabolas that the errata list: with the safeguard each ends well."""

    @pytest.mark.parametrize("tol", [1e-4, 1e-8, 1e-12])
    @pytest.mark.parametrize(
        ("f", "triple", "x_star"),
        [
            (lambda x: (x - 2) ** 2, (0.0, 1.9, 5.0), 2.0),
            (lambda x: (x - 2) ** 2, (0.0, 2.0, 5.0), 2.0),
            (lambda x: (x - 2) ** 2, (0.0, 2.0, 4.0), 2.0),
            (lambda x: (x - 2) ** 2, (np.float64(0), np.float64(1.9), np.float64(5)), 2.0),
            (abs, (-1.0, 0.1, 2.0), 0.0),
            (abs, (-1.0, 0.0, 1.0), 0.0),
            (lambda x: x**2 + x**3, (-0.5, 0.25, 1.0), 0.0),
            (lambda x: math.exp(x) - 2 * x, (0.0, 0.76, 2.0), math.log(2)),
        ],
        ids=["parabola", "at its vertex", "symmetric", "numpy", "abs", "abs at 0", "stuck end", "exp"],
    )
    def test_ends_near_the_minimiser(self, f, triple, x_star, tol):
        run = parabolic(f, *triple, tol=tol)
        assert run.success
        assert abs(run.x - x_star) <= max(2 * tol, 3e-8 if x_star == math.log(2) else 0)
        assert run.last.width <= 4 * tol + 1e-15

    def test_a_constant_ends(self):
        run = parabolic(lambda x: 1.0, 0.0, 0.5, 1.0)
        assert run.success
        assert "may be constant" in run.message

    def test_the_stuck_end_moves(self):
        """Through-the-bracket parabolas keep the width at 0.25 here for 374 iterations."""
        problem = univariate["stuck end"]
        run = parabolic(problem.f, *problem.bracket)
        assert run.nit < 30
        assert run.last.width < 1e-7

    @pytest.mark.parametrize("name", NAMES)
    def test_rules_are_told(self, name):
        problem = univariate[name]
        run = parabolic(problem.f, *problem.bracket)
        assert run[0].rule == "start"
        for step in run[1:]:
            assert step.rule.split(",")[0] in ("parabola", "golden section")
            if step.rule == "parabola":
                assert len(step.parabola) == 3
                assert step.vertex is not None


class TestFreeIteration:
    @pytest.mark.parametrize("tol", [1e-3, 1e-8, 1e-15, 1e-300])
    @pytest.mark.parametrize("name", NAMES)
    def test_never_raises_never_hangs_and_says_why_it_failed(self, name, tol):
        problem = univariate[name]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with np.errstate(all="ignore"):  # overflow inside f is f's own affair
                run = parabolic(problem.f, *problem.bracket, tol=tol, safeguard=False)
                assert run.nit <= 500
        if run.success:
            assert re.search("the step is no longer than tol|may be constant", run.message)
        else:
            assert re.search("safeguard|maxiter|interval on which f is finite", run.message)
        assert run.fun <= problem.f(problem.bracket[1])
        assert all(step.fun <= before.fun for before, step in pairwise(run))

    @given(case=any_unimodal, t=st.floats(0.05, 0.95), power=st.integers(1, 12))
    def test_on_random_functions_too(self, case, t, power):
        middle = case.a + t * (case.b - case.a)
        if not case.a < middle < case.b or case.f(middle) > min(case.f(case.a), case.f(case.b)):
            return
        own = parabolic(
            lambda x: case.f(x) if abs(x) < 1e100 else math.nan,
            *(case.a, middle, case.b),
            tol=10.0**-power,
            safeguard=False,
        )
        assert own.nit <= 500
        assert own.message

    @pytest.mark.parametrize("number", [float, np.float64])
    def test_an_exact_parabola_has_a_zero_denominator_at_the_fourth_point(self, number):
        """NumPy's numbers would give NaN and a silent success: the run must not."""
        run = parabolic(lambda x: (x - 2) ** 2, *map(number, (0, 1.5, 5)), tol=1e-300, safeguard=False)
        assert run.x == 2.0
        assert not math.isnan(run.x)

    def test_a_constant_has_no_vertex(self):
        run = parabolic(lambda x: 1.0, 0.0, 0.5, 1.0, safeguard=False)
        assert run.success is False
        assert "lie on a line" in run.message

    def test_a_maximum_is_no_success(self):
        """From many starts the last three points run up a hill of the cosine."""

        def f(x):
            return math.cos(x) + 0.01 * (x - 3) ** 2

        settled = []
        for b in np.linspace(0.5, 6.0, 80).tolist():
            if f(b) <= min(f(-1.0), f(9.0)):
                run = parabolic(f, -1.0, b, 9.0, safeguard=False)
                last = run[-1].measured[-1][0]
                curvature = 0.02 - math.cos(last)
                if "step" in run.outcome.measures:  # it has settled somewhere
                    settled.append((run.success, curvature > 0))
                    assert run.success == (abs(f(last) - run.fun) < 1e-12)
                    assert run.success or f"settled at {last:.6g}, a maximum or at least" in run.message
        assert (True, True) in settled
        assert (False, False) in settled
        assert (True, False) not in settled

    def test_the_points_are_not_confined_to_the_bracket(self):
        outside = []
        for name in NAMES:
            problem = univariate[name]
            a, _, c = problem.bracket
            with np.errstate(all="ignore"):
                run = parabolic(problem.f, *problem.bracket, safeguard=False)
                outside += [name for step in run for point, _ in step.measured if not a <= point <= c]
        assert outside


class TestBracket:
    @given(
        m=st.floats(-1e3, 1e3),
        x0=st.floats(-1e3, 1e3),
        size=st.floats(1e-3, 1e2),
        sign=st.sampled_from([-1, 1]),
        power=st.sampled_from([1, 2, 4]),
    )
    def test_walks_to_a_minimum_on_either_side(self, m, x0, size, sign, power, calls_of):
        f = calls_of(lambda x: abs(x - m) ** power)
        run = bracket(f, x0, sign * size)
        for k, step in enumerate(run):
            assert step.a < step.b < step.c
            assert (step.fa, step.fb, step.fc) == tuple(abs(x - m) ** power for x in (step.a, step.b, step.c))
            assert step.nfev == k + 3
        last = run.last
        assert run.success
        assert last.fb <= last.fa
        assert last.fb <= last.fc
        assert last.a <= m <= last.c
        assert run.nfev == f.calls

    @given(x0=st.floats(-10, 10), size=st.floats(0.01, 1), sign=st.sampled_from([-1, 1]))
    def test_steps_grow_by_the_golden_ratio(self, x0, size, sign):
        run = bracket(lambda x: (x - 500) ** 2, x0, sign * size)
        for step in run:
            parts = sorted([step.b - step.a, step.c - step.b])
            assert parts[1] / parts[0] == pytest.approx((1 + math.sqrt(5)) / 2, rel=1e-9)

    @pytest.mark.parametrize("slope", [-1.0, 1.0])
    @pytest.mark.parametrize("step", [-1.0, 1.0, 1e-3, 1e5])
    def test_fails_clearly_on_a_straight_line(self, slope, step):
        run = bracket(lambda x: slope * x, 3.0, step)
        assert run.success is False
        assert "f still falls at x = " in run.message
        assert "it may have no minimum in this direction, try another x0 or step" in run.message
        assert run.nit <= 100

    def test_fails_clearly_where_f_overflows(self):
        run = bracket(lambda x: -math.exp(x), 0.0)
        assert run.success is False
        assert "OverflowError" in run.message

    def test_maxiter(self):
        run = bracket(lambda x: -x, 0.0, maxiter=5)
        assert (run.success, run.nit, run.nfev) == (False, 5, 8)

    def test_a_constant_is_told_from_a_minimum(self):
        run = bracket(lambda x: 1.0, 0.0)
        assert run.success
        assert "it may be flat here" in run.message

    @pytest.mark.parametrize("name", NAMES)
    def test_its_triple_is_what_parabolic_takes(self, name):
        problem = univariate[name]
        a, b, c = problem.bracket
        last = bracket(problem.f, b, 1e-3 * (c - a)).last
        if a < last.a and last.c < c:
            run = parabolic(problem.f, last.a, last.b, last.c, tol=1e-6)
            assert abs(run.x - problem.x_star) <= 2e-5
