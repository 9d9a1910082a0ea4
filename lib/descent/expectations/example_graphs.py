"""Small stochastic computation graphs, each with a point of its own."""

import functools

import numpy as np

from descent.expectations.distributions import Bernoulli, Gaussian
from descent.expectations.stochastic_graph import StochasticGraph, cost, deterministic, stochastic


def sigmoid(t):
    """Return 1 / (1 + exp(-t)).

    >>> float(sigmoid(0.0))
    0.5
    """
    return 1 / (1 + np.exp(-t))


@functools.cache
def graphs() -> dict:
    """Return small stochastic computation graphs, each with values of its parameters, by name.

    >>> graphs()["two draws"][0].reaches("x"), graphs()["two draws"][0].reaches("z")
    (('c1', 'c2'), ('c2',))
    """
    return {
        "deterministic": (
            StochasticGraph(
                y=deterministic(lambda theta: theta**2, r"\theta^2"),
                c=cost(lambda y: (y - 2) ** 2, "(y - 2)^2"),
            ),
            {"theta": 0.5},
        ),
        "stochastic": (
            StochasticGraph(
                x=stochastic(lambda theta: Gaussian(theta), r"N(\theta, 1)"),
                c=cost(lambda x: (x - 2) ** 2, "(x - 2)^2"),
            ),
            {"theta": 0.5},
        ),
        "reparameterised": (
            StochasticGraph(
                noise=stochastic(lambda: Gaussian(0.0), "N(0, 1)"),
                x=deterministic(lambda theta, noise: theta + noise, r"\theta + \varepsilon"),
                c=cost(lambda x: (x - 2) ** 2, "(x - 2)^2"),
            ),
            {"theta": 0.5},
        ),
        "mixed": (
            StochasticGraph(
                y=deterministic(lambda theta: theta**2, r"\theta^2"),
                x=stochastic(lambda y: Gaussian(y), "N(y, 1)"),
                c=cost(lambda x, y: x * y, "x\\, y"),
            ),
            {"theta": 0.8},
        ),
        "two draws": (
            StochasticGraph(
                x=stochastic(lambda theta: Gaussian(theta), r"N(\theta, 1)"),
                c1=cost(lambda x: (x - 2) ** 2, "(x - 2)^2"),
                z=stochastic(lambda x, theta: Gaussian(theta * x), r"N(\theta x, 1)"),
                c2=cost(lambda z: z**2, "z^2"),
            ),
            {"theta": 0.5},
        ),
        "a coin decides": (
            StochasticGraph(
                p=deterministic(lambda theta: sigmoid(theta), r"1 / (1 + e^{-\theta})"),
                k=stochastic(lambda p: Bernoulli(p), r"\mathrm{coin}(p)"),
                noise=stochastic(lambda: Gaussian(0.0), "N(0, 1)"),
                x=deterministic(lambda k, phi, noise: k * phi + noise, r"\varphi k + \varepsilon"),
                c=cost(lambda x: (x - 2) ** 2, "(x - 2)^2"),
            ),
            {"theta": 0.3, "phi": 1.0},
        ),
    }
