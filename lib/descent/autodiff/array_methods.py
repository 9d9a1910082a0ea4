"""The methods of an array that are NumPy functions of the same name: x.sum() is np.sum(x)."""

import numpy as np

REDUCTIONS = ("sum", "mean", "prod", "var", "std", "max", "min", "ptp", "cumsum", "cumprod", "trace")
POSITIONS = ("argmax", "argmin", "argsort", "all", "any", "nonzero")
SHAPES = ("squeeze", "swapaxes", "ravel", "repeat", "take", "diagonal", "clip", "round", "searchsorted")
IN_PLACE = {"sort": "np.sort", "partition": "np.partition", "fill": "np.full_like", "resize": "np.resize",
            "put": "np.where", "itemset": "np.where", "setflags": "a copy"}  # fmt: skip


class ArrayMethods:
    """What a traced value can do because NumPy's functions can: base of Variable and Expression."""

    __slots__ = ()

    @property
    def T(self):
        return np.transpose(self)

    @property
    def mT(self):
        return np.swapaxes(self, -1, -2)

    @property
    def flat(self):
        return np.ravel(self)

    @property
    def real(self):
        return self

    @property
    def imag(self):
        return np.imag(self)

    def reshape(self, *shape, order="C", copy=None):
        shape = shape[0] if len(shape) == 1 else shape
        return np.reshape(self, shape, order=order)

    def transpose(self, *axes):
        axes = axes[0] if len(axes) == 1 else axes or None
        return np.transpose(self, axes)

    def flatten(self, order="C"):
        return np.ravel(self, order=order)

    def copy(self, order="C"):
        return self

    def conj(self):
        return self

    conjugate = conj

    def dot(self, b, out=None):
        return np.dot(self, b, out)

    def compress(self, condition, axis=None, out=None):
        return np.compress(condition, self, axis, out)

    def choose(self, choices, out=None, mode="raise"):
        return np.choose(self, choices, out, mode)


def _method(name):
    function = getattr(np, name)

    def method(self, *args, **kwargs):
        return function(self, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = f"As np.{name}."
    return method


def _in_place(name, instead):
    def method(self, *args, **kwargs):
        raise TypeError(
            f"x.{name}() changes an array in place, and a traced value never changes: use {instead}"
        )

    method.__name__ = name
    method.__doc__ = "Refused: it would change a traced value."
    return method


for _name in (*REDUCTIONS, *POSITIONS, *SHAPES):
    setattr(ArrayMethods, _name, _method(_name))
for _name, _instead in IN_PLACE.items():
    setattr(ArrayMethods, _name, _in_place(_name, _instead))
