"""Searches of one variable: bounds, errors and invariances, on random and on named functions."""

import json
import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
from descent.problems import univariate
from descent.univariate import brent, dichotomy, golden_section, parabolic, vertex
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from one_variable_formulas import attainable_accuracy
from unimodal import any_unimodal, convex_functions, unimodal_functions

TAU = (1 + math.sqrt(5)) / 2
NAMES = sorted(univariate)
TOLERANCES = [1.0, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12]
SIX = json.loads((Path(__file__).parent / "data" / "univariate_problems.json").read_text())["problems"]
NAMES_OF_THE_SIX = ["quadratic", "quartic", "exponential", "entropy", "hyperbola", "absolute"]
relative_tolerances = st.floats(1, 8).map(lambda power: 10.0**-power)


def ulp(step) -> float:
    """Return the spacing of numbers at the larger end of a bracket."""
    return math.ulp(max(abs(step.a), abs(step.b)))


def guarded(f, a, b, **options):
    """Run the guarded parabolic interpolation from the lowest of nine points, where there is one."""
    inner = [a + (b - a) * k / 10 for k in range(1, 10)]
    middle = min(inner, key=f)
    if f(middle) > min(f(a), f(b)):
        reject()
    return parabolic(f, a, middle, b, **options)


METHODS = {"dichotomy": dichotomy, "golden section": golden_section, "Brent": brent, "guarded": guarded}
all_methods = st.sampled_from(list(METHODS))
parabolic_methods = st.sampled_from(["Brent", "guarded"])
sections = st.sampled_from([dichotomy, golden_section])


def check_dichotomy(run, f, a, b):
    """Assert the lecture's bounds at every step; f counts by itself."""
    for k, step in enumerate(run):
        assert step.nfev == f.calls <= 2 * k + 1
        assert abs(step.width - (b - a) / 2**k) <= 4 * ulp(step)
        assert a <= step.a < step.x < step.b <= b
        assert abs(step.x - (step.a + step.b) / 2) <= ulp(step)


def check_golden_section(run, f, a, b):
    """The same; a point that survives many cuts keeps the rounding of the bracket that it was made in."""
    for k, step in enumerate(run):
        assert step.nfev == f.calls == k + 2
        assert abs(step.width - (b - a) / TAU**k) <= 4 * ulp(run[0])
        assert a <= step.a < step.x < step.b <= b


def check_best(run):
    """Assert that x and fun of each step are the best point measured so far."""
    points = []
    for step in run:
        points += step.measured
        assert (step.x, step.fun) in points
        assert step.fun == min(value for _, value in points)


class TestDichotomy:
    @given(case=any_unimodal, relative=relative_tolerances)
    def test_bounds_on_random_functions(self, case, relative, calls_of):
        f = calls_of(case.f)
        run = dichotomy(f, case.a, case.b, tol=relative * (case.b - case.a))
        check_dichotomy(run, f, case.a, case.b)
        for step in run:
            assert step.a <= case.m <= step.b
            assert abs(step.x - case.m) <= step.width / 2 + ulp(step)
        check_best(run)
        assert run.success
        assert run.last.width <= relative * (case.b - case.a)

    @pytest.mark.parametrize("tol", TOLERANCES)
    @pytest.mark.parametrize("name", NAMES)
    def test_bounds_on_named_problems(self, name, tol, calls_of):
        problem = univariate[name]
        a, _, b = problem.bracket
        f = calls_of(problem.f)
        run = dichotomy(f, a, b, tol=tol)
        check_dichotomy(run, f, a, b)
        accuracy = attainable_accuracy(name, problem.x_star)
        for step in run:
            assert abs(step.x - problem.x_star) <= max(step.width / 2 + ulp(step), accuracy)
        assert run.success
        assert run.nit == max(0, math.ceil(math.log2((b - a) / tol)))

    @given(case=unimodal_functions(), k=st.integers(1, 30))
    def test_exactly_k_halvings_reach_a_width_of_2_to_the_minus_k(self, case, k):
        run = dichotomy(case.f, case.a, case.b, tol=1.5 * (case.b - case.a) / 2**k)
        assert run.nit == k

    def test_the_worst_case_needs_2k_plus_1_calls_and_the_best_k_plus_1(self):
        right = dichotomy(lambda x: -x, 0.0, 1.0, tol=2.0**-20)
        left = dichotomy(lambda x: x, 0.0, 1.0, tol=2.0**-20)
        assert (right.nit, right.nfev) == (20, 41)
        assert (left.nit, left.nfev) == (20, 21)

    def test_errata_1_the_printed_bound_fails_on_the_distance_to_an_end(self):
        """|x - 1| on [0, 1]: after N calls the error exceeds 0.707^(N + 2), and never 0.707^(N + 1)."""
        steps = dichotomy(lambda x: abs(x - 1), 0.0, 1.0, tol=1e-6)[1:]
        assert all(abs(step.x - 1) <= 2 ** (-(step.nfev + 1) / 2) for step in steps)
        assert any(abs(step.x - 1) > 2 ** (-(step.nfev + 2) / 2) for step in steps)


