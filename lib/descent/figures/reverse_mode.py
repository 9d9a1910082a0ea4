"""Pictures of the reverse mode: the next adjoint as a question, the choice of mode, memory, step sizes."""

import numpy as np
from matplotlib.patches import Rectangle

from descent.autodiff.backward import judge
from descent.autodiff.costs import Fight
from descent.autodiff.segments import Segments, tradeoff
from descent.autodiff.unrolled import Schedule
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED, SERIES, SKY
from descent.figures.trace import TracePicture


class AdjointPicture(TracePicture):
    """The reverse sweep as table and graph; the learner may type the adjoint of the next line.

    Frames are of `descent.autodiff.backward.asked`.
    """

    def describe(self, frame: Frame) -> str:
        said = super().describe(frame)
        if frame.k == frame.run.nit:
            return said
        line, answer = frame.run[frame.k + 1], frame.answer
        question = f" Next, from {line.trace}: the adjoint of {self._name(frame, line)} = ?"
        if answer is None:
            return f"{said}{question}"
        verdict = judge(frame.step, line, answer)
        if verdict.right:
            return f"{said}{question} {answer:.5g} is right: {line.symbol} = {line.adjoint_numbers}."
        return f"{said}{question} Not {answer:.5g}: {verdict.message}."

    def _name(self, frame: Frame, line) -> str:
        return frame.trace.graph().nodes[line.parent]["label"].split(" = ")[0]


class FightPicture(Picture):
    """Operations of a Jacobian in both modes against the number of outputs (lecture: Figure 35)."""

    size = (11.6, 5.0)

    def static(self, fight: Fight):
        return fight.n, fight.outputs, fight.forward, fight.reverse

    def draw(self, fight: Fight):
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.7])
        self._prepare_matrix(left, fight)
        right.set(xlabel="outputs $m$", ylabel="operations, counted", title=f"$n = {fight.n}$ inputs")
        styles = {"forward": SERIES[0], "reverse": SERIES[1]}
        for name, values in (("forward", fight.forward), ("reverse", fight.reverse)):
            style = styles[name] | {"marker": ""}
            sweeps = "n" if name == "forward" else "m"
            right.plot(fight.outputs, values, label=f"{name}: ${sweeps}$ sweeps", **style)
        right.axvline(fight.n, color=GREY, linestyle=":", linewidth=1.6)
        right.set_xlim(0, fight.outputs[-1] * 1.02)
        right.set_ylim(0, 1.08 * max(*fight.forward, *fight.reverse))
        right.text(
            fight.n,
            0.98,
            " $m = n$",
            transform=right.get_xaxis_transform(),
            va="top",
            color="#555555",
            fontsize=14,
        )
        right.legend(loc="upper left")
        self.points = [
            self.moving(
                right.plot([], [], linestyle="", markersize=11, marker=s["marker"], color=s["color"])[0]
            )
            for s in styles.values()
        ]
        self.axes = right

    def _prepare_matrix(self, axes, fight):
        axes.set_axis_off()
        most = max(fight.n, fight.outputs[-1])
        axes.set_xlim(-0.28 * most, 1.12 * most)
        axes.set_ylim(-1.12 * most, 0.28 * most)
        axes.set_aspect("equal")
        face = {"facecolor": SKY, "alpha": 0.35, "edgecolor": "none"}
        self.matrix = self.moving(axes.add_patch(Rectangle((0, 0), 0, 0, **face)))
        self.column = self.moving(axes.add_patch(Rectangle((0, 0), 0, 0, facecolor=BLUE, linewidth=0)))
        self.row = self.moving(axes.add_patch(Rectangle((0, 0), 0, 0, facecolor=RED, linewidth=0)))
        self.wide = self.moving(
            axes.text(0, 0.05 * most, "", color=BLUE, va="bottom", ha="left", fontsize=15)
        )
        self.tall = self.moving(
            axes.text(-0.05 * most, 0, "", color=RED, va="top", ha="right", fontsize=15, rotation=90)
        )
        self.thick = 0.035 * most
        self.left = axes

    def show(self, fight: Fight):
        n, m = fight.n, fight.m
        self.matrix.set_bounds(0, -m, n, m)
        self.column.set_bounds(0, -m, min(self.thick, n), m)
        self.row.set_bounds(0, -min(self.thick, m), n, min(self.thick, m))
        self.wide.set_text(f"{n} column{'s' * (n > 1)}: forward")
        self.tall.set_text(f"{m} row{'s' * (m > 1)}: reverse")
        for point, value in zip(
            self.points, (fight.here.forward_jacobian, fight.here.reverse_jacobian), strict=True
        ):
            point.set_data([m], [value])

    def describe(self, fight: Fight) -> str:
        forward, reverse = fight.here.forward_jacobian, fight.here.reverse_jacobian
        ratio = max(forward, reverse) / min(forward, reverse)
        if forward == reverse:
            verdict = "both cost the same"
        else:
            verdict = f"{'forward' if forward < reverse else 'reverse'} is {ratio:.3g} times cheaper"
        return (
            f"A Jacobian of shape {fight.m} x {fight.n}: forward mode ({fight.n} sweep{'s' * (fight.n > 1)}) "
            f"takes {forward:,} operations, reverse mode ({fight.m}) {reverse:,}: {verdict}. "
            f"The value alone takes {fight.here.value:,}."
        )


