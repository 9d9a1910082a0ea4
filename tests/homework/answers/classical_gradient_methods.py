"""Right and wrong answers to homework 07."""

import numpy as np
from homework.proof import Answers


def conjugate_by_solving(H, v, w):
    c = np.linalg.solve([[v @ H @ v]], [v @ H @ w])[0]
    return [a - c * b for a, b in zip(w, v, strict=True)]


def conjugate_by_projection(H, v, w):
    n = len(v)
    return (np.eye(n) - np.outer(v, H @ v) / (v @ H @ v)) @ w


CONJUGATE = Answers(
    right=(conjugate_by_solving, conjugate_by_projection),
    wrong=(
        ("Hv = H @ v", "Hv = v", "orthogonal"),
        ("w - (w", "w + (w", "is added"),
        (" / (v @ Hv)", "", "divide by v'H v"),
        ("/ (v @ Hv)", "/ (v @ v)", "not by v'v"),
        ("* v", "* Hv", "not of H v"),
        ("w - ", "", "part along v"),
        (lambda H, v, w: conjugate_by_projection(H, w, v), "swapped"),
    ),
)


def betas_by_sums(g_new, g_old, v):
    above = sum(a * (a - b) for a, b in zip(g_new, g_old, strict=True))
    below = sum(c * (a - b) for a, b, c in zip(g_new, g_old, v, strict=True))
    return [above / below if above / below > 0 else 0, sum(g_new**2) / sum(g_old**2)]


def betas_as_array(g_new, g_old, v):
    y = g_new - g_old
    lengths = np.linalg.norm(g_new), np.linalg.norm(g_old)
    return np.array([np.clip(np.dot(g_new, y) / np.dot(v, y), 0, None), (lengths[0] / lengths[1]) ** 2])


BETAS = Answers(
    right=(betas_by_sums, betas_as_array),
    wrong=(
        ("max(0.0, (g_new @ y) / (v @ y))", "(g_new @ y) / (v @ y)", "cut it at 0"),
        ("(v @ y)", "(g_old @ g_old)", "Polak-Ribiere"),
        ("(g_new @ y)", "(g_old @ y)", "one index late"),
        ("(g_new @ g_new) / (g_old @ g_old)", "(g_old @ g_old) / (g_new @ g_new)", "the new gradient above"),
        ("return hestenes_stiefel, fletcher_reeves", "return fletcher_reeves, hestenes_stiefel", "first"),
        (lambda a, b, v: max(0.0, a @ (a - b) / (v @ (a - b))), "2 things"),
    ),
)


def away_by_matrix(H, g):
    values, Q = np.linalg.eigh(H)
    return -np.linalg.solve(Q @ np.diag(np.abs(values)) @ Q.T, g)


def away_by_root(H, g):
    """|H| is the root of H H."""
    U, s, Vt = np.linalg.svd(H)
    return -(Vt.T @ ((U.T @ g) / s)) if np.all(np.linalg.eigvalsh(H) > 0) else away_by_matrix(H, g)


AWAY = Answers(
    right=(away_by_matrix, away_by_root),
    wrong=(
        (lambda H, g: -np.linalg.solve(H, g), "leads to the saddle"),
        ("np.abs(curvatures)", "curvatures", "leads to the saddle"),
        ("along / np.abs(curvatures)", "along * np.abs(curvatures)", "divide"),
        ("along = Q.T @ g", "along = g", None),
        ("-Q @ (along / np.abs(curvatures))", "-along / np.abs(curvatures)", "turn back"),
        (lambda H, g: -np.linalg.solve(np.abs(H), g), "entries of H"),
        (lambda H, g: -g, "scale it"),
    ),
    generic={"sign": "uphill|sign is flipped"},
)


def curvatures_by_einsum(r, J, second):
    G = np.einsum("ki,kj->ij", J, J)
    return G, G + np.einsum("k,kij->ij", r, second)