class TestGoldenSection:
    @given(case=any_unimodal, relative=relative_tolerances)
    def test_bounds_on_random_functions(self, case, relative, calls_of):
        f = calls_of(case.f)
        run = golden_section(f, case.a, case.b, tol=relative * (case.b - case.a))
        check_golden_section(run, f, case.a, case.b)
        for step in run:
            assert step.a <= case.m <= step.b
            assert abs(step.x - case.m) <= step.width / TAU + 4 * ulp(step)
        check_best(run)
        assert run.success
        assert run.last.width <= relative * (case.b - case.a)

    @pytest.mark.parametrize("tol", TOLERANCES)
    @pytest.mark.parametrize("name", NAMES)
    def test_bounds_on_named_problems(self, name, tol, calls_of):
        problem = univariate[name]
        a, _, b = problem.bracket
        f = calls_of(problem.f)
        run = golden_section(f, a, b, tol=tol)
        check_golden_section(run, f, a, b)
        accuracy = attainable_accuracy(name, problem.x_star)
        for step in run:
            assert abs(step.x - problem.x_star) <= max(step.width, accuracy)
        assert run.success
        assert abs(run.x - problem.x_star) <= max(tol, accuracy)

    @given(case=unimodal_functions(), relative=relative_tolerances)
    def test_points_divide_the_bracket_by_the_golden_ratio(self, case, relative):
        run = golden_section(case.f, case.a, case.b, tol=relative * (case.b - case.a))
        for step in run:
            part = max(step.x - step.a, step.b - step.x)
            assert abs(part - step.width / TAU) <= 8 * ulp(step)


class TestGuardedSearches:
    @given(case=any_unimodal, relative=relative_tolerances, method=parabolic_methods)
    def test_the_minimiser_stays_in_the_bracket_and_x_ends_near_it(self, case, relative, method):
        tol = relative * (case.b - case.a)
        run = METHODS[method](case.f, case.a, case.b, tol=tol)
        for before, step in pairwise(run):
            assert before.a <= step.a <= case.m <= step.b <= before.b
            assert step.a <= step.x <= step.b
            assert step.width < before.width
        assert run.success
        assert abs(run.x - case.m) <= 2 * tol + 8 * math.ulp(max(abs(case.a), abs(case.b)))

    @given(case=any_unimodal, relative=relative_tolerances, method=parabolic_methods)
    def test_one_call_a_step_and_x_is_the_best_point_so_far(self, case, relative, method, calls_of):
        f = calls_of(case.f)
        run = METHODS[method](f, case.a, case.b, tol=relative * (case.b - case.a))
        at_the_start = 1 if method == "Brent" else 3
        others = f.calls - at_the_start  # `guarded` looks for a middle first
        for k, step in enumerate(run):
            assert step.nfev == f.calls - others == k + at_the_start
        check_best(run)

    @given(case=unimodal_functions(), relative=relative_tolerances, method=parabolic_methods)
    def test_no_two_measurements_are_nearer_than_the_tolerance(self, case, relative, method):
        tol = relative * (case.b - case.a)
        run = METHODS[method](case.f, case.a, case.b, tol=tol)
        new = [point for step in run[1:] for point, _ in step.measured]
        best = [step.x for step in run]
        spacing = math.ulp(max(abs(case.a), abs(case.b)))
        assert all(abs(u - x) >= tol - 4 * spacing for u, x in zip(new, best, strict=False))

    @given(case=any_unimodal, relative=relative_tolerances, method=parabolic_methods)
    def test_parabolas_go_through_the_three_lowest_points(self, case, relative, method):
        run = METHODS[method](case.f, case.a, case.b, tol=relative * (case.b - case.a))
        points = list(run[0].measured)
        for step in run[1:]:
            lowest = sorted(points, key=lambda point: point[1])[:4]
            if len({value for _, value in lowest}) == len(lowest):  # no ties
                assert set(step.parabola) == (set(lowest[:3]) if len(points) >= 3 else set())
            points += step.measured

    @given(case=any_unimodal, relative=relative_tolerances, method=parabolic_methods)
    def test_a_vertex_is_taken_when_it_is_inside_and_steps_shrink(self, case, relative, method):
        """Brent's rule: nearer than half the step before last, where a golden step sets both anew."""
        run = METHODS[method](case.f, case.a, case.b, tol=relative * (case.b - case.a))
        before_last, last = (case.b - case.a, case.b - case.a) if method == "guarded" else (0.0, 0.0)
        for before, step in pairwise(run):
            length = math.inf if step.vertex is None else abs(step.vertex - before.x)
            inside = step.vertex is not None and before.a < step.vertex < before.b
            assert step.rule.startswith("parabola") == (inside and length < before_last / 2)
            if step.rule.startswith("parabola"):
                before_last, last = last, length
            else:
                larger = max(before.x - before.a, before.b - before.x)
                before_last, last = larger, larger / TAU**2

    @given(case=any_unimodal, relative=relative_tolerances, method=parabolic_methods)
    def test_a_golden_step_divides_the_larger_part(self, case, relative, method):
        run = METHODS[method](case.f, case.a, case.b, tol=relative * (case.b - case.a))
        for before, step in pairwise(run):
            if step.rule == "golden section":
                larger = max(before.x - before.a, before.b - before.x)
                assert abs(abs(step.measured[0][0] - before.x) - larger / TAU**2) <= 4 * ulp(run[0])

    @given(case=any_unimodal)
    def test_brent_begins_at_a_golden_point(self, case):
        first = brent(case.f, case.a, case.b)[0].x
        assert abs(first - case.a - (case.b - case.a) / TAU**2) <= 4 * math.ulp(max(abs(case.a), abs(case.b)))

    @pytest.mark.parametrize("tol", [1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12])
    @pytest.mark.parametrize("name", NAMES)
    def test_named_problems_end_within_the_tolerance_or_the_attainable_accuracy(self, name, tol):
        problem = univariate[name]
        a, b, c = problem.bracket
        accuracy = attainable_accuracy(name, problem.x_star)
        for run in (brent(problem.f, a, c, tol=tol), parabolic(problem.f, a, b, c, tol=tol)):
            assert run.success, run.message
            assert abs(run.x - problem.x_star) <= max(2 * tol, accuracy)
            assert run.fun == problem.f(run.x)


