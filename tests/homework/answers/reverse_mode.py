"""Right and wrong answers to homework 05."""

import math

import numpy as np
from descent.autodiff import grad, vjp
from descent.autodiff.unrolled import descend
from homework.proof import Answers

# -- 1 rules --------------------------------------------------------------------------------------

FUNCTIONS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
}


def rule_by_autodiff(operation, a, b, vbar):
    return vjp(FUNCTIONS[operation], a, b)[1](vbar)


def rule_by_branches(operation, a, b, vbar):
    if operation in ("add", "sub"):
        return [vbar, vbar if operation == "add" else -vbar]
    if operation == "mul":
        return [vbar * b, vbar * a]
    if operation == "div":
        return [vbar / b, -vbar * (a / b) / b]
    return [vbar * b * a**b / a, vbar * a**b * np.log(a)]


RULE = Answers(
    right=(rule_by_autodiff, rule_by_branches),
    wrong=(
        ("vbar * da, vbar * db", "da, db", "vbar is missing"),
        ("(1.0, -1.0)", "(1.0, 1.0)", "sub: b stands"),
        ("(b, a)", "(a, b)", "mul: each factor"),
        ("-a / b**2", "a / b**2", "with a minus"),
        ("-a / b**2", "-a / b", "b.2 below"),
        ("(1 / b, ", "(b, ", "in a is 1 / b"),
        ("a ** (b - 1)", "a**b", "exponent falls"),
        (" * math.log(a)", "", "a.b ln a"),
        ("a**b * math.log(a)", "0.0", "b moves, too"),
        ("return vbar * da, vbar * db", "return vbar * db, vbar * da", "a and b are swapped"),
    ),
)

# -- 2 graph ----------------------------------------------------------------------------------------


def bell_by_autodiff(x, y):
    tail = vjp(lambda v3: -(v3**2), math.sin(x) - math.cos(y))
    top = math.exp(tail[0])
    gradient = vjp(lambda x, y: np.exp(-((np.sin(x) - np.cos(y)) ** 2)), x, y)[1](1.0)
    return [tail[1](top)[0], -top, top], gradient


def bell_as_arrays(x, y):
    d = np.sin(x) - np.cos(y)
    top = np.exp(-d * d)
    return top * np.array([-2 * d, -1, 1]), -2 * d * top * np.array([np.cos(x), np.sin(y)])


BELL = Answers(
    right=(bell_by_autodiff, bell_as_arrays),
    wrong=(
        ("v5bar = math.exp(-(v3**2))", "v5bar = 0.0", "seed is missing"),
        ("v5bar = math.exp(-(v3**2))", "v5bar = 1.0", "not 1"),
        ("v4bar = -v5bar", "v4bar = v5bar", "v5 = -v4"),
        ("v4bar * 2 * v3", "v4bar * v3", "the 2 is missing"),
        ("v3bar * math.sin(y)]", "-v3bar * math.sin(y)]", "to v2|cos is -sin"),
        (lambda x, y: (bell_as_arrays(x, y)[0], bell_as_arrays(x, y)[1][::-1]), "swapped"),
        ("return [v3bar, v4bar, v5bar], ", "return ", "2 things|shape|numbers"),
        (
            lambda x, y: (
                [2 * (math.sin(x) - math.cos(y)), -1.0, math.exp(-((math.sin(x) - math.cos(y)) ** 2))],
                [math.cos(x), -math.sin(y)],
            ),
            "local derivatives",
        ),
    ),
    generic={"zero": "seed is missing"},
)

# -- 3 sweep ------------------------------------------------------------------------------------------


def sweep_by_paths(n, rows):
    """Add the products of partial derivatives over all paths from an input to the output."""

    def derivative(node, of):
        if node == of:
            return 1.0
        before = rows[node - n] if node >= n else []
        return sum(partial * derivative(parent, of) for parent, partial in before)

    return [derivative(n + len(rows) - 1, of) for of in range(n)]


def sweep_by_matrices(n, rows):
    local = np.zeros((n + len(rows), n + len(rows)))
    for i, row in enumerate(rows):
        for parent, partial in row:
            local[n + i, parent] += partial
    return np.linalg.inv(np.eye(len(local)) - local)[-1, :n]


SWEEP = Answers(
    right=(sweep_by_paths, sweep_by_matrices),
    wrong=(
        ("+= bar", "= bar", "stands for"),
        ("bar[-1] = 1.0", "bar[-1] = 0.0", "seed is missing"),
        ("reversed(range(len(rows)))", "range(len(rows))", "go through them reversed"),
        (" * partial", "", "partial derivatives are missing"),
        (" * partial", " / partial", "multiply"),
        ("bar[:n]", "bar[-n:]", None),
        ("bar[:n]", "bar", "shape"),
        ("bar[:n]", "bar[:1] * n", "repeated"),
    ),
    generic={"zero": "seed is missing"},
)

