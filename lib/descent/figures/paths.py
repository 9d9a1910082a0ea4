"""Paths of methods over the contours of a function of two variables, and how fast f falls."""

import functools

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from descent.figures.picture import Picture
from descent.figures.style import INK, SERIES
from descent.methods import Race
from descent.problems import Problem

SMALLEST = 1e-17  # where a gap of 0 is drawn on a logarithmic axis
GRID, FINE = 72, 150  # points a side for the contours
PANEL = 1.12  # width of the frame of the plane over its height
FARTHEST = 2.5  # how far a path may leave the frame of start and minimiser, in units of that frame


@functools.lru_cache(maxsize=16)
def on_plane(problem: Problem, low: tuple, high: tuple, points: int | None = None) -> tuple:
    """Measure f on a grid over a rectangle, once; on a finer one where f takes arrays of x and y.

    Returns
    -------
    x, y, values : array
        Shapes (points,), (points,), (points, points); NaN where f has no finite value.

    Examples
    --------
    >>> from descent.problems import quadratic
    >>> on_plane(quadratic(3), (0.0, 0.0), (1.0, 1.0), points=2)[2].tolist()
    [[0.0, 1.0], [3.0, 4.0]]
    """
    entrywise = getattr(problem.f, "entrywise", None)
    points = points or (FINE if entrywise else GRID)
    x, y = (np.linspace(a, b, points) for a, b in zip(low, high, strict=True))
    with np.errstate(all="ignore"):
        if entrywise:
            values = np.zeros((points, points)) + entrywise(*np.meshgrid(x, y))
        else:
            values = np.array([[float(problem.f(np.array([xi, yi]))) for xi in x] for yi in y])
    return x, y, np.where(np.isfinite(values), values, np.nan)


def frame_of_paths(race: Race) -> tuple:
    """Return the corners of a rectangle that holds the start, the minimiser and the paths near them.

    >>> from descent.methods import race, steepest_descent
    >>> from descent.problems import quadratic
    >>> runs = race(quadratic(1), {"": lambda p: steepest_descent(p.f, p.grad, p.x0)})
    >>> frame_of_paths(runs)
    ((-0.15, -0.15), (1.15, 1.15))
    """
    best = min(race.runs.values(), key=lambda run: run.fun).x
    anchor = best if race.problem.x_star is None else race.problem.x_star
    fixed = np.array([race.problem.x0, anchor])
    middle, half = fixed.mean(axis=0), np.ptp(fixed, axis=0) / 2
    half = np.maximum(half, 0.5 * half.max()) if half.any() else np.ones_like(half)
    points = np.concatenate([fixed, *(race.path(name) for name in race.runs)])
    near = points[np.all(np.abs(points - middle) <= FARTHEST * half, axis=1)]
    low, high = near.min(axis=0), near.max(axis=0)
    room = 0.15 * np.maximum(high - low, 0.05 * np.max(high - low) or 1.0)
    return tuple((low - room).tolist()), tuple((high + room).tolist())


def in_proportion(low: tuple, high: tuple, ratio: float) -> tuple:
    """Widen a rectangle to a ratio of width to height, so that right angles look right in its frame.

    >>> in_proportion((0.0, 0.0), (1.0, 2.0), 1.5)
    ((-1.0, 0.0), (2.0, 2.0))
    """
    low, high = np.array(low), np.array(high)
    width, height = high - low
    room = np.array([max(ratio * height - width, 0), max(width / ratio - height, 0)]) / 2
    return tuple((low - room).tolist()), tuple((high + room).tolist())


def levels_of(values: np.ndarray, f_star: float, count: int = 14) -> np.ndarray:
    """Return contour levels in equal ratios of f - f_star, from near the minimum to the highest.

    >>> levels_of(np.array([[0.0, 1.0], [10.0, 100.0]]), 0.0, count=3).round(3).tolist()
    [1.0, 10.0, 100.0]
    """
    gaps = values[np.isfinite(values)] - f_star
    high = gaps.max(initial=1.0)
    low = max(np.min(gaps[gaps > 0], initial=high), 1e-3 * high)
    return f_star + np.geomspace(low, high, count)


