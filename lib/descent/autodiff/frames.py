"""The two sweeps frame by frame: the lines of the lecture's tables, one at a time."""

from dataclasses import dataclass, field

import numpy as np

from descent.autodiff.listing import Names, numbers, read, term_numbers
from descent.autodiff.primitives import add
from descent.autodiff.symbols import BAR, DOT, TEX, TEXT, bare, number, value_text
from descent.autodiff.tape import Call, plain
from descent.stepwise import Step, converged, stepwise


@dataclass(frozen=True)
class TangentStep(Step):
    """One line of the forward trace.

    Attributes
    ----------
    index : int or None
        The i of v_i; None for a line of y.
    position : int
        The row of the list, from 0.
    trace, numbers, value
        The primal line "v_1 = ln v_{-1}", the same in numbers, and v_i.
    symbol, tangent_numbers, tangent
        The tangent line "v̇_1 = v̇_{-1} / v_{-1}", the same in numbers, and its value.
    latex : str
        The tangent line in LaTeX.
    tangents : dict
        Index -> tangent of all lines so far.
    """

    index: int | None
    position: int
    trace: str
    numbers: str
    value: object
    symbol: str
    tangent_numbers: str
    tangent: object
    latex: str
    history: list = field(repr=False, compare=False)
    inputs: int = field(repr=False, default=1)

    @property
    def tangents(self) -> dict:
        return {k + 1 - self.inputs: self.history[k] for k in range(self.position + 1)}

    def row(self) -> dict:
        return {
            "trace": self.trace, "numbers": self.numbers, "value": self.value, "tangent": self.symbol,
            "tangent numbers": self.tangent_numbers, "tangent value": self.tangent,
        }  # fmt: skip


@dataclass(frozen=True)
class AdjointStep(Step):
    """One line of the reverse trace: what one operand receives when its operation is undone.

    Attributes
    ----------
    index : int or None
        The operation v_i that is undone; None for the line of y; an input's own index at the end.
    parent : int
        The index of the v_j whose adjoint this line sets.
    trace, numbers, value
        The primal line that the adjoint line belongs to, in symbols and numbers, and its value.
    symbol, adjoint_numbers, adjoint
        The line "v̄_0 = v̄_0 + v̄_2 × v_{-1}", the same in numbers, and the adjoint of v_j so far.
    latex : str
        The adjoint line in LaTeX.
    adjoints : dict
        Index -> adjoint so far, of all v_j that have one.
    """

    index: int | None
    parent: int
    trace: str
    numbers: str
    value: object
    symbol: str
    adjoint_numbers: str
    adjoint: object
    latex: str
    history: list = field(repr=False, compare=False)
    position: int = field(repr=False, default=0)

    @property
    def adjoints(self) -> dict:
        return dict(self.history[: self.position])

    def row(self) -> dict:
        return {
            "trace": self.trace, "numbers": self.numbers, "value": self.value, "adjoint": self.symbol,
            "adjoint numbers": self.adjoint_numbers, "adjoint value": self.adjoint,
        }  # fmt: skip


def primal_line(trace, k: int) -> tuple:
    """Return "v_1 = ln v_{-1}" and "ln 2" for a row."""
    entry, names = read(trace.tape[k]), Names(trace.inputs, TEXT)
    if not entry.operands:
        return f"{names.of(k)} = {trace.names[k]}", bare(number(entry.value))
    return f"{names.of(k)} = {names.right_side(entry)}", value_text(entry.name, numbers(entry, trace.tape))


def output_line(trace, j: int) -> tuple:
    """Return "y = v_5" and its number."""
    row = trace.outputs[j]
    right = number(trace.values[j]) if row is None else Names(trace.inputs, TEXT).of(row)
    return f"{trace.output_names[j]} = {right}", bare(number(trace.values[j]))


@stepwise
def tangent_frames(trace, seeds: dict):
    """Sweep forward over a WengertList, a frame for each line of its forward table."""
    tangents = []
    for k, row in enumerate(trace.tape):
        entry = read(row)
        if not entry.operands:
            tangents.append(seeds[k] if k < trace.inputs else _zero(entry.value))
            lines = [
                f"{_name(trace, k, w, DOT)} = {w.accented(w.input(trace.names[k]), DOT)}" for w in (TEXT, TEX)
            ]
            in_numbers = bare(number(tangents[k]))
        else:
            tangents.append(_tangent(entry, row, tangents))
            lines = [_tangent_line(trace, k, entry, w) for w in (TEXT, TEX)]
            in_numbers = TEXT.finish(
                " + ".join(
                    term_numbers(j, entry, trace.tape, tangents[i], True)
                    for j, (_, i) in enumerate(entry.parents)
                )
            )
        yield TangentStep(
            k + 1 - trace.inputs, k, *primal_line(trace, k), entry.value, lines[0], in_numbers, tangents[k],
            lines[1], tangents, trace.inputs,
        )  # fmt: skip
    for j, row in enumerate(trace.outputs):
        tangent = _zero(trace.values[j]) if row is None else tangents[row]
        lines = [_output_tangent(trace, j, row, w) for w in (TEXT, TEX)]
        yield TangentStep(
            None, len(tangents) - 1, *output_line(trace, j), trace.values[j], lines[0], bare(number(tangent)),
            tangent, lines[1], tangents, trace.inputs,
        )  # fmt: skip
    return converged("every row has its tangent")


