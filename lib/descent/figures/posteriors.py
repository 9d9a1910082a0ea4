"""Pictures of posteriors: what data teach, and a simple distribution that climbs towards one."""

import numpy as np
from matplotlib.patches import Ellipse

from descent.expectations.lecture import TRUE_WEIGHTS, Learned, models
from descent.expectations.variational import MeanFieldStep, exact_bound
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, RED

POINTS = 90  # a side of the grid
DEVIATIONS = (3, 2, 1)  # contours, as of a Gaussian: exp(-r^2 / 2) of the highest density
SMALLEST = 1e-6  # gap that is drawn, in nats
WEIGHTS = ((-3.0, 3.0), (-3.0, 3.0))


def contour_posterior(axes, model, window: tuple, **style):
    """Draw the contours of a posterior density at 1, 2 and 3 deviations over a window ((x0, x1), (y0, y1)).

    >>> from descent.expectations.lecture import line_model
    >>> from descent.figures import new_figure
    >>> drawn = contour_posterior(new_figure().subplots(), line_model(3), WEIGHTS)
    >>> len(drawn.levels)
    3
    """
    x, y = (np.linspace(*ends, POINTS) for ends in window)
    logs = model.log_posterior(np.stack(np.meshgrid(x, y), axis=-1))
    levels = [-0.5 * r * r for r in DEVIATIONS]
    return axes.contour(x, y, logs - logs.max(), levels=levels, **style)


class LearnedPicture(Picture):
    """The posterior of a line's weights after some points, and lines drawn from it."""

    size = (12.0, 5.6)

    def static(self, now: Learned):
        return id(now)

    def draw(self, now: Learned):
        self.now = now  # keeps it, so that its identity stays its own
        left, right = self.figure.subplots(1, 2)
        contour_posterior(
            left, now.model, WEIGHTS, colors=[BLUE], linewidths=[1.2, 2, 2.8], linestyles="solid"
        )
        left.plot(*TRUE_WEIGHTS, "*", color=INK, markersize=17, label="true weights")
        left.plot(*now.lines.T, ".", color=GREY, markersize=6, label="drawn from the posterior")
        left.set(xlabel="intercept $w_1$", ylabel="slope $w_2$", xlim=WEIGHTS[0], ylim=WEIGHTS[1])
        left.legend(loc="upper right")
        t = np.array([-1.2, 3.2])
        for k, (intercept, slope) in enumerate(now.lines):
            label = "a line for each grey dot" if k == 0 else None
            right.plot(t, intercept + slope * t, color=GREY, linewidth=1, alpha=0.6, label=label)
        right.plot(t, now.model.mean @ np.stack([np.ones(2), t]), color=BLUE, label="posterior mean")
        seen = slice(0, now.count)
        right.plot(now.t[seen], now.y[seen], "o", color=RED, markersize=9, markeredgecolor=INK, label="seen")
        unseen = {"markerfacecolor": "white", "markeredgecolor": GREY, "linestyle": "", "marker": "o"}
        right.plot(now.t[now.count :], now.y[now.count :], label="not yet seen", **unseen)
        right.set(xlabel="input $t$", ylabel="label $y$", xlim=t, ylim=(-4.5, 4.5))
        right.legend(loc="upper right", ncols=2, fontsize=12)

    def show(self, now: Learned):
        """Everything is in the static part: a new posterior is a new picture."""

    def describe(self, now: Learned) -> str:
        mean, sigma = now.model.mean, np.sqrt(np.diag(now.model.covariance))
        points = "1 point" if now.count == 1 else f"{now.count} points"
        return (
            f"After {points}: intercept {mean[0] + 0:.2f} +- {sigma[0]:.2f}, "
            f"slope {mean[1] + 0:.2f} +- {sigma[1]:.2f}; the log evidence is {now.model.log_evidence:.2f}."
        )


