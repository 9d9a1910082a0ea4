"""Linear algebra, on stacks of matrices too.

The rules follow M. Giles, Collected matrix derivative results for forward and reverse mode
algorithmic differentiation (2008).  NumPy's `eigh` reads one triangle only, and so does its
derivative.  `cholesky` is differentiated among symmetric matrices: its adjoint is symmetric.  (The
same choices as autograd's.)
"""

import numpy as np

from descent.autodiff.primitives import composite, ndim_of, rule, shape_of, unbroadcast
from descent.autodiff.rules.products import turned
from descent.autodiff.tape import COMPONENT, apply, plain, raw


def columns(x):
    return np.expand_dims(x, -1)


def diagonal(x):
    return np.diagonal(x, 0, -2, -1)


def symmetric(x):
    return (x + turned(x)) / 2


rule(
    np.linalg.inv,
    lambda g, y, a: -y @ g @ y,
    lambda g, y, a: -turned(y) @ g @ turned(y),
)


def _solve_right(g, y, a, b):
    if ndim_of(b) == 1:
        return unbroadcast(np.linalg.solve(turned(a), columns(g))[..., 0], b)
    return unbroadcast(np.linalg.solve(turned(a), g), b)


def _solve_left(g, y, a, b):
    if ndim_of(b) == 1:
        adjoint = np.linalg.solve(turned(a), columns(g))
        return unbroadcast(-adjoint @ np.expand_dims(y, -2), a)
    return unbroadcast(-np.linalg.solve(turned(a), g) @ turned(y), a)


def _solve_jvp(g, y, a, b):
    if ndim_of(b) == 1:
        return -np.linalg.solve(a, g @ columns(y))[..., 0]
    return -np.linalg.solve(a, g @ y)


rule(np.linalg.solve, (_solve_jvp, lambda g, y, a, b: np.linalg.solve(a, g)), (_solve_left, _solve_right))


def cofactors(y, a):
    """Return d det / dA: det A times A^-T, and by minors where A is singular."""
    if np.all(raw(y) != 0):
        return y_matrix(y) * turned(np.linalg.inv(a))
    n = shape_of(a)[-1]
    rest = [np.delete(np.arange(n), i) for i in range(n)]
    minors = [
        [(-1) ** (i + j) * _determinant(a[..., rest[i], :][..., rest[j]]) for j in range(n)] for i in range(n)
    ]
    return np.stack([np.stack(row, axis=-1) for row in minors], axis=-2)


def _determinant(a):
    return np.linalg.det(a) if shape_of(a)[-1] else np.ones(shape_of(a)[:-2])


def y_matrix(y):
    return np.expand_dims(y, (-1, -2)) if ndim_of(y) else y


rule(
    np.linalg.det,
    lambda g, y, a: np.sum(g * cofactors(y, a), axis=(-2, -1)),
    lambda g, y, a: y_matrix(g) * cofactors(y, a),
)


def logabsdet(a):
    """Return log |det A|."""
    return np.linalg.slogdet(a)[1]


LOGABSDET = rule(
    logabsdet,
    lambda g, y, a: np.trace(np.linalg.solve(a, g), axis1=-2, axis2=-1),
    lambda g, y, a: y_matrix(g) * turned(np.linalg.inv(a)),
)
SlogdetResult = type(np.linalg.slogdet(np.eye(1)))
EighResult = type(np.linalg.eigh(np.eye(1)))
SVDResult = type(np.linalg.svd(np.eye(1)))


@composite(np.linalg.slogdet)
def slogdet(a):
    sign = plain(np.linalg.slogdet(raw(a))[0])
    return SlogdetResult(sign, apply(LOGABSDET, (a,), {}))


def _phi(x):
    """Return the lower triangle with half the diagonal."""
    return np.tril(x) * (1 - np.eye(shape_of(x)[-1]) / 2)


def _cholesky_jvp(g, y, a):
    inner = np.linalg.solve(y, turned(np.linalg.solve(y, symmetric(g))))
    return y @ _phi(inner)


def _cholesky_vjp(g, y, a):
    middle = _phi(turned(y) @ g)
    left = np.linalg.solve(turned(y), middle)
    return symmetric(turned(np.linalg.solve(turned(y), turned(left))))


def lower_cholesky(a):
    """Return the lower Cholesky factor."""
    return np.linalg.cholesky(a)


CHOLESKY = rule(lower_cholesky, _cholesky_jvp, _cholesky_vjp, name="cholesky")


@composite(np.linalg.cholesky)
def cholesky(a, /, *, upper=False):
    return turned(apply(CHOLESKY, (turned(a),), {})) if upper else apply(CHOLESKY, (a,), {})


# -- operations of several results ----------------------------------------------------------------


