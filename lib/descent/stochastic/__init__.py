"""Learning from a stream of data: rules with global and local step sizes, and a race between them.

A rule is a small frozen object: `start(w)` returns what it remembers, `update(w, here, t, **memory)`
returns the next weights and the next memory.  `here` is one pass over a batch, with gradient(),
gauss_newton(v), hessian(v) and whitened(); so a rule serves every model, and one weight vector as
well as many side by side.
"""

from descent.stochastic.costs import cost_table, operations_per_weight, seconds_per_pattern, stored_per_weight
from descent.stochastic.films import (
    LongView,
    RaceView,
    Regions,
    bowl,
    long_view,
    race_seconds,
    race_view,
    regions_film,
)
from descent.stochastic.four_regions import CLASSES, four_regions, grid, region
from descent.stochastic.gains import SGD, Momentum, annealed, robbins_monro
from descent.stochastic.kalman import GEKF
from descent.stochastic.meta_descent import SMD
from descent.stochastic.meta_rules import ALAP, AdditiveMetaDescent, ExponentiatedGradient
from descent.stochastic.models import LinearModel, Model
from descent.stochastic.network import TanhNetwork
from descent.stochastic.race import (
    CHOICES,
    FILTER,
    TEST_SEEDS,
    TUNED,
    TUNING_SEEDS,
    LearningCurve,
    learning_curve,
    race_on_four_regions,
    standings,
)
from descent.stochastic.sign_rules import RPROP, DeltaBarDelta, SilvaAlmeida, SuperSAB
from descent.stochastic.streams import Batches, four_regions_stream
from descent.stochastic.training import Trained, train

__all__ = [
    "ALAP",
    "CHOICES",
    "CLASSES",
    "FILTER",
    "GEKF",
    "RPROP",
    "SGD",
    "SMD",
    "TEST_SEEDS",
    "TUNED",
    "TUNING_SEEDS",
    "AdditiveMetaDescent",
    "Batches",
    "DeltaBarDelta",
    "ExponentiatedGradient",
    "LearningCurve",
    "LinearModel",
    "LongView",
    "Model",
    "Momentum",
    "RaceView",
    "Regions",
    "SilvaAlmeida",
    "SuperSAB",
    "TanhNetwork",
    "Trained",
    "annealed",
    "bowl",
    "cost_table",
    "four_regions",
    "four_regions_stream",
    "grid",
    "learning_curve",
    "long_view",
    "operations_per_weight",
    "race_on_four_regions",
    "race_seconds",
    "race_view",
    "region",
    "regions_film",
    "robbins_monro",
    "seconds_per_pattern",
    "standings",
    "stored_per_weight",
    "train",
]
