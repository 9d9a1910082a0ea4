"""Room for labels, found in a fraction of the time: it is most of what a picture drawn anew takes."""

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import TICKDOWN, TICKLEFT, Line2D
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Affine2D, Bbox


class QuickFigure(Figure):
    """A figure whose subplots are `QuickAxes`.

    >>> type(QuickFigure().subplots()).__name__
    'QuickAxes'
    """

    def add_subplot(self, *args, **options):
        if "projection" not in options:
            options = {"axes_class": QuickAxes, **options}
        return super().add_subplot(*args, **options)


class QuickAxes(Axes):
    """Axes that measure their tick labels once where Matplotlib's do ten times, with the same result.

    There the labels of both axes, the spines and the title each measure all tick labels anew.  Here
    the labels are placed beside tick labels measured once, and stay there.  The minor marks of an
    axis, forty on a logarithmic one, are one artist where Matplotlib makes five of each.
    """

    def __init__(self, *args, **options):
        self._minor = {}  # locators of minor marks, between layout and drawing
        super().__init__(*args, **options)

    def get_tightbbox(self, renderer=None, *, for_layout_only=False, **options):
        shown = [axis for axis in (self.xaxis, self.yaxis) if self.axison and axis.get_visible()]
        if not for_layout_only:
            return super().get_tightbbox(renderer, **options)
        self.apply_aspect()
        for axis in shown:
            self._set_aside(axis)
        boxes = [box for axis in shown for box in self._around(axis, renderer)]
        for axis in shown:  # else title and spines ask for them again
            axis.set_visible(False)
        boxes.append(super().get_tightbbox(renderer, for_layout_only=True, **options))
        for axis in shown:
            axis.set_visible(True)
        return Bbox.union(boxes)

    def draw(self, renderer):
        marks = [self.add_artist(self._marks(axis, locator())) for axis, locator in self._minor.items()]
        super().draw(renderer)
        for mark in marks:
            mark.remove()
        for axis, locator in self._minor.items():
            axis.set_minor_locator(locator)
        self._minor.clear()

    def _set_aside(self, axis) -> None:
        """Let an axis forget its minor marks until it is drawn, if none is labelled."""
        places = axis.get_minorticklocs()
        usual = axis.get_label_position() in ("left", "bottom")
        if usual and len(places) and not any(axis.get_minor_formatter().format_ticks(places)):
            self._minor[axis] = axis.get_minor_locator()
            axis.set_minor_locator(NullLocator())

    def _marks(self, axis, places) -> Line2D:
        """Return the minor marks of an axis, one artist."""
        low, high = sorted(axis.get_view_interval())
        places = [place for place in places if low <= place <= high]
        along = axis is self.xaxis
        name, edge = "xtick" if along else "ytick", [0.0] * len(places)
        return Line2D(
            *((places, edge) if along else (edge, places)),
            linestyle="",
            color=mpl.rcParams[f"{name}.color"],
            marker=TICKDOWN if along else TICKLEFT,
            markersize=mpl.rcParams[f"{name}.minor.size"],
            markeredgewidth=mpl.rcParams[f"{name}.minor.width"],
            zorder=axis.get_zorder(),
            clip_on=False,
            transform=self.get_xaxis_transform("tick1") if along else self.get_yaxis_transform("tick1"),
        )

    def _around(self, axis, renderer) -> list:
        """Place an axis's label beyond its tick labels, and return the boxes of all these texts."""
        texts = [text for text in (axis.label, axis.offsetText) if text.get_visible()]
        side = axis.get_label_position()
        self._place_label(axis, side, 0)  # a label without a place would look for one
        for text in texts:
            text.set_visible(False)
        ticks = axis.get_tightbbox(renderer) or self.bbox
        for text in texts:
            text.set_visible(True)
        if _beyond(self.bbox, ticks, side) == 0:  # no tick labels, but perhaps marks
            ticks = self.spines[side].get_window_extent(renderer)
        pad = axis.labelpad * self.get_figure(root=True).dpi / 72
        self._place_label(axis, side, _beyond(self.bbox, ticks, side) + pad)
        boxes = [text.get_tightbbox(renderer) for text in texts if text.get_text()]
        if axis.label.get_text() and axis.label in texts:
            boxes[0] = _middle(boxes[0], upright=axis is self.yaxis)
        return [*boxes, ticks]

    def _place_label(self, axis, side, out) -> None:
        """Place an axis's label this many pixels out of the axes."""
        level, out = (1.0, out) if side in ("right", "top") else (0.0, -out)
        if axis is self.yaxis:
            axis.set_label_coords(level, 0.5, self.transAxes + Affine2D().translate(out, 0))
        else:
            axis.set_label_coords(0.5, level, self.transAxes + Affine2D().translate(0, out))


def _beyond(inner, outer, side: str) -> float:
    """Return how far one box reaches out of another on a side, 0 if it does not.

    >>> float(_beyond(Bbox([[0, 0], [5, 5]]), Bbox([[-3, 2], [4, 9]]), "top"))
    4.0
    """
    which = ("left", "bottom", "right", "top").index(side)
    out = outer.extents[which] - inner.extents[which]
    return max(out if which > 1 else -out, 0.0)


def _middle(box, upright: bool) -> Bbox:
    """Return a box about a label's middle, one pixel long: longer ones are not to move the axes."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    if upright:
        return Bbox([[box.x0, y - 0.5], [box.x1, y + 0.5]])
    return Bbox([[x - 0.5, box.y0], [x + 0.5, box.y1]])
