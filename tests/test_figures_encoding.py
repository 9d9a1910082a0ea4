"""Pictures as PNG with a palette: true colours, whatever they are."""

import io

import numpy as np
import pytest
from descent.figures.picture import encode, misses_a_colour, usual_palette
from descent.figures.style import BLUE, GREEN, INK, ORANGE, PINK, RED, SKY
from matplotlib import colormaps
from PIL import Image, ImageColor


def flat(colour, share=1.0):
    pixels = np.full((40, 60, 4), 255, np.uint8)
    mixed = share * np.array(ImageColor.getrgb(colour)) + (1 - share) * 255
    pixels[10:30, 10:50, :3] = mixed.round()
    return pixels


def miss(pixels):
    shown = np.asarray(Image.open(io.BytesIO(encode(pixels))).convert("RGB"), dtype=int)
    return np.abs(shown - pixels[..., :3])


@pytest.mark.parametrize("colour", [BLUE, GREEN, INK, ORANGE, PINK, RED, SKY])
def test_colours_of_the_style_are_kept(colour):
    assert miss(flat(colour)).max() <= 4
    assert miss(flat(colour, share=0.3)).max() <= 4


@pytest.mark.parametrize("name", ["viridis", "coolwarm"])
def test_a_colour_map_gets_a_palette_of_its_own(name):
    ramp = np.tile(np.linspace(0, 1, 300), (40, 1))
    pixels = (255 * colormaps[name](ramp)).round().astype(np.uint8)
    image = Image.fromarray(pixels).convert("RGB")
    assert misses_a_colour(pixels, image.quantize(palette=usual_palette(), dither=0))
    assert miss(pixels).mean() < 6


def test_a_small_spot_of_a_strange_colour_is_noticed():
    pixels = flat(BLUE)
    pixels[20:24, 20:24, :3] = (255, 33, 200)
    assert miss(pixels).max() < 48


@pytest.mark.parametrize("name", ["RdYlBu_r", "Blues"])
def test_tints_of_a_colour_map_keep_their_order(name):
    """The bands of filled contours: each is pale, and near to a colour of another hue."""
    bands = np.repeat(np.linspace(0, 1, 20), 30)
    pixels = np.full((200, 600, 4), 255, np.uint8)
    tints = 255 * (0.45 * colormaps[name](bands)[:, :3] + 0.55)
    pixels[20:, :, :3] = tints.round()
    assert np.mean(miss(pixels).max(axis=-1) > 8) < 0.1
    assert miss(pixels)[:20].max() == 0


def test_white_is_white():
    assert miss(np.full((8, 8, 4), 255, np.uint8)).max() <= 2


def test_the_same_pixels_give_the_same_bytes():
    first = encode(flat(RED))
    encode(flat(GREEN))
    assert encode(flat(RED)) == first
