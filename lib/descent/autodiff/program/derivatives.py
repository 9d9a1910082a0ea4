"""The two sweeps over a graph: each writes its own operations into the graph.

The rules are those of the table, called with expressions: what they compute becomes nodes.
"""

from collections.abc import Callable

import numpy as np

from descent.autodiff.primitives import Primitive, shape_of
from descent.autodiff.program.expression import Expression
from descent.autodiff.rules.arithmetic import SCATTER, add_at


def accumulate(base, shape, *pairs):
    """Return base (None for zeros) with each g of the pairs (index, g) added at its index."""
    total = np.zeros(shape) if base is None else np.array(base)
    for index, g in zip(pairs[::2], pairs[1::2], strict=True):
        add_at(total, index, g)
    return total


def _accumulate_jvp(tangents, y, args, kwargs):
    shape, *pairs = args[1:]
    terms = [(pairs[k - 3], tangents[k]) for k in range(3, len(args), 2) if k in tangents]
    return accumulated(y.graph, tangents.get(0), shape, terms)


ACCUMULATE = Primitive("accumulate", accumulate, joint_jvp=_accumulate_jvp, joint_vjp=lambda *args: None)


def accumulated(graph, base, shape, terms: list):
    """Return the node of a buffer to which terms (index, g) are added."""
    if not terms:
        return base
    return graph.record(ACCUMULATE, (base, shape, *(x for term in terms for x in term)), {})


def before(output: Expression, wanted: Callable) -> list:
    """Return the nodes that an output is made of, as far as they are wanted, in order of execution."""
    needed, pending = set(), [output]
    while pending:
        node = pending.pop()
        if wanted(node) and node.index not in needed:
            needed.add(node.index)
            pending.extend(nodes_in(node.args))
    return [output.graph.nodes[k] for k in sorted(needed)]


def nodes_in(args):
    """Yield the expressions among operands, also those inside an index."""
    for x in args:
        if isinstance(x, Expression):
            yield x
        elif type(x) is tuple:
            yield from nodes_in(x)


def gradients(output: Expression, leaves: list) -> list:
    """Write the reverse sweep; return the adjoint of each leaf, None where there is none."""
    graph = output.graph
    terms = {output.index: [graph.constant(1.0)]}
    adjoints = {}
    for node in reversed(before(output, lambda node: node.moving)):
        if node.index not in terms:
            continue
        adjoint = adjoints[node.index] = _total(terms.pop(node.index), node)
        graph.roles.setdefault(adjoint.index, []).append((node, "bar"))
        if node.operation is None:
            continue
        for k, parent in enumerate(node.args):
            if isinstance(parent, Expression) and parent.moving:
                term = node.operation.vjp(k, adjoint, node, node.args, node.kwargs)
                if term is not None:
                    terms.setdefault(parent.index, []).append(term)
    return [adjoints.get(leaf.index) for leaf in leaves]


def _total(terms: list, node):
    """Add up the terms of an adjoint; those that touch only some entries are added in place."""
    graph = node.graph
    parts = [x for x in terms if isinstance(x, Expression) and x.operation is SCATTER]
    full = [x for x in terms if not any(x is part for part in parts)]
    total = None
    for term in reversed(full):  # in the order of execution
        total = term if total is None else total + term
    if parts:
        total = accumulated(graph, total, shape_of(node), [(x.args[1], x.args[0]) for x in parts])
    return total if isinstance(total, Expression) else graph.constant(float(total))


def tangents(graph, outputs: list, seeds: list) -> list:
    """Write the forward sweep; return the tangent of each output, None where there is none."""
    some = [output for output in outputs if output is not None]
    needed = sorted({node.index for output in some for node in before(output, lambda node: True)})
    found = {leaf.index: seed for leaf, seed in seeds}
    for node in [graph.nodes[k] for k in needed]:
        moving = [
            (k, found[x.index])
            for k, x in enumerate(node.args)
            if isinstance(x, Expression) and x.index in found
        ]
        operation = node.operation
        if not moving or not (operation.jvps or operation.joint_jvp):  # a comparison has no tangent
            continue
        tangent = node.operation.jvp(moving, node, node.args, node.kwargs)
        if tangent is not None:
            tangent = tangent if isinstance(tangent, Expression) else graph.constant(float(tangent))
            found[node.index] = tangent
            graph.roles.setdefault(tangent.index, []).append((node, "dot"))
    return [None if output is None else found.get(output.index) for output in outputs]
