"""The computational graph in layers: inputs first, each operation behind its operands."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from descent.figures.display import Shown, show
from descent.figures.formulas import formula
from descent.figures.layers import Layout, layered
from descent.figures.style import GREY, INK, SKY, new_figure, styled

ROW = re.compile(r"v_(?:\{-?\d+\}|\d)")
RESULT = re.compile(r" = (\w+)$")


@dataclass(frozen=True)
class DrawnGraph:
    """The artists of a graph: boxes and labels by node, arrows and their paths by edge; places in pixels."""

    boxes: dict
    labels: dict
    arrows: dict
    paths: dict
    centres: dict
    width: float
    height: float


@lru_cache(maxsize=512)
def operation_label(symbol: str) -> str:
    """Return what a node does, for the inside of its box: "ln", "×", "√", "× 2".

    >>> operation_label("ln v_{-1}"), operation_label("v_0 × v_1"), operation_label("v_1^2")
    ('ln', '×', '·^2')
    """
    if found := re.match(r"([A-Za-z]\w*)\(", symbol):
        return found[1]
    bare = ROW.sub("·", symbol)
    return bare.replace("·", "").strip() if re.search(r"^[^|^\[]*$", bare) else bare


def draw_graph(
    axes, graph, *, direction: str = "down", layout: Layout | None = None, lines: int | None = None
) -> DrawnGraph:
    """Draw a computational graph into axes whose data units are pixels.

    Parameters
    ----------
    axes : matplotlib Axes
        With limits in pixels, as `pixel_axes` makes them.
    graph : networkx.DiGraph
        From `WengertList.graph()`.
    direction : {"down", "right"}
        Where the layers go: down with one line of text in each box, right with two.
    layout : Layout, optional
        From `layered(graph)`.
    lines : {1, 2}, optional
        How high the boxes are; with direction "down" and 2, the upper half is labelled and the lower free.

    Returns
    -------
    DrawnGraph

    Raises
    ------
    ValueError
        If direction is something else.
    """
    if direction not in ("down", "right"):
        raise ValueError(f"direction must be 'down' or 'right', got {direction!r}")
    layout = layout or layered(graph)
    down = direction == "down"
    place, box = _placing(axes, layout, down, lines or (1 if down else 2))
    raised = 0.23 * box[1] if down and lines == 2 else 0.0
    centres = {node: place(position) for node, position in layout.nodes.items()}
    paths = {
        (i, j): edge_path([centres[i], *map(place, layout.bends[i, j]), centres[j]], box, down)
        for i, j in graph.edges
    }
    arrows = {edge: add_arrow(axes, path, box[0], color=GREY, linewidth=1.6) for edge, path in paths.items()}
    for i, j, times in graph.edges(data="times", default=1):
        if times > 1:  # an operation that takes the same operand twice, as x * x
            middle = np.mean([centres[i], centres[j]], axis=0)
            axes.annotate(f"{times}×", middle, (5, 3), textcoords="offset points", fontsize=13, color=INK)
    boxes, labels = {}, {}
    for node, (x, y) in centres.items():
        boxes[node] = add_box(axes, x, y, *box, rounded=graph.nodes[node]["operation"] != "input")
        text, size = _label(graph.nodes[node], one_line=down, width=box[0])
        align = "center_baseline" if down else "center"
        labels[node] = axes.text(
            x, y + raised, text, ha="center", va=align, fontsize=size, zorder=4, clip_on=True
        )
    return DrawnGraph(boxes, labels, arrows, paths, centres, *box)


def _placing(axes, layout, down, lines) -> tuple:
    """Return the function from (layer, place) to pixels, and the size of a box."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    top, bottom = max(top, bottom), min(top, bottom)
    along, across = (top - bottom, right - left) if down else (right - left, top - bottom)
    room, gap = across / layout.widest, along / layout.layers
    high = 34.0 if lines == 1 else 50.0
    box = (
        (min(92.0, 0.9 * room), min(high, 0.7 * gap))
        if down
        else (min(66.0, 0.78 * gap), min(high, 0.8 * room))
    )
    room, gap = min(room, 130.0 if down else 86.0), min(gap, 96.0 if down else 140.0)
    direction = -1 if axes.get_ylim()[0] > axes.get_ylim()[1] else 1

    def place(position):
        layer, where = position
        a = (layer - (layout.layers - 1) / 2) * gap
        b = where * room
        x, y = (b, -direction * a) if down else (a, -direction * b)
        return (left + right) / 2 + x, (top + bottom) / 2 + y

    return place, box


def add_box(axes, x, y, width, height, *, rounded: bool = True, **style) -> FancyBboxPatch:
    """Add a node's box: round for an operation, square for an input."""
    rounding = min(width, height) / 2 if rounded else 3
    shape = f"round,pad=0,rounding_size={rounding}"
    style = {"facecolor": "white", "edgecolor": INK, "linewidth": 1.5, "zorder": 3} | style
    corner = (x - width / 2, y - height / 2)
    return axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, **style))


