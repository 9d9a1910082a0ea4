"""Time of automatic differentiation against other libraries and against gradients by hand.

    pip install -r tests/benchmarks/peers.txt
    python tests/benchmarks/autodiff.py

One process, one thread, float64.  Every gradient is compared with the one by hand before it is
timed.  A peer that is not installed is reported and left out.  The numbers to look at are the
ratios of one run; microseconds change with the machine.
"""

# ruff: noqa: E402  (the number of threads is read when NumPy is imported)
import argparse
import gc
import importlib
import itertools
import math
import os
import time

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import numpy as np
from descent.autodiff import finite_difference, jacobian, value_and_grad, wengert
from descent.autodiff.tape import Call

GOALS = {  # (case, ours over what) -> at most
    ("Rosenbrock loop, n = 100", "micrograd"): 1 / 6,
    ("ln x1 + x1 x2 - sin x2", "autograd"): 1 / 10,
    ("MLP 64 x 784-128-64-10", "by hand"): 1.25,
}


def peer(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed: left out")
        return None


def seconds(contestants: dict, rounds: int) -> dict:
    """Return the least time of a call of each, measured in turns so that all meet the same machine."""
    counts, best = {}, dict.fromkeys(contestants, math.inf)
    for name, f in contestants.items():
        start = time.perf_counter()
        f()
        counts[name] = max(1, int(0.02 / (time.perf_counter() - start + 1e-9)))
    gc.collect()
    for _ in range(rounds):
        for name, f in contestants.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                f()
            best[name] = min(best[name], (time.perf_counter() - start) / counts[name])
    return best


# -- the cases ---------------------------------------------------------------------------------------


def lecture_case(autograd):
    """Return each contestant's value and gradient of ln x1 + x1 x2 - sin x2 at (2, 5)."""

    def by_hand():
        x1, x2 = 2.0, 5.0
        return math.log(x1) + x1 * x2 - math.sin(x2), (1 / x1 + x2, x1 - math.cos(x2))

    ours = value_and_grad(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), (0, 1))
    contestants = {"by hand": by_hand, "list": lambda: ours(2.0, 5.0)}
    if autograd:
        anp = autograd.numpy
        theirs = autograd.value_and_grad(lambda x1, x2: anp.log(x1) + x1 * x2 - anp.sin(x2), (0, 1))
        contestants["autograd"] = lambda: theirs(2.0, 5.0)
    return contestants


def rosenbrock(x):
    total = 0.0
    for k in range(len(x) - 1):
        total = total + 100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2
    return total


def rosenbrock_by_hand(x):
    total, g = 0.0, [0.0] * len(x)
    for k in range(len(x) - 1):
        a, b = x[k], x[k + 1]
        r, s = b - a * a, 1 - a
        total += 100 * r * r + s * s
        g[k] -= 400 * a * r + 2 * s
        g[k + 1] += 200 * r
    return total, g


def rosenbrock_case(autograd, micrograd):
    point = [0.5 + 0.01 * k for k in range(100)]
    ours = value_and_grad(rosenbrock)
    array = np.array(point)
    contestants = {
        "by hand": lambda: rosenbrock_by_hand(point),
        "list": lambda: ours(point),
        "list, entries of an array": lambda: ours(array),
    }
    if autograd:
        theirs = autograd.value_and_grad(rosenbrock)
        contestants["autograd"] = lambda: theirs(point)
    if micrograd:

        def by_micrograd():
            x = [micrograd.engine.Value(v) for v in point]
            y = rosenbrock(x)
            y.backward()
            return y.data, [v.grad for v in x]

        contestants["micrograd"] = by_micrograd
    return contestants


def network():
    rng = np.random.default_rng(0)
    sizes = (784, 128, 64, 10)
    weights = [rng.standard_normal((m, n)) / np.sqrt(m) for m, n in itertools.pairwise(sizes)]
    biases = [0.1 * rng.standard_normal(n) for n in sizes[1:]]
    return rng.standard_normal((64, 784)), rng.integers(10, size=64), [*weights, *biases]


def network_loss(xp, x, labels, p):
    W1, W2, W3, b1, b2, b3 = p
    h = xp.tanh(xp.dot(xp.tanh(xp.dot(x, W1) + b1), W2) + b2)
    scores = xp.dot(h, W3) + b3
    scores = scores - np.max(
        getattr(scores, "value", getattr(scores, "_value", scores)), axis=1, keepdims=True
    )
    picked = scores[np.arange(len(labels)), labels]
    return xp.mean(xp.log(xp.sum(xp.exp(scores), axis=1)) - picked)


