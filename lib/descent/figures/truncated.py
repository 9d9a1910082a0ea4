"""Pictures of truncated Newton: how one direction is found, and what a cap on the search for it costs."""

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from descent.figures.paths import levels_of, on_plane
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED, SERIES
from descent.methods.truncated_views import Capped, Inside, indefinite_region

LOW, HIGH = (-3.3, -3.3), (3.3, 3.3)  # what is seen of the plane


class InsidePicture(Picture):
    """The path over the contours, the conjugate gradients of one iterate, and where H is indefinite."""

    size = (12.4, 6.2)

    def static(self, view: Inside):
        return id(view.problem), id(view.run)

    def draw(self, view: Inside):
        self.run = view.run  # keeps the run, so that its identity stays its own
        left, right = self.figure.subplots(1, 2, width_ratios=[1.15, 1])
        self._draw_plane(left, view)
        self._draw_gradient(right, view.run)
        self.figure.legend(
            *left.get_legend_handles_labels(), loc="outside upper center", ncols=5, frameon=False
        )

    def _draw_plane(self, axes, view):
        x, y, least = indefinite_region(view.problem, LOW, HIGH)
        lowest = min(float(np.nanmin(least)), 0.0) - 1
        axes.contourf(x, y, least, levels=[lowest, 0], colors=["#F3E3DA"])
        axes.fill_between([], [], color="#F3E3DA", label="negative curvature")
        x, y, values = on_plane(view.problem, LOW, HIGH)
        levels = levels_of(values, float(np.nanmin(values)))
        axes.contour(x, y, values, levels=levels, colors="#AAAAAA", linewidths=1)
        axes.set(xlabel="$x$", ylabel="$y$", xlim=(LOW[0], HIGH[0]), ylim=(LOW[1], HIGH[1]))
        axes.grid(False)
        self.points = np.array([step.x for step in view.run])
        self.walked = self.moving(
            axes.plot([], [], "-o", color=BLUE, markersize=6, label="path", zorder=4)[0]
        )
        cross = {"linewidth": 3, "zorder": 3, "solid_capstyle": "butt"}
        self.axes_of_H = [self.moving(axes.plot([], [], **cross)[0]) for _ in range(2)]
        axes.plot([], [], color=GREEN, label="axis of $H$, curved up", **cross)
        axes.plot([], [], color=RED, linestyle="--", label="curved down", **cross)
        inner = {"color": ORANGE, "markeredgecolor": INK, "markersize": 9, "zorder": 5}
        self.inner = self.moving(axes.plot([], [], "--D", label="CG steps inside", **inner)[0])
        self.head = self.moving(axes.plot([], [], "o", color=INK, markersize=11, zorder=6)[0])

    def _draw_gradient(self, axes, run):
        self.work = np.array([step.njev + step.nhev for step in run])
        self.sizes = np.maximum([step.max_grad for step in run], 1e-17)
        axes.plot(self.work, self.sizes, color=BLUE, linewidth=1, alpha=0.35)
        axes.axhline(1e-5, color=INK, linestyle=":", linewidth=1.5)
        axes.set(xlabel="gradients and products $H v$", ylabel=r"$\max|g|$", yscale="log")
        axes.set_ylim(max(self.sizes.min() / 5, 1e-17), 5 * self.sizes.max())
        axes.set_xlim(0, self.work[-1] * 1.04)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_locator(LogLocator(numticks=8))
        axes.yaxis.set_minor_locator(NullLocator())
        self.fall = self.moving(axes.plot([], [], "-o", color=BLUE, markersize=6)[0])

    def show(self, view: Inside):
        k, here = view.k, view.here
        self.walked.set_data(*self.points[: k + 1].T)
        self.head.set_data(*here.x[:, None])
        self.fall.set_data(self.work[: k + 1], self.sizes[: k + 1])
        for line, value, axis in zip(self.axes_of_H, view.eigenvalues, view.axes.T, strict=True):
            ends = np.stack([here.x - 0.5 * axis, here.x + 0.5 * axis])
            line.set_data(*ends.T)
            line.set(color=GREEN if value > 0 else RED, linestyle="-" if value > 0 else "--")
        inside = [] if view.solving is None else [here.x + step.x for step in view.solving]
        self.inner.set_data(*np.reshape(inside, (-1, 2)).T)

    def describe(self, view: Inside) -> str:
        here, signs = view.here, "two" if np.all(view.eigenvalues > 0) else "not two"
        at = ", ".join(f"{value:.3g}" for value in here.x)
        curved = (
            f"H has {signs} positive eigenvalues: {view.eigenvalues[0]:.3g} and {view.eigenvalues[1]:.3g}."
        )
        start = f"Iterate {view.k} of {view.run.nit} is ({at}), f = {here.fun:.3g}. {curved} "
        if view.solving is None:
            return start + f"The run ends: {view.run.message}."
        return start + f"The search for the direction: {view.solving.message}."


