"""Speed of the training loop, and what the hand-vectorised network saves.

Run with `python tests/benchmarks/stochastic.py [race]`.  Contestants take turns and the fastest turn
counts, so the ratios hold on a busy machine too; patterns a second need a quiet one.
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib"))

from descent.autodiff import ggnvp, value_and_grad
from descent.stochastic import (
    ALAP,
    FILTER,
    SGD,
    SMD,
    TUNED,
    TanhNetwork,
    four_regions_stream,
    learning_curve,
    race_on_four_regions,
    seconds_per_pattern,
    standings,
)

RULES = {"SGD": SGD(0.3), "ALAP": ALAP(), "SMD": SMD(), "SMD, Hessian": SMD(curvature="hessian")}


def fastest(contestants: dict, rounds: int = 30, calls: int = 20) -> dict:
    """Return seconds a call; the contestants take turns."""
    best = dict.fromkeys(contestants, np.inf)
    for name in list(contestants) * rounds:
        start = time.perf_counter()
        for _ in range(calls):
            contestants[name]()
        best[name] = min(best[name], (time.perf_counter() - start) / calls)
    return best


def rules():
    print("microseconds a pattern, and times SGD's (target for SMD: at most 2.0)")
    for title, batch, seeds, steps in (
        ("single pattern, one seed", 1, (0,), 20),
        ("batch of 10, one seed", 10, (0,), 20),
        ("batch of 10, 40 seeds", 10, range(40), 4),
    ):
        seconds = seconds_per_pattern(RULES, batch=batch, seeds=seeds, steps=steps, rounds=300)
        print(f"  {title}: {1 / seconds['SGD']:,.0f} SGD patterns a second (target, single: 25,000)")
        for name, value in seconds.items():
            print(f"    {name:14}{1e6 * value:8.2f}{value / seconds['SGD']:8.2f}")
    print(f"    GEKF, single  {1e6 * seconds_per_pattern(FILTER, rounds=5)['GEKF']:8.2f}")


def by_hand_and_by_autodiff():
    network, (x, y) = TanhNetwork(), four_regions_stream(10, seeds=[0], batch=10)[0]
    x, y, rng = x[0], y[0], np.random.default_rng(0)
    w, v = network.initial(rng), rng.normal(size=network.n)

    def predict(w):
        h = x
        for k, (start, stop, rows, columns) in enumerate(network.cuts):
            W = w[start:stop].reshape(rows, columns)
            z = h @ W[:-1] + W[-1]
            h = np.tanh(z) if k < 2 else z
        return h

    def loss(z):
        return -np.sum(y * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))) / 10

    def by_hand():
        network.at(w, x, y).gradient()

    def product_by_hand():
        network.at(w, x, y).gauss_newton(v)

    gradient = value_and_grad(lambda w: loss(predict(w)))
    seconds = fastest(
        {
            "gradient, by hand": by_hand,
            "gradient, autodiff": lambda: gradient(w),
            "g and G v, by hand": product_by_hand,
            "G v, autodiff": lambda: ggnvp(predict, loss, w, v),
        }
    )
    print("the 2-10-10-4 network on a batch of 10, microseconds")
    for name, value in seconds.items():
        print(f"    {name:22}{1e6 * value:8.1f}")


def race():
    start = time.perf_counter()
    curves = {name: learning_curve(run) for name, run in race_on_four_regions(TUNED["uniform"]).items()}
    print(f"race of four rules, 40 seeds, 25,000 patterns: {time.perf_counter() - start:.1f} s (target 20)")
    print(standings(curves))


if __name__ == "__main__":
    rules()
    by_hand_and_by_autodiff()
    if "race" in sys.argv:
        race()
