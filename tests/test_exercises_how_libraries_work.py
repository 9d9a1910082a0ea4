"""Every wrong answer fails with the right diagnosis; the solution passes."""

import math
import re

import numpy as np
import pytest
from descent.exercises import check_max_direction, check_stable_loss, check_training_step
from descent.exercises.how_libraries_work import WRONG_STEPS


def stub(*args):
    raise NotImplementedError("replace this line")


def assert_matches(message, pattern):
    assert re.search(pattern, message), message


# -- one step of training ----------------------------------------------------------------------


def training_step(compute_loss, optimizer):
    optimizer.zero_grad()
    loss = compute_loss()
    loss.backward()
    optimizer.step()
    return loss.item()


def forgets_late(compute_loss, optimizer):
    loss = compute_loss()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def zero_between(compute_loss, optimizer):
    loss = compute_loss()
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def no_backward(compute_loss, optimizer):
    optimizer.zero_grad()
    loss = compute_loss()
    optimizer.step()
    return loss.item()


def no_step(compute_loss, optimizer):
    optimizer.zero_grad()
    loss = compute_loss()
    loss.backward()
    return loss.item()


def backward_twice(compute_loss, optimizer):
    loss = compute_loss()
    loss.backward()
    loss.backward()


def returns_tensor(compute_loss, optimizer):
    training_step(compute_loss, optimizer)
    return compute_loss()


def wrong_loss(compute_loss, optimizer):
    return 2 * training_step(compute_loss, optimizer)


WRONG_TRAINING = [
    (stub, "Replace the line that raises"),
    (zero_between, "w does not move"),
    (no_backward, "w does not move"),
    (no_step, "w does not move"),
    (backward_twice, r"RuntimeError: backward\(\) has passed"),
    (returns_tensor, r"loss\.item\(\)"),
    (lambda compute_loss, optimizer: training_step(compute_loss, optimizer) and None, r"loss\.item\(\)"),
    (lambda compute_loss, optimizer: 0.0, "you return"),
    (wrong_loss, "you return"),
    *((program, re.escape(name)) for name, program in WRONG_STEPS.items()),
]


@pytest.mark.parametrize("answer", [training_step, forgets_late])
def test_a_right_step_passes(answer):
    assert check_training_step(answer)


@pytest.mark.parametrize(("answer", "diagnosis"), WRONG_TRAINING)
def test_a_wrong_step_is_diagnosed(answer, diagnosis):
    found = check_training_step(answer)
    assert not found
    assert_matches(found.message, diagnosis)


# -- a stable loss --------------------------------------------------------------------------------


def stable(z, label):
    shifted = z - np.max(z)
    return np.log(np.sum(np.exp(shifted))) - shifted[label]


def by_math(z, label):
    return math.log(sum(math.exp(v) for v in z)) - z[label]


def shifted_late(z, label):
    e = np.exp(z - np.max(z))
    return -np.log(e[label] / np.sum(e))


def clipped(z, label):
    z = np.clip(z, -30, 30)
    return np.log(np.sum(np.exp(z))) - z[label]


def with_epsilon(z, label):
    e = np.exp(z - np.max(z))
    return -np.log(e[label] / np.sum(e) + 1e-300)


WRONG_LOSSES = [
    (stub, "Replace the line that raises"),
    (lambda z, k: -np.log(np.exp(z[k]) / np.sum(np.exp(z))), "right. For the logits .* nan: exp overflows"),
    (lambda z, k: np.log(np.sum(np.exp(z))) - z[k], "inf: exp overflows"),
    (by_math, "inf: exp overflows"),
    (
        lambda z, k: np.log(np.sum(np.exp(np.minimum(z, 700)))) - z[k] + max(np.max(z) - 700, 0),
        "every exp becomes 0|you return",
    ),
    (shifted_late, "rounds to 0 before its logarithm"),
    (with_epsilon, "you return"),
    (clipped, "you return"),
    (lambda z, k: -stable(z, k), "the sign is flipped"),
    (lambda z, k: stable(z, k) + 2 * z[k], "the sign of the label's logit"),
    (lambda z, k: stable(z, k) + z[k], "the label's logit is missing"),
    (lambda z, k: -z[k], "the logarithm of the sum is missing"),
    (lambda z, k: stable(z, k) - np.max(z), "never put back"),
    (lambda z, k: stable(z, k) - np.log(len(z)), "the mean of the exponentials"),
    (lambda z, k: np.exp(-stable(z, k)), "this is the probability"),
    (lambda z, k: 0.0, "always 0"),
    (lambda z, k: stable(z, k) / np.log(2), "you return"),
    (lambda z, k: np.array([stable(z, k)]), "expected is"),
    (lambda z, k: stable(z, 0), "you return"),
]


def test_a_right_loss_passes():
    assert check_stable_loss(stable)
    assert check_stable_loss(lambda z, label: np.logaddexp.reduce(z) - z[label])


@pytest.mark.parametrize(("answer", "diagnosis"), WRONG_LOSSES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_wrong_loss_is_diagnosed(answer, diagnosis):
    found = check_stable_loss(answer)
    assert not found
    assert_matches(found.message, diagnosis)


# -- steepest under the maximum norm ----------------------------------------------------------------


def steepest(g):
    return -np.sum(np.abs(g)) * np.sign(g)


def largest_alone(g):
    d = np.zeros(len(g))
    k = np.argmax(np.abs(g))
    d[k] = -g[k]
    return d


WRONG_DIRECTIONS = [
    (stub, "Replace the line that raises"),
    (lambda g: -np.sign(g), "the length is not"),
    (np.sign, "you return"),
    (lambda g: -steepest(g), "uphill"),
    (lambda g: -np.max(np.abs(g)) * np.sign(g), "not the largest"),
    (largest_alone, "l1 norm"),
    (lambda g: -g, "Euclidean norm"),
    (lambda g: -np.linalg.norm(g) * np.sign(g), "Euclidean norm of g"),
    (lambda g: -np.sum(g) * np.sign(g), "lets signs cancel"),
    (lambda g: 2 * steepest(g), "a factor 2 too many"),
    (lambda g: steepest(g) / len(g), "you return"),
    (lambda g: 0 * g, "always 0"),
    (lambda g: steepest(g)[:, None], "expected is"),
    (lambda g: steepest(g)[::-1], "you return"),
]


def test_a_right_direction_passes():
    assert check_max_direction(steepest)


@pytest.mark.parametrize(("answer", "diagnosis"), WRONG_DIRECTIONS)
def test_a_wrong_direction_is_diagnosed(answer, diagnosis):
    found = check_max_direction(answer)
    assert not found
    assert_matches(found.message, diagnosis)


def test_answers_that_know_the_visible_cases_fail():
    def from_memory(check, right):
        """Answer rightly the first time only."""
        calls = []

        def answer(*args):
            calls.append(args)
            return right(*args) if len(calls) == 1 else 0 * np.asarray(right(*args)) + 1.0

        return check(answer)

    assert not from_memory(check_stable_loss, stable)
    assert not from_memory(check_max_direction, steepest)
