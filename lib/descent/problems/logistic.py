"""A real loss of two variables: damage to seals of the space shuttle, and the temperature at launch."""

import numpy as np

from descent.problems.problem import Problem

# Launch temperature in degrees Fahrenheit of 23 flights before January 1986, and whether any
# of the shuttle's O-rings was found damaged.
TEMPERATURES = np.array(
    [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58]
)
DAMAGED = np.array([0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1])
X_STAR = (-1.2084904475993123, -2.321627442185965)  # Newton's method, to rounding
F_STAR = 10.157596343933417


def logistic_loss(inputs, labels) -> tuple:
    """Return the loss of logistic regression, its gradient and its Hessian.

    With z = X w the loss is sum ln(1 + exp(z_i)) - y_i z_i, minus the logarithm of the
    likelihood of the labels.

    Parameters
    ----------
    inputs : array, shape (m, n)
        X, one row for each case.
    labels : array, shape (m,)
        y, 0 or 1.

    Returns
    -------
    f, grad, hess : callable
        Functions of the weights w, shape (n,).

    References
    ----------
    Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), section 4.4.

    Examples
    --------
    >>> f, grad, hess = logistic_loss([[1.0], [1.0]], [0, 1])
    >>> round(f(np.zeros(1)), 4), grad(np.zeros(1)).tolist(), hess(np.zeros(1)).tolist()
    (1.3863, [0.0], [[0.5]])
    """
    X, y = np.asarray(inputs, dtype=float), np.asarray(labels, dtype=float)

    def share(w):  # 1/(1 + exp(-z)) without overflow
        return (1 + np.tanh(X @ w / 2)) / 2

    def f(w):
        z = X @ w
        return float(np.sum(np.logaddexp(0, z) - y * z))

    def grad(w):
        return X.T @ (share(w) - y)

    def hess(w):
        p = share(w)
        return X.T @ (X * (p * (1 - p))[:, None])

    return f, grad, hess


def o_rings() -> Problem:
    """Return the logistic regression of damaged O-rings on the launch temperature.

    The weights are the intercept at 70 degrees Fahrenheit and the slope for 10 degrees.

    References
    ----------
    Dalal, Fowlkes and Hoadley, Risk analysis of the space shuttle, JASA 84 (1989) 945-957.

    Examples
    --------
    >>> problem = o_rings()
    >>> float(np.abs(problem.grad(problem.x_star)).max()) < 1e-12
    True
    """
    inputs = np.stack([np.ones(len(TEMPERATURES)), (TEMPERATURES - 70) / 10], axis=1)
    f, grad, hess = logistic_loss(inputs, DAMAGED)
    return Problem(
        "O-rings",
        f,
        grad=grad,
        hess=hess,
        x0=np.zeros(2),
        x_star=np.array(X_STAR),
        f_star=F_STAR,
        reference="Dalal, Fowlkes and Hoadley, JASA 84 (1989): 23 flights of the space shuttle",
        label=r"$\sum_i \ln(1 + e^{z_i}) - y_i z_i$",
    )
