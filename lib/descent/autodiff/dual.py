"""Dual numbers: v + v' e with e e = 0, and several e of which each product is 0."""

import operator

import numpy as np

from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE, NoRuleError
from descent.autodiff.tape import plain


class Dual:
    """A number v + v'_1 e_1 + ... + v'_k e_k with e_i e_j = 0.

    A function evaluated on v + v' e gives f(v) + f'(v) v' e: forward mode by arithmetic alone.
    Operators and NumPy's entrywise functions work; their derivatives are those of the rule table.

    Parameters
    ----------
    value : float
        The real part v.
    *epsilons : float
        The coefficients v'_1, ..., v'_k; a single 0 without them.

    Attributes
    ----------
    value : float
    epsilons : tuple of float
    epsilon : float
        The coefficient, if there is one.

    Raises
    ------
    TypeError
        If a part is not a real number.
    ValueError
        If numbers with different counts of epsilons meet.

    Notes
    -----
    Comparing with a plain number looks at the value alone, so branches go as they go for plain
    numbers; two dual numbers are equal when all parts are.

    There is one kind of e for all of them.  So a derivative by dual numbers inside another confuses the two
    perturbations: in d/dx (x d/dy (x + y)) the inner Dual would add the x's e to its own.  `jvp` and
    `grad` tell nested derivatives apart; for second derivatives use those.

    References
    ----------
    W. K. Clifford, Preliminary sketch of biquaternions, Proc. London Math. Soc. 4 (1873), 381.

    Examples
    --------
    >>> Dual(3.0, 1.0) ** 2
    9 + 6ε
    >>> x1, x2 = Dual(2.0, 1.0, 0.0), Dual(5.0, 0.0, 1.0)
    >>> x1 * x2
    10 + 5ε₁ + 2ε₂
    """

    __slots__ = ("epsilons", "value")

    def __init__(self, value, *epsilons):
        for name, part in (("value", value), *(("epsilon", e) for e in epsilons)):
            if isinstance(part, (str, bytes, complex, list, tuple, dict)) or part is None:
                raise TypeError(f"{name} must be a real number, got {part!r}")
        self.value = _real(value)
        self.epsilons = tuple(_real(e) for e in epsilons) or (0.0,)

    @property
    def epsilon(self):
        if len(self.epsilons) > 1:
            raise ValueError(f"there are {len(self.epsilons)} epsilons: use .epsilons")
        return self.epsilons[0]

    def __repr__(self):
        marks = (
            ["ε"] if len(self.epsilons) == 1 else ["ε" + _subscript(k + 1) for k in range(len(self.epsilons))]
        )
        text = f"{self.value:g}" if isinstance(self.value, float) else f"({self.value!r})"
        for e, mark in zip(self.epsilons, marks, strict=True):
            if isinstance(e, float):
                text += f" {'-' if e < 0 else '+'} {abs(e):g}{mark}"
            else:
                text += f" + ({e!r}){mark}"
        return text

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if ufunc in CONSTANTS and method == "__call__":  # a comparison, isnan
            return ufunc(*(x.value if isinstance(x, Dual) else x for x in inputs))
        if ufunc in COMPOSITES and method == "__call__":
            return COMPOSITES[ufunc](*inputs)
        rule = TABLE.get(ufunc)
        if method != "__call__" or kwargs or rule is None or rule.partials is None:
            raise NoRuleError(f"there is no rule of dual numbers for np.{ufunc.__name__}")
        return combine(rule, inputs)

    def __array_function__(self, function, types, args, kwargs):
        rule = TABLE.get(function)
        if function is np.clip:
            return COMPOSITES[function](*args, **kwargs)
        if function is np.where and len(args) == 3:
            condition, yes, no = args
            return yes if condition else no
        if rule is None or rule.partials is None or kwargs:
            raise NoRuleError(f"there is no rule of dual numbers for np.{function.__name__}")
        return combine(rule, args)

    def __bool__(self):
        return bool(self.value)

    def __hash__(self):
        return hash((self.value, self.epsilons))

    def __eq__(self, other):
        if isinstance(other, Dual):
            return self.value == other.value and self.epsilons == other.epsilons
        return self.value == other

    def __abs__(self):
        return np.abs(self)

    def __pos__(self):
        return self

    def __neg__(self):
        return combine(TABLE[np.negative], (self,))

    def __float__(self):
        raise TypeError(
            "float() of a dual number would lose its derivative: use np.sin, not math.sin, or .value"
        )


def combine(rule, inputs: tuple) -> Dual:
    """Return f(v + v' e) = f(v) + sum over the arguments of df/dv_k v'_k e."""
    size = {len(x.epsilons) for x in inputs if isinstance(x, Dual)}
    if len(size) > 1:
        raise ValueError(f"dual numbers with {' and '.join(map(str, sorted(size)))} epsilons do not mix")
    values = [x.value if isinstance(x, Dual) else _real(x) for x in inputs]
    values = [np.float64(v) if type(v) is float else v for v in values]  # 1/0 is infinity, as in NumPy
    result = rule.function(*values)
    epsilons = [0.0] * size.pop()
    for k, x in enumerate(inputs):
        if isinstance(x, Dual) and rule.partials[k] is not None:
            slope = rule.partials[k](result, *values)
            epsilons = [e + slope * d for e, d in zip(epsilons, x.epsilons, strict=True)]
    return Dual(result, *epsilons)


def _real(x):
    return float(x) if isinstance(x, (int, float, np.integer, np.floating)) else plain(x)


def _subscript(k: int) -> str:
    return str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _operator(ufunc, reflected):
    def method(self, other):
        if not isinstance(other, (Dual, int, float, np.number)):
            return NotImplemented
        return combine(TABLE[ufunc], (other, self) if reflected else (self, other))

    return method


def _comparison(compare):
    def method(self, other):
        return compare(self.value, other.value if isinstance(other, Dual) else other)

    return method


for _name, _ufunc in (("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("truediv", np.divide),
                      ("pow", np.power), ("mod", np.remainder), ("floordiv", np.floor_divide)):  # fmt: skip
    setattr(Dual, f"__{_name}__", _operator(_ufunc, False))
    setattr(Dual, f"__r{_name}__", _operator(_ufunc, True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Dual, f"__{_name}__", _comparison(getattr(operator, _name)))
