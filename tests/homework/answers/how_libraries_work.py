"""Right and wrong answers to homework 06."""

import numpy as np
from descent.autodiff import grad
from descent.nn import Parameter, softmax, softmax_cross_entropy
from homework.proof import Answers

# -- 1 what is in .grad ------------------------------------------------------------------------


def field_by_sums(slopes, zeroed):
    last = [max((j for j in range(k + 1) if zeroed[j]), default=0) for k in range(len(slopes))]
    return np.array([np.sum(slopes[j : k + 1]) for k, j in enumerate(last)])


def field_by_the_library(slopes, zeroed):
    w, seen = Parameter(1.0), []
    for slope, zero in zip(slopes, zeroed, strict=True):
        w.grad = None if zero else w.grad
        (float(slope) * w).backward()
        seen.append(w.grad)
    return seen


GRAD_FIELD = Answers(
    right=(field_by_sums, field_by_the_library),
    wrong=(
        ("grad = grad + slope", "grad = slope", "does not overwrite"),
        ("if zero:", "if not zero:", "wrong way round"),
        ("if zero:", "if False:", "never obeyed"),
        (
            "        seen.append(grad)",
            "        seen.append(0.0 if zero else grad)",
            "before the pass, not after",
        ),
        (lambda s, z: field_by_sums(s, [False, *z[:-1]]), "one pass too late"),
        ("grad = grad + slope", "grad = grad or slope", "only the first pass"),
        ("return seen", "return grad", "expected is"),
        (lambda s, z: -field_by_sums(s, z), "sign is flipped"),
    ),
)

# -- 2 a batch in parts ------------------------------------------------------------------------


def parts_of_one(loss, w, n, size):
    for k in range(n):
        (loss([k]) / n).backward()
    return w.grad