def curvatures_by_rows(r, J, second):
    G = sum(np.outer(row, row) for row in J)
    return [G.tolist(), (G + sum(a * b for a, b in zip(r, second, strict=True))).tolist()]


CURVATURES = Answers(
    right=(curvatures_by_einsum, curvatures_by_rows),
    wrong=(
        ("H = H + r[i] * second[i]", "pass", "G is taken for H"),
        ("r[i] * second[i]", "second[i]", "weight it by r_i"),
        ("r[i] * second[i]", "abs(r[i]) * second[i]", "with their signs"),
        ("r[i] * second[i]", "r[i] ** 2 * second[i]", "not their squares"),
        ("H = H + ", "H = H - ", "not subtracted"),
        ("G = J.T @ J", "G = J @ J.T", "shape|operands|broadcast"),
        ("return G, H", "return H, G", "G first"),
        (lambda r, J, s: (2 * J.T @ J, 2 * J.T @ J + 2 * np.tensordot(r, s, 1)), "no factor 2"),
    ),
    generic={"factor 2": "no factor 2|factor 2"},
)


def next_damping_by_arrays(damping, factor, ratio):
    good = np.clip(1 - (2 * ratio - 1) ** 3, 1 / 3, None)
    return np.where(ratio > 0, [damping * good, 2], [damping * factor, 2 * factor])


def next_damping_by_guard(damping, factor, ratio):
    if ratio <= 0:
        return [damping * factor, factor + factor]
    u = 2 * ratio - 1
    share = 1 - u * u * u
    return [damping * (share if share > 1 / 3 else 1 / 3), 2]


DAMPING = Answers(
    right=(next_damping_by_arrays, next_damping_by_guard),
    wrong=(
        ("ratio > 0", "ratio < 0", "swapped"),
        ("max(1 / 3, 1 - (2 * ratio - 1) ** 3)", "(1 - (2 * ratio - 1) ** 3)", "factor of 3 at most"),
        ("** 3", "** 2", "power is 3"),
        ("max", "min", "the larger"),
        ("), 2.0", "), factor", "starts again at 2"),
        ("damping * factor, 2 * factor", "damping * factor, factor", "grow with each failure"),
        ("damping * factor, 2 * factor", "2 * damping * factor, 2 * factor", "too early"),
        ("damping * factor, 2 * factor", "damping / factor, 2 * factor", "rises after a failure"),
        ("damping * factor, 2 * factor", "2 * damping, 2 * factor", "doubled at every failure"),
    ),
)


def rank_one_by_columns(H, s, y):
    u = [a - b for a, b in zip(s, H @ y, strict=True)]
    c = 1 / sum(a * b for a, b in zip(u, y, strict=True))
    return [[H[i, j] + c * u[i] * u[j] for j in range(len(s))] for i in range(len(s))]


def rank_one_by_matrices(H, s, y):
    u = np.reshape(s - H @ y, (-1, 1))
    return H + (u @ u.T) / (u.T @ y)


RANK_ONE = Answers(
    right=(rank_one_by_columns, rank_one_by_matrices),
    wrong=(
        ("u = s - H @ y", "u = y - H @ s", None),
        (lambda H, s, y: rank_one_by_matrices(H, y, s), "swap s and y"),
        ("(u @ y)", "(u @ u)", "not by u'u"),
        ("np.outer(u, u) / (u @ y)", "np.outer(u, u)", "divide by u'y"),
        ("np.outer(u, u) / (u @ y)", "np.outer(u, y) / (y @ y)", "not symmetric"),
        ("H + np", "H - np", "not subtracted"),
        ("H + np", "np", "change alone"),
        (lambda H, s, y: H, "old H"),
    ),
)

ANSWERS = {
    "conjugate": CONJUGATE,
    "betas": BETAS,
    "away_from_saddle": AWAY,
    "curvatures": CURVATURES,
    "next_damping": DAMPING,
    "rank_one": RANK_ONE,
}
