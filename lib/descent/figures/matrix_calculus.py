"""Pictures of the definitions: gradient, Hessian, mixed derivatives, and what a differential leaves."""

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import LogLocator

from descent.differentials import GradientAt, Quadratic, Remainder, schwarz
from descent.figures.display import Shown, show
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, RED, new_figure, styled

HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#F7FBFF", "#9ECAE1", "#4292C6"])
REACH = 2.0  # half the side of the square in which points are chosen
VIEW = 2.8  # and of the one that is drawn where an arrow may lead out of it
FLAT = 1e-5  # a measured slope below that is 0
SMALLEST = 1e-17  # where a remainder of 0 is drawn on a logarithmic axis


def plane(f, points: int = 81, reach: float = REACH) -> tuple:
    """Return x, y and f(x, y) on the square [-reach, reach]^2; NaN where f has no finite value.

    >>> plane(lambda x, y: x + y, points=2)[2].tolist()
    [[-4.0, 0.0], [0.0, 4.0]]
    """
    x, y = np.meshgrid(*[np.linspace(-reach, reach, points)] * 2)
    with np.errstate(all="ignore"):
        z = np.array(np.broadcast_to(f(x, y), x.shape), float)
    z[~np.isfinite(z)] = np.nan
    return x, y, z


def contour_levels(z: np.ndarray) -> np.ndarray:
    """Return levels from the lowest value to nearly the highest; a pole is cut off."""
    low, high = (np.nanquantile(z, q) for q in (0.0, 0.97)) if np.any(np.isfinite(z)) else (0.0, 1.0)
    return np.linspace(low, high, 13) if high > low else np.array([low - 1.0, low + 1.0])


