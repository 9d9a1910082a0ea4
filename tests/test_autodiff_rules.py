"""Every rule of the table: its JVP and its VJP against differences, to second order, over shapes."""

import numpy as np
import pytest
from descent.autodiff import check_grads, grad, jacobian, jvp, vjp, wengert
from descent.autodiff.primitives import COMPOSITES, TABLE
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes
from test_autodiff_numpy import CASES as OTHERS
from test_autodiff_numpy import IN_PLACE

COLUMNS = 4  # of the largest matrices


def normal(rng, shape):
    return rng.standard_normal(shape)


def positive(rng, shape):
    return rng.uniform(0.4, 3.0, shape)


def above_one(rng, shape):
    return rng.uniform(1.2, 3.0, shape)


def inside_unit(rng, shape):
    return rng.uniform(-0.8, 0.8, shape)


def away_from_integers(rng, shape):
    return rng.integers(-3, 3, shape) + rng.uniform(0.2, 0.8, shape)


def apart(rng, shape):
    """Return distinct entries with gaps, so that no order changes under small steps."""
    return rng.permutation(np.arange(np.prod(shape, dtype=int))).reshape(shape) * 0.7 - 1.1


UNARY = {
    **dict.fromkeys(
        [
            "exp",
            "exp2",
            "expm1",
            "sin",
            "cos",
            "tanh",
            "arctan",
            "sinh",
            "cosh",
            "arcsinh",
            "square",
            "negative",
            "positive",
        ],
        normal,
    ),
    **dict.fromkeys(["deg2rad", "rad2deg", "radians", "degrees", "sinc"], normal),
    **dict.fromkeys(["log", "log1p", "log2", "log10", "sqrt", "cbrt", "reciprocal"], positive),
    **dict.fromkeys(["tan", "arcsin", "arccos", "arctanh"], inside_unit),
    "arccosh": above_one,
    **dict.fromkeys(
        ["absolute", "fabs", "sign", "floor", "ceil", "trunc", "rint", "round", "nan_to_num", "angle"],
        away_from_integers,
    ),
    **dict.fromkeys(["real", "conj", "conjugate", "copy", "imag", "real_if_close"], normal),
}
BINARY = {
    **dict.fromkeys(["add", "subtract", "multiply", "logaddexp", "logaddexp2", "copysign"], (normal, normal)),
    **dict.fromkeys(["divide", "arctan2", "hypot"], (positive, positive)),
    **dict.fromkeys(["power", "float_power"], (positive, normal)),
    **dict.fromkeys(["maximum", "minimum", "fmax", "fmin", "heaviside"], (normal, away_from_integers)),
    **dict.fromkeys(
        ["remainder", "fmod", "floor_divide"], (above_one, lambda rng, s: rng.uniform(5.2, 5.8, s))
    ),
}


@given(shape=array_shapes(min_dims=0, max_dims=3, max_side=3), seed=st.integers(0, 99))
@settings(max_examples=8)
@pytest.mark.parametrize("name", sorted(UNARY))
def test_entrywise_functions(name, shape, seed):
    x = UNARY[name](np.random.default_rng(seed), shape)
    check_grads(getattr(np, name), x, order=2)


@given(shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3), seed=st.integers(0, 99))
@settings(max_examples=8)
@pytest.mark.parametrize("name", sorted(BINARY))
def test_entrywise_functions_of_two_arguments_broadcast(name, shapes, seed):
    rng = np.random.default_rng(seed)
    a, b = (sample(rng, shape) for sample, shape in zip(BINARY[name], shapes.input_shapes, strict=True))
    function = getattr(np, name)
    check_grads(function, a, b, order=2)
    check_grads(lambda b: function(a, b), b)
    check_grads(lambda a: function(a, b), a)


REDUCTIONS = {
    "sum": normal,
    "mean": normal,
    "prod": normal,
    "var": normal,
    "std": lambda rng, s: normal(rng, s) * 2 + apart(rng, s),
    "max": apart,
    "min": apart,
    "ptp": apart,
}


@st.composite
def shapes_and_axes(draw, min_dims=0):
    shape = draw(array_shapes(min_dims=min_dims, max_dims=3, min_side=2, max_side=3))
    axes = st.integers(-len(shape), len(shape) - 1) if shape else st.none()
    several = (
        st.lists(st.integers(0, len(shape) - 1), min_size=1, max_size=2, unique=True) if shape else st.none()
    )
    axis = draw(st.one_of(st.none(), axes, several))
    return shape, tuple(axis) if isinstance(axis, list) else axis


