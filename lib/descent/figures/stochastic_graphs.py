"""A stochastic computation graph, and its surrogate loss as it is built."""

from dataclasses import dataclass

import networkx
from matplotlib.patches import Circle, RegularPolygon

from descent.expectations.graph_film import GraphStep, is_scored, kinds
from descent.figures.graph import add_arrow, add_box, edge_path, pixel_axes
from descent.figures.layers import layered
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREY, INK, RED

HERE = "#FFD98A"  # the current node
GREEK = {"theta": r"\theta", "phi": r"\varphi", "noise": r"\varepsilon", "c1": "c_1", "c2": "c_2"}
RADIUS = 38.0  # of a node, in pixels
REACH = {"parameter": 0.9, "deterministic": 1.0, "stochastic": 1.0, "cost": 1.35}  # in radii, from the centre
ROW = 46.0  # height of a row of the table, in pixels


def symbol(name: str) -> str:
    r"""Return the LaTeX of a node's name.

    >>> symbol("theta"), symbol("x")
    ('\\theta', 'x')
    """
    return GREEK.get(name, name)


def as_networkx(graph) -> networkx.DiGraph:
    """Return the nodes and edges of a stochastic graph, each node with the layer where it is drawn.

    A layer is one more than that of the last parent; what has no parents stands just before its
    first child.

    >>> from descent.expectations.example_graphs import graphs
    >>> as_networkx(graphs()["reparameterised"][0]).nodes("layer")
    NodeDataView({'theta': 0, 'noise': 0, 'x': 1, 'c': 2}, data='layer')
    """
    drawn = networkx.DiGraph()
    drawn.add_nodes_from(graph.parameters, layer=0)
    for name, node in graph.nodes.items():
        drawn.add_node(name, layer=1 + max((drawn.nodes[p]["layer"] for p in node.parents), default=-1))
        drawn.add_edges_from((parent, name) for parent in node.parents)
    for name in drawn:
        if not drawn.pred[name]:
            drawn.nodes[name]["layer"] = max(
                0, min(drawn.nodes[child]["layer"] for child in drawn.succ[name]) - 1
            )
    return drawn


@dataclass(frozen=True)
class DrawnNode:
    """The artists of a node."""

    shape: object
    value: object