class GradientPicture(Picture):
    """Contours with the gradient at a point; and the slope measured in all directions."""

    size = (11.8, 5.4)

    def static(self, at: GradientAt):
        return at.f

    def draw(self, at: GradientAt):
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.15])
        self.grid = plane(at.f, 113, VIEW)
        levels = contour_levels(self.grid[2])
        left.contourf(*self.grid, levels=levels, cmap=HEIGHTS, extend="both", alpha=0.5)
        left.contour(*self.grid, levels=levels, colors=GREY, linewidths=0.8, linestyles="solid")
        left.set(xlabel="$x$", ylabel="$y$", aspect="equal", xlim=(-VIEW, VIEW), ylim=(-VIEW, VIEW))
        left.grid(False)
        lengths = np.hypot(*np.gradient(self.grid[2], self.grid[0][0, 1] - self.grid[0][0, 0]))
        inside = np.maximum(np.abs(self.grid[0]), np.abs(self.grid[1])) <= REACH
        finite = lengths[np.isfinite(lengths) & inside]
        self.longest = (np.quantile(finite, 0.97) if len(finite) else 0.0) or 1.0
        self.level = self.moving(PathCollection([], facecolor="none", edgecolor=INK, linewidth=2.4))
        left.add_artist(self.level)
        self.tangent = self.moving(left.plot([], [], color=GREEN, linestyle="--")[0])
        style = {
            "arrowstyle": "-|>",
            "color": RED,
            "linewidth": 3,
            "mutation_scale": 22,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        self.arrow = self.moving(left.annotate("", (0, 0), (0, 0), arrowprops=style))
        self.point = self.moving(left.plot([], [], "o", color=INK, markersize=9)[0])
        self.axes = left
        self.draw_slopes(right)

    def draw_slopes(self, axes):
        axes.set(xlabel="direction $u$, in degrees", ylabel="slope of $f$ along $u$")
        axes.set(
            xlim=(-180, 180), xticks=range(-180, 181, 90), ylim=(-1.7 * self.longest, 1.3 * self.longest)
        )
        axes.axhline(0, color=GREY, linewidth=1.2)
        self.cosine = self.moving(axes.plot([], [], color=RED, label=r"$\langle \nabla f, u \rangle$")[0])
        self.measured = self.moving(axes.plot([], [], "o", color=BLUE, markersize=6, label="measured")[0])
        self.best = self.moving(
            axes.plot([], [], color=RED, linestyle=":", label=r"direction of $\nabla f$")[0]
        )
        axes.legend(loc="lower center", ncols=3, fontsize=12, columnspacing=1.0, handlelength=1.4)

    def show(self, at: GradientAt):
        point = np.array([at.x, at.y])
        # The level curve comes from the same grid as the other contours.
        contour = self.axes.contour(*self.grid, levels=[at.value])
        self.level.set_paths(contour.get_paths())
        contour.remove()
        self.point.set_data([at.x], [at.y])
        unit = at.gradient / at.length if at.length > 0 else np.zeros(2)
        along = np.array([-unit[1], unit[0]])
        self.tangent.set_data(*np.transpose([point - along, point + along]))
        self.arrow.set_position(point)
        self.arrow.xy = point + 0.9 * at.gradient / self.longest
        self.arrow.set_visible(at.length > 1e-3 * self.longest)
        degrees = np.rad2deg(at.angles)
        self.measured.set_data(degrees, at.slopes)
        angles = np.linspace(-np.pi, np.pi, 181)
        self.cosine.set_data(np.rad2deg(angles), at.gradient @ [np.cos(angles), np.sin(angles)])
        steepest = np.rad2deg(np.arctan2(at.gradient[1], at.gradient[0]))
        self.best.set_data([steepest] * 2, [0, at.length])

    def describe(self, at: GradientAt) -> str:
        steepest, highest = at.angles[np.argmax(at.slopes)], at.slopes.max()
        here = f"At ({at.x:.2f}, {at.y:.2f}) f = {at.value:.4g}"
        if np.abs(at.slopes).max() < FLAT:
            return f"{here}; the gradient is 0, and so is the slope in all of 32 measured directions."
        return (
            f"{here}; the gradient is ({at.gradient[0]:.4g}, {at.gradient[1]:.4g}), its length "
            f"{at.length:.4g}. Of 32 measured directions {np.rad2deg(steepest):.0f} degrees is the steepest, "
            f"slope {highest:.4g}."
        )


class QuadraticPicture(Picture):
    """The surface of x'Hx/2, and its contours with the eigenvectors of H."""

    size = (11.8, 5.2)
    side = 25
    height = 8.0  # of the axis; a higher surface is cut off

    def static(self, step: Quadratic):
        return tuple(step.eigenvalues), step.eigenvectors.tobytes()

    def draw(self, step: Quadratic):
        left = self.figure.add_subplot(1, 2, 1, projection="3d")
        right = self.figure.add_subplot(1, 2, 2, xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        self.draw_surface(left, step)
        x, y, z = plane(lambda x, y: value_of(step.hessian, x, y), 61)
        highest = max(np.max(np.abs(z)), 1e-9)
        levels = highest * np.linspace(-1, 1, 22)
        right.contourf(x, y, z, levels=levels, cmap="RdYlBu_r", alpha=0.45)
        right.contour(x, y, z, levels=levels, colors=GREY, linewidths=0.9, linestyles="solid")
        right.grid(False)
        marks = ((BLUE, "-", "first"), (RED, "--", "second"))
        for value, vector, (color, line, _) in zip(step.eigenvalues, step.eigenvectors.T, marks, strict=True):
            right.plot(*np.transpose([-1.4 * vector, 1.4 * vector]), color=color, linestyle=line, linewidth=3)
            right.text(*(1.6 * vector), rf"$\lambda={value:.1f}$", color=color, ha="center", va="center",
                       bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1})  # fmt: skip
        right.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), title=step.kind)

    def draw_surface(self, axes, step: Quadratic):
        # Polar in the eigenvectors, so that the rim is round.
        r, t = np.meshgrid(np.linspace(0, REACH, 8), np.linspace(0, 2 * np.pi, 29))
        x, y = r * np.cos(t), r * np.sin(t)
        z = value_of(step.hessian, x, y)
        colors = {"cmap": "RdYlBu_r", "vmin": -6, "vmax": 6, "alpha": 0.85}
        axes.plot_surface(x, y, z, **colors, linewidth=0.3, edgecolor=GREY, rcount=29, ccount=8)
        s = np.linspace(-REACH, REACH, 31)
        for vector, color, line in zip(step.eigenvectors.T, (BLUE, RED), ("-", "--"), strict=True):
            axes.plot(s * vector[0], s * vector[1], value_of(step.hessian, s * vector[0], s * vector[1]),
                      color=color, linestyle=line, linewidth=3, zorder=5)  # fmt: skip
        axes.set(
            xlabel="$x_1$",
            ylabel="$x_2$",
            zlim=(-6, 6),
            xticks=[-2, 0, 2],
            yticks=[-2, 0, 2],
            zticks=[-6, 0, 6],
        )
        axes.view_init(24, -58)
        axes.set_box_aspect((1, 1, 0.8), zoom=1.05)

    def show(self, step: Quadratic):
        pass  # all of it is in `draw`

    def describe(self, step: Quadratic) -> str:
        (a, b), (_, d) = np.round(step.hessian, 2) + 0.0  # no -0.00
        first, second = step.eigenvalues
        return (
            f"Eigenvalues {first:.1f} and {second:.1f}: a {step.kind}. "
            f"H = [[{a:.2f}, {b:.2f}], [{b:.2f}, {d:.2f}]]. Along the first eigenvector (solid) the "
            f"curvature is {first:.1f}, along the second (dashed) {second:.1f}."
        )


