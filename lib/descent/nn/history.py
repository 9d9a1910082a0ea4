"""How a tensor was made: the piece of the Wengert list that one call has written."""

from descent.autodiff.sweeps import reverse_sweep


class History:
    """How a tensor was made: its piece of the Wengert list.

    Attributes
    ----------
    name : str
        The function that was called.
    rows : list or None
        The rows that it wrote; None when a backward pass has freed them.
    output : int
        The row of the tensor.
    parents : tuple of Tensor
        Where the rows begin: row i < len(parents) is the input parents[i].
    """

    __slots__ = ("name", "output", "parents", "rows")

    def __init__(self, name: str, rows: list, output: int, parents: tuple):
        self.name, self.rows, self.output, self.parents = name, rows, output, parents

    def pull_back(self, adjoint) -> list:
        """Return (parent, what its adjoint receives), by a reverse sweep over these rows."""
        found = reverse_sweep(self.rows, {self.output: adjoint})
        return [(self.parents[i], term) for i, term in found.items()]

    def free(self) -> None:
        self.rows, self.parents = None, ()

    def __repr__(self):
        return f"<{self.name}>"
