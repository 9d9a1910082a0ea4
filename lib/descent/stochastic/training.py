"""The training loop: a rule, a model, a stream of batches."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from descent.stepwise import Step, converged, stepwise, stopped


@dataclass(frozen=True)
class Trained(Step):
    """The state of a training run after t updates, enough to go on from.

    Attributes
    ----------
    t : int
        Updates so far; as many batches have been met.
    x : array, shape (n,) or (seeds, n)
        The weights.
    fun : float or array, shape (seeds,)
        Loss of the last batch before its update.
    state : mapping
        What the rule remembers: step sizes p, averages, v, P, ...
    diverged : array of bool, shape () or (seeds,)
        Whose weights have left the finite numbers; they stand still at the last finite ones.
    """

    t: int
    x: np.ndarray
    fun: np.ndarray
    state: Mapping
    diverged: np.ndarray


@stepwise
def train(
    rule,
    model,
    stream: Sequence,
    *,
    steps: int,
    rng,
    every: int = 100,
    start: Trained | None = None,
    progress: bool = False,
):
    """Let a rule learn the weights of a model from a stream of batches.

    Parameters
    ----------
    rule : SGD, Momentum, ..., SMD or GEKF
        What turns a gradient into an update.
    model : TanhNetwork, LinearModel or Model
        Gives initial weights and derivatives.
    stream : sequence of (x, y)
        `Batches`, or a list; met in order, and again from its beginning when it has ended.
    steps : int
        Updates until the run ends, those before `start` included.
    rng : numpy.random.Generator or seed, or sequence of generators
        Source of the initial weights; a sequence trains one weight vector for each, side by side.
    every : int
        A step of the run is yielded after so many updates.
    start : Trained, optional
        A step of an earlier run, to go on from.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Run of Trained
        x are the last finite weights; success is False if any weights have diverged.  Interrupt
        it and nothing is lost: the last step holds the state of that moment.

    Raises
    ------
    ValueError, TypeError
        If the stream is empty, its first batch does not fit the model or is not finite, steps or every
        is no positive integer, or an argument is of another kind.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 20.

    Examples
    --------
    >>> from descent.stochastic import Batches, LinearModel, SGD, robbins_monro
    >>> stream = Batches(np.ones((3, 1)), np.array([1.0, 2.0, 6.0]))
    >>> rule = SGD(robbins_monro(1.0))  # steps 1, 1/2, 1/3: the mean
    >>> run = train(rule, LinearModel(1), stream, steps=3, rng=np.random.default_rng(0))
    >>> [round(float(w), 9) for w in run.x]
    [3.0]
    """
    _check(rule, model, stream, steps, every)
    now, interrupted = start or _first(rule, model, stream, rng), False
    yield now
    with _bar(rule, now.t, steps, progress) as bar:
        while now.t < steps and not np.all(now.diverged):
            until = min(now.t - now.t % every + every, steps)
            now, interrupted = _updates(rule, model, stream, now, until)
            bar.update(now.t - bar.n)
            yield now
            if interrupted:
                raise KeyboardInterrupt
    if np.any(now.diverged):
        return stopped(_why_diverged(now, stream))
    return converged("all steps are done", steps=(now.t, steps))


def _bar(rule, t, steps, progress):
    """Return a progress bar that leaves the page when it is full."""
    name = type(rule).__name__
    return tqdm(
        total=steps, initial=t, disable=not progress, desc=name, unit="step", leave=False, file=sys.stdout
    )


def _updates(rule, model, stream, now: Trained, until: int) -> tuple:
    """Return the state after update `until`, or after the last one done, and whether interrupted."""
    t, w, state, lost, loss = now.t, now.x, dict(now.state), now.diverged, now.fun
    some_lost = bool(np.any(lost))
    with np.errstate(all="ignore"):  # numbers that leave the finite range are dealt with here
        try:
            while t < until:
                here = model.at(w, *stream[t % len(stream)])
                new = rule.update(w, here, t, **state)
                if some_lost or not math.isfinite(np.add.reduce(new[0], axis=None)):
                    lost = lost | ~np.all(np.isfinite(new[0]), axis=-1)
                    new, some_lost = _held((w, state), new, lost), bool(np.any(lost))
                (w, state), t = new, t + 1
                if some_lost and np.all(lost):
                    break
            loss = here.loss()
        except KeyboardInterrupt:
            return Trained(t, w, loss, state, lost), True
    return Trained(t, w, loss, state, lost), False


def _held(old, new, lost) -> tuple:
    """Return the new weights and state, but the old ones for the seeds that are lost."""
    (w, state), (w_new, state_new) = old, new

    def hold(a, b):
        return np.where(lost.reshape(lost.shape + (1,) * (b.ndim - lost.ndim)), a, b)

    return hold(w, w_new), {name: hold(state[name], state_new[name]) for name in state_new}


def _first(rule, model, stream, rng) -> Trained:
    alone = rng is None or np.ndim(rng) == 0
    w = model.initial(np.random.default_rng(rng)) if alone else np.stack([model.initial(one) for one in rng])
    x, y = stream[0]
    if not _finite(x, y):
        raise ValueError("the first batch of the stream contains NaN or infinity: give finite data")
    if np.ndim(x) == 3 and w.shape[:-1] != np.shape(x)[:1]:
        raise ValueError(
            f"rng must be a sequence of {len(x)} generators, one for each seed of the stream, "
            f"got weights of shape {w.shape}"
        )
    try:
        loss = model.at(w, x, y).loss()
    except (ValueError, IndexError) as error:
        shapes = f"x of shape {np.shape(x)} and y of shape {np.shape(y)}"
        raise ValueError(f"the first batch, {shapes}, does not fit {model}: {error}") from error
    return Trained(0, w, loss, rule.start(w), np.zeros(w.shape[:-1], dtype=bool))


def _check(rule, model, stream, steps, every):
    if isinstance(rule, type) or not hasattr(rule, "update"):
        raise TypeError(f"rule must be a rule, such as SGD(0.1), got {rule!r:.60}")
    if isinstance(model, type) or not hasattr(model, "initial"):
        raise TypeError(f"model must be a TanhNetwork, LinearModel or Model, got {model!r:.60}")
    if not hasattr(stream, "__len__"):
        raise TypeError(f"stream must be a sequence of batches, such as Batches(x, y), got {stream!r:.60}")
    for name, value in (("steps", steps), ("every", every)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{name} must be an integer of at least 1, got {value!r}")
    if len(stream) == 0:
        raise ValueError("the stream is empty: give at least one batch")
    if not isinstance(stream[0], tuple | list) or len(stream[0]) != 2:
        raise TypeError("a batch of the stream must be a pair (x, y): write [(x, y)], or Batches(x, y)")


def _why_diverged(now, stream) -> str:
    last, kept = (now.t - 1) % len(stream), "the last finite weights are kept"
    if not _finite(*stream[last]):
        return f"batch {last} contains NaN or infinity: clean the data; {kept}"
    who = f"{np.sum(now.diverged)} of {now.diverged.size} seeds" if now.diverged.ndim else "the weights"
    return f"{who} left the finite numbers by step {now.t}: try smaller step sizes (eta, p0, mu); {kept}"


def _finite(*arrays) -> bool:
    return all(np.isfinite(array).all() for array in arrays)
