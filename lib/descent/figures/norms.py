"""The steepest direction under a norm: its unit ball at the point, and the path that it makes."""

import numpy as np

from descent.differentials.norms import NORMS
from descent.figures.paths import in_proportion, levels_of, on_plane
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREY, INK, ORANGE, RED, SKY
from descent.problems import Problem

PANEL = 1.17  # width of the frame of the plane over its height
AROUND = np.linspace(0, 2 * np.pi, 361)


class NormPicture(Picture):
    """Steepest descent of a function of two variables under a named norm.

    Frames are of `descent.methods.steepest_descent`.
    """

    size = (12.4, 6.0)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.2])
        self._draw_ball(left, frame)
        self._draw_plane(right, frame)

    def _draw_ball(self, axes, frame):
        circle = np.stack([np.cos(AROUND), np.sin(AROUND)], axis=1)
        ball = circle / np.array([NORMS[frame.norm].length(d) for d in circle])[:, None]
        axes.fill(*ball.T, facecolor=SKY, alpha=0.35, edgecolor=BLUE, linewidth=2)
        axes.set(xlabel="$d_1$", ylabel="$d_2$", xlim=(-1.75, 1.75), ylim=(-1.75, 1.75), aspect="equal")
        axes.text(-1.7, 1.62, "steps of length at most 1", color=BLUE, fontsize=14, va="top")
        arrow = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 5}
        self.downhill = self.moving(axes.quiver(0, 0, 0, 0, color=GREY, width=0.008, **arrow))
        self.steepest = self.moving(axes.quiver(0, 0, 0, 0, color=RED, width=0.014, **arrow))
        self.level = self.moving(axes.plot([], [], color=ORANGE, linestyle="--", linewidth=2)[0])
        names = {GREY: "$-g$, downhill", RED: "steepest $d$", ORANGE: "a level of $g'd$"}
        for colour, label in names.items():
            style = "--" if colour == ORANGE else "-"
            axes.plot([], [], color=colour, linestyle=style, linewidth=3, label=label)
        self.figure.legend(loc="outside lower left", ncols=3, frameon=False, columnspacing=1.2)

    def _draw_plane(self, axes, frame):
        path = np.array([step.x for step in frame.run])
        self.path = path[np.all(np.abs(path) < 1e6, axis=1)]
        low, high = self.path.min(axis=0), self.path.max(axis=0)
        room = np.maximum(0.25 * (high - low), 0.2 * np.max(high - low)) + 0.1
        low, high = in_proportion(low - room, high + room, PANEL)
        f = frame.f.function if hasattr(frame.f, "function") else frame.f
        x, y, values = on_plane(Problem("", f), low, high)
        levels = levels_of(values, float(np.nanmin(values)))
        axes.contour(x, y, values, levels=levels, colors="#BBBBBB", linewidths=1)
        axes.set(xlabel="$x$", ylabel="$y$", xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        axes.grid(False)
        axes.plot(*self.path[0], "o", color=INK, markersize=9, zorder=3)
        self.walked = self.moving(axes.plot([], [], "o-", color=BLUE, linewidth=2, markersize=4)[0])
        self.head = self.moving(axes.plot([], [], "o", color=RED, markersize=12, markeredgecolor=INK)[0])

    def show(self, frame: Frame):
        g = frame.step.grad
        size = np.linalg.norm(g)
        if size > 0:
            d = NORMS[frame.norm].steepest(g / size)
            unit = d / NORMS[frame.norm].length(d)
            across = np.array([-g[1], g[0]]) / size
            self.level.set_data(*np.stack([unit - 4 * across, unit + 4 * across], axis=1))
        else:
            d, unit = np.zeros(2), np.zeros(2)
            self.level.set_data([], [])
        self.downhill.set_UVC(*(-1.45 * g[:, None] / (size or 1.0)))
        self.steepest.set_UVC(unit[:1], unit[1:])
        self.walked.set_data(*self.path[: frame.k + 1].T)
        self.head.set_data(*self.path[min(frame.k, len(self.path) - 1)][:, None])

    def describe(self, frame: Frame) -> str:
        step = frame.step
        at, g = (", ".join(f"{v:.4g}" for v in vector) for vector in (step.x, step.grad))
        dual = NORMS[frame.norm].length(NORMS[frame.norm].steepest(step.grad))
        end = f" The run ends: {frame.run.message}." if frame.k == frame.run.nit else ""
        return (
            f"Step {frame.k} of {frame.run.nit} at ({at}), f = {step.fun:.4g}, g = ({g}). One unit of length "
            f"takes f down by at most {dual:.4g}.{end}"
        )
