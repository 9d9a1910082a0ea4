"""Derivatives without rules, and the check of rules against them."""

from collections.abc import Callable

import numpy as np

from descent.autodiff.containers import flatten
from descent.autodiff.modes import jvp, vjp
from descent.autodiff.recording import Arguments
from descent.autodiff.tape import plain, raw, real

EPS = np.finfo(float).eps


def finite_difference(f: Callable, x, *, scheme: str = "forward", step: float | None = None):
    """Approximate the derivative of f at x, one coordinate at a time.

    Forward differences call f d + 1 times and err by O(h) + O(eps/h), central ones call it 2d times
    and err by O(h^2) + O(eps/h).

    Parameters
    ----------
    f : callable
        Of a number or an array; returns a number or an array.
    x : float or array_like
        The point, d numbers.
    scheme : {"forward", "central"}
        (f(x + h e_j) - f(x)) / h, or (f(x + h e_j) - f(x - h e_j)) / 2h.
    step : float, optional
        h > 0.  Without it sqrt(eps) or eps^(1/3) times max(1, |x_j|).

    Returns
    -------
    float or ndarray
        Of shape f(x).shape + x.shape, J_ij = df_i/dx_j; the gradient in the shape of x.

    Raises
    ------
    ValueError
        If scheme is neither or step is not positive.
    TypeError
        If x is not real.

    References
    ----------
    J. Nocedal and S. Wright, Numerical Optimization, 2nd ed. (2006), section 8.1.

    Examples
    --------
    >>> bool(abs(finite_difference(np.exp, 0.0, scheme="central") - 1) < 1e-9)
    True
    """
    if scheme not in ("forward", "central"):
        raise ValueError(f"scheme must be 'forward' or 'central', got {scheme!r}")
    if step is not None and not step > 0:
        raise ValueError(f"step must be positive, got {step!r}")
    x = _double(x, "x")
    base = None if scheme == "central" else _values(f, _moved(x, 0, 0.0) if np.size(x) else x)
    slopes = []
    for k in range(np.size(x)):
        coordinate = x if np.ndim(x) == 0 else x.flat[k]
        relative = EPS ** (1 / 2 if scheme == "forward" else 1 / 3) * max(1.0, abs(coordinate))
        h = relative if step is None else step
        ahead, back = _moved(x, k, h), _moved(x, k, -h)
        if scheme == "forward":
            slopes.append((_values(f, ahead) - base) / h)
        else:
            slopes.append((_values(f, ahead) - _values(f, back)) / (2 * h))
    if np.ndim(x) == 0:
        return _number(slopes[0])
    if not slopes:
        return np.zeros(np.shape(x))
    return np.reshape(np.stack(slopes, axis=-1), np.shape(slopes[0]) + np.shape(x))


def _double(x, name):
    """Return a point in double precision: in single precision the steps would vanish."""
    x = real(x, name)
    return x if type(x) is float or np.finfo(x.dtype).eps <= EPS else plain(x.astype(float))


def _values(f, x):
    return np.asarray(f(x), float)


def _number(x):
    return float(x) if np.ndim(x) == 0 else x


def _moved(x, k, h):
    """Return a fresh point with coordinate k moved."""
    if np.ndim(x) == 0:
        return x + h
    moved = x.copy()
    moved.flat[k] += h
    return moved


def complex_step(f: Callable, x, v):
    """Return J v from one evaluation at a complex point: Im f(x + i h v) / h with h = 1e-150.

    No difference is taken, so nothing cancels.  It needs an f that is analytic and free of `abs`, `max` and
    comparisons, which do something else on complex numbers.

    Parameters
    ----------
    f : callable
        Of a number or an array, real for real arguments.
    x, v : float or array_like
        The point and the direction, in one shape.

    Returns
    -------
    float or ndarray
        In the shape of f's result.

    Raises
    ------
    ValueError
        If the shapes differ, or f returns a real value at a complex point.
    TypeError
        If x or v is not real.

    References
    ----------
    W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions,
    SIAM Review 40 (1998), 110.

    Examples
    --------
    >>> complex_step(lambda x: x**3, 2.0, 1.0)
    12.0
    """
    h = 1e-150
    x, v = _double(x, "x"), _double(v, "v")
    if np.shape(x) != np.shape(v):
        raise ValueError(f"v has shape {np.shape(v)}, but x has shape {np.shape(x)}: they must be equal")
    size = np.max(np.abs(v), initial=0.0) or 1.0
    y = np.asarray(f(x + 1j * h * (v / size)))
    if not np.iscomplexobj(y):
        raise ValueError(
            "f returns a real value at a complex point: abs, norm, real, maximum and the like throw the "
            "derivative away; use jvp, or write abs(x) as np.where(x.real < 0, -x, x)"
        )
    return _number(y.imag / h * size)