@given(where=shapes_and_axes(min_dims=1), keepdims=st.booleans(), seed=st.integers(0, 99))
@settings(max_examples=15)
@pytest.mark.parametrize("name", sorted(REDUCTIONS))
def test_reductions(name, where, keepdims, seed):
    shape, axis = where
    x = REDUCTIONS[name](np.random.default_rng(seed), shape)
    function = getattr(np, name)
    check_grads(lambda x: function(x, axis=axis, keepdims=keepdims), x, order=2)
    assert np.shape(jvp(lambda x: function(x, axis=axis, keepdims=keepdims), (x,), (x,))[0]) == np.shape(
        function(x, axis=axis, keepdims=keepdims)
    )


@given(where=shapes_and_axes(min_dims=1), seed=st.integers(0, 99), zeros=st.integers(0, 3))
@settings(max_examples=15)
@pytest.mark.parametrize("name", ["cumsum", "cumprod", "prod"])
def test_products_with_zeros(name, where, seed, zeros):
    shape, axis = where
    if isinstance(axis, tuple) and name != "prod":
        axis = axis[0]
    x = normal(np.random.default_rng(seed), shape)
    x.flat[:zeros] = 0.0
    check_grads(lambda x: getattr(np, name)(x, axis=axis), x, order=2)


def matrices(rng, shape):
    return normal(rng, (*shape, 3, 3)) + 4 * np.eye(3)


def spd(x):
    return x @ np.swapaxes(x, -1, -2) + np.eye(x.shape[-1])


def fixed_sign(v):
    """Make a function of eigenvectors that does not see their sign."""
    return v * v


