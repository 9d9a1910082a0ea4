"""Algorithms of others under `stepwise`: their own steps, their slips."""

import dataclasses
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest
from descent.stepwise import Step, Table, converged, stepwise
from descent.stepwise.binding import binder
from descent.univariate import golden_section


@dataclass(frozen=True)
class Plain:
    """A frozen dataclass that does not inherit from `Step`."""

    x: np.ndarray
    fun: float


@stepwise
def shrink(f, x0):
    x = np.array(x0, float)
    for _ in range(3):
        yield Plain(x, f(x))
        x *= 0.5  # in place
    return converged("done")


def test_steps_of_any_dataclass_hold_read_only_copies():
    run = shrink(lambda x: float(x @ x), [4.0, 8.0])
    assert [step.x.tolist() for step in run] == [[4.0, 8.0], [2.0, 4.0], [1.0, 2.0]]
    with pytest.raises(ValueError, match="read-only"):
        run[0].x[0] = 5.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        run[0].fun = 0.0
    assert run.table().rows[0][2] == 80.0


def test_a_read_only_view_is_copied_too():
    @stepwise
    def look(base):
        view = base[:]
        view.flags.writeable = False
        yield Plain(view, 0.0)
        base += 1.0
        return converged("done")

    run = look(np.zeros(2)).finish()
    assert run.x.tolist() == [0.0, 0.0]


def test_steps_may_be_anything_and_have_a_table():
    @stepwise
    def count(n):
        yield from range(n)
        return converged("counted")

    run = count(3)
    assert list(run) == [0, 1, 2]
    assert run.table().columns == ["k", "step"]
    assert run.table().rows == [[0, 0], [1, 1], [2, 2]]


def test_an_end_that_is_no_outcome_is_a_type_error_each_time():
    @stepwise
    def talk(x):
        yield Plain(x, 0.0)
        return "done"

    run = talk(1.0)
    for _ in range(2):
        with pytest.raises(
            TypeError, match=r"talk must return converged\(...\) or stopped\(...\), got 'done'"
        ):
            run.finish()


def test_a_body_that_yields_nothing_at_all_is_a_type_error_at_the_call():
    @stepwise
    def answer(x):
        return x

    with pytest.raises(TypeError, match="answer must be a generator"):
        answer(1.0)


def test_the_point_measured_before_step_0_is_kept():
    @stepwise
    def descend(f, grad, x0):
        x = np.array(x0, float)
        value = f(x)
        x_next = x - grad(x)
        yield Plain(x_next, value)

    def grad(x):
        raise ValueError("no slope")

    run = descend(lambda x: float(x @ x), grad, [1.0, 2.0])
    assert len(run) == 0
    assert run.x.tolist() == [1.0, 2.0]
    assert run.fun == 5.0


@dataclass(frozen=True)
class Slope:
    x: np.ndarray
    g: np.ndarray


@stepwise
def look(grad, x):
    yield Slope(x, grad(x))
    yield Slope(x, grad(x))
    return converged("looked twice")


def test_a_function_may_write_into_its_argument_and_reuse_its_result():
    buffer = np.zeros(2)

    def grad(x):
        buffer[:] = 2 * x
        x += 1
        return buffer

    x = np.array([1.0, 2.0])
    first, second = look(grad, x)
    assert x.tolist() == [1.0, 2.0]
    assert first.g.tolist() == second.g.tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "None: is a return missing"),
        ("x", "'x'"),
        (["a", "b"], r"\['a', 'b'\]"),
        ([[1], [2, 3]], r"\[\[1\], \[2, 3\]\]"),
        (np.array([1j, 1]), "1.j"),
    ],
)
def test_a_derivative_that_is_no_array_of_real_numbers_is_named(value, said):
    with pytest.raises(TypeError, match=rf"grad must return an array of real numbers, but grad\(.+{said}"):
        look(lambda x: value, np.ones(2))


def test_a_list_and_an_array_of_objects_are_arrays():
    assert look(lambda x: [1, 2], np.ones(2))[0].g.tolist() == [1.0, 2.0]
    assert look(lambda x: np.array([1, 2], dtype=object), np.ones(2))[0].g.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("value", [{1}, [[1], [2, 3]], "1"])
def test_what_is_no_number_is_a_type_error(value):
    with pytest.raises(TypeError, match="f must return"):
        golden_section(lambda x: value, 0, 1)


def test_maxiter_cannot_be_switched_off():
    with pytest.raises(ValueError, match="maxiter must be an integer of at least 1, got maxiter = None"):
        golden_section(abs, 0, 1, maxiter=None)


def test_a_run_without_steps_says_why_it_has_no_last_one():
    with pytest.raises(IndexError, match=r"golden_section has no step: f\(.+\) is nan"):
        golden_section(lambda x: float("nan"), 0, 1).last


@pytest.mark.parametrize("array", [np.linspace(-1, 1, 8) / 3, np.arange(6.0).reshape(2, 3)])
def test_an_array_in_a_table_stays_on_its_line(array):
    lines = str(Table(["x"], [[array], [array]])).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("[")


def test_steps_with_an_init_of_their_own_hold_read_only_copies_too():
    @dataclass(frozen=True)
    class Checked(Step):
        x: np.ndarray

        def __post_init__(self):
            assert self.x.size

    @stepwise
    def walk(f):
        x = np.zeros(2)
        for _ in range(2):
            yield Checked(x)
            x += f(x)
        return converged("done")

    first, second = walk(lambda x: 1.0)
    assert (first.x[0], second.x[0]) == (0, 1)
    assert not first.x.flags.writeable


def test_two_threads_look_at_one_run():
    def slow(x):
        time.sleep(1e-4)
        return (x - 2) ** 2

    run = golden_section(slow, 0, 5)
    looks = [[], []]
    threads = [threading.Thread(target=lambda seen=seen: seen.extend(run)) for seen in looks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert looks[0] == looks[1] == list(golden_section(slow, 0, 5))
    assert run.success


PLAIN = lambda f, a=0, *, tol=0.1: (f, a, tol)  # noqa: E731
ANY_NAMES = lambda f, a=0, *, tol=0.1, **more: (f, a, tol, more)  # noqa: E731
NO_NAMES = lambda f, /, a=0, *rest, tol=0.1: (f, a, rest, tol)  # noqa: E731


@pytest.mark.parametrize("function", [PLAIN, ANY_NAMES, NO_NAMES])
def test_a_call_is_bound_to_names_as_python_binds_it(function):
    bind, call = binder(function)
    calls = [((1,), {}), ((1, 2), {"tol": 3}), ((1,), {"a": 7, "tol": 4}), ((), {"tol": 4, "f": 5})]
    unfit = [((), {}), ((), {"a": 1}), ((1, 2), {"a": 3}), ((1, 2, 3), {}), ((1,), {"no": 3})]
    for args, kwargs in [*calls, *unfit] * 2:  # the second time from memory
        try:
            wanted = function(*args, **kwargs)
        except TypeError:
            with pytest.raises(TypeError):
                bind(args, kwargs)
        else:
            assert call(bind(args, kwargs)) == wanted
            assert bind(args, kwargs)["a"] == wanted[1]


def test_a_body_may_take_arguments_without_names():
    @stepwise
    def points(f, /, *where, **told):
        for x in where:
            yield Plain(np.array([x]), f(x))
        return converged(told["message"])

    run = points(lambda x: x**2, 1.0, 2.0, message="seen")
    assert [step.fun for step in run] == [1.0, 4.0]
    assert run.nfev == 2
    assert run.message.startswith("seen")
    assert run.arguments["where"] == (1.0, 2.0)
