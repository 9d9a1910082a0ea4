"""No hazard gives a silent wrong number: what a program may not freeze, hand out or overwrite."""

import math
import random
import time
import types
import warnings

import numpy as np
import pytest
from descent.autodiff import (
    checkpoint,
    compile_grad,
    compile_hvp,
    defvjp,
    grad,
    hvp,
    primitive,
    value_and_grad,
)
from descent.autodiff.primitives import TABLE
from descent.autodiff.program.compiled import TRACES
from descent.autodiff.programs import newton_root

scale, weights, offsets = 3.0, np.array([1.0, 2.0, 3.0]), [1.0]
settings = types.SimpleNamespace(rate=2.0)
module = types.ModuleType("module")


def helper(x):
    return scale * x


def same(program, f, *x):
    """Compare with the list, to the type."""
    value, slopes = value_and_grad(f, tuple(range(len(x))))(*x)
    found, gradients = program(*x)
    if np.isfinite(value):  # the list returns NumPy's infinities
        assert type(found) is type(value)
    assert found == pytest.approx(value, rel=1e-12, nan_ok=True)
    assert len(gradients) == len(slopes)
    for a, b in zip(gradients, slopes, strict=True):
        assert type(a) is type(b) or not np.all(np.isfinite(b))
        assert np.allclose(a, b, rtol=1e-11, atol=1e-13, equal_nan=True)
    return found


def is_program(program):
    return program.source.startswith("def ")


# -- branches ------------------------------------------------------------------------------------------


def kinked(x):
    if x > 1:
        return x**2
    return 3 * x


def test_a_branch_flips_in_both_directions():
    program = compile_grad(kinked, 2.0)
    for x in (2.0, 0.5, 3.0, -1.0, 1.0, 1.5):
        same(program, kinked, x)
    assert len(program.traces) == 2


def test_a_loop_whose_length_depends_on_the_input():
    program = compile_grad(newton_root, 2.0)
    for a in np.geomspace(1e-3, 1e3, 200):
        value, (slope,) = program(float(a))
        assert value == pytest.approx(math.sqrt(a), rel=1e-12)
        assert slope == pytest.approx(0.5 / math.sqrt(a), rel=1e-9)
    assert 1 < len(program.traces) <= TRACES


def test_more_branches_than_programs_end_on_the_list():
    def steps(x):
        k = 0
        while x > k:
            k += 1
        return k * x

    program = compile_grad(steps, 0.5)
    for x in range(40):
        assert program(x + 0.5) == ((x + 1) * (x + 0.5), (x + 1.0,))
    assert len(program.traces) == TRACES


def test_a_branch_on_equality_on_the_sign_of_an_array_and_on_a_position():
    def f(x):
        if np.all(x > 0) and x[0] != 2.0:
            return np.sum(x)
        return x[np.argmax(x)] * np.sum(x * x)

    program = compile_grad(f, np.ones(3))
    for x in ([1.0, 2, 3], [2.0, 1, 1], [-1.0, 5, 2], [0.0, 0, 7], [3.0, 1, 1], [9.0, 1, -1]):
        same(program, f, np.array(x))


# -- what f reads from outside --------------------------------------------------------------------------


def test_a_captured_number_changes():
    k = 2.0

    def f(x):
        return k * x

    program = compile_grad(f, 9.0)
    assert program(9.0) == (18.0, (2.0,))
    k = 5.0
    assert program(9.0) == (45.0, (5.0,))
    k = 0.0
    assert math.copysign(1, program(9.0)[0]) == 1
    k = -0.0
    assert math.copysign(1, program(9.0)[0]) == -1
    k = 2
    assert program(9.0) == (18.0, (2.0,))
    k = math.nan
    assert math.isnan(program(9.0)[0])


