"""The articulated hand: joints, Jacobian, the distance map, and the tracking of a moving outline."""

import numpy as np
import pytest
from descent.figures import Frame
from descent.figures.hand import HandPicture
from descent.stochastic import SGD, SMD
from descent.stochastic.hand import (
    DEGREES,
    LENGTHS,
    REACH,
    SIDE,
    TRACKERS,
    HandModel,
    HandPass,
    distance_map,
    joints,
    skin_points,
    track,
    wave,
)


def test_the_hand_has_twenty_joints_and_the_lectures_23_degrees_of_freedom():
    assert DEGREES == 23
    assert joints(np.zeros(23))[:, :-1].reshape(-1, 2).shape == (20, 2)


def test_bones_keep_their_lengths_in_every_pose():
    poses = np.random.default_rng(0).normal(size=(6, DEGREES))
    bones = np.diff(joints(poses), axis=-2)
    assert np.linalg.norm(bones, axis=-1) == pytest.approx(np.broadcast_to(LENGTHS, (6, 5, 4)))


def test_wrist_moves_and_turns_the_whole_hand():
    pose = np.random.default_rng(1).normal(size=DEGREES)
    moved = pose.copy()
    moved[:2] += [0.3, -0.2]
    assert joints(moved) - joints(pose) == pytest.approx(np.broadcast_to([0.3, -0.2], (5, 5, 2)))
    turned = pose.copy()
    turned[2] += np.pi / 2
    around = joints(pose) - pose[:2]
    assert joints(turned) - pose[:2] == pytest.approx(np.stack([-around[..., 1], around[..., 0]], axis=-1))


def test_jacobian_is_the_derivative_of_the_distances():
    """On an image that is a plane, where interpolation is exact."""
    axis = np.linspace(-REACH, REACH, SIDE)
    plane = 0.3 * axis + 0.7 * axis[:, None]
    images = (plane, np.full_like(plane, 0.3), np.full_like(plane, 0.7))
    rng, h = np.random.default_rng(2), 1e-6
    w, x = 0.1 * rng.normal(size=DEGREES), skin_points(12, rng)
    measured = np.empty((12, DEGREES))
    for i, e in enumerate(np.eye(DEGREES) * h):
        measured[:, i] = (HandPass.look(w + e, x, images).r - HandPass.look(w - e, x, images).r) / (2 * h)
    here = HandPass.look(w, x, images)
    assert pytest.approx(measured, abs=1e-8) == here.J
    v = rng.normal(size=DEGREES)
    g, Gv = here.gauss_newton(v)
    assert g == pytest.approx(here.J.T @ here.r / 12)
    assert Gv == pytest.approx(here.J.T @ (here.J @ v) / 12)


def test_skin_of_the_true_hand_lies_on_the_outline():
    """Only where two fingers overlap is a point of the skin hidden inside."""
    poses, rng = wave(8), np.random.default_rng(3)
    model = HandModel(poses)
    r = model.at(poses[2], skin_points(400, rng), np.array([2])).r
    assert np.median(np.abs(r)) < 2 * REACH / SIDE
    assert np.quantile(r, 0.99) < 0.05


def test_distance_map_is_a_signed_distance():
    image = distance_map(tuple(wave(4)[0].tolist()))
    assert image.min() < 0 < image.max()
    slope = np.hypot(*np.gradient(image, 2 * REACH / (SIDE - 1)))
    assert np.median(slope) == pytest.approx(1, abs=0.05)


def test_trackers_follow_and_meta_descent_follows_closer():
    run = track(TRACKERS, seeds=range(5))
    late = {name: np.mean([step.errors[name] for step in run[50:]], axis=0) for name in TRACKERS}
    standing = np.linalg.norm(joints(wave(100)[0]) - joints(wave(100)), axis=-1)[..., 1:].mean()
    assert late["SGD"].max() < 0.06 < 0.2 < standing
    gap = late["SGD"] - late["SMD"]
    assert gap.mean() > 4 * gap.std(ddof=1) / np.sqrt(gap.size)


def test_a_hand_without_rule_is_refused():
    with pytest.raises(ValueError, match="at least one rule"):
        track({})


def test_picture_shows_hands_and_errors():
    run = track({"SGD": SGD(1.0), "SMD": SMD(1.0, 10.0, 0.9)}, frames=4, updates=3, seeds=range(2))
    picture = HandPicture()
    picture.update(Frame(run, 3))
    assert np.transpose(picture.bones["SMD"][2].get_data()) == pytest.approx(run[3].found["SMD"][2])
    assert np.array_equal(picture.seen.get_array(), run[3].image < 0)
    assert f"SGD {run[3].errors['SGD'].mean():.3f}" in picture.describe(Frame(run, 3))
