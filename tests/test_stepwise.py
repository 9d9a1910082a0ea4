"""An algorithm is a sequence of steps: what a `Run` promises, whatever the algorithm."""

import dataclasses
import html.parser
import linecache
import math
import traceback
from dataclasses import dataclass

import numpy as np
import pytest
from descent.stepwise import Counted, Run, Step, Table, converged, read_only, stepwise, stopped
from hypothesis import given
from hypothesis import strategies as st


@dataclass(frozen=True)
class Point(Step):
    x: float
    fun: float


@dataclass(frozen=True)
class Vector(Step):
    x: np.ndarray
    fun: float


@stepwise
def walk(f, a, *, steps=5, tol=1.0, maxiter=500):
    """Measure f at a, a + 1, a + 2, ...: one call a step."""
    if steps < 0:
        raise ValueError(f"steps must not be negative, got steps = {steps}")
    for k in range(steps + 1):
        yield Point(a + k, f(a + k))
    return converged("walked to the end", distance=(0.25, tol), slope=(0.0, 0.5))


def square(x):
    return x * x


class TestLaziness:
    def test_the_call_computes_step_0_and_no_more(self, calls_of):
        f = calls_of(square)
        walk(f, 2.0)
        assert f.calls == 1

    def test_guards_raise_at_the_call_before_any_call_of_f(self, calls_of):
        f = calls_of(square)
        with pytest.raises(ValueError, match="steps = -1"):
            walk(f, 2.0, steps=-1)
        assert f.calls == 0

    @pytest.mark.parametrize("f", [3, None, "x**2"])
    def test_a_function_that_is_none_is_refused_by_name(self, f):
        with pytest.raises(TypeError, match="f must be callable, got"):
            walk(f, 2.0)

    def test_a_missing_argument_is_a_type_error_at_the_call(self):
        with pytest.raises(TypeError, match="'a'"):
            walk(square)

    def test_repr_and_bool_compute_nothing(self, calls_of):
        f = calls_of(square)
        run = walk(f, 2.0)
        assert repr(run) == "<Run of walk, 1 step so far>"
        assert bool(run) is True
        assert f.calls == 1
        run[2]
        assert repr(run) == "<Run of walk, 3 steps so far>"
        assert f.calls == 3
        run.finish()
        assert repr(run) == "<Run of walk, 6 steps>"

    def test_an_index_computes_up_to_that_step(self, calls_of):
        f = calls_of(square)
        run = walk(f, 2.0)
        assert run[3].x == 5.0
        assert f.calls == 4

    def test_a_slice_from_the_front_computes_up_to_its_end(self, calls_of):
        f = calls_of(square)
        run = walk(f, 2.0)
        assert [step.x for step in run[:3]] == [2.0, 3.0, 4.0]
        assert [step.x for step in run[1:3]] == [3.0, 4.0]
        assert f.calls == 3

    def test_a_loop_computes_one_step_at_a_time(self, calls_of):
        f = calls_of(square)
        for k, _ in enumerate(walk(f, 2.0)):
            assert f.calls == k + 1

    def test_steps_are_computed_once_and_kept(self, calls_of):
        f = calls_of(square)
        run = walk(f, 2.0)
        assert list(run) == list(run)
        assert all(first is second for first, second in zip(run, run, strict=True))
        assert (run.x, run.nfev, str(run), run.table().rows[0][0]) == (7.0, 6, str(run), 0)
        assert f.calls == 6

    def test_two_readers_of_one_run_see_the_same_steps(self):
        run = walk(square, 0.0)
        pairs = list(zip(iter(run), iter(run), strict=True))
        assert len(pairs) == 6
        assert all(one is other for one, other in pairs)