def test_a_global_number_a_callee_and_its_globals_change(monkeypatch):
    def f(x):
        return helper(x) + scale

    program = compile_grad(f, 2.0)
    assert program(2.0) == (9.0, (3.0,))
    monkeypatch.setitem(globals(), "scale", 4.0)
    assert program(2.0) == (12.0, (4.0,))
    monkeypatch.setitem(globals(), "helper", lambda x: x * x)
    assert program(2.0) == (8.0, (4.0,))
    monkeypatch.delitem(globals(), "helper")
    with pytest.raises(NameError, match="helper"):
        program(2.0)


def test_a_captured_array_is_bound_anew_and_changed_in_place():
    a = np.array([1.0, 2.0])

    def f(x):
        return np.sum(np.exp(a) * x)

    program = compile_grad(f, np.ones(2))
    same(program, f, np.ones(2))
    a[0] = 7.0
    same(program, f, np.ones(2))
    a = np.array([0.5, 0.25])
    same(program, f, np.ones(2))
    a = np.array([[0.5, 0.25], [1.0, 2.0]])
    same(program, f, np.ones(2))
    a = np.array([3, 4])
    same(program, f, np.ones(2))
    a = 2.0
    same(program, f, np.ones(2))
    a = [1.0, 2.0]
    same(program, f, np.ones(2))


def test_a_captured_array_decides_a_branch():
    a = np.array([1.0])

    def f(x):
        return x * x if a[0] > 0 else x

    program = compile_grad(f, 3.0)
    assert program(3.0) == (9.0, (6.0,))
    a[0] = -1.0
    assert program(3.0) == (3.0, (1.0,))


def test_defaults_keywords_and_tuples_are_read_anew():
    def f(x, a=weights, *, b=2.0):
        return b * np.sum(a * x)

    pair = (np.array([1.0, 1.0, 1.0]), 3.0)

    def g(x):
        return pair[1] * np.sum(pair[0] * x)

    first, second = compile_grad(f, np.ones(3)), compile_grad(g, np.ones(3))
    same(first, f, np.ones(3))
    same(second, g, np.ones(3))
    assert is_program(first)
    assert is_program(second)
    f.__defaults__, f.__kwdefaults__ = (np.array([5.0, 5.0, 5.0]),), {"b": 1.0}
    pair[0][:] = 4.0
    same(first, f, np.ones(3))
    same(second, g, np.ones(3))
    pair = (np.array([1.0, 1.0, 1.0]), 7.0)
    same(second, g, np.ones(3))


def test_code_replaced_in_place_is_noticed():
    def f(x):
        return x * x

    def other(x):
        return x * x * x

    program = compile_grad(f, 2.0)
    f.__code__ = other.__code__
    assert program(2.0) == (8.0, (12.0,))


def test_a_builtin_that_is_covered_by_a_global_is_noticed(monkeypatch):
    def f(x):
        return abs(x) + 1

    program = compile_grad(f, -2.0)
    assert program(-2.0) == (3.0, (-1.0,))
    monkeypatch.setitem(globals(), "abs", lambda x: 10 * x)
    assert program(-2.0) == (-19.0, (10.0,))


def test_a_replaced_numpy_function_is_noticed(monkeypatch):
    def f(x):
        return np.sin(x)

    program = compile_grad(f, 0.5)
    assert is_program(program)
    monkeypatch.setattr(np, "sin", np.exp)
    assert program(0.5) == (pytest.approx(math.exp(0.5)), (pytest.approx(math.exp(0.5)),))


def test_a_module_is_read_anew(monkeypatch):
    module.rate, module.matrix = 2.0, np.eye(2)
    module.double = lambda x: 2 * x

    def f(x):
        return np.sum(module.double(module.matrix @ x)) * module.rate

    program = compile_grad(f, np.ones(2))
    assert is_program(program)
    same(program, f, np.ones(2))
    module.rate = 5.0
    same(program, f, np.ones(2))
    module.matrix[0, 1] = 3.0
    same(program, f, np.ones(2))
    module.double = lambda x: x * x
    same(program, f, np.ones(2))
    del module.double
    with pytest.raises(AttributeError):
        program(np.ones(2))


