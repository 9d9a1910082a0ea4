"""A picture of spins on a grid, their discontent bonds, and the energy as the temperature falls."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.ticker import MaxNLocator

from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREY, INK, ORANGE, RED

SPINS = ListedColormap(["#FBEBCC", "#CCE3F0"])


class SpinPicture(Picture):
    """Spins as shaded squares with arrows, discontent bonds in red; energy and temperature by sweep."""

    size = (12.4, 5.8)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run  # keeps the run, so that its identity stays its own
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.25])
        self._draw_grid(left, frame.run[0])
        self._draw_energy(right, frame.run)

    def _draw_grid(self, axes, first):
        rows, columns = first.glass.shape
        self.shades = self.moving(axes.imshow(first.sweep.spins, cmap=SPINS, vmin=-1, vmax=1))
        axes.set(xticks=[], yticks=[], title="red: bonds that are not content")
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
        axes.grid(False)
        y, x = np.divmod(np.arange(rows * columns), columns)
        style = {"linestyle": "", "markersize": 9}
        self.ups = self.moving(axes.plot([], [], "^", color=BLUE, **style)[0])
        self.downs = self.moving(axes.plot([], [], "v", color=ORANGE, markeredgecolor=INK, **style)[0])
        self.places = np.stack([x, y], axis=1)
        self.red = self.moving(axes.add_collection(LineCollection([], colors=RED, linewidths=4, zorder=3)))

    def _draw_energy(self, axes, run):
        sweeps = [step.sweep for step in run]
        self.energies = np.array([sweep.energy for sweep in sweeps])
        k, least = np.arange(len(sweeps)), run[0].least
        axes.plot(k, self.energies, color=GREY, linewidth=1)
        axes.axhline(least, color=INK, linestyle=":", label="exact minimum")
        axes.set(xlabel="sweeps, a trial for each spin", ylabel="energy")
        axes.set(ylim=(least - 8, max(self.energies.max(), 0) + 30), xlim=(-0.5, len(sweeps) - 0.5))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        self.fall = self.moving(axes.plot([], [], color=BLUE, label="energy", zorder=4)[0])
        self.head = self.moving(
            axes.plot([], [], "o", color=BLUE, markeredgecolor=INK, markersize=10, zorder=5)[0]
        )
        beside = axes.twinx()
        temperatures = [sweep.temperature for sweep in sweeps]
        beside.plot(k, temperatures, color=RED, linestyle="--", linewidth=1.8)
        beside.set_ylabel("temperature $T$ (dashed)", color=RED)
        beside.set_ylim(0, 1.6 * max(*temperatures, 0.1))
        beside.spines["right"].set_visible(True)
        beside.grid(False)
        axes.legend(loc="upper right")

    def show(self, frame: Frame):
        step, k = frame.step, frame.k
        spins = step.sweep.spins
        self.shades.set_data(spins)
        flat = spins.ravel()
        self.ups.set_data(*self.places[flat > 0].T)
        self.downs.set_data(*self.places[flat < 0].T)
        discontent = [(a, b) for a, b, J in step.glass.bonds if J * flat[a] * flat[b] < 0]
        self.red.set_segments([self.places[[a, b]] for a, b in discontent])
        self.fall.set_data(np.arange(k + 1), self.energies[: k + 1])
        self.head.set_data([k], [self.energies[k]])

    def describe(self, frame: Frame) -> str:
        sweep, least = frame.step.sweep, frame.step.least
        return (
            f"Sweep {frame.k} of {frame.run.nit}, T = {sweep.temperature:.2f}: the energy is {sweep.energy}, "
            f"{sweep.energy - least} above the exact minimum {least}; the best so far is {sweep.fun}. "
            f"{sweep.accepted:.0%} of the flips were accepted."
        )
