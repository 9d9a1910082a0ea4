"""NumPy's options, methods and further functions: value, shape, type and derivatives are NumPy's."""

import copy

import numpy as np
import pytest
from descent.autodiff import NoRuleError, check_grads, compile_grad, grad, jvp, value_and_grad, vjp
from descent.autodiff.containers import flatten

MATRIX = np.array([[0.9, -0.4, 1.7], [-1.3, 0.6, 0.2]])
VECTOR = np.array([1.5, -0.7, 0.4])
SQUARE = np.array([[4.0, 1.0, 0.3], [0.5, 3.0, -0.2], [0.1, 0.4, 5.0]])
HOLES = np.array([[0.9, np.nan, 1.7], [-1.3, 0.6, np.nan]])
MASK = np.array([[True, False, True], [False, True, True]])

# name of the function -> calls of it on a matrix of two rows and three columns, or on what stands beside
CASES = {
    "sum": ["np.sum(x, where=MASK)", "np.sum(x, axis=0, where=MASK, initial=3.0)", "x.sum(1, keepdims=True)"],
    "mean": [
        "np.mean(x, where=MASK)",
        "np.mean(x, axis=1, keepdims=True, where=MASK)",
        "x.mean(axis=(0, 1))",
    ],
    "var": ["np.var(x, where=MASK)", "np.var(x, axis=1, ddof=1, where=MASK)", "np.var(x, correction=1)"],
    "std": ["np.std(x, axis=1, where=MASK, keepdims=True)", "np.std(x, axis=1, correction=1)"],
    "prod": [
        "np.prod(x, where=MASK)",
        "np.prod(x, axis=1, initial=2.0)",
        "np.prod(x * MASK, axis=1, initial=2.0, where=MASK)",
        "np.prod(x * MASK, initial=3.0)",
    ],
    "max": ["np.max(x, initial=0.8)", "np.max(x, axis=1, where=MASK, initial=-9.0)", "np.amax(x, axis=0)"],
    "min": ["np.min(x, axis=0, initial=0.1)", "np.min(x, where=MASK, initial=9.0)", "np.amin(x, 1)"],
    "cumulative_sum": ["np.cumulative_sum(x, axis=1, include_initial=True)"],
    "cumulative_prod": ["np.cumulative_prod(x, axis=1, include_initial=True)", "np.cumulative_prod(x[0])"],
    "nansum": ["np.nansum(x + HOLES, axis=0)", "np.nansum(x)"],
    "nanprod": ["np.nanprod(x + HOLES, axis=1)"],
    "nancumsum": ["np.nancumsum(x + HOLES, axis=1)", "np.nancumsum(x + HOLES)"],
    "nancumprod": ["np.nancumprod(x + HOLES, axis=1)"],
    "nanmean": ["np.nanmean(x + HOLES)", "np.nanmean(x + HOLES, axis=1, keepdims=True)"],
    "nanvar": ["np.nanvar(x + HOLES, ddof=1)"],
    "nanstd": ["np.nanstd(x + HOLES, axis=1)"],
    "nanmax": ["np.nanmax(x + HOLES, axis=0)"],
    "nanmin": ["np.nanmin(x + HOLES)"],
    "median": ["np.median(x, axis=(0, 1))", "np.median(x, axis=(0,), keepdims=True)"],
    "quantile": [
        "np.quantile(x, 0.3)",
        "np.quantile(x, [0.1, 0.6], axis=1)",
        "np.quantile(x, 1.0, axis=(0, 1))",
        "np.quantile(x, [[0.2], [0.5]], axis=0, keepdims=True)",
    ],
    "percentile": ["np.percentile(x, 30, axis=1)"],
    "average": [
        "np.average(x, axis=0, returned=True)",
        "np.average(x, axis=(1, 0), weights=np.arange(6.0).reshape(3, 2))",
        "np.average(x, axis=1, weights=[1, 2, 3], keepdims=True)",
    ],
    "cov": ["np.cov(x)", "np.cov(x, rowvar=False, bias=True)", "np.cov(x[0], x[1], ddof=0)", "np.cov(x[0])"],
    "corrcoef": ["np.corrcoef(x)"],
    "diff": ["np.diff(x, prepend=0.0)", "np.diff(x, append=x[:, :1], axis=1)", "np.diff(x, prepend=x[0, 0])"],
    "round": ["np.around(0.0 * x + 1.26, 1)"],
    "fix": ["np.fix(x)"],
    "divmod": ["np.divmod(x, 0.37)", "divmod(2.3, x)", "divmod(x, 0.37)"],
    "modf": ["np.modf(x)"],
    "ldexp": ["np.ldexp(x, [1, 2, -1])"],
    "resize": ["np.resize(x, (2, 4))"],
    "compress": ["np.compress([True, False, True], x, axis=1)", "x.compress([False, True])"],
    "extract": ["np.extract(MASK, x)"],
    "insert": [
        "np.insert(x, 1, 5.0, axis=1)",
        "np.insert(x, [0, 2], x[:, :2], axis=1)",
        "np.insert(x, 3, x[0, 0])",
    ],
    "unstack": ["np.unstack(x, axis=1)"],
    "diagflat": ["np.diagflat(x, 1)"],
    "choose": ["np.choose([1, 0, 1], x)", "np.choose([0, 1, 1], [x[0], 2.0 * x[1]])"],
    "piecewise": [
        "np.piecewise(x, [x < 0, x >= 0.5], [lambda v: -v, lambda v: v**2])",
        "np.piecewise(x, [x < 0, x < 0.5], [lambda v: -v, np.exp, 3.0])",
        "np.piecewise(x, [x > 0.1], [lambda v, c: c * np.log(v)], 2.0)",
        "np.piecewise(x[0], x[0] > 0.1, [np.log, 2.0])",
    ],
    "apply_along_axis": [
        "np.apply_along_axis(lambda row: row @ row, 1, x)",
        "np.apply_along_axis(np.cumsum, 0, x)",
        "np.apply_along_axis(lambda row: np.outer(row, row), 0, x)",
    ],
    "pad": [
        "np.pad(x, ((1, 0), (0, 2)), 'constant', constant_values=3.0)",
        "np.pad(x, 1, mode='edge')",
        "np.pad(x, 1, mode='reflect')",
        "np.pad(x, ((0, 1), (2, 2)), mode='wrap')",
        "np.pad(x, 2, mode='symmetric')",
    ],
    "polyval": ["np.polyval([1.0, 2.0, 3.0], x)", "np.polyval(x[0], 2.0)", "np.polyval(x[0], x)"],
    "convolve": [
        "np.convolve(x[0], [1.0, 2.0])",
        "np.convolve(x[0], x[1], 'same')",
        "np.convolve(x[0, :2], x[1], 'valid')",
        "np.convolve(x[0], np.arange(4.0), 'same')",
    ],
    "correlate": [
        "np.correlate(x[0], x[1], 'full')",
        "np.correlate(x[0, :2], x[1])",
        "np.correlate(x[0], x[1], 'same')",
    ],
    "interp": [
        "np.interp([0.5, -9.0, 2.0], [-3.0, 0.0, 3.0], x[0])",
        "np.interp(x, [-1.0, 0.0, 1.0], x[0], left=2.0)",
        "np.interp(0.3, x[0, 1:][::-1] * 0 + np.sort(x[0])[:2], [1.0, 5.0])",
    ],
    "full_like": ["np.full_like(x, 2.0) * x", "np.full_like(x, x[0, 0], shape=(2,))"],
    "linspace": ["np.linspace(x[0], x[1], 5, retstep=True)", "np.linspace(0, x[0, 0], 3)"],
    "logspace": ["np.logspace(x[0, 0], 1.0, 3)", "np.logspace(0.1, x[0], 3, base=2.0)"],
    "geomspace": ["np.geomspace(x[0] ** 2 + 1, 10.0, 4)"],
    "astype": ["np.astype(x, float)"],
    "cond": ["np.linalg.cond(x)", "np.linalg.cond(x, -2)", "np.linalg.cond(x @ x.T, 'fro')"],
    "lstsq": [
        "np.linalg.lstsq(x.T, VECTOR)[:2]",
        "np.linalg.lstsq(x, [1.0, 2.0])[0]",
        "np.linalg.lstsq(x.T, x.T)[0]",
    ],
    "tensorsolve": ["np.linalg.tensorsolve(SQUARE + np.outer(x[0], x[1]), x[0])"],
    "tensorinv": ["np.linalg.tensorinv((SQUARE + np.outer(x[0], x[1])).reshape(3, 1, 3), ind=1)"],
    "matmul": ["np.linalg.matmul(x, SQUARE)"],
    "conjugate": ["x.conjugate()", "x.imag + x", "x.flat[2] * x.flat", "np.real(x).dot(VECTOR)"],
    "reduce": [
        "np.logaddexp.reduce(x, axis=1)",
        "np.subtract.reduce(x)",
        "np.maximum.accumulate(x, axis=1)",
        "np.hypot.reduce(x, axis=-1)",
        "np.add.reduce(x, axis=None)",
        "np.maximum.reduce(x, axis=1, initial=0.0)",
        "np.add.reduce(x, where=MASK)",
        "np.multiply.accumulate(x)",
    ],
    "options of ufuncs": [
        "np.add(x, 1.0, dtype=float)",
        "np.multiply(x, 2, where=True)",
        "np.exp(x, dtype=np.float64)",
    ],
    "numbers as arrays": [
        "x[0, 0][()]",
        "x[0, 0][None] * x[0]",
        "x[0, 0][..., None, None] + x",
        "x[0, 0].reshape(1, 1)",
    ],
}
IN_PLACE = {"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis"}
CALLS = [(name, text) for name, texts in CASES.items() for text in texts]
SCOPE = {"np": np, "MASK": MASK, "HOLES": HOLES, "VECTOR": VECTOR, "SQUARE": SQUARE}