M, MASK = np.array([2, 0, 1]), np.array([True, False, True])
# name -> functions of one or two arrays, each with the arrays' shapes after a stack's shape
CASES = {
    "where": [
        (lambda x, y: np.where(np.arange(3) > 0, x, y), (3,), (2, 3)),
        (lambda x: np.where(x > 0, x, 2 * x), (4,)),
    ],
    "choose": [(lambda x: np.select([x > 1, x > 0], [x**2, np.sin(x)], 3 * x), (4,))],
    "clip": [(lambda x: np.clip(x, -0.4, 0.6), (4,)), (lambda x, y: np.clip(x, None, y), (3,), (3,))],
    "getitem": [
        (lambda x: x[1] * x[-1], (3, 2)),
        (lambda x: x[..., None, 1:], (3, 3)),
        (lambda x: x[M, M[::-1]], (3, 3)),
        (lambda x: x[np.array([0, 0, 2])] ** 2, (3,)),
        (lambda x: x[MASK], (3, 2)),
        (lambda x: x[[0, 0]] + x[1:], (3,)),
        (lambda x: x[::-2, M], (3, 3)),
    ],
    "scatter": [(lambda x: grad(lambda z: np.sum(z[[0, 0, 1]] ** 3))(x), (3,))],
    "astype": [(lambda x: x.astype(float) ** 2, (3,))],
    "sinc_derivative": [(lambda x: grad(lambda z: np.sum(np.sinc(z)))(x), (4,))],
    "interp": [(lambda x: np.interp(x, [-9.0, 0.0, 9.0], [1.0, 3.0, -2.0]), (4,))],
    "cumsum": [(lambda x: np.cumsum(x, axis=-1), (2, 3)), (np.cumsum, (2, 3))],
    "cumprod": [(lambda x: np.cumprod(x, axis=0), (2, 3)), (np.cumprod, (2, 2))],
    "average": [(lambda x, w: np.average(x, axis=0, weights=w**2 + 1), (3, 2), (3,)), (np.average, (3,))],
    "diff": [(lambda x: np.diff(x, n=2, axis=0), (4, 2))],
    "gradient": [
        (np.gradient, (4,)),
        (lambda x: np.stack(np.gradient(x, 0.5, 2.0)), (3, 4)),
        (lambda x: np.gradient(x, axis=1), (2, 3)),
    ],
    "trapezoid": [
        (lambda x, y: np.trapezoid(y, x), (4,), (4,)),
        (lambda y: np.trapezoid(y, dx=0.5, axis=0), (3, 2)),
    ],
    "nan_to_num": [(np.nan_to_num, (3,))],
    "transpose": [
        (np.transpose, (2, 3)),
        (lambda x: np.transpose(x, (1, -1, 0)), (2, 3, 2)),
        (lambda x: x.T, (3, 2)),
    ],
    "swapaxes": [(lambda x: np.swapaxes(x, 0, -1), (2, 3, 2)), (lambda x: x.mT, (2, 3))],
    "moveaxis": [(lambda x: np.moveaxis(x, (0, 1), (-1, 0)), (2, 3, 2))],
    "rollaxis": [(lambda x: np.rollaxis(x, 2), (2, 3, 2)), (lambda x: np.rollaxis(x, 0, 2), (2, 3, 2))],
    "reshape": [(lambda x: np.reshape(x, (3, -1)), (2, 3)), (lambda x: x.reshape(-1, order="F"), (2, 3))],
    "ravel": [(np.ravel, (2, 3)), (lambda x: x.flatten(), (2, 2))],
    "squeeze": [(np.squeeze, (1, 3, 1)), (lambda x: np.squeeze(x, axis=0), (1, 3, 1))],
    "expand_dims": [(lambda x: np.expand_dims(x, (0, -1)), (3,))],
    "broadcast_to": [
        (lambda x: np.broadcast_to(x, (2, 3)), (3,)),
        (lambda x: np.broadcast_to(x, (2, 3)), (2, 1)),
    ],
    "broadcast_arrays": [(lambda x, y: np.broadcast_arrays(x, y)[0], (3,), (2, 1))],
    "meshgrid": [(lambda x, y: np.prod(np.stack(np.meshgrid(x, y)), axis=0), (3,), (2,))],
    "flip": [(np.flip, (2, 3)), (lambda x: np.flip(x, 1), (2, 3))],
    "fliplr": [(np.fliplr, (2, 3))],
    "flipud": [(np.flipud, (2, 3))],
    "rot90": [(lambda x: np.rot90(x, 3), (2, 3)), (lambda x: np.rot90(x, axes=(2, 0)), (2, 3, 2))],
    "triu": [(lambda x: np.triu(x, 1), (3, 3))],
    "tril": [(lambda x: np.tril(x, -1), (2, 3, 3))],
    "roll": [(lambda x: np.roll(x, 2), (2, 3)), (lambda x: np.roll(x, (1, -1), (0, 1)), (2, 3))],
    "tile": [
        (lambda x: np.tile(x, 2), (2, 3)),
        (lambda x: np.tile(x, (2, 1, 2)), (2, 3)),
        (lambda x: np.tile(x, 2), ()),
    ],
    "repeat": [(lambda x: np.repeat(x, 2), (2, 3)), (lambda x: np.repeat(x, [1, 0, 2], axis=1), (2, 3))],
    "diag": [(lambda x: np.diag(x, 1), (3,)), (lambda x: np.diag(x, -1), (3, 2)), (np.diag, (2, 3))],
    "diagonal": [
        (lambda x: np.diagonal(x, 1, 0, 2), (3, 2, 3)),
        (lambda x: np.linalg.diagonal(x), (2, 3, 3)),
    ],
    "trace": [(lambda x: np.trace(x, 1), (3, 3)), (lambda x: np.linalg.trace(x), (2, 3, 3))],
    "concatenate": [
        (lambda x, y: np.concatenate([x, np.ones((2, 1)), y, x], axis=-1), (2, 2), (2, 3)),
        (lambda x, y: np.concatenate((x, y), axis=None), (2, 2), (3,)),
    ],
    "stack": [
        (lambda x, y: np.stack([x, y, x], axis=-1), (3,), (3,)),
        (lambda x: np.stack([x[0], 1.0, x[1] ** 2]), (3,)),
    ],
    "vstack": [(lambda x, y: np.vstack([x, y]), (3,), (2, 3))],
    "hstack": [
        (lambda x, y: np.hstack([x, y]), (3,), (2,)),
        (lambda x, y: np.hstack((x, y)), (2, 1), (2, 2)),
    ],
    "dstack": [(lambda x, y: np.dstack([x, y]), (2, 2), (2, 2))],
    "column_stack": [(lambda x, y: np.column_stack([x, y]), (3,), (3, 2))],
    "append": [(np.append, (3,), (2, 2)), (lambda x, y: np.append(x, y, axis=0), (1, 2), (2, 2))],
    "block": [
        (lambda x, y: np.block([[x, y], [y.T, x]]), (2, 2), (2, 2)),
        (lambda x, y: np.block([x, y]), (3,), (2,)),
    ],
    "atleast_1d": [(np.atleast_1d, ()), (lambda x: np.atleast_1d(x), (2,))],
    "atleast_2d": [(np.atleast_2d, (3,))],
    "atleast_3d": [(np.atleast_3d, (3,)), (np.atleast_3d, (2, 3))],
    "split": [(lambda x: np.split(x, 2)[1], (4, 2)), (lambda x: np.split(x, [1, 3], axis=-1)[1], (2, 4))],
    "array_split": [(lambda x: np.array_split(x, 3)[0] * 2, (4,))],
    "hsplit": [(lambda x: np.hsplit(x, 2)[0], (2, 4))],
    "vsplit": [(lambda x: np.vsplit(x, 2)[1], (4, 2))],
    "dsplit": [(lambda x: np.dsplit(x, 2)[1], (1, 2, 4))],
    "take": [
        (lambda x: np.take(x, [[0, 5], [1, 1]]), (2, 3)),
        (lambda x: np.take(x, [4, -1], axis=1, mode="wrap"), (2, 3)),
        (lambda x: x.take(7, axis=-1, mode="clip"), (2, 3)),
    ],
    "take_along_axis": [(lambda x: np.take_along_axis(x, np.array([[0, 2], [1, 1]]), axis=1), (2, 3))],
    "delete": [(lambda x: np.delete(x, 1, axis=0), (3, 2))],
    "full_like": [(lambda x, y: np.full_like(x, y[0]) * x, (2, 2), (3,))],
    "linspace": [
        (lambda x, y: np.linspace(x, y, 4), (2,), (2,)),
        (lambda x, y: np.linspace(x, y, 3, endpoint=False), (), ()),
    ],
    "sort": [
        (np.sort, (2, 4)),
        (lambda x: np.sort(x, axis=0), (4, 2)),
        (lambda x: np.sort(x, axis=None), (2, 2)),
    ],
    "partition": [(lambda x: np.sum(np.partition(x, 2)[..., :2] ** 2), (2, 4))],
    "median": [(np.median, (2, 3)), (lambda x: np.median(x, axis=0, keepdims=True), (4, 2))],
    "pad": [(lambda x: np.pad(x, ((1, 0), (0, 2))), (2, 3)), (lambda x: np.pad(x, 1), (3,))],
    "matmul": [
        (np.matmul, (3,), (3,)),
        (np.matmul, (2, 3), (3,)),
        (np.matmul, (3,), (3, 2)),
        (np.matmul, (2, 3), (3, 2)),
        (np.matmul, (2, 1, 2, 3), (3, 3, 2)),
        (lambda x, y: x @ y, (3,), (2, 3, 2)),
        (lambda x, y: x @ y, (2, 2, 3), (3,)),
        (lambda x: x @ x, (3, 3)),
    ],
    "dot": [
        (np.dot, (), (3,)),
        (np.dot, (2, 3), (3, 2)),
        (np.dot, (2, 2, 3), (2, 3, 2)),
        (lambda x, y: x.dot(y), (3,), (3,)),
    ],
    "inner": [(np.inner, (3,), (3,)), (np.inner, (2, 3), (2, 2, 3)), (np.inner, (), (2,))],
    "vdot": [(np.vdot, (2, 3), (2, 3))],
    "outer": [(np.outer, (3,), (2,)), (np.multiply.outer, (2, 2), (3,))],
    "tensordot": [
        (lambda x, y: np.tensordot(x, y, 1), (2, 3), (3, 2)),
        (np.tensordot, (2, 3, 2), (3, 2, 2)),
        (lambda x, y: np.tensordot(x, y, axes=([0, -1], [1, 0])), (2, 3, 2), (2, 2, 3)),
        (lambda x, y: np.tensordot(x, y, 0), (2,), (3,)),
    ],
    "einsum": [
        (lambda x, y: np.einsum("ij,jk->ik", x, y), (2, 3), (3, 2)),
        (lambda x: np.einsum("ii->i", x), (3, 3)),
        (lambda x: np.einsum("ii", x), (3, 3)),
        (lambda x, y: np.einsum("...i,i...->...", x, y), (2, 3), (3, 2)),
        (lambda x, y: np.einsum("ij,k->j", x, y), (2, 3), (2,)),
        (lambda x: np.einsum("ij,ij->", x, x), (2, 3)),
        (lambda x, y: np.einsum(x, [0, 1], y, [1], [0]), (2, 3), (3,)),
        (lambda x, y: np.einsum("ba,ab", x, y), (2, 3), (3, 2)),
        (lambda x, y: np.einsum("...ij,...jk->...ik", x, y), (2, 2, 3), (1, 3, 2)),
    ],
    "kron": [(np.kron, (2,), (3,)), (np.kron, (2, 2), (1, 3)), (np.kron, (2,), (2, 2))],
    "cross": [(np.cross, (2, 3), (3,)), (lambda x, y: np.cross(x, y, axis=0), (3, 2), (3, 2))],
    "vecdot": [(np.vecdot, (2, 3), (3,))],
    "matvec": [(getattr(np, "matvec", np.matmul), (2, 3), (3,))],
    "vecmat": [(getattr(np, "vecmat", np.matmul), (3,), (3, 2))],
    "inv": [
        (lambda x: np.linalg.inv(x + 4 * np.eye(3)), (3, 3)),
        (lambda x: np.linalg.inv(x + 4 * np.eye(2)), (2, 2, 2)),
    ],
    "solve": [
        (lambda a, b: np.linalg.solve(a + 4 * np.eye(3), b), shape, other)
        for shape, other in (
            ((3, 3), (3,)),
            ((3, 3), (3, 2)),
            ((2, 3, 3), (2, 3, 1)),
            ((2, 3, 3), (3, 2)),
            ((2, 3, 3), (3,)),
        )
    ],
    "det": [
        (np.linalg.det, (3, 3)),
        (np.linalg.det, (2, 2, 2)),
        (lambda x: np.linalg.det(np.outer(x, x)), (3,)),
    ],
    "slogdet": [
        (lambda x: np.linalg.slogdet(x)[1], (3, 3)),
        (lambda x: np.linalg.slogdet(x).logabsdet, (2, 3, 3)),
    ],
    "cholesky": [
        (lambda x: np.linalg.cholesky(spd(x)), (3, 3)),
        (lambda x: np.linalg.cholesky(spd(x), upper=True), (2, 2, 2)),
    ],
    "eigh": [
        (lambda x: np.linalg.eigh(spd(x))[0], (3, 3)),
        (lambda x: fixed_sign(np.linalg.eigh(spd(x))[1]), (2, 3, 3)),
        (lambda x: np.linalg.eigh(x, UPLO="U").eigenvalues, (2, 2)),
        (lambda x: np.linalg.eigh(x)[0], (3, 3)),
    ],
    "eigvalsh": [(lambda x: np.linalg.eigvalsh(spd(x)), (3, 3))],
    "svd": [
        (lambda x: np.linalg.svd(x, compute_uv=False), (3, 2)),
        (lambda x: np.linalg.svdvals(x), (2, 2, 3)),
        (lambda x: fixed_sign(np.linalg.svd(x, full_matrices=False)[0]), (4, 2)),
        (lambda x: fixed_sign(np.linalg.svd(x, full_matrices=False).Vh), (2, 4)),
        (lambda x: np.linalg.svd(x).U @ np.linalg.svd(x).Vh, (2, 2)),
    ],
    "svdvals": [(lambda x: np.linalg.svdvals(x) ** 2, (3, 2))],
    "pinv": [(np.linalg.pinv, (4, 2)), (np.linalg.pinv, (2, 2, 3))],
    "norm": [
        (lambda x, ord=ord: np.linalg.norm(x, ord), (4,))
        for ord in (None, 1, 2, 3, 2.5, np.inf, -np.inf, 0, -1)
    ]
    + [
        (lambda x, ord=ord: np.linalg.norm(x, ord), (3, 2))
        for ord in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    ]
    + [
        (lambda x: np.linalg.norm(x, axis=-1, keepdims=True), (2, 3)),
        (np.linalg.norm, (2, 2, 2)),
        (lambda x: np.linalg.norm(x, "nuc", axis=(2, 0), keepdims=True), (2, 2, 3)),
        (lambda x: np.linalg.norm(x, 3, axis=0), (3, 2)),
    ],
    "vector_norm": [(lambda x: np.linalg.vector_norm(x, axis=(0, 1), ord=3), (2, 2, 2))],
    "matrix_norm": [(lambda x: np.linalg.matrix_norm(x, ord="nuc"), (2, 2, 3))],
    "matrix_transpose": [(np.matrix_transpose, (2, 2, 3))],
    "matrix_power": [
        (lambda x, n=n: np.linalg.matrix_power(x + 3 * np.eye(2), n), (2, 2)) for n in (0, 3, -2)
    ],
    "multi_dot": [(lambda x, y: np.linalg.multi_dot([x, y, x]), (2, 3), (3, 2))],
}
CASES["select"] = CASES.pop("choose")
FLAT = [(name, k) for name in sorted(CASES) for k in range(len(CASES[name]))]