class TestSequence:
    @given(steps=st.integers(0, 8), data=st.data())
    def test_indices_and_slices_are_those_of_the_list(self, steps, data):
        expected = [Point(float(k), float(k * k)) for k in range(steps + 1)]
        run = walk(square, 0.0, steps=steps)
        chosen = data.draw(st.slices(steps + 1))
        assert run[chosen] == expected[chosen]
        index = data.draw(st.integers(-steps - 1, steps))
        assert walk(square, 0.0, steps=steps)[index] == expected[index]
        assert list(run) == expected

    @pytest.mark.parametrize("index", [6, 100, -7])
    def test_an_index_beyond_the_end_is_an_index_error(self, index):
        with pytest.raises(IndexError):
            walk(square, 0.0)[index]

    @given(steps=st.integers(0, 8))
    def test_iterations_are_steps_after_the_start(self, steps):
        run = walk(square, 1.0, steps=steps)
        assert (run.nit, len(run), run.last) == (steps, steps + 1, run[-1])

    def test_a_run_of_one_step_is_true(self):
        assert walk(square, 1.0, steps=0)


class TestResults:
    def test_names_of_scipy(self):
        run = walk(square, 2.0)
        assert (run.x, run.fun, run.alpha) == (7.0, 49.0, 7.0)
        assert (run.nit, run.nfev, run.njev, run.nhev) == (5, 6, 0, 0)
        assert run.success is True
        assert run.message == "walked to the end"
        assert run.error is None

    @pytest.mark.parametrize("name", ["fun", "nfev", "message", "success", "x", "nit", "last", "error"])
    def test_a_result_finishes_the_run(self, name, calls_of):
        f = calls_of(square)
        getattr(walk(f, 2.0), name)
        assert f.calls == 6

    def test_there_is_no_getattr(self):
        assert "__getattr__" not in vars(Run)
        with pytest.raises(AttributeError):
            walk(square, 2.0).jac

    def test_arguments_are_kept_with_defaults_and_cannot_be_changed(self):
        run = walk(square, 2.0)
        assert dict(run.arguments) == {"f": square, "a": 2.0, "steps": 5, "tol": 1.0, "maxiter": 500}
        with pytest.raises(TypeError):
            run.arguments["a"] = 3.0

    def test_the_decorator_keeps_name_and_docstring(self):
        assert walk.__name__ == "walk"
        assert walk.__doc__.startswith("Measure f")

    def test_print_shows_each_measure_beside_its_tolerance_and_the_work(self):
        assert str(walk(square, 2.0, tol=0.125)).split("\n") == [
            "walk: success, walked to the end",
            "  x = 7, fun = 49",
            "  distance = 0.25 > 0.125",
            "  slope = 0 <= 0.5",
            "  nit = 5, nfev = 6",
        ]

    def test_print_says_when_there_was_no_success(self):
        text = str(walk(lambda x: 1 / (x - 3), 2.0))
        assert text.startswith("walk: no success, f(3) raised ZeroDivisionError")

    def test_an_algorithm_that_says_nothing_has_not_succeeded(self):
        @stepwise
        def silent():
            yield Point(0.0, 0.0)

        assert not silent().success
        assert "without saying why" in silent().message


