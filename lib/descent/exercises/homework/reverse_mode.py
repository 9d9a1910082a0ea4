"""Checkers of homework 05: rules, a graph, a sweep, a solve, checkpoints, learned step sizes."""

from collections.abc import Callable
from math import cos, exp, log, sin

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.chain import Chain

OPERATIONS = ("add", "sub", "mul", "div", "pow")


def check_rule(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `rule(operation, a, b, vbar)`: what v = a op b hands back to a and to b.

    >>> check_rule(lambda operation, a, b, vbar: (vbar, vbar)).passed
    False
    """

    def with_(**other):
        partials = {
            "add": lambda a, b: (1.0, 1.0),
            "sub": lambda a, b: (1.0, -1.0),
            "mul": lambda a, b: (b, a),
            "div": lambda a, b: (1 / b, -a / b**2),
            "pow": lambda a, b: (b * a ** (b - 1), a**b * log(a)),
        } | other
        return lambda operation, a, b, vbar: tuple(vbar * d for d in partials[operation](a, b))

    truth = with_()
    slips = {
        "the adjoint vbar is missing: multiply each partial derivative by it": lambda operation, a, b, vbar: (
            truth(operation, a, b, 1.0)
        ),
        "sub: b stands with a minus": with_(sub=lambda a, b: (1.0, 1.0)),
        "mul: each factor's partial derivative is the other factor": with_(mul=lambda a, b: (a, b)),
        "div: the derivative in b is -a / b^2, with a minus": with_(div=lambda a, b: (1 / b, a / b**2)),
        "div: the derivative in b has b^2 below": with_(div=lambda a, b: (1 / b, -a / b)),
        "div: the derivative in a is 1 / b": with_(div=lambda a, b: (b, -a / b**2)),
        "pow: the exponent falls by 1": with_(pow=lambda a, b: (b * a**b, a**b * log(a))),
        "pow: the derivative in b is a^b ln a": with_(pow=lambda a, b: (b * a ** (b - 1), a**b)),
        "pow: b moves, too": with_(pow=lambda a, b: (b * a ** (b - 1), 0.0)),
        "a and b are swapped": lambda *case: truth(*case)[::-1],
    }
    rng = variant(seed, "rule")
    cases = []
    for operation in OPERATIONS * 3:
        a, b, vbar = (round(float(v), 2) for v in rng.uniform(0.4, 2.5, 3))
        cases.append((operation, a, b, vbar * float(rng.choice([-1, 1]))))
    return diagnose(answer, truth, cases, slips, parts=("the adjoint of a", "the adjoint of b"))


def _bell(x, y, *, forgotten=False, seed=1.0, sign=-1.0, minus=-1.0, square=2.0, slope=-1.0):
    d = sin(x) - cos(y)
    v6 = exp(-(d**2))
    v5bar = v6 * seed
    v4bar = sign * v5bar
    v3bar = v4bar * (d if forgotten else square * d)
    return [v3bar, v4bar, v5bar], [v3bar * cos(x), minus * slope * v3bar * sin(y)]


def check_bell(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `bell(x, y)`: the adjoints [v3, v4, v5] and [x, y] of exp(-(sin x - cos y)^2).

    >>> check_bell(lambda x, y: _bell(x, y, sign=1.0)).slip
    'v5 = -v4 brings a minus'
    """

    def with_(**change):
        return lambda x, y: _bell(x, y, **change)

    slips = {
        "the seed is missing: the adjoint of v6 is 1, or everything is 0": with_(seed=0.0),
        "v5 = -v4 brings a minus": with_(sign=1.0),
        "v3 = v1 - v2 brings a minus to v2": with_(minus=1.0),
        "the derivative of cos is -sin": with_(slope=1.0),
        "the derivative of v3^2 is 2 v3: the 2 is missing": with_(square=1.0),
        "the adjoint of v5 is exp(v5) = v6, not 1": lambda x, y: _bell(
            x, y, seed=exp((sin(x) - cos(y)) ** 2)
        ),
        "these are the local derivatives: multiply along the way from the output": lambda x, y: (
            [2 * (sin(x) - cos(y)), -1.0, exp(-((sin(x) - cos(y)) ** 2))],
            [cos(x), -sin(y)],
        ),
        "x and y are swapped": lambda x, y: (_bell(x, y)[0], _bell(x, y)[1][::-1]),
    }
    rng = variant(seed, "bell")
    cases = [tuple(round(float(v), 2) for v in rng.uniform(0.2, 1.3, 2)) for _ in range(10)]
    parts = "the adjoints of v3, v4, v5", "the gradient"
    return diagnose(answer, _bell, cases, slips, rtol=1e-8, parts=parts)


def _sweep(n, rows, *, meet=lambda old, new: old + new, seed=1.0, backwards=True, partial=lambda d: d):
    bar = [0.0] * (n + len(rows))
    bar[-1] = seed
    order = range(len(rows))
    for i in reversed(order) if backwards else order:
        for parent, d in rows[i]:
            bar[parent] = meet(bar[parent], bar[n + i] * partial(d))
    return bar[:n]


def check_sweep(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `sweep(n, rows)`: the adjoints of n inputs of a list of rows [(parent, partial), ...].

    >>> check_sweep(lambda n, rows: _sweep(n, rows, meet=lambda old, new: new)).slip
    'adjoints that meet at a fan-out add, and here `=` stands for `+=`'
    """

    def with_(**change):
        return lambda n, rows: _sweep(n, rows, **change)

    slips = {
        "the seed is missing: the adjoint of the last row is 1": with_(seed=0.0),
        "adjoints that meet at a fan-out add, and here `=` stands for `+=`": with_(meet=lambda old, new: new),
        "the rows are visited from the first to the last: go through them reversed": with_(backwards=False),
        "the local partial derivatives are missing": with_(partial=lambda d: 1.0),
        "adjoints are divided by the partial derivatives: multiply": with_(partial=lambda d: 1 / d),
        "this is the adjoint of the first input alone, repeated": lambda n, rows: n * [_sweep(n, rows)[0]],
    }
    rng = variant(seed, "sweep")
    cases = []
    for n, length in ((1, 2), (2, 4), (3, 6), (2, 8), (4, 7), (2, 5)):
        rows = [[(0, 2.0), (0, 0.5)]] if n == 1 else []
        for i in range(len(rows), length):
            parents = rng.choice(n + i, min(2, n + i), replace=False)
            parents[0] = n + i - 1
            partials = rng.choice([-1, 1], 2) * rng.uniform(0.5, 2, 2)
            rows.append([(int(p), round(float(d), 2)) for p, d in zip(parents, partials, strict=False)])
        cases.append((n, rows))
    return diagnose(answer, _sweep, cases, slips, rtol=1e-8)


def _back(A, b, c, *, transposed=False, sign=-1.0, same=False):
    x = np.linalg.solve(A, b)
    bbar = np.linalg.solve(A if same else A.T, c)
    Abar = sign * np.outer(bbar, x)
    return Abar.T if transposed else Abar, bbar, x


def check_solve(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `solve(A, b, c)`: the adjoints of A, b and c for the number c'x with A x = b.

    >>> check_solve(lambda A, b, c: _back(A, b, c, same=True)).slip
    "the system back is not transposed: the adjoint of b solves A'bbar = c"
    """

    def with_(**change):
        return lambda A, b, c: _back(A, b, c, **change)

    slips = {
        "the system back is not transposed: the adjoint of b solves A'bbar = c": with_(same=True),
        "the adjoint of A is transposed: its entry ij belongs to A_ij": with_(transposed=True),
        "the adjoint of A has a minus: dA^-1 = -A^-1 dA A^-1": with_(sign=1.0),
        "b and c are swapped": lambda A, b, c: (_back(A, b, c)[0], *_back(A, b, c)[:0:-1]),
        "the adjoint of A is -bbar x', not -c x'": lambda A, b, c: (
            -np.outer(c, np.linalg.solve(A, b)),
            *_back(A, b, c)[1:],
        ),
        "the adjoint of c is x, not b": lambda A, b, c: (*_back(A, b, c)[:2], b),
    }
    rng = variant(seed, "solve")
    cases = []
    for n in (2, 3, 3, 4):
        A, b, c = (np.round(rng.normal(size=shape), 2) for shape in ((n, n), n, n))
        cases.append((A + 3 * np.eye(n), b, c))
    parts = "the adjoint of A", "the adjoint of b", "the adjoint of c"
    return diagnose(answer, _back, cases, slips, rtol=1e-8, parts=parts)


def _checkpointed(step, back, x, steps, every, *, end=False, late=False):
    kept = {0: x}
    for k in range(steps):
        x = step(x)
        if (k + 1) % every == 0 and k + 1 < steps:
            kept[k + 1] = x
    bar = np.ones_like(x)
    ends = sorted(kept)[::-1]
    for first, last in zip(ends, [steps, *ends], strict=False):
        states = [kept[first]]
        for _ in range(first, last):
            states.append(step(states[-1]))
        for state in (states[1:] if late else states[:-1])[::-1]:
            bar = back(state, bar)
        if end:
            break
    return bar


def check_checkpointed(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `checkpointed(step, back, x, steps, every)`: the adjoint of x, with few states in memory.

    >>> check_checkpointed(lambda step, back, x, *_: x * 0).slip
    'it is always 0'
    """

    def observe(function, chain, x, steps, every):
        bar = function(chain.step, chain.back, x, steps, every)
        allowed = -(-steps // every) + every + 3
        return bar, max(0, chain.calls - 2 * steps), max(0, chain.most - allowed)

    def all_kept(step, back, x, steps, every):
        return _checkpointed(step, back, x, steps, steps)

    def every_time_from_the_start(step, back, x, steps, every):
        bar = np.ones_like(x)
        for k in reversed(range(steps)):
            state = x
            for _ in range(k):
                state = step(state)
            bar = back(state, bar)
        return bar

    slips = {
        "all states are kept: keep every so many only, and compute the others again": all_kept,
        "each state is computed again from the start: start from the checkpoint before it": (
            every_time_from_the_start
        ),
        "back needs the state before the step, not after it": lambda *c: _checkpointed(*c, late=True),
        "this is the adjoint of the last checkpoint: go on to the start": lambda *c: _checkpointed(
            *c, end=True
        ),
        "this is the last state, not an adjoint": lambda step, back, x, steps, every: _forward(
            step, x, steps
        ),
        "one step is missing": lambda step, back, x, n, every: _checkpointed(step, back, x, n - 1, every),
    }
    rng = variant(seed, "checkpointed")
    cases = []
    for steps, every in ((16, 4), (36, 6), (30, 5), (23, 5)):
        W = np.round(rng.uniform(-1, 1, (2, 2)), 2)
        cases.append((Chain(W), np.round(rng.uniform(0.5, 1, 2), 2), steps, every))
    parts = "the adjoint", "the calls of step beyond 2 steps", "the states beyond steps / every + every"
    return diagnose(answer, _checkpointed, cases, slips, rtol=1e-8, observe=observe, parts=parts)


def _forward(step, x, steps):
    for _ in range(steps):
        x = step(x)
    return x


def _learned(H, x, alphas, *, carry=True, order=-1, sign=-1.0, late=False):
    path = [x]
    for alpha in alphas:
        path.append(path[-1] - alpha * H @ path[-1])
    bar, found = H @ path[-1], np.zeros(len(alphas))
    for k in list(range(len(alphas)))[::order]:
        found[k] = sign * bar @ H @ path[k + 1 if late else k]
        if carry:
            bar = bar - alphas[k] * H @ bar
    return found


def check_step_sizes(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `step_sizes(H, x, alphas)`: the gradient, in the step sizes, of x'Hx / 2 after the descent.

    >>> check_step_sizes(lambda H, x, alphas: _learned(H, x, alphas, carry=False)).slip
    'a step changes all later points: carry the adjoint back through x - alpha H x'
    """

    def with_(**change):
        return lambda H, x, alphas: _learned(H, x, alphas, **change)

    slips = {
        "a step changes all later points: carry the adjoint back through x - alpha H x": with_(carry=False),
        "the steps are visited from the first to the last: go through them reversed": with_(order=1),
        "x - alpha H x falls with alpha: a minus": with_(sign=1.0),
        "the gradient at x_k belongs to step k, before the step": with_(late=True),
        "only the last step size has a derivative here: go on to the first": lambda H, x, alphas: np.append(
            np.zeros(len(alphas) - 1), _learned(H, x, alphas)[-1]
        ),
    }
    rng = variant(seed, "step_sizes")
    cases = []
    for n, steps in ((2, 2), (2, 3), (3, 4), (3, 2), (4, 3)):
        root, x = np.round(rng.normal(size=(n, n)), 2), np.round(rng.normal(size=n), 2)
        cases.append((root @ root.T + np.eye(n), x, np.round(rng.uniform(0.05, 0.3, steps), 2)))
    return diagnose(answer, _learned, cases, slips, rtol=1e-8)
