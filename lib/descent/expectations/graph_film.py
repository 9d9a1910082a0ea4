"""The surrogate loss as a film: draw the nodes, weigh the log-densities, differentiate."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from descent.autodiff import grad
from descent.expectations.stochastic_graph import COST, STOCHASTIC, StochasticGraph
from descent.stepwise import converged, stepwise
from descent.stepwise.steps import Step


@dataclass(frozen=True)
class GraphStep(Step):
    """One step at one node, shown for the first of the samples.

    Attributes
    ----------
    phase : {"value", "term", "average"}
        A node gets its value, it adds its term to the surrogate, or the samples are averaged.
    node : str
        The node of this step; empty at the end.
    values : mapping
        Parameters and nodes known so far, of the first sample.
    weight : float
        Of a log-density: the costs that the node reaches, less its baseline; 1 for a cost.
    reached : tuple of str
        The costs in the weight.
    terms : mapping
        Node -> the gradient of its term, a mapping by parameter.
    gradient : mapping
        Parameter -> sum of the terms so far, for the first sample.
    mean, standard_error : mapping
        At the end, by parameter: the estimate from all samples.
    """

    phase: str
    node: str
    values: Mapping
    weight: float
    reached: tuple
    terms: Mapping
    gradient: Mapping
    mean: Mapping
    standard_error: Mapping


@stepwise
def surrogate_film(graph: StochasticGraph, parameters: Mapping, *, n: int = 1000, baselines=None, rng):
    """Build the surrogate loss of a stochastic computation graph and differentiate it.

    First every node gets its value.  Then each term is added: a cost itself, or
    ln p(node) times the costs that the node reaches, held as numbers.  Last, the gradient of
    that sum is averaged over the samples.

    Parameters
    ----------
    graph : StochasticGraph
    parameters : mapping
        Values by name.
    n : int
        Number of samples, >= 2.
    baselines : mapping, optional
        Numbers by stochastic node.
    rng : numpy Generator

    Returns
    -------
    Run of GraphStep

    Raises
    ------
    ValueError, TypeError
        As `StochasticGraph.sample`.

    References
    ----------
    Schulman, Heess, Weber and Abbeel, NIPS (2015), section 3.2 and Algorithm 1.

    Examples
    --------
    >>> from descent.expectations.example_graphs import graphs
    >>> graph, at = graphs()["reparameterised"]
    >>> run = surrogate_film(graph, at, rng=np.random.default_rng(0))
    >>> [(step.phase, step.node) for step in run]
    [('value', 'noise'), ('value', 'x'), ('value', 'c'), ('term', 'c'), ('average', '')]
    """
    baselines = dict(baselines or {})
    values = graph.sample(rng, n, **parameters)
    first = {name: float(value[0]) for name, value in values.items()}
    known = dict(parameters)
    nothing = dict.fromkeys(graph.parameters, 0.0)
    for name in graph.nodes:
        known[name] = first[name]
        yield _step("value", name, known, gradient=nothing)
    alone = {name: value[:1] for name, value in values.items()}
    alone_baselines = {name: np.broadcast_to(b, (n,))[:1] for name, b in baselines.items()}
    terms, gradient = {}, nothing
    for name, term in graph.surrogate_terms(alone, alone_baselines).items():
        slope = grad(lambda at, term=term: np.sum(term(at)))(dict(parameters))
        terms[name] = MappingProxyType({key: float(value) for key, value in slope.items()})
        gradient = {key: gradient[key] + terms[name][key] for key in gradient}
        is_cost = graph.nodes[name].kind == COST
        reached = (name,) if is_cost else graph.reaches(name)
        weight = (
            1.0 if is_cost else sum(first[c] for c in reached) - float(alone_baselines.get(name, [0.0])[0])
        )
        yield _step("term", name, known, weight, reached, terms, gradient)
    estimates = graph.gradient(values, baselines=baselines, **parameters)
    mean = {key: float(np.mean(rows)) for key, rows in estimates.items()}
    error = {key: float(np.std(rows, ddof=1) / np.sqrt(n)) for key, rows in estimates.items()}
    yield _step("average", "", known, 0.0, (), terms, gradient, mean, error)
    return converged(f"the gradient is averaged over {n} samples")


def _step(phase, node, known, weight=0.0, reached=(), terms=(), gradient=(), mean=(), error=()) -> GraphStep:
    frozen = [MappingProxyType(dict(part)) for part in (known, terms, gradient, mean, error)]
    known, terms, gradient, mean, error = frozen
    return GraphStep(phase, node, known, float(weight), tuple(reached), terms, gradient, mean, error)


def kinds(graph: StochasticGraph) -> dict:
    """Return what each parameter and node is: "parameter", "deterministic", "stochastic" or "cost".

    >>> from descent.expectations.example_graphs import graphs
    >>> kinds(graphs()["stochastic"][0])
    {'theta': 'parameter', 'x': 'stochastic', 'c': 'cost'}
    """
    return dict.fromkeys(graph.parameters, "parameter") | {
        name: node.kind for name, node in graph.nodes.items()
    }


def is_scored(graph: StochasticGraph, name: str) -> bool:
    """Return whether a node adds a log-density to the surrogate.

    >>> from descent.expectations.example_graphs import graphs
    >>> [is_scored(graphs()["mixed"][0], name) for name in ("x", "y", "c")]
    [True, False, False]
    """
    return name in graph.nodes and graph.nodes[name].kind == STOCHASTIC and name in graph.scored()
