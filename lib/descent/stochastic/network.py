"""A tanh network with a softmax loss, for one weight vector or for many at once."""

import functools
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TanhNetwork:
    """Layers of tanh units, classes by softmax, loss = mean cross-entropy of the batch.

    Weights are one vector, shape (n,), or one for each seed, shape (seeds, n); patterns are then
    (batch, inputs) or (seeds, batch, inputs).  Every layer reads a constant 1 beside its inputs.
    Targets have one column for each class, or are labels, the numbers of the classes from 0.

    Attributes
    ----------
    sizes : tuple of int
        Units of each layer, inputs first.
    spread : float
        Initial weights are uniform in [-spread, spread].

    Examples
    --------
    >>> network = TanhNetwork()
    >>> network.n, network.initial(np.random.default_rng(0)).shape
    (184, (184,))
    """

    sizes: tuple = (2, 10, 10, 4)
    spread: float = 0.3

    def __post_init__(self):
        whole = all(isinstance(n, (int, np.integer)) and n > 0 for n in self.sizes)
        if len(self.sizes) < 2 or not whole:
            raise ValueError(f"sizes must be at least two positive integers, inputs first, got {self.sizes}")

    @functools.cached_property
    def cuts(self) -> tuple:
        """(start, stop, rows, columns) of each layer's matrix within the weights."""
        cuts, start = [], 0
        for rows, columns in zip(self.sizes, self.sizes[1:], strict=False):
            cuts.append((start, start + (rows + 1) * columns, rows + 1, columns))
            start = cuts[-1][1]
        return tuple(cuts)

    @functools.cached_property
    def n(self) -> int:
        """Number of weights."""
        return self.cuts[-1][1]

    def initial(self, rng) -> np.ndarray:
        return rng.uniform(-self.spread, self.spread, self.n)

    def matrices(self, w) -> list:
        """Return the weights as one matrix for each layer, views of w."""
        return [w[..., a:b].reshape(*w.shape[:-1], rows, columns) for a, b, rows, columns in self.cuts]

    def at(self, w, x, targets) -> "Pass":
        """Run the network forward; what the rules need of its derivatives is in the pass."""
        if np.ndim(targets) < np.ndim(x):
            targets = self.columns(targets)
        return Pass(self, w, x, targets)

    def columns(self, labels) -> np.ndarray:
        """Return targets with a column for each class, 1 for that of the label.

        >>> TanhNetwork((2, 3)).columns([2, 0]).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
        """
        columns = np.asarray(labels)[..., None] == np.arange(self.sizes[-1])
        if not np.all(np.any(columns, axis=-1)):
            last = self.sizes[-1] - 1
            raise ValueError(f"labels must be the numbers of the classes, 0 to {last}, got {labels}")
        return columns.astype(float)