@pytest.mark.parametrize(("name", "k"), FLAT)
def test_rules_of_arrays(name, k):
    f, *shapes = CASES[name][k]
    for seed in (0, 1):
        rng = np.random.default_rng([seed, k])
        check_grads(f, *(normal(rng, shape) for shape in shapes), order=2, rng=rng)


@pytest.mark.parametrize(("name", "k"), FLAT)
def test_traced_values_are_numpys(name, k):
    f, *shapes = CASES[name][k]
    x = [normal(np.random.default_rng([2, k]), shape) for shape in shapes]
    expected = np.asarray(f(*x))
    value, _ = jvp(f, tuple(x), tuple(x))
    assert np.shape(value) == expected.shape
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)


SAME_UNDER_ANOTHER_NAME = {
    "eigenpairs": "eigh",
    "thin_svd": "svd",
    "lower_cholesky": "cholesky",
    "logabsdet": "slogdet",
}


def names_of_the_table():
    entries = {primitive.name for primitive in TABLE.values()} | {f.__name__ for f in COMPOSITES}
    return sorted(SAME_UNDER_ANOTHER_NAME.get(name, name) for name in entries)


@pytest.mark.parametrize("name", names_of_the_table())
def test_each_rule_has_a_test(name):
    assert name in UNARY.keys() | BINARY.keys() | REDUCTIONS.keys() | CASES.keys() | OTHERS.keys() | IN_PLACE


