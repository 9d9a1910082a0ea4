"""A graph's nodes in layers, ordered so that few edges cross."""

from dataclasses import dataclass
from itertools import pairwise

import networkx
import numpy as np

SWEEPS = 12  # of the ordering that removes crossings; more change nothing up to 40 nodes


@dataclass(frozen=True)
class Layout:
    """Where nodes are: node -> (layer, place), and the bends of edges that pass a layer.

    Places are centred about 0 with distance 1; `widest` is the largest number of places in a layer.
    """

    nodes: dict
    bends: dict
    layers: int
    widest: int


def layered(graph) -> Layout:
    """Lay a graph out in its layers (longest path from an input) with few crossings.

    Edges that pass a layer take a place in it, one for all that leave the same node, so that they run
    around the nodes there.  Each layer is ordered by the mean place of its neighbours, forth and back,
    and the order with the fewest crossings is kept.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `WengertList.graph()`; nodes have the attribute `layer`.

    References
    ----------
    K. Sugiyama, S. Tagawa and M. Toda, IEEE Trans. SMC 11 (1981), 109: the method of layers.

    Examples
    --------
    >>> graph = networkx.DiGraph([(0, 1), (1, 2), (0, 2)])
    >>> networkx.set_node_attributes(graph, {0: 0, 1: 1, 2: 2}, "layer")
    >>> layout = layered(graph)
    >>> layout.nodes[2], layout.bends[0, 2]
    ((2.0, 0.0), [(1.0, 0.5)])
    """
    full, through = _with_bends(graph)
    layers = {}
    for node, layer in full.nodes("layer"):
        layers.setdefault(layer, []).append(node)
    layers = [layers[layer] for layer in sorted(layers)]
    best, fewest = layers, crossings(full, layers)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        layers = _reordered(full, layers, forward=sweep % 2 == 0)
        count = crossings(full, layers)
        if count < fewest:
            best, fewest = layers, count
    raw = networkx.multipartite_layout(full, subset_key=dict(enumerate(best)))
    widest = max(map(len, best))
    unit = _unit(raw, best)
    first = min(x for x, _ in raw.values())
    middle = np.mean([raw[node][1] for node in max(best, key=len)])
    places = {
        node: (round(float(x - first) / unit, 6), round(float(y - middle) / unit, 6))
        for node, (x, y) in raw.items()
    }
    bends = {edge: [places[bend] for bend in passed] for edge, passed in through.items()}
    return Layout({node: places[node] for node in graph}, bends, len(best), widest)


def _unit(raw: dict, layers: list) -> float:
    """Return the distance of neighbours after the library's scaling."""
    if len(layers) > 1:
        return float(raw[layers[1][0]][0] - raw[layers[0][0]][0])
    return float(raw[layers[0][1]][1] - raw[layers[0][0]][1]) if len(layers[0]) > 1 else 1.0


def _with_bends(graph) -> tuple:
    """Return the graph with a node wherever edges of one node pass a layer, and these nodes by edge."""
    full, through = networkx.DiGraph(), {}
    full.add_nodes_from((node, {"layer": layer}) for node, layer in graph.nodes("layer"))
    for i, j in graph.edges:
        passed = [("bend", i, layer) for layer in range(graph.nodes[i]["layer"] + 1, graph.nodes[j]["layer"])]
        full.add_nodes_from((bend, {"layer": bend[-1]}) for bend in passed)
        networkx.add_path(full, [i, *passed, j])
        through[i, j] = passed
    return full, through


def _reordered(full, layers: list, forward: bool) -> list:
    layers = [list(layer) for layer in layers]
    order = range(1, len(layers)) if forward else range(len(layers) - 2, -1, -1)
    for k in order:
        fixed = layers[k - 1 if forward else k + 1]
        place = {node: i / max(len(fixed) - 1, 1) for i, node in enumerate(fixed)}
        neighbours = full.pred if forward else full.succ
        own = {node: i / max(len(layers[k]) - 1, 1) for i, node in enumerate(layers[k])}
        means = {node: np.mean([place[i] for i in neighbours[node]] or [own[node]]) for node in layers[k]}
        layers[k].sort(key=means.__getitem__)
    return layers


def crossings(graph, layers: list) -> int:
    """Return how many pairs of edges between neighbouring layers cross.

    >>> crossings(networkx.DiGraph([("a", "d"), ("b", "c")]), [["a", "b"], ["c", "d"]])
    1
    """
    total = 0
    for upper, lower in pairwise(layers):
        place = {node: i for i, node in enumerate(lower)}
        ends = [(i, place[j]) for i, node in enumerate(upper) for j in graph.succ[node] if j in place]
        total += sum((a - c) * (b - d) < 0 for k, (a, b) in enumerate(ends) for c, d in ends[:k])
    return total
