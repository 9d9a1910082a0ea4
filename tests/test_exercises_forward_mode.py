"""Every wrong answer to the exercises on forward mode fails, with the right diagnosis."""

from math import log, sqrt

import pytest
from descent.exercises import check_best_step, check_dual_quotient, check_tangents


def stub(*args):
    raise NotImplementedError


def right_step(curvature, noise):
    return 2 * sqrt(noise / curvature)


def right_quotient(v, dv, u, du):
    return v / u, (dv * u - v * du) / u**2


def right_tangents(w1, w2, dw1, dw2):
    v1 = log(w1)
    v2 = w2 * v1
    dv1 = dw1 / w1
    dv2 = dw2 * v1 + w2 * dv1
    dv3 = dv2 / (2 * sqrt(v2))
    return [dv1, dv2, dv3, dv2 + dv3]


def tangents_with(change):
    """Return the right tangents with a slip: change(w1, w2, dw1, dw2) gives (dv1, dv2, dv3, dv4) parts."""

    def answer(w1, w2, dw1, dw2):
        v1, v2 = log(w1), w2 * log(w1)
        return change(w1, w2, dw1, dw2, v1, v2)

    return answer


def one_term(w1, w2, dw1, dw2, v1, v2):
    dv2 = w2 * dw1 / w1
    dv3 = dv2 / (2 * sqrt(v2))
    return [dw1 / w1, dv2, dv3, dv2 + dv3]


def no_half(w1, w2, dw1, dw2, v1, v2):
    dv2 = dw2 * v1 + w2 * dw1 / w1
    return [dw1 / w1, dv2, dv2 / sqrt(v2), dv2 + dv2 / sqrt(v2)]


def one_way(w1, w2, dw1, dw2, v1, v2):
    dv2 = dw2 * v1 + w2 * dw1 / w1
    dv3 = dv2 / (2 * sqrt(v2))
    return [dw1 / w1, dv2, dv3, dv3]


def unchained(w1, w2, dw1, dw2, v1, v2):
    dv2 = dw2 * v1 + w2 * dw1 / w1
    dv3 = 1 / (2 * sqrt(v2))
    return [dw1 / w1, dv2, dv3, dv2 + dv3]


def rows_of(w1, w2):
    v2 = w2 * log(w1)
    return [log(w1), v2, sqrt(v2), v2 + sqrt(v2)]


def no_seed_in_log(w1, w2, dw1, dw2, v1, v2):
    dv2 = dw2 * v1 + w2 / w1
    dv3 = dv2 / (2 * sqrt(v2))
    return [1 / w1, dv2, dv3, dv2 + dv3]