class TestSteps:
    def test_steps_are_frozen(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            walk(square, 2.0)[0].x = 3.0

    def test_arrays_in_steps_are_read_only_copies(self):
        @stepwise
        def drift(f, x0):
            x = x0
            for _ in range(3):
                yield Vector(x, f(x))
                x += 1.0  # in place: a step that kept x itself would change with it
            return converged("done")

        start = np.zeros(2)
        run = drift(lambda x: float(x @ x), start)
        assert [step.x.tolist() for step in run] == [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
        with pytest.raises(ValueError, match="read-only"):
            run[0].x[0] = 5.0
        assert not run.x.flags.writeable

    def test_read_only_copies(self):
        array = np.arange(3.0)
        copy = read_only(array)
        array[0] = 9.0
        assert copy[0] == 0.0
        assert array.flags.writeable


def fails_at(bad, error):
    def f(x):
        if x == bad:
            raise error
        return x * x

    return f


class TestTheLearnersException:
    @pytest.mark.parametrize("at", [0, 1, 3, 5])
    def test_ends_the_run_and_is_kept(self, at):
        error = ValueError("no roots today")
        run = walk(fails_at(2.0 + at, error), 2.0)
        assert run.success is False
        assert run.error is error
        assert len(run) == at
        assert [step.x for step in run] == [2.0 + k for k in range(at)]
        assert run.nfev == at + 1

    def test_at_the_first_call_leaves_a_run_without_steps(self):
        run = walk(fails_at(2.0, ValueError("no")), 2.0)
        assert (len(run), run.nit, run.nfev) == (0, 0, 1)
        assert math.isnan(run.x)
        assert math.isnan(run.fun)
        assert bool(run)
        assert list(run) == []
        assert str(run).startswith("walk: no success, f(2) raised ValueError: no in line ")
        assert run.table().rows == []
        with pytest.raises(IndexError):
            run[0]

    def test_keeps_its_traceback_down_to_the_learners_line(self):
        run = walk(fails_at(4.0, KeyError("lost")), 2.0)
        frames = traceback.extract_tb(run.error.__traceback__)
        assert frames[-1].name == "f"
        assert frames[-1].line == "raise error"

    @pytest.mark.parametrize("at", [2.0, 4.0])
    def test_is_named_with_its_line(self, at):
        f = fails_at(at, ValueError("no roots today"))
        message = walk(f, 2.0).message
        number = f.__code__.co_firstlineno + 2
        assert linecache.getline(__file__, number).strip() == "raise error"
        assert message == f"f({at:g}) raised ValueError: no roots today in line {number} of f: raise error"

    def test_the_line_is_the_learners_even_when_a_library_raised(self):
        def f(x):
            return np.linalg.inv(np.full((2, 2), x))[0, 0]

        message = walk(f, 2.0).message
        assert "LinAlgError: Singular matrix" in message
        assert f"in line {f.__code__.co_firstlineno + 1} of f: return np.linalg.inv" in message

    def test_the_line_is_the_innermost_of_the_learners_own(self):
        def helper(x):
            return 1 / (x - 4)

        def f(x):
            return helper(x)

        message = walk(f, 2.0).message
        assert message.endswith(f"in line {helper.__code__.co_firstlineno + 1} of helper: return 1 / (x - 4)")

    def test_a_second_look_shows_the_same_end(self, calls_of):
        f = calls_of(fails_at(4.0, ValueError("no")))
        run = walk(f, 2.0)
        first = (run.success, run.message, run.error, len(run), run.nfev, list(run))
        assert (run.success, run.message, run.error, len(run), run.nfev, list(run)) == first
        assert f.calls == 3

    def test_stop_iteration_is_an_exception_like_any_other(self):
        run = walk(fails_at(4.0, StopIteration("enough")), 2.0)
        assert not run.success
        assert isinstance(run.error, StopIteration)
        assert len(run) == 2

    def test_a_mistake_of_the_algorithm_is_raised_each_time_it_is_looked_at(self):
        @stepwise
        def broken(f):
            yield Point(0.0, f(0.0))
            raise RuntimeError("the algorithm is wrong")

        run = broken(square)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="the algorithm is wrong"):
                run.x


class TestWhatIsNoNumber:
    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan"), np.float32("inf")])
    @pytest.mark.parametrize("at", [0, 3])
    def test_a_value_that_is_not_finite_ends_the_run(self, value, at):
        run = walk(lambda x: value if x == 2.0 + at else x, 2.0)
        assert run.success is False
        assert run.error is None
        assert len(run) == at
        assert run.message == (f"f({2 + at}) is {value:g}: try a start or an interval on which f is finite")

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (np.ones(1), r"array of shape \(1,\)"),
            (np.ones((2, 2)), r"array of shape \(2, 2\)"),
            ([1.0], r"array of shape \(1,\)"),
            (None, "None"),
            ("1", "'1'"),
            (1j, "1j"),
            (np.complex64(1j), "1j"),
            (lambda: 1, "function"),
        ],
    )
    def test_anything_else_is_a_type_error_at_the_call(self, value, said):
        with pytest.raises(TypeError, match=rf"f must return .*number, but f\(2\) returned .*{said}"):
            walk(lambda x: value, 2.0)

    def test_in_the_middle_of_a_run_it_ends_the_run(self):
        run = walk(lambda x: np.ones(2) if x == 4.0 else x, 2.0)
        assert run.success is False
        assert isinstance(run.error, TypeError)
        assert "f(4) returned an array of shape (2,)" in run.message
        assert len(run) == 2

    def test_an_array_without_dimensions_is_a_number(self):
        assert walk(lambda x: np.array(x * x), 2.0).fun == 49.0
        assert np.ndim(walk(lambda x: np.array(x * x), 2.0)[0].fun) == 0

    @pytest.mark.parametrize("truth", [True, np.True_])
    def test_a_truth_value_counts_as_0_or_1(self, truth):
        run = walk(lambda x: truth, 2.0)
        assert run.success
        assert run.fun == 1

    def test_an_algorithm_may_ask_for_nan_and_infinity(self):
        @stepwise(allow_nonfinite=True)
        def look(f):
            yield Point(0.0, f(0.0))
            return converged("seen")

        assert look(lambda x: math.inf).fun == math.inf


