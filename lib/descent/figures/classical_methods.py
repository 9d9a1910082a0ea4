"""Pictures of direct methods on a landscape, and of a least-squares fit as it is made."""

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from descent.figures.paths import levels_of, on_plane
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED
from descent.problems import Problem

AROUND = 2.0  # what is seen of the neighbourhood of the start, at least


class PopulationPicture(Picture):
    """The candidates of a direct method on contours, and their values against calls of f."""

    size = (12.4, 6.0)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run  # keeps the run, so that its identity stays its own
        left, right = self.figure.subplots(1, 2, width_ratios=[1.1, 1])
        self._draw_plane(left, frame)
        self._draw_values(right, frame)

    def _draw_plane(self, axes, frame):
        low, high = self._window(frame)
        f = frame.f.function if hasattr(frame.f, "function") else frame.f
        x, y, values = on_plane(Problem("", f), low, high)
        levels = levels_of(values, float(np.nanmin(values)))
        axes.contour(x, y, values, levels=levels, colors="#BBBBBB", linewidths=1)
        axes.set(xlabel="$x$", ylabel="$y$", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        axes.grid(False)
        axes.plot(*frame.x0, "o", color=INK, markersize=9, label="start", zorder=3)

        def dots(label, marker, **style):
            return self.moving(axes.plot([], [], marker, linestyle="", label=label, **style)[0])

        self.trials = dots(
            "trials of this step", "x", color=ORANGE, markersize=8, markeredgewidth=2, zorder=4
        )
        self.pool = dots("candidates", "o", color=BLUE, markersize=9, markeredgecolor=INK, zorder=5)
        self.best = dots("best so far", "*", color=RED, markersize=17, markeredgecolor=INK, zorder=6)
        self.figure.legend(loc="outside upper center", ncols=4, frameon=False)

    @staticmethod
    def _window(frame) -> tuple:
        """Return corners that hold the start, the best points and all but the farthest candidates."""
        first = [np.atleast_2d(step.trial) for step in frame.run[:12]]
        points = np.concatenate([np.atleast_2d(frame.x0), *first, *(step.pool for step in frame.run)])
        points = points[np.all(np.abs(points) < 1e6, axis=1)]
        low, high = np.percentile(points, [1, 99], axis=0)
        early = np.concatenate(first)
        early = early[np.all(np.abs(early) < 1e6, axis=1)]
        low = np.minimum(low, np.percentile(early, 5, axis=0))
        high = np.maximum(high, np.percentile(early, 95, axis=0))
        seen = np.stack([frame.x0, *(step.x for step in frame.run)])
        low, high = np.minimum(low, seen.min(axis=0)), np.maximum(high, seen.max(axis=0))
        low, high = np.minimum(low, frame.x0 - AROUND), np.maximum(high, frame.x0 + AROUND)
        room = 0.15 * np.max(high - low) + 0.2
        return tuple((low - room).tolist()), tuple((high + room).tolist())

    def _draw_values(self, axes, frame):
        steps = frame.run[:]
        self.calls = np.array([step.nfev for step in steps])
        self.lowest = np.array([step.fun for step in steps])
        shown = np.concatenate([step.values for step in steps])
        shown = shown[np.isfinite(shown)]
        low, high = self.lowest.min(), max(np.percentile(shown, 98), self.lowest[0])
        room = 0.08 * (high - low) or 1.0
        axes.set(xlabel="calls of $f$", ylabel="$f$", ylim=(low - room, high + room))
        axes.set_xlim(0, self.calls[-1] * 1.03)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        means = [np.mean(step.values[np.isfinite(step.values)]) for step in steps]
        axes.plot(self.calls, means, color=GREY, linewidth=1, label="mean of the candidates")
        line = {"color": RED, "linewidth": 2.5, "label": "best so far"}
        self.fall = self.moving(axes.plot([], [], **line)[0])
        dots = {"color": BLUE, "markeredgecolor": INK, "markersize": 8, "label": "candidates"}
        self.levels = self.moving(axes.plot([], [], "o", linestyle="", **dots)[0])
        axes.legend(loc="upper right")

    def show(self, frame: Frame):
        step, k = frame.step, frame.k
        self.trials.set_data(*np.atleast_2d(step.trial).T)
        self.pool.set_data(*np.atleast_2d(step.pool).T)
        self.best.set_data(*step.x[:, None])
        self.fall.set_data(self.calls[: k + 1], self.lowest[: k + 1])
        self.levels.set_data(np.full(step.values.size, step.nfev), step.values)

    def describe(self, frame: Frame) -> str:
        step = frame.step
        at = ", ".join(f"{value:.3g}" for value in step.x)
        trial = "accepted" if step.accepted else "not accepted"
        return (
            f"Step {frame.k} of {frame.run.nit}, {step.nfev} calls: the best of f is {step.fun:.4g} "
            f"at ({at}); candidates: {len(step.pool)}; the last trial was {trial}."
        )


class FitPicture(Picture):
    """A fit to certified data: the curve, the residuals, and the correct digits with the damping."""

    size = (12.8, 6.0)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run
        places = self.figure.subplot_mosaic([["fit", "digits"], ["rest", "damping"]], width_ratios=[1.35, 1])
        last = frame.run.last
        self._draw_fit(places["fit"], places["rest"], last)
        self._draw_course(places["digits"], places["damping"], frame.run[:])

    def _draw_fit(self, above, below, last):
        above.plot(last.t, last.y, "o", color=GREY, markersize=5, label="data")
        self.curve = self.moving(above.plot([], [], color=BLUE, label="model now")[0])
        room = 0.25 * np.ptp(last.y)
        above.set(ylabel="response $y$", ylim=(last.y.min() - room, last.y.max() + room))
        above.set_title(last.name)
        above.legend(loc="best", fontsize=13)
        below.axhline(0, color=INK, linewidth=1)
        points = {"color": RED, "markersize": 5, "linestyle": ""}
        self.residuals = self.moving(below.plot([], [], "s", **points)[0])
        self.lost = self.moving(below.text(0.03, 0.85, "", transform=below.transAxes, color=RED, fontsize=13))
        least = float(np.max(np.abs(last.residuals)))
        self.reach = max(1.2 * least, float(np.ptp(last.y)))
        low, high = last.t.min(), last.t.max()
        margin = 0.04 * (high - low)
        for axes in (above, below):
            axes.set_xlim(low - margin, high + margin)
        below.set(xlabel="predictor $x$", ylabel="residual $r$")
        below.set_yscale("symlog", linthresh=least)
        below.set_ylim(-1.3 * self.reach, 1.3 * self.reach)
        ticks = [-self.reach, -least, 0, least, self.reach]
        below.set_yticks(ticks, [f"{tick:.3g}" for tick in ticks])
        below.yaxis.set_minor_locator(NullLocator())

    def _draw_course(self, above, below, steps):
        k = np.arange(len(steps))
        self.digits = [step.digits for step in steps]
        self.damping = [step.damping for step in steps]
        above.plot(k, self.digits, color=GREEN, linewidth=1, alpha=0.5)
        above.axhline(6, color=INK, linestyle=":", linewidth=1.5)
        above.set(ylabel="certified digits", ylim=(-0.5, 11.7))
        below.plot(k, self.damping, color=BLUE, linewidth=1, alpha=0.5)
        rejected = [i for i in k if not steps[i].accepted]
        crosses = {"color": RED, "markeredgewidth": 2, "linestyle": "", "label": "rejected"}
        below.plot(rejected, [self.damping[i] for i in rejected], "x", **crosses)
        below.set(xlabel="trial steps", ylabel=r"damping $\lambda$", yscale="log")
        below.set_ylim(min(self.damping) / 5, max(self.damping) * 30)
        below.legend(loc="upper right", fontsize=13)
        for axes in (above, below):
            axes.set_xlim(-0.02 * len(steps), len(steps) - 1 + 0.02 * len(steps))
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        head = {"markeredgecolor": INK, "markersize": 10}
        self.digit_head = self.moving(above.plot([], [], "o", color=GREEN, **head)[0])
        self.damping_head = self.moving(below.plot([], [], "o", color=BLUE, **head)[0])

    def show(self, frame: Frame):
        step, k = frame.step, frame.k
        self.curve.set_data(step.grid, step.curve)
        self.residuals.set_data(step.t, step.residuals)
        outside = int(np.sum(~(np.abs(step.residuals) <= self.reach)))
        self.lost.set_text(f"{outside} residuals are outside the frame" if outside else "")
        self.digit_head.set_data([k], [self.digits[k]])
        self.damping_head.set_data([k], [self.damping[k]])

    def describe(self, frame: Frame) -> str:
        step = frame.step
        trial = "" if step.accepted else " The trial was rejected, so the damping rises."
        return (
            f"{step.name}, trial {frame.k} of {frame.run.nit}: |r|^2 = {2 * step.fun:.5g}, "
            f"{step.digits:.1f} certified digits, damping {step.damping:.1e}.{trial}"
        )
