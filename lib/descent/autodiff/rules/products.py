"""Products of vectors, matrices and tensors."""

import string

import numpy as np

from descent.autodiff.primitives import composite, ndim_of, rule, shape_of, unbroadcast, variadic
from descent.autodiff.tape import apply


def turned(x):
    """Return the matrices of a stack transposed."""
    return x.mT if isinstance(x, np.ndarray) else np.swapaxes(x, -1, -2)


def _matmul_left(g, y, a, b):
    if ndim_of(b) == 1:
        return unbroadcast(np.expand_dims(g, -1) * b, a)
    if ndim_of(a) == 1:
        return unbroadcast(np.matmul(b, np.expand_dims(g, -1))[..., 0], a)
    return unbroadcast(np.matmul(g, turned(b)), a)


def _matmul_right(g, y, a, b):
    if ndim_of(a) == 1:
        outer = g * a if ndim_of(b) == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
        return unbroadcast(outer, b)
    if ndim_of(b) == 1:
        return unbroadcast(np.matmul(turned(a), np.expand_dims(g, -1))[..., 0], b)
    return unbroadcast(np.matmul(turned(a), g), b)


MATMUL = rule(
    np.matmul,
    (lambda g, y, a, b: np.matmul(g, b), lambda g, y, a, b: np.matmul(a, g)),
    (_matmul_left, _matmul_right),
)


# -- einsum: the VJP is another einsum ----------------------------------------------------------


def einsum(*operands, subscripts, **kwargs):
    """Sum products over named axes, with the subscripts as an option."""
    return np.einsum(subscripts, *operands, **kwargs)


def _explicit(subscripts: str, shapes: list) -> tuple:
    """Return the operands' and the result's letters, the ellipsis spelled out."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = inputs.split(",")
    spare = [c for c in string.ascii_letters if c not in subscripts]
    hidden = [
        len(shape) - len(word.replace("...", "")) if "." in word else 0
        for word, shape in zip(inputs, shapes, strict=True)
    ]
    most = max(hidden, default=0)
    dots = "".join(spare[:most])
    inputs = [w.replace("...", dots[most - n :]) for w, n in zip(inputs, hidden, strict=True)]
    if arrow:
        output = output.replace("...", dots)
    else:
        letters = "".join(inputs)
        output = dots + "".join(c for c in sorted(set(letters)) if letters.count(c) == 1 and c not in dots)
    return inputs, output


def _einsum_jvp(tangents, y, args, kwargs):
    total = None
    for k, tangent in tangents.items():
        term = apply(EINSUM, (*args[:k], tangent, *args[k + 1 :]), kwargs)
        total = term if total is None else total + term
    return total


def _einsum_vjp(k, g, y, *operands, subscripts, **kwargs):
    """Swap the result and operand k; a repeated letter gets an identity, a missing one a sum's ones."""
    inputs, output = _explicit(subscripts, [shape_of(x) for x in operands])
    rest = [np.asarray(x) if not hasattr(x, "shape") else x for j, x in enumerate(operands) if j != k]
    words = [word for j, word in enumerate(inputs) if j != k]
    known, target, helpers, helper_words = set(output + "".join(words)), "", [], []
    sizes = {
        c: n for j, x in enumerate(operands) for c, n in zip(inputs[j], shape_of(x), strict=True) if n > 1
    }
    spare = iter(c for c in string.ascii_letters if c not in output + "".join(inputs))
    for c in inputs[k]:
        n = sizes.get(c, 1)
        if c in target:
            new = next(spare)
            helpers.append(np.eye(n))
            helper_words.append(c + new)
            c = new
        elif c not in known:
            helpers.append(np.ones(n))
            helper_words.append(c)
        target += c
    text = ",".join([output, *words, *helper_words]) + "->" + target
    return unbroadcast(np.einsum(text, g, *rest, *helpers, optimize=True), operands[k])


EINSUM = variadic(einsum, _einsum_jvp, _einsum_vjp)


