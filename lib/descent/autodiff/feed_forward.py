"""A feed-forward network differentiated by hand, a frame for each layer (lecture: Figure 37)."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from descent.autodiff.modes import jvp
from descent.stepwise import Step, converged, stepwise

FORWARD, LOSS, BACKWARD = "forward", "loss", "backward"


def network_loss(weights: Sequence, x, target, sigma: Callable = np.tanh):
    """Return L = |v_t - target|^2 / 2 with v_0 = x and v_k = sigma(v_{k-1} w_k).

    Parameters
    ----------
    weights : sequence of arrays
        w_k of shape (n_{k-1}, n_k).
    x : array, shape (b, n_0)
        A batch, a row for each example.
    target : array, shape (b, n_t)
    sigma : callable
        Entrywise.

    Examples
    --------
    >>> float(network_loss([np.eye(2)], np.zeros((1, 2)), np.ones((1, 2))))
    1.0
    """
    v = x
    for w in weights:
        v = sigma(v @ w)
    return np.sum((v - target) ** 2) / 2


@dataclass(frozen=True)
class LayerStep(Step):
    """One layer on the way forward or back.

    Attributes
    ----------
    phase : str
        "forward", "loss" or "backward".
    layer : int
        The k of v_k = sigma(v_{k-1} w_k); 0 for the input, t for the loss.
    values : tuple
        v_0, v_1, ... as far as they are known.
    loss : float or None
    errors : dict
        k -> E_k = vbar_k * sigma'(v_{k-1} w_k), entrywise, shape of v_k.
    adjoints : dict
        k -> vbar_k = dL/dv_k, shape of v_k.
    gradients : dict
        k -> dL/dw_k, shape of w_k.
    """

    phase: str
    layer: int
    values: tuple
    loss: float | None
    errors: dict
    adjoints: dict
    gradients: dict


@stepwise
def backpropagation(weights: Sequence, x, target, sigma: Callable = np.tanh):
    """Compute the loss of a network and its gradient by hand, layer by layer.

    With J the Jacobian of a whole batch, no single n_{k+1} x n_k matrix does: each example has its
    own sigma'.  What a batch needs is an entrywise product, E_k = vbar_k * sigma'(v_{k-1} w_k), and

        dL/dw_k = v_{k-1}' E_k,      vbar_{k-1} = E_k w_k'.

    Parameters
    ----------
    weights, x, target, sigma
        As for `network_loss`.

    Raises
    ------
    ValueError
        If the shapes do not match.

    Examples
    --------
    >>> film = backpropagation([np.ones((3, 2))], np.ones((5, 3)), np.zeros((5, 2)))
    >>> [step.phase for step in film], film.last.gradients[1].shape
    (['forward', 'forward', 'loss', 'backward'], (3, 2))
    """
    _check_shapes(weights, x, target)
    t = len(weights)
    values, inner, errors, gradients = [x], [None], {}, {}
    yield LayerStep(FORWARD, 0, tuple(values), None, {}, {}, {})
    for k in range(1, t + 1):
        inner.append(values[k - 1] @ weights[k - 1])
        values.append(sigma(inner[k]))
        yield LayerStep(FORWARD, k, tuple(values), None, {}, {}, {})
    loss = float(np.sum((values[t] - target) ** 2) / 2)
    adjoints = {t: values[t] - target}
    yield LayerStep(LOSS, t, tuple(values), loss, {}, dict(adjoints), {})
    for k in range(t, 0, -1):
        errors[k] = adjoints[k] * slope(sigma, inner[k])
        gradients[k] = values[k - 1].T @ errors[k]
        adjoints[k - 1] = errors[k] @ weights[k - 1].T
        yield LayerStep(BACKWARD, k, tuple(values), loss, dict(errors), dict(adjoints), dict(gradients))
    return converged("every weight has its gradient")


def slope(sigma: Callable, z):
    """Return sigma'(z), entrywise.

    >>> slope(np.tanh, np.zeros(2)).tolist()
    [1.0, 1.0]
    """
    return jvp(sigma, (z,), (np.ones(np.shape(z)),))[1]


def random_network(batch: int, sizes: Sequence, rng) -> tuple:
    """Return weights, a batch and targets for layers of these sizes.

    Parameters
    ----------
    batch : int
    sizes : sequence of int
        n_0, ..., n_t.
    rng : Generator

    Examples
    --------
    >>> weights, x, target = random_network(4, [3, 2], np.random.default_rng(0))
    >>> weights[0].shape, x.shape, target.shape
    ((3, 2), (4, 3), (4, 2))
    """
    weights = [rng.normal(size=pair) / np.sqrt(pair[0]) for pair in itertools.pairwise(sizes)]
    return weights, rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch, sizes[-1])) / 2


def _check_shapes(weights, x, target):
    if np.ndim(x) != 2 or np.ndim(target) != 2:
        raise ValueError(
            f"x and target must have a row for each example, got shapes {np.shape(x)}, {np.shape(target)}"
        )
    shape = np.shape(x)
    for k, w in enumerate(weights, 1):
        if np.ndim(w) != 2 or np.shape(w)[0] != shape[1]:
            raise ValueError(
                f"w_{k} must have {shape[1]} rows, one for each column of v_{k - 1}, got {np.shape(w)}"
            )
        shape = shape[0], np.shape(w)[1]
    if np.shape(target) != shape:
        raise ValueError(f"target must have the shape {shape} of the last layer, got {np.shape(target)}")
