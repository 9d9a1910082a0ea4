"""Hand tracking in small: a planar hand of twenty joints, an outline, a few random points."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from descent.stepwise import Step, converged, stepwise
from descent.stochastic.gains import SGD
from descent.stochastic.meta_descent import SMD
from descent.stochastic.streams import Batches
from descent.stochastic.training import train

FINGERS, BONES = 5, 4
DEGREES = 3 + FINGERS * BONES  # place and turn of the wrist, then one angle for each joint: 23
LENGTHS = np.array(
    [
        [0.30, 0.24, 0.18, 0.14],  # thumb
        [0.52, 0.28, 0.19, 0.14],
        [0.54, 0.31, 0.21, 0.15],
        [0.52, 0.29, 0.20, 0.15],
        [0.48, 0.22, 0.15, 0.12],  # little finger
    ]
)
RADII = np.array([0.08, 0.055, 0.05, 0.042])  # of the flesh round each bone
REST = np.zeros((FINGERS, BONES))
REST[:, 0] = np.radians([68, 30, 9, -12, -34])  # spread, seen from the wrist's own direction
REST[:, 1] = np.radians([-22, 2, 2, -2, -4])
SIDE = 144  # cells of the image along each edge
# The best of their grids on seeds 1000 to 1009: eta 1, 1.4, 1.7, 2; p0 1, 1.4, 1.7, mu 100 to 600,
# lambda 0.9 to 1.
TRACKERS = {"SGD": SGD(1.7), "SMD": SMD(1.4, 100.0, 0.99)}
REACH = 1.9  # the image shows [-REACH, REACH]^2, and goes on beyond as it is at its edge
CELL = 2 * REACH / (SIDE - 1)


def joints(pose) -> np.ndarray:
    """Return the ends of all bones, wrist first.

    Parameters
    ----------
    pose : array, shape (..., 23)
        Place of the wrist, its angle, and what each joint is bent away from rest, in radians.

    Returns
    -------
    array, shape (..., 5, 5, 2)
        Finger, joint, coordinate.

    Examples
    --------
    >>> joints(np.zeros(23)).shape
    (5, 5, 2)
    """
    pose = np.asarray(pose, dtype=float)
    bend = pose[..., 3:].reshape(*pose.shape[:-1], FINGERS, BONES) + REST
    angle = np.pi / 2 + pose[..., 2, None, None] + np.cumsum(bend, axis=-1)
    bones = LENGTHS[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    wrist = np.broadcast_to(pose[..., None, None, :2], (*pose.shape[:-1], FINGERS, 1, 2))
    return np.concatenate([wrist, wrist + np.cumsum(bones, axis=-2)], axis=-2)


def skin_points(n: int, rng) -> np.ndarray:
    """Draw n random points of the skin: finger, bone, share of the bone's length, side.

    >>> skin_points(3, np.random.default_rng(0)).shape
    (3, 4)
    """
    finger, bone = rng.integers(FINGERS, size=n), rng.integers(1, BONES, size=n)  # not the palm's inside
    return np.stack([finger, bone, rng.random(n), rng.choice([-1.0, 1.0], n)], axis=-1)


@functools.lru_cache(maxsize=256)
def distance_map(pose: tuple) -> np.ndarray:
    """Return the distance of each cell of the image from the outline of a hand, negative inside.

    Parameters
    ----------
    pose : tuple of 23 floats
        The hand.

    Returns
    -------
    array, shape (144, 144)
        In units of the hand; rows go with the second coordinate.

    Examples
    --------
    >>> distance_map((0.0,) * 23).shape
    (144, 144)
    """
    ends, axis = joints(np.array(pose)), np.linspace(-REACH, REACH, SIDE)
    x, y = axis, axis[:, None]
    inside = np.zeros((SIDE, SIDE), dtype=bool)
    starts, stops = ends[:, :-1].reshape(-1, 2), ends[:, 1:].reshape(-1, 2)
    for (sx, sy), (ax, ay), radius in zip(starts, stops - starts, np.tile(RADII, FINGERS), strict=True):
        share = np.clip(((x - sx) * ax + (y - sy) * ay) / (ax * ax + ay * ay), 0, 1)
        inside |= (x - sx - share * ax) ** 2 + (y - sy - share * ay) ** 2 <= radius**2
    outwards = ndimage.distance_transform_edt(~inside) - ndimage.distance_transform_edt(inside)
    return CELL * (outwards - 0.5 * np.sign(outwards))


@dataclass(frozen=True)
class HandModel:
    """A hand whose skin should lie on the outline that a camera sees.

    The loss of a skin point is half the square of its distance from the outline; y is the number
    of the camera's frame.

    Attributes
    ----------
    poses : array, shape (frames, 23)
        The true hand, known to the camera alone.
    """

    poses: np.ndarray
    maps: list = field(init=False)

    def __post_init__(self):
        maps = [distance_map(tuple(pose.tolist())) for pose in self.poses]
        slopes = [np.gradient(image, CELL) for image in maps]
        object.__setattr__(self, "maps", [(m, dx, dy) for m, (dy, dx) in zip(maps, slopes, strict=True)])

    def initial(self, rng) -> np.ndarray:
        """Start a little away from the first true pose."""
        return self.poses[0] + np.concatenate([[0.05, -0.04, 0.06], np.full(FINGERS * BONES, 0.03)])

    def at(self, w, x, y) -> "HandPass":
        return HandPass.look(w, x, self.maps[int(np.ravel(y)[0])])


@dataclass(frozen=True)
class HandPass:
    """Distances of skin points from the outline, and their Jacobian in the pose.

    Attributes
    ----------
    r : array, shape (..., batch)
        Distances.
    J : array, shape (..., batch, 23)
        A joint turns what lies beyond it: its column is the slope of the distance along that turn.
    """

    r: np.ndarray
    J: np.ndarray

    @classmethod
    def look(cls, w, x, images) -> "HandPass":
        ends, finger, bone = joints(w), x[..., 0].astype(int), x[..., 1].astype(int)
        flat = ends.reshape(*w.shape[:-1], -1, 2)
        first = (finger * (BONES + 1) + bone)[..., None]
        start = np.take_along_axis(flat, first, axis=-2)
        along = np.take_along_axis(flat, first + 1, axis=-2) - start
        across = np.stack([-along[..., 1], along[..., 0]], axis=-1) / LENGTHS[finger, bone][..., None]
        point = start + x[..., 2, None] * along + (x[..., 3] * RADII[bone])[..., None] * across
        cells = np.moveaxis((point[..., ::-1] + REACH) / CELL, -1, 0)
        r, dx, dy = (ndimage.map_coordinates(image, cells, order=1, mode="nearest") for image in images)
        turned = point[..., None, :] - ends[..., :-1, :].reshape(*w.shape[:-1], 1, -1, 2)
        lever = dy[..., None] * turned[..., 0] - dx[..., None] * turned[..., 1]
        chain = np.arange(FINGERS * BONES)
        beyond = (chain // BONES == finger[..., None]) & (chain % BONES <= bone[..., None])
        return cls(r, np.concatenate([dx[..., None], dy[..., None], lever[..., :1], lever * beyond], axis=-1))

    def loss(self):
        return np.mean(self.r**2, axis=-1) / 2

    def gradient(self):
        return self._back(self.r)

    def gauss_newton(self, v):
        """Return g and G v = J'J v / batch."""
        return self._back(self.r), self._back((self.J @ v[..., None])[..., 0])

    def _back(self, r):
        return (self.J.mT @ r[..., None])[..., 0] / r.shape[-1]


