"""Watching a run while it is computed, and leaving it without losing anything."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator

from IPython.display import display
from tqdm import tqdm

from descent.figures import Frame
from descent.figures.display import Shown
from descent.stepwise import Run


def watch(run: Run, picture: type, *, frames: int, pause: float = 0.3) -> None:
    """Compute a run and show how it grows: a picture that is redrawn in place, and a progress bar.

    An interrupt (the stop button of the notebook) waits until the frame at hand is complete.  So nothing
    is lost: call `watch` with the same run again, and it goes on.

    Parameters
    ----------
    run : Run
        Whose frames are computed when they are looked at.
    picture : class
        A `Picture` of `Frame`s that looks at no later frame.
    frames : int
        How many frames the run will have, for the progress bar.
    pause : float
        Seconds between two drawings, at least.

    Examples
    --------
    >>> from descent.figures.training import TrainingPicture
    >>> from descent.nn import MLP, SGD, ErrorOn, fit
    >>> from descent.stochastic import four_regions, grid
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> model = MLP([2, 4, 4], rng=rng)
    >>> batches = [four_regions(10, rng=rng) for _ in range(20)]
    >>> options = {"steps": 20, "every": 10, "measure": ErrorOn(*grid(8))}
    >>> run = fit(model, SGD(model.parameters(), lr=0.1), batches, **options)
    >>> watch(run, TrainingPicture, frames=3)  # doctest: +SKIP
    """
    stage, drawn, k = picture(), 0.0, 0
    view, line = Place(_still(stage, run, 0)), Line()
    with interrupts_wait() as asked, tqdm(total=frames, unit=" frames", file=line, ascii=False) as bar:
        for k, _ in enumerate(run):
            bar.update()
            if asked:
                break
            if time.perf_counter() - drawn > pause:
                view.show(_still(stage, run, k))
                drawn = time.perf_counter()
    last = _still(stage, run, k)
    view.show(last)
    line.write(f"{line.text}\n{last.alt}")
    if asked:
        print("Interrupted; every frame so far is kept. Run this cell again to go on.")


class Place:
    """A place below a cell whose content can be replaced; only the last one is stored.

    >>> place = Place("empty")
    empty
    """

    def __init__(self, first):
        self._handle = display(first, display_id=True)

    def show(self, thing) -> None:
        if self._handle is not None:  # there is none outside a notebook
            self._handle.update(thing)


class Line:
    """A file for a progress bar: what is written replaces what was there.

    >>> line = Line()
    <BLANKLINE>
    >>> line.write("50%")
    >>> line
    50%
    """

    def __init__(self):
        self.text = ""
        self._place = Place(self)

    def write(self, text: str) -> None:
        text = text.lstrip("\r")
        if text.strip():
            self.text = text
            self._place.show(self)

    def flush(self) -> None:
        """Do nothing: each line is shown when it is written."""

    def __repr__(self):
        return self.text


def _still(stage, run, k) -> Shown:
    frame = Frame(run, k)
    return Shown(stage.png(frame), stage.describe(frame))


@contextlib.contextmanager
def interrupts_wait() -> Iterator[list]:
    """Note an interrupt in a list instead of raising it; a second one is raised.

    Examples
    --------
    >>> with interrupts_wait() as asked:
    ...     signal.raise_signal(signal.SIGINT)
    ...     print("done in spite of it:", len(asked))
    done in spite of it: 1
    """
    asked = []

    def note(number, frame):
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    if threading.current_thread() is not threading.main_thread():  # only there can signals be handled
        yield asked
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
