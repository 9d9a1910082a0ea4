"""A chain of steps that knows how often it was carried out and how many of its states are kept."""

import weakref

import numpy as np

from descent.exercises.budget import CALLS, OverBudget


class Chain:
    """A step x -> x + W sin x / 8 of arrays that counts its calls and the states alive.

    >>> chain = Chain(np.eye(2))
    >>> first = chain.step(np.ones(2))
    >>> second = chain.step(first)
    >>> del first
    >>> chain.calls, chain.alive, chain.most
    (2, 1, 2)
    """

    def __init__(self, W):
        self.W, self.calls, self.most, self.alive = W, 0, 0, 0

    def __deepcopy__(self, memo):
        return Chain(self.W)

    def __repr__(self):
        return f"x -> x + W sin x / 8, W = {self.W.tolist()}"

    def step(self, x):
        if self.calls == CALLS:
            raise OverBudget(f"it calls step more than {CALLS} times: does its loop end?")
        self.calls += 1
        new = x + self.W @ np.sin(x) / 8
        self.alive += 1
        self.most = max(self.most, self.alive)
        weakref.finalize(new, self._forget)
        return new

    def _forget(self):
        self.alive -= 1

    def back(self, x, bar):
        return bar + np.cos(x) * (self.W.T @ bar) / 8
