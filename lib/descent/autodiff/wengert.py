"""The Wengert list of a function at a point: rows, tables, frames, graph and source."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from descent.autodiff.containers import flatten
from descent.autodiff.drawing import graph_of
from descent.autodiff.frames import adjoint_frames, output_line, primal_line, tangent_frames
from descent.autodiff.listing import Names, Row, cells, input_names, read
from descent.autodiff.ordering import in_layers, share
from descent.autodiff.recording import Arguments, like, record
from descent.autodiff.source import source_of
from descent.autodiff.symbols import TEX, TEXT
from descent.stepwise import Run, Table

PRIMAL = ["trace", "numbers", "value"]


@dataclass(frozen=True, repr=False)
class WengertList:
    """The evaluation of a function at a point, as a list of elementary operations.

    The numbering is in three parts: v_{1-n}, ..., v_0 are the inputs, v_1, v_2, ... the operations in
    order of execution, and y (y_1, ..., y_m) is the result.  `print` shows the list.

    Attributes
    ----------
    rows : list of Row
        Index, operation, parents, value, partials.
    source : str
        The list as a Python function, straight-line code.
    captured : list of ndarray
        The arrays that f took from outside, the parameters c1, c2, ... of the source.
    inputs : int
        The number n of inputs.
    names, output_names : tuple of str
        What inputs and outputs are called.

    References
    ----------
    A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), section 2.2.

    Examples
    --------
    >>> print(wengert(lambda x1, x2: np.log(x1) + x1 * x2, 2.0, 5.0))
                 trace     numbers     value
          v_{-1} = x_1           2         2
             v_0 = x_2           5         5
       v_1 = ln v_{-1}        ln 2  0.693147
    v_2 = v_{-1} × v_0       2 × 5        10
       v_3 = v_1 + v_2  0.693 + 10   10.6931
               y = v_3      10.693   10.6931
    """

    tape: list
    arguments: Arguments = field(compare=False)
    names: tuple
    outputs: tuple
    values: tuple
    output_names: tuple

    @property
    def inputs(self) -> int:
        return len(self.arguments.leaves)

    def __len__(self):
        return len(self.tape)

    def __str__(self):
        return str(self.table())

    __repr__ = __str__

    def _repr_html_(self):
        return self.table()._repr_html_()

    @functools.cached_property
    def rows(self) -> list:
        n, names = self.inputs, Names(self.inputs, TEXT)
        rows = []
        for k, row in enumerate(self.tape):
            entry = read(row)
            symbol = names.right_side(entry) if entry.operands else self.names[k]
            parents = tuple(i + 1 - n for _, i in entry.parents)
            rows.append(Row(k + 1 - n, entry.name, parents, entry.value, entry.partials, symbol))
        return rows

    @property
    def source(self) -> str:
        return source_of(self)[0]

    @property
    def captured(self) -> list:
        return source_of(self)[1]

    def table(self, mode: str | None = None) -> Table:
        """Return the list as the lecture's table.

        Parameters
        ----------
        mode : {None, "forward", "reverse"}
            The evaluation alone; with the tangents along the first input; with the adjoints.

        Returns
        -------
        Table
            Columns: trace ("v_1 = ln v_{-1}"), numbers ("ln 2"), value; for the forward mode also
            tangent ("v̇_1 = v̇_{-1} / v_{-1}"), tangent numbers, tangent value; for the reverse mode
            adjoint, adjoint numbers, adjoint value, to be read from the bottom up, each line beside
            the operation that it undoes.

        Raises
        ------
        ValueError
            If mode is something else.
        """
        if mode is None:
            lines = [(*primal_line(self, k), row[1]) for k, row in enumerate(self.tape)]
            lines += [(*output_line(self, j), value) for j, value in enumerate(self.values)]
            return Table(PRIMAL, cells(lines))
        if mode == "forward":
            lines = [step.row() for step in self.forward()]
            return Table(list(lines[0]), cells(line.values() for line in lines))
        if mode == "reverse":
            columns = [*PRIMAL, "adjoint", "adjoint numbers", "adjoint value"]
            return Table(columns, cells(self._reverse_lines()))
        raise ValueError(f"mode must be None, 'forward' or 'reverse', got {mode!r}")

    def _reverse_lines(self) -> list:
        """Return the adjoint lines beside the operations; an operation that y does not need has none."""
        steps = {}
        for step in self.reverse():
            steps.setdefault(step.trace, []).append(list(step.row().values()))
        lines = []
        for primal in self.table().rows:
            group = steps.get(primal[0], [[*primal, "", "", ""]])[::-1]
            lines.append(group[0])
            lines.extend(["", "", "", *line[3:]] for line in group[1:])
        return lines

    def forward(self, tangents=None) -> Run:
        """Return the forward sweep as a run, a frame (`TangentStep`) for each line of the table.

        Parameters
        ----------
        tangents : tuple, optional
            The tangent of each argument; 1 for the first number (entry) and 0 for the others without it.

        Raises
        ------
        ValueError
            If the shapes do not match.
        """
        if tangents is None:
            seeds = {
                k: np.zeros(np.shape(x)) if np.ndim(x) else 0.0 for k, x in enumerate(self.arguments.leaves)
            }
            if np.ndim(seeds[0]):
                seeds[0].flat[0] = 1.0
            else:
                seeds[0] = 1.0
        else:
            several = isinstance(tangents, (tuple, list)) and len(self.arguments.structures) == len(tangents)
            seeds = self.arguments.unpack(tuple(tangents) if several else (tangents,), "tangents")
        return tangent_frames(self, seeds)

    def reverse(self, adjoint=None) -> Run:
        """Return the reverse sweep as a run, a frame (`AdjointStep`) for each line, from the last up.

        Parameters
        ----------
        adjoint : float, array or container, optional
            The adjoint of y, in its shape; ones without it.

        Raises
        ------
        ValueError
            If the shapes do not match.
        """
        if adjoint is None:
            seeds = [np.ones(np.shape(y)) if np.ndim(y) else 1.0 for y in self.values]
        else:
            seeds = flatten(adjoint)[0]
            if len(seeds) != len(self.values):
                raise ValueError(
                    f"adjoint must have {len(self.values)} parts, one for each result, got {adjoint!r}"
                )
            seeds = [
                like(s, y, "adjoint", "the result of f") for s, y in zip(seeds, self.values, strict=True)
            ]
        return adjoint_frames(self, seeds)

    def latex(self, mode: str | None = None) -> str:
        """Return the table's formulas as lines of LaTeX, for an `aligned` environment."""
        if mode == "forward":
            lines = [step.latex for step in self.forward()]
        elif mode == "reverse":
            lines = [step.latex for step in self.reverse()][::-1]
        else:
            names = Names(self.inputs, TEX)
            entries = [read(row) for row in self.tape]
            lines = [
                f"{names.of(k)} = {names.right_side(e) if e.operands else TEX.input(self.names[k])}"
                for k, e in enumerate(entries)
            ]
        body = " \\\\\n".join(line.replace(" = ", " &= ", 1) for line in lines)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def graph(self):
        """Return the computational graph as a networkx DiGraph.

        Returns
        -------
        networkx.DiGraph
            A node for each row, its three-part index.  Node attributes: label ("v_1"; for inputs and
            results with their names, "v_0 = x_2"), latex, operation, symbol, value, layer (the longest
            path from an input).  Edges go from operand to operation; edge attributes: times (how often the
            operation takes the operand, 2 in x * x) and partial (the partial derivatives, added up).
        """
        return graph_of(self)