class PathsPicture(Picture):
    """Paths of methods on contours, and f - f* against iterations or calls (lecture: Figure 18)."""

    size = (11.6, 5.8)

    def static(self, race: Race):
        return id(race.runs), race.against

    def draw(self, race: Race):
        self.race = race  # keeps the runs, so that their identity stays theirs
        left, right = self.figure.subplots(1, 2, width_ratios=[1.1, 1])
        self._draw_plane(left, race)
        self._draw_gaps(right, race)
        handles = [
            right.plot([], [], label=name, markersize=7, **style)[0] for name, style in self._series(race)
        ]
        self.figure.legend(
            handles=handles,
            loc="outside upper center",
            ncols=len(handles) if len(handles) <= 4 else 3,
            frameon=False,
        )

    def _series(self, race):
        """Pair the methods' names with styles; more methods than styles go round again."""
        return [(name, SERIES[i % len(SERIES)]) for i, name in enumerate(race.runs)]

    def _draw_plane(self, axes, race):
        low, high = in_proportion(*frame_of_paths(race), PANEL)
        x, y, values = on_plane(race.problem, low, high)
        axes.contour(x, y, values, levels=levels_of(values, race.f_star), colors="#BBBBBB", linewidths=1)
        axes.set(xlabel="$x$", ylabel="$y$", xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        axes.grid(False)
        axes.plot(*race.problem.x0, "o", color=INK, markersize=9, zorder=6)
        if race.problem.x_star is not None:
            axes.plot(*race.problem.x_star, "*", color=INK, markersize=16, zorder=6)
        self.walked, self.heads, self.points = {}, {}, {}
        for name, style in self._series(race):
            path = race.path(name)
            path[~np.all(np.abs(path) < 1e30, axis=1)] = np.nan
            self.points[name] = path
            thin = {"linewidth": 2, "markersize": 4, "zorder": 3}
            self.walked[name] = self.moving(axes.plot([], [], **style, **thin)[0])
            head = {"marker": style["marker"], "color": style["color"], "markeredgecolor": INK}
            self.heads[name] = self.moving(
                axes.plot([], [], markersize=11, linestyle="", zorder=5, **head)[0]
            )

    def _draw_gaps(self, axes, race):
        label = "$f - f_*$" if race.problem.f_star is not None else "$f$ - lowest $f$ found"
        axes.set(xlabel=race.against.replace(" f", " $f$"), ylabel=label, yscale="log")
        self.gaps, self.costs, self.falls, self.ends = {}, {}, {}, {}
        for name, style in self._series(race):
            self.gaps[name] = np.maximum(race.gaps(name), SMALLEST)
            self.costs[name] = race.cost(name)
            pale = {"color": style["color"], "linewidth": 1, "alpha": 0.35}
            axes.plot(self.costs[name], self.gaps[name], **pale)
            line = {"color": style["color"], "linestyle": style["linestyle"], "zorder": 3}
            self.falls[name] = self.moving(axes.plot([], [], **line)[0])
            end = {"color": style["color"], "marker": style["marker"], "markeredgecolor": INK}
            self.ends[name] = self.moving(axes.plot([], [], linestyle="", markersize=9, zorder=4, **end)[0])
        finite = np.concatenate([gaps[np.isfinite(gaps)] for gaps in self.gaps.values()])
        start = max(gaps[0] for gaps in self.gaps.values())
        axes.set_ylim(max(finite.min() / 3, 1e-12 * start, SMALLEST), 30 * start)
        axes.yaxis.set_major_locator(LogLocator(numticks=8))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_xlim(0, self._longest() * 1.03)
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))

    def _longest(self) -> float:
        """Where the axis of costs ends: a method that needs far more than the others runs out of it."""
        ends = sorted(float(cost[-1]) for cost in self.costs.values())
        return max(min(ends[-1], 3 * ends[len(ends) // 2]), 1.0)

    def show(self, race: Race):
        for name in race.runs:
            k = min(race.k, len(self.points[name]) - 1)
            self.walked[name].set_data(*self.points[name][: k + 1].T)
            self.heads[name].set_data(*self.points[name][k : k + 1].T)
            self.falls[name].set_data(self.costs[name][: k + 1], self.gaps[name][: k + 1])
            self.ends[name].set_data(self.costs[name][k : k + 1], self.gaps[name][k : k + 1])

    def describe(self, race: Race) -> str:
        parts = []
        for name, run in race.runs.items():
            k = min(race.k, run.nit)
            step = run[k]
            gap = float(step.fun) - race.f_star
            stop = "" if run.nit > race.k else ", ended" if run.success else ", stopped"
            parts.append(f"{name} {gap:.1e} ({step.nfev} calls{stop})")
        what = "f - f*" if race.problem.f_star is not None else "f above the lowest value found"
        return f"After {race.k} iterations, {what}: {'; '.join(parts)}."
