"""A list of operations and the program of its gradient, side by side."""

import re

from descent.autodiff.program.beside import Beside
from descent.figures.picture import Picture
from descent.figures.style import BLUE, GREY, INK, RED

ROOM = 13  # lines that fit
HEAD = 4  # of them before the dots
SWEEP = re.compile(r"t\d+ =|\w+_bar =|    ")  # what the reverse sweep wrote


class ProgramPicture(Picture):
    """The rows of the list on the left, the lines of the program on the right; slopes are red.

    Shows what `descent.autodiff.program.beside.beside` returns.
    """

    size = (11.6, 4.6)

    def static(self, one: Beside):
        return ()

    def draw(self, one: Beside):
        self.figure.set_layout_engine("none")
        axes = self.figure.add_axes([0.01, 0.01, 0.98, 0.98])
        axes.set_axis_off()
        axes.spines[:].set_visible(False)
        axes.set_xlim(0, 1)
        axes.set_ylim(ROOM + 1.2, -0.4)
        for x, title in ((0.02, "the list: f"), (0.36, "the program: f and its gradient")):
            axes.text(x, 0.3, title, fontsize=16, color=GREY, va="center")
        axes.axvline(0.34, 0.03, 0.97, color="#E2E2E2")
        code = {"family": "monospace", "fontsize": 14, "va": "center"}
        self.left = [self.moving(axes.text(0.02, k + 1.4, "", color=BLUE, **code)) for k in range(ROOM)]
        self.right = [self.moving(axes.text(0.36, k + 1.4, "", **code)) for k in range(ROOM)]

    def show(self, one: Beside):
        for artists, lines in ((self.left, one.rows), (self.right, folded(one.lines))):
            too_long = len(lines) > ROOM  # then the end stays, where the gradient is
            cut = [*lines[:HEAD], "...", *lines[HEAD + 1 - ROOM :]] if too_long else lines
            for artist, line in zip(artists, [*cut, *[""] * ROOM], strict=False):
                artist.set_text(line)
        for artist in self.right:
            artist.set_color(RED if SWEEP.match(artist.get_text()) else INK)

    def describe(self, one: Beside) -> str:
        slopes = ", ".join(f"{slope:.4g}" for slope in one.gradients)
        lines = f"{len(one.lines)} line{'s' * (len(one.lines) > 1)}"
        return (
            f"{len(one.rows) - 1} operations and {one.adjoints} lines of adjoints become {lines} of Python. "
            f"Value {one.value:.4g}, gradient {slopes}."
        )


def folded(lines: tuple, width: int = 66) -> list:
    """Return lines of code that fit: what is returned in two lines, a longer line cut at blanks.

    >>> folded(("return v1 + 1.0, (x2, x1)",))
    ['return v1 + 1.0,', '    (x2, x1)']
    """
    short = []
    for line in lines:
        head, comma, slopes = line.partition(", (") if line.startswith("return") else (line, "", "")
        parts = [f"{head},", f"    ({slopes}"] if comma else [line]
        for part in parts:
            while len(part) > width and " " in part[8:width]:
                end = part.rindex(" ", 8, width)
                short.append(part[:end])
                part = "     " + part[end:]
            short.append(part)
    return short