@functools.lru_cache(maxsize=4)
def wave(frames: int) -> np.ndarray:
    """Return the poses of a hand that waves once, drifts and bends its fingers, shape (frames, 23).

    >>> wave(10).shape
    (10, 23)
    """
    t = np.linspace(0, 2 * np.pi, frames)[:, None]
    poses = np.zeros((frames, DEGREES))
    poses[:, :2] = np.concatenate([0.35 * np.sin(t), -0.6 + 0.2 * (1 - np.cos(t))], axis=1)
    poses[:, 2] = 0.35 * np.sin(t[:, 0])
    bend = 0.22 * np.sin(t + np.linspace(0, 2, FINGERS))
    poses[:, 3:] = np.repeat(bend, BONES, axis=1) * np.tile([0.3, 1.0, 1.0, 0.6], FINGERS)
    poses.flags.writeable = False
    return poses


@dataclass(frozen=True)
class Tracked(Step):
    """The trackers after the updates for one frame of the camera.

    Attributes
    ----------
    image : array, shape (144, 144)
        Distance from the outline that the camera sees, negative inside.
    truth : array, shape (5, 5, 2)
        The joints of the hand behind it.
    found : dict
        From a rule's name to the joints of its first seed.
    errors : dict
        From a rule's name to the mean distance of the twenty moving joints from the true ones,
        shape (seeds,).
    """

    image: np.ndarray
    truth: np.ndarray
    found: Mapping
    errors: Mapping


@stepwise
def track(rules: Mapping, *, frames: int = 100, updates: int = 20, points: int = 10, seeds=range(10)):
    """Follow a waving hand with each rule, from a few random skin points at every update.

    Parameters
    ----------
    rules : dict
        From a name to a rule that needs gradients, and Gauss-Newton products at most.
    frames, updates, points : int
        Pictures of the camera, updates for each, and skin points for each update.
    seeds : sequence of int
        Trackers side by side.

    Returns
    -------
    Run of Tracked

    Raises
    ------
    ValueError
        If there is no rule.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 44-46.

    Examples
    --------
    >>> from descent.stochastic import SGD
    >>> run = track({"SGD": SGD(0.1)}, frames=3, updates=2, seeds=range(2))
    >>> run.nit, run.last.errors["SGD"].shape
    (3, (2,))
    """
    if not rules:
        raise ValueError("rules must name at least one rule, got none")
    model = HandModel(wave(frames))
    rngs = [np.random.default_rng([seed, 3]) for seed in seeds]
    x = np.stack([skin_points(frames * updates * points, rng) for rng in rngs])
    y = np.broadcast_to(np.repeat(np.arange(frames), updates * points), x.shape[:-1])
    stream = Batches(x, y, points)
    runs = [
        train(rule, model, stream, steps=frames * updates, rng=rngs, every=updates) for rule in rules.values()
    ]
    for steps in zip(*runs, strict=False):
        k = max(0, steps[0].t // updates - 1)
        truth = joints(model.poses[k])
        found = {name: joints(step.x) for name, step in zip(rules, steps, strict=True)}
        errors = {
            name: np.linalg.norm(hands - truth, axis=-1)[..., 1:].mean(axis=(1, 2))
            for name, hands in found.items()
        }
        first = {name: hands[0] for name, hands in found.items()}
        yield Tracked(distance_map(tuple(model.poses[k].tolist())), truth, first, errors)
    return converged("all frames are seen", frames=(frames, frames))