def network_by_hand(x, labels, p):
    W1, W2, W3, b1, b2, b3 = p
    h1 = np.tanh(x @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    scores = h2 @ W3 + b3
    scores = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(scores)
    total = e.sum(axis=1)
    rows = np.arange(len(labels))
    loss = np.mean(np.log(total) - scores[rows, labels])
    d3 = e / total[:, None]
    d3[rows, labels] -= 1
    d3 /= len(labels)
    d2 = (d3 @ W3.T) * (1 - h2 * h2)
    d1 = (d2 @ W2.T) * (1 - h1 * h1)
    return loss, [x.T @ d1, h1.T @ d2, h2.T @ d3, d1.sum(axis=0), d2.sum(axis=0), d3.sum(axis=0)]


def network_case(autograd):
    x, labels, p = network()
    ours = value_and_grad(lambda p: network_loss(np, x, labels, p))
    contestants = {"by hand": lambda: network_by_hand(x, labels, p), "list": lambda: ours(p)}
    if autograd:
        theirs = autograd.value_and_grad(lambda p: network_loss(autograd.numpy, x, labels, p))
        contestants["autograd"] = lambda: theirs(p)
    return contestants


def agree(contestants: dict) -> None:
    value, gradient = contestants["by hand"]()
    for name, f in contestants.items():
        found, slopes = f()
        assert math.isclose(found, value, rel_tol=1e-12), name
        for a, b in zip(slopes, gradient, strict=True):
            assert np.allclose(a, b, rtol=1e-10, atol=1e-12), name


# -- figure 35: forward against reverse for A x, in operations and in time ----------------------------


def multiplications(trace, mode: str) -> int:
    """Count the multiplications of a whole Jacobian by sweeps over a list of matrix products."""
    n = sum(np.size(leaf) for leaf in trace.arguments.leaves)
    m = sum(np.size(value) for value in trace.values)
    products = [row[2].operands[0].shape for row in trace.tape if isinstance(row[2], Call)]
    a_sweep = sum(rows * columns for rows, columns in products)
    return a_sweep * (n if mode == "forward" else m)


def figure_35(n: int = 100) -> None:
    print(f"\nJacobian of f(x) = A x with n = {n} inputs and m outputs")
    print("    m  forward mult.  reverse mult.  forward ms  reverse ms")
    for m in (1, 10, 30, 100, 300):
        A = np.random.default_rng(m).standard_normal((m, n))
        f, x = (lambda x, A=A: A @ x), np.ones(n)
        modes = {
            mode: lambda mode=mode, f=f, x=x: jacobian(f, mode=mode)(x) for mode in ("forward", "reverse")
        }
        assert all(np.allclose(J(), A) for J in modes.values())
        trace, ms = wengert(f, x), seconds(modes, 3)
        counts = [multiplications(trace, mode) for mode in modes]
        times = [1e3 * ms[mode] for mode in modes]
        print(f"{m:5}  {counts[0]:13,}  {counts[1]:13,}  {times[0]:10.2f}  {times[1]:10.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    autograd, micrograd = peer("autograd"), peer("micrograd")
    if autograd:
        importlib.import_module("autograd.numpy")
    if micrograd:
        importlib.import_module("micrograd.engine")
    cases = {
        "ln x1 + x1 x2 - sin x2": lecture_case(autograd),
        "Rosenbrock loop, n = 100": rosenbrock_case(autograd, micrograd),
        "MLP 64 x 784-128-64-10": network_case(autograd),
    }
    for case, contestants in cases.items():
        agree(contestants)
        if case.startswith("Rosenbrock"):
            contestants["finite differences"] = lambda: finite_difference(rosenbrock, np.full(100, 0.5))
        times = seconds(contestants, rounds)
        print(f"\n{case}: value and gradient")
        for name, t in times.items():
            print(f"  {name:26} {1e6 * t:10.1f} us  {t / times['by hand']:8.2f} x by hand")
        for (of_case, rival), goal in GOALS.items():
            if of_case == case and rival in times:
                ratio = times["list"] / times[rival]
                verdict = "met" if ratio <= goal else "MISSED"
                print(f"  list / {rival} = {ratio:.3f}, goal at most {goal:.3f}: {verdict}")
    figure_35()


if __name__ == "__main__":
    main()
