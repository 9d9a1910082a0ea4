"""Pictures of learning through noise: the path, its error, the step sizes, and the bias of signs."""

import numpy as np

from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, RED

LATE = 50  # updates at the end whose mean error is shown as a dot
LOOKS = [(BLUE, "-"), (RED, "--"), (GREEN, "-."), (ORANGE, ":")]


LOWEST, HIGHEST = 8e-4, 60  # mean square errors that are shown


class FollowPicture(Picture):
    """Weights that follow a mean, their mean square error beside its law, and where other steps settle."""

    size = (12.4, 5.6)

    def static(self, frame):
        return tuple(frame.paths), frame.t.size, self.window(frame), frame.floor is None

    @staticmethod
    def window(frame) -> tuple:
        """Return limits that hold the start, 0, and the target."""
        shown = frame.target[:, 0] if frame.target.ndim == 2 else frame.target
        return min(-1.5, np.floor(shown.min()) - 2), max(9.5, np.ceil(shown.max()) + 3)

    def draw(self, frame):
        if frame.floor is None:
            left, right = self.figure.subplots(1, 2)
        else:
            left, right, beside = self.figure.subplots(1, 3, width_ratios=[1.1, 1.1, 0.8])
            self._draw_floor(beside)
        self.left, self.right = left, right
        left.set(xlabel="updates $t$", ylabel="weight $w$", xlim=(0, frame.t[-1]))
        self.title = self.moving(left.set_title("one seed"))
        style = {"color": INK, "linewidth": 1.5, "linestyle": (0, (6, 3)), "label": "target"}
        self.target = self.moving(left.plot([], [], **style)[0])
        self.paths, self.errors, self.laws = {}, {}, {}
        for name, (colour, dash) in zip(frame.paths, LOOKS, strict=False):
            look = {"color": colour, "linestyle": dash, "label": name}
            self.paths[name] = self.moving(left.plot([], [], linewidth=1.6, **look)[0])
            self.errors[name] = self.moving(right.plot([], [], **look)[0])
        for name, (colour, _) in zip(frame.laws, LOOKS, strict=False):
            look = {"color": colour, "linestyle": ":", "linewidth": 4, "alpha": 0.5, "label": name}
            self.laws[name] = self.moving(right.plot([], [], **look)[0])
        left.set_ylim(*self.window(frame))
        right.set(xlabel="updates $t$", ylabel="mean of $(w - w_*)^2$ over 200 seeds", yscale="log")
        right.set(xlim=(0, frame.t[-1]), ylim=(LOWEST, HIGHEST))
        lines = [self.target, *self.errors.values(), *self.laws.values()]
        self.figure.legend(handles=lines, loc="outside upper center", ncols=len(lines), frameon=False)

    def _draw_floor(self, axes):
        axes.set(xlabel=r"constant step $\eta$", yscale="log", ylim=(LOWEST, HIGHEST), xlim=(0, 1.5))
        axes.set_title("where it settles")
        law = {"color": BLUE, "linestyle": ":", "linewidth": 4, "alpha": 0.5}
        self.floor = self.moving(axes.plot([], [], **law)[0])
        self.best = self.moving(axes.plot([], [], "*", color=INK, markersize=16)[0])
        here = {"color": BLUE, "markeredgecolor": INK, "markersize": 11}
        self.here = self.moving(axes.plot([], [], "o", **here)[0])

    def show(self, frame):
        if frame.floor is not None:
            floor, error = frame.floor, next(iter(frame.errors.values()))
            self.floor.set_data(floor.etas, floor.law)
            self.best.set_data([floor.best], [floor.law.min() if floor.has_best else np.nan])
            self.here.set_data([floor.here], [np.mean(error[-LATE:])])
        target = frame.target[:, 0] if frame.target.ndim == 2 else frame.target
        self.title.set_text(frame.title)
        self.target.set_data(frame.t, target)
        for name, w in frame.paths.items():
            self.paths[name].set_data(frame.t, w[:, 0])
            self.errors[name].set_data(frame.t, frame.errors[name])
        for name, law in frame.laws.items():
            self.laws[name].set_data(frame.t, law)

    def describe(self, frame) -> str:
        ends = "; ".join(f"{name} ends at {np.mean(error[-20:]):.2g}" for name, error in frame.errors.items())
        laws = "; ".join(f"{name} says {law[-1]:.2g}" for name, law in frame.laws.items())
        best = ""
        if frame.floor is not None and frame.floor.has_best:
            best = f" The best constant step would settle at {frame.floor.law.min():.2g}."
        return f"{frame.title[0].upper()}{frame.title[1:]}. Mean square error: {ends}; {laws}.{best}"