def function(text):
    """Return the function of a call, its results in a tuple."""
    call = eval(f"lambda x: {text}", SCOPE)  # the test's own text

    def f(x):
        y = call(x)
        return tuple(y) if isinstance(y, (tuple, list)) else y

    return f


@pytest.mark.parametrize(("name", "text"), CALLS)
def test_values_are_numpys(name, text):
    f = function(text)
    for x in (MATRIX, MATRIX.astype(np.float32)):
        expected, found = flatten(f(x))[0], flatten(vjp(f, x)[0])[0]
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert np.shape(a) == np.shape(b)
            np.testing.assert_allclose(
                a, b, rtol=1e-12 if x is MATRIX else 1e-5, atol=1e-13 if x is MATRIX else 1e-6
            )


@pytest.mark.parametrize(("name", "text"), CALLS)
def test_derivatives_are_those_of_differences(name, text):
    check_grads(function(text), MATRIX, order=2)


@pytest.mark.parametrize(("name", "text"), CALLS)
def test_programs_agree_with_the_list(name, text):
    several = isinstance(function(text)(MATRIX), tuple)
    total = eval(f"lambda x: np.sum(({text}){'[-1]' * several} ** 2)", SCOPE)
    program = compile_grad(total, MATRIX)
    for x in (MATRIX, MATRIX + 0.1):
        expected, (value, gradients) = value_and_grad(total, (0,))(x), program(x)
        np.testing.assert_allclose(value, expected[0], rtol=1e-12)
        np.testing.assert_allclose(gradients[0], expected[1][0], rtol=1e-10, atol=1e-12)


