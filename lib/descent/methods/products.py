"""Products with a matrix that is known by nothing else."""

from collections.abc import Callable

import numpy as np

from descent.stepwise.counting import ReturnValueError


def product_with(product: Callable, v: np.ndarray) -> np.ndarray:
    """Return product(v); raise unless it has the shape of v.

    >>> product_with(lambda v: 2 * v, np.ones(2)).tolist()
    [2.0, 2.0]
    """
    Av = product(v)
    if Av.shape != v.shape:
        raise ReturnValueError(f"product(v) must have the shape of v, {v.shape}, but it has shape {Av.shape}")
    return Av
