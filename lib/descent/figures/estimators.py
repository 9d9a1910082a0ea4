"""Pictures of two estimators of a gradient: what single samples say, and how fast errors fall."""

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from descent.expectations.lecture import Errors, TwoEstimates
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, RED

BINS = 40
BASELINES = (-2.0, 6.0)  # always shown
SHOWN = 300  # samples drawn as dots at most
SCORE, PATH = {"color": BLUE, "marker": "o"}, {"color": RED, "marker": "s"}


class EstimatesPicture(Picture):
    """Where samples fall, and what each says about the gradient, in two ways."""

    size = (12.4, 6.2)

    def static(self, both: TwoEstimates):
        return id(both.exact)  # the baseline moves nothing that stays

    def draw(self, both: TwoEstimates):
        self.exact = both.exact  # keeps it, so that its identity stays its own
        places = self.figure.subplot_mosaic(
            [["cost", "score"], ["density", "path"]], width_ratios=[1, 1.15], height_ratios=[1, 1]
        )
        self._draw_samples(places["cost"], places["density"], both)
        spread = np.sqrt(max(both.exact.score_variance(0.0), both.exact.path_variance, 1e-6))
        low, high = both.exact.gradient - 3.2 * spread, both.exact.gradient + 3.2 * spread
        self.edges = np.linspace(low, high, BINS + 1)
        self.shares, self.means, self.bars, self.notes = {}, {}, {}, {}
        for name, title, style in (("score", "score function", SCORE), ("path", "reparameterised", PATH)):
            self._draw_shares(places[name], name, title, style)
        places["path"].set_xlabel("gradient that one sample says")

    def _draw_samples(self, above, below, both):
        here = both.exact
        near = np.abs(here.x - both.theta) <= 4 * both.sigma
        above.plot(here.x[near], here.values[near], color=INK)
        above.set(ylabel="cost $f(x)$")
        above.tick_params(labelbottom=False)
        below.fill_between(here.x[near], here.density[near], color=GREY, alpha=0.35, linewidth=0)
        below.plot(here.x[near], here.density[near], color=INK)
        below.axvline(both.theta, color=INK, linestyle=":", linewidth=1.5)
        below.set(xlabel="$x$", ylabel=r"density $p(x; \theta)$")
        below.set_ylim(-0.16 * here.density.max(), 1.12 * here.density.max())
        for axes in (above, below):
            axes.set_xlim(both.theta - 4 * both.sigma, both.theta + 4 * both.sigma)
            axes.xaxis.set_major_locator(MaxNLocator(6))
        dots = {"linestyle": "", "color": GREEN, "markersize": 5, "alpha": 0.7}
        self.costs = self.moving(above.plot([], [], "o", **dots)[0])
        self.draws = self.moving(below.plot([], [], "|", **dots | {"markersize": 14})[0])
        self.rug = -0.08 * here.density.max()

    def _draw_shares(self, axes, name, title, style):
        empty = np.zeros(BINS)
        shape = axes.stairs(empty, self.edges, fill=True, color=style["color"], alpha=0.45)
        self.shares[name] = self.moving(shape)
        axes.axvline(self.exact.gradient, color=INK, linestyle="--", linewidth=2)
        axes.set(ylabel="share", xlim=(self.edges[0], self.edges[-1]), ylim=(0, 1.3))
        axes.set_yticks([0, 0.5, 1])
        axes.set_title(title, color=style["color"], loc="left")
        self.bars[name] = self.moving(axes.plot([], [], color=style["color"], linewidth=5)[0])
        mean = {"linestyle": "", "markersize": 11, "markeredgecolor": INK}
        self.means[name] = self.moving(axes.plot([], [], **style, **mean)[0])
        place = {"ha": "right", "va": "bottom", "fontsize": 14, "transform": axes.transAxes}
        self.notes[name] = self.moving(axes.text(1, 1.02, "", **place))

    def show(self, both: TwoEstimates):
        x = both.score.x[:SHOWN]
        self.costs.set_data(x, np.interp(x, both.exact.x, both.exact.values))
        self.draws.set_data(x, np.full(x.size, self.rug))
        for name, estimate in (("score", both.score), ("path", both.path)):
            inside = np.clip(estimate.samples, self.edges[0], self.edges[-1])
            counts, _ = np.histogram(inside, self.edges)
            self.shares[name].set_data(counts / len(inside))
            mean, error = float(estimate.mean), 2 * float(estimate.standard_error)
            self.bars[name].set_data([mean - error, mean + error], [1.15, 1.15])
            self.means[name].set_data([mean], [1.15])
            self.notes[name].set_text(f"mean {mean:.3g} ± {error:.2g}")

    def describe(self, both: TwoEstimates) -> str:
        parts = [
            f"{name}: {float(e.mean):.4g} +- {2 * float(e.standard_error):.2g}, "
            f"variance of a sample {float(e.variance):.3g}"
            for name, e in (("score function", both.score), ("reparameterised", both.path))
        ]
        return (
            f"{len(both.score.x)} samples around theta = {both.theta:.2f}; exact gradient "
            f"{both.exact.gradient:.4g} (dashed). {'; '.join(parts)}. Bars are two standard errors."
        )


