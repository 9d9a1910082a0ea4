"""Direct methods and Hutchinson's estimate: what they promise under a fixed seed, and their ends."""

import numpy as np
import pytest
from descent.methods import evolution_strategy, hutchinson_trace, random_search, simulated_annealing, spsa

METHODS = [random_search, simulated_annealing, evolution_strategy, spsa]


def bowl(x):
    return float(np.sum((x - np.array([1.0, -2.0])) ** 2))


def rastrigin(x):
    return float(np.sum(x**2 + 10 * (1 - np.cos(2 * np.pi * x))))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
def test_every_method_descends_a_bowl_and_keeps_the_best_point(method, seed):
    measured = []

    def f(x):
        measured.append(bowl(x))
        return measured[-1]

    run = method(f, np.zeros(2), rng=np.random.default_rng(seed))
    assert run.fun == min(measured) == bowl(run.x)
    assert run.fun < 0.1
    assert run.nfev == len(measured) == run.last.nfev
    values = [step.fun for step in run]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_run(method):
    runs = [method(bowl, np.zeros(2), rng=np.random.default_rng(7)) for _ in range(2)]
    assert [step.fun for step in runs[0]] == [step.fun for step in runs[1]]
    other = method(bowl, np.zeros(2), rng=np.random.default_rng(8))
    assert not np.array_equal(other.x, runs[0].x)


@pytest.mark.parametrize("method", METHODS)
def test_a_start_where_f_is_not_finite_is_refused(method):
    with pytest.raises(ValueError, match="finite"):
        method(lambda x: np.nan, np.zeros(2))


@pytest.mark.parametrize("method", METHODS)
def test_regions_of_nan_are_left_alone(method):
    run = method(lambda x: bowl(x) if x[0] < 0.5 else np.nan, np.zeros(2), rng=np.random.default_rng(0))
    assert run.x[0] < 0.5
    assert run.fun < bowl(np.zeros(2))


def test_a_cold_search_accepts_improvements_only():
    run = random_search(rastrigin, np.full(2, 3.0), sigma=0.3, rng=np.random.default_rng(0))
    values = [step.values[0] for step in run]
    assert values == sorted(values, reverse=True)


def test_the_temperature_sets_how_often_a_worse_child_is_accepted():
    # f rises by 1 with every step: acceptance has probability exp(-1 / T)
    run = random_search(
        lambda x: float(x[0]),
        np.zeros(1),
        perturb=lambda x, rng: x + 1.0,
        temperature=2.0,
        patience=4000,
        rng=np.random.default_rng(0),
    )
    share = np.mean([step.accepted for step in run[1:]])
    assert share == pytest.approx(np.exp(-0.5), abs=4 * np.sqrt(0.24 / 4000))


def test_annealing_leaves_a_local_minimum_where_a_cold_search_stays():
    start = np.full(2, 3.0)  # a local minimum of value 18
    cold = [random_search(rastrigin, start, sigma=0.2, rng=np.random.default_rng(k)).fun for k in range(5)]
    warm = [
        simulated_annealing(
            rastrigin, start, temperature=20.0, cooling=0.998, rng=np.random.default_rng(k)
        ).fun
        for k in range(5)
    ]
    assert min(cold) > 10
    assert max(warm) < 5


def test_the_temperature_falls_as_promised_and_ends_the_run():
    run = simulated_annealing(bowl, np.zeros(2), temperature=2.0, cooling=0.9, coldest=0.1)
    temperatures = [step.spread for step in run[1:]]
    assert temperatures == pytest.approx(2.0 * 0.9 ** np.arange(len(temperatures)))
    assert run.success
    assert temperatures[-1] * 0.9 <= 0.1


def test_a_discrete_problem_needs_only_its_own_perturbation():
    # order 12 numbers so that neighbours differ little: swap two of them
    rng = np.random.default_rng(1)
    numbers = rng.permutation(12)

    def swap(order, rng):
        i, j = rng.integers(order.size, size=2)
        child = order.copy()
        child[[i, j]] = child[[j, i]]
        return child

    def unrest(order):
        return int(np.sum(abs(np.diff(order))))

    run = random_search(unrest, numbers, perturb=swap, patience=3000, rng=rng)
    assert sorted(run.x) == list(range(12))
    assert run.x.dtype.kind == "i"
    assert run.fun < 0.7 * unrest(numbers)


def test_the_evolution_strategy_shrinks_its_step_size_in_proportion_to_the_distance():
    run = evolution_strategy(bowl, np.zeros(2), rng=np.random.default_rng(0))
    assert run.success
    assert run.fun < 1e-9
    assert run.last.spread <= 1e-6


def test_spsa_calls_f_twice_a_step_in_any_dimension():
    for n in (2, 50):
        run = spsa(lambda x: float(x @ x), np.ones(n), a=0.01, maxiter=40, rng=np.random.default_rng(0))
        assert run.nfev == 2 * run.nit + 1


def test_spsas_difference_is_an_unbiased_gradient():
    g = np.array([1.0, -3.0, 2.0])
    steps = []
    for seed in range(4000):
        run = spsa(
            lambda x: float(g @ x),
            np.zeros(3),
            a=1.0,
            stability=0.0,
            maxiter=1,
            rng=np.random.default_rng(seed),
        )
        steps.append(-run[1].pool[0])
    mean, error = np.mean(steps, axis=0), np.std(steps, axis=0) / np.sqrt(len(steps))
    assert np.all(abs(mean - g) < 4 * error + 1e-12)


@pytest.mark.parametrize(
    ("method", "options", "text"),
    [
        (random_search, {"sigma": 0.0}, "sigma"),
        (random_search, {"temperature": -1.0}, "temperature"),
        (random_search, {"population": 0}, "population"),
        (simulated_annealing, {"cooling": 1.0}, "cooling"),
        (evolution_strategy, {"parents": 40}, "parents"),
        (spsa, {"c": -0.1}, "c must"),
    ],
)
def test_bad_options_are_named(method, options, text):
    with pytest.raises(ValueError, match=text):
        method(bowl, np.zeros(2), **options)


def test_a_population_keeps_several_candidates():
    run = random_search(bowl, np.zeros(2), population=6, rng=np.random.default_rng(0))
    assert run.last.pool.shape == (6, 2)
    assert run.last.values.shape == (6,)
    assert run.fun <= np.min(run.last.values)


@pytest.mark.parametrize("distribution", ["signs", "normal"])
def test_hutchinsons_estimate_has_the_variance_that_theory_gives(distribution):
    rng = np.random.default_rng(0)
    M = rng.standard_normal((6, 6))
    A = M + M.T
    run = hutchinson_trace(lambda v: A @ v, 6, samples=20_000, rng=rng, distribution=distribution)
    samples = np.array([step.sample for step in run])
    off = np.sum(A**2) - (np.sum(np.diag(A) ** 2) if distribution == "signs" else 0)
    assert np.var(samples) == pytest.approx(2 * off, rel=0.06)
    assert abs(run.x - np.trace(A)) < 4 * run.fun
    assert run.fun == pytest.approx(np.sqrt(2 * off / 20_000), rel=0.05)


def test_hutchinsons_estimate_is_exact_for_a_diagonal_matrix():
    d = np.array([1.0, -4.0, 2.5])
    run = hutchinson_trace(lambda v: d * v, 3, samples=4)
    assert (run.x, run.fun) == (-0.5, 0.0)


@pytest.mark.parametrize("options", [{"samples": 1}, {"distribution": "uniform"}])
def test_hutchinsons_options_are_checked(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        hutchinson_trace(lambda v: v, 3, **options)
