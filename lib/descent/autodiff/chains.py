"""A chain of Jacobians and the orders in which it can be multiplied, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from descent.stepwise import Step, converged, stepwise


@dataclass(frozen=True)
class Order:
    """An order of multiplication of J_k ... J_1.

    Attributes
    ----------
    name : str
        "forward", "reverse", "meet at the narrowest", "best".
    cuts : tuple
        The tree of products: an int i is J_i, a pair (later, earlier) is a product.
    multiplications : int
        Of two numbers, in all products.
    """

    name: str
    cuts: int | tuple
    multiplications: int

    @property
    def text(self) -> str:
        """The order in brackets, as "(J3 J2) J1"."""
        return _written(self.cuts, outer=True)


def _written(cuts, outer=False) -> str:
    if isinstance(cuts, int):
        return f"J{cuts}"
    text = f"{_written(cuts[0])} {_written(cuts[1])}"
    return text if outer else f"({text})"


def cost(sizes: Sequence, cuts) -> int:
    """Return the multiplications of an order: a product of a x b by b x c takes a b c.

    Parameters
    ----------
    sizes : sequence of int
        n_0 (inputs), n_1, ..., n_k (outputs); J_i has shape (n_i, n_{i-1}).
    cuts : int or tuple
        As in `Order`.

    Examples
    --------
    >>> cost([10, 2, 10], (2, 1))
    200
    """
    if isinstance(cuts, int):
        return 0
    later, earlier = cuts
    (top, middle), (_, bottom) = _ends(later), _ends(earlier)
    return cost(sizes, later) + cost(sizes, earlier) + sizes[top] * sizes[middle] * sizes[bottom]


def _ends(cuts) -> tuple:
    """Return the number of the last size and of the first size of a product."""
    first = last = cuts
    while not isinstance(last, int):
        last = last[0]
    while not isinstance(first, int):
        first = first[1]
    return last, first - 1


def forward_order(sizes: Sequence) -> Order:
    """Return J_k (... (J_3 (J_2 J_1))): from the inputs on, as forward mode multiplies.

    >>> forward_order([1, 5, 5, 5]).text
    'J3 (J2 J1)'
    """
    cuts = _from_the_inputs(1, _links(sizes))
    return Order("forward", cuts, cost(sizes, cuts))


def reverse_order(sizes: Sequence) -> Order:
    """Return ((J_k J_{k-1}) ...) J_1: from the outputs back, as reverse mode multiplies.

    >>> reverse_order([5, 5, 5, 1]).text
    '(J3 J2) J1'
    """
    cuts = _from_the_outputs(1, _links(sizes))
    return Order("reverse", cuts, cost(sizes, cuts))


def meeting_order(sizes: Sequence) -> Order:
    """Return the mixed mode: reverse from the narrowest inner layer to the inputs, forward from there on.

    >>> meeting_order([5, 5, 1, 5, 5]).text
    '(J4 J3) (J2 J1)'
    """
    k = _links(sizes)
    narrowest = 1 + int(np.argmin(sizes[1:-1]))
    cuts = (_from_the_inputs(narrowest + 1, k), _from_the_outputs(1, narrowest))
    return Order("meet at the narrowest", cuts, cost(sizes, cuts))


def best_order(sizes: Sequence) -> Order:
    """Return an order with the fewest multiplications, by dynamic programming over all brackets.

    For a chain that takes O(k^3).  For a general graph the best order is NP-hard.

    References
    ----------
    S. Godbole, On efficient computation of matrix chain products, IEEE Trans. Computers C-22 (1973), 864.
    U. Naumann, Optimal Jacobian accumulation is NP-complete, Math. Programming 112 (2008), 427.

    Examples
    --------
    >>> best_order([10, 100, 5, 50]).text, best_order([10, 100, 5, 50]).multiplications
    ('J3 (J2 J1)', 7500)
    """
    n = tuple(int(size) for size in sizes)
    k = _links(n)

    @cache
    def best(first, last):  # of the product J_last ... J_first
        if first == last:
            return 0, first
        return min(
            (
                (
                    best(first, cut)[0] + best(cut + 1, last)[0] + n[first - 1] * n[cut] * n[last],
                    (best(cut + 1, last)[1], best(first, cut)[1]),
                )
                for cut in range(first, last)
            ),
            key=lambda found: found[0],
        )

    multiplications, cuts = best(1, k)
    return Order("best", cuts, multiplications)


def orders(sizes: Sequence) -> dict:
    """Return the four orders by name.

    Parameters
    ----------
    sizes : sequence of int
        n_0 (inputs), n_1, ..., n_k (outputs), each at least 1; at least two Jacobians.

    Raises
    ------
    ValueError
        If there are fewer than three sizes, or one is below 1.

    Examples
    --------
    >>> {name: order.multiplications for name, order in orders([40, 2, 40, 40]).items()}
    {'forward': 67200, 'reverse': 6400, 'meet at the narrowest': 6400, 'best': 6400}
    """
    found = (forward_order(sizes), reverse_order(sizes), meeting_order(sizes), best_order(sizes))
    return {order.name: order for order in found}


def _links(sizes) -> int:
    if len(sizes) < 3 or any(size < 1 for size in sizes):
        raise ValueError(f"sizes must be at least three numbers of at least 1, got {list(sizes)!r}")
    return len(sizes) - 1


def _from_the_inputs(first, last):
    cuts = first
    for i in range(first + 1, last + 1):
        cuts = (i, cuts)
    return cuts


def _from_the_outputs(first, last):
    cuts = last
    for i in range(last - 1, first - 1, -1):
        cuts = (cuts, i)
    return cuts


@dataclass(frozen=True)
class ChainStep(Step):
    """The factors that are left after a product.

    Attributes
    ----------
    factors : tuple
        (label, rows, columns) of each, in the order of the product, the outputs first.
    product : str
        What was multiplied, "" at the start.
    multiplications, total : int
        Of this product, and of all so far.
    place : int
        Where in `factors` the product stands, -1 at the start.
    """

    factors: tuple
    product: str
    multiplications: int
    total: int
    place: int


@stepwise
def multiply_chain(sizes: Sequence, order: str = "best"):
    """Multiply a chain of Jacobians in one of the four orders, a frame for each product.

    Parameters
    ----------
    sizes : sequence of int
        As in `orders`.
    order : str
        A name in `orders`.

    Raises
    ------
    ValueError
        If the order has no such name.

    Examples
    --------
    >>> film = multiply_chain([40, 2, 40, 40], "reverse")
    >>> [step.product for step in film], film.last.total
    (['', 'J3 J2', 'J3 J2 J1'], 6400)
    """
    known = orders(sizes)
    if order not in known:
        raise ValueError(f"order must be one of {', '.join(known)}, got {order!r}")
    left = [(i,) for i in range(len(sizes) - 1, 0, -1)]  # each factor by the Jacobians in it
    total = 0

    def step(product="", multiplications=0, place=-1):
        factors = tuple((_label(part), sizes[part[0]], sizes[part[-1] - 1]) for part in left)
        return ChainStep(factors, product, multiplications, total, place)

    yield step()
    for later, earlier in _products(known[order].cuts):
        place = left.index(later)
        left[place : place + 2] = [later + earlier]
        multiplications = sizes[later[0]] * sizes[earlier[0]] * sizes[earlier[-1] - 1]
        total += multiplications
        yield step(_label(later + earlier), multiplications, place)
    return converged("one factor is left: the Jacobian")


def _products(cuts) -> list:
    """Return the products of a tree as pairs of index tuples, inner ones first."""
    if isinstance(cuts, int):
        return []
    later, earlier = cuts
    return [*_products(earlier), *_products(later), (_leaves(later), _leaves(earlier))]


def _leaves(cuts) -> tuple:
    return (cuts,) if isinstance(cuts, int) else _leaves(cuts[0]) + _leaves(cuts[1])


def _label(part) -> str:
    return " ".join(f"J{i}" for i in part)


def multiply(jacobians: Sequence, cuts) -> tuple:
    """Return the product J_k ... J_1 in an order, and the multiplications it took.

    Parameters
    ----------
    jacobians : sequence of 2-D arrays
        J_1, ..., J_k.
    cuts : int or tuple
        As in `Order`.

    Examples
    --------
    >>> J, count = multiply([np.ones((2, 10)), np.ones((10, 2))], (2, 1))
    >>> J.shape, count
    ((10, 10), 200)
    """
    if isinstance(cuts, int):
        return np.asarray(jacobians[cuts - 1]), 0
    later, before = multiply(jacobians, cuts[0])
    earlier, after = multiply(jacobians, cuts[1])
    return later @ earlier, before + after + later.shape[0] * later.shape[1] * earlier.shape[1]
