"""The picture of a derivation: its lines as formulas, the rule beside each, and its numerical check."""

import textwrap

from matplotlib.patches import Rectangle

from descent.differentials import Attempt
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREEN, GREY, INK, RED, SKY
from descent.figures.typeset import SMALLEST, draw_formula, fitted, height_of

MOST_ROWS = 8


def in_words(error: float) -> str:
    """Return an error of a numerical check for reading.

    >>> in_words(0.0), in_words(3.4e-16), in_words(0.5)
    ('0', '3e-16', '5e-01')
    """
    return "0" if error == 0 else f"{error:.0e}"


class DerivationPicture(Picture):
    """The lines derived so far, the rule of each, and the error of its numerical check."""

    size = (11.8, 6.2)
    left, right = 2.7, 10.97  # inches: where formulas begin and end
    bottom, top = 0.75, 5.75
    gap, leading, lowest = 0.22, 0.1, 0.32

    def static(self, frame: Frame):
        return frame.run, frame.k  # every line moves up: all is drawn anew

    def draw(self, frame: Frame):
        self.figure.set_layout_engine("none")  # places are in inches here
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, self.size[0]), ylim=(0, self.size[1]))
        axes.axis("off")
        self.axes = axes
        heads = {"x": 0.2, "rule": "rule"}, {"x": self.left, "rule": "line"}
        for head in heads:
            axes.text(head["x"], 5.95, head["rule"], color=GREY, fontsize=14, va="center")
        axes.text(11.6, 5.95, "error", color=GREY, fontsize=14, va="center", ha="right")
        axes.plot([0.1, 11.7], [5.76, 5.76], color=GREY, linewidth=1)
        bottom = self.bottom
        if frame.step.attempt is not None:
            bottom = self.draw_attempt(frame.step.attempt)
        y = self.top - self.gap / 2
        for k in self.window(frame, self.top - bottom):
            y = self.draw_line(frame.run[k], y, current=k == frame.k)
        formula = f"{frame.step.rule}:  {frame.step.formula}".replace("<", "⟨").replace(">", "⟩")
        axes.text(0.2, 0.36, formula, fontsize=16, color=BLUE, va="center", fontfamily="DejaVu Sans")

    def show(self, frame: Frame):
        pass  # all of it is in `draw`

    def set(self, latex: str) -> tuple:
        """Return (rows, font size, height in inches) of a formula in the column of lines."""
        rows, size = fitted(latex, self.right - self.left)
        heights = [above + below for above, below in height_of(rows, size)]
        return rows, size, sum(heights) + self.leading * (len(rows) - 1)

    def window(self, frame: Frame, room: float) -> list:
        """Return the numbers of the lines to show: the last ones that fit, at most 8 rows."""
        shown, rows = [], 0
        for k in range(frame.k, -1, -1):
            set_rows, _, height = self.set(frame.run[k].latex)
            room -= max(height, self.lowest) + self.gap
            rows += len(set_rows)
            if shown and (room < 0 or rows > MOST_ROWS):
                break
            shown.insert(0, k)
        return shown

    def draw_line(self, step, y: float, current: bool) -> float:
        """Draw one line with its top at y; return where the next one begins."""
        rows, size, own = self.set(step.latex)
        height = max(own, self.lowest)
        if current:
            corner = 0.1, y - height - self.gap / 2
            self.axes.add_patch(Rectangle(corner, 11.6, height + self.gap, facecolor=SKY, alpha=0.25))
        middle = y - height / 2
        weight = "bold" if current else "normal"
        self.axes.text(0.2, middle, step.rule, fontsize=15, color=BLUE, va="center", fontweight=weight)
        draw_formula(self.axes, rows, size, self.left, middle + own / 2, self.leading, INK)
        color = RED if not step.error < 1e-9 else GREEN if current else GREY
        self.axes.text(11.6, middle, in_words(step.error), fontsize=14, color=color, va="center", ha="right")
        return y - height - self.gap

    def draw_attempt(self, attempt: Attempt) -> float:
        """Draw the learner's line and the verdict over the bottom; return the upper edge."""
        color = GREEN if attempt.holds else RED
        rows, size, own = self.set(attempt.latex) if attempt.latex else ((), SMALLEST, self.lowest)
        said = textwrap.wrap(attempt.message, 84, max_lines=2, placeholder=" ...")
        height = own + 0.3 * len(said) + 0.34
        top = self.bottom + height
        frame = {"facecolor": "none", "edgecolor": color, "linewidth": 2}
        self.axes.add_patch(Rectangle((0.1, self.bottom), 11.6, height, **frame))
        verdict = "your line holds" if attempt.holds else "your line: not yet"
        style = {"fontsize": 15, "va": "center", "parse_math": False}
        self.axes.text(0.2, top - 0.12 - own / 2, verdict, color=color, fontweight="bold", **style)
        if rows:
            draw_formula(self.axes, rows, size, self.left, top - 0.12, self.leading, INK)
        else:
            self.axes.text(self.left, top - 0.12 - own / 2, attempt.text[:70], **style)
        for i, line in enumerate(said):
            self.axes.text(self.left, top - 0.34 - own - 0.3 * i, line, color=color, **style)
        return top + 0.1

    def describe(self, frame: Frame) -> str:
        step = frame.step
        said = (
            f"Line {frame.k} of {frame.run.nit}, {step.rule} ({step.formula}), "
            f"off by {in_words(step.error)} at random points: {step.line}"
        )
        if step.attempt is not None:
            holds = "holds" if step.attempt.holds else "does not hold"
            said = f"Your line {step.attempt.text} {holds}: {step.attempt.message}. " + said
        return said
