"""Derivatives by a complex step."""

from collections.abc import Callable

import numpy as np

STEP = 1e-30  # no difference is formed, so nothing cancels


def complex_step_jacobian(function: Callable, x) -> np.ndarray:
    """Return the Jacobian of an analytic function, J_ij = Im f_i(x + ih e_j) / h.

    Parameters
    ----------
    function : callable
        Of an array, shape (n,), real or complex; returns a number or an array, shape (m,).
    x : array, shape (n,)

    Returns
    -------
    array, shape (m, n), or (n,) where the function returns a number

    References
    ----------
    Squire and Trapp, SIAM Review 40 (1998); Schraudolph, Gradient Methods for Machine
    Learning (2005), slide 54.

    Examples
    --------
    >>> complex_step_jacobian(lambda x: np.stack([x[0] * x[1], np.sin(x[0])]), np.array([0.0, 2.0])).tolist()
    [[2.0, 0.0], [1.0, 0.0]]
    """
    x = np.asarray(x, dtype=float)
    columns = [np.imag(function(x + 1j * STEP * unit)) / STEP for unit in np.eye(x.size)]
    return np.stack(columns, axis=-1)
