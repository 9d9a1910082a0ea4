"""Algorithms of others under `stepwise`: their own steps, their slips."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest
from descent.stepwise import converged, stepwise


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
