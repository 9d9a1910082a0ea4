"""Attempts to fool a program into a wrong number: each must give what the list gives, call after call."""

import types

import numpy as np
import pytest
from descent.autodiff import compile_grad, value_and_grad


def same_each_call(f, x, reset=lambda: None, calls=3):
    """Assert that a program gives what the list gives, from the same state of everything outside."""
    program = compile_grad(f)
    for _ in range(calls):
        reset()
        expected = value_and_grad(f, (0,))(x)
        reset()
        value, gradients = program(x)
        assert value == pytest.approx(expected[0], rel=1e-14)
        np.testing.assert_allclose(gradients[0], expected[1][0], rtol=1e-14)
    return program


SQUARE, START = np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([3.0, 1.0, 2.0])
RESULT = {
    "dot": np.zeros((2, 2)), "outer": np.zeros((3, 3)), "concatenate": np.zeros(6), "stack": np.zeros((2, 3)),
    "take": np.zeros(2), "clip": np.zeros(3), "ptp": np.zeros(2), "median": np.zeros(2),
    "argmax": np.zeros(2, int), "cumsum": np.zeros(3),
}  # fmt: skip
WRITERS = {
    "dot": lambda out: np.dot(SQUARE, SQUARE, out),
    "outer": lambda out: np.outer(START, START, out),
    "concatenate": lambda out: np.concatenate([START, START], 0, out),
    "stack": lambda out: np.stack([START, START], 0, out),
    "take": lambda out: np.take(START, [0, 2], 0, out),
    "clip": lambda out: np.clip(START, 1.5, 2.5, out),
    "ptp": lambda out: np.ptp(SQUARE, 0, out),
    "median": lambda out: np.median(SQUARE, 0, out),
    "argmax": lambda out: np.argmax(SQUARE, 0, out),
    "cumsum": lambda out: np.cumsum(START, 0, None, out),
}


@pytest.mark.parametrize("name", WRITERS)
def test_an_array_that_numpy_writes_into_by_position(name):
    write, out = WRITERS[name], RESULT[name]

    def f(x):
        write(out)
        return np.sum(out) * x

    same_each_call(f, 1.5, reset=lambda: out.fill(0))
    assert out.any()


def test_numpy_works_in_the_memory_of_a_captured_array():
    memory = START.copy()

    def f(x):
        np.median(memory, None, None, True)
        return memory[0] * x

    same_each_call(f, 1.5, reset=lambda: np.copyto(memory, START))


def test_the_same_function_or_array_is_recognised():
    act, acts, first, second, module = np.tanh, (np.sin, np.tanh), START, START, np
    for f in (
        lambda x: x if act is np.tanh else 2 * x,
        lambda x: x if act == np.tanh else 2 * x,
        lambda x: x * acts.index(act),
        lambda x: x * {np.sin: 2.0, np.tanh: 3.0}.get(act, 5.0),
        lambda x: x if module is np else 2 * x,
        lambda x: x if module == np else 2 * x,
        lambda x: x if first is second else 2 * x,
        lambda x: x if np.sin(x) is np.sin(x) else 2 * x,
        lambda x: x if x * 1 is x else 2 * x,
    ):
        same_each_call(f, 1.5)
    program = same_each_call(lambda x, other=None: x if other is None else other, 1.5)
    assert program.traces  # a comparison with None is harmless


def helper(x):
    return x


@pytest.mark.parametrize(
    ("f", "change"),
    [
        (lambda x: x * len(helper.__name__), lambda: setattr(helper, "__name__", "longer")),
        (lambda x: x * len(helper.__doc__ or ""), lambda: setattr(helper, "__doc__", "documented")),
        (lambda x: x * len(helper.__defaults__ or ()), lambda: setattr(helper, "__defaults__", (1.0,))),
        (lambda x: x * len(helper.__dict__), lambda: setattr(helper, "rate", 1.0)),
        (lambda x: x * len(helper.__globals__), lambda: None),
        (lambda x: x * len(np.__dict__), lambda: None),
    ],
)
def test_what_a_function_or_module_says_of_itself(f, change, monkeypatch):
    monkeypatch.setattr(helper, "__name__", "helper")
    program = compile_grad(f, 1.5)
    for _ in range(2):
        assert program(1.5) == value_and_grad(f, (0,))(1.5)
        change()
    helper.__doc__, helper.__defaults__ = None, None
    helper.__dict__.clear()


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * len(f"{x!r}"),
        lambda x: x * len(x.__class__.__name__),
        lambda x: x * len(f"{np}"),
    ],
)
def test_a_traced_value_as_text(f):
    for x in (2.0, 2.25):
        same_each_call(f, x)


def test_a_module_that_computes_what_it_hands_out():
    class Clock(types.ModuleType):
        ticks = 0

        @property
        def now(self):
            Clock.ticks += 1
            return float(Clock.ticks)

    clock = Clock("clock")
    program = compile_grad(lambda x: clock.now * x)
    assert [program(1.0)[0] for _ in range(3)] == [1.0, 2.0, 3.0]


class Rate(float):
    scale = 1.0

    def __mul__(self, other):
        return float(self) * Rate.scale * other


class Word(str):
    letters = 1

    def __len__(self):
        return Word.letters


class Level(int):
    high = False
    __hash__ = int.__hash__

    def __eq__(self, other):
        return Level.high


class Sly(types.ModuleType):
    def __getattribute__(self, name):
        return Sly.hidden if name == "rate" else super().__getattribute__(name)


rate, word, level, sly = Rate(2.0), Word("abc"), Level(3), Sly("sly")
vars(sly)["rate"] = 1.0
Sly.hidden = 5.0


@pytest.mark.parametrize(
    ("f", "thing", "name", "value"),
    [
        (lambda x: rate * x, Rate, "scale", 7.0),
        (lambda x: x * len(word), Word, "letters", 5),
        (lambda x: x if level == 3 else 2 * x, Level, "high", True),
        (lambda x: sly.rate * x, Sly, "hidden", 9.0),
    ],
)
def test_numbers_words_and_modules_of_ones_own_class(f, thing, name, value, monkeypatch):
    program = compile_grad(f, 1.5)
    assert program(1.5) == value_and_grad(f, (0,))(1.5)
    monkeypatch.setattr(thing, name, value)
    assert program(1.5) == value_and_grad(f, (0,))(1.5)


def test_masks_are_combined_anew():
    allowed = np.array([True, False, True])

    def array(x):
        return np.sum(np.where((x > 0) & (x < 2) | ~(x > -1) ^ allowed, x, 2 * x * allowed))

    program = compile_grad(array, START)
    for x in (START, -START, 0.4 * START):
        for entry in (True, False):
            allowed[1] = entry
            expected = value_and_grad(array, (0,))(x)
            assert program(x)[0] == expected[0]
            np.testing.assert_array_equal(program(x)[1][0], expected[1][0])
    assert len(program.traces) == 1

    def number(x):
        return x if (x > 0) & (x < 1) else 2 * x if ~(x > 2) else 3 * x

    program = compile_grad(number)
    for x in (0.5, -1.0, 1.5, 2.5):
        assert program(x) == value_and_grad(number, (0,))(x)
    assert len(program.traces) == 3


def test_a_captured_mask_that_f_changes():
    mask = np.array([True, False, True])

    def f(x):
        own = mask
        own &= x > 1.5
        return np.sum(own * x) + np.sum(mask * x)

    same_each_call(f, START, reset=lambda: mask.fill(True))