class TestInvariances:
    """What must not depend on units: a search sees an order of values, or their ratios."""

    @given(
        case=convex_functions(),
        c=st.integers(-1000, 1000),
        method=sections,
    )
    def test_sections_see_only_the_order_of_values(self, case, c, method):
        """f, 3 f + c and f^3 give the same points: exact fractions, so no rounding interferes."""
        points = [
            [step.measured[0][0] for step in method(g, case.a, case.b, tol=1e-3)]
            for g in (case.f, lambda x: 3 * case.f(x) + c, lambda x: case.f(x) ** 3)
        ]
        assert points[0] == points[1] == points[2]

    @given(case=unimodal_functions(), method=all_methods)
    def test_four_times_f_gives_the_same_points(self, case, method):
        """A factor of 2^n is exact, so that parabolas have exactly the same vertices."""
        runs = [METHODS[method](g, case.a, case.b, tol=1e-6) for g in (case.f, lambda x: 4 * case.f(x))]
        assert [step.x for step in runs[0]] == [step.x for step in runs[1]]
        assert [(step.a, step.b, step.rule) for step in runs[0]] == [
            (step.a, step.b, step.rule) for step in runs[1]
        ]

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("method", ["Brent", "guarded"])
    def test_3f_plus_c_gives_the_same_answer_for_parabolas(self, name, method):
        problem = univariate[name]
        a, _, b = problem.bracket
        runs = [METHODS[method](g, a, b, tol=1e-5) for g in (problem.f, lambda x: 3 * problem.f(x) + 2)]
        for run, shift in zip(runs, (0, 2 / 3), strict=True):
            accuracy = attainable_accuracy(name, problem.x_star, shift)
            assert abs(run.x - problem.x_star) <= max(2e-5, accuracy)

    @given(case=unimodal_functions(), power=st.integers(-20, 20), method=all_methods)
    def test_a_change_of_the_unit_of_x_scales_every_point(self, case, power, method):
        unit = 2.0**power
        tol = 1e-6 * (case.b - case.a)
        run = METHODS[method](case.f, case.a, case.b, tol=tol)
        scaled = METHODS[method](lambda x: case.f(x / unit), case.a * unit, case.b * unit, tol=tol * unit)
        assert [step.x * unit for step in run] == [step.x for step in scaled]
        assert [step.width * unit for step in run] == [step.width for step in scaled]

    @given(case=unimodal_functions(), method=sections)
    def test_sections_are_mirrored_by_a_mirror(self, case, method):
        run = method(case.f, case.a, case.b, tol=1e-6)
        values = [value for step in run for _, value in step.measured]
        assume(len(set(values)) == len(values))  # a tie is decided towards the left
        mirrored = method(lambda x: case.f(-x), -case.b, -case.a, tol=1e-6)
        assert [(-step.b, -step.a) for step in run] == [(step.a, step.b) for step in mirrored]

    @given(case=unimodal_functions())
    def test_brent_is_not_mirrored_but_its_answer_is(self, case):
        """It begins in the left part of [a, b]."""
        mirrored = brent(lambda x: case.f(-x), -case.b, -case.a, tol=1e-6)
        assert abs(mirrored.x + brent(case.f, case.a, case.b, tol=1e-6).x) <= 4e-6 + 1e-12

    @given(
        points=st.lists(st.integers(-100, 100), min_size=3, max_size=3, unique=True),
        m=st.integers(-100, 100),
        scale=st.integers(1, 9),
    )
    def test_the_vertex_of_a_parabola_is_its_minimiser(self, points, m, scale):
        p, q, r = ((Fraction(x), Fraction(scale * (x - m) ** 2 + 7)) for x in points)
        assert vertex(p, q, r) == vertex(r, q, p) == vertex(q, r, p) == m

    def test_three_points_on_a_line_have_no_vertex(self):
        assert vertex((0, 1), (1, 2), (3, 4)) is None
        assert vertex((0, 1), (0, 1), (3, 4)) is None


