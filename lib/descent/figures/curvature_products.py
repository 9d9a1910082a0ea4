"""Pictures of curvature products: three ways to H v, two spectra, a trace by sampling."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED, SERIES, SKY
from descent.methods.product_costs import WAYS, Products
from descent.methods.trace import Sampled

DIVERGING = LinearSegmentedColormap.from_list("descent", [ORANGE, "white", BLUE])
SMALLEST = 1e-17  # where an error of 0 is drawn on a logarithmic axis


class ProductsPicture(Picture):
    """Errors of three ways to H v against the step of the differences, and their costs against n."""

    size = (12.4, 5.6)

    def static(self, products: Products):
        return id(products.errors)

    def draw(self, products: Products):
        self.errors = products.errors  # keeps them, so that their identity stays theirs
        left, right = self.figure.subplots(1, 2)
        left.set(xlabel="step $h$ of the differences", ylabel=r"relative error of $H v$")
        right.set(xlabel="number of variables $n$", ylabel="operations / those of one gradient")
        self.dots, self.heads, handles = {}, {}, []
        for way, style in zip(WAYS, SERIES, strict=False):
            line = {"color": style["color"], "linestyle": style["linestyle"]}
            errors = np.maximum(products.errors[way], SMALLEST)
            handles.append(left.plot(products.steps, errors, label=way, **line)[0])
            right.plot(products.sizes, products.costs[way], **line)
            head = {"color": style["color"], "marker": style["marker"], "markeredgecolor": INK}
            head |= {"linestyle": "", "markersize": 11, "zorder": 5}
            self.dots[way] = self.moving(left.plot([], [], **head)[0])
            self.heads[way] = self.moving(right.plot([], [], **head)[0])
        left.set(xscale="log", yscale="log", ylim=(SMALLEST / 2, 30))
        left.yaxis.set_major_locator(LogLocator(numticks=9))
        right.set(xscale="log", yscale="log", ylim=(1, 2 * max(products.costs[WAYS[2]])))
        right.set_xticks(products.sizes, [str(n) for n in products.sizes])
        right.set_yticks([1, 2, 5, 10, 20, 50, 100], ["1", "2", "5", "10", "20", "50", "100"])
        for axis in (left.xaxis, left.yaxis, right.xaxis, right.yaxis):
            axis.set_minor_locator(NullLocator())
        self.figure.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False)

    def show(self, products: Products):
        for way in WAYS:
            self.dots[way].set_data([products.h], [max(products.error_here(way), SMALLEST)])
            self.heads[way].set_data([products.n], [products.cost_here(way)])

    def describe(self, products: Products) -> str:
        parts = [
            f"{way}: error {products.error_here(way):.1e}, {products.cost_here(way):.3g} gradients"
            for way in WAYS
        ]
        return f"With h = {products.h:.0e} and n = {products.n} variables: {'; '.join(parts)}."


class SpectraPicture(Picture):
    """Eigenvalues of H and of G, the fit to which they belong, and how far H is from G."""

    size = (12.8, 6.2)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run  # keeps the run, so that its identity stays its own
        places = self.figure.subplot_mosaic([["values", "fit"], ["values", "apart"]], width_ratios=[1.45, 1])
        first = frame.run[0]
        self._draw_values(places["values"], first)
        self._draw_fit(places["fit"], first.fit)
        self._draw_course(places["apart"], frame.run)

    def _draw_values(self, axes, first):
        n, reach = first.H.size, 10 * max(abs(first.H[0]), first.H[-1])
        axes.axhspan(-reach, 0, color="#F3E3DA", zorder=0)
        axes.axhline(0, color=INK, linewidth=1)
        axes.text(0.99, 0.02, "negative curvature", transform=axes.transAxes, ha="right", color=RED)
        axes.set_yscale("symlog", linthresh=1e-3, linscale=0.6)
        axes.set(xlim=(0.3, n + 0.7), ylim=(-reach, 100 * reach))
        axes.set(xlabel="number of the eigenvalue, smallest first", ylabel="eigenvalue")
        axes.set_yticks([-10, -0.1, -0.001, 0, 0.001, 0.1, 10, 1000])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        style = {"linestyle": "", "markersize": 10, "markeredgewidth": 2}
        self.H = self.moving(axes.plot([], [], "o", color=BLUE, label="Hessian $H$", **style)[0])
        hollow = style | {"markerfacecolor": "none", "markersize": 15}
        self.G = self.moving(axes.plot([], [], "s", color=ORANGE, label="Gauss-Newton $G$", **hollow)[0])
        axes.legend(loc="upper left")

    def _draw_fit(self, axes, fit):
        axes.plot(fit.t, fit.y, "o", color=GREY, markersize=6, label="data")
        self.curve = self.moving(axes.plot([], [], color=GREEN, label="network")[0])
        room = 0.6 * np.ptp(fit.y)
        axes.set(xlabel="$t$", ylabel="$y$", ylim=(fit.y.min() - room, fit.y.max() + room))
        axes.legend(loc="upper left", ncols=2)

    def _draw_course(self, axes, run):
        last = run.arguments["run"].nit
        axes.set(xlabel="steps of training", ylabel="$|H - G| / |H|$", yscale="log", ylim=(1e-17, 10))
        axes.set_xlim(-0.3, last + 0.3)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_locator(LogLocator(numticks=5))
        axes.yaxis.set_minor_locator(NullLocator())
        line = {"color": RED, "marker": "o", "markersize": 5}
        self.apart = self.moving(axes.plot([], [], **line)[0])

    def show(self, frame: Frame):
        step = frame.step
        numbers = np.arange(1, step.H.size + 1)
        self.H.set_data(numbers, step.H)
        self.G.set_data(numbers, step.G)
        self.curve.set_data(step.fit.t, step.predictions)
        differences = [max(past.difference, 1e-17) for past in frame.past]
        self.apart.set_data(np.arange(len(differences)), differences)

    def describe(self, frame: Frame) -> str:
        step = frame.step
        negative = int(np.sum(step.H / step.H[-1] < -1e-9))
        count = f"{negative} of {step.H.size} eigenvalues of H {'is' if negative == 1 else 'are'} negative"
        return (
            f"Step {frame.k}: the loss is {step.fun:.2g}. {count}, none of G. "
            f"The smallest of H is {step.H[0]:.2g}, of G {max(step.G[0], 0):.2g}; "
            f"|H - G| / |H| = {step.difference:.1e}."
        )


class TracePicture(Picture):
    """A matrix, and the estimate of its trace against the number of samples, with theory's band."""

    size = (12.4, 5.6)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.9])
        last: Sampled = frame.run.last
        top = float(np.max(np.abs(last.A)))
        shown = left.imshow(last.A, cmap=DIVERGING, vmin=-top, vmax=top)
        left.set(title="matrix $A$", xlabel="column", ylabel="row", xticks=[], yticks=[])
        left.grid(False)
        self.figure.colorbar(shown, ax=left, shrink=0.7)
        self._draw_estimates(right, [step.estimate for step in frame.run], last)

    def _draw_estimates(self, axes, estimates, last):
        k = np.arange(1, len(estimates) + 1)
        self.samples = np.array([estimate.sample for estimate in estimates])
        self.means = np.array([estimate.x for estimate in estimates])
        self.errors = np.array([estimate.standard_error for estimate in estimates])
        band = 2 * last.deviation / np.sqrt(k)
        axes.fill_between(
            k, last.exact - band, last.exact + band, color=SKY, alpha=0.3, label="theory, 2 standard errors"
        )
        axes.axhline(last.exact, color=INK, linestyle=":", label="trace")
        reach = 1.1 * max(3 * last.deviation, 0.1 * abs(last.exact), 1.0)
        axes.set(
            xlabel="samples, a product $A v$ each", ylabel="trace", xscale="log", xlim=(0.9, k[-1] * 1.1)
        )
        axes.set_ylim(last.exact - reach, last.exact + reach)
        self.dots = self.moving(
            axes.plot([], [], ".", color=GREY, linestyle="", markersize=6, label="sample $v'A v$")[0]
        )
        self.line = self.moving(axes.plot([], [], color=BLUE, label="mean", zorder=4)[0])
        head = {"color": RED, "marker": "o", "markersize": 9, "linestyle": "", "zorder": 5}
        self.head = self.moving(axes.plot([], [], **head)[0])
        self.bar = self.moving(axes.plot([], [], color=RED, linewidth=3, zorder=5)[0])
        axes.legend(loc="upper right", fontsize=12, ncols=2)

    def show(self, frame: Frame):
        k = frame.k + 1
        numbers = np.arange(1, k + 1)
        self.dots.set_data(numbers, self.samples[:k])
        self.line.set_data(numbers, self.means[:k])
        self.head.set_data([k], [self.means[k - 1]])
        half = 2 * self.errors[k - 1] if np.isfinite(self.errors[k - 1]) else 0.0
        self.bar.set_data([k, k], [self.means[k - 1] - half, self.means[k - 1] + half])

    def describe(self, frame: Frame) -> str:
        step = frame.step
        k, estimate = frame.k + 1, step.estimate
        measured = f"{estimate.standard_error:.3g}" if k > 1 else "not known yet"
        return (
            f"After {k} sample{'s' * (k > 1)} the trace {step.exact:.4g} is estimated as {estimate.x:.4g}. "
            f"Standard error: measured {measured}, by theory {step.deviation / k**0.5:.3g}. "
            f"All of A takes {len(step.A)} products."
        )