def check_grads(
    f: Callable, *x, order: int = 2, modes=("forward", "reverse"), tol: float = 1e-6, rng=None
) -> None:
    """Compare JVPs and VJPs of f at x with central differences, and theirs up to an order.

    Parameters
    ----------
    f : callable
        Of numbers or arrays (or containers of them).
    *x
        The arguments of f, at a point where f is smooth.
    order : int
        1 checks first derivatives; 2 also those of the JVP and of the VJP, and so on.
    modes : sequence
        "forward", "reverse" or both.
    tol : float
        Largest error, relative to 1 + the size of the derivative.
    rng : numpy.random.Generator, optional
        Of the random directions; a fixed seed without it.

    Raises
    ------
    AssertionError
        If a derivative is wrong; it says which, and both values.
    ValueError
        If order is not positive or a mode unknown.

    Examples
    --------
    >>> check_grads(lambda x: np.sin(x) * x, 0.5)
    """
    if not isinstance(order, (int, np.integer)) or order < 1:
        raise ValueError(f"order must be 1, 2, ..., got {order!r}")
    modes = (modes,) if isinstance(modes, str) else tuple(modes)
    for mode in modes:
        if mode not in ("forward", "reverse"):
            raise ValueError(f"modes must be of 'forward' and 'reverse', got {mode!r}")
    rng = np.random.default_rng(0) if rng is None else rng
    leaves = Arguments(x, "x", copy=True)
    pending = [(f, tuple(leaves.pack(leaves.leaves)), 1, "f")]
    while pending:
        g, point, level, name = pending.pop()
        directions = _random_like(point, rng)
        expected = _central(g, point, directions)
        weights = _random_like(expected, rng)
        if "forward" in modes:
            _compare(jvp(g, point, directions)[1], expected, f"the JVP of {name}", tol)
        if "reverse" in modes:
            pulled = vjp(g, *point)[1](weights)
            left, right = _dot(pulled, directions), _dot(weights, expected)
            _compare(left, right, f"the VJP of {name}", tol)
        if level < order:
            pending.extend(_one_order_up(g, point, directions, weights, modes, level, name))


def _one_order_up(g, point, directions, weights, modes, level, name):
    """Return the derivatives of g as functions of the point and of what they move."""
    n = len(point)
    if "forward" in modes:
        yield lambda *z: jvp(g, z[:n], z[n:])[1], point + directions, level + 1, f"the JVP of {name}"
    if "reverse" in modes:
        yield lambda *z: vjp(g, *z[:n])[1](z[n]), (*point, weights), level + 1, f"the VJP of {name}"


def _random_like(tree, rng):
    arguments = Arguments((tree,), "x")
    return arguments.pack(
        [
            rng.standard_normal(np.shape(leaf)) if np.ndim(leaf) else rng.standard_normal()
            for leaf in arguments.leaves
        ]
    )[0]


def _central(g, point, directions):
    """Return the derivative along a direction by differences of fourth order."""
    h = 2e-6  # short, so that a kink nearby is not crossed; the error is about eps / h
    values = [[raw(y) for y in flatten(g(*_along(point, directions, k * h)))[0]] for k in (-2, -1, 1, 2)]
    slopes = [(-d + 8 * c - 8 * b + a) / (12 * h) for a, b, c, d in zip(*values, strict=True)]
    return Arguments((g(*_along(point, directions, 0.0)),), "y").pack(slopes)[0]


def _along(point, directions, t):
    arguments = Arguments(point, "x")
    moves = Arguments(directions, "v").leaves
    return arguments.pack([x + t * v for x, v in zip(arguments.leaves, moves, strict=True)])


def _dot(a, b) -> float:
    return float(
        sum(np.sum(np.asarray(x) * np.asarray(y)) for x, y in zip(flatten(a)[0], flatten(b)[0], strict=True))
    )


def _compare(found, expected, name, tol):
    for a, b in zip(flatten(found)[0], flatten(expected)[0], strict=True):
        if np.shape(a) != np.shape(b):
            raise AssertionError(f"{name} has shape {np.shape(a)}, the differences have {np.shape(b)}")
        error = np.max(np.abs(np.asarray(a) - np.asarray(b)) / (1 + np.abs(b)), initial=0.0)
        if not error <= tol:
            raise AssertionError(f"{name} is {a}, but differences give {b} (error {error:.2g} > {tol:g})")
