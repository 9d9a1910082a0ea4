"""The small worlds of the notebook on stochastic approximation, each with its law in closed form."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from descent.stepwise import Step
from descent.stochastic.gains import SGD, Momentum, annealed, robbins_monro
from descent.stochastic.kalman import GEKF
from descent.stochastic.meta_rules import ALAP, AdditiveMetaDescent, ExponentiatedGradient
from descent.stochastic.models import LinearModel
from descent.stochastic.sign_rules import RPROP, DeltaBarDelta, SilvaAlmeida, SuperSAB
from descent.stochastic.streams import Batches
from descent.stochastic.training import Trained, train

SEEDS = 200
ETAS = np.linspace(0.01, 1.5, 150)
FAR = 5.0  # the mean that is sought; the weight starts at 0


@dataclass(frozen=True)
class Floor(Step):
    """Where the mean square error of a constant step settles, by theory, for every step size.

    Attributes
    ----------
    etas, law : array, shape (k,)
        Step sizes, and the errors they lead to.
    here : float
        The step size that was taken.
    """

    etas: np.ndarray
    law: np.ndarray
    here: float

    @property
    def best(self) -> float:
        """The step size with the least error."""
        return float(self.etas[np.argmin(self.law)])

    @property
    def has_best(self) -> bool:
        """Whether there is one; else the smaller the step, the better, given time."""
        return self.best > self.etas[0]


@dataclass(frozen=True)
class Learned(Step):
    """How a weight follows a mean that is seen through noise.

    Attributes
    ----------
    title : str
        What was asked.
    t : array, shape (steps + 1,)
        Updates.
    target : array, shape (steps + 1,) or (steps + 1, seeds)
        The mean.
    paths : dict
        From a rule's name to its weights, shape (steps + 1, seeds).
    laws : dict
        From a name to the mean square error that theory foretells, shape (steps + 1,).
    floor : Floor, optional
        Where other constant steps settle.
    """

    title: str
    t: np.ndarray
    target: np.ndarray
    paths: Mapping
    laws: Mapping = field(default_factory=dict)
    floor: Floor | None = None

    @functools.cached_property
    def errors(self) -> dict:
        """Mean square distance from the target over the seeds, for each rule."""
        target = self.target if self.target.ndim == 2 else self.target[:, None]
        return {name: np.mean((w - target) ** 2, axis=1) for name, w in self.paths.items()}


def path_of(rule, y, batch: int = 1) -> np.ndarray:
    """Return how a rule learns the mean of y, shape (seeds, patterns): weights (steps + 1, seeds)."""
    seeds, patterns = y.shape
    stream = Batches(np.ones((seeds, patterns, 1)), y, batch)
    rngs = [np.random.default_rng(0)] * seeds  # the weights start at 0 without any choice
    run = train(rule, LinearModel(1), stream, steps=patterns // batch, rng=rngs, every=1)
    return np.array([step.x[:, 0] for step in run])


@functools.lru_cache(maxsize=64)
def noise_floor(eta: float, batch: int, steps: int = 120) -> Learned:
    """Learn a mean with a constant step; the noise has variance 1.

    With e the error, e_{t+1} = (1 - eta) e_t + eta noise: the mean square tends to
    eta / (batch (2 - eta)), the error floor.

    >>> film = noise_floor(0.5, 1)
    >>> round(float(film.laws["law"][-1]), 4)
    0.3333
    """
    noise = np.random.default_rng(0).normal(size=(SEEDS, steps * batch))
    t, shrink = np.arange(steps + 1), (1 - eta) ** 2
    floor = eta / (batch * (2 - eta))
    return Learned(
        f"constant step {eta:.2f}, batch {batch}: floor {floor:.2g}",
        t,
        np.full(steps + 1, FAR),
        {"SGD": path_of(SGD(eta), FAR + noise, batch)},
        {"law": FAR**2 * shrink**t + floor * (1 - shrink**t)},
        Floor(ETAS, ETAS / (batch * (2 - ETAS)), eta),
    )


@functools.lru_cache(maxsize=64)
def schedule(eta0: float, power: float, steps: int = 400) -> Learned:
    """Learn a mean with eta_t = min(1, eta0 / (t + 1)^power), beside the constant step eta0.

    The law sums the shares that are left of the first error and of each noise.

    >>> film = schedule(1.0, 1.0)
    >>> bool(np.allclose(film.laws["law, falling step"][1:], 1 / film.t[1:]))
    True
    """
    noise = np.random.default_rng(0).normal(size=(SEEDS, steps))
    falling = robbins_monro(eta0, power)
    rules = {"falling step": SGD(lambda t: min(1.0, falling(t))), "constant step": SGD(eta0)}
    laws = {}
    for name, rule in rules.items():
        error = [FAR**2]
        for t in range(steps):
            eta = rule.eta(t) if callable(rule.eta) else rule.eta
            error.append((1 - eta) ** 2 * error[-1] + eta**2)
        laws[f"law, {name}"] = np.array(error)
    paths = {name: path_of(rule, FAR + noise) for name, rule in rules.items()}
    title = f"step {eta0:.2f} / (t + 1)^{power:.2f} beside {eta0:.2f}"
    return Learned(title, np.arange(steps + 1), np.full(steps + 1, FAR), paths, laws)


@functools.lru_cache(maxsize=64)
def drifting(eta: float, drift: float, steps: int = 200) -> Learned:
    """Follow a mean that walks at random by `drift` a step; the noise has variance 1.

    The mean square error tends to (eta^2 + drift^2) / (eta (2 - eta)).  The Kalman filter with
    q = drift^2 finds the best gain itself.

    >>> film = drifting(0.3, 0.2)
    >>> sorted(film.paths)
    ['Kalman filter', 'constant step']
    """
    rng = np.random.default_rng(0)
    walk = FAR + np.cumsum(drift * rng.normal(size=(steps + 1, SEEDS)), axis=0)
    y = (walk[:-1] + rng.normal(size=(steps, SEEDS))).T
    t, shrink = np.arange(steps + 1), (1 - eta) ** 2
    end = (eta**2 + drift**2) / (eta * (2 - eta))
    paths = {"constant step": path_of(SGD(eta), y), "Kalman filter": path_of(GEKF(25.0, drift**2), y)}
    law = {"law, constant step": (FAR**2 + drift**2) * shrink**t + end * (1 - shrink**t)}
    floor = Floor(ETAS, (ETAS**2 + drift**2) / (ETAS * (2 - ETAS)), eta)
    return Learned(f"step {eta:.2f}, drift {drift:.2f} a step", t, walk, paths, law, floor)


def best_gain(drift: float) -> float:
    """Return the constant step that follows a drift best: the steady gain of the Kalman filter.

    >>> round(best_gain(1.0), 3)
    0.618
    """
    prior = (drift**2 + np.sqrt(drift**4 + 4 * drift**2)) / 2  # of Riccati's equation P = P/(1 + P) + q
    return float(prior / (1 + prior))


# Rules with local step sizes, with gains that suit the regression below.
LOCAL_RULES = {
    "additive (slide 25)": AdditiveMetaDescent(0.05, 0.02),
    "delta-bar-delta": DeltaBarDelta(0.05, 0.005, 0.2),
    "Silva-Almeida": SilvaAlmeida(0.05, 1.1, 0.8),
    "SuperSAB": SuperSAB(0.05, 1.05, 0.5),
    "RPROP": RPROP(0.05),
    "ALAP": ALAP(0.05, 0.05, 0.9),
    "exponentiated gradient": ExponentiatedGradient(0.05, 2.0),
}


# All rules on Four Regions, with the gains of one coarse look each.
ON_THE_NETWORK = {
    "SGD, constant": SGD(0.3),
    "SGD, annealed": SGD(annealed(1.0, 300)),
    "momentum": Momentum(0.1, 0.5),
    "delta-bar-delta": DeltaBarDelta(0.3, 0.01, 0.1),
    "Silva-Almeida": SilvaAlmeida(0.3, 1.02, 0.97),
    "SuperSAB": SuperSAB(0.3, 1.02, 0.97),
    "RPROP": RPROP(0.003, 1.02, 0.97),
    "ALAP": ALAP(1.0, 0.1, 0.97),
    "exponentiated gradient": ExponentiatedGradient(0.3, 1.0),
}


@dataclass(frozen=True)
class StepSizes(Step):
    """How a rule's local step sizes and its error went.

    Attributes
    ----------
    title : str
        The rule and what it met.
    p : array, shape (steps + 1, 2)
        Step sizes of the two weights, in one of the seeds.
    best : array, shape (2,)
        One over the curvature of each weight: the best step where there is no noise.
    errors : dict
        From a name to the mean loss above its minimum over the seeds, shape (steps + 1,).
    """

    title: str
    p: np.ndarray
    best: np.ndarray
    errors: Mapping


@functools.lru_cache(maxsize=64)
def adapting(name: str, batch: int, kappa: float, steps: int = 300, seeds: int = 20) -> StepSizes:
    """Let a rule adapt its step sizes on a regression with two inputs of curvature 1 and 1 / kappa.

    batch = 0 stands for exact gradients.

    >>> adapting("ALAP", 10, 10.0, steps=5).p.shape
    (6, 2)
    """
    rng, size = np.random.default_rng(1), max(batch, 1)
    curvature, w_star = np.array([1.0, 1.0 / kappa]), np.array([1.0, 2.0])
    if batch:
        x = rng.normal(size=(seeds, steps * size, 2)) * np.sqrt(curvature)
        stream = Batches(x, x @ w_star + rng.normal(size=(seeds, steps * size)), size)
    else:
        x = np.tile(np.diag(np.sqrt(2 * curvature)), (seeds, steps, 1))  # two patterns: exactly this Hessian
        stream = Batches(x, x @ w_star, 2)
    errors = {}
    for key, rule in {name: LOCAL_RULES[name], "constant step": SGD(0.05)}.items():
        run = train(rule, LinearModel(2), stream, steps=steps, rng=[rng] * seeds, every=1)
        with np.errstate(over="ignore"):  # some diverge: that is what the picture shows
            away = np.array([np.sum(curvature * (step.x - w_star) ** 2, axis=1) / 2 for step in run])
        errors[key] = np.mean(away, axis=1)
        if key == name:
            p = np.array([step.state["p"][0] for step in run])
    seen = f"batches of {batch}" if batch else "exact gradients"
    return StepSizes(f"{name}, {seen}", p, 1 / curvature, errors)


@dataclass(frozen=True)
class SignDrift(Step):
    """What rules do with their step size at an optimum, where there is nothing left to learn.

    Attributes
    ----------
    share : float
        Of positives.
    growth : dict
        From a rule's name to p / p0, median over the seeds, shape (steps + 1,).
    product, agreement : float
        Means of e_{t+1} e_t and of its sign.
    law : float
        (1 - 2 share)^2, the mean of the sign.
    """

    share: float
    growth: Mapping
    product: float
    agreement: float
    law: float


@functools.lru_cache(maxsize=64)
def at_the_optimum(share: float, steps: int = 300, seeds: int = 100) -> SignDrift:
    """Meet positives at a rate with a bias that is already right, at a step size near 0 (slide 28).

    The error is 1 - share with probability share, and -share otherwise.

    >>> film = at_the_optimum(0.1)
    >>> round(film.law, 2), abs(film.agreement - film.law) < 0.02, abs(film.product) < 0.01
    (0.64, True, True)
    """
    y = (np.random.default_rng(2).random((seeds, steps + 1)) < share).astype(float)
    stream, tiny = Batches(np.ones((*y.shape, 1)), y), 1e-9
    rules = {
        "Silva-Almeida": SilvaAlmeida(tiny, 1.02, 1 / 1.02),
        "RPROP": RPROP(tiny, 1.02, 1 / 1.02, smallest=1e-12),
        "ALAP": ALAP(tiny, 0.02, 0.9),
        "exponentiated gradient": ExponentiatedGradient(tiny, 0.02 / tiny),
    }
    w, growth = np.full((seeds, 1), share), {}
    for name, rule in rules.items():
        start = Trained(0, w, np.zeros(seeds), rule.start(w), np.zeros(seeds, dtype=bool))
        run = train(rule, LinearModel(1), stream, steps=steps, rng=(), every=1, start=start)
        growth[name] = np.array([np.median(step.state["p"]) / tiny for step in run])
    e = y - share
    product = e[:, 1:] * e[:, :-1]
    law = (1 - 2 * share) ** 2
    return SignDrift(share, growth, float(product.mean()), float(np.sign(product).mean()), law)


def noisy_bowl(kappa: float = 10.0, n: int = 5, batch: int | None = None, seed: int = 0) -> tuple:
    """Return f, grad and the Hessian of a regression loss whose data are drawn anew at every call.

    The loss above its minimum is (w - w*)'H(w - w*) / 2 with w* = (1, ..., 1); batch=None is
    the exact loss.

    >>> f, grad, H = noisy_bowl()
    >>> float(f(np.ones(5))), grad(np.ones(5)).tolist()
    (0.5, [0.0, 0.0, 0.0, 0.0, 0.0])
    """
    curvature, w_star, rng = np.geomspace(1.0, 1 / kappa, n), np.ones(n), np.random.default_rng(seed)
    if batch is None:

        def exact(w):
            return 0.5 + 0.5 * np.sum(curvature * (w - w_star) ** 2)

        return exact, lambda w: curvature * (w - w_star), np.diag(curvature)

    def here(w):
        x = rng.normal(size=(batch, n)) * np.sqrt(curvature)
        return LinearModel(n).at(w, x, x @ w_star + rng.normal(size=batch))

    return lambda w: float(here(w).loss()), lambda w: here(w).gradient(), np.diag(curvature)
