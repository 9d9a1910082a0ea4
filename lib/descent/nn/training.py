"""The training loop, as a film: zero the gradients, go forward, go backward, step."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from descent.nn.losses import softmax_cross_entropy
from descent.nn.modules import Module
from descent.nn.operations import no_grad
from descent.stepwise import Step, converged, read_only, stepwise, stopped


@dataclass(frozen=True)
class TrainStep(Step):
    """Where a training stands.

    Attributes
    ----------
    step : int
        Steps of the optimiser so far.
    fun : float
        Mean loss of the batches since the frame before; of none at the start, NaN.
    x : tuple of array
        Copies of the parameters, enough to go back here.
    measured : object
        What `measure` said of the model.
    seconds : float
        Spent in steps so far.
    """

    step: int
    fun: float
    x: tuple
    measured: object
    seconds: float

    def row(self) -> dict:
        return {"step": self.step, "loss": self.fun, "measured": self.measured, "seconds": self.seconds}


@dataclass(frozen=True)
class Classified(Step):
    """What a model makes of a test set.

    Attributes
    ----------
    error : float
        The share that it classifies wrongly, 0 to 1.
    classes : array of int, shape (n,)
        The class with the largest logit, for each pattern.
    """

    error: float
    classes: np.ndarray


@dataclass(frozen=True)
class ErrorOn(Step):
    """A test set, called with a model: measures the error.

    Attributes
    ----------
    x : array, shape (n, ...)
        The patterns.
    labels : array of int, shape (n,)
        Their classes.

    Examples
    --------
    >>> ErrorOn(np.eye(2), np.array([0, 0]))(lambda x: x).error
    0.5
    """

    x: np.ndarray
    labels: np.ndarray

    @no_grad()
    def __call__(self, model) -> Classified:
        logits = model(self.x)
        classes = logits.argmax(axis=1)
        return Classified(float(np.mean(classes != self.labels)), classes)


@stepwise
def fit(
    model: Module,
    optimizer,
    batches: Iterable,
    *,
    steps: int,
    every: int = 100,
    loss: Callable = softmax_cross_entropy,
    measure: Callable | None = None,
):
    """Train a model, a frame for every few steps.

    The frames are computed when they are looked at, so a training can be left and taken up again.

    Parameters
    ----------
    model : Module
        Changed in place.
    optimizer : Optimizer
        Made with the model's parameters.
    batches : iterable of (x, labels)
        Endless, or at least as long as `steps`.
    steps : int
        Steps of the optimiser.
    every : int
        Steps from one frame to the next.
    loss : callable
        loss(model(x), labels) -> a tensor of one number.
    measure : callable, optional
        measure(model) -> what a frame shall keep, such as the error on a test set.

    Returns
    -------
    Run of TrainStep

    Raises
    ------
    ValueError
        If steps or every is no positive integer.

    Examples
    --------
    >>> from descent.nn import MLP, SGD
    >>> rng = np.random.default_rng(0)
    >>> model = MLP([1, 2], rng=rng)
    >>> x, labels = np.array([[-1.0], [1.0]]), np.array([0, 1])
    >>> run = fit(model, SGD(model.parameters(), lr=1.0), [(x, labels)] * 40, steps=40, every=10)
    >>> [step.step for step in run], bool(run.fun < 0.1)
    ([0, 10, 20, 30, 40], True)
    """
    for name, value in (("steps", steps), ("every", every)):
        if not (isinstance(value, (int, np.integer)) and value >= 1):
            raise ValueError(f"{name} must be a positive integer, got {value!r}")
    batches, losses, seconds = iter(batches), [], 0.0
    yield _frame(model, 0, losses, measure, seconds)
    for k in range(1, steps + 1):
        start = time.perf_counter()
        batch = next(batches, None)
        if batch is None:
            return stopped(
                f"the batches ended after {k - 1} steps: hand in an endless stream, or fewer steps"
            )
        losses.append(train_step(model, optimizer, loss, *batch))
        seconds += time.perf_counter() - start
        if not np.isfinite(losses[-1]):
            return stopped(
                f"the loss of step {k} is {losses[-1]}: go back to an earlier frame, with a smaller lr"
            )
        if k % every == 0 or k == steps:
            yield _frame(model, k, losses, measure, seconds)
            losses = []
    return converged(f"{steps} steps are done")


def train_step(model: Module, optimizer, loss: Callable, x, labels) -> float:
    """Make one step of the optimiser; return the loss before it.

    >>> from descent.nn import MLP, SGD
    >>> model = MLP([1, 2], rng=np.random.default_rng(0))
    >>> optimizer = SGD(model.parameters(), lr=1.0)
    >>> before = train_step(model, optimizer, softmax_cross_entropy, np.ones((1, 1)), np.array([1]))
    >>> bool(before > train_step(model, optimizer, softmax_cross_entropy, np.ones((1, 1)), np.array([1])))
    True
    """
    optimizer.zero_grad()
    value = loss(model(x), labels)
    value.backward()
    optimizer.step()
    return value.item()


def _frame(model, k, losses, measure, seconds) -> TrainStep:
    fun = float(np.mean(losses)) if losses else float("nan")
    x = tuple(read_only(p.data) for p in model.parameters())
    return TrainStep(k, fun, x, None if measure is None else measure(model), seconds)
