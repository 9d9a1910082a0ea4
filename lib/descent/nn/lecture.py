"""What the notebook on libraries shows: the training loop line by line, and SoftMax with its loss."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff import WengertList, wengert
from descent.nn.losses import softmax
from descent.nn.optimizers import SGD
from descent.nn.tensor import Parameter, Tensor
from descent.stepwise import Step, converged, stepwise, stopped

ZERO, FORWARD, BACKWARD, STEP = (
    "optimizer.zero_grad()",
    "loss = f(w)",
    "loss.backward()",
    "optimizer.step()",
)
FARTHEST = 1e6  # where a loop is taken to run away


@dataclass(frozen=True)
class LoopStep(Step):
    """One line of the training loop has run.

    Attributes
    ----------
    line : str
        The line; empty at the start.
    turn : int
        How many times the loop has been entered.
    w : float
        The parameter.
    loss : float
        f(w) when it was last computed.
    grad : float or None
        `w.grad`.
    slope : float or None
        What the last backward pass has added to it, f'(w).
    """

    line: str
    turn: int
    w: float
    loss: float
    grad: float | None
    slope: float | None


@stepwise
def loop(function: Callable, start: float, lr: float, forget: bool = True, turns: int = 15):
    """Run the training loop on a function of one number, a frame for each line.

    Parameters
    ----------
    function : callable
        The loss, of one number.
    start : float
        The first w.
    lr : float
        The learning rate.
    forget : bool
        Whether the line `optimizer.zero_grad()` is there.
    turns : int
        How often the loop is entered.

    Raises
    ------
    ValueError
        If the function does not depend on w.

    Examples
    --------
    >>> right = loop(lambda w: w * w, 1.0, 0.25, turns=2)
    >>> [step.w for step in right if step.line == STEP]
    [0.5, 0.25]
    >>> wrong = loop(lambda w: w * w, 1.0, 0.25, forget=False, turns=4)
    >>> [step.w for step in wrong if step.line == STEP]
    [0.5, -0.25, -0.875, -1.0625]
    """
    w = Parameter(start)
    if not isinstance(function(w), Tensor):
        raise ValueError("the loss must depend on w: there is nothing to learn from a constant")
    optimizer, loss, slope = SGD([w], lr), float("nan"), None
    yield LoopStep("", 0, w.data, loss, w.grad, slope)
    for turn in range(1, turns + 1):
        if forget:
            optimizer.zero_grad()
            yield LoopStep(ZERO, turn, w.data, loss, w.grad, slope)
        value = function(w)
        loss = value.item()
        yield LoopStep(FORWARD, turn, w.data, loss, w.grad, slope)
        before = w.grad or 0.0
        value.backward()
        slope = w.grad - before
        if not np.isfinite(w.grad):
            return stopped(f"the slope at w = {w.data:.4g} is {slope}: try a smaller lr or another start")
        yield LoopStep(BACKWARD, turn, w.data, loss, w.grad, slope)
        optimizer.step()
        if abs(w.data) > FARTHEST:
            return stopped(f"w runs away: {w.data:.3g} after {turn} turns; try a smaller lr")
        yield LoopStep(STEP, turn, w.data, loss, w.grad, slope)
    return converged(f"{turns} turns are done")


def soft_max_then_log(z, label: int):
    """Return -ln(exp(z_label) / sum exp(z)), as it is written.

    >>> round(float(soft_max_then_log(np.zeros(2), 0)), 6)
    0.693147
    """
    e = np.exp(z)
    p = e / np.sum(e)
    return -np.log(p[label])


def shifted_then_log(z, label: int):
    """Return the same with the largest logit subtracted first.

    >>> round(float(shifted_then_log(np.array([1e4, 1e4]), 0)), 6)
    0.693147
    """
    e = np.exp(z - np.max(z))
    p = e / np.sum(e)
    return -np.log(p[label])


def soft_max_loss(z, label: int):
    """Return ln(sum exp(z)) - z_label with the largest logit taken out: softmax and logarithm together.

    >>> float(soft_max_loss(np.array([1e4, 0.0]), 1))
    10000.0
    """
    u = z - np.max(z)
    return np.log(np.sum(np.exp(u))) - u[label]


WAYS = {
    "SoftMax, then log": soft_max_then_log,
    "shifted SoftMax, then log": shifted_then_log,
    "SoftMaxLoss": soft_max_loss,
}


@dataclass(frozen=True)
class Flow:
    """The loss of one pattern, as a dataflow with every value and every adjoint.

    Attributes
    ----------
    way : str
        Which program computes it, one of WAYS.
    logits : array, shape (classes,)
    label : int
    trace : WengertList
        The rows of the program.
    adjoints : dict
        Row -> adjoint of its value, by the reverse sweep.
    loss : float
        As the program gives it.
    gradient : array, shape (classes,)
        As the reverse sweep gives it.
    truth : array, shape (classes,)
        softmax(z) - 1 at the label.
    """

    way: str
    logits: np.ndarray
    label: int
    trace: WengertList
    adjoints: dict
    loss: float
    gradient: np.ndarray
    truth: np.ndarray

    @property
    def sound(self) -> bool:
        """Whether loss and gradient are finite, and the gradient is right."""
        return bool(np.isfinite(self.loss) and np.allclose(self.gradient, self.truth, rtol=1e-6, atol=1e-9))


@np.errstate(all="ignore")  # what overflows is the lesson
def dataflow(way: str, logits, label: int) -> Flow:
    """Record one way to compute the loss, and sweep back through it.

    Parameters
    ----------
    way : str
        One of WAYS.
    logits : array, shape (classes,)
    label : int
        From 0 to classes - 1.

    Examples
    --------
    >>> [dataflow(way, np.array([800.0, 0.0, 1.0]), 0).sound for way in WAYS]
    [False, True, True]
    >>> [dataflow(way, np.array([800.0, 0.0, 1.0]), 1).sound for way in WAYS]
    [False, False, True]
    """
    logits = np.asarray(logits, dtype=float)
    trace = wengert(lambda z: WAYS[way](z, label), logits)
    adjoints = trace.reverse().last.adjoints
    _ = trace.rows  # read here, where infinities may pass
    truth = softmax(logits) - np.eye(len(logits))[label]
    gradient = np.asarray(adjoints[0])
    return Flow(way, logits, label, trace, adjoints, float(trace.values[0]) + 0.0, gradient, truth)
