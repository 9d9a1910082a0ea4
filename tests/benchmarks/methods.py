"""Calls of f by the methods, beside SciPy's and MINPACK's, and the digits of NIST's parameters.

Run with `python tests/benchmarks/methods.py`.  Counts, unlike times, are the same on every machine.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares as minpack
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib"))

from descent.methods import bfgs, conjugate_gradient, levenberg_marquardt
from descent.problems import least_squares, multivariate


def geometric_mean(ratios) -> float:
    return float(np.exp(np.mean(np.log(ratios))))


METHODS = {
    "BFGS": ("BFGS", bfgs),
    "HS": ("CG", conjugate_gradient),
    "PR+": ("CG", lambda f, grad, x0: conjugate_gradient(f, grad, x0, beta="PR+")),
    "FR": ("CG", lambda f, grad, x0: conjugate_gradient(f, grad, x0, beta="FR")),
}


def scipys(problem, kind):
    options = {"gtol": 1e-5, "maxiter": 20_000}
    return minimize(problem.f, problem.x0, jac=problem.grad, method=kind, options=options)


def counted(run) -> str:
    return f"{run.nfev:>7}{' ' if run.success else '-'}"


def race():
    """Print the calls of each method on each problem, gtol 1e-5; a dash marks no success."""
    print(f"{'calls of f':26}" + "".join(f"{name:>8}" for name in (*METHODS, "SciPy:", "BFGS", "CG")))
    ratios = {name: [] for name in METHODS}
    for problem in multivariate.values():
        peers = {kind: scipys(problem, kind) for kind in ("BFGS", "CG")}
        runs = {name: method(problem.f, problem.grad, problem.x0) for name, (_, method) in METHODS.items()}
        for name, run in runs.items():
            ratios[name].append(run.nfev / peers[METHODS[name][0]].nfev)
        ours, theirs = ("".join(map(counted, found.values())) for found in (runs, peers))
        print(f"{problem.name:26}{ours}{'':8}{theirs}")
    for name, found in ratios.items():
        print(f"{name}: {geometric_mean(found):.3f} times SciPy's calls, worst {max(found):.2f}")


def fewest_of_minpack(problem, x0) -> int | None:
    """Return the calls of the better scaling of the parameters, among those with 6 digits."""
    tolerances = {"xtol": 1e-10, "ftol": 1e-14, "gtol": 1e-14}
    runs = [
        minpack(problem.residual, x0, problem.jac, method="lm", x_scale=scale, **tolerances)
        for scale in (1.0, "jac")
    ]
    return min((run.nfev for run in runs if digits(run, problem) >= 6), default=None)


def fit():
    """Print calls and certified digits of Levenberg-Marquardt from both starts, and MINPACK's calls."""
    print(f"\n{'NIST':12}{'start':>6}{'calls':>7}{'digits':>8}{'MINPACK':>9}")
    ratios = []
    for problem in least_squares.values():
        if not problem.reference.startswith("NIST"):
            continue
        for k, x0 in enumerate(problem.starts):
            run = levenberg_marquardt(problem.residual, problem.jac, x0)
            fewest = fewest_of_minpack(problem, x0)
            if fewest:
                ratios.append(run.nfev / fewest)
            print(f"{problem.name:12}{k + 1:>6}{run.nfev:>7}{digits(run, problem):>8.1f}{fewest or '-':>9}")
    print(f"{geometric_mean(ratios):.3f} times MINPACK's calls, worst {max(ratios):.2f}")


def digits(run, problem) -> float:
    error = np.max(abs(run.x - problem.x_star) / abs(problem.x_star))
    return float(-np.log10(max(1e-11, error)))


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        race()
        fit()