class ErrorsPicture(Picture):
    """The error of both estimators against the number of samples, and the variance against the baseline."""

    size = (12.4, 5.8)

    def static(self, here: Errors):
        return id(here.exact)

    def draw(self, here: Errors):
        self.exact = here.exact
        left, right = self.figure.subplots(1, 2, width_ratios=[1.15, 1])
        self._draw_errors(left, here)
        self._draw_parabola(right, here)

    def _draw_errors(self, axes, here):
        n = np.array([here.sizes[0], here.sizes[-1]], float)
        self.n = n
        plain = np.sqrt(here.exact.score_variance(0.0) / n)
        axes.plot(n, plain, color=GREY, linestyle="-.", label="score function, $b = 0$: law")
        self.law = self.moving(axes.plot([], [], color=BLUE, label="score function with $b$: law")[0])
        dots = {"linestyle": "", "markersize": 9, "markeredgecolor": INK}
        self.score = self.moving(axes.plot([], [], label="measured", **SCORE, **dots)[0])
        path = np.sqrt(here.exact.path_variance / n)
        shown = path if path[0] > 1e-9 * plain[0] else np.full(2, np.nan)
        axes.plot(n, shown, color=RED, linestyle="--", label="reparameterised: law")
        self.path = self.moving(axes.plot([], [], label="measured", **PATH, **dots)[0])
        lowest, highest = (np.sqrt(max(v, 1e-12)) for v in self._variances(here))
        least = min([lowest / np.sqrt(n[1]), *shown[np.isfinite(shown)]])
        axes.set(xscale="log", yscale="log", xlabel="samples $n$", ylabel="error of the gradient")
        axes.set_ylim(least / 60, 3 * highest / np.sqrt(n[0]))  # the legend needs room below
        axes.set_xticks(here.sizes, [str(size) for size in here.sizes])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.legend(loc="lower left")

    @staticmethod
    def _variances(here) -> tuple:
        """Return the least variance of the score function, and the highest over the baselines shown."""
        level, best = here.exact.score_variance, here.exact.best_baseline
        return level(best), max(map(level, _baselines(best)))

    def _draw_parabola(self, axes, here):
        best = here.exact.best_baseline
        b = np.linspace(*_baselines(best), 121)
        axes.plot(b, here.exact.score_variance(b), color=BLUE, label="score function")
        path = {"color": RED, "linestyle": "--", "label": "reparameterised"}
        axes.axhline(here.exact.path_variance, **path)
        mark = {"linestyle": "", "color": INK, "markersize": 10}
        level = here.exact.score_variance
        axes.plot(
            [best], [level(best)], "*", **mark | {"markersize": 16}, label="best $b = E[f s^2] / E[s^2]$"
        )
        mean = here.exact.expectation
        axes.plot([mean], [level(mean)], "^", **mark, label="$b = E[f]$")
        axes.set(xlabel="baseline $b$", ylabel="variance of one sample", xlim=(b[0] - 0.4, b[-1] + 0.4))
        top = max(level(b[0]), level(b[-1]), here.exact.path_variance, 1e-6)
        axes.set_ylim(-0.06 * top, 1.5 * top)
        current = {"linestyle": "", "markersize": 12, "markeredgecolor": INK, "label": "$b$ now"}
        self.now = self.moving(axes.plot([], [], **SCORE, **current)[0])
        axes.legend(loc="upper center", ncols=2)

    def show(self, here: Errors):
        variance = here.exact.score_variance(here.baseline)
        self.law.set_data(self.n, np.sqrt(variance / self.n))
        self.score.set_data(here.sizes, here.score)
        seen = here.path > 1e-9 * here.score.max()
        self.path.set_data(here.sizes[seen], here.path[seen])
        self.now.set_data([here.baseline], [variance])

    def describe(self, here: Errors) -> str:
        exact = here.exact
        score = exact.score_variance(here.baseline)
        path = exact.path_variance if exact.path_variance > 1e-12 else 0.0  # rounding
        ratio = f"{score / path:.3g} times as many samples as" if path else "infinitely many more than"
        return (
            f"With baseline {here.baseline:.2f} one sample of the score function has variance {score:.4g} "
            f"(least {exact.score_variance(exact.best_baseline):.4g}, at b = {exact.best_baseline:.3g}), "
            f"reparameterised {path:.4g}: for the same error the score function needs {ratio} the path."
        )


def _baselines(best: float) -> tuple:
    """Return the ends of the baselines that are shown."""
    return min(BASELINES[0], best - 1), max(BASELINES[1], best + 1)
