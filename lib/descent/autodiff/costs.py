"""Operations counted: what f, a JVP, a VJP and a Jacobian cost, the same on every machine.

A sweep is a program too.  It is recorded as a Wengert list of its own, with the point and
the seed as its inputs, and the operations in that list are counted.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from descent.autodiff.jacobians import jacobian
from descent.autodiff.listing import Constant, Entry, read
from descent.autodiff.modes import jvp, vjp
from descent.autodiff.wengert import wengert

# Operations that move numbers and calculate none.
MOVES = frozenset(
    [
        "input",
        "getitem",
        "component",
        "reshape",
        "ravel",
        "transpose",
        "swapaxes",
        "moveaxis",
        "expand_dims",
        "squeeze",
        "broadcast_to",
        "stack",
        "concatenate",
        "append",
        "split",
        "diag",
        "diagonal",
        "tril",
        "triu",
        "take",
        "roll",
        "flip",
        "repeat",
        "tile",
    ]
)
PRODUCTS = frozenset(["matmul", "dot", "inner"])
MODES = ("forward", "reverse")
REDUCTIONS = frozenset(["sum", "mean", "prod", "max", "min", "trace"])


def operations(f: Callable, *x) -> int:
    """Return the operations on two numbers that f carries out at x.

    An entrywise operation counts one for each number of its result, a sum one for each number
    that goes in, a product of matrices (a, b) and (b, c) counts 2 a b c, a linear system of n
    equations 2 n^3 / 3 + 2 n^2 for each right-hand side.  Moving numbers is free.

    Parameters
    ----------
    f : callable
        In plain NumPy.
    *x
        Its arguments.

    Raises
    ------
    TypeError
        As `wengert`.

    Examples
    --------
    >>> operations(lambda x: np.tanh(np.ones((3, 2)) @ x), np.ones(2))
    15
    """
    tape = wengert(f, *x).tape
    return sum(_operations(read(row), tape) for row in tape)


def _operations(entry: Entry, tape: list) -> int:
    size = int(np.size(entry.value))
    if entry.name in MOVES:
        return 0
    shapes = [np.shape(x.value if isinstance(x, Constant) else tape[x][1]) for x in entry.operands]
    if entry.name in PRODUCTS:
        return 2 * size * shapes[0][-1]
    if entry.name in REDUCTIONS:
        return int(np.prod(shapes[0]))
    if entry.name == "solve":
        n = shapes[0][-1]
        return 2 * n**3 // 3 + 2 * n * size
    return size


@dataclass(frozen=True)
class SweepCosts:
    """Operations of a function and of one sweep over it.

    Attributes
    ----------
    n, m : int
        Numbers that go in and come out.
    value : int
        Operations of f alone.
    forward, reverse : int
        Of f with one JVP, and of f with one VJP.
    """

    n: int
    m: int
    value: int
    forward: int
    reverse: int

    @property
    def forward_jacobian(self) -> int:
        """Operations of the Jacobian column by column: f once, then n tangents."""
        return self.value + self.n * (self.forward - self.value)

    @property
    def reverse_jacobian(self) -> int:
        """Operations of the Jacobian row by row: f once, then m adjoints."""
        return self.value + self.m * (self.reverse - self.value)


def sweep_costs(f: Callable, *x) -> SweepCosts:
    """Count what f costs at x, alone and with one sweep in each mode.

    Entries that f takes from an array one by one count as many additions in the reverse sweep
    as the array is long: write f on whole arrays, or on numbers.

    Parameters
    ----------
    f : callable
        In plain NumPy; returns a number or an array.
    *x
        Its arguments.

    Raises
    ------
    TypeError
        As `wengert`.

    Examples
    --------
    >>> A = np.ones((3, 100))
    >>> costs = sweep_costs(lambda x: A @ x, np.ones(100))
    >>> costs.value, costs.forward, costs.reverse
    (600, 1200, 1200)
    >>> costs.forward_jacobian, costs.reverse_jacobian
    (60600, 2400)
    """
    y = f(*x)
    k = len(x)

    def with_tangent(*args):
        return jvp(f, args[:k], args[k:])

    def with_adjoint(*args):
        value, pullback = vjp(f, *args[:k])
        return value, *pullback(args[k])

    return SweepCosts(
        n=sum(int(np.size(part)) for part in x),
        m=int(np.size(y)),
        value=operations(f, *x),
        forward=operations(with_tangent, *x, *x),
        reverse=operations(with_adjoint, *x, y),
    )


@dataclass(frozen=True)
class Fight:
    """Forward against reverse for f(x) = s(A x), with A of shape (m, n) (lecture: Figure 35).

    Attributes
    ----------
    n, m : int
        Inputs and outputs.
    outputs : tuple of int
        The m for which both were counted.
    forward, reverse : tuple of int
        Operations of the Jacobian in each mode, for each of these.
    here : SweepCosts
        At n and m.
    """

    n: int
    m: int
    outputs: tuple
    forward: tuple
    reverse: tuple
    here: SweepCosts


@lru_cache(maxsize=4096)
def product_costs(s: Callable, n: int, m: int) -> SweepCosts:
    """Count the sweeps over s(A x), A of shape (m, n).

    >>> product_costs(np.tanh, 2, 3).m
    3
    """
    A = np.ones((m, n)) / n
    return sweep_costs(lambda x: s(A @ x), np.full(n, 0.5))


def fight(s: Callable, n: int, m: int, most: int = 200) -> Fight:
    """Count the Jacobian of s(A x) in both modes, for m outputs and along m = 1, ..., most.

    Parameters
    ----------
    s : callable
        Entrywise, in plain NumPy.
    n, m : int
        Inputs and outputs, at least 1.
    most : int
        Largest m of the curves.

    Raises
    ------
    ValueError
        If n or m is below 1.

    Examples
    --------
    >>> one = fight(np.tanh, n=100, m=100)
    >>> one.here.forward_jacobian == one.here.reverse_jacobian
    True
    """
    if min(n, m) < 1:
        raise ValueError(f"n and m must be at least 1, got n = {n}, m = {m}")
    outputs = tuple(sorted({1, *range(10, most + 1, 10)}))
    costs = [product_costs(s, n, k) for k in outputs]
    return Fight(
        n, m, outputs, tuple(c.forward_jacobian for c in costs), tuple(c.reverse_jacobian for c in costs),
        product_costs(s, n, m),
    )  # fmt: skip


def seconds(f: Callable, *args, repeats: int = 9) -> float:
    """Return the shortest time of several calls: a measurement of this machine, little disturbed by others.

    >>> seconds(sum, [1, 2]) > 0
    True
    """
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        f(*args)
        times.append(time.perf_counter() - start)
    return min(times)


def seconds_of_jacobians(n: int, outputs: Sequence, rng) -> list:
    """Time the Jacobian of f(x) = A x in both modes.

    Parameters
    ----------
    n : int
        Inputs.
    outputs : sequence of int
        The numbers m of outputs.
    rng : Generator
        Draws A and x.

    Returns
    -------
    list
        (m, forward seconds, reverse seconds) for each.

    Examples
    --------
    >>> [row[0] for row in seconds_of_jacobians(5, [1, 10], np.random.default_rng(0))]
    [1, 10]
    """
    rows = []
    for m in outputs:
        A, x = rng.normal(size=(m, n)), rng.normal(size=n)
        rows.append((m, *(seconds(jacobian(lambda x, A=A: A @ x, mode=mode), x) for mode in MODES)))
    return rows
