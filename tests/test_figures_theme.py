"""Dark and high-contrast pictures: every colour of the style stands out from its background."""

import io

import numpy as np
import pytest
from descent.figures import new_figure, show, style
from descent.figures.one_variable import BracketPicture
from descent.figures.picture import Frame
from descent.figures.theme import THEMES, VARIABLE, luminance, recolour, theme
from descent.univariate import golden_section
from PIL import Image, ImageColor

LINES = ("INK", "BLUE", "ORANGE", "GREEN", "RED", "SKY", "PINK", "GREY")
PAPER = np.array([255, 255, 255])


def ratio(one, other):
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted(float(luminance(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def picture():
    run = golden_section(lambda x: (x - 2) ** 2, 0, 5, tol=0.5)
    return BracketPicture().png(Frame(run, 2))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("name", ["dark", "contrast"])
@pytest.mark.parametrize("colour", LINES)
def test_lines_and_type_stand_out(name, colour):
    line = np.array(ImageColor.getrgb(getattr(style, colour)))
    assert ratio(recolour(line, name), recolour(PAPER, name)) >= 4.5


def test_the_dark_background_is_dark_and_the_other_white():
    assert float(luminance(recolour(PAPER, "dark"))) < 0.01
    assert recolour(PAPER, "contrast").tolist() == [255, 255, 255]


@pytest.mark.parametrize("name", ["dark", "contrast"])
def test_different_lines_stay_different(name):
    colours = recolour(np.array([ImageColor.getrgb(getattr(style, line)) for line in LINES]), name)
    apart = np.abs(colours[:, None] - colours[None]).sum(-1)[np.triu_indices(len(LINES), 1)]
    assert apart.min() > 50


def test_pictures_and_figures_follow_the_variable(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    light = pixels(picture())
    for name in ("dark", "contrast"):
        monkeypatch.setenv(VARIABLE, name)
        themed = pixels(picture())
        assert themed.shape == light.shape
        assert np.abs(themed.astype(int) - recolour(light, name)).max() <= 2
    monkeypatch.setenv(VARIABLE, "dark")
    assert pixels(show(new_figure(), "an empty page").png).max() < 40


def test_another_theme_is_refused(monkeypatch):
    monkeypatch.setenv(VARIABLE, "pink")
    with pytest.raises(ValueError, match="DESCENT_THEME must be one of light, dark, contrast, got 'pink'"):
        theme()
    assert THEMES[0] == "light"