def test_a_rule_that_changes_drops_the_programs():
    def f(x):
        return np.cbrt(x)

    program = compile_grad(f, 8.0)
    entry = TABLE[np.cbrt]
    vjps, partials = dict(entry.vjps), entry.partials
    try:
        assert program(8.0)[1] == (pytest.approx(1 / 12),)
        defvjp(np.cbrt, lambda y, x: lambda g: 100 * g)
        assert program(8.0)[1] == (100.0,)
    finally:
        defvjp(np.cbrt, lambda y, x: lambda g: g / (3 * y * y))
        entry.vjps, entry.partials = vjps, partials
    assert program(8.0)[1] == (pytest.approx(1 / 12),)


# -- what is never frozen: the list takes over ------------------------------------------------------------

counter = {"calls": 0}


class Model:
    def __init__(self):
        self.w = 2.0

    def loss(self, x):
        return self.w * x


model, table, rng = Model(), {"w": 2.0}, np.random.default_rng(0)
total = 0.0


def random_numpy(x):
    return x * np.random.random()


def random_generator(x):
    return x * rng.random()


def random_python(x):
    return x * random.random()


def clock(x):
    return x * time.perf_counter()


def attribute(x):
    return model.w * x


def namespace(x):
    return settings.rate * x


def entry_of_dict(x):
    return table["w"] * x


def entry_of_list(x):
    return offsets[0] * x


def counted(x):
    counter["calls"] += 1
    return counter["calls"] * x


def global_counter(x):
    global total
    total = total + 1.0
    return total * x


def own_attribute(x):
    own_attribute.calls = getattr(own_attribute, "calls", 0) + 1
    return own_attribute.calls * x


def mutable_default(x, seen=[1.0]):  # noqa: B006
    seen[0] += 1.0
    return seen[0] * x


stream = iter(range(1, 1000))


def next_of_a_stream(x):
    return next(stream) * x


@pytest.mark.parametrize(
    "f",
    [random_numpy, random_generator, random_python, clock, counted,
     global_counter, own_attribute, mutable_default,
     next_of_a_stream],
)  # fmt: skip
def test_what_changes_by_itself_is_never_frozen(f):
    program = compile_grad(f, 1.0)
    assert not is_program(program)
    assert program.source.startswith("# no program, the list is used: ")
    slopes = [program(1.0)[1][0] for _ in range(4)]
    assert len(set(slopes)) == 4


@pytest.mark.parametrize(
    ("f", "change"),
    [
        (attribute, lambda: setattr(model, "w", model.w + 1)),
        (namespace, lambda: setattr(settings, "rate", settings.rate + 1)),
        (entry_of_dict, lambda: table.update(w=table["w"] + 1)),
        (entry_of_list, lambda: offsets.__setitem__(0, offsets[0] + 1)),
        (model.loss, lambda: setattr(model, "w", model.w + 1)),
    ],
)
def test_state_behind_attributes_and_in_containers_is_never_frozen(f, change):
    program = compile_grad(f, 2.0)
    assert not is_program(program)
    for _ in range(3):
        same(program, f, 2.0)
        change()


def test_a_nonlocal_counter_and_a_stream_in_a_closure_are_never_frozen():
    calls = 0

    def f(x):
        nonlocal calls
        calls += 1
        return calls * x

    program = compile_grad(f, 1.0)
    slopes = [program(1.0)[1][0] for _ in range(3)]
    assert slopes == [2.0, 3.0, 4.0]


def test_an_array_that_f_writes_into_is_never_frozen():
    buffer = np.zeros(3)

    def writes(x):
        buffer[0] += 1.0
        return buffer[0] * x

    def through_another_name(x):
        b = buffer
        b += 1.0
        return b[1] * x

    for f in (writes, through_another_name):
        program = compile_grad(f, 1.0)
        slopes = [program(1.0)[1][0] for _ in range(3)]
        assert slopes[1:] == [slopes[0] + 1, slopes[0] + 2]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: float(x.value) * x,
        lambda x: x * int(x.value > 1),
        lambda x: x * x.value.item() if hasattr(x.value, "item") else x * x.value,
        lambda x: x * 2 if isinstance(x, float) else x * 3,
        lambda x: x * len(f"{x.value}"),
        lambda x: {2.0: x, 3.0: x * x}.get(x.value, 5 * x),
        lambda x: x * round(x.value),
        lambda x: x * [1.0, 2.0, 3.0, 4.0][int(x.value)],
    ],
)
def test_raw_values_that_escape_are_not_recorded(f):
    program = compile_grad(f, 2.0)
    for x in (2.0, 3.0, 0.7, 2.0):
        same(program, f, x)


