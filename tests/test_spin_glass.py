"""Spins on a grid: the O(1) change, the exact minimum, annealing, and their picture."""

import itertools

import numpy as np
import pytest
from descent.figures import Frame
from descent.figures.spins import SpinPicture
from descent.methods.spin_flips import flip_spins, glass_film
from descent.problems.spin_glass import SpinGlass, spin_glass
from hypothesis import given
from hypothesis import strategies as st

sizes = st.integers(2, 6)


def flipped(spins, site):
    return [-spin if i == site else spin for i, spin in enumerate(spins)]


@given(sizes, sizes, st.integers(0, 1000))
def test_the_change_is_the_difference_of_two_energies(rows, columns, seed):
    glass, rng = spin_glass(rows, columns, seed=seed), np.random.default_rng(seed)
    spins = rng.choice([-1, 1], rows * columns).tolist()
    for site in range(rows * columns):
        assert glass.change(spins, site) == glass.energy(flipped(spins, site)) - glass.energy(spins)


@given(sizes, sizes, st.integers(0, 1000))
def test_every_pair_of_neighbours_is_one_bond(rows, columns, seed):
    glass = spin_glass(rows, columns, seed=seed)
    assert len({(a, b) for a, b, _ in glass.bonds}) == rows * (columns - 1) + (rows - 1) * columns
    assert sum(map(len, glass.neighbours)) == 2 * len(glass.bonds)
    assert max(map(len, glass.neighbours)) <= 4


@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (4, 3), (5, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_the_exact_minimum_is_the_least_over_all_states(shape, seed):
    glass = spin_glass(*shape, seed=seed)
    states = itertools.product([-1, 1], repeat=shape[0] * shape[1])
    assert glass.least_energy() == min(glass.energy(state) for state in states)


def test_without_frustration_every_bond_is_content():
    ferromagnet = SpinGlass(np.ones((5, 3), int), np.ones((4, 4), int))
    assert ferromagnet.least_energy() == -len(ferromagnet.bonds)


@pytest.mark.parametrize("hot", [0.0, 1.0, 3.0])
def test_the_energy_that_is_carried_along_is_the_energy(hot):
    glass = spin_glass(6, 5)
    run = flip_spins(glass, hot=hot, sweeps=10, rng=np.random.default_rng(2))
    for sweep in run:
        assert sweep.energy == glass.energy(sweep.spins.ravel().tolist())
        assert sweep.fun == glass.energy(sweep.x.ravel().tolist()) >= glass.least_energy()
    assert run.fun == min(sweep.energy for sweep in run)
    assert run.last.trials == 10 * 30
    if hot:
        assert run.last.temperature == pytest.approx(0.2)


def test_a_quench_never_rises_and_cooling_gets_deeper():
    glass = spin_glass()
    cold = [flip_spins(glass, hot=0.0, sweeps=100, rng=np.random.default_rng(k)) for k in range(6)]
    for run in cold:
        energies = [sweep.energy for sweep in run]
        assert energies == sorted(energies, reverse=True)
    cooled = [flip_spins(glass, hot=2.0, sweeps=100, rng=np.random.default_rng(k)) for k in range(6)]
    assert np.mean([run.fun for run in cooled]) < np.mean([run.fun for run in cold])


def test_the_temperature_decides_how_many_uphill_flips_pass():
    glass = SpinGlass(np.ones((2, 1), int), np.ones((1, 2), int))  # 4 spins in a ring
    run = flip_spins(glass, hot=3.0, cold=3.0, sweeps=20_000, rng=np.random.default_rng(0))
    energies = np.array([sweep.energy for sweep in run[1000:]])
    states = [glass.energy(state) for state in itertools.product([-1, 1], repeat=4)]
    weights = np.exp(-np.array(states) / 3.0)
    boltzmann = float(np.sum(states * weights) / np.sum(weights))
    assert np.mean(energies) == pytest.approx(boltzmann, abs=0.08)


@pytest.mark.parametrize(
    ("options", "name"), [({"hot": -1.0}, "hot"), ({"cold": 0.0}, "cold"), ({"sweeps": 0}, "sweeps")]
)
def test_bad_options_are_named(options, name):
    with pytest.raises(ValueError, match=name):
        flip_spins(spin_glass(3, 3), **options)


def test_a_grid_needs_two_rows():
    with pytest.raises(ValueError, match="rows"):
        spin_glass(1, 5)


@pytest.mark.parametrize("k", [0, 3, 8])
def test_the_picture_shows_spins_and_discontent_bonds(k):
    glass = spin_glass(4, 5)
    film = glass_film(glass, glass.least_energy(), flip_spins(glass, sweeps=8, rng=np.random.default_rng(0)))
    picture, frame = SpinPicture(), Frame(film, k)
    picture.update(frame)
    sweep = film[k].sweep
    assert len(picture.ups.get_xdata()) == np.sum(sweep.spins > 0)
    assert len(picture.downs.get_xdata()) == np.sum(sweep.spins < 0)
    assert 2 * len(picture.red.get_segments()) - len(glass.bonds) == sweep.energy
    assert picture.head.get_xydata().tolist() == [[k, sweep.energy]]
    assert f"the energy is {sweep.energy}" in picture.describe(frame)
