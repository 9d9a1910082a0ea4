"""Small programs with control flow, to be differentiated as they stand."""


def newton_root(a, tol: float = 1e-12):
    """Return the square root of a by Newton's iteration: a loop whose length depends on a.

    It starts at a, so at a = 1 it makes no pass, and its slope there is that of the start: 1, not 1/2.

    Parameters
    ----------
    a : float
        Positive; a number that can be traced.
    tol : float
        The loop ends when the square is within tol of a.

    Raises
    ------
    ValueError
        If a is not positive.

    Examples
    --------
    >>> from descent.autodiff import jvp
    >>> [round(part, 10) for part in jvp(newton_root, (4.0,), (1.0,))]
    [2.0, 0.25]
    """
    if not a > 0:
        raise ValueError(f"a must be positive, got {a!r}")
    x = a
    for _ in range(1100):  # halving alone brings the largest double below 2 in that many passes
        if abs(x * x - a) <= tol * a:
            break
        x = (x + a / x) / 2
    return x
