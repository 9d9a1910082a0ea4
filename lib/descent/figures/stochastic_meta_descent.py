"""Pictures of stochastic meta-descent: the long view, the race, and regions as they are learned."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import FuncFormatter

from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED, SERIES, SKY, new_figure, styled

REGIONS = ListedColormap([SKY, ORANGE, GREEN, "#F4E3B8"])


class LongViewPicture(Picture):
    """Weights on contours with v (left), step sizes and losses over the steps (right)."""

    size = (12.8, 6.2)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run  # keeps the run, so that its identity stays its own
        places = self.figure.subplot_mosaic([["plane", "steps"], ["plane", "loss"]], width_ratios=[1.15, 1])
        self._draw_plane(places["plane"], frame)
        self._draw_course(places["steps"], places["loss"], frame.run[:])

    def _draw_plane(self, axes, frame):
        x, y = np.meshgrid(np.linspace(-2, 3.2, 90), np.linspace(-0.8, 3.2, 80))
        away = np.stack([x - 1, y - 1], axis=-1)
        values = 0.5 * np.einsum("...i,ij,...j", away, frame.H, away)
        axes.contour(x, y, values, levels=np.geomspace(1e-3, 4, 12), colors="#BBBBBB", linewidths=1)
        axes.plot(1, 1, "+", color=INK, markersize=14, markeredgewidth=2)
        axes.set(xlabel="$w_1$", ylabel="$w_2$", xlim=(-2, 3.2), ylim=(-0.8, 3.2))
        axes.grid(False)
        self.path = self.moving(axes.plot([], [], "o-", color=BLUE, markersize=4, label="path of $w$")[0])
        self.head = self.moving(axes.plot([], [], "o", color=BLUE, markeredgecolor=INK, markersize=11)[0])
        v = {"color": RED, "linewidth": 3.5, "label": "$v$, drawn from $w$"}
        self.v = self.moving(axes.plot([], [], **v)[0])
        fixed = {"color": GREEN, "linestyle": (0, (2, 1)), "linewidth": 2, "label": "its fixed point"}
        self.fixed = self.moving(axes.plot([], [], **fixed)[0])
        self.figure.legend(loc="outside upper left", ncols=3, frameon=False)

    def _draw_course(self, above, below, steps):
        k = np.arange(len(steps))
        self.p = np.clip([step.p for step in steps], 1e-6, 1e6)
        for i, (colour, dash) in enumerate(((BLUE, "-"), (ORANGE, "--"))):
            above.plot(k, self.p[:, i], color=colour, linestyle=dash, label=f"$p_{i + 1}$")
        above.set(ylabel="step size $p$", yscale="log")
        low, high = self.p.min(), self.p.max()
        above.set_ylim(low / 2, max(4 * high, 3 * low))
        ticks = [m * 10.0**e for e in range(-6, 7) for m in (1, 3) if low / 2 <= m * 10.0**e <= 4 * high]
        every = 1 + len(ticks) // 6
        above.set_yticks(ticks[::every], [f"{tick:g}" for tick in ticks[::every]])
        above.set_yticks([], minor=True)
        above.legend(loc="upper left", ncols=2)
        losses = np.clip([[step.fun, step.plain] for step in steps], 1e-12, 1e6)
        below.plot(k, losses[:, 0], color=RED, label="SMD")
        below.plot(k, losses[:, 1], color=GREY, linestyle="--", label="$p$ stays $p_0$")
        below.set(xlabel="steps", ylabel="loss", yscale="log")
        below.legend(loc="lower left", ncols=2)
        for axes in (above, below):
            axes.set_xlim(0, max(1, len(steps) - 1))
        line = {"color": INK, "linestyle": ":", "linewidth": 1.5}
        self.now = [self.moving(axes.axvline(0, **line)) for axes in (above, below)]

    def show(self, frame: Frame):
        step, path = frame.step, np.array([past.x for past in frame.past])
        self.path.set_data(*path.T)
        self.head.set_data(*step.x[:, None])
        for line, arrow in ((self.v, step.v), (self.fixed, step.fixed)):
            line.set_data(*np.stack([step.x, step.x + arrow], axis=1))
        for line in self.now:
            line.set_xdata([frame.k, frame.k])

    def describe(self, frame: Frame) -> str:
        step = frame.step

        def pair(values):
            return f"({values[0]:.3g}, {values[1]:.3g})"

        return (
            f"Step {frame.k} of {frame.run.nit}: w = {pair(step.x)}, p = {pair(step.p)}, v = {pair(step.v)}, "
            f"whose fixed point is {pair(step.fixed)}. Loss {step.fun:.2g}; with constant p {step.plain:.2g}."
        )


class RacePicture(Picture):
    """Mean test loss of each rule with a band of two standard errors."""

    size = (12.0, 6.2)

    def static(self, view):
        return view.title, view.against, tuple(view.curves), tuple(view.across)

    def draw(self, view):
        axes = self.figure.subplots()
        self.axes, self.lines, self.bands = axes, {}, {}
        looks = dict(zip(ORDER, [*SERIES[:4], {"color": INK, "linestyle": "-", "marker": "*"}], strict=True))
        for name in view.curves:
            look = {**looks.get(name, SERIES[5]), "markersize": 6, "markevery": 3, "label": name}
            self.lines[name] = self.moving(axes.plot([], [], **look)[0])
        axes.set(xlabel=view.against, ylabel="test cross-entropy", yscale="log")
        axes.axhline(np.log(4), color=GREY, linestyle=":", linewidth=1.5)
        axes.set_xlim(0, max(across[-1] for across in view.across.values()))
        axes.annotate("guessing, ln 4", (0.99, np.log(4)), xycoords=("axes fraction", "data"), ha="right",
                      va="bottom", color="#666666", fontsize=13)  # fmt: skip
        axes.set_ylim(0.05, 2)
        ticks = [0.05, 0.1, 0.2, 0.5, 1, 2]
        axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_yticks([], minor=True)
        if view.against.startswith("time"):
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{1e3 * value:g} ms"))
        axes.set_title(view.title)
        axes.legend(loc="lower left", ncols=2)
        for name, curve in view.curves.items():
            low, high = _band(curve)
            colour = self.lines[name].get_color()
            self.bands[name] = axes.fill_between(view.across[name], low, high, color=colour, alpha=0.2)

    def show(self, view):
        for name, curve in view.curves.items():
            self.lines[name].set_data(view.across[name], np.clip(curve.mean, 0.01, 10))

    def describe(self, view) -> str:
        ends = sorted((float(curve.mean[-1]), name) for name, curve in view.curves.items())
        said = ", ".join(f"{name} {_ending(view.curves[name])}" for _, name in ends)
        return f"{view.title}, test loss at the end of each run: {said}."


ORDER = ("SMD", "SGD, annealed", "ALAP", "SGD, constant", "GEKF")


def _ending(curve) -> str:
    if not curve.mean[-1] < 100:
        return "diverged"
    return f"{curve.mean[-1]:.3f} +- {curve.standard_error[-1]:.3f} ({curve.losses.shape[1]} seeds)"


def _band(curve):
    error = np.nan_to_num(2 * curve.standard_error, posinf=1e9)
    mean = np.nan_to_num(curve.mean, nan=1e9, posinf=1e9)
    return np.clip(mean - error, 0.01, 10), np.clip(mean + error, 0.01, 10)


class RegionsPicture(Picture):
    """The regions (left), and what the network takes them for (right)."""

    size = (12.0, 5.9)

    def static(self, frame: Frame):
        return frame.step.truth.shape

    def draw(self, frame: Frame):
        left, right = self.figure.subplots(1, 2)
        look = {"cmap": REGIONS, "vmin": 0, "vmax": 3, "extent": (-1, 1, -1, 1), "origin": "lower"}
        left.imshow(frame.step.truth, **look)
        left.set_title("the four regions")
        self.map = self.moving(right.imshow(frame.step.classes, **look))
        side = frame.step.truth.shape[0]
        x = (2 * np.arange(side) + 1) / side - 1
        for region in range(3):
            line = right.contour(x, x, frame.step.truth == region, levels=[0.5], colors=INK, linewidths=1)
            self.moving(line).set_zorder(3)
        self.title = self.moving(right.set_title("-"))
        for axes in (left, right):
            axes.set(xlabel="$x_1$", ylabel="$x_2$")
            axes.grid(False)
        for x1, x2, name in ((0.9, -0.9, "0"), (0.62, 0.1, "1"), (-0.67, 0, "2"), (0.9, 0.9, "3")):
            left.text(x1, x2, name, ha="center", va="center", fontsize=18, fontweight="bold")

    def show(self, frame: Frame):
        self.map.set_data(frame.step.classes)
        self.title.set_text(f"the network after {frame.step.patterns} patterns")

    def describe(self, frame: Frame) -> str:
        step = frame.step
        return (
            f"After {step.patterns} patterns {100 * step.right:.0f} % of the square is classified rightly; "
            f"the test loss is {step.fun:.3f}."
        )


def fixed_point_chart(steps, errors) -> tuple:
    """Return a figure of how v nears its fixed point, and its alt text.

    >>> figure, alt = fixed_point_chart([0, 1, 2], {"0.5": [1.0, 0.5, 0.25]})
    >>> alt.endswith("to 0.25 after 2 steps for lambda 0.5.")
    True
    """
    figure = new_figure(9.6, 4.6)
    with styled():
        axes = figure.subplots()
        for (name, error), look in zip(errors.items(), SERIES, strict=False):
            axes.plot(steps, error, **{**look, "marker": ""}, label=rf"$\lambda = {name}$")
        axes.set(xlabel="steps with constant $g$", ylabel=r"$|v - v_*| / |v_*|$", yscale="log")
        axes.legend()
    ends = ", ".join(
        f"to {error[-1]:.2g} after {steps[-1]} steps for lambda {k}" for k, error in errors.items()
    )
    return figure, f"The distance of v from its fixed point falls straight on a log scale: {ends}."
