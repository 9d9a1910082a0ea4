"""Stochastic computation graphs: nodes that compute and nodes that draw, and one loss to differentiate."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff.tape import raw
from descent.expectations.drawing import check_draw, log_density_of
from descent.expectations.estimators import per_sample

DETERMINISTIC, STOCHASTIC, COST = "deterministic", "stochastic", "cost"


@dataclass(frozen=True)
class Node:
    """A node of the graph; the names of its function's arguments are its parents.

    Attributes
    ----------
    kind : {"deterministic", "stochastic", "cost"}
    function : callable
        Returns n numbers, or a distribution if the node is stochastic.
    label : str
        What it does, in LaTeX, for a picture.
    """

    kind: str
    function: Callable
    label: str = ""

    def __post_init__(self):
        if not callable(self.function):
            raise TypeError(f"a node needs a function of its parents, got {self.function!r:.60}")

    @property
    def parents(self) -> tuple:
        return tuple(inspect.signature(self.function).parameters)


def deterministic(function: Callable, label: str = "") -> Node:
    """Return a node that computes.

    Parameters
    ----------
    function : callable
        Its arguments are named after the parents; returns n numbers.
    label : str
        What it does, in LaTeX.

    Returns
    -------
    Node

    Examples
    --------
    >>> deterministic(lambda theta, noise: theta + noise).parents
    ('theta', 'noise')
    """
    return Node(DETERMINISTIC, function, label)


def stochastic(function: Callable, label: str = "") -> Node:
    """Return a node that draws from the distribution which its function returns.

    Parameters
    ----------
    function, label
        As of `deterministic`, but the function returns a distribution.

    Returns
    -------
    Node

    Examples
    --------
    >>> from descent.expectations import Gaussian
    >>> stochastic(lambda theta: Gaussian(theta, 1.0)).kind
    'stochastic'
    """
    return Node(STOCHASTIC, function, label)


def cost(function: Callable, label: str = "") -> Node:
    """Return a node that computes a cost; the objective is the expected sum of all costs.

    Parameters
    ----------
    function, label
        As of `deterministic`.

    Returns
    -------
    Node

    Examples
    --------
    >>> cost(lambda x: (x - 2) ** 2, "(x - 2)^2").label
    '(x - 2)^2'
    """
    return Node(COST, function, label)


class StochasticGraph:
    """A graph of named nodes, each behind its parents; names that are no nodes are the parameters.

    Every node is one number in each of n samples.

    Parameters
    ----------
    **nodes : Node
        From `deterministic`, `stochastic` and `cost`.

    Attributes
    ----------
    nodes : dict
    parameters : tuple of str

    Raises
    ------
    ValueError
        If there is no cost, or a parameter reaches none.

    References
    ----------
    Schulman, Heess, Weber and Abbeel, Gradient estimation using stochastic computation graphs,
    NIPS (2015), sections 2.2 and 3.

    Examples
    --------
    >>> from descent.expectations import Gaussian
    >>> graph = StochasticGraph(
    ...     x=stochastic(lambda theta: Gaussian(theta, 1.0)), c=cost(lambda x: (x - 2) ** 2)
    ... )
    >>> graph.parameters, graph.reaches("x")
    (('theta',), ('c',))
    >>> values = graph.sample(np.random.default_rng(0), 1000, theta=0.5)
    >>> bool(abs(graph.gradient(values, theta=0.5)["theta"].mean() - 2 * (0.5 - 2)) < 1)
    True
    """

    def __init__(self, **nodes: Node):
        for name, node in nodes.items():
            if not isinstance(node, Node):
                made = "deterministic(...), stochastic(...) or cost(...)"
                raise TypeError(f"node {name} must be made by {made}, got {node!r:.60}")
        self.nodes = nodes
        named = [name for node in nodes.values() for name in node.parents]
        self.parameters = tuple(dict.fromkeys(name for name in named if name not in nodes))
        known = set(self.parameters)
        for name, node in nodes.items():
            if late := [parent for parent in node.parents if parent not in known]:
                raise ValueError(f"node {name} must stand behind its parents, got {late} later")
            known.add(name)
        if not any(node.kind == COST for node in nodes.values()):
            raise ValueError("nodes must hold at least one cost(...), got none: there is nothing to minimise")
        for parameter in self.parameters:
            if not self.reaches(parameter):
                raise ValueError(
                    f"no cost depends on the parameter {parameter}: its gradient is 0, leave it out"
                )

    def influenced(self, name: str) -> tuple:
        """Return the nodes that depend on a node or a parameter, itself left out."""
        found = {name}
        for other, node in self.nodes.items():
            if found & set(node.parents):
                found.add(other)
        return tuple(other for other in self.nodes if other in found - {name})

    def reaches(self, name: str) -> tuple:
        """Return the costs that depend on a node."""
        return tuple(other for other in self.influenced(name) if self.nodes[other].kind == COST)

    def scored(self) -> tuple:
        """Return the stochastic nodes whose distribution depends on a parameter and that reach a cost."""
        moved = {other for parameter in self.parameters for other in self.influenced(parameter)}
        return tuple(
            name
            for name, node in self.nodes.items()
            if node.kind == STOCHASTIC and name in moved and self.reaches(name)
        )

    def sample(self, rng, n: int, **parameters) -> dict:
        """Draw n samples of the graph: a dict of arrays of shape (n,) by node."""
        check_draw(n, rng)
        self._check(parameters)
        values = dict(parameters)
        for name, node in self.nodes.items():
            made = node.function(*(values[parent] for parent in node.parents))
            if node.kind == STOCHASTIC:
                made = made.sample(rng, (n,))
            values[name] = _numbers(made, n, name)
        return {name: values[name] for name in self.nodes}

    def surrogate_terms(self, values: dict, baselines: dict | None = None) -> dict:
        """Return the terms of the surrogate loss by node, each a function of a dict of parameters.

        A cost is its own term.  A stochastic node that depends on a parameter gives its log-density
        times a constant: the costs that it reaches, as sampled, less a baseline.
        """
        held = {name: values[name] for name, node in self.nodes.items() if node.kind == STOCHASTIC}
        terms = {}
        for name in self.scored():
            weight = sum(values[c] for c in self.reaches(name)) - (baselines or {}).get(name, 0.0)
            terms[name] = lambda known, name=name, weight=weight: (
                log_density_of(self._value(name, known, held))(held[name]) * weight
            )
        for name, node in self.nodes.items():
            if node.kind == COST:
                terms[name] = lambda known, name=name: self._value(name, known, held)
        return terms

    def _value(self, name: str, parameters: dict, held: dict):
        """Compute a node again from the parameters and the samples that are held."""
        known = parameters | {key: value for key, value in held.items() if key != name}
        for other, node in self.nodes.items():
            if other not in known:
                known[other] = node.function(*(known[parent] for parent in node.parents))
            if other == name:
                return known[name]

    def surrogate(self, values: dict, baselines: dict | None = None) -> Callable:
        """Return the surrogate loss of the samples as a function of the parameters, by keyword.

        Its gradient at the parameters of the samples is the estimate of each; its value means nothing.
        """
        terms = self.surrogate_terms(values, baselines)
        return lambda **parameters: sum(term(parameters) for term in terms.values())

    def gradient(self, values: dict, *, baselines: dict | None = None, **parameters) -> dict:
        """Return each sample's estimate of the gradient: arrays of shape (n,) by parameter."""
        self._check(parameters)
        loss, names = self.surrogate(values, baselines), self.parameters
        n = len(next(iter(values.values())))
        rows = per_sample(
            lambda t: loss(**{name: t[i] for i, name in enumerate(names)}) + np.zeros(n),
            [parameters[name] for name in names],
            "no cost depends on a parameter",
        )
        return dict(zip(names, rows.T, strict=True))

    def _check(self, parameters: dict) -> None:
        if set(parameters) != set(self.parameters):
            raise ValueError(
                f"parameters must be {', '.join(self.parameters)}, got {', '.join(parameters) or 'none'}"
            )
        for name, value in parameters.items():
            if np.ndim(raw(value)) or not np.isfinite(value):
                raise ValueError(f"parameter {name} must be a finite number, got {value}")


def _numbers(made, n: int, name: str) -> np.ndarray:
    """Return n numbers, finite ones."""
    if np.shape(made) not in ((), (n,)):
        raise ValueError(f"node {name} must be one number in each of {n} samples, got shape {np.shape(made)}")
    if not np.all(np.isfinite(made)):
        raise ValueError(f"node {name} must be finite, got {made}: choose other parameters")
    return np.array(np.broadcast_to(made, (n,)))
