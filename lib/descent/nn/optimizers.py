"""Optimisers: each reads `.grad` of its parameters and changes them.

A norm measures a step, and the steepest direction under it is an optimiser: see
`descent.differentials.norms`, which `descent.methods.steepest_descent` uses too.
"""

import numpy as np

from descent.differentials.norms import MATRIX_NORMS
from descent.nn.tensor import Tensor


class Optimizer:
    """What all optimisers share: the parameters, the learning rate, and `zero_grad`."""

    def __init__(self, params, lr: float):
        if isinstance(params, Tensor):
            raise TypeError("params must be a list of parameters: write [w], or model.parameters()")
        self.params = list(params)
        if not self.params:
            raise ValueError("params must hold at least one parameter, got none")
        for p in self.params:
            if not (isinstance(p, Tensor) and p.is_leaf and p.requires_grad):
                raise TypeError(f"params must be parameters, leaves with requires_grad=True, got {p!r:.60}")
        if len(set(self.params)) < len(self.params):
            raise ValueError("params must name each parameter once, got one twice")
        if isinstance(lr, str) or np.ndim(lr):
            raise TypeError(f"lr must be a number, got {lr!r}")
        if not 0 < lr < np.inf:
            raise ValueError(f"lr must be a positive number, got {lr!r}")
        self.lr = lr

    def zero_grad(self) -> None:
        """Forget all gradients: `.grad` becomes None."""
        for p in self.params:
            p.grad = None


class SGD(Optimizer):
    """Gradient descent, w <- w - lr w.grad: steepest under the Euclidean norm.

    Parameters
    ----------
    params : iterable of Parameter
        What `model.parameters()` yields.
    lr : float
        The step size, positive.

    Raises
    ------
    TypeError, ValueError
        If params holds no parameters, or one twice, or lr is not positive.

    References
    ----------
    Notes on derivatives and automatic differentiation (lecture 001), section 4.

    Examples
    --------
    >>> from descent.nn import Parameter
    >>> w = Parameter(3.0)
    >>> optimizer = SGD([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w.data
    1.5
    """

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for p in self.params:
            if p.grad is not None:
                p.data = p.data - self.lr * p.grad


class SteepestDescent(Optimizer):
    """Steepest descent under a norm, w <- w + lr d with d the minimiser of <g, d> + ||d||^2 / 2.

    Each parameter has a norm of its own.  "l2" is gradient descent; "max" moves every entry by the same
    amount, along its sign; "l1" moves one entry of each parameter; "spectral" turns a weight matrix
    by an orthogonal one.

    Parameters
    ----------
    params : iterable of Parameter
        What `model.parameters()` yields.
    lr : float
        The step size, positive.
    norm : {"l2", "l1", "max", "spectral"}

    Raises
    ------
    TypeError, ValueError
        As for `SGD`, or if the norm is none of these.

    References
    ----------
    J. Bernstein and L. Newhouse, Old optimizer, new norm (2024): known optimisers as norms.

    Examples
    --------
    >>> from descent.nn import Parameter
    >>> w = Parameter([3.0, -1.0])
    >>> optimizer = SteepestDescent([w], lr=0.25, norm="max")
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.tolist()
    [1.0, 1.0]
    """

    def __init__(self, params, lr: float, norm: str = "l2"):
        super().__init__(params, lr)
        if norm not in MATRIX_NORMS:
            raise ValueError(f"norm must be one of {', '.join(MATRIX_NORMS)}, got {norm!r}")
        self.norm = norm

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        steepest = MATRIX_NORMS[self.norm].steepest
        for p in self.params:
            if p.grad is not None:
                p.data = p.data + self.lr * steepest(np.asarray(p.grad))
