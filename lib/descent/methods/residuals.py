"""Residuals as a function to minimise: f = |r|^2 / 2 and its gradient, asked once at each point."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from descent.methods.iterates import Iterate, Remembered


class Residuals:
    """f = |r|^2 / 2 and its gradient J'r, from residuals that are asked once at each point."""

    def __init__(self, residual: Callable, jac: Callable, x: np.ndarray):
        self.residual, self.jac = Remembered(residual), Remembered(jac)
        r, J = self.at(x)
        if r.ndim != 1 or r.size == 0:
            raise ValueError(f"residual(x) must be a 1-D array, got shape {r.shape}")
        if J.shape != (r.size, x.size):
            raise ValueError(f"jac(x) must have shape (m, n) = {(r.size, x.size)}, got {J.shape}")
        if not (np.all(np.isfinite(r)) and np.all(np.isfinite(J))):
            raise ValueError("residual(x0) and jac(x0) must be finite: start where they are")

    def at(self, x) -> tuple:
        return self.residual(x), self.jac(x)

    @np.errstate(over="ignore", invalid="ignore")
    def __call__(self, x) -> float:
        r = self.residual(x)
        return float(r @ r) / 2

    @property
    def calls(self) -> int:
        return self.residual.calls

    @property
    def refusal(self):
        return self.residual.function.refusal

    @np.errstate(over="ignore", invalid="ignore")
    def iterate(self, x, alpha=0.0, direction=None, damping=None) -> Iterate:
        r, J = self.at(x)
        direction = np.zeros_like(x) if direction is None else direction
        return Iterate(x, self(x), J.T @ r, alpha, direction, self.calls, self.jac.calls, damping=damping)

    def rejected(self, here: Iterate, direction, damping) -> Iterate:
        remark = "rejected: damping is raised"
        return replace(here, alpha=0.0, direction=direction, damping=damping, nfev=self.calls, remark=remark)


class Gradient:
    """J'r, with the calls of the Jacobian."""

    def __init__(self, model: Residuals):
        self.model = model

    def __call__(self, x):
        r, J = self.model.at(x)
        return J.T @ r

    @property
    def calls(self) -> int:
        return self.model.jac.calls
