"""Pictures of derivatives: errors of difference quotients, three kinds of numbers, a dial of directions."""

from functools import lru_cache

import numpy as np

from descent.autodiff.lecture import DifferenceErrors, Direction, ThreeNumbers
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED, SKY

SMALLEST = 1e-17  # where an error of 0 is drawn
STEPS = (1e-16, 1.0)
LOOKS = {
    "forward": {"color": BLUE, "linestyle": "-", "marker": "o", "label": "forward difference"},
    "central": {"color": RED, "linestyle": "-", "marker": "s", "label": "central difference"},
    "imaginary": {"color": GREEN, "linestyle": "-", "marker": "^", "label": "complex step"},
}


class DifferencePicture(Picture):
    """Errors of slopes against the step, with the lines of truncation and rounding."""

    size = (10.8, 5.4)
    shown = ("forward", "central")
    range = STEPS

    def static(self, errors: DifferenceErrors):
        return errors.f, errors.x

    def draw(self, errors: DifferenceErrors):
        axes = self.figure.add_subplot(
            xlabel="step $h$", ylabel="error of the slope", xscale="log", yscale="log"
        )
        inside = (errors.steps >= self.range[0] * 0.99) & (errors.steps <= self.range[1] * 1.01)
        h = errors.steps[inside]
        for name in self.shown:
            error = getattr(errors, name)[inside]
            look = {key: LOOKS[name][key] for key in ("color", "linestyle", "label")}
            axes.plot(h, np.maximum(error, SMALLEST), linewidth=1.4, **look)
        lines = [
            ("rounding", "--", r"rounding $\epsilon(|f|+|xf'|)/h$"),
            ("central_truncation", "-.", r"truncation $|f'''|h^2/6$"),
        ]
        if "forward" in self.shown:
            lines.append(("truncation", ":", r"truncation $|f''|h/2$"))
        for name, style, label in lines:
            line = getattr(errors, name)[inside]
            if line.max() > 0:
                axes.plot(
                    h,
                    np.maximum(line, SMALLEST / 100),
                    color=INK,
                    linestyle=style,
                    linewidth=1.4,
                    label=label,
                )
        largest = np.nanmax([errors.forward[inside], errors.rounding[inside]])
        axes.set_xlim(*self.range)
        axes.set_ylim(SMALLEST / 3, max(1.0, min(10 * largest, 1e6)))
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
        self.line = self.moving(axes.axvline(1.0, color=ORANGE, linewidth=2.5, alpha=0.8))
        self.points = {
            name: self.moving(
                axes.plot([], [], linestyle="", markersize=12, marker=LOOKS[name]["marker"],
                          color=LOOKS[name]["color"], zorder=5)[0]
            )
            for name in self.shown
        }  # fmt: skip
        self.axes = axes

    def show(self, errors: DifferenceErrors):
        self.line.set_xdata([errors.step, errors.step])
        for name, point in self.points.items():
            error = abs(getattr(errors, f"{name}_slope") - errors.exact)
            point.set_data([errors.step], [max(error, SMALLEST)])

    def describe(self, errors: DifferenceErrors) -> str:
        parts = [
            _says(LOOKS[name]["label"], getattr(errors, f"{name}_slope"), errors.exact) for name in self.shown
        ]
        return (
            f"At h = {errors.step:.0e}: {'; '.join(parts)}. The slope at {errors.x:g} is {errors.exact:.8g}."
        )


class TwoDifferencesPicture(DifferencePicture):
    """Forward and central differences: each error is a V (lecture: finite differences)."""

    def describe(self, errors: DifferenceErrors) -> str:
        best = [
            f"{name} {step:.0e}"
            for name, step in (("forward", errors.best_forward), ("central", errors.best_central))
            if np.isfinite(step) and step > 0  # 0 where f and x are 0: nothing is rounded
        ]
        return super().describe(errors) + (f" Best steps: {', '.join(best)}." if best else "")


class ComplexStepPicture(DifferencePicture):
    """The complex step beside the central difference: no difference is taken, so no rounding grows."""

    shown = ("central", "imaginary")
    range = (1e-20, 1.0)

    def describe(self, errors: DifferenceErrors) -> str:
        text = super().describe(errors)
        error = abs(errors.imaginary_slope - errors.exact)
        if not np.isfinite(error):
            return text + " f has no value at a complex number."
        if errors.step < 1e-3 and error > 0.01 * max(abs(errors.exact), 1e-3):
            return text + " The complex step fails here: f does something else on complex numbers."
        return text