def _output_tangent(trace, j, row, writing):
    right = "0" if row is None else _name(trace, row, writing, DOT)
    return f"{writing.accented(writing.input(trace.output_names[j]), DOT)} = {right}"


def _name(trace, k, writing, accent=""):
    return Names(trace.inputs, writing).of(k, "v" + accent)


def _zero(value):
    if type(value) is tuple:
        return tuple(_zero(part) for part in value)
    return np.zeros(np.shape(value)) if np.ndim(value) else 0.0


def _tangent(entry, row, tangents):
    if not isinstance(row[2], Call):
        return sum(tangents[i] * d for (_, i), d in zip(entry.parents, entry.partials, strict=True))
    moving = [(k, tangents[i]) for k, i in entry.parents]
    tangent = entry.operation.jvp(moving, entry.value, row[2].operands, entry.kwargs)
    return _zero(entry.value) if tangent is None else plain(tangent)


def _tangent_line(trace, k, entry, writing):
    names = Names(trace.inputs, writing)
    terms = [names.term(j, entry, k, "v" + DOT) for j in range(len(entry.parents))]
    return f"{names.of(k, 'v' + DOT)} = {writing.finish(' + '.join(terms))}"


@stepwise
def adjoint_frames(trace, seeds: list):
    """Sweep backward over a WengertList, a frame for each line of its reverse table, the last line first."""
    history, adjoints = [], {}

    def meet(row, term):
        adjoints[row] = term if row not in adjoints else add(adjoints[row], term)
        history.append((row + 1 - trace.inputs, adjoints[row]))
        return adjoints[row], history, len(history)

    for j in range(len(trace.outputs) - 1, -1, -1):
        row = trace.outputs[j]
        if row is None:
            continue
        again = row in adjoints
        adjoint, *where = meet(row, seeds[j])
        lines = [
            f"{_name(trace, row, w, BAR)} = {_name(trace, row, w, BAR) + ' + ' if again else ''}"
            f"{w.accented(w.input(trace.output_names[j]), BAR)}"
            for w in (TEXT, TEX)
        ]
        yield AdjointStep(
            None, row + 1 - trace.inputs, *output_line(trace, j), trace.values[j], lines[0],
            bare(number(seeds[j])), adjoint, lines[1], *where,
        )  # fmt: skip
    for k in range(len(trace.tape) - 1, -1, -1):
        entry = read(trace.tape[k])
        primal = primal_line(trace, k)
        if not entry.operands:
            adjoint, *where = (
                meet(k, _zero(entry.value)) if k not in adjoints else (adjoints[k], history, len(history))
            )
            lines = [
                f"{w.accented(w.input(trace.names[k]), BAR)} = {_name(trace, k, w, BAR)}" for w in (TEXT, TEX)
            ]
            index = k + 1 - trace.inputs
            yield AdjointStep(
                index, index, *primal, entry.value, lines[0], bare(number(adjoint)), adjoint, lines[1], *where
            )
        elif k in adjoints:
            yield from _undo(trace, k, entry, primal, adjoints, meet)
    return converged("every input has its adjoint")


def _undo(trace, k, entry, primal, adjoints, meet):
    """Yield a frame for each operand of row k."""
    for j, (position, parent) in enumerate(entry.parents):
        term = _received(entry, j, position, trace.tape[k], adjoints[k])
        if term is None:
            continue
        again, before = parent in adjoints, adjoints.get(parent)
        adjoint, *where = meet(parent, term)
        lines = []
        for w in (TEXT, TEX):
            names = Names(trace.inputs, w)
            own = names.of(parent, "v" + BAR)
            right = w.finish(names.term(j, entry, k, "v" + BAR))
            lines.append(f"{own} = {own + ' + ' if again else ''}{right}")
        in_numbers = term_numbers(j, entry, trace.tape, adjoints[k], False)
        in_numbers = TEXT.finish(f"{number(before)} + {in_numbers}" if again else in_numbers)
        yield AdjointStep(
            k + 1 - trace.inputs, parent + 1 - trace.inputs, *primal, entry.value, lines[0], in_numbers,
            adjoint, lines[1], *where,
        )  # fmt: skip


def _received(entry, j, position, row, adjoint):
    """Return what one operand receives from the adjoint of its operation."""
    call = row[2]
    if not isinstance(call, Call):
        return adjoint * entry.partials[j]
    if entry.operation.pull_all is not None:
        return entry.operation.pull_all([position], adjoint, entry.value, call.operands)[0]
    term = entry.operation.vjp(position, adjoint, entry.value, call.operands, call.kwargs)
    return None if term is None else plain(term)