class Pass:
    """One forward pass over a batch, and the derivatives there that share it.

    With J_m the Jacobian of the outputs z in w, pi = softmax(z) and y the targets, the gradient
    is J_m'(pi - y) / batch and H_l = diag(pi) - pi pi' the loss's own Hessian.

    Attributes
    ----------
    pi : array, shape (..., batch, classes)
        Probabilities that the network gives to the classes.
    """

    def __init__(self, network: TanhNetwork, w, x, targets):
        self.network, self.w, self.targets = network, w, targets
        self.batch = x.shape[-2]
        self.matrices = network.matrices(w)
        h = _with_one(x)
        self.inputs, self.slopes = [h], [None]
        for W in self.matrices[:-1]:
            t = np.tanh(h @ W)
            h = _with_one(t)
            self.inputs.append(h)
            self.slopes.append(1 - t * t)
        z = h @ self.matrices[-1]
        # class by class: along an axis of four numbers np.max takes several times as long
        self.below_top = z - functools.reduce(np.maximum, z.T).T[..., None]
        e = np.exp(self.below_top)
        self.total = np.add.reduce(e, axis=-1, keepdims=True)
        self.pi = e / self.total

    def loss(self):
        """Mean cross-entropy of the batch, one number for each weight vector."""
        log_pi = self.below_top - np.log(self.total)
        return -np.sum(self.targets * log_pi, axis=(-1, -2)) / self.batch

    def gradient(self):
        return self._backward((self.pi - self.targets) / self.batch)

    def gauss_newton(self, v):
        """Return g and G v = J_m' H_l J_m v: tangents forward, H_l, one way back for both."""
        both = np.empty((2, *self.pi.shape))
        both[0], both[1] = self.pi - self.targets, self._loss_hessian(self._tangents(v)[-1])
        both /= self.batch
        return self._backward(both)

    def hessian(self, v):
        """Return g and H v: the tangent of the whole backward pass along v."""
        V, dots = self.network.matrices(v), self._tangents(v)
        product = np.empty((2, *self.w.shape))
        g, Hv = self.network.matrices(product[0]), self.network.matrices(product[1])
        delta, delta_dot = (self.pi - self.targets) / self.batch, self._loss_hessian(dots[-1]) / self.batch
        for k in reversed(range(len(V))):
            h, W = self.inputs[k], self.matrices[k][..., :-1, :]
            np.matmul(h.mT, delta, out=g[k])
            np.matmul(h.mT, delta_dot, out=Hv[k])
            if k:
                Hv[k][..., :-1, :] += dots[k].mT @ delta
                back, back_dot = delta @ W.mT, delta_dot @ W.mT + delta @ V[k][..., :-1, :].mT
                slope = self.slopes[k]
                delta, delta_dot = back * slope, back_dot * slope - 2 * back * h[..., :-1] * dots[k]
        return product

    def whitened(self):
        """Return R, shape (..., n, batch * classes), and c: batch * G = R R', batch * g = R c."""
        root = np.sqrt(self.pi)
        c = (self.pi - self.targets) / np.maximum(root, 1e-150)
        # columns of A, A A' = H_l, as adjoints of z: diag(root) - pi root'
        delta = root[..., None] * (np.eye(root.shape[-1]) - self.pi[..., None, :])
        R = np.empty((*delta.shape[:-1], self.w.shape[-1]))
        for k in reversed(range(len(self.matrices))):
            start, stop, rows, columns = self.network.cuts[k]
            block = R[..., start:stop].reshape(*R.shape[:-1], rows, columns)
            np.multiply(self.inputs[k][..., None, :, None], delta[..., None, :], out=block)
            if k:
                W = self.matrices[k][..., None, :-1, :]
                delta = (delta @ W.mT) * self.slopes[k][..., None, :]
        columns = (*self.w.shape[:-1], self.batch * root.shape[-1])
        return R.reshape(*columns, -1).mT, c.reshape(columns)

    def _loss_hessian(self, z_dot):
        """H_l z_dot."""
        weighted = self.pi * z_dot
        return weighted - self.pi * np.add.reduce(weighted, axis=-1, keepdims=True)

    def _tangents(self, v):
        """Return the tangents along v of each layer's inputs (None for the first) and of z."""
        dots, last = [None], len(self.matrices) - 1
        for k, V in enumerate(self.network.matrices(v)):
            z_dot = self.inputs[k] @ V
            if k:
                z_dot += dots[k] @ self.matrices[k][..., :-1, :]
            dots.append(z_dot if k == last else z_dot * self.slopes[k + 1])
        return dots

    def _backward(self, delta):
        """Return J_m' delta, summed over the batch; delta may hold several in front."""
        product = np.empty((*delta.shape[: delta.ndim - self.pi.ndim], *self.w.shape))
        blocks = self.network.matrices(product)
        for k in reversed(range(len(blocks))):
            np.matmul(self.inputs[k].mT, delta, out=blocks[k])
            if k:
                delta = (delta @ self.matrices[k][..., :-1, :].mT) * self.slopes[k]
        return product


def _with_one(values):
    h = np.empty((*values.shape[:-1], values.shape[-1] + 1))
    h[..., :-1], h[..., -1] = values, 1.0
    return h
