"""Checkers for the exercises on classical gradient methods."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose
from descent.methods import inverse_update


def check_next_direction(answer: Callable) -> Diagnosis:
    """Check `next_direction(g_new, g_old, v)`: the direction of Hestenes and Stiefel.

    >>> def right(g_new, g_old, v):
    ...     y = g_new - g_old
    ...     return (g_new @ y) / (v @ y) * v - g_new
    >>> check_next_direction(right).passed
    True
    """

    def slip(beta, gradient=lambda new, old: new):
        return lambda new, old, v: beta(new, old, v) * v - gradient(new, old)

    def hestenes_stiefel(new, old, v):
        return new @ (new - old) / (v @ (new - old))

    slips = {
        "this is beta of Fletcher and Reeves, g'g / g0'g0: equal on a quadratic only, after exact searches": (
            slip(lambda new, old, v: new @ new / (old @ old))
        ),
        "this is beta of Polak and Ribiere: its denominator is g0'g0, not v'y": slip(
            lambda new, old, v: new @ (new - old) / (old @ old)
        ),
        "the gradients are one index late: as the slide prints it; use the newest one": slip(
            lambda new, old, v: old @ (new - old) / (v @ (new - old)), lambda new, old: old
        ),
        "beta uses the newest gradient, the direction the old one": slip(
            hestenes_stiefel, lambda new, old: old
        ),
        "beta has the wrong sign: y is the new gradient minus the old one": slip(
            lambda *args: -hestenes_stiefel(*args)
        ),
        "this is beta, a number times v: subtract the gradient": lambda *args: (
            hestenes_stiefel(*args) * args[2]
        ),
        "beta is a number that multiplies the old direction v": lambda *args: (
            hestenes_stiefel(*args) - args[0]
        ),
        "the gradient is added: this goes uphill": slip(hestenes_stiefel, lambda new, old: -new),
        "this is steepest descent: beta is missing": lambda new, old, v: -new,
    }

    def truth(new, old, v):
        return hestenes_stiefel(new, old, v) * v - new

    rng = np.random.default_rng(3)
    cases = []
    for n in (2, 3, 5, 2, 4):
        old = rng.normal(size=n)
        cases.append((rng.normal(size=n) - old, old, rng.normal(size=n) - old))
    return diagnose(answer, truth, cases, slips)


def check_damped_step(answer: Callable) -> Diagnosis:
    """Check `damped(J, r, damping)`: the lecture's Levenberg-Marquardt step for |r|^2 / 2.

    >>> def right(J, r, damping):
    ...     G = J.T @ J
    ...     return -np.linalg.solve(G + damping * np.diag(np.diag(G)), J.T @ r)
    >>> check_damped_step(right).passed
    True
    """

    def step(J, r, added, sign=-1.0):
        return sign * np.linalg.solve(J.T @ J + added, J.T @ r)

    def diagonal(J):
        return np.diag(np.diag(J.T @ J))

    slips = {
        "the sign is flipped: this goes uphill": lambda J, r, c: step(J, r, c * diagonal(J), 1.0),
        "this is the Gauss-Newton step: the damping is missing": lambda J, r, c: step(J, r, 0.0),
        "this adds lambda I (Levenberg); the lecture scales it, lambda diag G": lambda J, r, c: step(
            J, r, c * np.eye(J.shape[1])
        ),
        "this adds lambda to every entry: use np.diag(np.diag(G))": lambda J, r, c: step(J, r, c),
        "np.diag of a matrix is a vector, added to every row here: np.diag(np.diag(G)) is the matrix": (
            lambda J, r, c: step(J, r, c * np.diag(J.T @ J))
        ),
        "lambda multiplies all of G: that only shortens the step": lambda J, r, c: step(J, r, c * J.T @ J),
        "the damping is subtracted": lambda J, r, c: step(J, r, -c * diagonal(J)),
        "this is the scaled gradient step: G is missing": lambda J, r, c: -(J.T @ r) / (c * np.diag(J.T @ J)),
        "this is the gradient step": lambda J, r, c: -(J.T @ r),
    }

    def truth(J, r, damping):
        return step(J, r, damping * diagonal(J))

    rng = np.random.default_rng(4)
    shapes = ((4, 2), (6, 3), (5, 2), (7, 4))
    cases = [(rng.normal(size=(m, n)), rng.normal(size=m), float(rng.uniform(0.2, 3))) for m, n in shapes]
    return diagnose(answer, truth, cases, slips, rtol=1e-8)


def check_secant_update(answer: Callable) -> Diagnosis:
    """Check `update(H, s, y)`: the BFGS update of the inverse Hessian, for which H y = s.

    >>> check_secant_update(inverse_update).passed
    True
    """

    def without_last_term(H, s, y):
        Hy = H @ y
        return H + np.outer(s, s) / (s @ y) - np.outer(Hy, Hy) / (y @ Hy)

    def with_last_term(H, s, y, sign):
        return without_last_term(H, s, y) + sign * (inverse_update(H, s, y) - without_last_term(H, s, y))

    slips = {
        "this satisfies H s = y, so it estimates the Hessian: swap s and y": lambda H, s, y: inverse_update(
            H, y, s
        ),
        "the last term is missing: this is the update of Davidon, Fletcher and Powell": without_last_term,
        "the last term has the wrong sign": lambda H, s, y: with_last_term(H, s, y, -1.0),
        "the last term needs its factor y'H y": lambda H, s, y: with_last_term(H, s, y, 1 / (y @ H @ y)),
        "the term with H y is subtracted": lambda H, s, y: (
            inverse_update(H, s, y) + 2 * np.outer(H @ y, H @ y) / (y @ H @ y)
        ),
        "this is BFGS for the Hessian itself: its inverse must satisfy H y = s": lambda H, s, y: (
            H + np.outer(y, y) / (s @ y) - np.outer(H @ s, H @ s) / (s @ H @ s)
        ),
        "this is the symmetric update of rank one: H y = s, but H may lose its positive eigenvalues": (
            lambda H, s, y: H + np.outer(s - H @ y, s - H @ y) / ((s - H @ y) @ y)
        ),
        "this is the old H": lambda H, s, y: H,
    }
    rng = np.random.default_rng(5)
    cases = []
    for n in (2, 3, 4, 2):
        root, curved = rng.normal(size=(2, n, n))
        s = rng.normal(size=n)
        cases.append((root @ root.T + np.eye(n), s, (curved @ curved.T + 0.5 * np.eye(n)) @ s))
    return diagnose(answer, inverse_update, cases, slips, rtol=1e-8)