class TestCounting:
    def test_counted(self):
        counted = Counted(math.hypot)
        assert counted.calls == 0
        assert counted(3.0, 4.0) == 5.0
        assert (counted(6.0, 8.0), counted.calls) == (10.0, 2)
        assert counted.__name__ == "hypot"
        assert "calls=2" in repr(counted)

    def test_counted_counts_calls_that_fail_and_lets_the_error_through(self):
        counted = Counted(lambda x: 1 / x)
        with pytest.raises(ZeroDivisionError):
            counted(0)
        assert counted.calls == 1

    def test_counted_passes_keywords_and_refuses_what_is_not_callable(self):
        assert Counted(sorted)([1, 2], reverse=True) == [2, 1]
        with pytest.raises(TypeError, match="must be callable, got 3"):
            Counted(3)

    @given(
        plan=st.lists(
            st.lists(st.sampled_from(["f", "phi", "residual", "grad", "dphi", "jac", "hess"]), max_size=5),
            max_size=6,
        )
    )
    def test_counts_of_a_random_algorithm_are_those_of_the_functions_themselves(self, plan):
        own = dict.fromkeys(["f", "phi", "residual", "grad", "dphi", "jac", "hess"], 0)

        def counting(name):
            def function(x):
                own[name] += 1
                return 1.0

            return function

        @stepwise
        def algorithm(f, phi, residual, grad, dphi, jac, hess):
            functions = {
                "f": f, "phi": phi, "residual": residual, "grad": grad, "dphi": dphi, "jac": jac, "hess": hess
            }  # fmt: skip
            yield Point(0.0, 0.0)
            for names in plan:
                for name in names:
                    functions[name](0.0)
                yield Point(0.0, 0.0)
            return converged("done")

        run = algorithm(**{name: counting(name) for name in own})
        assert sum(own.values()) == 0  # lazy
        assert run.nfev == own["f"] + own["phi"] + own["residual"]
        assert run.njev == own["grad"] + own["dphi"] + own["jac"]
        assert run.nhev == own["hess"]
        assert sum(own.values()) == sum(map(len, plan))

    def test_two_runs_of_one_function_count_apart(self):
        counted = Counted(square)
        assert walk(counted, 0.0).nfev == 6
        assert walk(counted, 0.0, steps=2).nfev == 3
        assert counted.calls == 9

    def test_an_optional_function_may_be_left_out(self):
        @stepwise
        def optional(f, grad=None):
            yield Point(0.0, f(0.0) if grad is None else grad(0.0))
            return converged("done")

        assert (optional(square).nfev, optional(square).njev) == (1, 0)
        assert (optional(square, square).nfev, optional(square, square).njev) == (0, 1)

    def test_a_derivative_that_is_not_finite_ends_the_run(self):
        @stepwise
        def slope(grad):
            yield Vector(grad(0.0), 0.0)
            return converged("done")

        run = slope(lambda x: np.array([1.0, np.nan]))
        assert not run.success
        assert "grad(0) is [ 1., nan]" in run.message