@composite(np.einsum)
def einsum_call(*operands, out=None, optimize=False, **kwargs):
    """Put np.einsum's two ways of calling into one."""
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], operands[1:]
    else:
        arrays, lists = operands[: len(operands) // 2 * 2 : 2], list(operands[1::2])
        words = ["".join("..." if c is Ellipsis else string.ascii_letters[c] for c in item) for item in lists]
        subscripts = ",".join(words)
        if len(operands) % 2:
            last = ["..." if c is Ellipsis else string.ascii_letters[c] for c in operands[-1]]
            subscripts += "->" + "".join(last)
    return apply(EINSUM, tuple(arrays), {"subscripts": subscripts, "optimize": optimize})


# -- the others, by matmul and einsum -----------------------------------------------------------


@composite(np.dot)
def dot(a, b, out=None):
    if ndim_of(a) == 0 or ndim_of(b) == 0:
        return np.multiply(a, b)
    if ndim_of(b) <= 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, axes=([-1], [-2]))


@composite(np.inner)
def inner(a, b):
    if ndim_of(a) == 0 or ndim_of(b) == 0:
        return np.multiply(a, b)
    if ndim_of(a) == ndim_of(b) == 1:
        return np.matmul(a, b)
    return np.tensordot(a, b, axes=([-1], [-1]))


@composite(np.vdot)
def vdot(a, b):
    return np.matmul(np.ravel(a), np.ravel(b))


@composite(np.outer, np.linalg.outer)
def outer(a, b, out=None):
    return np.expand_dims(np.ravel(a), 1) * np.expand_dims(np.ravel(b), 0)


@composite(np.tensordot, np.linalg.tensordot)
def tensordot(a, b, axes=2):
    """Reshape to a product of two matrices, as NumPy does."""
    n, m = ndim_of(a), ndim_of(b)
    if ndim_of(axes) == 0 and not isinstance(axes, (tuple, list)):
        of_a, of_b = list(range(n - axes, n)), list(range(axes))
    else:
        of_a, of_b = ([int(k) for k in np.atleast_1d(part)] for part in axes)
    of_a, of_b = [k % n for k in of_a], [k % m for k in of_b]
    if [shape_of(a)[k] for k in of_a] != [shape_of(b)[k] for k in of_b]:
        raise ValueError(f"axes={axes!r} do not match in shapes {shape_of(a)} and {shape_of(b)}")
    free_a, free_b = [k for k in range(n) if k not in of_a], [k for k in range(m) if k not in of_b]
    shape_a, shape_b = [shape_of(a)[k] for k in free_a], [shape_of(b)[k] for k in free_b]
    summed = int(np.prod([shape_of(a)[k] for k in of_a]))
    left = np.reshape(np.transpose(a, free_a + of_a), (int(np.prod(shape_a)), summed))
    right = np.reshape(np.transpose(b, of_b + free_b), (summed, int(np.prod(shape_b))))
    return np.reshape(np.matmul(left, right), (*shape_a, *shape_b))


@composite(np.kron)
def kron(a, b):
    dims = max(ndim_of(a), ndim_of(b))
    a = np.reshape(a, (1,) * (dims - ndim_of(a)) + shape_of(a))
    b = np.reshape(b, (1,) * (dims - ndim_of(b)) + shape_of(b))
    product = np.expand_dims(a, tuple(range(1, 2 * dims, 2))) * np.expand_dims(
        b, tuple(range(0, 2 * dims, 2))
    )
    return np.reshape(product, tuple(n * m for n, m in zip(shape_of(a), shape_of(b), strict=True)))


@composite(np.cross, np.linalg.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if shape_of(a)[-1] != 3 or shape_of(b)[-1] != 3:
        raise ValueError(f"cross products need vectors of 3 entries, got {shape_of(a)} and {shape_of(b)}")
    ahead, behind = [1, 2, 0], [2, 0, 1]
    product = a[..., ahead] * b[..., behind] - a[..., behind] * b[..., ahead]
    return np.moveaxis(product, -1, axisc)


@composite(np.vecdot, np.linalg.vecdot)
def vecdot(a, b, *, axis=-1):
    return np.sum(np.multiply(a, b), axis=axis)


@composite(*(getattr(np, name) for name in ("matvec",) if hasattr(np, name)))
def matvec(a, b):
    return np.matmul(a, np.expand_dims(b, -1))[..., 0]


@composite(*(getattr(np, name) for name in ("vecmat",) if hasattr(np, name)))
def vecmat(a, b):
    return np.matmul(np.expand_dims(a, -2), b)[..., 0, :]


@composite(np.linalg.matmul)
def matmul_call(a, b, /):
    return np.matmul(a, b)
