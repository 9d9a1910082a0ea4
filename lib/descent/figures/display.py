"""Showing figures with a text for those who do not see them, and the library's own source."""

import ast
import base64
import html
import inspect
import io
import textwrap
from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from descent.figures.theme import recolour, theme


def still(png: bytes, alt: str) -> tuple:
    """Return what a front end takes for a picture with alt text: data and metadata by type.

    >>> still(b"png", "a curve")
    ({'image/png': 'cG5n', 'text/plain': 'a curve'}, {'image/png': {'alt': 'a curve'}})
    """
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": alt}
    return data, {"image/png": {"alt": alt}}


def as_html(png: str, alt: str) -> str:
    """Return a picture in base64 as HTML: JupyterLab gives a PNG no alt text, and shows HTML before it.

    >>> as_html("cG5n", "a < b")
    '<img src="data:image/png;base64,cG5n" alt="a &lt; b" style="max-width:100%;height:auto">'
    """
    image = f"data:image/png;base64,{png.strip()}"
    return f'<img src="{image}" alt="{html.escape(alt)}" style="max-width:100%;height:auto">'


class Shown:
    """A picture and its alt text."""

    def __init__(self, png: bytes, alt: str):
        self.png = png
        self.alt = alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = still(self.png, self.alt)
        return {**data, "text/html": as_html(data["image/png"], self.alt)}, metadata

    def __repr__(self):
        return self.alt


def show(figure: Figure, alt: str) -> Shown:
    """Return a figure for display, with alt text.

    Parameters
    ----------
    figure : matplotlib Figure
        From `new_figure`.
    alt : str
        What is seen, in one or two sentences with the numbers that matter.

    Returns
    -------
    Shown
        Displays itself in a notebook; in a terminal it prints the alt text.

    Raises
    ------
    ValueError
        If the alt text is empty.

    Examples
    --------
    >>> from descent.figures import new_figure
    >>> show(new_figure(), "an empty page")
    an empty page
    """
    if not alt.strip():
        raise ValueError("alt must say what is seen, got an empty text")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return Shown(themed(file), alt)


def themed(file: io.BytesIO) -> bytes:
    """Return a PNG in the theme that is asked for."""
    name = theme()
    if name == "light":
        return file.getvalue()
    pixels = recolour(np.asarray(Image.open(file).convert("RGB")), name)
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "png")
    return file.getvalue()


CODE_FONT = "font-family: var(--jp-code-font-family, monospace), monospace"


class Source:
    """Python code, coloured in a notebook and plain in a terminal."""

    def __init__(self, code: str):
        self.code = code

    def _repr_mimebundle_(self, include=None, exclude=None):
        from IPython.display import Code

        # Pages made by nbconvert set `pre` in a proportional font.
        html = Code(self.code, language="python")._repr_html_().replace("<pre>", f'<pre style="{CODE_FONT}">')
        return {"text/html": html, "text/plain": self.code}

    def __repr__(self):
        return self.code


def source(function: Callable) -> Source:
    """Return the code of a function of the library without its docstring, for display.

    Examples
    --------
    >>> from descent.problems.one_variable import brent_poles
    >>> print(source(brent_poles))
    def brent_poles(x):
        return sum(((2 * i - 5) / (x - i * i)) ** 2 for i in range(1, 21))
    """
    lines = textwrap.dedent(inspect.getsource(inspect.unwrap(function))).rstrip().split("\n")
    node = ast.parse("\n".join(lines)).body[0]
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        del lines[first.lineno - 1 : first.end_lineno]
    return Source("\n".join(lines))
