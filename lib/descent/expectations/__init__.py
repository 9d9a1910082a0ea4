"""Gradients of expectations: from samples, without integrals.

    from descent.expectations import Gaussian, reparameterised, score_function

    rng = np.random.default_rng(0)
    score_function(lambda x: x**2, Gaussian, 1.5, n=1000, rng=rng).mean      # about 3
    reparameterised(lambda x: x**2, Gaussian, 1.5, n=1000, rng=rng).mean     # the same, with less noise

`distributions` draws and knows log-densities; `estimators` holds the two estimators and baselines;
`stochastic_graph` the surrogate loss of a graph with random nodes, `graph_film` its steps; `models` and
`variational` Bayesian models and the evidence lower bound.  Derivatives are `descent.autodiff`'s.
"""

from descent.expectations.distributions import Bernoulli, Categorical, Gaussian
from descent.expectations.estimators import Estimate, leave_one_out, optimal, reparameterised, score_function
from descent.expectations.graph_film import surrogate_film
from descent.expectations.models import linear_regression, logistic_regression
from descent.expectations.stochastic_graph import Node, StochasticGraph, cost, deterministic, stochastic
from descent.expectations.variational import elbo, mean_field

__all__ = [
    "Bernoulli",
    "Categorical",
    "Estimate",
    "Gaussian",
    "Node",
    "StochasticGraph",
    "cost",
    "deterministic",
    "elbo",
    "leave_one_out",
    "linear_regression",
    "logistic_regression",
    "mean_field",
    "optimal",
    "reparameterised",
    "score_function",
    "stochastic",
    "surrogate_film",
]