class TestTies:
    @pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
    @pytest.mark.parametrize("half_width", [1.0, 0.5, 3.7])
    def test_an_even_function_about_the_middle(self, method, half_width):
        run = method(abs, -half_width, half_width, tol=1e-9)
        assert run.success
        assert abs(run.x) <= 2e-9

    @pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
    def test_a_constant_ends_and_says_so(self, method):
        run = method(lambda x: 7.0, 0.0, 1.0, tol=1e-6)
        assert run.success
        assert run.fun == 7.0
        assert 0 <= run.x <= 1
        assert "all measured values are equal: f may be constant" in run.message

    @pytest.mark.parametrize("method", [dichotomy, golden_section, brent])
    def test_a_plateau_at_the_bottom_ends_on_it(self, method):
        run = method(lambda x: max(abs(x - 0.4) - 0.1, 0.0), 0.0, 1.0, tol=1e-8)
        assert run.success
        assert run.fun == 0.0
        assert 0.3 <= run.x <= 0.5


class TestCallsAgainstScipy:
    @staticmethod
    def total(names, method):
        ends = {"parabolic": slice(None), "brent": slice(None, None, 2)}[method]
        search = {"parabolic": parabolic, "brent": brent}[method]
        problems = [univariate[name] for name in names]
        runs = [search(problem.f, *problem.bracket[ends], tol=1e-8) for problem in problems]
        assert all(run.success for run in runs)
        return sum(run.nfev for run in runs)

    @staticmethod
    def scipy_total(names):
        problems = [univariate[name] for name in names]
        return sum(
            scipy.optimize.brent(problem.f, brack=problem.bracket, tol=1e-8, full_output=True)[3]
            for problem in problems
        )

    @pytest.mark.parametrize(("method", "factor"), [("parabolic", 1.35), ("brent", 1.0)])
    def test_on_all_named_problems(self, method, factor):
        with np.errstate(all="ignore"):
            assert self.total(NAMES, method) <= factor * self.scipy_total(NAMES)

    @pytest.mark.parametrize(("method", "factor"), [("parabolic", 1.35), ("brent", 1.0)])
    def test_on_the_six_of_the_data_file_against_its_recorded_counts(self, method, factor):
        recorded = sum(problem["1e-08"]["brent"][0] for problem in SIX)
        assert recorded == 96
        assert self.total(NAMES_OF_THE_SIX, method) <= factor * recorded

    def test_the_six_are_ours(self):
        for name, recorded in zip(NAMES_OF_THE_SIX, SIX, strict=True):
            assert list(univariate[name].bracket) == recorded["bracket"]
            assert univariate[name].x_star == recorded["xstar"]
            assert univariate[name].f_star == recorded["fstar"]

    @pytest.mark.parametrize("tol", ["0.0001", "1e-08"])
    def test_sections_call_no_more_than_the_recorded_theory(self, tol):
        for name, recorded in zip(NAMES_OF_THE_SIX, SIX, strict=True):
            a, _, c = univariate[name].bracket
            theory = recorded[tol]["theory"]
            assert dichotomy(univariate[name].f, a, c, tol=float(tol)).nfev <= theory["dichotomy"] + 1
            assert golden_section(univariate[name].f, a, c, tol=float(tol)).nfev <= theory["golden"] + 1
