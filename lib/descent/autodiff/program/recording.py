"""f run once on expressions, and the text of the function that becomes of it."""

import inspect
import math
import re
import textwrap
import types
from collections.abc import Callable

import numpy as np

from descent.autodiff.containers import flatten
from descent.autodiff.program import derivatives
from descent.autodiff.program.arguments import Head, fits, kinds_of_leaves, packed
from descent.autodiff.program.expression import Expression
from descent.autodiff.program.graph import Graph
from descent.autodiff.program.outside import Outside, Read
from descent.autodiff.program.writer import ATOM, RESERVED, Names, Writer


class Recording:
    """f run once on expressions, and the text that becomes of it."""

    def __init__(self, compiled, graph: Graph, parameters: dict):
        self.graph, self.names = graph, Names(compiled.names)
        self.label = compiled.function.__name__
        self.parameters = parameters  # name -> kind; one name with a star for all
        self.outside = Outside(graph)
        self.head, self.sources = Head(self.names), {}
        for name, kind in parameters.items():
            self.names.taken.add(name.lstrip("*"))
            self.head.argument(name.lstrip("*"), kind)
        self.leaves = []

    def _leaf(self, value, k, moving):
        value = float(value) if type(value) is np.float64 else value
        return self.graph.source("argument", value, k, moving)

    def run(self, f, arguments: tuple) -> tuple:
        """Return the nodes of the leaves that f was run on, and the node of its result."""
        if type(f) is not types.FunctionType:
            self.graph.refuse(f"f is a {type(f).__name__}, not a plain function")
        leaves = [self._leaf(value, k, True) for k, value in enumerate(flatten(arguments)[0])]
        rest = list(leaves)
        result = self.outside.twin(f)(*(rebuilt(x, rest) for x in arguments))
        if isinstance(result, Expression):
            if result.ndim or type(result.example) is not float or result.graph is not self.graph:
                self.graph.refuse("its result is not one number")
        elif type(result) is not float and type(result) is not np.float64:
            self.graph.refuse(f"its result is a {type(result).__name__}")
        self.graph.begin_sweeps()
        self.leaves.extend(leaves)
        return leaves, result

    def directions(self, arguments: tuple) -> list:
        """Return the nodes of leaves that f does not get."""
        nodes = [
            self._leaf(value, len(self.leaves) + k, False) for k, value in enumerate(flatten(arguments)[0])
        ]
        self.leaves.extend(nodes)
        return nodes

    def text(self, outputs: list, result: Callable) -> str:
        """Return the text of the function; `result(writer)` writes what it returns."""
        call = ", ".join(self.parameters)
        for leaf, text in zip(self.leaves, self.head.leaves, strict=True):
            self.sources[leaf.index] = text, ATOM
        self._read()
        writer = Writer(
            self.graph, self.names, self.sources, [x for x in outputs if isinstance(x, Expression)]
        )
        body = writer.body("ELSEWHERE")
        returned = result(writer)
        lines = [f"def {self.label}({call}):", "    try:"]
        inner = [*self.head.lines, *body, *wrapped_return(returned)]
        lines += [f"        {line}" for line in inner]
        lines += [
            "    except Exception:  # a domain error, for example",
            "        pass",
            f"    return listed({call})",
        ]
        return "\n".join(lines).replace("return ELSEWHERE", f"return elsewhere({call})") + "\n"

    def _read(self) -> None:
        """Write the tests of what f reads from outside, and the reading of its arrays."""
        arrays = []
        for key, read in self.outside.reads.items():
            holder = self.names.of(read.holder, read.hint)
            place = read.form.replace("{}", holder, 1)
            if read.how == "array":
                arrays.append((self.outside.arrays[key], place, read))
            elif read.how == "absent":
                self.head.tests.append(f"{read.value!r} not in {holder}")
            elif read.how == "same" and _is_literal(read.value):
                self.head.tests += [
                    f"type({place}) is {type(read.value).__name__}", f"{place} == {read.value!r}"
                ]  # fmt: skip
            elif read.value is None or read.value is True or read.value is False:
                self.head.tests.append(f"{place} is {read.value}")
            else:
                self.head.tests.append(f"{place} is {self.names.of(read.value, _hint(read))}")
        self.head.flush()
        for node, place, read in arrays:
            name = self.names.own(_hint(read))
            self.sources[node.index] = name, ATOM
            self.head.lines.append(f"{name} = {place}")
            dtype = "" if node.dtype == np.float64 else f", {self.names.of(node.dtype, node.dtype.name)}"
            self.head.tests.append(f"{self.names.of(fits, 'fits')}({name}, {node.shape!r}{dtype})")
            self.head.flush()


