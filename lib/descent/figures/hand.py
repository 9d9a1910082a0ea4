"""A picture of a hand that is followed from a few random points of its skin."""

import numpy as np

from descent.figures.picture import Frame, Picture
from descent.figures.style import INK, SERIES
from descent.stochastic.hand import REACH


class HandPicture(Picture):
    """What the camera sees with the hands that were found (left), and their errors (right)."""

    size = (12.6, 6.0)

    def static(self, frame: Frame):
        return id(frame.run)

    def draw(self, frame: Frame):
        self.run = frame.run  # keeps the run, so that its identity stays its own
        left, right = self.figure.subplots(1, 2)
        look = {"cmap": "Greys", "vmin": 0, "vmax": 3, "origin": "lower", "extent": (-REACH, REACH) * 2}
        self.seen = self.moving(left.imshow(frame.step.image < 0, **look))
        left.set(xlabel="$x$", ylabel="$y$", xlim=(-1.25, 1.25), ylim=(-0.9, 1.1), aspect="equal")
        left.grid(False)
        steps = frame.run[:]
        self.bones, self.heads = {}, {}
        for (name, errors), style in zip(steps[0].errors.items(), SERIES, strict=False):
            look = {**style, "markersize": 4, "linewidth": 2.4}
            self.bones[name] = [self.moving(left.plot([], [], **look)[0]) for _ in frame.step.truth]
            course = np.array([step.errors[name] for step in steps])
            mean = course.mean(axis=1)
            error = course.std(axis=1, ddof=min(1, errors.size - 1)) / np.sqrt(errors.size)
            k = np.arange(len(steps))
            right.fill_between(k, mean - 2 * error, mean + 2 * error, color=style["color"], alpha=0.2)
            right.plot(k, mean, **{**style, "markevery": 10}, label=name)
        left.set_title("camera, and the hands of one seed")
        right.set(xlabel="frames of the camera", ylabel="mean distance of the joints, hand units")
        right.set(xlim=(0, len(steps) - 1), ylim=(0, None))
        right.set_title(f"mean of {errors.size} seeds, two standard errors")
        right.legend(loc="upper right")
        self.now = self.moving(right.axvline(0, color=INK, linestyle=":", linewidth=1.5))

    def show(self, frame: Frame):
        self.seen.set_data(frame.step.image < 0)
        for name, hand in frame.step.found.items():
            for line, finger in zip(self.bones[name], hand, strict=True):
                line.set_data(*finger.T)
        self.now.set_xdata([frame.k, frame.k])

    def describe(self, frame: Frame) -> str:
        said = ", ".join(f"{name} {errors.mean():.3f}" for name, errors in frame.step.errors.items())
        return (
            f"Frame {frame.k} of {frame.run.nit}: the joints are off by {said} on average, in hand units "
            "(a finger is about 0.1 wide)."
        )