def _label(node: dict, one_line: bool, width: float) -> tuple:
    """Return the text of a box and its size: the name and what the node does, as far as it fits."""
    name, _, extra = node["label"].partition(" = ")
    what = extra if node["operation"] == "input" else operation_label(node["symbol"])
    size = 15 if width >= 44 else 13 if width >= 27 else 11
    room = (width - (0.62 * size * len(re.sub(r"[_{}]", "", name)) + size if one_line else 2)) / (0.62 * size)
    for text in (what, re.sub(r"[\d.()-]+", "", what).strip(), ""):
        if len(re.sub(r"[_{}^]", "", text)) <= room:
            break
    return (
        f"{formula(name)}  {formula(text)}".strip() if one_line else f"{formula(name)}\n{formula(text)}",
        size,
    )


def edge_path(points, box, down: bool) -> Path:
    """Return a curve through the points, from the border of the first box to that of the last.

    >>> edge_path([(0, 0), (0, 10)], (2, 2), down=True).vertices[[0, -1]].tolist()
    [[0.0, 1.0], [0.0, 9.0]]
    """
    half = (box[1] if down else box[0]) / 2
    way = np.sign(points[1][1 if down else 0] - points[0][1 if down else 0])
    shift = np.array([0.0, way * half] if down else [way * half, 0.0])
    points = [np.array(point, float) for point in points]
    points[0], points[-1] = points[0] + shift, points[-1] - shift
    vertices, codes = [points[0]], [Path.MOVETO]
    for p, q in pairwise(points):
        half_way = (q - p) * ([0, 0.5] if down else [0.5, 0])
        vertices += [p + half_way, q - half_way, q]
        codes += [Path.CURVE4] * 3
    return Path(vertices, codes)


def add_arrow(axes, path: Path, box_width: float = 60.0, **style) -> FancyArrowPatch:
    """Add an arrow along a path."""
    head = 12 if box_width < 44 else 15
    return axes.add_patch(
        FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=head, **({"zorder": 2} | style))
    )


def pixel_axes(figure, left: float, bottom: float, width: float, height: float):
    """Return axes without frame, at a place given in shares of the figure, with pixels as data units."""
    figure.set_layout_engine("none")
    axes = figure.add_axes([left, bottom, width, height])
    axes.set_axis_off()
    size = figure.get_size_inches() * figure.dpi
    axes.set_xlim(0, width * size[0])
    axes.set_ylim(0, height * size[1])
    return axes


def graph_figure(trace, *, width: float = 11.6) -> Shown:
    """Show the computational graph of a Wengert list, from left to right (lecture: Figure 19).

    Parameters
    ----------
    trace : WengertList
        From `wengert`; up to about 40 rows are legible.
    width : float
        In inches.

    Examples
    --------
    >>> from descent.autodiff import wengert
    >>> graph_figure(wengert(lambda x: x * np.sin(x), 2.0))
    A computational graph of 3 nodes in 3 layers: v_0 = x; v_1 = sin v_0; v_2 = v_0 × v_1 = y.
    """
    graph = trace.graph()
    layout = layered(graph)
    with styled():
        figure = new_figure(width, min(0.72 * max(layout.widest, 2) + 0.5, 7.5))
        axes = pixel_axes(figure, 0.01, 0.02, 0.95, 0.96)
        drawn = draw_graph(axes, graph, direction="right", layout=layout)
        for node, (x, y) in drawn.centres.items():
            drawn.boxes[node].set_facecolor(
                "#E4F2FB" if graph.nodes[node]["operation"] == "input" else "white"
            )
            if graph.nodes[node]["operation"] != "input" and (
                name := RESULT.search(graph.nodes[node]["label"])
            ):
                axes.text(
                    x + drawn.width / 2 + 4, y, f"$=$ {formula(name[1])}", ha="left", va="center", fontsize=15
                )
                drawn.boxes[node].set_facecolor(SKY)
    parts = "; ".join(
        data["label"] if data["operation"] == "input" else _line(data) for _, data in graph.nodes(data=True)
    )
    return show(figure, f"A computational graph of {len(graph)} nodes in {layout.layers} layers: {parts}.")


def _line(data: dict) -> str:
    name, _, extra = data["label"].partition(" = ")
    return f"{name} = {data['symbol']}" + (f" = {extra}" if extra else "")


def edge_partials(rows: list) -> dict:
    """Return dv_i/dv_j by edge (j, i); an operand that is used twice counts twice.

    >>> from descent.autodiff import wengert
    >>> edge_partials(wengert(lambda x: x * x, 3.0).rows)
    {(0, 1): 6.0}
    """
    partials, unknown = Counter(), set()
    for row in rows:
        for j, partial in zip(row.parents, row.partials, strict=True):
            if partial is None or np.ndim(partial):
                unknown.add((j, row.index))
            else:
                partials[j, row.index] += float(partial)
    return {edge: value for edge, value in partials.items() if edge not in unknown}
