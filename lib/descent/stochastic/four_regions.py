"""Four Regions: classify points of a square, drawn one by one or along a path."""

import json
from pathlib import Path

import numpy as np

SHAPE = json.loads((Path(__file__).parent / "data" / "four_regions.json").read_text(encoding="utf-8"))
RINGS = SHAPE["rings"]  # from the middle outwards; the last one has no outer radius
OUTER_RADII = [ring["outer_radius"] for ring in RINGS[:-1]]
AXES = np.array([ring["axis"] for ring in RINGS])  # the coordinate whose sign divides a ring in two
LABELS = np.array([[ring["negative"], ring["positive"]] for ring in RINGS])
CLASSES = 4
WALK_STEP = 0.1  # standard deviation of a step of the walk, in each coordinate


def four_regions(n: int, sampling: str = "uniform", rng=None) -> tuple:
    """Draw n points of the square [-1, 1]^2 and label each with its region.

    Parameters
    ----------
    n : int
        How many points, at least 1.
    sampling : {"uniform", "sobol", "walk"}
        Independent points; Sobol's evenly spread points, shifted at random; or a random walk
        with normal steps of standard deviation 0.1, reflected at the border, so that
        neighbours in time are neighbours in the square.
    rng : numpy.random.Generator or seed, optional
        Source of the points.

    Returns
    -------
    x : array, shape (n, 2)
        The points, in the order in which they are met.
    labels : array of int, shape (n,)
        Their regions, 0 to 3.

    Raises
    ------
    ValueError
        If n is not an integer of at least 1, or the sampling is none of those named.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 37 and 41; Singhal and Wu,
    NIPS 1 (1988), for the shape.

    Examples
    --------
    >>> x, labels = four_regions(1000, "sobol", np.random.default_rng(0))
    >>> x.shape, labels.shape, [round(float(np.mean(labels == c)), 2) for c in range(4)]
    ((1000, 2), (1000,), [0.23, 0.28, 0.26, 0.23])
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"n must be an integer of at least 1, got {n!r}")
    if sampling not in SAMPLINGS:
        raise ValueError(f'sampling must be "uniform", "sobol" or "walk", got {sampling!r}')
    x = SAMPLINGS[sampling](int(n), np.random.default_rng(rng))
    return x, region(x)


def region(x) -> np.ndarray:
    """Return the labels of points of the square.

    Parameters
    ----------
    x : array, shape (..., 2)
        Points.

    Returns
    -------
    array of int, shape (...)
        0 to 3; a point on a circle belongs to its inside.

    Examples
    --------
    >>> region([[0.0, 0.0], [0.3, 0.0], [0.7, 0.0], [0.9, 0.9], [0.9, -0.9]]).tolist()
    [1, 2, 1, 3, 0]
    """
    x = np.asarray(x, dtype=float)
    ring = np.searchsorted(OUTER_RADII, np.hypot(x[..., 0], x[..., 1]))
    across = np.where(AXES[ring] == 0, x[..., 0], x[..., 1])
    return LABELS[ring, np.where(across > 0, 1, 0)]


def grid(side: int) -> tuple:
    """Return the centres of side x side equal cells of the square, and their labels.

    Parameters
    ----------
    side : int
        Cells along each edge.

    Returns
    -------
    x : array, shape (side * side, 2)
        The first coordinate runs fastest.
    labels : array of int, shape (side * side,)
        Their regions.

    Examples
    --------
    >>> x, labels = grid(2)
    >>> x.tolist(), labels.tolist()
    ([[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]], [2, 1, 2, 1])
    """
    centres = (2 * np.arange(side) + 1) / side - 1
    x = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
    return x, region(x)


def _uniform(n, rng):
    return rng.uniform(-1, 1, (n, 2))


def _sobol(n, rng):
    from scipy.stats import qmc  # slow to import, and needed here alone

    points = qmc.Sobol(2, scramble=False).random_base2(int(n - 1).bit_length())[:n]
    return 2 * ((points + rng.uniform(size=2)) % 1) - 1


def _walk(n, rng):
    steps = rng.normal(0, WALK_STEP, (n, 2))
    steps[0] = rng.uniform(-1, 1, 2)
    return 1 - np.abs((np.cumsum(steps, axis=0) + 1) % 4 - 2)  # folded back where it leaves the square


SAMPLINGS = {"uniform": _uniform, "sobol": _sobol, "walk": _walk}
