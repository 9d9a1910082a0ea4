"""A line search, trial by trial."""

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from descent.figures.axes import set_limits, set_span, span
from descent.figures.picture import Frame, Picture
from descent.figures.ray import LOWER, UPPER, set_ray, set_shading, set_tangent, shading
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, RED, SKY
from descent.line_search.lecture import Judgement, judge, on_grid

DEEPEST = 1e-20  # of the longest trial: shorter ones are left out
MARKS = {  # what became of a trial: marker, colour
    "accepted": ("D", GREEN),
    "too little decrease": ("v", RED),
    "too short": ("<", PINK),
    "too steep": (">", ORANGE),
    "not finite": ("X", INK),
    "other": ("o", BLUE),
}
WHY = {
    "too little decrease": "too little decrease, phi lies above the line",
    "too short": "too short, phi still falls too steeply",
    ("goldstein", "too short"): "too short, phi lies below the lower line",
    "too steep": "too steep, phi rises already",
    "not finite": "phi has no finite value there",
}


def plain_ticks(axis, ratio: float) -> None:
    """Label a logarithmic axis by plain numbers where it spans less than three decades."""
    if ratio < 1e3:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if ratio < 50 else (1,)))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(lambda x, _: f"{x:g}")


class SearchPicture(Picture):
    """A line search trial by trial: on phi with the accepted set, and the size of each trial."""

    size = (11.6, 5.6)

    def static(self, frame: Frame):
        return frame.run, self.window(frame)

    def window(self, frame: Frame) -> float:
        """How far the curve is shown: to all trials to come and the best point, in rare jumps."""
        steps = frame.run[:]
        farthest = np.maximum.accumulate([step.trial for step in steps][::-1])[::-1]
        shown = np.inf
        for k in range(frame.k + 1):
            needed = 1.15 * max(farthest[k], steps[k].x, steps[-1].x)
            if 0 < needed < shown / 6:
                shown = needed
        return float(shown)

    def next_interval(self, frame: Frame):
        """The step's interval, if the next trial lies in it: before a bracket is found it need not."""
        if frame.k == frame.run.nit:
            return None
        low, high = frame.step.interval
        return (low, high) if low <= frame.run[frame.k + 1].trial <= high else None

    def judgement(self, frame: Frame, reach: float) -> Judgement:
        """Ask the condition that the search was given, at all steps up to reach."""
        given = frame.run.arguments
        name = given.get("condition", "strong_wolfe")
        constants = {key: given[key] for key in ("c1", "c2", "rho") if key in given}
        return judge(given["phi"], given["dphi"], reach, reach=reach, conditions=(name,), **constants)

    def draw(self, frame: Frame):
        left, right = self.figure.subplots(1, 2, width_ratios=[1.9, 1])
        self.condition = frame.run.arguments.get("condition", "strong_wolfe")
        self._draw_function(left, frame)
        self._draw_trials(right, frame)
        self.axes = left

    def _draw_function(self, axes, frame):
        reach = self.window(frame)
        seen = self.judgement(frame, reach)
        alphas, values, _ = on_grid(seen.phi, seen.dphi, reach)
        set_limits(axes, alphas, values)
        low, high = axes.get_ylim()
        axes.set(xlim=(-0.02 * reach, reach), ylim=(low, max(high, seen.phi0 + 0.1 * (high - low))))
        axes.set(xlabel=r"step size $\alpha$", ylabel=r"$\varphi(\alpha)$")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        accepted = shading(axes, facecolor=GREEN, alpha=0.22, linewidth=0, zorder=1, label="accepted")
        set_shading(accepted, seen.together, least=3 * reach / 600)
        for label, share, style in self._lines(seen):
            (line,) = axes.plot([], [], label=label, zorder=2, **style)
            set_ray(line, seen.phi0, share * seen.dphi0, reach)
        looks = {"facecolor": SKY, "alpha": 0.45, "linewidth": 0, "zorder": 1.5}
        self.interval = self.moving(span(axes, label="looks here next", **looks))
        self.interval.set_height(0.06)
        self.moving(axes.plot(alphas, values, color=INK, zorder=2.5)[0])
        self.tangent = self.moving(axes.plot([], [], color=RED, linewidth=2, zorder=3)[0])
        old = {"linestyle": "", "marker": "o", "color": GREY, "markersize": 6, "zorder": 3}
        self.old = self.moving(axes.plot([], [], **old)[0])
        best = {"linestyle": "", "marker": "s", "color": BLUE, "markersize": 9, "zorder": 4}
        self.best = self.moving(axes.plot([], [], label="best so far", **best)[0])
        new = {"linestyle": "", "marker": "o", "markersize": 13, "zorder": 5, "markerfacecolor": "none"}
        self.new = self.moving(axes.plot([], [], color=RED, markeredgewidth=2.6, label="trial", **new)[0])
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderpad=0.2, fontsize=13
        )

    def _lines(self, seen) -> list:
        if self.condition == "goldstein":
            upper = {**UPPER, "color": BLUE}
            return [(r"$\rho$ line", seen.rho, upper), (r"$1 - \rho$ line", 1 - seen.rho, LOWER)]
        return [] if self.condition == "curvature" else [("$c_1$ line", seen.c1, UPPER)]

    def _draw_trials(self, axes, frame):
        trials = np.array([step.trial for step in frame.run][1:])
        positive = trials[trials > 0]
        seen = self.judgement(frame, 2 * float(positive.max(initial=frame.alpha0)))
        axes.set(xlabel="trial", ylabel=r"trial $\alpha$ (logarithmic)", yscale="log")
        axes.set_xlim(0.4, max(len(trials), 3) + 0.6)
        high = 2 * positive.max(initial=frame.alpha0)
        low = max(positive.min(initial=frame.alpha0) / 2, DEEPEST * high)
        axes.set_ylim(low, high)
        plain_ticks(axes.yaxis, high / low)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        for a, b in seen.together:
            axes.axhspan(max(a, low), max(b, 1.02 * a), facecolor=GREEN, alpha=0.22, linewidth=0)
        self.marks = {}
        cases = [mark(step.case) for step in frame.run][1:]
        for case, (marker, color) in MARKS.items():
            if case in cases:
                label = "trial" if case == "other" else case
                style = {"linestyle": "", "marker": marker, "color": color, "markersize": 9}
                self.marks[case] = self.moving(axes.plot([], [], label=label, zorder=4, **style)[0])
        if self.marks:
            axes.legend(
                loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderpad=0.2, fontsize=12
            )

    def show(self, frame: Frame):
        step, past = frame.step, frame.past
        tried = past[1:]
        set_span(self.interval, *(self.next_interval(frame) or (0, 0)))
        self.old.set_data([s.trial for s in tried[:-1]], [s.value for s in tried[:-1]])
        self.best.set_data([step.x], [step.fun])
        self.new.set_data([step.trial] if tried else [], [step.value] if tried else [])
        slope = np.nan if step.slope is None else float(step.slope)
        set_tangent(self.tangent, self.axes, step.trial, float(step.value), slope)
        for case, marks in self.marks.items():
            at = [k for k, s in enumerate(tried, 1) if mark(s.case) == case]
            marks.set_data(at, [past[k].trial for k in at])

    def describe(self, frame: Frame) -> str:
        step, run = frame.step, frame.run
        if frame.k == 0:
            text = f"Start: phi(0) = {step.value + 0.0:.4g}, phi'(0) = {step.slope:.4g}."
        else:
            slope = "" if step.slope is None else f", slope {step.slope:.3g}"
            stage = "" if step.stage is None else f" (stage {step.stage})"
            why = WHY.get((self.condition, step.case)) or WHY.get(step.case, step.case)
            why = f"case {why}" if why[0].isdigit() else why
            text = (
                f"Trial {frame.k} of {run.nit}: alpha = {step.trial:.4g}, phi = {step.value:.4g}{slope}: "
                f"{why}{stage}."
            )
        if frame.k == run.nit:
            return f"{text} The search ends: {'success' if run.success else 'no success'}, {run.message}."
        return f"{text} Best so far {step.x:.4g}; next trial {run[frame.k + 1].trial:.4g}."


def mark(case: str) -> str:
    """Return the key in `MARKS` of what a search made of a trial.

    >>> mark("too short"), mark("3: lower value, flatter slope")
    ('too short', 'other')
    """
    return case if case in MARKS else "other"
