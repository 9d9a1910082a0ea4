"""Orders of a Jacobian chain: counted against brute force, and all with the same product."""

import functools
import itertools

import numpy as np
import pytest
from descent.autodiff.chains import cost, multiply, multiply_chain, orders
from hypothesis import given
from hypothesis import strategies as st

SIZES = st.lists(st.integers(1, 12), min_size=3, max_size=7)


def all_cuts(first: int, last: int) -> list:
    """Return every bracketing of J_last ... J_first."""
    if first == last:
        return [first]
    return [
        (later, earlier)
        for cut in range(first, last)
        for earlier in all_cuts(first, cut)
        for later in all_cuts(cut + 1, last)
    ]


def jacobians(sizes) -> list:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(rows, columns)) for columns, rows in itertools.pairwise(sizes)]


@given(SIZES)
def test_no_bracketing_is_cheaper_than_the_best(sizes):
    assert orders(sizes)["best"].multiplications == min(cost(sizes, c) for c in all_cuts(1, len(sizes) - 1))


@given(SIZES)
def test_every_order_gives_the_product_and_costs_what_it_says(sizes):
    factors = jacobians(sizes)
    product = functools.reduce(lambda J, factor: factor @ J, factors)
    for order in orders(sizes).values():
        J, count = multiply(factors, order.cuts)
        np.testing.assert_allclose(J, product, rtol=1e-10, atol=1e-10)
        assert count == order.multiplications == cost(sizes, order.cuts)


@given(SIZES)
def test_forward_carries_the_inputs_and_reverse_the_outputs(sizes):
    links = list(itertools.pairwise(sizes))
    found = orders(sizes)
    assert found["forward"].multiplications == sizes[0] * sum(a * b for a, b in links[1:])
    assert found["reverse"].multiplications == sizes[-1] * sum(a * b for a, b in links[:-1])


@given(SIZES)
def test_growing_layers_ask_for_forward_and_shrinking_ones_for_reverse(sizes):
    growing, shrinking = orders(sorted(sizes)), orders(sorted(sizes, reverse=True))
    assert growing["forward"].multiplications == growing["best"].multiplications
    assert shrinking["reverse"].multiplications == shrinking["best"].multiplications


def test_a_bottleneck_asks_for_both():
    found = {name: order.multiplications for name, order in orders([40, 30, 2, 30, 40]).items()}
    assert found == {"forward": 52800, "reverse": 52800, "meet at the narrowest": 8000, "best": 8000}


def test_the_best_may_be_none_of_the_usual_three():
    found = orders([1, 1, 5, 1, 2])
    assert found["best"].text == "J4 ((J3 J2) J1)"
    others = (order.multiplications for name, order in found.items() if name != "best")
    assert found["best"].multiplications == 8 < min(others)


@given(SIZES, st.sampled_from(["forward", "reverse", "meet at the narrowest", "best"]))
def test_the_film_multiplies_neighbours_until_one_factor_is_left(sizes, order):
    film = multiply_chain(sizes, order)
    assert film.nit == len(sizes) - 2
    for before, step in itertools.pairwise(film):
        rows = [rows for _, rows, _ in step.factors]
        columns = [columns for _, _, columns in step.factors]
        assert rows[1:] == columns[:-1]
        (_, top, middle), (_, _, bottom) = before.factors[step.place : step.place + 2]
        assert step.multiplications == top * middle * bottom
        assert step.total == before.total + step.multiplications
    assert film.last.factors == ((film.last.product, sizes[-1], sizes[0]),)
    assert film.last.total == orders(sizes)[order].multiplications


@pytest.mark.parametrize("sizes", [[3, 4], [3, 0, 4], []])
def test_bad_sizes_are_named(sizes):
    with pytest.raises(ValueError, match="sizes must be at least three numbers of at least 1"):
        orders(sizes)


def test_an_unknown_order_is_named():
    with pytest.raises(ValueError, match=r"order must be one of forward, reverse.*got 'sideways'"):
        multiply_chain([2, 3, 4], "sideways")
