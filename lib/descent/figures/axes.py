"""Limits of axes, and the shaded strip between two numbers."""

import numpy as np
from matplotlib.patches import Rectangle


def set_limits(axes, x, y, above: float = 0.12) -> None:
    """Fit the axes to a curve, with room above and below; a wall or a pole is cut off."""
    if np.isnan(y).all():
        raise ValueError(f"f has no finite value between {x[0]:.6g} and {x[-1]:.6g}: try another interval")
    low = np.nanmin(y)
    high = min(np.nanmax(y), low + 4 * (np.nanquantile(y, 0.8) - low))
    room = (high - low) or max(abs(high), 1.0) * 1e-3
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(low - 0.12 * room, high + above * room)


def span(axes, **style) -> Rectangle:
    """Return a rectangle as high as the axes, to be placed with `set_span`."""
    return axes.add_patch(Rectangle((0, 0), 0, 1, transform=axes.get_xaxis_transform(), **style))


def set_span(rectangle: Rectangle, a: float, b: float) -> None:
    """Place such a rectangle from a to b."""
    rectangle.set_x(a)
    rectangle.set_width(b - a)
