"""Small networks: one that learns from values of another of its shape, and random layers."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class NetworkFit:
    """A network of one hidden layer with one input and one output, and the data that it fits.

    Attributes
    ----------
    t, y : array, shape (m,)
        Data.
    model : callable
        From all weights, shape (n,), to the predictions, shape (m,).
    loss : callable
        From predictions to |predictions - y|^2 / 2.
    x0 : array, shape (n,)
        Weights to start from, n = 3 hidden + 1.
    teacher : array, shape (n,)
        Weights that made the data, but for the noise.
    """

    t: np.ndarray
    y: np.ndarray
    model: Callable
    loss: Callable
    x0: np.ndarray
    teacher: np.ndarray

    def residual(self, w) -> np.ndarray:
        return self.model(w) - self.y

    def f(self, w) -> float:
        return self.loss(self.model(w))


def pupil(hidden: int = 3, noise: float = 0.0, sigma: Callable = np.tanh, *, cases: int = 24) -> NetworkFit:
    """Return a network sum_j c_j sigma(a_j t + b_j) + d, and data that another one has made.

    Without noise the best fit leaves no residual.

    Parameters
    ----------
    hidden : int
        Units of the hidden layer, at least 1.
    noise : float
        Standard deviation of the errors of y.
    sigma : callable
        Entrywise, in plain NumPy.
    cases : int
        Number m of data.

    Raises
    ------
    ValueError
        If hidden < 1.

    Examples
    --------
    >>> fit = pupil(2)
    >>> fit.x0.shape, float(np.max(np.abs(fit.residual(fit.teacher))))
    ((7,), 0.0)
    """
    if hidden < 1:
        raise ValueError(f"hidden must be at least 1, got {hidden}")
    rng = np.random.default_rng(1)
    j, t = np.arange(hidden), np.linspace(-2.0, 2.0, cases)
    shifts = np.linspace(-2.0, 2.0, hidden) if hidden > 1 else [0.5]
    teacher = np.concatenate([np.full(hidden, 1.5), shifts, 1.5 * (-1.0) ** j, [0.3]])
    x0 = teacher + rng.normal(size=teacher.size)
    inputs, ones = t[:, None], np.ones((cases, 1))

    def model(w):
        a, b, c = w[:hidden], w[hidden : 2 * hidden], w[2 * hidden : 3 * hidden]
        return sigma(inputs * a + ones * b) @ c + w[3 * hidden]

    y = model(teacher) + noise * np.random.default_rng(6).normal(size=cases)

    def loss(predictions):
        return np.sum((predictions - y) ** 2) / 2

    return NetworkFit(t, y, model, loss, x0, teacher)


def layers(sizes: tuple, batch: int, rng) -> tuple:
    """Return a network of tanh layers, its loss, random weights and a random direction.

    Parameters
    ----------
    sizes : tuple of int
        Inputs, units of each layer, the last one the outputs.
    batch : int
        Number of random cases.
    rng : numpy.random.Generator

    Returns
    -------
    model : callable
        From the weights, a list of arrays, to predictions of shape (batch, outputs).
    loss : callable
        From predictions to half the squared error.
    weights, v : list of arrays

    Examples
    --------
    >>> model, loss, weights, v = layers((4, 3, 2), 5, np.random.default_rng(0))
    >>> [w.shape for w in weights], model(weights).shape
    ([(4, 3), (3, 2)], (5, 2))
    """
    shapes = list(itertools.pairwise(sizes))
    weights, v = ([rng.normal(size=pair) / np.sqrt(pair[0]) for pair in shapes] for _ in range(2))
    x, y = rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch, sizes[-1])) / 2

    def model(weights):
        values = x
        for w in weights:
            values = np.tanh(values @ w)
        return values

    return model, lambda predictions: np.sum((predictions - y) ** 2) / 2, weights, v