class TestMaxiter:
    @given(maxiter=st.integers(1, 12), calls_each=st.integers(1, 4))
    def test_stops_after_exactly_maxiter_iterations_and_asks_no_more_values(self, maxiter, calls_each):
        own = [0]

        def f(x):
            own[0] += 1
            return x

        @stepwise
        def endless(f, *, maxiter=500):
            yield Point(0.0, f(0.0))
            while True:
                for _ in range(calls_each):
                    value = f(1.0)
                yield Point(1.0, value)

        run = endless(f, maxiter=maxiter)
        assert run.success is False
        assert run.nit == maxiter
        assert run.nfev == own[0] == 1 + maxiter * calls_each
        assert run.message == f"maxiter = {maxiter} iterations were not enough: raise maxiter or tol"
        assert run.error is None

    def test_an_algorithm_that_calls_nothing_ends_too(self):
        @stepwise
        def idle(*, maxiter=500):
            while True:
                yield Point(0.0, 0.0)

        assert idle(maxiter=7).nit == 7
        assert "maxiter = 7" in idle(maxiter=7).message

    def test_convergence_in_the_last_iteration_is_success(self):
        run = walk(square, 0.0, steps=5, maxiter=5)
        assert run.success
        assert run.nit == 5

    def test_one_iteration_less_is_not(self):
        run = walk(square, 0.0, steps=5, maxiter=4)
        assert not run.success
        assert (run.nit, run.nfev, run.x) == (4, 5, 4.0)

    @pytest.mark.parametrize("maxiter", [0, -1, 2.5, "3"])
    def test_must_be_a_positive_integer(self, maxiter):
        with pytest.raises(ValueError, match="maxiter must be an integer of at least 1, got"):
            walk(square, 0.0, maxiter=maxiter)

    def test_numpy_integers_are_integers(self):
        assert walk(square, 0.0, maxiter=np.int64(3)).nit == 3


class TestInterrupt:
    def test_keeps_the_steps_so_far(self):
        run = walk(fails_at(4.0, KeyboardInterrupt()), 2.0)
        with pytest.raises(KeyboardInterrupt):
            run.finish()
        assert [step.x for step in run] == [2.0, 3.0]
        assert (run.success, run.x) == (False, 3.0)
        assert "interrupted" in run.message


class _Cells(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.heads, self.cells, self._in = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._in = tag

    def handle_data(self, data):
        {"th": self.heads, "td": self.cells}.get(self._in, []).append(data)


class TestTable:
    def test_has_a_row_for_each_step_under_the_names_of_the_fields(self):
        table = walk(square, 2.0, steps=2).table()
        assert table.columns == ["k", "x", "fun"]
        assert table.rows == [[0, 2.0, 4.0], [1, 3.0, 9.0], [2, 4.0, 16.0]]

    def test_text_is_aligned_on_the_right(self):
        assert str(walk(square, 9.0, steps=1).table()) == "k   x  fun\n0   9   81\n1  10  100"

    def test_repr_is_the_text(self):
        table = walk(square, 9.0).table()
        assert repr(table) == str(table)

    def test_html_has_the_same_cells(self):
        cells = _Cells(walk(square, 9.0, steps=1).table()._repr_html_())
        assert cells.heads == ["k", "x", "fun"]
        assert cells.cells == ["0", "9", "81", "1", "10", "100"]

    def test_html_is_escaped(self):
        text = Table(["<b>"], [["<script>"]])._repr_html_()
        assert "<script>" not in text
        assert _Cells(text).cells == ["<script>"]

    def test_a_step_may_say_its_own_row(self):
        @dataclass(frozen=True)
        class Named(Step):
            x: float

            def row(self):
                return {"twice x": 2 * self.x}

        @stepwise
        def mixed():
            yield Named(1.0)
            yield Point(2.0, 3.0)
            return stopped("enough")

        table = mixed().table()
        assert table.columns == ["k", "twice x", "x", "fun"]
        assert table.rows == [[0, 2.0, "", ""], [1, "", 2.0, 3.0]]

    def test_long_arrays_are_shortened(self):
        assert len(str(Table(["x"], [[np.zeros(1000)]]))) < 80
