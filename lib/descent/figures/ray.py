"""A function on a ray, and which steps the conditions accept."""

import numpy as np
from matplotlib.collections import PolyCollection

from descent.figures.axes import set_limits
from descent.figures.display import Shown
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, RED, SKY
from descent.line_search.lecture import Judgement, on_grid

NAMES = {
    "armijo": "Armijo",
    "goldstein": "Goldstein",
    "curvature": "curvature",
    "wolfe": "Wolfe",
    "strong_wolfe": "strong Wolfe",
}
SLOPED = {"curvature", "wolfe", "strong_wolfe"}  # conditions that look at the slope
UPPER = {"color": GREEN, "linestyle": "-", "linewidth": 2}
LOWER = {"color": PINK, "linestyle": "--", "linewidth": 2}
STEEPEST = {"color": ORANGE, "linestyle": "-.", "linewidth": 2.4}
HALF_TANGENT = 90  # pixels


def shading(axes, **style) -> PolyCollection:
    """Return rectangles as high as the axes, to be placed with `set_shading`."""
    return axes.add_collection(
        PolyCollection([], transform=axes.get_xaxis_transform(), **style), autolim=False
    )


def set_shading(rectangles: PolyCollection, intervals, low: float = 0.0, least: float = 0.0) -> None:
    """Place such rectangles over intervals, none narrower than `least`."""
    vertices = []
    for a, b in intervals:
        a, b = min(a, (a + b - least) / 2), max(b, (a + b + least) / 2)
        vertices.append([(a, low), (b, low), (b, 1), (a, 1)])
    rectangles.set_verts(vertices)


def set_ray(line, start: float, slope: float, reach: float) -> None:
    """Draw the line from (0, start) with a slope."""
    line.set_data([0, reach], [start, start + slope * reach])


def set_tangent(line, axes, x: float, y: float, slope: float) -> None:
    """Draw a segment of a slope through a point, equally long on the screen whatever its slope."""
    if not np.isfinite(y) or not np.isfinite(slope):
        line.set_data([], [])
        return
    box, (left, right), (low, high) = axes.bbox, axes.get_xlim(), axes.get_ylim()
    steepness = slope * (box.height / (high - low)) / (box.width / (right - left))
    dx = HALF_TANGENT / np.hypot(1, steepness) * (right - left) / box.width
    line.set_data([x - dx, x + dx], [y - slope * dx, y + slope * dx])


def spoken(intervals, digits: int = 3) -> str:
    """Say a union of intervals.

    >>> spoken(((0.0, 0.5), (1.0, 1.0))), spoken(())
    ('(0, 0.5] and 1', 'no step')
    """
    parts = [
        f"{a:.{digits}g}" if a == b else f"{'[' if a else '('}{a:.{digits}g}, {b:.{digits}g}]"
        for a, b in intervals
    ]
    if len(parts) > 4:
        parts = [*parts[:3], f"{len(parts) - 3} more intervals"]
    return " and ".join(parts) or "no step"


def reasons(seen: Judgement) -> list:
    """Say of each condition asked for whether it holds at alpha, and if not, why."""
    upper = {"armijo": seen.c1, "goldstein": seen.rho, "wolfe": seen.c1, "strong_wolfe": seen.c1}
    sentences = []
    for name in seen.conditions:
        if seen.holds[name]:
            sentences.append(f"{NAMES[name]} holds")
            continue
        share = upper.get(name)
        if not np.isfinite(seen.value):
            why = "phi has no value there"
        elif share is not None and seen.value > seen.phi0 + share * seen.alpha * seen.dphi0:
            why = "phi lies above the line"
        elif name == "goldstein":
            why = "phi lies below the lower line: too short"
        elif seen.slope < 0:
            why = f"the slope {seen.slope:.3g} is below c2 phi'(0) = {seen.c2 * seen.dphi0 + 0.0:.3g}"
        else:
            why = f"the slope {seen.slope:.3g} is above c2 |phi'(0)| = {-seen.c2 * seen.dphi0:.3g}"
        sentences.append(f"{NAMES[name]} fails, {why}")
    return sentences


def _sentence(parts: list) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