def one_backward(loss, w, n, size):
    total = 0.0
    for rows in np.array_split(np.arange(n), -(-n // size)):
        total = total + loss(rows) * len(rows)
    (total / n).backward()
    return w.grad


def no_weights(loss, w, n, size):
    for start in range(0, n, size):
        loss(range(start, min(start + size, n))).backward()
    return w.grad


def forgets_between(loss, w, n, size):
    for start in range(0, n, size):
        w.grad = None
        rows = range(start, min(start + size, n))
        (loss(rows) * (len(rows) / n)).backward()
    return w.grad


def same_weights(loss, w, n, size):
    parts = -(-n // size)
    for start in range(0, n, size):
        (loss(range(start, min(start + size, n))) / parts).backward()
    return w.grad


IN_PARTS = Answers(
    right=(parts_of_one, one_backward),
    wrong=(
        (no_weights, "weight each by its share"),
        (same_weights, "parts of different size"),
        ("len(rows) / n", "size / n", "may be shorter"),
        ("len(rows) / n", "len(rows)", "gradient of the sum"),
        ("range(0, n, size)", "range(0, n - size + 1, size)", "left out"),
        (forgets_between, "only the last part is there"),
        ("    return w.grad", "        return w.grad", "only the first part"),
        ("range(0, n, size)", "range(0, n, n)", "right|you return|only the first part"),
        (lambda loss, w, n, size: (loss(range(n)).backward(), w.grad)[1], "all examples go through at once"),
        ("        part.backward()", "        part.backward()\n        part.backward()", "RuntimeError"),
        ("return w.grad", "return w.data", None),
        ("        part.backward()", "        part.item()", "None"),
    ),
    generic={"hard-coded visible case": "None"},
)

# -- 3 a stable softmax ------------------------------------------------------------------------


def rows_one_by_one(z):
    return [np.exp(row - max(row)) / sum(np.exp(row - max(row))) for row in z]


def rows_by_logarithms(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])


SOFTMAX_ROWS = Answers(
    right=(rows_one_by_one, rows_by_logarithms, softmax),
    wrong=(
        ("shifted = z - np.max(z, axis=1, keepdims=True)", "shifted = z", "exp overflows"),
        ("np.max(z, axis=1, keepdims=True)", "np.max(z)", "nothing of the other rows"),
        (
            "np.max(z, axis=1, keepdims=True)",
            "np.min(z, axis=1, keepdims=True)",
            "the largest number of the row",
        ),
        ("np.sum(powers, axis=1, keepdims=True)", "np.sum(powers, axis=0, keepdims=True)", None),
        (lambda z: np.exp(z) / np.sum(np.exp(z)), "all entries add up"),
        (lambda z: np.exp(z) / np.sum(np.exp(z), axis=0), "the columns add up"),
        (np.exp, "not divided by the sum"),
        ("return powers / np.sum(powers, axis=1, keepdims=True)", "return powers", "sum of the row"),
        (lambda z: np.log(softmax(z)), "logarithms"),
        (lambda z: softmax(-z), "sign in exp"),
        (lambda z: z / np.sum(z, axis=1, keepdims=True), "without exp|not finite"),
        (lambda z: softmax(np.clip(z, -300, 300)), "For small numbers it is right"),
    ),
)

# -- 4 the loss backward -----------------------------------------------------------------------


def by_the_library(z, labels):
    z = Parameter(z)
    softmax_cross_entropy(z, labels).backward()
    return z.grad


def by_reverse_mode(z, labels):
    return grad(softmax_cross_entropy)(z, labels)


def row_by_row(z, labels):
    return [(softmax(row) - (np.arange(len(row)) == k)) / len(z) for row, k in zip(z, labels, strict=True)]


def error(z, labels):
    return softmax(z) - np.eye(z.shape[1])[labels]


LOSS_BACKWARD = Answers(
    right=(by_the_library, by_reverse_mode, row_by_row),
    wrong=(
        ("return gradient / len(z)", "return gradient", "divide by the number of rows"),
        ("return gradient / len(z)", "return gradient / z.size", "not of entries"),
        ("return gradient / len(z)", "return gradient / z.shape[1]", "not of classes"),
        ("-= 1", "-= 0", "1 at the label is missing"),
        (lambda z, k: -error(z, k) / len(z), "sign is flipped"),
        (lambda z, k: error(z, k) * np.eye(z.shape[1])[k] / len(z), "only the label's entry"),
        (lambda z, k: (z - np.eye(z.shape[1])[k]) / len(z), "softmax is missing"),
        (lambda z, k: softmax(z) * error(z, k) / len(z), "no further factor p"),
        ("np.exp(z - np.max(z, axis=1, keepdims=True))", "np.exp(z)", None),
        (lambda z, k: error(z, k).T / len(z), "expected is|transposed"),
    ),
)

# -- 5 the last layer --------------------------------------------------------------------------


def layer_by_the_library(x, weight, bias, labels):
    weight, bias = Parameter(weight), Parameter(bias)
    softmax_cross_entropy(x @ weight.T + bias, labels).backward()
    return weight.grad, bias.grad


def layer_by_reverse_mode(x, weight, bias, labels):
    return grad(lambda w, b: softmax_cross_entropy(x @ w.T + b, labels), (0, 1))(weight, bias)


def layer(change):
    return lambda x, weight, bias, labels: change(error(x @ weight.T + bias, labels) / len(x), x)


LAYER_GRADIENTS = Answers(
    right=(layer_by_the_library, layer_by_reverse_mode, layer(lambda e, x: [e.T @ x, e.T @ np.ones(len(x))])),
    wrong=(
        ("adjoint = adjoint / len(z)", "adjoint = adjoint / len(z) ** 2", "taken twice"),
        ("adjoint = adjoint / len(z)", "adjoint = adjoint", "divide by the number of rows"),
        ("x @ weight.T + bias", "x @ weight.T", "bias is missing"),
        ("np.sum(adjoint, axis=0)", "np.mean(adjoint, axis=0)", "needs a sum"),
        (layer(lambda e, x: (x.T @ e, e.sum(axis=0))), "transposed|expected is"),
        ("-= 1", "-= 0", "1 at the label is missing"),
        (layer(lambda e, x: (-e.T @ x, -e.sum(axis=0))), "sign is flipped"),
        (layer(lambda e, x: (e.sum(axis=0), e.T @ x)), "expected is"),
        ("np.sum(adjoint, axis=0)", "np.sum(adjoint, axis=1)", "expected is|you return"),
        ("return adjoint.T @ x, np.sum(adjoint, axis=0)", "return adjoint.T @ x", None),
    ),
)

# -- 6 signs with units ------------------------------------------------------------------------


def signs_by_rescaling(g, s):
    u = s * g  # in units of s the norm is the maximum norm
    return s * -np.linalg.norm(u, 1) * np.sign(u)


def signs_in_a_loop(g, s):
    length = sum(abs(a * b) for a, b in zip(g, s, strict=True))
    return [-length * b * ((a > 0) - (a < 0)) for a, b in zip(g.tolist(), s, strict=True)]


SCALED_SIGNS = Answers(
    right=(signs_by_rescaling, signs_in_a_loop),
    wrong=(
        ("np.sum(s * np.abs(g))", "np.sum(np.abs(g))", "the length needs the units"),
        ("-length * s * np.sign(g)", "-length * np.sign(g)", "the direction needs the units"),
        ("-length * s * np.sign(g)", "-s * np.sign(g)", "the length is missing"),
        ("s * np.abs(g)", "s * g", "signs must not cancel"),
        ("np.sum(s", "np.max(s", "not the largest"),
        (lambda g, s: -np.sum(np.abs(g) / s) * np.sign(g) / s, "upside down"),
        (lambda g, s: -np.sum(np.abs(g)) * np.sign(g), "units s are not used"),
        (lambda g, s: -(s**2) * g, "Euclidean norm"),
        (lambda g, s: -g, "plain gradient step"),
        ("-length", "length", "sign is flipped"),
    ),
)

ANSWERS = {
    "grad_field": GRAD_FIELD,
    "in_parts": IN_PARTS,
    "softmax_rows": SOFTMAX_ROWS,
    "loss_backward": LOSS_BACKWARD,
    "layer_gradients": LAYER_GRADIENTS,
    "scaled_signs": SCALED_SIGNS,
}
