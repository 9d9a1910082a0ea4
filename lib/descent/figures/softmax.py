"""SoftMax and its loss as a dataflow: every value forward, every adjoint backward (lecture 002, slide 58)."""

from dataclasses import replace

import numpy as np

from descent.figures.graph import draw_graph, pixel_axes
from descent.figures.layers import Layout, layered
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREEN, INK, RED
from descent.nn.lecture import Flow

APART = 2  # places between neighbours in a layer


class FlowPicture(Picture):
    """One way to compute the loss of a pattern: values under the nodes, adjoints above them."""

    size = (12.8, 5.0)

    def static(self, flow: Flow):
        return flow.way, flow.label, len(flow.logits)

    def draw(self, flow: Flow):
        axes = pixel_axes(self.figure, 0, 0.16, 1, 0.8)
        graph = flow.trace.graph()
        axes.spines[:].set_visible(False)
        self.drawn = draw_graph(axes, graph, direction="right", layout=_apart(layered(graph)))
        style = {"ha": "center", "fontsize": 13, "linespacing": 1.25, "zorder": 6}
        half = self.drawn.height / 2 + 5
        self.values, self.adjoints = {}, {}
        for node, (x, y) in self.drawn.centres.items():
            self.values[node] = self.moving(axes.text(x, y - half, "", va="top", **style))
            self.adjoints[node] = self.moving(axes.text(x, y + half, "", va="bottom", **style))
        left = {"ha": "left", "va": "top", "fontsize": 14}
        top = axes.get_ylim()[1]
        axes.text(14, top - 2, "below: values, forward", color=BLUE, **left)
        axes.text(14, top - 26, "above: adjoints, backward", color="#8A3A00", **left)
        self.verdict = self.moving(
            self.figure.text(0.012, 0.03, "", fontsize=15, va="bottom", linespacing=1.6, color=INK)
        )

    def show(self, flow: Flow):
        for row in flow.trace.rows:
            self._fill(self.values[row.index], row.value, BLUE)
            self._fill(self.adjoints[row.index], flow.adjoints.get(row.index), "#8A3A00")
        known = ", ".join(_short(v) for v in flow.truth)
        found = ", ".join(_short(v) for v in flow.gradient)
        self.verdict.set_text(
            f"loss {_short(flow.loss)},  gradient ({found})\nsoftmax minus one at the label ({known})"
        )
        self.verdict.set_color(GREEN if flow.sound else RED)

    def _fill(self, text, value, colour):
        bad = value is not None and not np.all(np.isfinite(value))
        text.set_text("" if value is None else "\n".join(_short(v) for v in np.ravel(value)))
        text.set(color=RED if bad else colour, fontweight="bold" if bad else "normal")

    def describe(self, flow: Flow) -> str:
        logits = ", ".join(_short(v) for v in flow.logits)
        bad = [row for row in flow.trace.rows if not np.all(np.isfinite(row.value))]
        if flow.sound:
            end = "loss and gradient are right."
        elif bad:
            end = f"the first value that is not finite is {bad[0].symbol}."
        else:
            end = "the gradient is wrong."
        return f"{flow.way} for the logits ({logits}), label {flow.label}: loss {_short(flow.loss)}; {end}"


def _apart(layout: Layout) -> Layout:
    """Leave room for numbers between nodes of one layer."""
    nodes = {node: (layer, APART * place) for node, (layer, place) in layout.nodes.items()}
    bends = {
        edge: [(layer, APART * place) for layer, place in passed] for edge, passed in layout.bends.items()
    }
    return replace(layout, nodes=nodes, bends=bends, widest=APART * layout.widest)


def _short(value) -> str:
    """Return a number in at most eight characters."""
    value = float(value)
    if value == 0 or 1e-3 <= abs(value) < 1e5 or not np.isfinite(value):
        return f"{value:.4g}".replace("-", "\u2212")
    return f"{value:.1e}".replace("-", "\u2212")