def value_of(hessian: np.ndarray, x, y):
    """Return x'Hx/2 at points (x, y).

    >>> float(value_of(np.eye(2), 3.0, 4.0))
    12.5
    """
    return (hessian[0, 0] * x * x + 2 * hessian[0, 1] * x * y + hessian[1, 1] * y * y) / 2


class RemainderPicture(Picture):
    """The remainder f(X + H) - f(X) - D[H] against the length of H, with a line of slope 2."""

    size = (10.4, 5.4)

    def static(self, measured: Remainder):
        return measured.text, measured.remainders.tobytes(), measured.rate

    def draw(self, measured: Remainder):
        axes = self.figure.add_subplot(xscale="log", yscale="log", xlabel=r"$\|H\|$", ylabel="size")
        lengths, left = measured.lengths, np.maximum(measured.remainders, SMALLEST)
        linear = np.maximum(measured.rate * lengths, SMALLEST)
        axes.plot(lengths, linear, color=GREY, linestyle="--", label=r"$\|D[H]\|$, slope 1")
        middle = np.argmin(np.abs(lengths - 1e-2))
        square = measured.remainders[middle] * (lengths / lengths[middle]) ** 2
        if measured.remainders[middle] > 0:
            axes.plot(lengths, square, color=ORANGE, linewidth=1.6, linestyle="-.", label="slope 2")
        axes.plot(lengths, left, color=BLUE, marker="o", markersize=4, label=r"$\|f(X+H)-f(X)-D[H]\|$")
        axes.set_xlim(lengths[0] / 2, lengths[-1] * 2)
        axes.set_ylim(SMALLEST / 3, 30 * max(np.max(left), np.max(linear)))
        axes.xaxis.set_major_locator(LogLocator(numticks=12))
        axes.yaxis.set_major_locator(LogLocator(numticks=10))
        axes.legend(loc="upper left")
        self.guide = self.moving(axes.axvline(1, color=RED, linewidth=1.6, linestyle=":"))
        self.dot = self.moving(axes.plot([], [], "D", color=RED, markersize=11)[0])

    def show(self, measured: Remainder):
        self.guide.set_xdata([measured.length] * 2)
        self.dot.set_data([measured.length], [max(measured.left, SMALLEST)])

    def describe(self, measured: Remainder) -> str:
        return (
            f"f = {measured.text}. At ||H|| = {measured.length:.1e}: "
            f"||f(X + H) - f(X)|| = {measured.change:.3e}, ||D[H]|| = {measured.linear:.3e}, "
            f"the remainder {measured.left:.1e}; "
            f"the remainder over ||H|| is {measured.left / measured.length:.1e}."
        )


def schwarz_slopes() -> Shown:
    """Show the counterexample to equal mixed derivatives, and its slopes along the axes.

    >>> schwarz_slopes()
    Contours of xy(x^2 - y^2)/(x^2 + y^2). On the y-axis df/dx = -y falls, on the x-axis df/dy = x rises.
    """
    s = np.linspace(-1, 1, 41)
    h = 1e-6
    with styled():
        figure = new_figure(11, 4.4)
        left, right = figure.subplots(1, 2)
        x, y, z = plane(schwarz)
        filled = left.contourf(x, y, z, levels=16, cmap="RdYlBu_r", alpha=0.55)
        heights = [level for level in filled.levels if level]
        left.contour(x, y, z, levels=heights, colors=GREY, linewidths=0.8, linestyles="solid")
        for end in ((0, 1), (1, 0), (1, 1), (1, -1)):  # where f = 0; a contour would not meet in the origin
            left.plot(*np.outer(end, [-REACH, REACH]), color=GREY, linewidth=0.8)
        left.set(xlabel="$x$", ylabel="$y$", aspect="equal", title="$f$", xticks=range(-2, 3))
        left.grid(False)
        along_y = (schwarz(h, s) - schwarz(-h, s)) / (2 * h)
        along_x = (schwarz(s, h) - schwarz(s, -h)) / (2 * h)
        right.plot(s, along_y, color=BLUE, label=r"$\partial f/\partial x$ on the $y$-axis, against $y$")
        right.plot(
            s,
            along_x,
            color=RED,
            linestyle="--",
            label=r"$\partial f/\partial y$ on the $x$-axis, against $x$",
        )
        right.set(xlabel="$y$ or $x$", ylabel="measured slope", ylim=(-1.2, 1.9), xticks=[-1, 0, 1])
        right.legend(loc="upper center", fontsize=12)
    return show(
        figure,
        "Contours of xy(x^2 - y^2)/(x^2 + y^2). "
        "On the y-axis df/dx = -y falls, on the x-axis df/dy = x rises.",
    )