def _says(name: str, slope: float, exact: float) -> str:
    return f"{name} {slope:.8g}, error {abs(slope - exact):.1e}"


class NumbersPicture(Picture):
    """What f does to a + b e, for e^2 = -1, 0, 1: a secant, a tangent, and the coefficient of e against b."""

    size = (11.6, 5.0)
    looks = (
        ("complex", RED, "--", "s", "complex, $e^2=-1$"),
        ("dual", BLUE, "-", "o", "dual, $e^2=0$"),
        ("split", GREEN, "-.", "^", "split-complex, $e^2=1$"),
    )

    def static(self, numbers: ThreeNumbers):
        return numbers.f, numbers.a

    def draw(self, numbers: ThreeNumbers):
        left, right = self.figure.subplots(1, 2)
        self._draw_function(left, numbers)
        self._draw_coefficients(right, numbers)

    def _draw_function(self, axes, numbers):
        reach = 2.2
        x = np.linspace(numbers.a - reach, numbers.a + reach, 400)
        y = _curve(numbers.f, x)
        at = float(np.interp(numbers.a, x, np.nan_to_num(y)))
        near = y[np.abs(x - numbers.a) < reach / 2]
        room = max(np.nanmax(np.abs(near - at)), 0.3)
        axes.plot(x, y, color=INK, zorder=2)
        axes.set_ylim(at - 1.7 * room, at + 1.7 * room)
        axes.set_xlim(x[0], x[-1])
        axes.set(xlabel="$x$", ylabel="$f(x)$", title="the slope that each number carries")
        axes.axvline(numbers.a, color=GREY, linestyle=":", linewidth=1.2)
        self.slopes = {
            name: self.moving(axes.plot([], [], color=color, linestyle=style, linewidth=2.4, zorder=3)[0])
            for name, color, style, _, _ in self.looks
        }
        self.ends = self.moving(axes.plot([], [], color=GREEN, linestyle="", marker="^", zorder=4)[0])
        self.start = self.moving(
            axes.plot([], [], color=BLUE, linestyle="", marker="o", markersize=11, zorder=5)[0]
        )
        self.x = x[[0, -1]]

    def _draw_coefficients(self, axes, numbers):
        axes.axhline(numbers.exact, color=GREY, linewidth=5, alpha=0.5, label="$f'(a)$")
        for name, color, style, _, label in self.looks:
            axes.plot(numbers.widths, numbers.coefficients[name], color=color, linestyle=style, label=label)
        close = numbers.widths <= 1.2
        spread = max(
            np.nanmax(np.abs(coefficient[close] - numbers.exact), initial=0.0)
            for coefficient in numbers.coefficients.values()
        )
        spread = spread if np.isfinite(spread) else 1.0
        room = 1.4 * max(spread, 0.1 * abs(numbers.exact), 0.1)
        axes.set_ylim(numbers.exact - room, numbers.exact + room)
        axes.set_xlim(0, numbers.widths[-1])
        axes.set(xlabel="$b$", ylabel="coefficient of $e$ in $f(a + be)/b$")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False, fontsize=13)
        self.points = {
            name: self.moving(axes.plot([], [], color=color, marker=marker, linestyle="", markersize=11)[0])
            for name, color, _, marker, _ in self.looks
        }

    def show(self, numbers: ThreeNumbers):
        start = numbers.dual[0]
        for name, line in self.slopes.items():
            real, unit = getattr(numbers, name)
            slope = unit / numbers.b if np.isfinite(unit) else np.nan
            middle = real if name == "split" else start  # the secant runs through its own two points
            line.set_data(self.x, middle + slope * (self.x - numbers.a))
            self.points[name].set_data([numbers.b], [slope])
        ends = [numbers.split[0] - numbers.split[1], numbers.split[0] + numbers.split[1]]
        self.ends.set_data([numbers.a - numbers.b, numbers.a + numbers.b], ends)
        self.start.set_data([numbers.a], [start])

    def describe(self, numbers: ThreeNumbers) -> str:
        parts = [f"{label.split(',')[0]} {_pair(*getattr(numbers, name))}" for name, *_, label in self.looks]
        return (
            f"f({numbers.a:g} + {numbers.b:g}e): {'; '.join(parts)}. Divided by b, the coefficient of e is "
            + ", ".join(f"{getattr(numbers, name)[1] / numbers.b:.6g}" for name, *_ in self.looks)
            + f"; f'({numbers.a:g}) = {numbers.exact + 0.0:.6g}."
        )


def _pair(real: float, unit: float) -> str:
    if not np.isfinite(real + unit):
        return "has no value there"
    return f"{real + 0.0:.5g} {'-' if unit < 0 else '+'} {abs(unit):.5g}e"


