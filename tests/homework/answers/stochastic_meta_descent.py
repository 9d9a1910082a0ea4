"""Right and wrong answers to homework 10."""

import numpy as np
from homework.proof import Answers

# -- 1 the recursion of v -----------------------------------------------------------------------------


def next_v_in_a_loop(v, p, g, C, lambda_):
    n = range(len(v))
    return [lambda_ * v[i] - p[i] * g[i] - lambda_ * p[i] * sum(C[i, j] * v[j] for j in n) for i in n]


def next_v_by_a_matrix(v, p, g, C, lambda_):
    return lambda_ * (np.eye(len(v)) - np.diag(p) @ C) @ v - np.diag(p) @ g


def next_v_single(v, p, g, C, lambda_):
    v, p, g, C, lambda_ = (np.float32(x) for x in (v, p, g, C, lambda_))
    return lambda_ * v - p * (g + lambda_ * (C @ v))


NEXT_V = Answers(
    right=(next_v_in_a_loop, next_v_by_a_matrix, next_v_single),
    wrong=(
        ("(g + lambda_ * (C @ v))", "g", "curvature is missing"),
        ("lambda_ * (C @ v)", "(C @ v)", "lambda belongs to C v"),
        ("lambda_ * v - p", "-p", "old v is missing"),
        ("lambda_ * v - p", "v - p", "old v carries lambda"),
        ("p * (g + lambda_ * (C @ v))", "p * g - lambda_ * (C @ v)", "p multiplies C v"),
        ("g + lambda_", "g - lambda_", "added to g"),
        ("v - p *", "v + p *", "step is subtracted"),
        ("(C @ v)", "np.diag(C) * v", "C is a matrix"),
    ),
)

# -- 2 one step ahead -----------------------------------------------------------------------------------


def one_step_clipped(p, p_last, g, g_last, mu):
    return p * np.clip(1 + mu * p_last * g_last * g, 0.5, None)


def one_step_in_a_loop(p, p_last, g, g_last, mu):
    data = zip(p, p_last, g, g_last, strict=True)
    return tuple(a * max(0.5, 1 + mu * b * c * d) for a, b, c, d in data)


ONE_STEP = Answers(
    right=(one_step_clipped, one_step_in_a_loop),
    wrong=(
        ("np.maximum(0.5, 1 - mu * g * v)", "(1 - mu * g * v)", "guard is missing"),
        ("v = -p_last", "v = p_last", "two minuses"),
        ("-p_last * g_last", "-g_last", "holds p_last"),
        ("-p_last * g_last", "-p * g_last", "not the new ones"),
        ("-p_last * g_last", "-p_last * g", "last gradient is missing"),
        (lambda p, q, g, h, mu: p * np.maximum(0.5, 1 + mu * q * (g @ h)), "entry by entry"),
        ("return p * ", "return ", "multiply by p"),
        (lambda p, q, g, h, mu: p, "v is not 0"),
    ),
)

# -- 3 the fixed point ---------------------------------------------------------------------------------


def settled_by_running(H, p, g, lambda_):
    v = 0 * g
    for _ in range(3000):
        v = lambda_ * v - p * (g + lambda_ * (H @ v))
    return v


def settled_by_an_inverse(H, p, g, lambda_):
    return list(np.linalg.inv(np.diag(p) @ H * lambda_ + (1 - lambda_) * np.eye(len(p))) @ (-p * g))


SETTLED = Answers(
    right=(settled_by_running, settled_by_an_inverse),
    wrong=(
        (lambda H, p, g, c: -np.linalg.solve(H, g), "Newton's step"),
        (lambda H, p, g, c: -p * g, "first step"),
        ("-np.linalg", "np.linalg", "minus is missing"),
        ("np.diag(1 / p)", "np.diag(p)", "not p"),
        ("lambda_ * H + (1 - lambda_)", "(1 - lambda_) * H + lambda_", "swapped"),
        ("lambda_ * H", "H", "H carries lambda"),
        ("(1 - lambda_) * np", "np", "carries 1 - lambda"),
        ("np.linalg.solve(matrix, g)", "g / np.diag(matrix)", "beside the diagonal"),
    ),
    generic={"sign": "minus is missing"},
)