def test_values_without_derivative_are_read_anew():
    def f(x):
        top = np.max(getattr(x, "value", x))
        return top + np.log(np.sum(np.exp(x - top))) * getattr(weights, "value", weights)[2]

    program = compile_grad(f, np.array([1.0, 2.0, 0.5]))
    assert is_program(program)
    for x in ([1.0, 2.0, 0.5], [900.0, 2.0, 0.5]):
        same(program, f, np.array(x))


def test_orders_and_positions_follow_the_numbers():
    def f(x):
        order = np.argsort(x.value)
        return np.sum(x[order] * weights) + x[np.argmax(x)] + np.sum(np.sort(x)[:2])

    program = compile_grad(f, np.array([3.0, 1.0, 2.0]))
    assert is_program(program)
    for x in ([3.0, 1, 2], [1.0, 2, 3], [2.0, 9, 1]):
        same(program, f, np.array(x))


def test_a_mask_chooses_as_many_entries_as_it_does_now():
    def f(x):
        return np.mean(x[x > 0])

    program = compile_grad(f, np.array([3.0, 1.0, 2.0]))
    assert not is_program(program)
    for x in ([3.0, 1, 2], [1.0, -2, 3], [2.0, -9, -1]):
        same(program, f, np.array(x))


def test_errors_that_f_catches_stay_caught():
    def f(x):
        try:
            return 1 / math.sqrt(x)
        except TypeError:
            return x * x

    program = compile_grad(f, 3.0)
    assert not is_program(program)
    same(program, f, 3.0)


def test_primitives_and_checkpoints_of_ones_own():
    softplus = primitive(lambda x: np.logaddexp(0.0, x))
    defvjp(softplus, lambda y, x: lambda g: g / (1 + np.exp(-x)))
    inner = checkpoint(lambda x: np.sin(x) * x)

    def f(x):
        return softplus(x) + inner(x)

    program = compile_grad(f, 0.3)
    for x in (0.3, -2.0):
        same(program, f, x)


def test_derivatives_inside_f_and_of_the_program():
    def f(x):
        return grad(lambda y: y**3)(x) * x

    program = compile_grad(f, 2.0)
    same(program, f, 2.0)
    assert grad(lambda x: compile_grad(kinked, 2.0)(x)[0])(3.0) == 6.0


# -- arrays of the caller ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(weights * x),
        lambda x: weights @ x,
        lambda x: 0.5 * (x @ x),
        lambda x: np.sum(x),
        lambda x: np.sum(x[1:] * 2) + np.sum(x[:-1] ** 2) + np.sum(x[1:]),
        lambda x: np.sum(np.stack([x, weights]) * 1.0),
        lambda x: weights @ x + np.sum(x[1:] ** 2),
    ],
)
def test_gradients_are_arrays_of_their_own(f):
    x = np.array([1.0, 2.0, 3.0])
    program = compile_grad(f, x)
    assert is_program(program)
    before = weights.copy()
    (first,) = program(x)[1]
    kept = first.copy()
    assert not np.shares_memory(first, x)
    assert not np.shares_memory(first, weights)
    assert first.flags.writeable
    first[:] = -99.0
    assert np.array_equal(x, [1.0, 2.0, 3.0])
    assert np.array_equal(weights, before)
    assert np.array_equal(program(x)[1][0], kept)


def test_two_gradients_do_not_share_memory():
    def f(x, y):
        return np.sum(np.sin(x + y))

    program = compile_grad(f, np.ones(2), np.ones(2))
    a, b = program(np.ones(2), np.ones(2))[1]
    assert not np.shares_memory(a, b)
    x = np.ones(2)
    same(program, f, x, x)