class DirectionPicture(Picture):
    """A direction on the contours of f, and the derivative along all directions."""

    size = (11.6, 5.0)
    reach = 1.5

    def static(self, dial: Direction):
        return dial.f, dial.point

    def draw(self, dial: Direction):
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.25])
        (x1, x2), reach = dial.point, self.reach
        grid = _contour_values(dial.f, dial.point, reach)
        if np.nanmax(grid[2], initial=-np.inf) > np.nanmin(grid[2], initial=np.inf):
            left.contour(*grid, levels=16, colors=GREY, linewidths=1)
        around = np.radians(dial.angles)
        left.plot(x1 + np.cos(around), x2 + np.sin(around), color=SKY, linestyle="--", linewidth=1.4)
        length = np.hypot(*dial.gradient)
        if length > 0:
            uphill = dial.gradient / length
            left.annotate("", (x1 + uphill[0], x2 + uphill[1]), (x1, x2),
                          arrowprops={"arrowstyle": "-|>", "color": BLUE, "linewidth": 2.4})  # fmt: skip
            left.text(
                x1 + 1.16 * uphill[0],
                x2 + 1.16 * uphill[1],
                r"$\nabla f$",
                color=BLUE,
                ha="center",
                va="center",
            )
        left.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(x1 - reach, x1 + reach), ylim=(x2 - reach, x2 + reach))
        left.set_aspect("equal")
        left.grid(False)
        self.ray = self.moving(left.plot([], [], color=RED, linewidth=3)[0])
        self.tip = self.moving(left.plot([], [], color=RED, marker="o", markersize=10, linestyle="")[0])
        left.plot(x1, x2, "o", color=INK, markersize=8)
        right.plot(dial.angles, dial.slopes, color=INK, label="JVP along $r$")
        right.axhline(0, color=GREY, linewidth=1)
        for height, label in ((length, r"$\pm\|\nabla f\|$"), (-length, None)):
            right.axhline(height, color=BLUE, linestyle="--", linewidth=1.4, label=label)
        for angle, marker, name in ((0, "D", 1), (90, "s", 2)):
            style = {"color": ORANGE, "markersize": 10, "markeredgecolor": INK, "clip_on": False}
            label = rf"$\partial f/\partial x_{name}$"
            right.plot(angle, dial.gradient[name - 1], marker, label=label, **style)
        right.set(
            xlabel="angle of $r$ in degrees",
            ylabel="slope along $r$",
            xlim=(0, 360),
            xticks=range(0, 361, 60),
        )
        right.set_ylim(-1.55 * (length or 1), 1.25 * (length or 1))
        right.legend(loc="lower center", fontsize=13, ncols=4, columnspacing=1.0, handletextpad=0.4)
        self.here = self.moving(right.plot([], [], "o", color=RED, markersize=13, clip_on=False)[0])

    def show(self, dial: Direction):
        (x1, x2), (r1, r2) = dial.point, dial.direction
        self.ray.set_data([x1, x1 + r1], [x2, x2 + r2])
        self.tip.set_data([x1 + r1], [x2 + r2])
        self.here.set_data([dial.angle], [dial.slope])

    def describe(self, dial: Direction) -> str:
        (x1, x2), (g1, g2) = dial.point, dial.gradient
        r1, r2 = np.round(dial.direction, 6) + 0.0  # no -0.000
        return (
            f"At ({x1:g}, {x2:g}) along r = ({r1:.3f}, {r2:.3f}), {dial.angle:g} degrees: "
            f"one forward sweep gives {dial.slope:.4g} = {_signed(g1)} × {_signed(r1)} "
            f"+ {_signed(g2)} × {_signed(r2)}. The steepest slope is {np.hypot(g1, g2):.4g}."
        )


def _signed(x: float) -> str:
    text = f"{x:.4g}" if abs(x) > 5e-5 else "0"
    return f"({text})" if x < 0 and text != "0" else text


@lru_cache(maxsize=8)
def _contour_values(f, point, reach):
    x1, x2 = (np.linspace(centre - reach, centre + reach, 81) for centre in point)
    grid = np.meshgrid(x1, x2)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(np.asarray(f(*grid), float), grid[0].shape)
    return x1, x2, np.where(np.isfinite(values), values, np.nan)


def _curve(f, x):
    """Return f at all x, NaN where it has no finite value."""
    with np.errstate(all="ignore"):
        values = np.array([float(np.real(f(float(at)))) for at in x])
    return np.where(np.isfinite(values), values, np.nan)