def wengert(f: Callable, *x, order: str = "execution") -> WengertList:
    """Record the Wengert list (evaluation trace) of f at x.

    Parameters
    ----------
    f : callable
        Of numbers or arrays (or containers of them), in plain NumPy.
    *x
        The arguments of f; integers become floats.
    order : {"execution", "layers"}
        Every operation as it is carried out; or as the lectures number their graphs, by distance
        from the inputs and with an operation on the same operands written once.

    Returns
    -------
    WengertList

    Raises
    ------
    TypeError
        If f is not callable or an argument not real.
    ValueError
        If order is something else.

    References
    ----------
    R. E. Wengert, A simple automatic derivative evaluation program, Comm. ACM 7 (1964), 463.

    Examples
    --------
    >>> trace = wengert(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0, order="layers")
    >>> [row.index for row in trace.rows]
    [-1, 0, 1, 2, 3, 4, 5]
    >>> [round(step.adjoint, 3) for step in trace.reverse()]
    [1.0, 1.0, -1.0, 1.0, 1.0, -0.284, 5.0, 1.716, 5.5, 1.716, 5.5]
    """
    if not callable(f):
        raise TypeError(f"f must be callable, got {f!r}")
    if not x:
        raise TypeError("x must hold at least one argument of f")
    if order not in ("execution", "layers"):
        raise ValueError(f"order must be 'execution' or 'layers', got {order!r}")
    arguments = Arguments(x, "x", copy=True)
    trace = record(lambda leaves: f(*arguments.pack(leaves)), arguments.leaves)
    rows, outputs = trace.rows, trace.outputs
    if order == "layers":
        rows, place = in_layers(*share(rows))
        outputs = [None if k is None else place[k] for k in outputs]
    m = len(trace.values)
    output_names = ("y",) if m == 1 else tuple(f"y_{j + 1}" for j in range(m))
    values = tuple(arguments.result(value) for value in trace.values)
    return WengertList(rows, arguments, input_names(f, arguments), tuple(outputs), values, output_names)