class CappedPicture(Picture):
    """The gap against the work, for a cap on the conjugate-gradient steps and for other methods."""

    size = (12.4, 5.8)

    def static(self, capped: Capped):
        return id(capped.problem)

    def draw(self, capped: Capped):
        self.problem = capped.problem  # keeps it, so that its identity stays its own
        left, right = self.figure.subplots(1, 2, width_ratios=[1.35, 1])
        tops, ends, lows = [], [], []
        for (name, (work, gap)), style in zip(capped.rivals.items(), SERIES[1:], strict=False):
            line = {"color": style["color"], "linestyle": style["linestyle"], "linewidth": 1.8}
            left.plot(work, np.maximum(gap, 1e-17), label=name, **line)
            tops.append(gap[0])
            ends.append(work[-1])
            lows.append(max(gap[-1], 1e-12 * gap[0]))
        gap = "$f - f_*$" if capped.problem.f_star is not None else "$f$ - lowest $f$ found"
        left.set(yscale="log", xlabel="gradients ($H v$ counted as 2.5)", ylabel=gap)
        left.set(xlim=(0, 2 * sorted(ends)[1]), ylim=(min(lows) / 10, 10 * max(tops)))
        left.yaxis.set_major_locator(LogLocator(numticks=8))
        left.yaxis.set_minor_locator(NullLocator())
        self.line = self.moving(
            left.plot([], [], "-o", color=BLUE, linewidth=3, markersize=5, label="truncated Newton")[0]
        )
        self.figure.legend(
            *left.get_legend_handles_labels(), loc="outside upper left", ncols=4, frameon=False
        )
        right.set(xlabel="iterate", ylabel="CG steps for its direction", ylim=(0, 42))
        right.set(xscale="log", xlim=(0.9, 330))
        right.set_xticks([1, 10, 100], ["1", "10", "100"])
        self.counts = self.moving(right.plot([], [], "o", color=BLUE, markersize=6)[0])
        self.negative = self.moving(
            right.plot([], [], "X", color=RED, markersize=10, label="ended by negative curvature")[0]
        )
        self.cap = self.moving(right.plot([], [], color=GREY, linestyle="--", label="cap")[0])
        right.legend(loc="upper right")

    def show(self, capped: Capped):
        self.line.set_data(capped.work, np.maximum(capped.gap, 1e-17))
        numbers = np.arange(1, capped.products.size + 1)
        self.counts.set_data(numbers, capped.products)
        self.negative.set_data(numbers[capped.negative], capped.products[capped.negative])
        self.cap.set_data([0.9, 330], [capped.cg_steps] * 2)

    def describe(self, capped: Capped) -> str:
        end = "converged" if capped.run.success else "stopped unfinished"
        gap = "f - f*" if capped.problem.f_star is not None else "f above the lowest found"
        cap = f"{capped.cg_steps} CG step{'s' * (capped.cg_steps > 1)}"
        return (
            f"{capped.problem.name}, at most {cap}: {end} after "
            f"{capped.run.nit} iterates and the work of {capped.work[-1]:.0f} gradients, "
            f"{gap} = {capped.gap[-1]:.1e}; {int(capped.negative.sum())} met negative curvature."
        )
