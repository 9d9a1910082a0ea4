"""Values of an expression at given arrays, real or complex."""

from collections.abc import Callable

import numpy as np

from descent.matrix_calculus.node import Node
from descent.matrix_calculus.printing import text as show
from descent.matrix_calculus.tree import as_power

SINGULAR = 1e14


def evaluate(u: Node, values: dict, direction: dict | None = None, known: dict | None = None):
    """Return the value of an expression; what occurs in it more than once is computed once.

    Parameters
    ----------
    u : Node
        The expression.
    values : dict
        Arrays by symbol, columns (n, 1), and sizes by dimension.
    direction : dict, optional
        Differentials by variable: d(.) is the derivative along them, by complex step.
    known : dict, optional
        Values at the same `values` and `direction`, by the key of their expression; new ones are added.

    Returns
    -------
    number or (rows, columns) array

    Raises
    ------
    ValueError
        Where a function is not defined at these values.
    """
    known = {} if known is None else known
    if u.key not in known:
        known[u.key] = value_of(u, values, direction, known)
    return known[u.key]


def value_of(u: Node, values: dict, direction: dict | None, known: dict):
    if u.op == "d":
        step = 1e-30
        moved = {name: values[name] + 1j * step * dx for name, dx in direction.items()}
        return np.imag(evaluate(u.args[0], values | moved)) / step
    here = lambda part: evaluate(part, values, direction, known)  # noqa: E731
    instead = adjugate_in(u, here) if u.op == "product" else {}
    args = [instead[k] if k in instead else here(arg) for k, arg in enumerate(u.args)]
    return OPERATIONS[u.op](u, values, *args)


def sizes(u: Node, values: dict) -> tuple:
    return tuple(n if n == 1 else int(n) if str(n).isdigit() else values[n] for n in u.shape)


def product_of(u, values, *args):
    result = args[0]
    for k in range(1, len(args)):
        joined_by_scalar = u.args[k - 1].is_scalar or u.args[k].is_scalar
        result = result * args[k] if joined_by_scalar else result @ args[k]
    return result


def hadamard_of(u, values, *args):
    result = args[0]
    for value in args[1:]:
        result = result * value
    return result


def power_of(u, values, base, exponent):
    exponent = np.real(exponent) if np.all(np.imag(exponent) == 0) else exponent
    if np.any(base == 0) and np.real(exponent) < 0:
        raise ValueError(f"{show(u.args[0])} is 0 at this point: {show(u)} is not defined there")
    whole = exponent == np.round(np.real(exponent))
    if not whole and np.any(np.real(base) < 0):
        raise ValueError(f"{show(u)} needs {show(u.args[0])} >= 0, but it is {least(base)} at this point")
    return np.asarray(base) ** (int(exponent) if whole else exponent)


def least(value) -> str:
    return f"{np.min(np.real(value)):.3g}"


def log_of(u, x):
    if np.any(np.real(x) <= 0):
        raise ValueError(f"{show(u)} needs {show(u.args[0])} > 0, but it is {least(x)} at this point")
    return np.log(x)


def logdet_of(u, values, x):
    sign, size = np.linalg.slogdet(x)
    if np.real(sign) <= 0:
        raise ValueError(
            f"{show(u)} needs det({show(u.args[0])}) > 0 at the point, as a positive definite matrix has, "
            f"but it is {np.real(sign * np.exp(size)):.3g}"
        )
    return size + np.log(sign)


def is_singular(x) -> bool:
    return not np.linalg.cond(x) < SINGULAR


def inverse_of(u, values, x):
    if is_singular(x):
        raise ValueError(
            f"{show(u)}: {show(u.args[0])} is singular at this point, where this formula is not defined; "
            f"try a matrix near it"
        )
    return np.linalg.inv(x)


def adjugate_in(u, here: Callable) -> dict:
    """Return by place what stands for det(X)^k and inv(X) in a product at a singular X; here(X) is its value.

    det(X) inv(X) is the adjugate there, which needs no inverse: det(X)^(k-1) and adj(X).
    """
    for i, factor in enumerate(u.args):
        base, k = as_power(factor)
        for j, link in enumerate(u.args if base.op == "det" and k.op == "number" and k.value >= 1 else ()):
            core = link.args[0] if link.op == "transpose" else link
            if core.op == "inverse" and core.args == base.args:
                x = here(base.args[0])
                if np.iscomplexobj(x) or not np.all(np.isfinite(x)) or not is_singular(x):
                    return {}
                adjoint = adjugate(x)
                return {i: np.linalg.det(x) ** float(k.value - 1), j: adjoint if link is core else adjoint.T}
    return {}


def adjugate(x):
    """Return the transposed matrix of cofactors, for X = U S V' from det(U V) V adj(S) U'."""
    u, s, v = np.linalg.svd(x)
    others = [np.prod(np.delete(s, k)) for k in range(len(s))]
    return np.linalg.det(u @ v) * (v.T * others) @ u.T


def sign_of(x):
    return np.sign(np.real(x))


def softplus_of(x):
    positive = np.real(x) > 0
    return np.where(positive, x, 0) + np.log1p(np.exp(np.where(positive, -x, x)))


def sigmoid_of(x):
    small = np.exp(np.where(np.real(x) > 0, -x, x))
    return np.where(np.real(x) > 0, 1, small) / (1 + small)


ENTRYWISE = {
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "sigmoid": sigmoid_of,
    "softplus": softplus_of,
    "abs": lambda x: x * np.where(np.real(x) < 0, -1, 1),
    "sign": sign_of,
}

OPERATIONS = {
    "number": lambda u, values: float(u.value),
    "symbol": lambda u, values: values[u.name],
    "dimension": lambda u, values: float(values[u.name]),
    "ones": lambda u, values: np.ones(sizes(u, values)),
    "zero": lambda u, values: np.zeros(sizes(u, values)),
    "eye": lambda u, values: np.eye(*sizes(u, values)),
    "add": lambda u, values, *args: sum(args),
    "product": product_of,
    "hadamard": hadamard_of,
    "power": power_of,
    "inner": lambda u, values, x, y: np.sum(x * y),
    "transpose": lambda u, values, x: x.T,
    "inverse": inverse_of,
    "trace": lambda u, values, x: np.trace(x),
    "total": lambda u, values, x: np.sum(x),
    "det": lambda u, values, x: np.linalg.det(x),
    "logdet": logdet_of,
    "norm": lambda u, values, x: np.sqrt(np.sum(x * x)),
    "diag": lambda u, values, x: np.diag(x[:, 0]),
    "diagonal": lambda u, values, x: np.diag(x)[:, None],
    "map": lambda u, values, x: log_of(u, x) if u.name == "log" else ENTRYWISE[u.name](x),
}
