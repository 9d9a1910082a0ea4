"""Pictures: each draws its static part once, then shows one step, and says it in words."""

import functools
import gc
import io
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from PIL import Image, ImageColor

from descent.figures.style import BLUE, GREEN, INK, ORANGE, PINK, RED, SKY, drawing, new_figure, styled
from descent.figures.theme import recolour, theme
from descent.figures.typeset import formulas
from descent.stepwise import Run

LARGEST_MISS, MEAN_MISS = 48, 3  # of 255, in one channel
SLIGHT_MISS, SLIGHT_SHARE = 8, 0.05  # wide areas must not miss even this little: tints change places
COLOURS = (BLUE, ORANGE, GREEN, RED, SKY, PINK, INK)


@dataclass(frozen=True)
class Frame:
    """One frame of a film: step k of a run, with the run's past and what it was asked."""

    run: Run
    k: int

    @property
    def step(self):
        return self.run[self.k]

    @property
    def past(self) -> list:
        """The steps up to and including this one."""
        return self.run[: self.k + 1] if self.k + 1 < len(self.run) else self.run[:]

    def __getattr__(self, name):
        """Return what the run was called with: `frame.f` is its function."""
        arguments = object.__getattribute__(self, "run").arguments
        while name not in arguments and "run" in arguments:  # a film of a film
            arguments = arguments["run"].arguments
        if name not in arguments:
            raise AttributeError(f"the run was not called with {name}")
        return arguments[name]


class Picture:
    """Base of all pictures.

    A picture writes `draw`, which makes the axes and all that stays, and registers what
    moves with `moving`; `show`, which sets the moving artists from a frame; `describe`,
    which says the frame in a sentence.  `static(frame)` is the key of the static part:
    when it changes, that part is drawn anew.
    """

    size = (9.6, 5.4)

    def __init__(self):
        self.figure = new_figure(*self.size)
        self._moving = []
        self._key = None
        self._background = None

    def static(self, frame):
        return ()

    def draw(self, frame) -> None:
        raise NotImplementedError

    def show(self, frame) -> None:
        raise NotImplementedError

    def describe(self, frame) -> str:
        raise NotImplementedError

    def moving(self, artist: Artist) -> Artist:
        """Register an artist that `show` sets, and return it."""
        artist.set_animated(True)
        artist.set_in_layout(False)  # it has no place yet: a marker would ask for room at the origin
        self._moving.append(artist)
        return artist

    def update(self, frame) -> None:
        """Draw the static part if its key has changed, and set the moving artists."""
        key = (self.static(frame),)
        if key != self._key:
            for axes in self.figure.axes:  # `clear` alone would make their parts anew first
                self.figure.delaxes(axes)
            self.figure.clear()
            self._moving.clear()
            self.figure.canvas.get_renderer().mathtext_parser = formulas()
            with styled():
                self.draw(frame)
                for axes in self.figure.axes:  # else shading, drawn later, covers the frames
                    for spine in axes.spines.values() if axes.axison else ():
                        self.moving(spine).set_in_layout(True)
                self.figure.canvas.draw()
            self._background = self.figure.canvas.copy_from_bbox(self.figure.bbox)
            self._key = key
        with styled():
            self.show(frame)

    def forget(self) -> None:
        """Let go of all that was drawn; the next frame draws it anew."""
        vars(self).clear()
        self.__init__()

    def png(self, frame) -> bytes:
        """Return the picture of a frame: the kept background with the moving artists over it.

        Another picture that was shown before forgets what it drew.
        """
        with drawing:
            keep_only(self)
            self.update(frame)
            canvas = self.figure.canvas
            canvas.restore_region(self._background)
            for artist in sorted(self._moving, key=lambda artist: artist.zorder):
                self.figure.draw_artist(artist)
            return encode(np.asarray(canvas.buffer_rgba()))


_shown_last = []


def keep_only(picture: Picture) -> None:
    """Let what another picture drew go: a notebook has a dozen, of which one moves at a time.

    Each would keep 6 MB of artists and pixels, and a class of 300 shares a machine's memory.
    """
    if _shown_last and _shown_last[0] is not picture:
        _shown_last.pop().forget()
        gc.collect()  # artists refer to each other in circles
    _shown_last[:] = [picture]


def encode(pixels: np.ndarray) -> bytes:
    """Return an RGBA image of shape (height, width, 4) as PNG with a palette: small, so it moves fast.

    To choose a palette takes most of the time, so one that fits most pictures is tried first.

    >>> encode(np.full((2, 2, 4), 255, np.uint8))[1:4]
    b'PNG'
    """
    image = Image.fromarray(pixels).convert("RGB")
    small = image.quantize(palette=usual_palette(), dither=0)
    if misses_a_colour(pixels, small):
        small = with_white_paper(image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=0))
    if (name := theme()) != "light":
        colours = recolour(np.array(small.getpalette()).reshape(-1, 3), name)
        small.putpalette(colours.ravel().tolist())
    file = io.BytesIO()
    small.save(file, "png", compress_level=1)
    return file.getvalue()


@functools.cache
def usual_palette() -> Image.Image:
    """Return 256 colours at most: those of the style on their way to white, greys, and a coarse cube.

    >>> usual_palette().mode
    'P'
    """
    shades = np.linspace(0, 1, 11)[1:, None]
    colours = [255 + shades * (np.array(ImageColor.getrgb(colour)) - 255) for colour in COLOURS]
    greys = np.repeat(np.arange(0, 256, 8), 3).reshape(-1, 3)
    cube = np.stack(np.meshgrid(*[np.linspace(0, 255, 5)] * 3), -1).reshape(-1, 3)
    flat = np.concatenate([[[255, 255, 255]], *colours, greys, cube]).round().astype(int).ravel().tolist()
    palette = Image.new("P", (1, 1))
    palette.putpalette(flat)
    return palette


def misses_a_colour(pixels: np.ndarray, small: Image.Image) -> bool:
    """Return whether an image with a palette shows some colour wrongly, in every third row and column.

    >>> red, white = (Image.new("RGB", (4, 4), colour) for colour in ("red", "white"))
    >>> [misses_a_colour(np.asarray(red), red.quantize(palette=own.quantize(2))) for own in (red, white)]
    [False, True]
    """
    colours = np.array(small.getpalette(), dtype=np.int16).reshape(-1, 3)
    miss = np.abs(colours[np.asarray(small)[::3, ::3]] - pixels[::3, ::3, :3])
    slight = np.mean(miss.max(axis=-1) > SLIGHT_MISS)
    return bool(miss.max() > LARGEST_MISS or miss.mean() > MEAN_MISS or slight > SLIGHT_SHARE)


def with_white_paper(small: Image.Image) -> Image.Image:
    """Return an image with a palette whose lightest colour, a mean of many, is white if it nearly is.

    >>> paper = with_white_paper(Image.new("RGB", (4, 4), (252, 253, 252)).quantize(2))
    >>> paper.convert("RGB").getpixel((0, 0))
    (255, 255, 255)
    """
    colours = np.array(small.getpalette()).reshape(-1, 3)
    lightest = colours[colours.sum(axis=1).argmax()]
    lightest[:] = 255 if lightest.min() > 240 else lightest
    small.putpalette(colours.ravel().tolist())
    return small
