"""The methods of an array that are NumPy functions of the same name: x.sum() is np.sum(x)."""

import numpy as np

REDUCTIONS = ("sum", "mean", "prod", "var", "std", "max", "min", "ptp", "cumsum", "cumprod", "trace")
POSITIONS = ("argmax", "argmin", "argsort", "all", "any", "nonzero")
SHAPES = ("squeeze", "swapaxes", "ravel", "repeat", "take", "diagonal", "clip", "round")


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
        return iter(np.ravel(self))

    @property
    def real(self):
        return self

    def reshape(self, *shape, order="C"):
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

    def dot(self, other):
        return np.dot(self, other)


def _method(name):
    function = getattr(np, name)

    def method(self, *args, **kwargs):
        return function(self, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = f"As np.{name}."
    return method


for _name in (*REDUCTIONS, *POSITIONS, *SHAPES):
    setattr(ArrayMethods, _name, _method(_name))