class ConditionsPicture(Picture):
    """The accepted sets of the conditions under the curve of phi (lecture: Figures 13-17)."""

    size = (10.4, 6.6)

    def static(self, seen: Judgement):
        return seen.phi, seen.reach, seen.conditions

    def draw(self, seen: Judgement):
        rows = len(seen.conditions)
        if rows:
            ratios = [6.4 - 0.5 * rows, 0.5 * rows]
            top, bottom = self.figure.subplots(2, 1, sharex=True, height_ratios=ratios)
            top.tick_params(labelbottom=False)
        else:
            top = bottom = self.figure.add_subplot()
        self._draw_curve(top, seen)
        self.bars = self._draw_strips(bottom, seen.conditions) if rows else {}
        bottom.set(xlabel=r"step size $\alpha$")
        self.here = self.moving(bottom.axvline(0, color=RED, linewidth=2 if rows else 1, zorder=4))
        top.set_xlim(0, seen.reach)
        top.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderpad=0.2, fontsize=13
        )
        self.axes, self.strips = top, bottom

    def _draw_curve(self, axes, seen):
        alphas, values, _ = on_grid(seen.phi, seen.dphi, seen.reach)
        axes.set(ylabel=r"$\varphi(\alpha)$")
        set_limits(axes, alphas, values)
        (tangent,) = axes.plot(
            [], [], color=GREY, linestyle=":", label=r"model $\varphi(0) + \alpha \varphi'(0)$"
        )
        set_ray(tangent, seen.phi0, seen.dphi0, seen.reach)
        self.together = self.moving(shading(axes, facecolor=SKY, alpha=0.3, linewidth=0, zorder=1))

        def line(label, asked, zorder=2, **style):
            shown = bool(asked & set(seen.conditions))
            (artist,) = axes.plot([], [], label=label if shown else None, zorder=zorder, **style)
            return self.moving(artist)

        self.armijo = line("$c_1$ line", {"armijo", "wolfe", "strong_wolfe"}, **UPPER)
        self.upper = line(r"$\rho$ line", {"goldstein"}, **{**UPPER, "color": BLUE})
        self.lower = line(r"$1 - \rho$ line", {"goldstein"}, **LOWER)
        self.moving(
            axes.plot(alphas, values, color=INK, zorder=3)[0]
        )  # moving, so that it lies over the shading
        self.steepest = line(r"slope $c_2 \varphi'(0)$", SLOPED, zorder=3.5, **STEEPEST)
        self.mirrored = line(None, {"strong_wolfe"}, zorder=3.5, **STEEPEST)
        self.tangent = line(r"slope at $\alpha$", SLOPED, zorder=4, color=RED, linewidth=2.2)
        point = {"linestyle": "", "marker": "o", "color": RED, "markersize": 11, "zorder": 5}
        self.point = self.moving(axes.plot([], [], **point)[0])

    def _draw_strips(self, axes, names) -> dict:
        axes.set(yticks=range(len(names)), yticklabels=[NAMES[name] for name in names])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(False)
        axes.tick_params(axis="y", length=0)
        bars = {}
        for row, name in enumerate(names):
            axes.axhspan(row - 0.32, row + 0.32, facecolor="#EEEEEE", linewidth=0)
            bar = PolyCollection([], facecolor=GREEN, edgecolor=INK, linewidth=0.8, zorder=3)
            bars[name] = row, self.moving(axes.add_collection(bar, autolim=False))
        return bars

    def show(self, seen: Judgement):
        least = 3 * seen.reach / self.axes.bbox.width  # at least three pixels: one step is an answer too
        set_shading(self.together, seen.together, least=least)
        for name, (row, bar) in self.bars.items():
            wide = [(min(a, b - least), b) for a, b in seen.accepted[name]]
            bar.set_verts(
                [[(a, row - 0.32), (b, row - 0.32), (b, row + 0.32), (a, row + 0.32)] for a, b in wide]
            )
        asked = set(seen.conditions)
        for line, share, of in (
            (self.armijo, seen.c1, {"armijo", "wolfe", "strong_wolfe"}),
            (self.upper, seen.rho, {"goldstein"}),
            (self.lower, 1 - seen.rho, {"goldstein"}),
        ):
            set_ray(line, seen.phi0, share * seen.dphi0, seen.reach if of & asked else 0)
        at = seen.alpha, seen.value
        sloped = bool(asked & SLOPED)
        set_tangent(self.tangent, self.axes, *at, seen.slope if sloped else np.nan)
        set_tangent(self.steepest, self.axes, *at, seen.c2 * seen.dphi0 if sloped else np.nan)
        mirrored = -seen.c2 * seen.dphi0 if "strong_wolfe" in asked else np.nan
        set_tangent(self.mirrored, self.axes, *at, mirrored)
        self.point.set_data([seen.alpha], [seen.value])
        self.here.set_xdata([seen.alpha] * 2)

    def describe(self, seen: Judgement) -> str:
        if not seen.conditions:
            model = seen.phi0 + seen.alpha * seen.dphi0
            return (
                f"phi(0) = {seen.phi0:.4g}, phi'(0) = {seen.dphi0:.4g}; "
                f"phi({seen.alpha:.4g}) = {seen.value:.4g}, "
                f"the first-order model says {model:.4g}. No condition is on."
            )
        what = "Together they accept" if len(seen.conditions) > 1 else "It accepts"
        return (
            f"alpha = {seen.alpha:.4g}: phi = {seen.value:.4g}, slope {seen.slope:.4g}. "
            f"{_sentence(reasons(seen))} {what} {spoken(seen.together)}."
        )


def conditions_figure(seen: Judgement) -> Shown:
    """Show a judgement as a still figure.

    >>> from descent.line_search import judge
    >>> conditions_figure(judge(lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1), 0.5, reach=2, conditions=()))
    phi(0) = 1, phi'(0) = -2; phi(0.5) = 0.25, the first-order model says 0. No condition is on.
    """
    picture = ConditionsPicture()
    return Shown(picture.png(seen), picture.describe(seen))