RIGHT = [
    (check_best_step, right_step),
    (check_dual_quotient, right_quotient),
    (check_tangents, right_tangents),
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_the_solution_passes(check, answer):
    diagnosis = check(answer)
    assert diagnosis.passed, diagnosis


def test_other_right_ways_pass():
    assert check_best_step(lambda curvature, noise: (4 * noise / curvature) ** 0.5)
    assert check_dual_quotient(lambda v, dv, u, du: [v / u, dv / u - v / u * du / u])


@pytest.mark.parametrize("check", [check for check, _ in RIGHT])
def test_the_stub_is_told_what_to_do(check):
    assert "Replace the line" in check(stub).message


WRONG_STEPS = {
    "a smaller h is not always better": lambda curvature, noise: 0.0,
    "upside down": lambda curvature, noise: 2 * sqrt(curvature / noise),
    "the root is missing": lambda curvature, noise: 4 * noise / curvature,
    "the noise counts twice": lambda curvature, noise: sqrt(2 * noise / curvature),
    "the halves do not match": lambda curvature, noise: sqrt(noise / curvature),
    "this is the smallest error": lambda curvature, noise: 2 * sqrt(noise * curvature),
    "ignores the curvature": lambda curvature, noise: 2 * sqrt(noise),
    "ignores the noise": lambda curvature, noise: 2 * sqrt(2.0**-53 / curvature),
    "right for one function only": lambda curvature, noise: 2e-8,
    "belongs to central differences": lambda curvature, noise: (3 * noise / curvature) ** (1 / 3),
    "the sign is flipped": lambda curvature, noise: -right_step(curvature, noise),
    "a factor 2 too many": lambda curvature, noise: 2 * right_step(curvature, noise),
    "returns None": lambda curvature, noise: None,
    "expected is ()": lambda curvature, noise: [right_step(curvature, noise)],
}


@pytest.mark.parametrize("diagnosis", WRONG_STEPS)
def test_wrong_steps(diagnosis):
    answer = check_best_step(WRONG_STEPS[diagnosis])
    assert not answer.passed
    assert diagnosis in answer.message, answer


WRONG_QUOTIENTS = {
    "the sign of the term v du": lambda v, dv, u, du: (v / u, (dv * u + v * du) / u**2),
    "the sign of the coefficient": lambda v, dv, u, du: (v / u, (v * du - dv * u) / u**2),
    "must be squared": lambda v, dv, u, du: (v / u, (dv * u - v * du) / u),
    "u*2 is twice u": lambda v, dv, u, du: (v / u, (dv * u - v * du) / u * 2),
    "u**2, not 2 u": lambda v, dv, u, du: (v / u, (dv * u - v * du) / (2 * u)),
    "do not divide one by one": lambda v, dv, u, du: (v / u, dv / du),
    "the term with du is missing": lambda v, dv, u, du: (v / u, dv / u),
    "this is the product": lambda v, dv, u, du: (v * u, v * du + dv * u),
    "complex quotient": lambda v, dv, u, du: (
        (complex(v, dv) / complex(u, du)).real, (complex(v, dv) / complex(u, du)).imag
    ),
    "swapped": lambda v, dv, u, du: right_quotient(v, dv, u, du)[::-1],
    "always 0": lambda v, dv, u, du: (0.0, 0.0),
    "the truth is": lambda v, dv, u, du: (0.25, 0.3125),  # right for the visible case
    "expected is (2,)": lambda v, dv, u, du: (dv * u - v * du) / u**2,
}  # fmt: skip


@pytest.mark.parametrize("diagnosis", WRONG_QUOTIENTS)
def test_wrong_quotients(diagnosis):
    answer = check_dual_quotient(WRONG_QUOTIENTS[diagnosis])
    assert not answer.passed
    assert diagnosis in answer.message, answer


WRONG_TANGENTS = {
    "the seed is fixed at (1, 0)": lambda w1, w2, dw1, dw2: right_tangents(w1, w2, 1.0, 0.0),
    "the seed is fixed at (0, 1)": lambda w1, w2, dw1, dw2: right_tangents(w1, w2, 0.0, 1.0),
    "the two seeds are swapped": lambda w1, w2, dw1, dw2: right_tangents(w1, w2, dw2, dw1),
    "times its tangent": tangents_with(no_seed_in_log),
    "dw2 v1 is missing": tangents_with(one_term),
    "the 2 is missing": tangents_with(no_half),
    "multiplied by the tangent of v2": tangents_with(unchained),
    "the values of the rows": lambda w1, w2, *_: rows_of(w1, w2),
    "v2 reaches v4 on two ways": tangents_with(one_way),
    "always 0": lambda *args: [0.0, 0.0, 0.0, 0.0],
    "the sign is flipped": lambda *args: [-x for x in right_tangents(*args)],
    "expected is (4,)": lambda *args: right_tangents(*args)[:3],
    "the truth is": lambda *args: right_tangents(2.0, 5.0, *args[2:]),
    "raised NameError": lambda *args: undefined_name,  # noqa: F821
}


@pytest.mark.parametrize("diagnosis", WRONG_TANGENTS)
def test_wrong_tangents(diagnosis):
    answer = check_tangents(WRONG_TANGENTS[diagnosis])
    assert not answer.passed
    assert diagnosis in answer.message, answer


def test_the_optimum_is_one():
    """The step that the exercise calls best beats its neighbours."""
    curvature, noise = 3.0, 1e-9
    best = right_step(curvature, noise)
    error = [curvature * h / 2 + 2 * noise / h for h in (0.9 * best, best, 1.1 * best)]
    assert error[1] == min(error)