class SurrogatePicture(Picture):
    """The graph with the values of one sample, and the terms of its surrogate loss.

    Squares are computed, circles drawn at random, diamonds are costs; a parameter has no frame.
    Frames are of `surrogate_film`.
    """

    size = (12.4, 6.0)

    def static(self, frame: Frame):
        return id(frame.graph)

    def draw(self, frame: Frame):
        left, right = (
            pixel_axes(self.figure, x, 0.02, wide, 0.96) for x, wide in ((0.005, 0.56), (0.59, 0.4))
        )
        for axes in (left, right):
            axes.spines[:].set_visible(False)
        self._draw_graph(left, frame.graph)
        self._draw_terms(right, frame.graph)

    def _draw_graph(self, axes, graph):
        drawn, kind = as_networkx(graph), kinds(graph)
        layout = layered(drawn)
        width, height = axes.get_xlim()[1], axes.get_ylim()[1]
        gap, room = min(width / layout.layers, 175.0), min(0.8 * height / layout.widest, 170.0)

        def place(position):
            layer, where = position
            return width / 2 + (layer - (layout.layers - 1) / 2) * gap, 0.54 * height - where * room

        centres = {name: place(position) for name, position in layout.nodes.items()}
        for i, j in drawn.edges:
            bends = [place(position) for position in layout.bends[i, j]]
            x, y = centres[j]
            end = (x - (REACH[kind[j]] - 1) * RADIUS, y)
            path = edge_path([centres[i], *bends, end], (2 * RADIUS, 2 * RADIUS), down=False)
            add_arrow(axes, path, color=GREY, linewidth=1.8)
        self.nodes = {name: self._draw_node(axes, name, kind[name], *centres[name]) for name in drawn}
        for name, (x, y) in centres.items():
            label = graph.nodes[name].label if name in graph.nodes else ""
            sign = r"\sim" if kind[name] == "stochastic" else "="
            if label:
                text = f"${symbol(name)} {sign} {label}$"
                axes.text(x, y + REACH[kind[name]] * RADIUS + 10, text, ha="center", va="bottom", fontsize=14)
        legend = "square: computed,  circle: drawn at random,  diamond: cost"
        axes.text(width / 2, 8, legend, ha="center", va="bottom", fontsize=13, color="#555555")

    def _draw_node(self, axes, name, kind, x, y) -> DrawnNode:
        style = {"facecolor": "white", "edgecolor": INK, "linewidth": 1.8, "zorder": 3}
        if kind == "stochastic":
            shape = axes.add_patch(Circle((x, y), RADIUS, **style))
        elif kind == "cost":
            shape = axes.add_patch(RegularPolygon((x, y), 4, radius=REACH["cost"] * RADIUS, **style))
        else:
            edge = style | {"edgecolor": "white"} if kind == "parameter" else style
            shape = add_box(axes, x, y, 2 * RADIUS, 1.8 * RADIUS, rounded=False, **edge)
        axes_text = {"ha": "center", "zorder": 5}
        name_text = axes.text(x, y + 3, f"${symbol(name)}$", va="bottom", fontsize=18, **axes_text)
        value = self.moving(axes.text(x, y - 3, "", va="top", fontsize=13, **axes_text))
        self.moving(shape)
        self.moving(name_text)
        return DrawnNode(shape, value)

    def _draw_terms(self, axes, graph):
        width, height = axes.get_xlim()[1], axes.get_ylim()[1]
        axes.text(0, height - 14, "surrogate loss: a sum of terms", va="top", fontsize=16)
        slopes = [0.99 * width - 100 * k for k in range(len(graph.parameters))][::-1]
        heads = {"term": (0, "term", "left"), "weight": (0.52 * width, "held weight", "right")}
        for x, head, align in heads.values():
            axes.text(x, height - 62, head, va="top", ha=align, fontsize=14, color="#555555")
        for x, parameter in zip(slopes, graph.parameters, strict=True):
            text = rf"$\partial / \partial {symbol(parameter)}$"
            axes.text(x, height - 60, text, va="top", ha="right", fontsize=15, color="#555555")
        axes.plot([0, width], [height - 92] * 2, color=INK, linewidth=1.2)
        names = [*graph.scored(), *(name for name, node in graph.nodes.items() if node.kind == "cost")]
        self.rows = {}
        for k, name in enumerate(names):
            y = height - 120 - ROW * k
            parents = ", ".join(symbol(parent) for parent in graph.nodes[name].parents)
            term = (
                f"$\\ln\\, p({symbol(name)} \\mid {parents})$"
                if is_scored(graph, name)
                else f"${symbol(name)}$"
            )
            self.rows[name] = self._row(axes, y, [(0, term, "left"), (0.52 * width, "", "right")], slopes)
        y = height - 132 - ROW * len(names)
        axes.plot([0, width], [y + 34] * 2, color=INK, linewidth=1.2)
        self.sum = self._row(axes, y, [(0, "this sample", "left")], slopes)
        self.mean = self._row(axes, y - ROW, [(0, "mean of all samples", "left")], slopes)
        self.error = self._row(axes, y - 2 * ROW, [(0, "its standard error", "left")], slopes)

    def _row(self, axes, y, cells, slopes) -> list:
        cells = [*cells, *((x, "", "right") for x in slopes)]
        return [
            self.moving(axes.text(x, y, text, ha=align, va="center", fontsize=15)) for x, text, align in cells
        ]

    def show(self, frame: Frame):
        step: GraphStep = frame.step
        for name, node in self.nodes.items():
            here, reached = name == step.node, name in step.reached
            node.shape.set_facecolor(HERE if here else "#FBE3D6" if reached else "white")
            if name in frame.graph.nodes:
                node.shape.set_edgecolor(RED if reached and not here else INK)
                node.shape.set_linewidth(3.4 if reached or here else 1.8)
            node.value.set_text(f"{step.values[name]:.3g}" if name in step.values else "")
        for name, row in self.rows.items():
            shown = name in step.terms
            for text in row:
                text.set_visible(shown)
                text.set_color(BLUE if name == step.node else INK)
            if shown and is_scored(frame.graph, name):
                row[1].set_text(f"{self._weight(frame, name):.3g}")
            for text, slope in zip(row[-len(step.gradient) :], step.gradient, strict=True):
                text.set_text(f"{step.terms[name][slope]:.3g}" if shown else "")
        self._fill(self.sum, step.gradient if step.terms else {}, step)
        self._fill(self.mean, step.mean, step)
        self._fill(self.error, step.standard_error, step)

    def _weight(self, frame, name) -> float:
        """Return the weight with which a node's log-density entered, at the step that added it."""
        return next(step.weight for step in frame.past if step.phase == "term" and step.node == name)

    @staticmethod
    def _fill(row, values, step):
        for text in row:
            text.set_visible(bool(values))
        for text, parameter in zip(row[1:], step.gradient, strict=True):
            text.set_text(f"{values[parameter]:.3g}" if values else "")

    def describe(self, frame: Frame) -> str:
        step, graph = frame.step, frame.graph
        start = f"Step {frame.k} of {frame.run.nit}. "
        if step.phase == "value":
            how = {"stochastic": "is drawn", "cost": "is a cost"}.get(kinds(graph)[step.node], "is computed")
            return f"{start}{step.node} {how}: {step.values[step.node]:.4g}."
        if step.phase == "average":
            parts = [f"{step.mean[p]:.4g} +- {step.standard_error[p]:.2g} for {p}" for p in step.mean]
            return f"{start}The mean gradient of {frame.n} samples is {'; '.join(parts)}."
        slopes = ", ".join(f"{value:.4g} for {p}" for p, value in step.terms[step.node].items())
        if is_scored(graph, step.node):
            reached = " + ".join(step.reached)
            return (
                f"{start}Term ln p({step.node}) times {reached} = {step.weight:.4g}, held as a number. "
                f"Its derivative: {slopes}."
            )
        return f"{start}The cost {step.node} is a term itself. Its derivative, the draws held: {slopes}."
