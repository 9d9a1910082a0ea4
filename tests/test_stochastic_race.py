"""The race on Four Regions: who wins by how much, on seeds that tuned nothing, and what it costs."""

import numpy as np
import pytest
from descent.stochastic import (
    ALAP,
    FILTER,
    GEKF,
    SGD,
    SMD,
    TEST_SEEDS,
    TUNED,
    TUNING_SEEDS,
    LearningCurve,
    Momentum,
    cost_table,
    learning_curve,
    operations_per_weight,
    race_on_four_regions,
    seconds_per_pattern,
    standings,
    stored_per_weight,
)

slow = pytest.mark.slow


def curves(sampling, rules=None, **settings):
    runs = race_on_four_regions(rules or TUNED[sampling], sampling, frames=1, **settings)
    return {name: learning_curve(run) for name, run in runs.items()}


def margin(worse, better):
    """Return the mean difference of the final losses, seed by seed, in standard errors."""
    difference = worse.losses[-1] - better.losses[-1]
    return difference.mean() / (difference.std(ddof=1) / np.sqrt(difference.size))


def test_no_seed_both_tunes_and_tests():
    assert not set(TUNING_SEEDS) & set(TEST_SEEDS)
    assert len(TEST_SEEDS) == 40


@slow
@pytest.mark.parametrize("sampling", ["uniform", "sobol"])
def test_meta_descent_wins_on_forty_fresh_seeds(sampling):
    measured = curves(sampling)
    assert measured["SMD"].mean[-1] <= 0.16
    assert measured["SMD"].diverged == 0
    for rival in ("SGD, constant", "SGD, annealed", "ALAP"):
        assert margin(measured[rival], measured["SMD"]) >= 4


@slow
def test_meta_descent_wins_on_the_walk():
    measured = curves("walk")
    assert measured["SMD"].diverged == 0
    for rival in ("SGD, constant", "SGD, annealed", "ALAP"):
        assert margin(measured[rival], measured["SMD"]) >= 4


@slow
def test_the_hessian_diverges_where_gauss_newton_does_not():
    rules = {"G": SMD(), "H": SMD(curvature="hessian")}
    measured = curves("uniform", rules)
    assert measured["G"].diverged == 0
    assert measured["H"].diverged >= 4


@slow
def test_the_filter_learns_most_from_each_pattern():
    once = {"patterns": 15_000, "batch": 1}  # each pattern singly
    losses = [curves("uniform", FILTER, seeds=[seed], **once)["GEKF"].mean[-1] for seed in range(5)]
    assert np.mean(losses) <= 0.11


def test_a_short_race_already_has_its_order():
    measured = curves("uniform", patterns=10_000, seeds=range(10))
    assert margin(measured["SGD, constant"], measured["SMD"]) > 4
    assert list(measured) == list(TUNED["uniform"])


def test_a_race_is_the_same_to_the_last_digit():
    once, again = (curves("walk", patterns=500, seeds=range(3)) for _ in range(2))
    for name in once:
        assert np.array_equal(once[name].losses, again[name].losses)


def test_all_start_from_the_same_weights_and_a_seed_does_not_depend_on_its_neighbours():
    runs = race_on_four_regions(TUNED["uniform"], patterns=200, seeds=[3, 5])
    starts = [run[0].x for run in runs.values()]
    assert all(np.array_equal(starts[0], x) for x in starts)
    other = race_on_four_regions(TUNED["uniform"], patterns=200, seeds=[5])
    assert runs["SMD"].x[1] == pytest.approx(other["SMD"].x[0], rel=1e-9)


def test_standard_error_and_divergence():
    curve = LearningCurve(np.array([0, 10]), np.array([[1.0, 1.0, 1.0], [0.1, 0.2, np.nan]]))
    assert curve.diverged == 1
    assert curve.standard_error[0] == 0
    two = LearningCurve(np.array([0]), np.array([[1.0, 2.0, 3.0, 4.0]]))
    assert two.standard_error[0] == pytest.approx(np.sqrt(5 / 3) / 2)
    assert "nan" not in str(standings({"lost": curve})).lower()


def test_numbers_stored_are_those_of_the_lecture():
    rules = {"SGD": SGD(0.1), "Momentum": Momentum(0.1), "SMD": SMD(), "ALAP": ALAP()}
    assert {name: stored_per_weight(rule) for name, rule in rules.items()} == {
        "SGD": 1,
        "Momentum": 2,
        "SMD": 3,
        "ALAP": 4,
    }
    assert stored_per_weight(GEKF()) == 185  # the whole matrix; half of it is slide 39's > 90


def test_operations_are_near_those_of_the_lecture():
    """Slide 39: 6, 18, 18 and more than 1500 operations for each weight and update."""
    assert 6 <= operations_per_weight(SGD(0.1)) <= 8
    assert operations_per_weight(ALAP()) == pytest.approx(18, abs=2)
    assert 18 <= operations_per_weight(SMD()) <= 24
    assert operations_per_weight(GEKF()) > 1500
    assert operations_per_weight(SMD()) < operations_per_weight(SMD(curvature="hessian"))


def test_momentum_spends_two_operations_more_than_descent():
    """beta v and the sum: exactly 2 for each weight."""
    extra = operations_per_weight(Momentum(0.1)) - operations_per_weight(SGD(0.1))
    assert extra == pytest.approx(2, abs=1e-12)


def test_cost_table_has_a_row_for_each_rule():
    table = cost_table({"SGD": SGD(0.1), "own": Momentum(0.1)})
    assert [row[0] for row in table.rows] == ["SGD", "own"]
    assert table.rows[0][2] == "1"
    assert table.rows[1][2] == ""


def test_time_is_measured_side_by_side_too():
    assert seconds_per_pattern({"SGD": SGD(0.1)}, batch=10, seeds=range(3), steps=5, rounds=1)["SGD"] > 0