def _is_literal(x) -> bool:
    """Return whether == tells a number from all others: there are two zeros, and NaN is no number's equal."""
    return type(x) in (int, float) and x != 0 and math.isfinite(x)


def _hint(read: Read) -> str:
    """Return what a thing from outside is called: np_log for np.log, A for names["A"]."""
    words = re.findall(r"\w+", read.form.replace("cell_contents", read.hint.removesuffix("_cell")))
    if read.hint.endswith("_names") or isinstance(read.holder, types.ModuleType):
        return "_".join([read.hint.removesuffix("_names"), *words])
    if isinstance(read.value, types.ModuleType):
        return "np" if read.value is np else words[-1]
    if isinstance(read.holder, types.FunctionType):
        return f"{read.hint}_{words[0].strip('_')}"
    return words[-1]


def rebuilt(x, leaves: list):
    """Return an argument with the next leaves in place of its own."""
    if type(x) in (list, tuple):
        return type(x)([rebuilt(item, leaves) for item in x])
    if type(x) is dict:
        return {key: rebuilt(item, leaves) for key, item in x.items()}
    return leaves.pop(0)


def wrapped_return(parts: list) -> list:
    """Write what is returned, on several lines where it is long."""
    text = ", ".join(parts)
    if len(text) < 92:
        return [f"return {text}"]
    lines = []
    for k, part in enumerate(parts):
        comma = "," if k < len(parts) - 1 else ""
        lines += textwrap.wrap(
            part + comma, 88, break_on_hyphens=False, break_long_words=False, subsequent_indent="    "
        )
    return ["return (", *(f"    {line}" for line in lines), ")"]


def parameters_of(f, kinds: tuple) -> dict:
    """Return the parameters of a program: f's own names, or one name with a star."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    named = not {p.name for p in parameters} & RESERVED and all(
        p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in parameters
    )
    if named and len(parameters) == len(kinds):
        return {p.name: kind for p, kind in zip(parameters, kinds, strict=True)}
    name = parameters[0].name if len(parameters) == 1 and parameters[0].name not in RESERVED else "x"
    return {f"*{name}": (tuple, None, kinds)}


def write_gradient(compiled, graph, kinds, args) -> str:
    """Write f and its gradient: the reverse sweep."""
    recording = Recording(compiled, graph, parameters_of(compiled.f, kinds))
    leaves, value = recording.run(compiled.f, args)
    slopes = (
        derivatives.gradients(value, leaves)
        if isinstance(value, Expression) and value.moving
        else [None] * len(leaves)
    )
    leaf_kinds = [kind for argument in kinds for kind in kinds_of_leaves(argument)]
    numpys = any(kind != "float" for kind in leaf_kinds)

    def result(writer):
        returned = set()
        texts = [
            _returned(writer, slope, kind, returned) for slope, kind in zip(slopes, leaf_kinds, strict=True)
        ]
        return [
            writer.number(value, numpys),
            packed((tuple, None, kinds), texts),
        ]

    return recording.text([value, *slopes], result)


def _returned(writer, node, kind, returned) -> str:
    if type(kind) is tuple:
        return writer.array(node, kind, returned)
    return writer.number(node, kind != "float")


def write_product(compiled, graph, kinds, args) -> str:
    """Write H v: the forward sweep over f and its reverse sweep."""
    if kinds[0] != kinds[1]:
        graph.refuse("v is not put together as x is")
    recording = Recording(compiled, graph, {"x": kinds[0], "v": kinds[1]})
    leaves, value = recording.run(compiled.f, args[:1])
    seeds = list(zip(leaves, recording.directions(args[1:]), strict=True))
    moving = isinstance(value, Expression) and value.moving
    slopes = derivatives.gradients(value, leaves) if moving else [None] * len(leaves)
    products = derivatives.tangents(graph, slopes, seeds)
    leaf_kinds = kinds_of_leaves(kinds[0])

    def result(writer):
        returned = set()
        texts = [
            _returned(writer, node, kind, returned) for node, kind in zip(products, leaf_kinds, strict=True)
        ]
        return [packed(kinds[0], texts)]

    return recording.text(products, result)
