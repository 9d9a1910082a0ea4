"""Which step sizes a line search may accept.

phi(alpha) = f(x + alpha d) is f along a descent direction d, so that phi'(0) < 0.  The
arguments phi, dphi, phi0, dphi0 are the values phi(alpha), phi'(alpha), phi(0), phi'(0);
alpha, phi and dphi may be arrays, and then so is the answer.
"""

import sys

import numpy as np

__all__ = ["armijo", "curvature", "goldstein", "strong_wolfe", "wolfe"]

ROUNDING = 4 * sys.float_info.epsilon


def armijo(alpha, phi, phi0, dphi0, c1=1e-4):
    """Return whether phi decreases by at least the share c1 of what its slope promises.

    phi(alpha) <= phi(0) + c1 alpha phi'(0)

    Parameters
    ----------
    alpha : number or array
        Step size.
    phi : number or array
        phi(alpha).
    phi0, dphi0 : number
        phi(0) and phi'(0).
    c1 : number
        The share; in (0, 1), usually 1e-4.  With 1 the line is the tangent at 0.

    Returns
    -------
    bool or array of bool

    References
    ----------
    Armijo, Pacific J. Math. 16 (1966); Merkulov, Line search (lecture notes), Figure 14.

    Examples
    --------
    >>> bool(armijo(1.0, phi=0.4, phi0=1.0, dphi0=-2.0, c1=0.3))
    True
    """
    return phi <= phi0 + c1 * alpha * dphi0


def goldstein(alpha, phi, phi0, dphi0, rho=0.25):
    """Return whether phi(alpha) lies between two lines through (0, phi(0)).

    phi(0) + (1 - rho) alpha phi'(0) <= phi(alpha) <= phi(0) + rho alpha phi'(0)

    The upper line asks for decrease, the lower one forbids steps that are too short.  For
    rho > 1/2 no alpha is accepted; rho = 1/2 accepts exactly the minimiser of a quadratic,
    and to let it do so in floating point each line may be missed by its rounding error.

    Parameters
    ----------
    alpha, phi, phi0, dphi0
        As in `armijo`.
    rho : number
        Slope of the upper line as a share of phi'(0); in (0, 1/2).

    Returns
    -------
    bool or array of bool

    References
    ----------
    Goldstein, On steepest descent, SIAM J. Control 3 (1965); Merkulov, Line search (lecture
    notes), Figure 15, where rho in (0.5, 1) should read (0, 0.5).

    Examples
    --------
    >>> [bool(goldstein(a, (a - 1) ** 2, 1.0, -2.0)) for a in (0.4, 0.5, 1.5, 1.6)]
    [False, True, True, False]
    """
    rounding = ROUNDING * (abs(phi0) + abs(alpha * dphi0))
    lower = phi0 + (1 - rho) * alpha * dphi0 - rounding
    upper = phi0 + rho * alpha * dphi0 + rounding
    return (lower <= phi) & (phi <= upper)


def curvature(dphi, dphi0, c2=0.9):
    """Return whether the slope has risen to at least the share c2 of the slope at 0.

    phi'(alpha) >= c2 phi'(0)

    Parameters
    ----------
    dphi : number or array
        phi'(alpha).
    dphi0 : number
        phi'(0).
    c2 : number
        The share; in (c1, 1), 0.9 for quasi-Newton methods, 0.1 for conjugate gradients.

    Returns
    -------
    bool or array of bool

    References
    ----------
    Wolfe, Convergence conditions for ascent methods, SIAM Review 11 (1969); Merkulov, Line
    search (lecture notes), Figure 16.

    Examples
    --------
    >>> bool(curvature(-1.0, dphi0=-2.0)), bool(curvature(-1.9, dphi0=-2.0))
    (True, False)
    """
    return dphi >= c2 * dphi0


def wolfe(alpha, phi, dphi, phi0, dphi0, c1=1e-4, c2=0.9):
    """Return whether `armijo` and `curvature` both hold.

    Parameters
    ----------
    alpha, phi, dphi, phi0, dphi0, c1, c2
        As in `armijo` and `curvature`.

    Returns
    -------
    bool or array of bool

    References
    ----------
    Wolfe, SIAM Review 11 (1969); Merkulov, Line search (lecture notes), Figure 17.

    Examples
    --------
    >>> bool(wolfe(1.9, phi=0.81, dphi=1.8, phi0=1.0, dphi0=-2.0, c1=0.01))
    True
    """
    return armijo(alpha, phi, phi0, dphi0, c1) & curvature(dphi, dphi0, c2)


def strong_wolfe(alpha, phi, dphi, phi0, dphi0, c1=1e-4, c2=0.9):
    """Return whether `armijo` holds and the slope is small: |phi'(alpha)| <= c2 |phi'(0)|.

    Parameters
    ----------
    alpha, phi, dphi, phi0, dphi0, c1, c2
        As in `armijo` and `curvature`.

    Returns
    -------
    bool or array of bool

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), section 3.1, formula (3.7).

    Examples
    --------
    >>> bool(strong_wolfe(1.9, phi=0.81, dphi=1.8, phi0=1.0, dphi0=-2.0, c1=0.01, c2=0.5))
    False
    """
    return armijo(alpha, phi, phi0, dphi0, c1) & (np.abs(dphi) <= c2 * abs(dphi0))
