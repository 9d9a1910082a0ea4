"""Which direction is steepest: it depends on the norm that measures a step."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Norm:
    """A norm of directions, and the steepest direction under it.

    Attributes
    ----------
    length : callable
        d -> ||d||.
    steepest : callable
        g -> the d that minimises <g, d> + ||d||^2 / 2, in the shape of g.  Its length is the dual
        norm of g, the steepest slope per unit of length.
    """

    length: Callable
    steepest: Callable


def one_coordinate(g: np.ndarray) -> np.ndarray:
    """Return minus the entry of g that is largest in size, alone: steepest under the l1 norm.

    >>> one_coordinate(np.array([1.0, -3.0, 2.0])).tolist()
    [0.0, 3.0, 0.0]
    """
    d = np.zeros_like(g)
    i = np.unravel_index(np.argmax(np.abs(g)), np.shape(g))
    d[i] = -g[i]
    return d


def signs(g: np.ndarray) -> np.ndarray:
    """Return minus the signs of g, times ||g||_1: steepest under the maximum norm.

    >>> signs(np.array([1.0, -3.0, 2.0])).tolist()
    [-6.0, 6.0, -6.0]
    """
    return -np.sum(np.abs(g)) * np.sign(g)


def orthogonal(g: np.ndarray) -> np.ndarray:
    """Return -(s_1 + ... + s_r) U V' of g = U diag(s) V': steepest under the largest singular value.

    A vector counts as a matrix of one column, for which this is -g.

    References
    ----------
    J. Bernstein and L. Newhouse, Old optimizer, new norm (2024), proposition 5.

    Examples
    --------
    >>> bool(np.allclose(orthogonal(np.diag([3.0, -1.0])), np.diag([-4.0, 4.0])))
    True
    """
    if np.ndim(g) < 2:
        return -g
    U, s, Vt = np.linalg.svd(g, full_matrices=False)
    return -np.sum(s) * (U @ Vt)


NORMS = {
    "l2": Norm(lambda d: np.sqrt(np.sum(d * d)), lambda g: -g),
    "l1": Norm(lambda d: np.sum(np.abs(d)), one_coordinate),
    "max": Norm(lambda d: np.max(np.abs(d)), signs),
}
MATRIX_NORMS = NORMS | {
    "spectral": Norm(lambda d: np.linalg.norm(d, 2 if np.ndim(d) == 2 else None), orthogonal)
}