@pytest.mark.parametrize("primitive", TABLE.values(), ids=lambda primitive: primitive.name)
def test_each_rule_has_a_jvp_and_a_vjp(primitive):
    if primitive.joint_jvp is None:
        assert primitive.jvps
        assert primitive.jvps.keys() == primitive.vjps.keys()
        assert [k for k, r in primitive.jvps.items() if r is None] == [
            k for k, r in primitive.vjps.items() if r is None
        ]
    else:
        assert primitive.joint_vjp is not None


@pytest.mark.parametrize("name", ["mean", "var", "std", "max", "min"])
def test_empty_axes_are_refused(name):
    function = getattr(np, name)
    for shape, axis in (((0,), None), ((2, 0), 1), ((0, 3), 0)):
        with pytest.raises(ValueError, match=r"no entries to reduce: shape \("):
            jvp(lambda x, axis=axis: np.sum(function(x, axis=axis)), (np.zeros(shape),), (np.zeros(shape),))


def test_an_empty_sum_is_zero_and_has_an_empty_gradient():
    assert grad(lambda x: np.sum(x) + 1.0)(np.zeros((0, 3))).shape == (0, 3)


def test_ties_share_the_derivative():
    assert grad(np.max)(np.array([1.0, 3.0, 3.0])).tolist() == [0.0, 0.5, 0.5]
    assert grad(lambda x: np.maximum(x, 2.0))(2.0) == 0.5