def test_curvature_products_change_nothing_of_the_callers():
    def f(x):
        y = np.reshape(x, (2, 2))
        return np.sum(y[0] * y[1]) + np.sum(y[0]) + np.sum(x[1:] * x[:-1] ** 2) + 0.5 * (x @ x)

    x, v = np.arange(1.0, 5.0), np.array([1.0, -1.0, 2.0, 0.5])
    program = compile_hvp(f, x, v)
    assert is_program(program)
    first = program(x, v)
    assert np.array_equal(x, np.arange(1.0, 5.0))
    assert np.array_equal(v, [1.0, -1.0, 2.0, 0.5])
    assert not np.shares_memory(first, v)
    from descent.autodiff import hessian

    assert np.allclose(first, hessian(f)(x) @ v)


def test_lists_of_the_caller_stay_as_they_are():
    def f(p):
        p[0] = p[0] * 2
        p.append(p[1] * 3)
        return p[0] + p[-1]

    program = compile_grad(f, [1.0, 2.0])
    p = [1.0, 2.0]
    assert program(p) == (8.0, ([2.0, 3.0],))
    assert p == [1.0, 2.0]


# -- types, shapes, numbers ------------------------------------------------------------------------------


def test_types_and_shapes_change_between_calls():
    def f(x):
        return np.sum(x * x) / np.size(x)

    program = compile_grad(f, 2.0)
    points = [
        2.0, 3, np.float64(2.0), np.int64(2), True, np.array(2.0), np.ones(3), np.arange(3), np.ones((2, 2)),
        np.ones(3, np.float32), np.float32(2.0), np.ones(3)[::-1], np.asfortranarray(np.ones((2, 3))), 2.0,
        np.ones(3, ">f8"),
    ]  # fmt: skip
    for x in points:
        same(program, f, x)
    with pytest.raises(TypeError, match="real"):
        program(1j)
    with pytest.raises(TypeError, match="real"):
        program("2")


def test_containers_keep_their_shape():
    def f(p):
        return p["w"] * p["b"][0] + p["b"][1]

    program = compile_grad(f, {"w": 2.0, "b": (3.0, 1.0)})
    assert program({"w": 2.0, "b": (3.0, 1.0)}) == (7.0, ({"w": 3.0, "b": (2.0, 1.0)},))
    assert program({"b": (3.0, 1.0), "w": 2.0}) == (7.0, ({"b": (2.0, 1.0), "w": 3.0},))
    assert program({"w": 2, "b": [3, 1]}) == (7.0, ({"w": 3.0, "b": [2.0, 1.0]},))
    assert is_program(program)


@pytest.mark.parametrize(
    ("f", "points"),
    [
        (lambda x: np.log(x), (2.0, 0.0, -1.0, math.inf, math.nan)),
        (lambda x: 1 / x, (2.0, 0.0, math.inf)),
        (lambda x: np.sqrt(x) + x**0.5, (2.0, 0.0, -1.0)),
        (lambda x: np.exp(x * 1000), (0.1, 1.0)),
        (lambda x: x**3, (2.0, 1e200, -1e200)),
        (lambda x: x * x, (2.0, 1e200)),
        (lambda x: x**-2, (2.0, 0.0)),
        (lambda x: np.sin(x) * np.tan(x), (2.0, math.inf)),
        (lambda x: np.arctanh(x), (0.5, 1.0, 2.0)),
        (lambda x: (-x) ** 0.5, (-2.0, 2.0)),
    ],
)
def test_domain_errors_give_what_numpy_gives(f, points):
    program = compile_grad(f, points[0])
    assert is_program(program)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for x in (*points, points[0]):
            same(program, f, x)
            same(program, f, np.float64(x))


