"""One look for all pictures: safe for colour blindness and grey print, legible on a projector."""

import contextlib
import threading

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from descent.figures.layout import QuickFigure

# Okabe and Ito, Color universal design (2008): told apart with every kind of colour vision.
INK = "#222222"
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
RED = "#D55E00"
SKY = "#56B4E9"
PINK = "#CC79A7"
GREY = "#999999"

# Series take a colour, a line style and a marker each, so that grey print tells them apart.
SERIES = [
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": RED, "linestyle": "--", "marker": "s"},
    {"color": GREEN, "linestyle": "-.", "marker": "^"},
    {"color": PINK, "linestyle": ":", "marker": "D"},
    {"color": ORANGE, "linestyle": "-", "marker": "v"},
    {"color": SKY, "linestyle": "--", "marker": "P"},
]

STYLE = {
    "font.size": 15,
    "axes.titlesize": 16,
    "axes.titley": 1.0,  # else each title measures the tick labels once more
    "axes.labelsize": 15,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#E2E2E2",
    "xtick.labelsize": 13,
    "ytick.labelsize": 13,
    "legend.fontsize": 13,
    "legend.framealpha": 0.9,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
    "text.color": INK,
    "mathtext.fontset": "cm",
    "figure.dpi": 100,
}


# JupyterLab moves widgets in one thread while cells run in another; Matplotlib draws in one.
drawing = threading.RLock()


def new_figure(width: float = 9.6, height: float = 5.4) -> Figure:
    """Return an empty figure that no front end shows by itself; sizes in inches, 100 dots each.

    >>> new_figure(8, 4).get_size_inches().tolist()
    [8.0, 4.0]
    """
    with styled():
        figure = QuickFigure(figsize=(width, height), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
    return figure


@contextlib.contextmanager
def styled():
    """Return a context in which everything is drawn in this style, by one thread at a time.

    >>> with styled():
    ...     int(mpl.rcParams["font.size"])
    15
    """
    with drawing, mpl.rc_context(STYLE):
        yield