# -- 4 solve ---------------------------------------------------------------------------------------------


def solve_by_inverse(A, b, c):
    inverse = np.linalg.inv(A)
    return [-np.outer(c @ inverse, inverse @ b), c @ inverse, inverse @ b]


def solve_by_autodiff(A, b, c):
    return vjp(lambda A, b, c: c @ np.linalg.solve(A, b), A, b, c)[1](1.0)


SOLVE = Answers(
    right=(solve_by_inverse, solve_by_autodiff),
    wrong=(
        ("np.linalg.solve(A.T, c)", "np.linalg.solve(A, c)", "not transposed"),
        ("np.outer(bbar, x)", "np.outer(x, bbar)", "is transposed"),
        ("-np.outer", "np.outer", "has a minus|sign is flipped"),
        (lambda A, b, c: [solve_by_inverse(A, b, c)[k] for k in (0, 2, 1)], "swapped"),
        ("np.outer(bbar, x)", "np.outer(c, x)", "not -c x"),
        (lambda A, b, c: (*solve_by_inverse(A, b, c)[:2], b), "is x, not b"),
        (lambda A, b, c: c @ np.linalg.solve(A, b), "3 things"),
    ),
    generic={"transposed": "transposed"},
)

# -- 5 checkpoints ------------------------------------------------------------------------------------------


def in_two_halves(step, back, x, steps, every, bar=None):
    """Go back through the second half, then through the first: checkpoints inside checkpoints."""
    starts = [x]
    while len(starts) * every < steps:
        for _ in range(every):
            x = step(x)
        starts.append(x)
    for k in range(len(starts) - 1, -1, -1):
        states = [starts.pop()]
        while len(states) < min(every, steps - k * every):
            states += [step(states[-1])]
        while states:
            state = states.pop()
            bar = back(state, np.ones_like(state) if bar is None else bar)
    return bar


def by_recursion(step, back, x, steps, every):
    def segment(x, done):
        if done >= steps:
            return np.ones_like(x)
        length = min(every, steps - done)
        end = x
        for _ in range(length):
            end = step(end)
        bar = segment(end, done + length)
        states = [x]
        for _ in range(length - 1):
            states.append(step(states[-1]))
        for state in reversed(states):
            bar = back(state, bar)
        return bar

    return segment(x, 0)


CHECKPOINTED = Answers(
    right=(in_two_halves, by_recursion),
    wrong=(
        ("if k % every == 0", "if k % 1 == 0", None),
        ("    kept = {}", "    every = steps\n    kept = {}", "all states are kept"),
        ("back(state, bar)", "back(step(state), bar)", "In the adjoint"),
        ("reversed(kept)", "reversed(list(kept)[-1:])", "last checkpoint"),
        ("return bar", "return x", "last state"),
        ("for first in reversed(kept)", "for first in kept", None),
        ("reversed(states)", "states", None),
        ("np.ones_like(x)", "np.zeros_like(x)", "always 0"),
        ("    kept = {}", "    steps = steps - 1\n    kept = {}", "one step is missing"),
    ),
)

# -- 6 step sizes ----------------------------------------------------------------------------------------


def step_sizes_by_autodiff(H, x, alphas):
    def last(alphas):
        end = x
        for k in range(len(alphas)):
            end = end - alphas[k] * (H @ end)
        return end @ H @ end / 2

    return grad(last)(alphas)


def step_sizes_forward(H, x, alphas):
    result = []
    for j in range(len(alphas)):
        y, dy = x, 0 * x
        for k, alpha in enumerate(alphas):
            y, dy = y - alpha * H @ y, dy - alpha * H @ dy - (k == j) * H @ y
        result.append(dy @ H @ y)
    return tuple(result)


STEP_SIZES = Answers(
    right=(step_sizes_by_autodiff, step_sizes_forward),
    wrong=(
        ("        bar = bar - alphas[k] * H @ bar\n", "", "carry the adjoint back"),
        ("-bar @ H @ points[k]", "bar @ H @ points[k]", "falls with alpha|sign is flipped"),
        ("reversed(range(len(alphas)))", "range(len(alphas))", None),
        ("result[::-1]", "result", "order is reversed|swapped"),
        ("        points.append(x)", "        points.append(x - alpha * H @ x)", "before the step"),
        ("return result[::-1]", "return [0.0 * r for r in result[:0:-1]] + result[:1]", "only the last"),
        ("bar = bar - alphas[k]", "bar = -alphas[k]", None),
        (lambda H, x, alphas: descend(lambda x: x @ H @ x / 2, x, alphas)[-1] @ H @ x, "shape"),
    ),
    generic={"sign": "falls with alpha"},
)

ANSWERS = {
    "rule": RULE,
    "bell": BELL,
    "sweep": SWEEP,
    "solve": SOLVE,
    "checkpointed": CHECKPOINTED,
    "step_sizes": STEP_SIZES,
}
