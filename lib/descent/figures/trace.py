"""The evaluation trace as a table that fills with tangents or adjoints, beside its computational graph."""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from descent.autodiff.frames import TangentStep
from descent.autodiff.symbols import bare, number
from descent.figures.formulas import formula
from descent.figures.graph import add_arrow, add_box, draw_graph, edge_partials, layered, pixel_axes
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREY, INK, RED, SKY

HERE = "#F2CF80"  # the current line and node
HALO = [withStroke(linewidth=3, foreground="white")]
TRACE, NUMBERS, VALUE, SYMBOL, OTHER_NUMBERS, RESULT = range(6)
# Sizes of type to try, and the columns to leave out, until the table fits.
TYPES = (
    (15, ()), (14, ()), (13, ()), (15, (NUMBERS,)), (14, (NUMBERS,)), (13, (NUMBERS,)),
    (14, (NUMBERS, OTHER_NUMBERS)), (13, (NUMBERS, OTHER_NUMBERS)),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the table: six cells, and the step of the run that fills it (None: y does not need it)."""

    cells: tuple
    step: int | None


def table_lines(run) -> list:
    """Return the lines of the table that a run of `WengertList.forward` or `.reverse` fills.

    Parameters
    ----------
    run : Run
        Of `TangentStep` or `AdjointStep`.

    Examples
    --------
    >>> from descent.autodiff import wengert
    >>> [line.step for line in table_lines(wengert(lambda x: x * x, 3.0).reverse())]
    [3, 2, 1, 0]
    """
    steps = list(run)
    if steps and isinstance(steps[0], TangentStep):
        return [Line(_cells(step.row().values()), k) for k, step in enumerate(steps)]
    filled = {}
    for k, step in enumerate(steps):
        filled.setdefault(step.trace, []).append(Line(_cells(step.row().values()), k))
    lines = []
    for primal in run.arguments["trace"].table().rows:
        group = filled.get(primal[0], [Line(_cells([*primal, "", "", ""]), None)])[::-1]
        lines.append(group[0])
        lines.extend(Line(("", "", "", *line.cells[SYMBOL:]), line.step) for line in group[1:])
    return lines


def _cells(row) -> tuple:
    """Return a line's six cells as formulas; numbers that only repeat the value are left out."""
    trace, numbers, value, symbol, other, result = row
    value, result = (text if isinstance(text, str) else bare(number(text)) for text in (value, result))
    numbers, other = ("" if a == b else a for a, b in ((numbers, value), (other, result)))
    return tuple(formula(text) for text in (trace, numbers, value, symbol, other, result))


class TracePicture(Picture):
    """A film of a forward or a reverse sweep (lecture: Figures 20-30 and the tables of the notes).

    Frames are those of `play(run, TracePicture)` with run from `WengertList.forward(tangents)` or
    `WengertList.reverse(adjoint)`.  A long table and a deep graph scroll with the current line.
    """

    size = (11.6, 6.0)
    share = 0.69  # of the width, for the table
    most_lines = 20

    def static(self, frame: Frame):
        return frame.run, self.first_line(frame), self.first_layer(frame)

    def lines(self, frame: Frame) -> list:
        if getattr(self, "_lines_of", None) is not frame.run:
            self._lines, self._lines_of = table_lines(frame.run), frame.run
            graph = frame.trace.graph()
            self._graph, self._layout = graph, layered(graph)
            self._partials = edge_partials(frame.trace.rows)
        return self._lines

    def current(self, frame: Frame) -> int:
        """The line that this step fills."""
        return next(i for i, line in enumerate(self.lines(frame)) if line.step == frame.k)

    def first_line(self, frame: Frame) -> int:
        return _page(self.current(frame), len(self.lines(frame)), self.most_lines)

    def first_layer(self, frame: Frame) -> int:
        self.lines(frame)
        fitting = int(self._length() // self._layer_room())
        node = self.here(frame)[0]
        layer = self._graph.nodes[node]["layer"] if node in self._graph else 0
        return _page(layer, self._layout.layers, fitting)

    def here(self, frame: Frame) -> tuple:
        """The node whose tangent or adjoint is set, and the nodes that it comes from."""
        step, trace = frame.step, frame.trace
        if not isinstance(step, TangentStep):
            sources = () if step.index in (None, step.parent) else (step.index,)
            return step.parent, sources
        if step.index is None:
            name = step.trace.split(" = ")[0]
            return _output(trace, name), ()
        return step.index, trace.rows[step.position].parents

    def _down(self) -> bool:
        return self._layout.widest <= 5

    def _layer_room(self) -> float:
        return 44.0 if self._down() else 58.0

    def _length(self) -> float:
        width, height = 100 * self.size[0], 100 * self.size[1]
        return 0.94 * height if self._down() else (0.99 - self.share) * width

    def draw(self, frame: Frame):
        self._draw_table(frame)
        self._draw_graph(frame)

    def _draw_table(self, frame: Frame):
        axes = pixel_axes(self.figure, 0, 0, self.share, 1)
        (_, width), (_, height) = axes.get_xlim(), axes.get_ylim()
        self.shown = self.lines(frame)[self.first_line(frame) :][: self.most_lines]
        self.row_height = min(44.0, (height - 50) / max(len(self.shown), 8))
        self.row_top = height - 44
        name = "tangent" if isinstance(frame.step, TangentStep) else "adjoint"
        heads = ["evaluation trace", "numbers", "value", f"{name} trace", "numbers", name]
        heads = [axes.text(0, height - 22, head, va="center", color="#555555", size=13) for head in heads]
        self.texts = [
            [axes.text(0, 0, cell, va="center", size=15) for cell in line.cells] for line in self.shown
        ]
        self.columns, aligns = self._columns(heads, width - 20)
        for row, texts in enumerate([heads, *self.texts]):
            for x, align, text in zip(self.columns, aligns, texts, strict=True):
                text.set(x=x, ha=align)
                if row:
                    text.set_y(self.row_top - (row - 0.5) * self.row_height)
        low = self.row_top - len(self.shown) * self.row_height
        here = {"facecolor": HERE, "linewidth": 0, "zorder": 3}
        self.marker = self.moving(axes.add_patch(Rectangle((4, 0), width - 8, self.row_height, **here)))
        first = NUMBERS if name == "tangent" else SYMBOL
        left = (
            self.columns[first] if first not in self.dropped else self.columns[TRACE] + self.trace_width
        ) - 7
        self.line_here = [self.moving(axes.text(x, 0, "", va="center", zorder=3.5)) for x in self.columns]
        cover = {"facecolor": "white", "linewidth": 0, "zorder": 4}
        self.cover = self.moving(axes.add_patch(Rectangle((left, low), width - left, 0, **cover)))
        line = {"color": GREY, "linewidth": 1, "zorder": 5}
        self.moving(axes.plot([self.columns[VALUE] + 9] * 2, [low, height - 6], **line)[0])
        axes.plot([4, width - 4], [self.row_top] * 2, color=INK, linewidth=1.2)

    def _columns(self, heads, width) -> tuple:
        """Return where each column stands and how it is aligned, in the largest type that fits."""
        renderer = self.figure.canvas.get_renderer()
        heads_wide = [head.get_window_extent(renderer).width for head in heads]
        cells_wide = [
            max(texts[column].get_window_extent(renderer).width for texts in self.texts)
            for column in range(6)
        ]
        for size, dropped in TYPES:
            widths = [
                0.0 if column in dropped else max(size / 15 * cell, head) + 16
                for column, (cell, head) in enumerate(zip(cells_wide, heads_wide, strict=True))
            ]
            if sum(widths) <= width:
                break
        for column in range(6):
            for text in (heads[column], *(texts[column] for texts in self.texts)):
                text.set_visible(column not in dropped)
        for texts in self.texts:
            for text in texts:
                text.set_size(size)
        self.dropped, self.trace_width = dropped, widths[TRACE]
        spare = max(0.0, (width - sum(widths)) / (6 - len(dropped)))
        left, xs, aligns = 12.0, [], []
        for column, own in enumerate(widths):
            own += spare if column not in dropped else 0.0
            right = column in (VALUE, RESULT)
            xs.append(left + own - 16 if right else left)
            aligns.append("right" if right else "left")
            left += own + (4 if column == VALUE else 0)
        return xs, aligns

    def _draw_graph(self, frame: Frame):
        axes = pixel_axes(self.figure, self.share + 0.005, 0.03, 0.99 - self.share, 0.94)
        down, layers = self._down(), self._layout.layers
        window = axes.get_ylim() if down else axes.get_xlim()
        length = max(window[1], layers * self._layer_room())
        (axes.set_ylim if down else axes.set_xlim)(0, length)
        numbered = down and layers <= 10
        self.drawn = drawn = draw_graph(
            axes, self._graph, direction="down" if down else "right", layout=self._layout,
            lines=2 if numbered else None,
        )  # fmt: skip
        start = self.first_layer(frame) * self._layer_room()
        if down:
            axes.set_ylim(length - start - window[1], length - start)
        else:
            axes.set_xlim(start, start + window[1])
        self.glasses = {
            node: self.moving(
                add_box(
                    axes, x, y, drawn.width, drawn.height, zorder=4.5,
                    rounded=self._graph.nodes[node]["operation"] != "input",
                )
            )
            for node, (x, y) in drawn.centres.items()
        }  # fmt: skip
        self.active = {
            edge: self.moving(add_arrow(axes, path, drawn.width, color=RED, linewidth=2.8, zorder=2.5))
            for edge, path in drawn.paths.items()
        }
        self.label_here = self.moving(axes.text(0, 0, "", ha="center", zorder=5, clip_on=True))
        self._add_numbers(axes, numbered)

    def _add_numbers(self, axes, numbered):
        style = {"fontsize": 13, "va": "center", "ha": "center", "zorder": 6, "clip_on": True}
        self.numbers = {
            node: self.moving(axes.text(x, y - 0.25 * self.drawn.height, "", color=BLUE, **style))
            for node, (x, y) in (self.drawn.centres.items() if numbered else ())
        }
        self.slopes = {
            edge: self.moving(axes.text(*_along(path), "", color=RED, path_effects=HALO, **style))
            for edge, path in (self.drawn.paths.items() if self._down() else ())
        }

    def show(self, frame: Frame):
        forward = isinstance(frame.step, TangentStep)
        row = self.current(frame) - self.first_line(frame)
        top = self.row_top - row * self.row_height
        self.marker.set_y(top - self.row_height)
        for copy, text in zip(self.line_here, self.texts[row], strict=True):
            copy.update_from(text)
            copy.set(text=text.get_text(), position=text.get_position(), animated=True, zorder=3.5)
        if forward:
            low = self.row_top - len(self.shown) * self.row_height
            self.cover.set(y=low, height=top - self.row_height - low)
        else:
            self.cover.set(y=top, height=max(self.row_top - 1 - top, 0))
        self._show_graph(frame, forward)

    def _show_graph(self, frame: Frame, forward: bool):
        node, sources = self.here(frame)
        known = frame.step.tangents if forward else frame.step.adjoints
        for index, glass in self.glasses.items():
            colour = HERE if index == node else (SKY, 0.25) if index in known else ("white", 0.0)
            glass.set_facecolor(colour)
            glass.set_edgecolor(RED if index in sources else INK)
            glass.set_linewidth(2.8 if index in (node, *sources) else 1.5)
        label = self.drawn.labels.get(node)
        self.label_here.set_text("" if label is None else label.get_text())
        if label is not None:
            self.label_here.set(position=label.get_position(), size=label.get_size(), va=label.get_va())
        for index, text in self.numbers.items():
            text.set_text(_plain(known[index]) if np.ndim(known.get(index, [])) == 0 else "")
        edges = {(source, node) if forward else (node, source) for source in sources}
        for edge, arrow in self.active.items():
            arrow.set_visible(edge in edges)
        for edge, text in self.slopes.items():
            slope = self._partials.get(edge) if edge in edges else None
            text.set_text("" if slope is None else f"× {_plain(slope)}")

    def describe(self, frame: Frame) -> str:
        step, run = frame.step, frame.run
        if isinstance(step, TangentStep):
            name, in_numbers, result = "Tangent", step.tangent_numbers, step.tangent
        else:
            name, in_numbers, result = "Adjoint", step.adjoint_numbers, step.adjoint
        parts = [step.symbol, in_numbers, bare(number(result))]
        if parts[1] == parts[2]:
            del parts[1]
        value = bare(number(step.value))
        primal = step.trace if step.trace.endswith(f" = {value}") else f"{step.trace} = {value}"
        end = f" The run ends: {run.message}." if frame.k == run.nit else ""
        return f"Step {frame.k} of {run.nit}: {primal}. {name}: {' = '.join(parts)}.{end}"


def _output(trace, name: str):
    """Return the index of the row that a result is, None for a constant."""
    row = trace.outputs[trace.output_names.index(name)]
    return None if row is None else row + 1 - trace.inputs


def _page(current: int, total: int, fitting: int) -> int:
    """Return the first of the lines to show: pages overlap, so that the line before is seen too."""
    if total <= fitting:
        return 0
    page = max(fitting - 3, 1)
    return min(max(current - 1, 0) // page * page, total - fitting)


def _along(path) -> tuple:
    """Return a point on the last piece of an edge's path, nearer to its beginning: ends meet."""
    p, a, b, q = path.vertices[-4:]
    return tuple((27 * p + 54 * a + 36 * b + 8 * q) / 125)


def _plain(value) -> str:
    return bare(number(value)).replace("-", "\u2212")