class ClimbPicture(Picture):
    """A mean-field Gaussian on the contours of the exact posterior, and the bound that it climbs.

    Frames are of `descent.expectations.lecture.climb`.
    """

    size = (12.4, 6.0)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run
        left, right = self.figure.subplots(1, 2, width_ratios=[1.1, 1])
        self._draw_plane(left, frame)
        self._draw_bound(right, frame)

    def _draw_plane(self, axes, frame):
        model = models()[frame.name]
        means = np.array([step.mean for step in frame.run])
        sigma = np.sqrt(np.diag(model.covariance))
        points = np.concatenate([means, [model.mean - 3.3 * sigma, model.mean + 3.3 * sigma]])
        low, high = points.min(axis=0), points.max(axis=0)
        room = 0.08 * (high - low)
        window = tuple(zip((low - room).tolist(), (high + room).tolist(), strict=True))
        contour_posterior(axes, model, window, colors=[INK], linewidths=[0.8, 1.4, 2.0])
        axes.plot(
            *model.mean, "*", color=INK, markersize=16, zorder=6, label="exact posterior: mean, contours"
        )
        axes.set(xlabel="$w_1$", ylabel="$w_2$", xlim=window[0], ylim=window[1])
        self.way = self.moving(axes.plot([], [], color=BLUE, linewidth=1.2, alpha=0.7)[0])
        style = {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 2.5}
        self.ellipses = [
            self.moving(axes.add_patch(Ellipse((0, 0), 1, 1, alpha=alpha, zorder=4, **style)))
            for alpha in (0.16, 0.3)
        ]
        head = {"color": BLUE, "markeredgecolor": INK, "markersize": 10, "zorder": 7}
        self.head = self.moving(axes.plot([], [], "o", label="$q$ now: mean, 1 and 2 sigma", **head)[0])
        average = {"color": RED, "markeredgecolor": INK, "markersize": 10, "zorder": 7, "linestyle": ""}
        self.average = self.moving(
            axes.plot([], [], marker="s", label="average of the latter half", **average)[0]
        )
        self.figure.legend(loc="outside upper center", ncols=3, frameon=False)

    def _draw_bound(self, axes, frame):
        model = models()[frame.name]
        self.t = np.array([step.t for step in frame.run])
        self.gaps = np.array([model.log_evidence - step.elbo for step in frame.run])
        shown = self.gaps[np.isfinite(self.gaps) & (self.gaps > SMALLEST)]
        axes.set(xlabel="steps", ylabel="log evidence $-$ ELBO (nats)", yscale="log")
        axes.set(xlim=(0, self.t[-1] * 1.02), ylim=(min(shown.min(), 0.05) / 2, 2 * shown.max()))
        if model.gaussian and (least := model.log_evidence - exact_bound(model)[1]) > SMALLEST:
            axes.axhline(least, color=GREEN, linestyle="--", linewidth=2)
            axes.text(self.t[-1], least / 1.1, "best mean field", ha="right", va="top", color=GREEN)
        self.fall = self.moving(axes.plot([], [], color=RED, marker="s", markersize=3)[0])
        self.end = self.moving(axes.plot([], [], "s", color=RED, markeredgecolor=INK, markersize=10)[0])

    def show(self, frame: Frame):
        step: MeanFieldStep = frame.step
        self.way.set_data(*np.array([past.mean for past in frame.past]).T)
        for ellipse, deviations in zip(self.ellipses, (2, 1), strict=True):
            ellipse.set(
                center=step.mean, width=2 * deviations * step.sigma[0], height=2 * deviations * step.sigma[1]
            )
        self.head.set_data(*step.mean[:, None])
        self.average.set_data(*step.x[0][:, None])
        self.fall.set_data(self.t[: frame.k + 1], self.gaps[: frame.k + 1])
        self.end.set_data([step.t], self.gaps[frame.k : frame.k + 1])

    def describe(self, frame: Frame) -> str:
        step, model = frame.step, models()[frame.name]
        mean, sigma, exact = (f"({v[0]:.3f}, {v[1]:.3f})" for v in (*step.x, model.mean))
        return (
            f"After {step.t} steps of {frame.n} samples the average has mean {mean} and sigma {sigma}; "
            f"exact mean {exact}. ELBO {step.elbo:.3f}, {self.gaps[frame.k]:.3f} below the log evidence."
        )