def test_errors_of_f_are_the_errors_of_the_list():
    def f(x):
        if x < 0:
            raise ValueError("x must not be negative")
        return x * x

    program = compile_grad(f, 2.0)
    with pytest.raises(ValueError, match="negative") as caught:
        program(-1.0)
    assert caught.value.__context__ is None
    with pytest.raises(TypeError):
        compile_grad(lambda x: x * np.ones(2), 1.0)(1.0)
    with pytest.raises(TypeError, match="callable"):
        compile_grad(3.0)
    with pytest.raises(TypeError, match="callable"):
        compile_hvp(None)


def test_a_singular_matrix_is_an_error_as_in_numpy():
    def f(a):
        return np.sum(np.linalg.inv(a))

    program = compile_grad(f, np.eye(2))
    assert is_program(program)
    with pytest.raises(np.linalg.LinAlgError):
        program(np.zeros((2, 2)))


def test_constant_results_and_inputs_that_are_not_used():
    program = compile_grad(lambda x, y: 3.0, 1.0, np.ones(2))
    value, (a, b) = program(1.0, np.ones(2))
    assert (value, a, b.tolist()) == (3.0, 0.0, [0.0, 0.0])
    b[0] = 9.0
    assert program(1.0, np.ones(2))[1][1].tolist() == [0.0, 0.0]
    same(compile_grad(lambda x, y: y * 2), lambda x, y: y * 2, 1.0, 2.0)
    same(compile_grad(lambda x, y: x), lambda x, y: x, 1.0, 2.0)


def test_truth_values_do_not_add_up_like_numbers():
    def f(x, y):
        return ((x > 0) + (y > 0)) * x + (x > y) * y

    program = compile_grad(f, 1.0, 2.0)
    for x, y in ((1.0, 2.0), (2.0, 1.0), (-1.0, 3.0)):
        same(program, f, x, y)


def test_a_list_too_long_stays_a_list():
    def f(x):
        for _ in range(30_000):
            x = x * 1.0001
        return x

    program = compile_grad(f, 1.0)
    assert not is_program(program)
    assert "longer" in program.source
    same(program, f, 1.0)
    assert program.traces == []


def test_a_state_that_changes_while_the_list_is_used():
    """A refusal is kept: later calls are right whatever f has become."""
    box = [1.0]

    def f(x):
        return box[0] * x

    program = compile_grad(f, 1.0)
    assert program(1.0) == (1.0, (1.0,))
    box = np.array([4.0])
    same(program, f, 1.0)


def test_plain_products_of_large_arrays_use_a_program_and_notice_what_changes():
    k, x, v = 2.0, np.linspace(0.0, 1.0, 1000), np.ones(1000)

    def f(x):
        return np.sum(k * x**3)

    for k in (2.0, 2.0, 5.0, 5.0):
        assert np.allclose(hvp(f, x, v), 6 * k * x)
    with pytest.raises(ValueError, match="shape"):
        hvp(f, x, np.ones(999))
    assert grad(lambda s: np.sum(hvp(f, s * x, v)))(1.0) == pytest.approx(np.sum(30 * x))


def test_parameters_may_have_the_names_that_programs_use():
    def f(type, listed, np_names):
        return np.log(type) * listed + np.sum(np_names)

    def g(*elsewhere):
        return abs(elsewhere[0]) * elsewhere[1]

    program = compile_grad(f, 2.0, 3.0, np.ones(2))
    assert is_program(program)
    same(program, f, 2.0, 3.0, np.ones(2))
    program = compile_grad(g, 2.0, 3.0)
    assert is_program(program)
    same(program, g, 2.0, 3.0)


def test_many_numbers_and_keys_that_are_no_names():
    # Sums of these are exact: from Python 3.12 on, `sum` carries the rounding errors of floats along.
    p = {"a b": [k / 1024 for k in range(3000)], "class": 2.0, "1": np.ones(2)}

    def f(p):
        return sum(p["a b"][::7]) * p["class"] + np.sum(p["1"])

    program = compile_grad(f, p)
    assert is_program(program)
    value, (slopes,) = program(p)
    assert value == f(p)
    assert slopes["a b"][:8] == [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0]
    assert slopes["class"] == pytest.approx(sum(p["a b"][::7]))
    assert slopes["1"].tolist() == [1.0, 1.0]