# -- 4 equal time ---------------------------------------------------------------------------------------


def equal_time_at_once(curves, costs, time):
    patterns = np.minimum((time / np.asarray(costs)).astype(int), curves.shape[1] - 1)
    return curves[np.arange(len(curves)), patterns]


def equal_time_by_counting(curves, costs, time):
    found = []
    for curve, cost in zip(curves, costs, strict=True):
        k = 0
        while (k + 1) * cost <= time and k + 1 < len(curve):
            k += 1
        found.append(float(curve[k]))
    return found


EQUAL_TIME = Answers(
    right=(equal_time_at_once, equal_time_by_counting),
    wrong=(
        (lambda curves, costs, time: curves[:, -1], "losses at the end"),
        ("time // cost", "time", "not equal time"),
        ("time // cost", "time * cost", "losses at the end|time . cost"),
        ("time // cost", "time // cost + 1", "round down"),
        ("int(time // cost)", "int(time // cost) - 1", "off by one"),
        ("curve[min(patterns, len(curve) - 1)]", "min(curve[: patterns + 1])", "lowest"),
        ("    return losses", "    return int(np.argmin(losses))", "shape"),
    ),
)

# -- 5 the whole step ------------------------------------------------------------------------------------


def smd_by_recursion(H, b, w, p, mu, lambda_, steps, v=None):
    if steps == 0:
        return [w, p]
    v = np.zeros(len(w)) if v is None else v
    g = H @ w - b
    p = p * np.maximum(1 - mu * g * v, 0.5)
    return smd_by_recursion(
        H, b, w - p * g, p, mu, lambda_, steps - 1, next_v_by_a_matrix(v, p, g, H, lambda_)
    )


def smd_in_logarithms(H, b, w, p, mu, lambda_, steps):
    log_p, v = np.log(p), 0 * w
    while steps:
        g = H @ w - b
        log_p = log_p + np.log(np.clip(1 - mu * g * v, 0.5, np.inf))
        w, v = w - np.exp(log_p) * g, next_v_by_a_matrix(v, np.exp(log_p), g, H, lambda_)
        steps -= 1
    return np.array([w, np.exp(log_p)])


def smd_with_old_step_sizes(H, b, w, p, mu, lambda_, steps):
    v = 0 * w
    for _ in range(steps):
        g = H @ w - b
        new = p * np.maximum(0.5, 1 - mu * g * v)
        w, v, p = w - p * g, next_v_by_a_matrix(v, p, g, H, lambda_), new
    return w, p


SMD = Answers(
    right=(smd_by_recursion, smd_in_logarithms),
    wrong=(
        ("p = p * np.maximum(0.5, 1 - mu * g * v)", "p = p", "must learn"),
        (smd_with_old_step_sizes, "not the old ones"),
        ("    v = np.zeros_like(w)\n", "    lambda_ = 0\n    v = np.zeros_like(w)\n", "one step ahead"),
        ("    v = np.zeros_like(w)\n", "    lambda_ = 1\n    v = np.zeros_like(w)\n", "never forgets"),
        ("np.maximum(0.5, 1 - mu * g * v)", "(1 - mu * g * v)", "guard is missing"),
        ("1 - mu", "1 + mu", "descent subtracts"),
        ("range(steps)", "range(steps - 1)", "one step is missing"),
        ("range(steps)", "range(steps + 1)", "one step too many"),
        ("w = w - p * g", "w = w + p * g", None),
        ("return w, p", "return p, w", "w comes first"),
    ),
)

ANSWERS = {
    "next_v": NEXT_V,
    "one_step": ONE_STEP,
    "settled": SETTLED,
    "equal_time": EQUAL_TIME,
    "smd": SMD,
}
