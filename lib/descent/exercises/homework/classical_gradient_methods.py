"""Checkers of homework 07: conjugate directions, betas, a saddle, G and H, damping, the secant equation."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant


def positive_definite(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return a random symmetric matrix with eigenvalues between 1 and about 4.

    >>> bool(np.linalg.eigvalsh(positive_definite(np.random.default_rng(0), 3))[0] >= 1 - 1e-12)
    True
    """
    root = rng.normal(size=(n, n)) / np.sqrt(n)
    return np.round(root @ root.T + np.eye(n), 3)


def check_conjugate(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `conjugate(H, v, w)`: what is left of w when its part along v is taken away, so that v'H d = 0.

    >>> check_conjugate(lambda H, v, w: w - (v @ H @ w) / (v @ H @ v) * v).passed
    True
    """

    def truth(H, v, w):
        return w - (v @ H @ w) / (v @ H @ v) * v

    slips = {
        "this is orthogonal to v, v'd = 0: conjugate means v'H d = 0": lambda H, v, w: (
            w - (v @ w) / (v @ v) * v
        ),
        "the part along v is added: subtract it": lambda H, v, w: w + (v @ H @ w) / (v @ H @ v) * v,
        "divide by v'H v: v has not unit length": lambda H, v, w: w - (v @ H @ w) * v,
        "divide by v'H v, not by v'v": lambda H, v, w: w - (v @ H @ w) / (v @ v) * v,
        "divide by v'H v, not by w'H w": lambda H, v, w: w - (v @ H @ w) / (w @ H @ w) * v,
        "this takes the part along w from v: the two are swapped": lambda H, v, w: truth(H, w, v),
        "subtract a multiple of v, not of H v": lambda H, v, w: w - (v @ H @ w) / (v @ H @ v) * (H @ v),
        "this is the part along v: subtract it from w": lambda H, v, w: (v @ H @ w) / (v @ H @ v) * v,
    }
    rng = variant(seed, "conjugate")
    cases = [(positive_definite(rng, n), *np.round(rng.normal(size=(2, n)), 3)) for n in (2, 3, 4, 3)]
    return diagnose(answer, truth, cases, slips)


def check_betas(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `betas(g_new, g_old, v)`: the pair of beta by Hestenes-Stiefel, cut at 0, and by Fletcher-Reeves.

    >>> def right(g_new, g_old, v):
    ...     y = g_new - g_old
    ...     return max(0.0, g_new @ y / (v @ y)), g_new @ g_new / (g_old @ g_old)
    >>> check_betas(right).passed
    True
    """

    def truth(new, old, v):
        y = new - old
        return max(0.0, new @ y / (v @ y)), new @ new / (old @ old)

    def hs(change):
        return lambda new, old, v: (change(new, old, v), new @ new / (old @ old))

    def fr(change):
        return lambda new, old, v: (truth(new, old, v)[0], change(new, old, v))

    slips = {
        "cut it at 0: a negative beta would point back": hs(
            lambda new, old, v: new @ (new - old) / (v @ (new - old))
        ),
        "this is Polak-Ribiere: Hestenes-Stiefel divides by v'y": hs(
            lambda new, old, v: max(0.0, new @ (new - old) / (old @ old))
        ),
        "beta is too large where the gradients differ much: the numerator of Hestenes-Stiefel is g_new'y": hs(
            lambda new, old, v: max(0.0, new @ new / (v @ (new - old)))
        ),
        "the gradients are one index late: the numerator needs g_new": hs(
            lambda new, old, v: max(0.0, old @ (new - old) / (v @ (new - old)))
        ),
        "y is the new gradient minus the old one": hs(
            lambda new, old, v: max(0.0, new @ (new - old) / (v @ (old - new)))
        ),
        "Fletcher-Reeves has the new gradient above and the old one below": fr(
            lambda new, old, v: old @ old / (new @ new)
        ),
        "Fletcher-Reeves takes the squared lengths": fr(
            lambda new, old, v: np.linalg.norm(new) / np.linalg.norm(old)
        ),
        "Fletcher-Reeves divides by g_old'g_old, not by v'v": fr(lambda new, old, v: new @ new / (v @ v)),
        "the pair is Hestenes-Stiefel first, then Fletcher-Reeves": lambda *c: truth(*c)[::-1],
    }
    rng = variant(seed, "betas")
    cases = []
    for n in (2, 3, 4, 2, 3, 4, 5, 3):
        new, old = np.round(rng.normal(size=(2, n)), 3)
        v = -old + np.round(0.5 * rng.normal(size=n), 3)
        v = v if v @ (new - old) > 0.2 else -old + 0.5 * (new - old) / np.linalg.norm(new - old)
        cases.append((new, old, v))
    cases.sort(key=lambda case: -truth(*case)[0])  # the first one is not cut
    old = np.round(rng.normal(size=3), 3)
    cases.append((0.9 * old, old, -old))  # a bad step: the gradient has hardly changed
    parts = ("the beta of Hestenes-Stiefel", "the beta of Fletcher-Reeves")
    return diagnose(answer, truth, cases, slips, parts=parts)


def check_away_from_saddle(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `away_from_saddle(H, g)`: Newton's direction with the absolute values of H's eigenvalues.

    >>> def right(H, g):
    ...     values, Q = np.linalg.eigh(H)
    ...     return -Q @ ((Q.T @ g) / abs(values))
    >>> check_away_from_saddle(right).passed
    True
    """

    def by_eigenvalues(change, sign=-1.0):
        def direction(H, g):
            values, Q = np.linalg.eigh(H)
            return sign * (Q @ (change(values) * (Q.T @ g)))

        return direction

    def unrotated(H, g):
        return -g / np.abs(np.linalg.eigvalsh(H))

    slips = {
        "this is Newton's own direction: it leads to the saddle": lambda H, g: -np.linalg.solve(H, g),
        "the sign is flipped: this goes uphill": by_eigenvalues(lambda d: 1 / np.abs(d), 1.0),
        "multiply by the inverse: divide by the absolute values": by_eigenvalues(np.abs),
        "take the absolute values of the eigenvalues, not of the entries of H": lambda H, g: (
            -np.linalg.solve(np.abs(H), g)
        ),
        "the direction is in the axes of H: turn back with Q": lambda H, g: (
            -(np.linalg.eigh(H)[1].T @ g) / np.abs(np.linalg.eigvalsh(H))
        ),
        "the gradient must be turned into the axes of H first: Q'g": unrotated,
        "eigenvectors are the columns of Q: Q and Q' are swapped": lambda H, g: (
            -(np.linalg.eigh(H)[1].T @ ((np.linalg.eigh(H)[1] @ g) / np.abs(np.linalg.eigvalsh(H))))
        ),
        "negative eigenvalues are left out: flip them": by_eigenvalues(lambda d: np.where(d > 0, 1 / d, 0.0)),
        "this is -g: scale it by the curvatures": lambda H, g: -g,
    }
    rng = variant(seed, "away_from_saddle")
    cases = []
    for values in ([-1.0, 2.0], [3.0, -0.5, 1.0], [-2.0, -0.7, 1.5], [2.0, 0.5], [-3.0, 1.0, 0.4, 2.0]):
        Q = np.linalg.qr(rng.normal(size=(len(values), len(values))))[0]
        H = np.round(Q @ np.diag(values) @ Q.T, 3)
        cases.append(((H + H.T) / 2, np.round(rng.normal(size=len(values)), 3)))

    return diagnose(answer, by_eigenvalues(lambda d: 1 / np.abs(d)), cases, slips)


def check_curvatures(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `curvatures(r, J, second)`: the pair G, H of |r|^2 / 2; second[i] is the Hessian of r_i.

    >>> check_curvatures(lambda r, J, second: (J.T @ J, J.T @ J + np.tensordot(r, second, 1))).passed
    True
    """

    def truth(r, J, second):
        return J.T @ J, J.T @ J + np.tensordot(r, second, 1)

    def hessian(change):
        return lambda r, J, second: (J.T @ J, change(r, J, second))

    slips = {
        "G is taken for H: the residuals' own curvature is missing": hessian(lambda r, J, s: J.T @ J),
        "each Hessian counts as much as its residual: weight it by r_i": hessian(
            lambda r, J, s: J.T @ J + np.sum(s, axis=0)
        ),
        "the weights are r_i, with their signs": hessian(
            lambda r, J, s: J.T @ J + np.tensordot(np.abs(r), s, 1)
        ),
        "the weights are r_i, not their squares": hessian(lambda r, J, s: J.T @ J + np.tensordot(r**2, s, 1)),
        "G is missing: H = G + sum r_i H_i": hessian(lambda r, J, s: np.tensordot(r, s, 1)),
        "the second part is added, not subtracted": hessian(lambda r, J, s: J.T @ J - np.tensordot(r, s, 1)),
        "f is half the squared residuals: there is no factor 2": lambda r, J, s: (
            2 * J.T @ J,
            2 * J.T @ J + 2 * np.tensordot(r, s, 1),
        ),
        "the pair is G first, then H": lambda *c: truth(*c)[::-1],
    }
    rng = variant(seed, "curvatures")
    cases = []
    for m, n in ((3, 2), (4, 3), (2, 2), (5, 2)):
        second = rng.normal(size=(m, n, n))
        parts = rng.normal(size=m), rng.normal(size=(m, n)), second + second.transpose(0, 2, 1)
        cases.append(tuple(np.round(part, 2) for part in parts))
    return diagnose(answer, truth, cases, slips, parts=("G", "H"))


def check_next_damping(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `next_damping(damping, factor, ratio)`: the pair of both after a trial step (Nielsen).

    >>> def right(damping, factor, ratio):
    ...     if ratio > 0:
    ...         return damping * max(1 / 3, 1 - (2 * ratio - 1) ** 3), 2
    ...     return damping * factor, 2 * factor
    >>> check_next_damping(right).passed
    True
    """

    def nielsen(damping, factor, ratio):
        if ratio > 0:
            return damping * max(1 / 3, 1 - (2 * ratio - 1) ** 3), 2.0
        return damping * factor, 2 * factor

    def success(change):
        return lambda d, f, r: (change(d, f, r), 2.0) if r > 0 else (d * f, 2 * f)

    def failure(change):
        return lambda d, f, r: nielsen(d, f, r) if r > 0 else change(d, f, r)

    slips = {
        "success and failure are swapped: a good step lowers the damping": lambda d, f, r: (
            (d * f, 2 * f) if r > 0 else (d * max(1 / 3, 1 - (2 * r - 1) ** 3), 2.0)
        ),
        "it may fall by a factor of 3 at most": success(lambda d, f, r: d * (1 - (2 * r - 1) ** 3)),
        "the power is 3: with an even one a bad step would lower the damping, too": success(
            lambda d, f, r: d * max(1 / 3, 1 - (2 * r - 1) ** 2)
        ),
        "take the larger of 1/3 and the curve": success(lambda d, f, r: d * min(1 / 3, 1 - (2 * r - 1) ** 3)),
        "the curve is 1 - (2 ratio - 1)^3": success(lambda d, f, r: d * max(1 / 3, 1 - (r - 1) ** 3)),
        "after a success the factor starts again at 2": lambda d, f, r: (
            (nielsen(d, f, r)[0], f) if r > 0 else (d * f, 2 * f)
        ),
        "the factor must grow with each failure: 2, 4, 8, ...": failure(lambda d, f, r: (d * f, f)),
        "the factor starts again after a success only": failure(lambda d, f, r: (d * f, 2.0)),
        "multiply by the factor, then double it: it is doubled too early": failure(
            lambda d, f, r: (d * 2 * f, 2 * f)
        ),
        "the damping rises after a failure": failure(lambda d, f, r: (d / f, 2 * f)),
        "the damping is doubled at every failure, whatever the factor is": failure(
            lambda d, f, r: (2 * d, 2 * f)
        ),
    }
    rng = variant(seed, "next_damping")
    cases = [(1.0, 2.0, 1.0), (0.3, 2.0, 0.5), (1.0, 8.0, -0.4), (2.0, 4.0, 0.0)]
    for ratio in (0.05, 0.3, 0.6, 0.8, 0.95, 1.6, -2.0, -0.1, 0.45):
        cases.append((round(float(rng.uniform(0.1, 3)), 2), float(2 ** rng.integers(1, 5)), ratio))
    return diagnose(answer, nielsen, cases, slips, parts=("the damping", "the factor"))


def check_rank_one(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `rank_one(H, s, y)`: H + c u u' with H y = s afterwards, the symmetric update of rank 1.

    >>> def right(H, s, y):
    ...     u = s - H @ y
    ...     return H + np.outer(u, u) / (u @ y)
    >>> check_rank_one(right).passed
    True
    """

    def truth(H, s, y):
        u = s - H @ y
        return H + np.outer(u, u) / (u @ y)

    def broyden(H, s, y):
        return H + np.outer(s - H @ y, y) / (y @ y)

    slips = {
        "this satisfies H s = y: it estimates the Hessian, so swap s and y": lambda H, s, y: truth(H, y, s),
        "H y = s holds, but this is not symmetric: use u twice": broyden,
        "this is transposed, and not symmetric: use u twice": lambda H, s, y: broyden(H, s, y).T,
        "divide by u'y, not by u'u": lambda H, s, y: (
            H + np.outer(s - H @ y, s - H @ y) / ((s - H @ y) @ (s - H @ y))
        ),
        "divide by u'y, not by u's": lambda H, s, y: H + np.outer(s - H @ y, s - H @ y) / ((s - H @ y) @ s),
        "divide by u'y": lambda H, s, y: H + np.outer(s - H @ y, s - H @ y),
        "the change is added, not subtracted": lambda H, s, y: (
            H - np.outer(s - H @ y, s - H @ y) / ((s - H @ y) @ y)
        ),
        "this is the change alone: add it to H": lambda H, s, y: truth(H, s, y) - H,
        "this is the old H": lambda H, s, y: H,
    }
    rng = variant(seed, "rank_one")
    cases = []
    for n in (2, 3, 4, 2):
        H, curved = positive_definite(rng, n), positive_definite(rng, n)
        s = np.round(rng.normal(size=n) + np.sign(rng.normal(size=n)), 2)
        cases.append((H, s, np.round(curved @ s, 3)))
    return diagnose(answer, truth, cases, slips, rtol=1e-8)
