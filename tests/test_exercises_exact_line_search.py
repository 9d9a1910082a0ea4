"""The checkers of notebook 01: right answers in any form pass, wrong ones get their diagnosis."""

import math
from math import ceil, floor, log2

import numpy as np
import pytest
from descent.exercises import check_keep, check_most_calls, check_vertex


def halve_and_count(a, b, tol):
    calls = 1
    while b - a > tol:
        b, calls = (a + b) / 2, calls + 2
    return calls


def bit_length(a, b, tol):
    return 2 * (floor(log2((b - a) / tol)) + 1) + 1


class TestMostCalls:
    @pytest.mark.parametrize(
        "answer", [halve_and_count, lambda a, b, tol: 2 * np.ceil(np.log2((b - a) / tol)) + 1]
    )
    def test_right(self, answer):
        assert check_most_calls(answer).passed

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (lambda a, b, tol: 2 * ceil(log2((b - a) / tol)), "the first midpoint"),
            (lambda a, b, tol: ceil(log2((b - a) / tol)), "these are halvings"),
            (lambda a, b, tol: ceil(log2((b - a) / tol)) + 1, "one call a halving"),
            (lambda a, b, tol: 4 * ceil(log2((b - a) / tol)), "four times a halving"),
            (lambda a, b, tol: ceil(log2((b - a) / tol) - 1), "the lecture's K"),
            (lambda a, b, tol: 2 * ceil(log2((b - a) / tol) - 1) + 1, "the error is within half"),
            (lambda a, b, tol: 2 * floor(log2((b - a) / tol)) + 1, "round up, not down"),
            (lambda a, b, tol: 2 * round(log2((b - a) / tol)) + 1, "not to the nearest"),
            (lambda a, b, tol: ceil(2 * log2((b - a) / tol) + 1), "before you double it"),
            (lambda a, b, tol: 2 * log2((b - a) / tol) + 1, "whole number: round up."),
            (lambda a, b, tol: 2 * log2((b - a) / tol), "round up, and count the first midpoint"),
            (lambda a, b, tol: 2 * ceil(math.log((b - a) / tol)) + 1, "base 2."),
            (lambda a, b, tol: 2 * ceil(math.log10((b - a) / tol)) + 1, "base 2, not 10"),
            (lambda a, b, tol: 2 * ceil(log2(tol / (b - a))) + 1, "upside down"),
            (bit_length, "exactly tol the search has ended"),
            (lambda a, b, tol: 2 * ceil(log2((b - a) / tol)) + 2, "1 too large"),
            (lambda a, b, tol: (1, 5), "you return shape (2,), expected is (): one number"),
            (lambda a, b, tol: [5], "you return shape (1,), expected is (): one number"),
            (lambda a, b, tol: None, "end it with a return"),
            (lambda a, b, tol: 5, "2 of 7 inputs agree"),
        ],
    )
    def test_wrong(self, answer, said):
        diagnosis = check_most_calls(answer)
        assert not diagnosis.passed
        assert said in diagnosis.message


class TestKeep:
    def test_right(self):
        assert check_keep(lambda a, b, y, z, fy, fz: [a, z] if fy < fz else [y, b]).passed

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (lambda a, b, y, z, fy, fz: (y, b) if fy < fz else (a, z), "the larger value"),
            (lambda a, b, y, z, fy, fz: (a, y) if fy < fz else (z, b), "cuts at the other point"),
            (lambda a, b, y, z, fy, fz: (z, b) if fy < fz else (a, y), "the part that may go"),
            (lambda a, b, y, z, fy, fz: (a, z), "the left part whatever"),
            (lambda a, b, y, z, fy, fz: (y, b), "the right part whatever"),
            (lambda a, b, y, z, fy, fz: (a, z) if abs(fy) < abs(fz) else (y, b), "may be negative"),
            (lambda a, b, y, z, fy, fz: (y, z), "outside [y, z]"),
            (lambda a, b, y, z, fy, fz: (a, b), "never cuts"),
            (lambda a, b, y, z, fy, fz: (z, a) if fy < fz else (b, y), "swapped"),
            (
                lambda a, b, y, z, fy, fz: z if fy < fz else y,
                "you return shape (), expected is (2,): 2 numbers",
            ),
        ],
    )
    def test_wrong(self, answer, said):
        diagnosis = check_keep(answer)
        assert not diagnosis.passed
        assert said in diagnosis.message

    def test_inputs_are_short_enough_to_be_tried_by_hand(self):
        message = check_keep(lambda *args: (0, 0)).message
        inputs = message[message.index("(") + 1 : message.index(")")].split(", ")
        assert max(map(len, inputs)) <= 5


def parts(x1, x2, x3, f1, f2, f3):
    left, right = (x2 - x1) * (f2 - f3), (x2 - x3) * (f2 - f1)
    return (x2 - x1) * left - (x2 - x3) * right, left, right


def wrong_vertex(formula):
    return lambda *args: formula(args[1], *parts(*args))


class TestVertex:
    def test_right(self):
        assert check_vertex(wrong_vertex(lambda x, n, p, q: x - n / (2 * (p - q)))).passed

    @pytest.mark.parametrize(
        ("formula", "said"),
        [
            (lambda x, n, p, q: x + n / (2 * (p - q)), "the sign of the correction"),
            (lambda x, n, p, q: x - n / (p - q), "the 2 in the denominator is missing"),
            (lambda x, n, p, q: -n / (2 * (p - q)), "add x2"),
            (lambda x, n, p, q: x - n / 2 * (p - q), "put brackets around it"),
            (lambda x, n, p, q: x - n / (2 * p - q), "multiplies both products"),
            (lambda x, n, p, q: x - (p - q) / (2 * (p - q)), "are squared"),
            (lambda x, n, p, q: x, "the best of the three points"),
            (lambda x, n, p, q: 0.0, "always 0"),
            (lambda x, n, p, q: math.nan, "you return nan"),
        ],
    )
    def test_wrong(self, formula, said):
        diagnosis = check_vertex(wrong_vertex(formula))
        assert not diagnosis.passed
        assert said in diagnosis.message


@pytest.mark.parametrize("check", [check_most_calls, check_keep, check_vertex])
def test_stubs_and_errors(check):
    def stub(*args):
        raise NotImplementedError

    def broken(*args):
        return 1 / 0

    assert "Replace the line that raises NotImplementedError" in check(stub).message
    assert "raised ZeroDivisionError" in check(broken).message
    assert not check(stub).passed
    assert not check(broken).passed
