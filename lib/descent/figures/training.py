"""Pictures of training: the loop line by line, and a classifier of the plane while it learns."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED
from descent.nn.lecture import BACKWARD, FORWARD, STEP, ZERO

LINES = (ZERO, FORWARD, BACKWARD, STEP)
HERE = "#FFD98A"  # the line that has just run
CLASS_COLOURS = ("#CFE6F5", "#F6D28B", "#9AD4BE", "#D9A3C0")


class LoopPicture(Picture):
    """The training loop on a function of one number: the lines, their state, and `.grad` beside the slope.

    Frames are of `descent.nn.lecture.loop`.
    """

    size = (12.4, 6.0)

    def static(self, frame: Frame):
        return frame.run

    def draw(self, frame: Frame):
        places = self.figure.subplot_mosaic(
            [["curve", "code"], ["curve", "grad"]], width_ratios=[1.1, 1], height_ratios=[1.2, 1]
        )
        self.steps = frame.run[:]
        self._draw_curve(places["curve"], frame)
        self._draw_code(places["code"], frame)
        self._draw_gradients(places["grad"])

    def _draw_curve(self, axes, frame):
        path = np.array([step.w for step in self.steps if step.line in ("", STEP)])
        low, high = path.min(), path.max()
        room = 0.25 * (high - low) or 1.0
        w = np.linspace(low - room, high + room, 300)
        with np.errstate(all="ignore"):
            values = np.array([float(frame.function(x)) for x in w])
            self.path, self.heights = path, np.array([float(frame.function(x)) for x in path])
        axes.plot(w, values, color=INK, linewidth=1.8)
        axes.set(xlabel="$w$", ylabel="loss $f(w)$", xlim=w[[0, -1]], ylim=self._heights(values))
        self.trail = self.moving(axes.plot([], [], "o", color=BLUE, markersize=7, alpha=0.6)[0])
        self.ball = self.moving(axes.plot([], [], "o", color=BLUE, markersize=15, markeredgecolor=INK)[0])

    def _heights(self, values) -> tuple:
        """Return limits that hold the path and its surroundings, not a pole beside it."""
        finite = self.heights[np.isfinite(self.heights)]
        low, high = finite.min(), finite.max()
        span = (high - low) or 1.0
        low, high = max(np.nanmin(values), low - 0.5 * span), min(np.nanmax(values), high + 0.5 * span)
        return low - 0.08 * span, high + 0.08 * span

    def _draw_code(self, axes, frame):
        axes.set_axis_off()
        axes.spines[:].set_visible(False)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        self.bands, place = {}, {"family": "monospace", "fontsize": 15, "va": "center"}
        for row, line in enumerate(LINES):
            y = 0.94 - 0.145 * row
            missing = line == ZERO and not frame.forget
            self.bands[line] = self.moving(axes.axhspan(y - 0.065, y + 0.065, color=HERE, zorder=0))
            self.moving(axes.text(0.02, y, line, color=GREY if missing else INK, zorder=2, **place))
            if missing:
                self.moving(axes.text(0.66, y, "left out", color=RED, zorder=2, fontsize=14, va="center"))
        self.state = self.moving(axes.text(0.02, 0.19, "", linespacing=1.45, **place))

    def _draw_gradients(self, axes):
        done = [step for step in self.steps if step.line == BACKWARD]
        self.slopes, self.grads = (
            np.array([getattr(step, name) for step in done]) for name in ("slope", "grad")
        )
        shown = np.concatenate([self.slopes, self.grads, [0.0]])
        room = 0.12 * np.ptp(shown) or 1.0
        axes.axhline(0, color=GREY, linewidth=1)
        axes.set(xlabel="turn of the loop", ylim=(shown.min() - room, shown.max() + room))
        axes.set_xlim(0.5, max(len(done), 1) + 0.5)
        line = {"markersize": 8, "linewidth": 1.6}
        self.grad = self.moving(axes.plot([], [], "s--", color=RED, label="w.grad", **line)[0])
        self.slope = self.moving(axes.plot([], [], "o-", color=BLUE, label="slope $f'(w)$", **line)[0])
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, frameon=False, borderaxespad=0.0)

    def show(self, frame: Frame):
        step = frame.step
        moved = step.turn if step.line == STEP else max(step.turn - 1, 0)
        self.trail.set_data(self.path[: moved + 1], self.heights[: moved + 1])
        self.ball.set_data([self.path[moved]], [self.heights[moved]])
        for line, band in self.bands.items():
            band.set_visible(line == step.line)
        grad = "None" if step.grad is None else f"{step.grad:.4g}"
        self.state.set_text(f"w = {step.w:.4g}\nloss = {step.loss:.4g}\nw.grad = {grad}")
        swept = step.turn if step.line in (BACKWARD, STEP) else max(step.turn - 1, 0)
        turns = np.arange(1, swept + 1)
        self.grad.set_data(turns, self.grads[:swept])
        self.slope.set_data(turns, self.slopes[:swept])

    def describe(self, frame: Frame) -> str:
        step = frame.step
        end = f" The film ends: {frame.run.message}." if frame.k == frame.run.nit else ""
        if not step.line:
            return f"Before the loop: w = {step.w:.4g}, and w.grad is None.{end}"
        if step.line == BACKWARD:
            whole = f", so w.grad is {step.grad:.4g}" if step.grad != step.slope else ""
            what = f"adds the slope {step.slope:.4g} to w.grad{whole}"
        else:
            what = {
                ZERO: "forgets the gradient: w.grad is None",
                FORWARD: f"computes the loss {step.loss:.4g} and remembers its operations",
                STEP: f"moves w by minus lr times w.grad, to {step.w:.4g}",
            }[step.line]
        return f"Turn {step.turn}, {step.line} {what}.{end}"


class TrainingPicture(Picture):
    """What a classifier makes of the plane, and its loss and test error so far.

    Frames are of `descent.nn.fit` with an `ErrorOn` on a square grid of points as `measure`.
    The run need not have ended: later frames are not looked at.
    """

    size = (12.4, 6.0)
    goal = 0.1  # of the test error

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run
        places = self.figure.subplot_mosaic([["plane", "loss"], ["plane", "error"]], width_ratios=[1, 1.15])
        self._draw_plane(places["plane"], frame)
        self._draw_curves(places["loss"], places["error"], frame)

    def _draw_plane(self, axes, frame):
        test, classes = frame.measure, int(frame.measure.labels.max()) + 1
        self.side = round(len(test.labels) ** 0.5)
        low, high = test.x.min(), test.x.max()
        labels = test.labels.reshape(self.side, self.side)
        colours = ListedColormap(CLASS_COLOURS[:classes])
        look = {"extent": (low, high, low, high), "origin": "lower", "interpolation": "nearest"}
        self.plane = self.moving(
            axes.imshow(np.zeros_like(labels), cmap=colours, vmin=-0.5, vmax=classes - 0.5, **look)
        )
        line = np.linspace(low, high, self.side)
        for k in range(classes):
            edge = axes.contour(line, line, labels == k, levels=[0.5], colors=INK, linewidths=1.6)
            self.moving(edge)
        dots = {"color": RED, "markersize": 1.8, "linestyle": "", "label": "wrong"}
        self.wrong = self.moving(axes.plot([], [], "s", **dots)[0])
        axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        axes.grid(False)
        self.points, self.labels = test.x, test.labels
        patches = [
            axes.plot([], [], "s", markersize=13, color=colours(k), markeredgecolor=INK, label=f"class {k}")[
                0
            ]
            for k in range(classes)
        ]
        self.figure.legend(
            handles=[*patches, self.wrong], loc="outside upper left", ncols=classes + 1, frameon=False,
            markerscale=1.0, handletextpad=0.2, columnspacing=1.0,
        )  # fmt: skip

    def _draw_curves(self, above, below, frame):
        above.set(ylabel="mean loss", yscale="log", ylim=(0.05, 2.0))
        above.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        above.yaxis.set_major_formatter("{x:g}")
        above.yaxis.set_minor_locator(NullLocator())
        above.yaxis.set_minor_formatter(NullFormatter())
        below.set(xlabel="steps of the optimiser", ylabel="test error in %", ylim=(0, 100))
        below.axhline(100 * self.goal, color=GREEN, linestyle="--", linewidth=2)
        below.text(
            0.99, 100 * self.goal + 3, f"{100 * self.goal:.0f} %", color=GREEN, ha="right", fontsize=14,
            transform=below.get_yaxis_transform(),
        )  # fmt: skip
        for axes in (above, below):
            axes.set_xlim(0, frame.steps * 1.02)
        self.loss = self.moving(above.plot([], [], color=BLUE, marker="o", markersize=4)[0])
        self.error = self.moving(below.plot([], [], color=ORANGE, marker="s", markersize=4)[0])
        self.head = self.moving(below.plot([], [], "s", color=ORANGE, markeredgecolor=INK, markersize=11)[0])

    def show(self, frame: Frame):
        past = frame.run[: frame.k + 1]
        here = past[-1].measured
        self.plane.set_data(here.classes.reshape(self.side, self.side))
        self.wrong.set_data(*self.points[here.classes != self.labels].T)
        steps = np.array([step.step for step in past])
        self.loss.set_data(steps, [step.fun for step in past])
        self.error.set_data(steps, [100 * step.measured.error for step in past])
        self.head.set_data(steps[-1:], [100 * here.error])

    def describe(self, frame: Frame) -> str:
        step = frame.step
        loss = "" if np.isnan(step.fun) else f", mean loss {step.fun:.3f}"
        return (
            f"After {step.step} of {frame.steps} steps, {step.seconds:.1f} s{loss}: the test error is "
            f"{100 * step.measured.error:.1f} %. Red points are wrong; lines are the true borders."
        )
