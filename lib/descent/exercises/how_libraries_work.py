"""Checkers for the exercises on libraries: the order of a training step, a stable loss, another norm."""

from collections.abc import Callable

import numpy as np

from descent.differentials.norms import one_coordinate, signs
from descent.exercises.budget import OverBudget, limited
from descent.exercises.diagnosis import Diagnosis, diagnose
from descent.nn import SGD, Parameter, Tensor, softmax_cross_entropy


def check_training_step(answer: Callable) -> Diagnosis:
    """Check `training_step(compute_loss, optimizer)`: zero, forward, backward, step; the loss comes back.

    >>> def forgetful(compute_loss, optimizer):
    ...     loss = compute_loss()
    ...     loss.backward()
    ...     optimizer.step()
    ...     return loss.item()
    >>> check_training_step(forgetful).message[-45:]
    'zero_grad() must come before each backward().'
    """
    batches = ((1.0, -2.0), (3.0, 0.5), (2.0, 2.0))
    cases = [(2.0, 0.1, batches), (-1.0, 0.02, batches[::-1])]
    slips = {name: _played(program) for name, program in WRONG_STEPS.items()}
    found = diagnose(_played(answer), _played(_step), cases, slips)
    if found.passed:
        return Diagnosis(True, "3 steps from 2 starts end where they should, with the right losses.")
    return found


def _played(program):
    """Return what three steps of a program make of w, and the losses that it returns."""

    def ends(start, lr, batches):
        w = Parameter(start)
        optimizer, seen = SGD([w], lr), []
        for a, b in batches:
            loss = program(lambda a=a, b=b: (a * w - b) ** 2, optimizer)
            if loss is None or isinstance(loss, Tensor):
                raise TypeError("return the loss as a plain number: loss.item()")
            seen += [w.data, loss]
        return np.array(seen)

    return ends


def _step(compute_loss, optimizer):
    optimizer.zero_grad()
    loss = compute_loss()
    loss.backward()
    optimizer.step()
    return loss.item()


def _forgetful(compute_loss, optimizer):
    loss = compute_loss()
    loss.backward()
    optimizer.step()
    return loss.item()


def _standing(compute_loss, optimizer):
    return compute_loss().item()


def _late(compute_loss, optimizer):
    optimizer.step()
    optimizer.zero_grad()
    loss = compute_loss()
    loss.backward()
    return loss.item()


def _twice(compute_loss, optimizer):
    loss = _step(compute_loss, optimizer)
    optimizer.step()
    return loss


def _after(compute_loss, optimizer):
    _step(compute_loss, optimizer)
    return compute_loss().item()


WRONG_STEPS = {
    "the gradients of all steps add up: zero_grad() must come before each backward()": _forgetful,
    "w does not move: backward() must come before step(), with no zero_grad() between them": _standing,
    "step() comes before backward(): it uses the gradient of the step before": _late,
    "step() is called twice": _twice,
    "the loss is computed again after the step: return the one before": _after,
}


def check_stable_loss(answer: Callable) -> Diagnosis:
    """Check `stable_loss(z, label)`: -ln softmax(z)_label, at logits of any size.

    >>> from descent.nn.lecture import soft_max_loss, soft_max_then_log
    >>> check_stable_loss(soft_max_loss)
    Correct. 6 inputs agree to 9 digits, logits up to 10000 among them.
    >>> print(check_stable_loss(soft_max_then_log).message)
    For small logits it is right. For the logits [1000.5, 999.0, 1002.0] you return nan: exp overflows. \
Subtract the largest logit before exp.
    """
    rng = np.random.default_rng(4)
    small = [(np.round(rng.normal(size=n), 1), k) for n, k in ((2, 0), (3, 2), (4, 1))]
    slips = {
        "the sign of the label's logit is flipped": lambda z, k: _log_sum(z) + z[k],
        "the label's logit is missing": lambda z, k: _log_sum(z),
        "the logarithm of the sum is missing": lambda z, k: -z[k],
        "the largest logit is taken out and never put back": lambda z, k: _log_sum(z) - np.max(z) - z[k],
        "the mean of the exponentials stands for their sum": lambda z, k: _log_sum(z) - np.log(len(z)) - z[k],
        "this is the probability: take minus its logarithm": lambda z, k: np.exp(z[k] - _log_sum(z)),
    }
    found = diagnose(answer, softmax_cross_entropy, small, slips)
    if not found.passed:
        return found
    big = [
        (np.array([1000.5, 999.0, 1002.0]), 1, "exp overflows. Subtract the largest logit before exp"),
        (np.array([-2000.0, -2001.0]), 1, "every exp becomes 0. Subtract the largest logit before exp"),
        (
            np.array([1e4, 0.0, -1e4]),
            1,
            "the probability of the label rounds to 0 before its logarithm is taken. Write the logarithm of "
            "the quotient as a difference",
        ),
    ]
    for z, label, reason in big:
        value = _tried(answer, z, label)
        if not np.isfinite(value):
            said = f"For the logits {z.tolist()} you return {value}: {reason}."
            return Diagnosis(False, f"For small logits it is right. {said}")
    found = diagnose(answer, softmax_cross_entropy, [(z, label) for z, label, _ in big], slips)
    if found.passed:
        return Diagnosis(True, "6 inputs agree to 9 digits, logits up to 10000 among them.")
    return found


def _tried(answer, z, label) -> float:
    """Return an answer as a number, infinity where Python's own exp overflows."""
    with np.errstate(all="ignore"):
        try:
            return float(limited(answer, z.copy(), label))
        except (ArithmeticError, ValueError):  # Python's math raises where NumPy returns infinity
            return np.inf
        except (TypeError, OverBudget):  # `diagnose` will say what is wrong
            return 0.0


def _log_sum(z):
    return np.max(z) + np.log(np.sum(np.exp(z - np.max(z))))


def check_max_direction(answer: Callable) -> Diagnosis:
    """Check `steepest(g)` under the maximum norm: the d that minimises g'd + max|d|^2 / 2.

    >>> check_max_direction(lambda g: -g).message[-42:]
    'this is steepest under the Euclidean norm.'
    """
    rng = np.random.default_rng(8)
    cases = [(np.round(rng.normal(size=n), 1),) for n in (2, 3, 5)]
    slips = {
        "the direction is right, the length is not: it is what g'd gains, the sum of all |g_i|": (
            lambda g: -np.sign(g)
        ),
        "it goes uphill": lambda g: -signs(g),
        "the length is the dual norm, the sum of all |g_i|, not the largest": lambda g: (
            -np.max(np.abs(g)) * np.sign(g)
        ),
        "this is steepest under the l1 norm: one entry moves. Under the maximum norm all of them can move "
        "for the price of one": one_coordinate,
        "this is steepest under the Euclidean norm": lambda g: -g,
        "the length is the Euclidean norm of g; it must be the sum of all |g_i|": lambda g: (
            -np.linalg.norm(g) * np.sign(g)
        ),
        "the sum of the g_i lets signs cancel: add their sizes": lambda g: -np.sum(g) * np.sign(g),
    }
    return diagnose(answer, signs, cases, slips)
