"""More and Thuente's search against the paper's tables, a peer, and its own mathematics."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from descent.conditions import armijo
from descent.line_search import cubic_minimiser, more_thuente
from descent.line_search.cubic import quadratic_minimiser, secant
from hypothesis import assume, given
from hypothesis import strategies as st

TABLES = json.loads((Path(__file__).parent / "data" / "more_thuente.json").read_text())["tables"]


def function_1(beta=2.0):
    return lambda a: -a / (a * a + beta), lambda a: (a * a - beta) / (a * a + beta) ** 2


def function_2(beta=0.004):
    def phi(a):
        return (a + beta) ** 5 - 2 * (a + beta) ** 4

    return phi, lambda a: 5 * (a + beta) ** 4 - 8 * (a + beta) ** 3


def function_3(beta=0.01, oscillations=39):
    def phi(a):
        tent = 1 - a if a <= 1 - beta else a - 1 if a >= 1 + beta else (a - 1) ** 2 / (2 * beta) + beta / 2
        return tent + 2 * (1 - beta) / (oscillations * np.pi) * np.sin(oscillations * np.pi * a / 2)

    def dphi(a):
        tent = -1 if a <= 1 - beta else 1 if a >= 1 + beta else (a - 1) / beta
        return tent + (1 - beta) * np.cos(oscillations * np.pi * a / 2)

    return phi, dphi


def yanai(beta1, beta2):
    """Return function 4, 5 or 6, which differ in the two constants."""

    def gamma(beta):
        return np.sqrt(1 + beta**2) - beta

    def phi(a):
        return gamma(beta1) * np.hypot(1 - a, beta2) + gamma(beta2) * np.hypot(a, beta1)

    def dphi(a):
        return gamma(beta1) * (a - 1) / np.hypot(1 - a, beta2) + gamma(beta2) * a / np.hypot(a, beta1)

    return phi, dphi


FUNCTIONS = {"1": function_1(), "2": function_2(), "3": function_3()}
FUNCTIONS |= {"4": yanai(1e-3, 1e-3), "5": yanai(1e-2, 1e-3), "6": yanai(1e-3, 1e-2)}
PUBLISHED = [
    (number, table["mu"], table["eta"], row["alpha0"], row["scipy_dcsrch"]["trials"])
    for number, table in TABLES.items()
    for row in table["rows"]
]
# Tables 4-6 of the paper: counts for the four first trials, with c1 = c2 = 1e-3.
COUNTS = {"4": (4, 1, 3, 4), "5": (6, 3, 7, 8), "6": (13, 11, 8, 11)}


@pytest.mark.parametrize(("number", "c1", "c2", "alpha0", "trials"), PUBLISHED)
def test_the_published_counts_and_steps(number, c1, c2, alpha0, trials):
    run = more_thuente(*FUNCTIONS[number], alpha0, c1=c1, c2=c2)
    assert run.success
    assert run.nfev == len(trials)
    assert [step.trial for step in run][1:] == pytest.approx(trials, rel=1e-9)


@pytest.mark.parametrize("number", COUNTS)
@pytest.mark.parametrize("column", range(4))
def test_the_published_counts_where_c1_equals_c2(number, column):
    run = more_thuente(*FUNCTIONS[number], (1e-3, 0.1, 10.0, 1e3)[column], c1=1e-3, c2=1e-3)
    assert run.success
    assert run.nfev == COUNTS[number][column]


def rippled_bowl(seed):
    """Return a bowl with ripples, its slope, a first trial, c1 and c2."""
    rng = np.random.default_rng(seed)
    heights, rates, shifts = rng.uniform(0, 2, 3), 10 ** rng.uniform(-1, 1.3, 3), rng.uniform(0, 2 * np.pi, 3)
    bend, centre = 10 ** rng.uniform(-2, 1), 10 ** rng.uniform(-2, 2)

    def phi(a):
        return float(bend * (a - centre) ** 2 + heights @ np.sin(rates * a + shifts))

    def dphi(a):
        return float(2 * bend * (a - centre) + (heights * rates) @ np.cos(rates * a + shifts))

    c1 = 10 ** rng.uniform(-4, -0.05)
    return phi, dphi, 10 ** rng.uniform(-3, 3), c1, c1 + (1 - c1) * rng.uniform(0, 0.5)


def peer_trials(phi, dphi, alpha0, c1, c2, alpha_max):
    """Return the trials of SciPy's translation of the authors' own program."""
    dcsrch = pytest.importorskip("scipy.optimize._dcsrch")
    trials = []

    def recorded(a):
        trials.append(a)
        return phi(a)

    search = dcsrch.DCSRCH(recorded, dphi, c1, c2, 1e-12, 0.0, alpha_max)
    search(alpha0, phi0=phi(0.0), derphi0=dphi(0.0), maxiter=100)
    return trials


@pytest.mark.parametrize("seed", range(400))
def test_every_trial_equals_the_authors_program(seed):
    phi, dphi, alpha0, c1, c2 = rippled_bowl(seed)
    if not dphi(0.0) < 0:
        phi, dphi = (lambda a, f=phi: f(-a)), (lambda a, f=dphi: -f(-a))
    alpha_max = 1e10 if seed % 4 else 2 * alpha0
    run = more_thuente(phi, dphi, alpha0, c1=c1, c2=c2, alpha_max=alpha_max)
    expected = peer_trials(phi, dphi, alpha0, c1, c2, alpha_max)
    trials = [step.trial for step in run][1:]
    if run.success:
        assert len(trials) == len(expected)
    assert trials[:9] == pytest.approx(expected[:9], rel=1e-5)


@given(*[st.floats(-100, 100)] * 6)
def test_the_cubic_step_is_where_the_interpolant_is_flat_and_convex(a, b, fa, da, fb, db):
    assume(abs(a - b) > 1e-3)
    minimiser = cubic_minimiser(a, fa, da, b, fb, db)
    h = b - a
    coefficients = np.linalg.solve(
        [[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1], [0, 1, 2, 3]], [fa, h * da, fb, h * db]
    )  # of the interpolant in t = (x - a) / h
    _, c1, c2, c3 = coefficients
    if minimiser is None:
        assert c2 * c2 - 3 * c1 * c3 <= 1e-9 * np.max(np.abs(coefficients)) ** 2
        return
    t = (minimiser - a) / h
    size = np.max(np.abs(coefficients)) * (1 + t * t)
    spacing = 1e-15 * (abs(a) + abs(minimiser)) / abs(h)  # of the numbers near the minimiser, in t
    assert c1 + 2 * c2 * t + 3 * c3 * t * t == pytest.approx(0, abs=size * (1e-12 + spacing))
    assert 2 * c2 + 6 * c3 * t >= -1e-6 * (abs(c2) + abs(c3 * t))


@given(st.floats(-3, 3), st.floats(-10, 10), st.floats(0.1, 5), st.floats(-4, 4), st.floats(-4, 4))
def test_parabola_and_secant_are_exact_on_parabolas(minimiser, lowest, bend, a, b):
    assume(abs(a - b) > 0.1 and abs(a - minimiser) > 0.1)

    def f(x):
        return lowest + bend * (x - minimiser) ** 2

    def slope(x):
        return 2 * bend * (x - minimiser)

    assert quadratic_minimiser(a, f(a), slope(a), b, f(b)) == pytest.approx(minimiser, abs=1e-9)
    assert secant(a, slope(a), b, slope(b)) == pytest.approx(minimiser, abs=1e-9)


def test_a_cubic_without_a_minimiser_is_refused():
    assert cubic_minimiser(0.0, 0.0, 1.0, 1.0, 2.0, 4.0) is None  # x^3 + x
    assert cubic_minimiser(0.0, 0.0, 2.0, 1.0, 2.0, 2.0) is None  # 2x
    assert cubic_minimiser(0.0, 0.0, 1e200, 1.0, -1e200, 1e200) is not None  # no overflow


def test_the_interval_shrinks_and_always_holds_the_best_trial():
    phi, dphi = FUNCTIONS["3"]
    run = more_thuente(phi, dphi, 1000.0, c1=0.1, c2=0.1)
    widths = [high - low for low, high in (step.interval for step in run[2:-1])]
    bracketed = widths[1:]
    assert all(after <= before for before, after in pairwise(bracketed))
    assert all(after <= 0.66 * before for before, after in zip(bracketed, bracketed[2:], strict=False))
    for step in run[1:-1]:
        assert step.interval[0] <= step.x <= step.interval[1]


def test_stage_two_begins_with_enough_decrease_and_a_slope_that_is_not_negative():
    phi, dphi = FUNCTIONS["3"]
    run = more_thuente(phi, dphi, 0.1, c1=0.1, c2=0.1)
    stage = 1
    for step in run[1:]:
        if armijo(step.trial, step.value, phi(0.0), dphi(0.0), 0.1) and step.slope >= 0:
            stage = 2
        assert step.stage == stage
    assert stage == 2


def test_the_modified_function_is_used_in_stage_one():
    # lower than the best point, yet above the Armijo line: psi rises there, phi does not
    def phi(a):
        return -a if a < 1 else -1 - 0.01 * (a - 1)

    def dphi(a):
        return -1.0 if a < 1 else -0.01

    run = more_thuente(phi, dphi, 4.0, c1=0.3, c2=0.3)
    above = [s for s in run[1:-1] if s.value < 0 and not armijo(s.trial, s.value, 0.0, -1.0, 0.3)]
    assert above, "the case must occur"
    assert all(step.case.startswith("1") for step in above)
    assert run.success


def test_c1_may_equal_c2_and_not_exceed_it():
    phi, dphi = FUNCTIONS["1"]
    assert more_thuente(phi, dphi, 1.0, c1=0.01, c2=0.01).success
    with pytest.raises(ValueError, match="c1 must not exceed c2"):
        more_thuente(phi, dphi, 1.0, c1=0.2, c2=0.1)


@pytest.mark.parametrize(
    "wrong", [{"c1": 0.0}, {"c2": 1.0}, {"alpha_max": 0.5}, {"alpha_min": -1.0}, {"xtol": -1.0}]
)
def test_constants_out_of_range_are_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        more_thuente(*FUNCTIONS["1"], 1.0, **wrong)


def test_a_function_without_a_minimum_ends_at_alpha_max():
    run = more_thuente(lambda a: -a, lambda a: -1.0, 1.0, alpha_max=50.0)
    assert not run.success
    assert run.alpha == 50.0
    assert "alpha_max" in run.message


def test_a_minimiser_below_alpha_min_ends_there():
    run = more_thuente(lambda a: (a - 0.1) ** 2, lambda a: 2 * (a - 0.1), 2.0, c2=0.1, alpha_min=1.0)
    assert not run.success
    assert "alpha_min" in run.message


def kink(a):
    return abs(a - 1)


def kink_slope(a):
    return 1.0 if a > 1 else -1.0


def test_rounding_ends_the_search_for_a_step_that_does_not_exist():
    run = more_thuente(kink, kink_slope, 3.3, c2=0.5, xtol=0.0)
    assert not run.success
    assert "rounding" in run.message
    assert run.alpha == pytest.approx(1, abs=1e-15)


def test_xtol_ends_the_search_for_a_step_that_does_not_exist():
    run = more_thuente(kink, kink_slope, 3.3, c2=0.5, xtol=1e-3)
    assert not run.success
    assert "xtol" in run.message
    assert 1e-15 < abs(run.alpha - 1) < 1e-3


def test_no_trial_goes_beyond_one_that_was_not_finite():
    # minimiser 6.9, wall at 7
    def phi(a):
        return np.cos(np.pi * a / 6.9) if a < 7 else np.inf

    run = more_thuente(phi, lambda a: -np.pi / 6.9 * np.sin(np.pi * a / 6.9), 0.4, c2=1e-3, dphi0=-0.1)
    assert run.success
    trials = [step.trial for step in run]
    walls = [k for k, step in enumerate(run) if step.case == "not finite"]
    assert walls
    assert max(trials[walls[0] :]) == trials[walls[0]]
