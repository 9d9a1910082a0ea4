"""Two more models beside the network: the linear one, and any that is written in NumPy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff import ggnvp, grad, hessian, hvp, jacobian


@dataclass(frozen=True)
class LinearModel:
    """Predict y by x'w, with loss (x'w - y)^2 / 2, averaged over the batch.

    Shapes are those of `TanhNetwork`, with targets (batch,) or (seeds, batch).  With the one
    input x = 1 it learns the mean of y.

    Attributes
    ----------
    n : int
        Number of weights; they start at 0.

    Examples
    --------
    >>> here = LinearModel(1).at(np.zeros(1), np.ones((2, 1)), np.array([1.0, 3.0]))
    >>> float(here.loss()), here.gradient().tolist()
    (2.5, [-2.0])
    """

    n: int = 1

    def initial(self, rng) -> np.ndarray:
        return np.zeros(self.n)

    def at(self, w, x, targets) -> "LinearPass":
        return LinearPass(x, (x @ w[..., None])[..., 0] - targets)


@dataclass(frozen=True)
class LinearPass:
    """The residual of a batch, and the derivatives of half its mean square."""

    x: np.ndarray
    residual: np.ndarray

    def loss(self):
        return np.mean(self.residual**2, axis=-1) / 2

    def gradient(self):
        return self._back(self.residual)

    def gauss_newton(self, v):
        """Return g and G v = x' x v / batch."""
        return self._back(self.residual), self._back((self.x @ v[..., None])[..., 0])

    hessian = gauss_newton  # the model is linear: G = H

    def whitened(self):
        return self.x.mT, self.residual

    def _back(self, r):
        return (self.x.mT @ r[..., None])[..., 0] / self.x.shape[-2]


@dataclass(frozen=True)
class Model:
    """A model of your own; its derivatives come from `descent.autodiff`.

    It takes one weight vector at a time and serves every rule.

    Attributes
    ----------
    predict : callable
        predict(w, x) -> outputs of the batch x, in NumPy.
    loss : callable
        loss(outputs, y) -> mean loss of the batch.
    initial : callable
        initial(rng) -> weights, shape (n,).

    Examples
    --------
    >>> line = Model(lambda w, x: x @ w, lambda z, y: np.mean((z - y) ** 2) / 2, lambda rng: np.zeros(1))
    >>> line.at(np.zeros(1), np.ones((2, 1)), np.array([1.0, 3.0])).gradient().tolist()
    [-2.0]
    """

    predict: Callable
    loss: Callable
    initial: Callable

    def at(self, w, x, targets) -> "ModelPass":
        if w.ndim != 1:
            raise ValueError(
                f"a Model takes one weight vector at a time, got w of shape {w.shape}: pass one rng"
            )
        return ModelPass(lambda w: self.predict(w, x), lambda z: self.loss(z, targets), w, len(x))


@dataclass(frozen=True)
class ModelPass:
    """The derivatives of loss(predict(w)) at w."""

    predict: Callable
    of_outputs: Callable
    w: np.ndarray
    batch: int

    def loss(self):
        return self.of_outputs(self.predict(self.w))

    def gradient(self):
        return grad(self._composed)(self.w)

    def gauss_newton(self, v):
        return self.gradient(), ggnvp(self.predict, self.of_outputs, self.w, v)

    def hessian(self, v):
        return self.gradient(), hvp(self._composed, self.w, v)

    def whitened(self):
        """Return R and c from the eigenvectors of the loss's Hessian in the outputs."""
        z = self.predict(self.w)
        H = hessian(self.of_outputs)(z).reshape(z.size, z.size) * self.batch
        curvatures, U = np.linalg.eigh(H)
        kept = curvatures > 1e-12 * curvatures.max()
        A = U[:, kept] * np.sqrt(curvatures[kept])
        slope = grad(self.of_outputs)(z).reshape(-1) * self.batch
        R = jacobian(self.predict)(self.w).reshape(z.size, -1).T @ A
        return R, np.linalg.lstsq(A, slope, rcond=None)[0]

    def _composed(self, w):
        return self.of_outputs(self.predict(w))