SINGLE = [
    "x * 2.0",
    "x + 0.5",
    "1 / x",
    "x**2.0",
    "x**3",
    "2.5**x",
    "x % 0.7",
    "np.clip(x, -0.5, 0.5)",
    "np.arctan2(x, 1.0)",
    "np.maximum(x, 0.3)",
    "np.where(x > 0, x, 0.0)",
    "np.mean(x, where=MASK)",
    "np.linalg.norm(x)",
    "np.linalg.norm(x, 3, 1)",
    "np.max(x, axis=1)",
    "np.linspace(x[0], x[1], 3)",
    "np.quantile(x, 0.3, axis=1)",
    "np.average(x, axis=0)",
    "np.trapezoid(x, dx=0.1)",
    "np.gradient(x, 0.5)[0]",
    "np.convolve(x[0], x[1])",
    "np.copysign(x, -1.0)",
    "np.sinc(x)",
    "np.full_like(x, 2.0) * x",
    "x @ VECTOR.astype(np.float32)",
    "np.std(x)",
]


@pytest.mark.parametrize("text", SINGLE)
def test_single_precision_stays_single(text):
    f, x = function(text), MATRIX.astype(np.float32)
    assert f(x).dtype == np.float32
    y, ydot = jvp(f, (x,), (np.ones_like(x),))
    assert y.dtype == ydot.dtype == np.float32
    assert vjp(f, x)[1](np.ones_like(y))[0].dtype == np.float32


