"""A discrete problem whose changes cost O(1): spins on a grid that disagree about their neighbours."""

import functools
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class SpinGlass:
    """Spins of +1 or -1 on a grid, and couplings of +1 or -1 between neighbours.

    The energy is -sum J_ab s_a s_b over neighbours: a bond is content if s_a s_b = J_ab.  It is
    the same as the search for the largest cut of the grid's graph with weights -J.

    Attributes
    ----------
    right : array, shape (rows, columns - 1)
        Couplings of each site to the one on its right.
    down : array, shape (rows - 1, columns)
        Couplings of each site to the one below.
    """

    right: np.ndarray
    down: np.ndarray

    @property
    def shape(self) -> tuple:
        return self.right.shape[0], self.down.shape[1]

    @functools.cached_property
    def bonds(self) -> list:
        """Bonds as (site, site, J), sites numbered row by row."""
        rows, columns = self.shape
        sites = np.arange(rows * columns).reshape(rows, columns)
        ends = (sites[:, :-1], sites[:, 1:], self.right), (sites[:-1], sites[1:], self.down)
        return [
            bond for parts in ends for bond in zip(*(part.ravel().tolist() for part in parts), strict=True)
        ]

    @functools.cached_property
    def neighbours(self) -> list:
        """For each site its neighbours as (site, J), four at most."""
        found = [[] for _ in range(self.shape[0] * self.shape[1])]
        for a, b, coupling in self.bonds:
            found[a].append((b, coupling))
            found[b].append((a, coupling))
        return found

    def energy(self, spins) -> int:
        """Return the energy of all spins, a list: it looks at every bond.

        >>> SpinGlass(np.array([[1]]), np.zeros((0, 2))).energy([1, 1])
        -1
        """
        return -sum(coupling * spins[a] * spins[b] for a, b, coupling in self.bonds)

    def change(self, spins, site: int) -> int:
        """Return what flipping one spin does to the energy: it looks at four bonds, whatever the size.

        >>> SpinGlass(np.array([[1]]), np.zeros((0, 2))).change([1, 1], 0)
        2
        """
        pull = 0
        for other, coupling in self.neighbours[site]:
            pull += coupling * spins[other]
        return 2 * spins[site] * pull

    def least_energy(self) -> int:
        """Return the exact minimum, row by row: the least energy so far for each state of the last row.

        That takes rows * 4^columns operations, so it is for narrow grids.

        >>> SpinGlass(np.ones((2, 1)), np.array([[1, -1]])).least_energy()
        -2
        """
        columns = self.shape[1]
        states = 1 - 2 * ((np.arange(2**columns)[:, None] >> np.arange(columns)) & 1)
        within = -(states[:, :-1] * states[:, 1:]) @ self.right.T  # energy of each state in each row
        least = within[:, 0]
        for row, couplings in enumerate(self.down, 1):
            between = -(states * couplings) @ states.T
            least = np.min(least[:, None] + between, axis=0) + within[:, row]
        return int(least.min())


def spin_glass(rows: int = 10, columns: int = 9, *, seed: int = 0) -> SpinGlass:
    """Return a grid of spins with random couplings of +1 and -1.

    Parameters
    ----------
    rows, columns : int
        At least 2.
    seed : int
        Of the couplings.

    Raises
    ------
    ValueError
        If there are fewer than 2 rows or columns.

    Examples
    --------
    >>> glass = spin_glass(4, 4)
    >>> glass.shape, len(glass.bonds)
    ((4, 4), 24)
    """
    if rows < 2 or columns < 2:
        raise ValueError(f"rows and columns must be at least 2, got {rows} and {columns}")
    rng = np.random.default_rng(seed)
    return SpinGlass(rng.choice([-1, 1], (rows, columns - 1)), rng.choice([-1, 1], (rows - 1, columns)))
