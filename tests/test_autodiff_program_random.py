"""Replay equals the list: random programs with branches, on numbers and on arrays, at several points."""

import warnings

import numpy as np
from descent.autodiff import compile_grad, compile_hvp, grad, hvp, value_and_grad
from hypothesis import given, settings
from hypothesis import strategies as st

CONSTANTS = ["0.5", "2", "-1.5", "3.0", "0.25"]
ON_NUMBERS = [
    "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / {b}", "-{a}", "{a}**2", "{a}**3", "{a}**0.5",
    "{a}**-1", "abs({a})",
    "np.sin({a})", "np.cos({a})", "np.exp({a})", "np.log({a})", "np.sqrt({a})", "np.tanh({a})",
    "np.arctan2({a}, {b})",
    "np.maximum({a}, {b})", "np.minimum({a}, {b})", "np.where({a} > {b}, {a}, 2 * {b})",
    "np.square({a}) - {b}",
    "max({a}, {b})", "({a} if {a} < {b} else {b} * {a})", "helper({a}, {b})", "np.hypot({a}, {b})",
    "{a} % 2.5",
    "np.floor({a}) * {b}", "np.sign({a}) + {b}", "{a}.value * {b}", "np.logaddexp({a}, {b})",
]  # fmt: skip
ON_ARRAYS = [
    *(text for text in ON_NUMBERS if " if " not in text and "max(" not in text and "helper" not in text),
    "{a}[::-1]", "np.cumsum({a})", "np.roll({a}, 1)", "{a} - np.mean({b})", "np.sum({a}) * {b}",
    "A @ {a}", "({a} @ A)",
    "np.concatenate([{a}[1:], {b}[:1]])", "np.stack([{a}[0], {b}[1], {a}[2]])", "np.outer({a}, {b})[1]",
    "{a}[np.argsort({b})]", "np.sort({a})", "np.max({a}) * {b}", "np.dot({a}, {b}) * {a}", "{a}[[0, 2, 0]]",
    "np.linalg.norm({a}) * {b}", "np.reshape(np.tile({a}, 2), (2, 3)).sum(axis=0)", "np.linalg.solve(A, {a})",
    "np.einsum('ij,j->i', A, {a})", "np.where({a} > {b}, {a}, {b} * 2)", "np.clip({a}, -1.0, 2.0)",
    "np.diff({a}, 1).sum() * {b}",
    "(2 * {a} if np.sum({a}) > np.sum({b}) else {b} - {a})", "np.var({a}) + {b}", "np.prod({a}) + {b}",
]  # fmt: skip
A = np.array([[2.0, 0.3, -0.1], [0.2, 1.5, 0.4], [0.0, -0.3, 1.2]])


def helper(a, b):
    """Loop as often as the numbers say."""
    for _ in range(3):
        if a * a > 2 + b:
            break
        a = a + 0.7
    return a * b


@st.composite
def programs(draw, lines, inputs=("x", "y")):
    """Draw the text of a function: each line uses what stands above it."""
    names, body = list(inputs), []
    for k in range(draw(st.integers(1, 6))):
        operands = st.sampled_from(names) | st.sampled_from(names) | st.sampled_from(CONSTANTS)
        line = draw(st.sampled_from(lines))
        a = draw(st.sampled_from(names))
        b = draw(operands if "{b}[" not in line and "{b})[" not in line else st.sampled_from(names))
        body.append(f"    v{k} = {line.format(a=a, b=b)}")
        if draw(st.integers(0, 3)) == 0:
            test = f"np.sum({names[-1]}) > 0.3" if lines is ON_ARRAYS else f"{names[-1]} > 0.3"
            body += [f"    if {test}:", f"        v{k} = v{k} * {draw(st.sampled_from(names))}"]
        names.append(f"v{k}")
    last = " + ".join(draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)))
    result = f"np.sum({last})" if lines is ON_ARRAYS else last
    return "\n".join([f"def f({', '.join(inputs)}):", *body, f"    return {result}"])


def made(text):
    space = {"np": np, "helper": helper, "A": A}
    exec(text, space)  # the text is this test's own
    return space["f"]


def close(a, b):
    scale = 1e-9 * (1 + np.max(np.abs(np.nan_to_num(b, posinf=0, neginf=0)), initial=0))
    return np.allclose(a, b, rtol=1e-7, atol=scale, equal_nan=True)


def outcome(function, *args):
    """Return what a call gives, or the type of what it raises."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(*args)
        except Exception as error:
            return type(error)


def agree(program, listed, points):
    for point in [*points, *points]:
        ours, theirs = outcome(program, *point), outcome(listed, *point)
        if isinstance(ours, type) or isinstance(theirs, type):
            assert ours == theirs
            continue
        assert type(ours[0]) is type(theirs[0]) or not np.isfinite(theirs[0])
        assert close(ours[0], theirs[0])
        for a, b in zip(ours[1], theirs[1], strict=True):
            assert type(a) is type(b) or not np.all(np.isfinite(b))
            assert close(a, b)


numbers = st.sampled_from([-1.3, -0.4, 0.0, 0.3, 1.0, 1.7, 2.5, 30.0]) | st.integers(-300, 300).map(
    lambda n: n / 100
)
vectors = st.integers(0, 999).map(lambda seed: np.random.default_rng(seed).normal(0.5, 1.0, 3))


@given(text=programs(ON_NUMBERS), points=st.lists(st.tuples(numbers, numbers), min_size=2, max_size=5))
@settings(max_examples=120)
def test_programs_of_numbers(text, points):
    f = made(text)
    agree(compile_grad(f), value_and_grad(f, (0, 1)), points)


@given(text=programs(ON_ARRAYS), points=st.lists(st.tuples(vectors, vectors), min_size=2, max_size=4))
@settings(max_examples=80)
def test_programs_of_arrays(text, points):
    f = made(text)
    agree(compile_grad(f), value_and_grad(f, (0, 1)), points)


@given(text=programs(ON_ARRAYS, inputs=("x",)), points=st.lists(vectors, min_size=1, max_size=3), v=vectors)
@settings(max_examples=60)
def test_curvature_products_of_arrays(text, points, v):
    f = made(text)
    program = compile_hvp(f)
    for point in [*points, *points]:
        ours, theirs = outcome(program, point, v), outcome(lambda p: hvp(f, p, v), point)
        if isinstance(ours, type) or isinstance(theirs, type):
            assert ours == theirs
        else:
            assert close(ours, theirs)


def test_random_programs_are_programs_and_not_lists_in_disguise():
    texts = [f"def f(x, y):\n    return {line.format(a='x', b='y')}" for line in ON_NUMBERS]
    left = [text for text in texts if not compile_grad(made(text), 1.2, 0.7).traces]
    assert left == []
    texts = [f"def f(x, y):\n    return np.sum({line.format(a='x', b='y')})" for line in ON_ARRAYS]
    x, y = np.array([0.3, 1.1, 0.8]), np.array([0.9, 0.2, 0.5])
    left = [text for text in texts if not compile_grad(made(text), x, y).traces]
    assert left == []
    assert grad(made(texts[0]), 1)(x, y).shape == (3,)
