"""The computational graph of a Wengert list."""

from descent.autodiff.listing import Names
from descent.autodiff.symbols import TEX, TEXT


def graph_of(trace):
    """Return the networkx DiGraph that `WengertList.graph` promises.

    >>> from descent.autodiff import wengert
    >>> graph_of(wengert(lambda x: x * x, 3.0)).edges[0, 1]
    {'times': 2, 'partial': 6.0}
    """
    import networkx

    graph = networkx.DiGraph()
    results = zip(trace.outputs, trace.output_names, strict=True)
    results = {row: name for row, name in results if row is not None}
    text, latex, layers = Names(trace.inputs, TEXT), Names(trace.inputs, TEX), []
    for k, row in enumerate(trace.rows):
        layers.append(1 + max((layers[j + trace.inputs - 1] for j in row.parents), default=-1))
        name, extra = text.of(k), trace.names[k] if k < trace.inputs else results.get(k)
        graph.add_node(
            row.index, label=f"{name} = {extra}" if extra else name, latex=latex.of(k),
            operation=row.operation, symbol=row.symbol, value=row.value, layer=layers[-1],
        )  # fmt: skip
        for j, partial in zip(row.parents, row.partials, strict=True):
            _connect(graph, j, row.index, partial)
    return graph


def _connect(graph, j: int, i: int, partial) -> None:
    """Add an edge, or count it again where an operation takes the same operand twice."""
    if not graph.has_edge(j, i):
        graph.add_edge(j, i, times=1, partial=partial)
        return
    edge = graph.edges[j, i]
    edge["times"] += 1
    edge["partial"] = None if partial is None or edge["partial"] is None else edge["partial"] + partial
