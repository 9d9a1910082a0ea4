"""Pictures of searches on an interval: the key property and the bracket."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from descent.figures.axes import set_limits, set_span, span
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, RED, SKY
from descent.univariate import Bracket, Comparison

TAU = (1 + 5**0.5) / 2


def sample(f, a: float, b: float, points: int = 400) -> tuple:
    """Return x and f(x) for drawing a curve; NaN where f cannot be computed.

    >>> sample(lambda x: 1 / x, 0, 1, points=3)[1].tolist()
    [nan, 2.0, 1.0]
    """
    x = np.linspace(a, b, points)
    y = np.full(points, np.nan)
    for i, xi in enumerate(x.tolist()):
        try:
            with np.errstate(all="ignore"):
                y[i] = f(xi)
        except Exception:  # the curve has a gap there; a run that gets there says why
            continue
    y[~np.isfinite(y)] = np.nan
    return x, y


def relative_ticks(axes, a: float, b: float) -> None:
    """Label a narrow x-axis by distances from its middle, and leave the values of f out."""
    power = min(int(np.floor(np.log10(b - a))), 0)
    middle = round((a + b) / 2, -power)
    sign = "-" if middle > 0 else "+"
    distance = f"(x {sign} {abs(middle):.{-power}f})" if middle else "x"
    axes.set_xlabel(rf"$x$: ticks are ${distance} \times 10^{{{-power}}}$")
    axes.xaxis.set_major_formatter(lambda x, _: f"{(x - middle) * 10.0**-power:.1f}")
    axes.set_yticklabels([])


class KeyPropertyPicture(Picture):
    """Two points on a unimodal function: which end may go? (lecture: key property)."""

    size = (9.6, 4.6)

    def static(self, step: Comparison):
        return step.f, step.a, step.b, step.hidden

    def draw(self, step: Comparison):
        axes = self.figure.add_subplot(xlabel="$x$", ylabel="$f(x)$")
        x, y = sample(step.f, step.a, step.b)
        set_limits(axes, x, y, above=0.25)
        axes.set_xlim(step.a - 0.03 * (step.b - step.a), step.b + 0.03 * (step.b - step.a))
        if not step.hidden:
            self.moving(axes.plot(x, y, color=INK)[0])  # moving, so that it lies over the hatching
        self.gone = [
            self.moving(span(axes, facecolor="#DDDDDD", edgecolor=GREY, hatch="///", linewidth=0))
            for _ in "ab"
        ]
        self.stems = [
            self.moving(axes.plot([], [], color=GREY, linewidth=1.2, linestyle=":")[0]) for _ in "ab"
        ]
        self.points = [
            self.moving(axes.plot([], [], linestyle="", marker=marker, color=color, markersize=12)[0])
            for marker, color in (("o", BLUE), ("s", RED))
        ]
        self.labels = [self.moving(axes.text(0, 0, "", ha="center", va="bottom", fontsize=16)) for _ in "ab"]
        self.axes = axes

    def show(self, step: Comparison):
        set_span(self.gone[0], step.a, step.kept_a)
        set_span(self.gone[1], step.kept_b, step.b)
        low, high = self.axes.get_ylim()
        near = step.x2 - step.x1 < 0.05 * (step.b - step.a)
        for i, (x, value) in enumerate(((step.x1, step.f1), (step.x2, step.f2))):
            self.points[i].set_data([x], [value])
            self.stems[i].set_data([x, x], [low, value])
            below_the_top = min(value, high - 0.1 * (high - low))  # a wall may be higher than the picture
            self.labels[i].set_position((x, below_the_top + 0.03 * (high - low)))
            self.labels[i].set_text(f"$x_{i + 1}$" if value <= high else rf"$x_{i + 1} \uparrow$")
            self.labels[i].set_horizontalalignment(("right", "left")[i] if near else "center")

    def describe(self, step: Comparison) -> str:
        sign = "<" if step.f1 < step.f2 else ">" if step.f1 > step.f2 else "="
        if step.x1 == step.x2:
            return f"x1 = x2 = {step.x1:.4g}: one value says nothing. Move one of the points."
        return (
            f"f(x1) = {step.f1:.4g} {sign} f(x2) = {step.f2:.4g} at x1 = {step.x1:.4g}, x2 = {step.x2:.4g}. "
            f"If f is unimodal, the minimiser lies in [{step.kept_a:.4g}, {step.kept_b:.4g}]; "
            "the hatched rest may go."
        )


class BracketPicture(Picture):
    """A bracket on its function, the points measured, and its width against calls of f."""

    size = (11.6, 5.2)
    deepest_zoom = 1e6

    def static(self, frame: Frame):
        return frame.run, self.window(frame)

    def window(self, frame: Frame) -> tuple:
        """The part of the x-axis to show: a new one whenever the bracket has shrunk to an eighth.

        When a free iteration leaves the interval it is the whole interval again.
        """
        first = shown = frame.past[0]
        for step in frame.past:
            if step.a < first.a or step.b > first.b:
                shown = first
                continue
            if step.a < shown.a - shown.width / 2 or step.b > shown.b + shown.width / 2:
                shown = first
            smaller = 0 < step.width < shown.width / 8
            if smaller and step.width > first.width / self.deepest_zoom:
                shown = step
        margin = 0.06 if shown is first else 0.5
        return float(shown.a - margin * shown.width), float(shown.b + margin * shown.width)

    def draw(self, frame: Frame):
        left, right = self.figure.subplots(1, 2, width_ratios=[1.9, 1])
        self._draw_function(left, frame)
        self._draw_widths(right, frame)
        self.axes, self.widths = left, right

    def _draw_function(self, axes, frame):
        a, b = self.window(frame)
        first = frame.run[0]
        x, y = sample(frame.f, max(a, first.a), min(b, first.b))
        set_limits(axes, x, y, above=0.22)
        axes.set_xlim(a, b)
        zoom = first.width * 1.12 / (b - a)
        times = f"{float(f'{zoom:.3g}'):,g}"  # 3,740, not 3.74e+03
        axes.set(xlabel="$x$", ylabel="$f(x)$", title=f"magnified {times} times" if zoom > 1.5 else " ")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        if zoom > 100:
            relative_ticks(axes, a, b)
        self.moving(axes.plot(x, y, color=INK, zorder=2)[0])  # moving, so that it lies over the shading
        self.gone = [
            self.moving(span(axes, facecolor="#DDDDDD", edgecolor=GREY, hatch="///", linewidth=0, zorder=1.5))
            for _ in "ab"
        ]
        self.kept = self.moving(span(axes, facecolor=SKY, alpha=0.28, linewidth=0, zorder=1.4))
        self.parabola = self.moving(axes.plot([], [], color=GREEN, linestyle="--", zorder=2.5)[0])
        self.vertex = self.moving(axes.plot([], [], color=GREEN, linestyle=":", linewidth=1.6, zorder=2.4)[0])
        old = {"linestyle": "", "marker": "o", "color": GREY, "markersize": 6, "zorder": 3}
        self.old = self.moving(axes.plot([], [], **old)[0])
        best = {"linestyle": "", "marker": "D", "color": BLUE, "markersize": 10, "zorder": 4}
        self.best = self.moving(axes.plot([], [], **best)[0])
        new = {"linestyle": "", "marker": "o", "markersize": 12, "zorder": 5}
        self.new = self.moving(
            axes.plot([], [], color=RED, markerfacecolor="none", markeredgewidth=2.5, **new)[0]
        )
        self.numbers = [
            self.moving(
                axes.text(0, 0, "", ha="center", va="bottom", color=RED, fontsize=15, zorder=6, clip_on=True)
            )
            for _ in range(3)
        ]

    def _draw_widths(self, axes, frame):
        run = frame.run
        calls = np.array([max(step.nfev, 1) for step in run])
        widths = np.array([float(step.width) for step in run])
        self.errors = np.array([abs(float(step.x - run.last.x)) or np.nan for step in run])
        axes.set(xlabel="calls of $f$", yscale="log", title="width and error")
        axes.minorticks_off()  # they would take a third of the time of drawing
        axes.set_xlim(0, calls[-1] + 1)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        positive = np.concatenate([widths[widths > 0], self.errors[self.errors > 0]])
        decades = max(100, (max(positive) / min(positive)) ** 0.4)  # room for the legend
        axes.set_ylim(min(positive) / decades, 4 * max(widths))
        bound = {"dichotomy": (2**0.5, 1), "golden_section": (TAU, 2)}.get(run.name)
        if bound:
            ratio, start = bound
            n = np.arange(start, calls[-1] + 1)
            axes.plot(
                n, widths[0] * ratio ** -(n - start), color=GREY, linestyle="--", label="bound of the width"
            )
        self.width_line = self.moving(
            axes.plot([], [], color=BLUE, marker="o", markersize=4, label="width $b-a$")[0]
        )
        self.error_line = self.moving(
            axes.plot(
                [],
                [],
                color=RED,
                marker="s",
                markersize=4,
                linestyle=":",
                label="distance of $x$ to the last $x$",
            )[0]
        )
        for line in (self.width_line, self.error_line):
            line.set_clip_on(True)
        axes.legend(loc="lower left", fontsize=11)
        self.calls, self.all_widths = calls, widths

    def show(self, frame: Frame):
        step, past = frame.step, frame.past
        before = past[-2] if len(past) > 1 else step
        set_span(self.kept, float(step.a), float(step.b))
        set_span(self.gone[0], float(before.a), float(max(step.a, before.a)))
        set_span(self.gone[1], float(min(step.b, before.b)), float(before.b))
        known = [point for earlier in past[:-1] for point in earlier.measured]
        self.old.set_data(*_columns(known))
        self.new.set_data(*_columns(step.measured))
        nothing_measured = not known and not step.measured
        self.best.set_data(*_columns([] if nothing_measured else [(step.x, step.fun)]))
        low, high = self.axes.get_ylim()
        left, right = self.axes.get_xlim()
        labels = call_labels(step, apart=0.05 * (right - left))
        for label, (x, value, text) in zip(self.numbers, labels, strict=False):
            arrow = (
                "\u2190{}" if x < left else "{}\u2192" if x > right else "{}\u2191" if value > high else "{}"
            )
            across = np.clip(x, left + 0.04 * (right - left), right - 0.04 * (right - left))
            label.set_position(
                (across, np.clip(value, low, high - 0.12 * (high - low)) + 0.04 * (high - low))
            )
            label.set_text(arrow.format(text) if text else "")
        self._show_parabola(step, low, high)
        k = frame.k + 1
        self.width_line.set_data(self.calls[:k], self.all_widths[:k])
        self.error_line.set_data(self.calls[:k], self.errors[:k])

    def _show_parabola(self, step, low, high):
        self.parabola.set_data([], [])
        self.vertex.set_data([], [])
        if len({float(point) for point, _ in step.parabola}) == 3:
            x = np.linspace(*self.axes.get_xlim(), 200)
            self.parabola.set_data(x, lagrange(step.parabola, x))
            if step.vertex is not None:
                self.vertex.set_data([float(step.vertex)] * 2, [low, high])

    def describe(self, frame: Frame) -> str:
        step, run = frame.step, frame.run
        measured = ", ".join(f"f({float(x):.5g}) = {float(value):.5g}" for x, value in step.measured)
        end = ""
        if frame.k == run.nit:
            end = f" The run ends: {'success' if run.success else 'no success'}, {run.message}."
        return (
            f"Step {frame.k} of {run.nit}: {step.rule}. "
            + (f"Measured {measured}. " if measured else "")
            + f"Bracket [{float(step.a):.6g}, {float(step.b):.6g}], width {float(step.width):.3g}; "
            + (f"best point {float(step.x):.6g}; " if step.nfev else "")
            + f"{step.nfev} call{'s' * (step.nfev != 1)} of f.{end}"
        )


def call_labels(step: Bracket, apart: float) -> list:
    """Return three labels (x, f, number of the call); points nearer than `apart` share one."""
    labels = []
    first = step.nfev - len(step.measured) + 1
    for call, (x, value) in enumerate(step.measured, first):
        if labels and abs(labels[-1][0] - float(x)) < apart:
            labels[-1] = (*labels[-1][:2], f"{labels[-1][2]}, {call}")
        else:
            labels.append((float(x), float(value), str(call)))
    return labels + [(0, 0, "")] * (3 - len(labels))


def lagrange(points: tuple, x: np.ndarray) -> np.ndarray:
    """Return the polynomial through points (x, f), at x.

    >>> lagrange(((0, 0), (1, 1), (2, 4)), np.array([3.0])).tolist()
    [9.0]
    """
    total = np.zeros_like(x)
    for i, (xi, fi) in enumerate(points):
        others = [xj for j, (xj, _) in enumerate(points) if j != i]
        total += float(fi) * np.prod([(x - float(xj)) / float(xi - xj) for xj in others], axis=0)
    return total


def _columns(points) -> tuple:
    return [float(x) for x, _ in points], [float(value) for _, value in points]
