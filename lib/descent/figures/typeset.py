"""Setting formulas for projection: drawn as paths, shrunk a little, then broken at a plus or minus."""

import functools
import re
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

POINTS_PER_INCH = 72
DRAWN = 20  # points; the size at which the paths are made
LARGEST, SMALLEST = 20, 14.5  # points; a longer line is broken
APART, INDENT = 0.09, 0.45  # inches: before a plus, and before a continued row
PIECES = re.compile(r"\\left(?:\\langle|\\\||[(|\[])|\\right(?:\\rangle|\\\||[)|\]])|\\[{}]|[{}]|\s[+-]\s")
BRACKET = re.compile(r"\\(left|right)(?=\\langle|\\rangle|\\\||[()|\[\]])")


def display(latex: str) -> str:
    r"""Return LaTeX for a picture: fractions in full size, brackets grown only around fractions.

    >>> print(display(r"\left(A^{\top}\, x\right) + \left\langle \frac{b}{c},\, x \right\rangle"))
    (A^{\mathsf{T}}\, x) + \left\langle \dfrac{b}{c},\, x \right\rangle
    """
    opened, plain = [], []
    for found in BRACKET.finditer(latex):
        if found[1] == "left":
            opened.append(found)
        elif opened:
            start = opened.pop()
            if r"\frac" not in latex[start.end() : found.start()]:
                plain += [start, found]
        else:
            plain.append(found)
    for found in sorted([*opened, *plain], key=lambda found: -found.start()):
        latex = latex[: found.start()] + latex[found.end() :]
    return latex.replace(r"\frac", r"\dfrac").replace(r"\top", r"\mathsf{T}")


@functools.lru_cache(maxsize=2048)
def formula_path(latex: str) -> tuple:
    """Return the path of a formula set in 20 points, and its left, bottom, right and top, in points.

    >>> path, (left, bottom, right, top) = formula_path("x + y")
    >>> bottom < 0 < 40 < right < 70  # y reaches below the line
    True
    """
    path = TextPath((0, 0), f"${display(latex)}$", size=DRAWN, prop=FontProperties(math_fontfamily="cm"))
    fine = np.concatenate(path.to_polygons(Affine2D().scale(64), closed_only=False)) / 64
    return path, tuple(float(v) for v in (*fine.min(axis=0), *fine.max(axis=0)))  # `get_extents` is slow


def width_of(row: tuple) -> float:
    """Return the width in inches of pieces side by side, in 20 points."""
    widths = [formula_path(piece)[1][2] / POINTS_PER_INCH for piece in row]
    return sum(widths) + APART * (len(row) - 1)


def breaks(latex: str) -> list:
    r"""Return (place, bracket depth) of each + and - outside of braces: where a line may be broken.

    >>> breaks(r"a = b + \frac{c - d}{2} - \left(e + f\right)")
    [(5, 0), (23, 0), (33, 1)]
    """
    places, braces, brackets = [], 0, 0
    for found in PIECES.finditer(latex):
        piece = found[0]
        if piece in "{}":
            braces += 1 if piece == "{" else -1
        elif piece.startswith((r"\left", r"\right")):
            brackets += 1 if piece.startswith(r"\left") else -1
        elif braces == 0 and piece.strip() in {"+", "-"}:
            places.append((found.start(), brackets))
    return places


@functools.lru_cache(maxsize=2048)
def fitted(latex: str, width: float) -> tuple:
    """Return (rows, font size) of a formula that fits a width in inches.

    It gets smaller first; in 14.5 points it is broken before a plus or minus, as far out of the
    brackets as will do; only a formula that cannot be broken gets smaller still.

    Returns
    -------
    tuple
        Rows, each a tuple of pieces of LaTeX to be set side by side; and the size in points.

    Examples
    --------
    >>> rows, size = fitted(" + ".join("abcdefgh" * 5), 5.0)
    >>> len(rows), size, all(width_of(row) * size / 20 <= 5 for row in rows)
    (4, 14.5, True)
    """
    natural = width_of((latex,)) * LARGEST / DRAWN
    if natural <= width:
        return ((latex,),), LARGEST
    if natural * SMALLEST / LARGEST <= width:
        return ((latex,),), LARGEST * width / natural
    room = width * DRAWN / SMALLEST
    places = breaks(latex)
    rows = ((latex,),)
    for depth in sorted({depth for _, depth in places}):
        rows = filled(pieces_of(latex, [place for place, d in places if d <= depth]), room)
        if max(map(width_of, rows)) + INDENT <= room:
            break
    widest = max(map(width_of, rows)) + (INDENT if len(rows) > 1 else 0)
    return rows, SMALLEST * min(1.0, room / widest)


def pieces_of(latex: str, places: list) -> list:
    """Return the pieces of a formula between places; the sign keeps a space of its own."""
    ends = [0, *places, len(latex)]
    pieces = [latex[a:b].strip() for a, b in pairwise(ends)]
    return [re.sub(r"^([+-])\s", r"\1\\;", piece) for piece in pieces]


def filled(pieces: list, room: float) -> tuple:
    """Return rows of pieces, each as full as fits."""
    rows = [()]
    for piece in pieces:
        if rows[-1] and width_of((*rows[-1], piece)) + INDENT > room:
            rows.append(())
        rows[-1] = (*rows[-1], piece)
    return tuple(rows)


def height_of(rows: tuple, size: float) -> list:
    """Return (above, below) the base line of each row in inches."""
    scale = size / DRAWN / POINTS_PER_INCH
    boxes = [[formula_path(piece)[1] for piece in row] for row in rows]
    return [(max(b[3] for b in row) * scale, -min(b[1] for b in row) * scale) for row in boxes]


def draw_formula(axes, rows: tuple, size: float, x: float, y: float, leading: float, color: str) -> list:
    """Draw rows with the top of the first at y, on axes whose unit is an inch; return the patches."""
    patches, scale = [], size / DRAWN / POINTS_PER_INCH
    for i, (row, (above, below)) in enumerate(zip(rows, height_of(rows, size), strict=True)):
        across = x + (INDENT * size / DRAWN if i else 0)
        for piece in row:
            path, box = formula_path(piece)
            place = Affine2D().scale(scale).translate(across, y - above)
            patch = PathPatch(path, facecolor=color, linewidth=0, transform=place + axes.transData)
            patches.append(axes.add_artist(patch))
            across += box[2] * scale + APART * size / DRAWN
        y -= above + below + leading
    return patches


class Formulas:
    """A parser of formulas that remembers a thousand; Matplotlib's remembers fifty, a trace has more."""

    def __init__(self, parser):
        self._kept = functools.lru_cache(maxsize=1024)(parser.parse)

    def parse(self, s, dpi=72, prop=None, *, antialiased=None):
        if antialiased is None:
            antialiased = mpl.rcParams["text.antialiased"]
        return self._kept(s, dpi, prop and prop.copy(), antialiased=antialiased)


@functools.cache
def formulas() -> Formulas:
    """Return the one that all pictures share.

    >>> formulas().parse("$x$") is formulas().parse("$x$")
    True
    """
    return Formulas(RendererAgg(1, 1, 72).mathtext_parser)
