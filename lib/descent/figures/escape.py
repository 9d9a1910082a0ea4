"""A picture of seeds that noise carries over the hills of a loss."""

import numpy as np

from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, RED

DRIZZLE = 0.3  # height of the cloud of seeds over the curve, as a share of the frame


class EscapePicture(Picture):
    """Seeds over the loss (left), and their share in the lowest valley against the noise (right).

    Frames are of `descent.stochastic.escape`.
    """

    size = (12.4, 5.8)

    def static(self, frame: Frame):
        return id(frame.step.valleys), frame.falling, frame.run.nit

    def draw(self, frame: Frame):
        self.valleys = frame.step.valleys  # keeps them, so that their identity stays theirs
        left, right = self.figure.subplots(1, 2, width_ratios=[1.15, 1])
        self._draw_loss(left, frame)
        self._draw_shares(right, frame)

    def _draw_loss(self, axes, frame):
        valleys, (a, b) = frame.step.valleys, frame.step.valleys.interval
        inside = (a <= valleys.w) & (valleys.w <= b)
        w, f = valleys.w[inside], valleys.f[inside]
        low, span = f.min(), np.ptp(f) or 1.0
        axes.set(xlabel="weight $w$", ylabel="loss $f(w)$", xlim=(a, b))
        axes.set_ylim(low - 0.06 * span, low + (1.08 + DRIZZLE) * span)
        there = np.clip(valleys.lowest, a, b)
        axes.axvspan(*there, color=GREEN, alpha=0.13, linewidth=0, label="the lowest valley")
        axes.plot(w, f, color=INK)
        seeds = len(frame.step.x)
        self.lift = DRIZZLE * span * (1 + np.arange(seeds)) / seeds  # a height of its own for each seed
        dots = {"linestyle": "", "markersize": 6, "alpha": 0.6}
        self.above = self.moving(axes.plot([], [], "o", color=RED, label="seeds elsewhere", **dots)[0])
        self.below = self.moving(axes.plot([], [], "o", color=BLUE, label="seeds in it", **dots)[0])
        self.title = self.moving(axes.set_title("-"))
        self.figure.legend(
            *axes.get_legend_handles_labels(), loc="outside upper left", ncols=3, frameon=False
        )

    def _draw_shares(self, axes, frame):
        step, last = frame.step, frame.run.last
        fine = np.linspace(0.25, step.noises[-1], 80)
        if not frame.falling:
            law = [100 * step.valleys.law(noise) for noise in fine]
            look = {
                "color": GREY,
                "linestyle": "--",
                "label": r"law: density $e^{-f/T}$, $T = \eta\sigma^2/2$",
            }
            axes.plot(fine, law, **look)
        pale = {"color": BLUE, "linewidth": 1, "alpha": 0.4, "label": f"after {last.t} updates"}
        axes.plot(step.noises, 100 * last.share, **pale)
        self.shares = self.moving(axes.plot([], [], "o-", color=BLUE, markersize=8, label="now")[0])
        ring = {"markerfacecolor": "none", "markeredgecolor": RED, "markersize": 17, "markeredgewidth": 3}
        self.ring = self.moving(axes.plot([], [], "o", **ring)[0])
        axes.set(xlabel=r"noise $\sigma$ in the slope", ylabel="seeds in the lowest valley, %")
        axes.set(xlim=(-0.4, step.noises[-1] + 0.4), ylim=(-4, 128))
        axes.set_yticks([0, 25, 50, 75, 100])
        axes.legend(loc="upper right", fontsize=12)

    def show(self, frame: Frame):
        step = frame.step
        w = step.x[:, step.here]
        heights = step.valleys.f[step.valleys.nearest(w)] + self.lift
        there = step.valleys.in_lowest(w)
        for dots, chosen in ((self.below, there), (self.above, ~there)):
            dots.set_data(w[chosen], heights[chosen])
        self.title.set_text(rf"$\sigma = {step.noise:.0f}$, {step.t} updates")
        self.shares.set_data(step.noises, 100 * step.share)
        self.ring.set_data([step.noises[step.here]], [100 * step.share[step.here]])

    def describe(self, frame: Frame) -> str:
        step, seeds = frame.step, len(frame.step.x)
        inside = round(step.share[step.here] * seeds)
        text = (
            f"After {step.t} updates with noise {step.noise:.0f}, {inside} of {seeds} seeds are in the "
            "lowest valley"
        )
        if frame.falling or step.noise == 0:
            return f"{text}; at the start none was."
        law = 100 * step.valleys.law(step.noise)
        return f"{text}; the law of the constant step says {law:.0f} % in the end."
