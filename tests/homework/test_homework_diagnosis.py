"""What a diagnosis says and does not say; endless loops, copies, the learner's own line."""

import itertools
import re

import numpy as np
import pytest
from descent import exercises
from descent.exercises import diagnose, variant
from descent.exercises.budget import CALLS, OverBudget, Probe, limited
from descent.exercises.homework.exact_line_search import check_counted
from hypothesis import given
from hypothesis import strategies as st

CASES = [(np.array([1.0, 2.0]),), (np.array([3.0, -1.0]),), (np.array([0.5, 4.0]),)]


def twice(x):
    return 2 * x


def say(answer, truth=twice, cases=CASES, **more):
    return diagnose(answer, truth, cases, **more)


def loop_on_one_line():
    while True: pass  # noqa: E701  # fmt: skip


def loop_that_swallows():
    while True:
        try:
            raise ValueError
        except Exception:
            continue


def loop_in_a_comprehension():
    return [2 * k for k in itertools.count()]


def loop_in_a_helper():
    return max(k for k in iter(int, 1))


@pytest.mark.parametrize(
    "loop", [loop_on_one_line, loop_that_swallows, loop_in_a_comprehension, loop_in_a_helper]
)
def test_an_endless_loop_ends_by_a_count_of_instructions(loop):
    with pytest.raises(OverBudget, match="more than 20000 instructions"):
        limited(loop, instructions=20_000)
    assert say(lambda x: loop()).slip == "endless"


def test_an_endless_search_ends_by_a_count_of_calls():
    f = Probe(abs, "|x|")
    with pytest.raises(OverBudget, match=f"calls .x. more than {CALLS} times"):
        [f(1.0) for _ in iter(int, 1)]
    assert f.calls == CALLS


def test_endless_recursion_is_told_as_such():
    def deeper(x):
        return deeper(x)

    assert "RecursionError" in say(deeper).message


def test_long_work_inside_the_libraries_is_not_counted():
    total = limited(lambda: sum(np.linalg.norm(np.ones(3)) for _ in range(300)), instructions=20_000)
    assert total == pytest.approx(300 * 3**0.5)


def test_what_traced_before_goes_on_afterwards():
    import sys

    def trace(frame, event, arg):
        return None

    before = sys.gettrace()
    try:
        sys.settrace(trace)
        limited(abs, 1)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)


def test_a_learner_who_changes_the_input_harms_nobody():
    def spoil(x):
        x *= 2
        return x

    kept = [case[0].copy() for case in CASES]
    assert say(spoil)
    assert all((a == b[0]).all() for a, b in zip(kept, CASES, strict=True))


def test_an_exception_comes_with_the_learners_own_line():
    def careless(x):
        first = x[0]
        return np.linalg.inv(first * np.zeros((2, 2)))

    message = say(careless).message
    assert "LinAlgError: Singular matrix in your line" in message
    assert message.endswith("return np.linalg.inv(first * np.zeros((2, 2)))")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: x[:, None], r"you return shape (2, 1), expected is (2,)"),
        (lambda x: "2 x", "numbers are expected"),
        (lambda x: 2j * x, "numbers are expected"),
        (lambda x: {0: 2 * x}, "numbers are expected"),
        (lambda x: x / 0, "not finite"),
        (lambda x: 3 * x, "it is 1.5 times the truth"),
        (lambda x: 2 * x + 0.25, "it is 0.25 too large"),
        (lambda x: 2 * x[::-1], "swapped"),
        (lambda x: np.array([2.0, 4.0]), "the same for every input"),
        (lambda x: 2 * x if x[0] == 1 else x, "right for the first input only"),
        (lambda: 1, "takes 0 positional arguments"),
    ],
)
def test_forms_and_slips_are_named(answer, words):
    assert words in say(answer).message


def test_a_transposed_matrix_is_named_whether_square_or_not():
    cases = [(np.arange(6.0).reshape(2, 3) + k,) for k in range(3)]
    square = [(np.arange(4.0).reshape(2, 2) + k,) for k in range(3)]
    for data in (cases, square):
        assert diagnose(lambda A: 2 * A.T, twice, data).slip == "it is transposed"


def test_parts_are_told_apart():
    def pair(x):
        return x[0], 2 * x

    found = say(lambda x: (x[0], -2 * x), pair, parts=("the value", "the derivative"))
    assert found.message.startswith("In the derivative:")
    assert found.slip == "the sign is flipped"