class SegmentsPicture(Picture):
    """A chain of steps cut into segments, and memory against time for every cut."""

    size = (11.6, 5.0)

    def static(self, one: Segments):
        return one.steps

    def draw(self, one: Segments):
        above, below = self.figure.subplots(2, 1, height_ratios=[1, 3])
        above.set_axis_off()
        above.set_xlim(-0.5, one.steps + 0.5)
        above.set_ylim(-0.6, 1.5)
        self.cells = [
            self.moving(above.add_patch(Rectangle((k, 0), 0.86, 0.86, edgecolor=INK, linewidth=0.8)))
            for k in range(one.steps)
        ]
        above.text(
            0,
            1.05,
            "kept: inputs of segments (blue), and the rows of one segment at a time (orange)",
            fontsize=14,
        )
        every = tradeoff(one.steps)
        counts = [each.segments for each in every]
        below.plot(
            counts, [each.kept for each in every], label="rows kept at a time", markersize=6, **SERIES[0]
        )
        below.plot(
            counts, [each.evaluations for each in every], label="steps carried out", markersize=6, **SERIES[1]
        )
        below.set(xlabel="segments", xlim=(0, one.steps + 1))
        below.set_ylim(0, 1.35 * max(max(each.kept, each.evaluations) for each in every))
        below.legend(loc="upper right", ncols=2)
        self.line = self.moving(below.axvline(0, ymax=0.82, color=ORANGE, linewidth=2.5, alpha=0.8))
        self.points = [
            self.moving(
                below.plot([], [], linestyle="", markersize=12, marker=s["marker"], color=s["color"])[0]
            )
            for s in SERIES[:2]
        ]
        self.axes = below

    def show(self, one: Segments):
        starts = set(np.cumsum((0, *one.lengths))[:-1].tolist())
        replayed = one.steps - one.lengths[-1]
        for k, cell in enumerate(self.cells):
            cell.set_facecolor(ORANGE if k >= replayed else BLUE if k in starts else "white")
        self.line.set_xdata([one.segments] * 2)
        for point, value in zip(self.points, (one.kept, one.evaluations), strict=True):
            point.set_data([one.segments], [value])

    def describe(self, one: Segments) -> str:
        lengths = sorted(set(one.lengths))
        of = f"{lengths[0]}" if len(lengths) == 1 else f"{lengths[0]} or {lengths[-1]}"
        everything = tradeoff(one.steps)[0].kept
        return (
            f"{one.steps} steps in {one.segments} segment{'s' * (one.segments > 1)} of {of}: at most "
            f"{one.kept} rows are kept at a time ({everything} without segments), and "
            f"{one.evaluations} steps are carried out. "
            f"The derivative is {one.gradient:.6g} in every case."
        )


class SchedulePicture(Picture):
    """Step sizes that are learned, and the descent that they make.

    Frames are of `descent.autodiff.unrolled.learn_step_sizes` on a function of two variables.
    """

    size = (11.6, 5.0)

    def static(self, frame: Frame):
        return frame.run

    def draw(self, frame: Frame):
        left, middle, right = self.figure.subplots(1, 3, width_ratios=[1.3, 1, 1])
        steps: list[Schedule] = list(frame.run)
        points = np.concatenate([step.path for step in (steps[0], steps[-1])])
        low, high = points.min(axis=0), points.max(axis=0)
        room = 0.35 * np.maximum(high - low, 0.3)
        x, y = (np.linspace(a, b, 70) for a, b in zip(low - room, high + room, strict=True))
        values = np.array([[float(frame.f(np.array([a, b]))) for a in x] for b in y])
        left.contour(x, y, values, levels=16, colors=GREY, linewidths=1)
        left.set(xlabel="$x_1$", ylabel="$x_2$", title="the descent", xlim=x[[0, -1]], ylim=y[[0, -1]])
        self.path = self.moving(left.plot([], [], color=BLUE, marker="o")[0])
        self.end = self.moving(left.plot([], [], color=RED, marker="D", markersize=10, linestyle="")[0])
        count = len(steps[0].alphas)
        middle.set(xlabel="step $k$", title=r"step sizes $\alpha_k$")
        middle.set_xticks(range(1, count + 1))
        middle.set_xlim(0.4, count + 0.6)
        middle.set_ylim(0, 1.15 * max(float(step.alphas.max()) for step in steps))
        self.bars = [
            self.moving(bar) for bar in middle.bar(range(1, count + 1), [0] * count, color=GREEN, width=0.6)
        ]
        losses = np.array([step.fun for step in steps])
        right.set(xlabel="changes of the step sizes", title="loss at the end", yscale="log")
        right.set_xlim(-0.5, len(steps) - 0.5)
        tiny = max(losses.max() * 1e-16, np.finfo(float).tiny)
        right.set_ylim(max(losses.min() / 3, tiny), losses.max() * 3)
        self.losses = np.maximum(losses, tiny)
        self.curve = self.moving(right.plot([], [], color=RED, marker="s", markersize=4)[0])

    def show(self, frame: Frame):
        step: Schedule = frame.step
        self.path.set_data(*step.path.T)
        self.end.set_data(*step.path[-1:].T)
        for bar, alpha in zip(self.bars, step.alphas, strict=True):
            bar.set_height(alpha)
        self.curve.set_data(np.arange(frame.k + 1), self.losses[: frame.k + 1])

    def describe(self, frame: Frame) -> str:
        step: Schedule = frame.step
        sizes = ", ".join(f"{alpha:.4g}" for alpha in step.alphas)
        end = f" The run ends: {frame.run.message}." if frame.k == frame.run.nit else ""
        return (
            f"Change {frame.k} of {frame.run.nit}: step sizes {sizes} end at the loss {step.fun:.3g}, "
            f"from {float(frame.f(step.path[0])):.3g}.{end}"
        )
