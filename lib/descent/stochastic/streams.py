"""Streams of batches that a training loop can take up anywhere."""

from dataclasses import dataclass

import numpy as np

from descent.stochastic.four_regions import CLASSES, four_regions


@dataclass(frozen=True)
class Batches:
    """Patterns in the order in which they are met, `batch` of them at a time.

    `stream[t]` is batch t and `len(stream)` counts the full batches, so that a training loop can
    stop anywhere and go on from there.

    Attributes
    ----------
    x : array, shape (patterns, inputs) or (seeds, patterns, inputs)
        Inputs, finite.
    y : array, shape (patterns, ...) or (seeds, patterns, ...)
        Targets, finite; for classes one column each, 1 for the right one.
    batch : int
        Patterns a batch, at least 1.

    Raises
    ------
    ValueError
        If there is no pattern, a number is not finite, x and y do not match, or the batch is
        larger than the data.

    Examples
    --------
    >>> stream = Batches(np.arange(6.0)[:, None], np.zeros(6), batch=2)
    >>> len(stream), stream[1][0].ravel().tolist()
    (3, [2.0, 3.0])
    """

    x: np.ndarray
    y: np.ndarray
    batch: int = 1

    def __post_init__(self):
        x, y = np.asarray(self.x, dtype=float), np.asarray(self.y, dtype=float)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)
        if x.ndim not in (2, 3) or x.shape[:-1] != y.shape[: x.ndim - 1]:
            raise ValueError(
                "x must have shape (patterns, inputs) or (seeds, patterns, inputs) and y must match it, "
                f"got {x.shape} and {y.shape}"
            )
        if x.size == 0:
            raise ValueError(f"the stream is empty: x has shape {x.shape}; give at least one pattern")
        for name, values in (("x", x), ("y", y)):
            if not np.isfinite(values).all():
                where = np.argwhere(~np.isfinite(values))[0].tolist()
                raise ValueError(f"{name} must be finite, got {values[tuple(where)]} at index {where}")
        if self.batch < 1 or self.batch != int(self.batch):
            raise ValueError(f"batch must be an integer of at least 1, got {self.batch}")
        if self.batch > x.shape[-2]:
            raise ValueError(f"batch = {self.batch} is larger than the data, {x.shape[-2]} patterns")

    def __len__(self):
        return self.x.shape[-2] // self.batch

    def __getitem__(self, t):
        if not 0 <= t < len(self):
            raise IndexError(f"batch {t} of {len(self)}")
        axis, part = self.x.ndim - 2, slice(t * self.batch, (t + 1) * self.batch)
        where = (slice(None),) * axis + (part,)
        return self.x[where], self.y[where]


def four_regions_stream(patterns: int, sampling: str = "uniform", *, seeds, batch: int = 10) -> Batches:
    """Return a stream of Four Regions for each seed, side by side.

    Parameters
    ----------
    patterns : int
        How many patterns each seed meets.
    sampling : {"uniform", "sobol", "walk"}
        As in `four_regions`.
    seeds : sequence of int
        One stream for each; a stream is the same whoever runs beside it.
    batch : int
        Patterns a batch.

    Returns
    -------
    Batches
        x of shape (seeds, patterns, 2), y of shape (seeds, patterns, 4).

    Examples
    --------
    >>> x, y = four_regions_stream(100, seeds=range(3), batch=10)[0]
    >>> x.shape, y.shape
    ((3, 10, 2), (3, 10, 4))
    """
    drawn = [four_regions(patterns, sampling, np.random.default_rng([seed, 1])) for seed in seeds]
    labels = np.stack([labels for _, labels in drawn])
    return Batches(np.stack([x for x, _ in drawn]), np.eye(CLASSES).take(labels, axis=0), batch)