def test_nan_spreads_as_in_numpy():
    assert np.isnan(vjp(np.median, HOLES)[0])
    assert np.isnan(vjp(lambda x: np.quantile(x, 0.5), HOLES)[0])
    assert np.isnan(vjp(np.max, HOLES)[0])
    assert grad(np.nansum)(HOLES).tolist() == [[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    assert np.all(np.isfinite(grad(np.nanstd)(HOLES)))
    all_nan = vjp(lambda x: np.nanmax(x, axis=1), np.array([[np.nan, np.nan], [1.0, 2.0]]))[0]
    np.testing.assert_array_equal(all_nan, [np.nan, 2.0])


def test_an_initial_value_that_wins_takes_the_derivative():
    assert grad(lambda x: np.max(x, initial=5.0))(VECTOR).tolist() == [0.0, 0.0, 0.0]
    assert grad(lambda x: np.max(x, initial=1.5))(VECTOR).tolist() == [0.5, 0.0, 0.0]
    assert vjp(lambda x: np.max(x, initial=2.0), np.zeros(0))[0] == 2.0


@pytest.mark.filterwarnings("ignore:Degrees of freedom:RuntimeWarning")
def test_small_and_empty_arrays():
    with np.errstate(all="ignore"):
        for f in (lambda x: np.var(x, ddof=1), lambda x: np.std(x, ddof=2), np.cov, lambda x: np.sum(x / 0)):
            x = np.array([0.5])
            value, gradient = value_and_grad(f)(x)
            np.testing.assert_array_equal(value, f(x))
            assert not np.isfinite(gradient[0])
            assert not np.isfinite(jvp(f, (x,), (x,))[1])
    for f in (np.median, lambda x: np.quantile(x, 0.3)):
        with pytest.raises(ValueError, match="no entries to reduce"):
            vjp(f, np.zeros((0, 3)))
    assert vjp(lambda x: np.quantile(x, [0.2, 0.3], axis=1), np.zeros((0, 3)))[0].shape == (2, 0)
    with pytest.raises(ValueError, match="must not be empty, got 0 and 1"):
        vjp(lambda x: np.convolve(x, [1.0]), np.zeros(0))
    with pytest.raises(ZeroDivisionError, match="weights sum to zero"):
        vjp(lambda x: np.average(x, weights=[1.0, 0.0, -1.0]), VECTOR)


def test_membership_counts_entries():
    seen = []
    grad(lambda x: seen.extend([1.5 in x, 9.0 in x]) or np.sum(x))(VECTOR)
    grad(lambda x: seen.extend([0.6 in x, 7.0 in x]) or np.sum(x))(MATRIX)
    grad(lambda x: seen.append(x in [1.0, 2.0]) or x)(2.0)
    assert seen == [True, False, True, False, True]


def test_large_whole_numbers_become_floats():
    assert value_and_grad(lambda x: x / 10**20)(10**20) == (1.0, 1e-20)


def test_copies_are_the_value_itself():
    assert grad(lambda x: np.sum(copy.copy(x) * copy.deepcopy(x)))(VECTOR).tolist() == (2 * VECTOR).tolist()


OUT = np.zeros((2, 3))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.sum(x, 0, None, OUT[0]),
        lambda x: x.cumsum(0, None, OUT),
        lambda x: np.mean(x, 0, None, OUT[0]),
        lambda x: x.clip(0, 1, OUT),
        lambda x: np.clip(x, 0, 1, out=OUT),
        lambda x: np.dot(x, SQUARE, OUT),
        lambda x: x.dot(SQUARE, OUT),
        lambda x: np.concatenate([x[:1], x[1:]], 0, OUT),
        lambda x: x.round(0, OUT),
        lambda x: np.stack([x[0], x[1]], out=OUT),
        lambda x: np.outer(x[:, 0], x[0], OUT),
        lambda x: x.max(0, OUT[0]),
        lambda x: np.take(x, [0, 1, 2], 1, OUT),
        lambda x: np.einsum("ij->ij", x, out=OUT),
        lambda x: np.ptp(x, 0, OUT[0]),
        lambda x: np.median(x, 0, OUT[0]),
        lambda x: np.median(x, 0, None, True),
        lambda x: np.add(x, 1, OUT),
        lambda x: np.nan_to_num(x, False),
        lambda x: np.quantile(x, 0.5, 0, OUT[0]),
    ],
)
def test_writing_into_an_array_is_refused(call):
    with pytest.raises(TypeError, match="in place"):
        vjp(call, MATRIX)
    assert not OUT.any()


