"""Time of automatic differentiation against other libraries and against gradients by hand.

    pip install -r tests/benchmarks/requirements.txt
    python tests/benchmarks/autodiff.py [--write]

One process, one thread, float64.  Every gradient is compared with the one by hand, and every product with a
Hessian with the others, before it is timed.  A peer that is not installed is reported and left
out.  The numbers to look at are the ratios of one run; microseconds change with the machine.
With --write the ratios go where the picture of notebook 05 finds them.
"""

# ruff: noqa: E402  (the number of threads is read when NumPy is imported)
import argparse
import gc
import json
import math
import os
import sys
import time
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
LIB = Path(__file__).resolve().parents[2] / "lib"
sys.path.insert(0, str(LIB))

import numpy as np
from autodiff_cases import CASES
from autodiff_peers import installed
from descent.autodiff import compile_grad, jacobian, wengert
from descent.autodiff.tape import Call

DATA = LIB / "descent" / "figures" / "data" / "autodiff_speed.json"
SHORT = {"JAX jit": 1 / 20, "PyTorch": 1 / 100, "autograd": 1 / 250, "micrograd": 1 / 30}
GOALS = [  # case -> what the program's time may be at most, over that of another
    {"by hand": 1.5, **SHORT},
    {"by hand": 1.5, **SHORT},
    {"by hand": 1.15, "JAX jit": 1.0, "micrograd": 1 / 100, "PyTorch": 1 / 200},
    {"by hand": 1.3, "JAX jit": 1 / 1.5, "PyTorch": 1 / 9, "autograd": 1 / 14},
    {"by hand": 1.06, "JAX jit": 1.1, "PyTorch": 1 / 1.35, "autograd": 1 / 1.6},
]
GRADIENT_OVER_F, PRODUCT_OVER_F = 2.3, 4.5


def seconds(contestants: dict, rounds: int, turn: float = 0.004) -> dict:
    """Return the least time of a call of each, measured in short turns so that all meet the same machine."""
    counts, best = {}, dict.fromkeys(contestants, math.inf)
    for name, f in contestants.items():
        start = time.perf_counter()
        f()
        counts[name] = max(1, int(turn / (time.perf_counter() - start + 1e-9)))
    gc.collect()
    gc.disable()
    for k in range(rounds):
        for name, f in contestants.items():
            if k > 2 and best[name] > 0.05:  # long calls are few
                continue
            repeats = range(counts[name])
            start = time.perf_counter()
            for _ in repeats:
                f()
            best[name] = min(best[name], (time.perf_counter() - start) / counts[name])
    gc.enable()
    return best


def flat(x) -> np.ndarray:
    if isinstance(x, (list, tuple)):
        return np.concatenate([flat(part) for part in x]) if len(x) else np.zeros(0)
    return np.ravel(np.asarray(x, float))


def agree(results: dict, tolerance: float) -> None:
    """Compare what all contestants return with the first."""
    name, expected = next(iter(results.items()))
    for other, found in results.items():
        scale = 1 + np.max(np.abs(expected))
        assert np.allclose(found, expected, rtol=0, atol=tolerance * scale), f"{other} differs from {name}"


def report(title: str, times: dict, base: str) -> None:
    print(f"\n{title}")
    for name, t in times.items():
        print(f"  {name:20} {1e6 * t:12.2f} us  {t / times[base]:10.3f} x {base}")


def verdict(text: str, ratio: float, goal: float) -> None:
    print(f"  {text} = {ratio:.4f}, goal at most {goal:.4f}: {'met' if ratio <= goal else 'MISSED'}")


def differentiate(case, goals: dict, peers: dict, rounds: int) -> dict:
    """Time value and gradient, and the Hessian times a vector; return the ratios to the one by hand."""
    calls = {name: peer(case) for name, peer in peers.items()}
    gradients = {name: gradient for name, (gradient, _) in calls.items() if gradient}
    products = {name: product for name, (_, product) in calls.items() if product}
    agree({name: flat(list(call())) for name, call in gradients.items()}, 1e-10)
    agree({name: flat(call()) for name, call in products.items()}, 1e-9)
    f = case.f(np)
    empty = seconds({"empty": lambda: None}, rounds)["empty"]
    times = seconds({"f": lambda: f(*case.point), **gradients}, rounds)
    times = {name: t - empty for name, t in times.items()}
    size = sum(np.size(x) for x in case.point)
    times["finite differences"] = (size + 1) * times["f"]
    report(
        f"{case.name}: value and gradient ({size} inputs; finite differences: {size + 1} f)", times, "by hand"
    )
    for rival, goal in goals.items():
        if rival in times:
            verdict(f"program / {rival}", times["program"] / times[rival], goal)
    verdict("program / f", times["program"] / times["f"], GRADIENT_OVER_F)
    second = seconds({"f": lambda: f(*case.point), **products}, rounds)
    second = {name: t - empty for name, t in second.items()}
    report(f"{case.name}: Hessian times a vector", second, "f")
    verdict("program / f", second["program"] / second["f"], PRODUCT_OVER_F)
    return {name: float(f"{t / times['by hand']:.3g}") for name, t in times.items() if name != "f"}


def first_calls(peers: dict) -> None:
    """Time recording, writing and running for the first time, beside JAX's compilation."""
    print("\nfirst call, ms")
    for case in CASES:
        best = math.inf
        for _ in range(20):
            f = case.f(np)
            start = time.perf_counter()
            compile_grad(f)(*case.point)
            best = min(best, time.perf_counter() - start)
        line = f"  {case.name:28} program {1e3 * best:9.2f}"
        if "JAX jit" in peers:
            call, _ = peers["JAX jit"](case)
            start = time.perf_counter()
            call()
            theirs = time.perf_counter() - start
            line += f"   JAX jit {1e3 * theirs:9.1f}   ratio {theirs / best:8.1f}"
        print(line)


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
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--write", action="store_true", help="keep the ratios for the picture")
    options = parser.parse_args()
    peers = installed()
    ratios = {
        case.name: differentiate(case, goals, peers, options.rounds)
        for case, goals in zip(CASES, GOALS, strict=True)
    }
    first_calls(peers)
    figure_35()
    if options.write:
        DATA.parent.mkdir(exist_ok=True)
        DATA.write_text(json.dumps(ratios, indent=2) + "\n")


if __name__ == "__main__":
    main()