def gaps(w):
    """Return 1 / (w_j - w_i), and 0 where two are equal."""
    difference = np.expand_dims(w, -2) - columns(w)
    equal = raw(difference) == 0
    return np.where(equal, 0.0, 1 / np.where(equal, 1.0, difference))


def eigenpairs(a, UPLO="L"):
    """Return eigenvalues and eigenvectors of symmetric matrices."""
    return tuple(np.linalg.eigh(a, UPLO))


def from_triangle(x, UPLO):
    """Return the symmetric matrix that NumPy reads: one triangle, mirrored."""
    half = np.tril(x) if UPLO.upper() == "L" else np.triu(x)
    return half + turned(half) - half * np.eye(shape_of(x)[-1])


def _eigenpairs_jvp(g, y, a, UPLO="L"):
    w, v = y
    inner = turned(v) @ from_triangle(g, UPLO) @ v
    return diagonal(inner), v @ (gaps(w) * inner)


def _eigenpairs_vjp(g, y, a, UPLO="L"):
    (gw, gv), (w, v) = g, y
    inner = 0.0 if gw is None else columns(gw) * np.eye(shape_of(a)[-1])
    if gv is not None:
        inner = inner + gaps(w) * (turned(v) @ gv)
    full = v @ inner @ turned(v)
    both = full + turned(full) - full * np.eye(shape_of(a)[-1])
    return np.tril(both) if UPLO.upper() == "L" else np.triu(both)


EIGENPAIRS = rule(eigenpairs, _eigenpairs_jvp, _eigenpairs_vjp, name="eigh")


@composite(np.linalg.eigh)
def eigh(a, UPLO="L"):
    pair = apply(EIGENPAIRS, (a,), {"UPLO": UPLO})
    return EighResult(apply(COMPONENT, (pair, 0), {}), apply(COMPONENT, (pair, 1), {}))


@composite(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L"):
    return np.linalg.eigh(a, UPLO)[0]


def thin_svd(a):
    """Return U, s, V' with as many singular vectors as values."""
    return tuple(np.linalg.svd(a, full_matrices=False))


def _svd_parts(y):
    u, s, vt = y
    return u, s, turned(vt), gaps(s * s), np.eye(shape_of(s)[-1])


def _svd_jvp(g, y, a):
    """J. Townsend, Differentiating the singular value decomposition (2016)."""
    u, s, v, f, _ = _svd_parts(y)
    inner = turned(u) @ g @ v
    row, column = np.expand_dims(s, -2), columns(s)
    du = u @ (f * (inner * row + column * turned(inner)))
    dv = v @ (f * (column * inner + turned(inner) * row))
    du = du + (g @ v - u @ inner) / row
    dv = dv + (turned(g) @ u - v @ turned(inner)) / row
    return du, diagonal(inner), turned(dv)


def _svd_vjp(g, y, a):
    gu, gs, gvt = g
    u, s, v, f, identity = _svd_parts(y)
    row, column = np.expand_dims(s, -2), columns(s)
    inner = 0.0 * identity if gs is None else columns(gs) * identity
    outside = 0.0
    if gu is not None:
        turn = turned(u) @ gu
        inner = inner + f * (turn - turned(turn)) * row
        outside = outside + ((gu - u @ turn) / row) @ turned(v)
    if gvt is not None:
        gv = turned(gvt)
        turn = turned(v) @ gv
        inner = inner + column * (f * (turn - turned(turn)))
        outside = outside + u @ (turned(gv - v @ turn) / column)
    return u @ inner @ turned(v) + outside


THIN_SVD = rule(thin_svd, _svd_jvp, _svd_vjp, name="svd")


@composite(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    n, m = shape_of(a)[-2:]
    if compute_uv and full_matrices and n != m:
        raise ValueError(
            f"full_matrices=True has no derivative for matrices of shape {(n, m)}: use full_matrices=False"
        )
    parts = apply(THIN_SVD, (a,), {})
    if not compute_uv:
        return apply(COMPONENT, (parts, 1), {})
    return SVDResult(*(apply(COMPONENT, (parts, k), {}) for k in range(3)))


@composite(np.linalg.svdvals)
def svdvals(x, /):
    return np.linalg.svd(x, compute_uv=False)


def _pinv_jvp(g, p, a, *args, **kwargs):
    """G. Golub and V. Pereyra, SIAM J. Numer. Anal. 10 (1973), 413: constant rank."""
    gt, pt = turned(g), turned(p)
    return -p @ g @ p + p @ pt @ (gt - gt @ a @ p) + (gt - p @ a @ gt) @ pt @ p


def _pinv_vjp(g, p, a, *args, **kwargs):
    gt, pt = turned(g), turned(p)
    return -pt @ g @ pt + (gt - a @ p @ gt) @ p @ pt + pt @ p @ (gt - gt @ p @ a)


rule(np.linalg.pinv, _pinv_jvp, _pinv_vjp)