def test_changing_a_traced_value_is_refused():
    for call in (lambda x: x.sort(), lambda x: x.fill(0), lambda x: x.put([0], 1.0), lambda x: x.resize(6)):
        with pytest.raises(TypeError, match=r"changes an array in place.*use (np\.|a copy)"):
            vjp(call, MATRIX)
    for call in (
        lambda x: np.copyto(x, 1.0),
        lambda x: np.put(x, [0], 1.0),
        lambda x: np.place(x, MASK, [1.0]),
        lambda x: np.putmask(x, MASK, 1.0),
        lambda x: np.fill_diagonal(x, 0.0),
        lambda x: np.full_like(VECTOR, x[0, 0]),
        lambda x: np.put_along_axis(x, np.zeros((2, 1), int), 1.0, 1),
    ):
        with pytest.raises(TypeError, match=r"item assignment .*np\.stack.*np\.where"):
            vjp(call, MATRIX)
    with pytest.raises(TypeError, match=r"in place \(a \+= v\)"):
        vjp(lambda x: np.add.at(x, [0], 1.0), MATRIX)


def test_options_without_a_rule_say_so():
    with pytest.raises(NoRuleError, match=r"mean=\.\.\.: leave it out"):
        vjp(lambda x: np.var(x, axis=0, mean=np.zeros((1, 3))), MATRIX)
    with pytest.raises(NoRuleError, match=r"option mean of np\.var must not be a traced value"):
        vjp(lambda x: np.var(x, axis=0, mean=np.mean(x, axis=0, keepdims=True)), MATRIX)
    with pytest.raises(TypeError, match=r"np\.add with where has no derivative rule: use np\.where"):
        vjp(lambda x: np.add(x, 1.0, where=MASK), MATRIX)
    for call, text in (
        (lambda x: np.quantile(x, 0.3, method="lower"), "method='linear'"),
        (lambda x: np.cov(x, fweights=[1, 2, 3]), "without fweights"),
        (lambda x: np.pad(x, 1, mode="maximum"), "mode='maximum' has no derivative rule"),
        (lambda x: np.interp(x, [0.0, 1.0], [0.0, 1.0], period=1.0), "without period"),
    ):
        with pytest.raises(ValueError, match=text):
            vjp(call, MATRIX)
