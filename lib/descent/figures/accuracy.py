"""Pictures of what searches reach: the race of all methods, and the rounding that ends it."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from descent.figures.one_variable import TAU
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREY, ORANGE, SERIES
from descent.univariate import Magnified, Race

RACERS = ("dichotomy", "golden section", "Brent", "parabolic, guarded")  # a look each, whoever runs


class RacePicture(Picture):
    """Errors of all methods against calls of f, with the bounds of the lecture."""

    size = (10.4, 5.6)

    def static(self, race: Race):
        return race.runs

    def draw(self, race: Race):
        axes = self.figure.add_subplot(xlabel="calls of $f$", ylabel=r"error $|x - x_*|$", yscale="log")
        axes.minorticks_off()
        most = max(int(calls[-1]) for calls, _ in race.errors.values())
        width = float(race.b - race.a)
        n = np.arange(1, most + 1)
        axes.plot(
            n, width * 2 ** -((n + 1) / 2), color=GREY, linewidth=1.4, label=r"bound $0.707^{N+1}(b-a)$"
        )
        axes.plot(
            n[1:],
            width * TAU ** -(n[1:] - 1.0),
            color=GREY,
            linewidth=1.4,
            linestyle="--",
            label=r"bound $0.618^{N-1}(b-a)$",
        )
        smallest = min(errors[errors > 0].min(initial=1.0) for _, errors in race.errors.values())
        for name, (calls, errors) in race.errors.items():
            axes.plot(
                calls,
                np.maximum(errors, smallest / 10),  # an error of 0 lies on the lower edge
                label=name,
                markersize=5,
                **SERIES[RACERS.index(name)],
            )
        axes.set_xlim(0, most + 1)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.set_ylim(smallest / 20, 3 * width)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=12)
        self.line = self.moving(axes.axvline(0, color=ORANGE, linewidth=2.5, alpha=0.8))

    def show(self, race: Race):
        self.line.set_xdata([race.calls, race.calls])

    def describe(self, race: Race) -> str:
        parts = []
        for name, (calls, errors) in race.errors.items():
            reached = errors[calls <= race.calls]
            parts.append(f"{name} {reached[-1]:.1e}" if len(reached) else f"{name} not started")
        totals = ", ".join(
            f"{name} {run.nfev}" + ("" if run.success else " (no success)") for name, run in race.runs.items()
        )
        return f"Errors after {race.calls} calls: {'; '.join(parts)}. Calls in all: {totals}."


class RoundingPicture(Picture):
    """The values of f near its minimiser, magnified until they are single floating-point numbers."""

    size = (9.6, 4.6)

    def static(self, step: Magnified):
        return step.x, step.fun, step.offsets.tobytes(), step.differences.tobytes()

    def draw(self, step: Magnified):
        axes = self.figure.add_subplot(xlabel="$x - x_*$", ylabel="$f(x) - f(x_*)$")
        axes.plot(step.offsets, step.differences, color=BLUE, marker=".", markersize=4, linewidth=0.8)
        axes.axvline(0, color=GREY, linestyle="--", linewidth=1.4)
        axes.ticklabel_format(scilimits=(-3, 3))
        self.title = self.moving(axes.set_title("x"))

    def show(self, step: Magnified):
        self.title.set_text(f"{_different(step)} at {len(step.offsets)} points")

    def describe(self, step: Magnified) -> str:
        return (
            f"Within {step.radius:.0e} of x* = {step.x:.6g}, f takes {_different(step)} at "
            f"{len(step.offsets)} points; f(x*) = {step.fun:.6g}."
        )


def _different(step: Magnified) -> str:
    return f"{step.distinct} different values" if step.distinct > 1 else "one value"