def test_what_was_not_checked_is_said():
    assert say(twice, unchecked="matrices").message == "3 inputs agree to 9 digits. Not checked: matrices."


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: [2 * v for v in x],
        lambda x: tuple(2 * x),
        lambda x: (2 * x).astype(np.float32),
        lambda x: np.float32(2) * x.astype(np.float32),
        lambda x: x.tolist() and list(map(twice, x)),
    ],
)
def test_right_answers_in_other_clothes_pass(answer):
    assert say(answer)


def test_a_float64_answer_has_no_excuse():
    assert not say(lambda x: 2 * x + 1e-6)


@given(st.floats(-10, 10).filter(lambda c: abs(c - 1) > 1e-3), st.integers(0, 2**31))
def test_a_named_factor_is_the_factor(c, seed):
    """A slip is named only if it explains every answer."""
    rng = np.random.default_rng(seed)
    cases = [(rng.uniform(0.5, 2, 2),) for _ in range(4)]
    found = diagnose(lambda x: c * 2 * x, twice, cases)
    assert not found
    named = {"it is always 0": 0, "the sign is flipped": -1, "a factor 2 is missing": 0.5}
    named |= {"there is a factor 2 too many": 2}
    factor = named.get(found.slip)
    if factor is None:
        factor = float(found.slip.removeprefix("it is ").removesuffix(" times the truth"))
    assert factor == pytest.approx(c, rel=1e-3, abs=1e-8)


def test_a_typical_slip_is_not_named_when_one_answer_contradicts_it():
    slips = {"it is cubed": lambda x: x**3}
    assert say(lambda x: x**3, slips=slips).slip == "it is cubed"
    assert say(lambda x: x**3 if x[0] < 3 else 0 * x, slips=slips).slip == ""


def test_marks_need_a_right_answer():
    say(twice).require()
    with pytest.raises(AssertionError, match="sign is flipped"):
        say(lambda x: -2 * x).require()


def test_variants_differ_between_seeds_and_exercises():
    first = [variant(seed, name).random() for seed in range(5) for name in ("a", "b")]
    assert len(set(first)) == 10


NOTEBOOKS = [name for name in exercises.__all__ if name.startswith("check_")]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_check_of_a_notebook_is_caught_in_an_endless_loop(name):
    def endless(*args):
        while True:
            pass

    found = getattr(exercises, name)(endless)
    assert not found
    assert "does its loop end" in found.message


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_stub_of_a_notebook_is_not_done_yet(name):
    def stub(*args):
        raise NotImplementedError

    assert repr(getattr(exercises, name)(stub)).startswith("Not done yet. Replace the line")


def pair(x):
    return x[0], 2 * x[1]


@pytest.mark.parametrize(
    ("answer", "truth", "words"),
    [
        (3.0, twice, "wants your function itself, without brackets"),
        (lambda x: print(2 * x), twice, "print only shows"),
        (lambda x: (2 * x).astype(int), twice, "is rounded|agree|decimals are cut off"),
        (lambda x: 2.6 * x // 1, lambda x: 2.6 * x, "decimals are cut off"),
        (lambda x: np.round(2.6 * x), lambda x: 2.6 * x, "rounded to whole numbers"),
        (lambda x: 2.6 * x + 3e-7 * x[::-1], lambda x: 2.6 * x, "All agree to 7 digits"),
        (lambda x: 2 * x + 1e-7, twice, r"you return \[2.0000001, 4.0000001\], the truth is \[2, 4\]"),
        (lambda x: (2 * x).reshape(2, 1), twice, r"shape \(2, 1\), expected is \(2,\): 2 numbers"),
    ],
)
def test_what_a_beginner_does_is_answered(answer, truth, words):
    cases = [(case[0] + 0.25,) for case in CASES] if "round" in words else CASES
    found = diagnose(answer, truth, cases)
    assert not found
    assert re.search(words, found.message), found


def test_a_pair_in_the_other_order_is_told():
    found = say(lambda x: pair(x)[::-1], pair, parts=("the value", "the derivative"))
    assert found.slip == "the two are swapped, the value comes first"


def test_what_the_check_stumbles_over_is_not_called_an_error_of_the_learners_code():
    assert "returns None" in check_counted(lambda f: None).message
    assert "you return (1, 2), not the form asked for" in check_counted(lambda f: (1, 2)).message
    found = say(lambda x: "2 x", twice, observe=lambda f, x: (f(x), 0), parts=("the value", "the calls"))
    assert found.message.endswith("you return '2 x', numbers are expected.")


def test_arrays_are_shown_as_they_can_be_typed():
    found = diagnose(lambda A: A, lambda A: 2 * A, [(np.array([[1.0, 0.5], [2.0, 3.0]]),)])
    assert found.message.startswith("For input ([[1, 0.5], [2, 3]]) you return [[1, 0.5], [2, 3]]")