def test_the_norm_at_zero_has_the_subgradient_zero():
    for ord in (None, 1, 2, 3, 1.5):
        gradient = grad(lambda x, ord=ord: np.linalg.norm(x, ord))(np.zeros(3))
        assert gradient.tolist() == [0.0, 0.0, 0.0]
    assert jvp(np.linalg.norm, (np.zeros(3),), (np.ones(3),))[1] == 0.0
    assert jacobian(grad(np.linalg.norm))(np.zeros(2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert grad(lambda x: np.sum(np.linalg.norm(x, axis=1)))(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist() == [
        [0, 0],
        [0.6, 0.8],
    ]
    assert grad(np.std)(np.ones(3)).tolist() == [0.0, 0.0, 0.0]


def test_the_determinant_of_a_singular_matrix_has_cofactors():
    singular = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])
    cofactors = [[4.0, 4.0, -4.0], [-2.0, -2.0, 2.0], [0.0, 0.0, 0.0]]
    np.testing.assert_allclose(grad(np.linalg.det)(singular), cofactors, atol=1e-12)
    np.testing.assert_allclose(jvp(np.linalg.det, (singular,), (np.eye(3),))[1], 2.0, atol=1e-12)
    check_grads(np.linalg.det, np.outer([1.0, 2.0], [3.0, 1.0]), order=2)


@pytest.mark.parametrize("order", range(1, 7))
def test_derivatives_of_sinc_of_every_order(order):
    from mpmath import mp

    derivative = np.sinc
    for _ in range(order):
        derivative = grad(derivative)
    with mp.workdps(40):
        for x in (0.0, 1e-4, 0.7, -2.3, 11.0):
            exact = mp.diff(lambda t: mp.sincpi(t), mp.mpf(x), order)
            assert derivative(x) == pytest.approx(float(exact), rel=1e-9, abs=1e-9)


def test_powers_at_zero():
    assert grad(lambda x: x**2)(0.0) == 0.0
    assert grad(grad(lambda x: x**2))(0.0) == 2.0
    assert grad(grad(grad(lambda x: x**2)))(0.0) == 0.0
    assert grad(lambda x: x**0)(0.0) == 0.0
    assert grad(lambda x: 0.0**x)(2.0) == 0.0
    assert grad(lambda x: x**3)(-2.0) == 12.0
    assert grad(lambda x: np.sum(x ** np.array([0, 1, 2])))(np.zeros(3)).tolist() == [0.0, 1.0, 0.0]


def test_numbers_and_arrays_of_one_entry_agree():
    """The quick rows for numbers and the general rows are two implementations of the same rules."""
    rng = np.random.default_rng(3)
    for name, sample in UNARY.items():
        x = sample(rng, (1,))
        function = getattr(np, name)
        number = grad(lambda v, function=function: function(v) * 1.0)(float(x[0]))
        array = grad(lambda v, function=function: np.sum(function(v)))(x)
        assert number == pytest.approx(array[0], rel=1e-13, abs=1e-15), name
    for name, samples in BINARY.items():
        a, b = (sample(rng, (1,)) for sample in samples)
        function = getattr(np, name)
        numbers = grad(function, (0, 1))(float(a[0]), float(b[0]))
        arrays = grad(lambda a, b, function=function: np.sum(function(a, b)), (0, 1))(a, b)
        assert numbers == pytest.approx([arrays[0][0], arrays[1][0]], rel=1e-13, abs=1e-15), name


OPERATORS = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "**": lambda a, b: a**b, "%": lambda a, b: a % b, "//": lambda a, b: a // b,
}  # fmt: skip


@given(a=st.floats(0.3, 5.0), b=st.floats(0.3, 5.0))
@settings(max_examples=25)
@pytest.mark.parametrize("sign", OPERATORS)
def test_operators_with_constants_on_either_side(sign, a, b):
    if abs(a / b - round(a / b)) < 0.01:
        return
    f = OPERATORS[sign]
    both = grad(f, (0, 1))(a, b)
    for kind in (float, np.float64, np.asarray):
        c, d = kind(a), kind(b)
        assert grad(lambda a, d=d: f(a, d))(a) == pytest.approx(both[0], rel=1e-12)
        assert grad(lambda b, c=c: f(c, b))(b) == pytest.approx(both[1], rel=1e-12)
    assert vjp(f, a, b)[0] == pytest.approx(f(a, b), rel=1e-14)


def test_the_list_names_numpys_operations():
    operations = [row.operation for row in wengert(lambda x: np.sum(np.tanh(x @ x) ** 2), np.eye(2)).rows]
    assert operations == ["input", "matmul", "tanh", "power", "sum"]
