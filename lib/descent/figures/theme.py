"""Themes: the finished pixels of a picture, recoloured as a whole.

Every picture is drawn in one style, for white paper.  A theme maps its colours by their lightness, so
that it fits every picture, also those to come: dark turns light and dark around and keeps the hue,
contrast darkens all that is not nearly white until it stands out by 4.5 to 1, as WCAG 2.2 asks of text.
"""

import os

import numpy as np

VARIABLE = "DESCENT_THEME"
THEMES = ("light", "dark", "contrast")
READABLE = 1.05 / 5 - 0.05  # the luminance that stands out from white by 5 to 1
# Luminance before and after: what is nearly as pale as paper is a background, and stays.
DARKENED_LINES = [0, READABLE, 0.5, 0.6, 1], [0, READABLE, READABLE, 0.6, 1]
# Lightness before and after: paper to night, lines and type to what stands out from it.
DARKENED = [0, 0.35, 0.65, 0.89, 1], [0.93, 0.58, 0.74, 0.17, 0.07]


def theme() -> str:
    """Return the theme that the environment variable DESCENT_THEME asks for.

    Raises
    ------
    ValueError
        If it is none of light, dark, contrast.

    Examples
    --------
    >>> theme() in THEMES
    True
    """
    name = os.environ.get(VARIABLE) or "light"
    if name not in THEMES:
        raise ValueError(f"{VARIABLE} must be one of {', '.join(THEMES)}, got {name!r}")
    return name


def luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance (WCAG 2.2), 0 to 1, of colours of shape (..., 3), 0 to 255.

    >>> float(luminance(np.array([255, 255, 255])))
    1.0
    """
    c = np.asarray(colours) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.round(linear @ np.array([0.2126, 0.7152, 0.0722]), 12)


def recolour(colours: np.ndarray, name: str) -> np.ndarray:
    """Return colours of shape (..., 3), 0 to 255, in a theme.

    >>> recolour(np.array([[255, 255, 255], [34, 34, 34]]), "dark").tolist()
    [[18, 18, 18], [203, 203, 203]]
    """
    if name == "light":
        return np.asarray(colours)
    shade = _dark if name == "dark" else _contrast
    return np.clip(np.round(shade(np.asarray(colours, dtype=float))), 0, 255).astype(int)


def _dark(colours):
    """Turn lightness around, the mean of the largest and the smallest channel; hue and differences stay."""
    lightness = (colours.max(-1, keepdims=True) + colours.min(-1, keepdims=True)) / 510
    return colours + 255 * (np.interp(lightness, *DARKENED) - lightness)


def _contrast(colours):
    """Scale each colour that is neither readable nor pale down to a readable one."""
    y = luminance(colours)[..., None]
    return colours * (np.interp(y, *DARKENED_LINES) / np.maximum(y, 1e-9)) ** (1 / 2.4)