class StepSizePicture(Picture):
    """Two local step sizes as a rule adapts them (left), and the loss they lead to (right)."""

    size = (12.4, 5.6)

    def draw(self, frame):
        left, right = self.figure.subplots(1, 2)
        t = np.arange(len(frame.p))
        self.title = self.moving(left.set_title("-"))
        self.steps, self.bests = [], []
        for i, (colour, dash) in enumerate(LOOKS[:2]):
            look = {"color": colour, "linestyle": dash, "label": f"$p_{i + 1}$"}
            self.steps.append(self.moving(left.plot([], [], **look)[0]))
            best = left.axhline(1, color=colour, linestyle=":", linewidth=3, alpha=0.5)
            self.bests.append(self.moving(best))
            best.set_label(f"1 / curvature {i + 1}")
        left.set(xlabel="updates $t$", ylabel="step size $p$", xlim=(0, t[-1]))
        left.set_yscale("symlog", linthresh=1e-3)
        left.set_ylim(-0.3, 2e4)  # the legend needs room
        left.set_yticks([-0.1, 0, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000])
        left.axhspan(-0.3, 0, color=RED, alpha=0.12, linewidth=0)
        left.text(t[-1] * 0.02, -0.03, "negative: uphill", color=RED, fontsize=13, va="center")
        left.legend(loc="upper left", ncols=2)
        adapted = {"color": BLUE, "label": "adapted"}
        constant = {"color": GREY, "linestyle": "--", "label": "constant step 0.05"}
        self.adapted = self.moving(right.plot([], [], **adapted)[0])
        self.constant = self.moving(right.plot([], [], **constant)[0])
        right.set(xlabel="updates $t$", ylabel="loss above its minimum", yscale="log")
        right.set(xlim=(0, t[-1]), ylim=(1e-5, 1e3))
        self.note = self.moving(right.text(0.03, 0.05, "", transform=right.transAxes, color=RED))
        right.legend(loc="upper right")

    def show(self, frame):
        t = np.arange(len(frame.p))
        name = next(iter(frame.errors))
        self.title.set_text(frame.title)
        for line, best, p, value in zip(self.steps, self.bests, frame.p.T, frame.best, strict=True):
            line.set_data(t, np.clip(p, -0.3, 1000))
            best.set_ydata([value, value])
        self.adapted.set_data(t, np.clip(frame.errors[name], 1e-5, 1e3))
        self.constant.set_data(t, frame.errors["constant step"])
        self.note.set_text("out of the frame: it diverges" if self.lost(frame) else "")

    @staticmethod
    def lost(frame) -> bool:
        return bool(next(iter(frame.errors.values())).max() > 1e3)

    def describe(self, frame) -> str:
        name = next(iter(frame.errors))
        p = " and ".join(f"{value:.2g}" for value in frame.p[-1])
        negative = " A step size has been negative." if frame.p.min() < 0 else ""
        tail = {key: np.mean(error[-30:]) for key, error in frame.errors.items()}
        end = "has left the frame" if self.lost(frame) else f"ends near {tail[name]:.2g}"
        return (
            f"{frame.title}: the step sizes end at {p}; the loss {end}, "
            f"with a constant step near {tail['constant step']:.2g}.{negative}"
        )


class SignPicture(Picture):
    """The step size of rules at an optimum: signs let it grow, linear normalisation does not."""

    size = (12.0, 5.2)

    def draw(self, frame):
        axes = self.figure.subplots()
        steps = len(next(iter(frame.growth.values())))
        self.lines = {}
        for name, (colour, dash) in zip(frame.growth, [*LOOKS[:3], (PINK, ":")], strict=True):
            look = {"color": colour, "linestyle": dash, "label": name}
            self.lines[name] = self.moving(axes.plot([], [], **look)[0])
        law = {"color": GREY, "linewidth": 5, "alpha": 0.45, "label": r"$1.02^{(1 - 2s)^2 t}$"}
        self.law = self.moving(axes.plot([], [], **law)[0])
        axes.set(xlabel="updates $t$", ylabel="step size $p / p_0$, median of 100 seeds", yscale="log")
        axes.set(xlim=(0, steps - 1), ylim=(0.2, 600))
        axes.set_yticks([0.3, 1, 3, 10, 30, 100, 300], ["0.3", "1", "3", "10", "30", "100", "300"])
        self.title = self.moving(axes.set_title("-"))
        axes.legend(loc="upper left")

    def show(self, frame):
        for name, line in self.lines.items():
            line.set_data(np.arange(frame.growth[name].size), frame.growth[name])
        t = np.arange(len(next(iter(frame.growth.values()))))
        self.law.set_data(t, 1.02 ** (frame.law * t))
        self.title.set_text(f"{100 * frame.share:.0f} % positives, the output is already right")

    def describe(self, frame) -> str:
        ends = ", ".join(f"{name} {growth[-1]:.2g}" for name, growth in frame.growth.items())
        return (
            f"{100 * frame.share:.0f} % positives: the mean of e e is {frame.product:+.4f}, the mean of its "
            f"sign {frame.agreement:.2f}, (1 - 2s)^2 is {frame.law:.2f}. "
            f"Final step sizes over the first: {ends}."
        )
