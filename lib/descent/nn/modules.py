"""Layers and networks: functions that own their parameters."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from descent.nn.operations import recorded
from descent.nn.tensor import Parameter


class Module:
    """A function with parameters: write them as attributes, and the function as `forward`.

    Parameters are found in attributes, in modules among them, and in lists, tuples and dicts of both.

    Examples
    --------
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Parameter(2.0), Parameter(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> Line()(3.0).item(), len(list(Line().parameters()))
    (7.0, 2)
    """

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def forward(self, *args, **kwargs):
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, x)")

    def named_parameters(self) -> Iterator:
        """Yield (name, parameter) in the order of the attributes; a shared parameter once."""
        seen = set()
        for name, parameter in _find("", vars(self)):
            if parameter not in seen:
                seen.add(parameter)
                yield name, parameter

    def parameters(self) -> Iterator:
        """Yield the parameters: what an optimiser is made with."""
        return (parameter for _, parameter in self.named_parameters())

    def zero_grad(self) -> None:
        """Set every `.grad` to None."""
        for parameter in self.parameters():
            parameter.grad = None


def _find(name: str, thing):
    """Yield (name, parameter) of all parameters in a thing."""
    if isinstance(thing, Parameter):
        yield name, thing
        return
    if isinstance(thing, Module):
        thing = vars(thing)
    if isinstance(thing, (list, tuple)):
        thing = dict(enumerate(thing))
    if isinstance(thing, dict):
        for key, inner in thing.items():
            yield from _find(f"{name}.{key}" if name else str(key), inner)


class Linear(Module):
    """The layer x W' + b.

    Parameters
    ----------
    in_features, out_features : int
        Columns of x and of the result.
    rng : Generator or seed, optional
        Draws weights and biases uniformly from +-1/sqrt(in_features), as PyTorch does.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)
    bias : Parameter, shape (out_features,)

    Raises
    ------
    ValueError
        If a size is no positive integer; by a call, if x has another number of columns.

    Examples
    --------
    >>> layer = Linear(3, 2, rng=np.random.default_rng(0))
    >>> layer(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(self, in_features: int, out_features: int, rng=None):
        for name, size in (("in_features", in_features), ("out_features", out_features)):
            if not (isinstance(size, (int, np.integer)) and size >= 1):
                raise ValueError(f"{name} must be a positive integer, got {size!r}")
        rng = np.random.default_rng(rng)
        reach = 1 / np.sqrt(in_features)
        self.weight = Parameter(rng.uniform(-reach, reach, size=(out_features, in_features)))
        self.bias = Parameter(rng.uniform(-reach, reach, size=out_features))

    def forward(self, x):
        columns = np.shape(x)[-1] if np.ndim(x) else 1
        if np.ndim(x) == 0 or columns != self.weight.shape[1]:
            raise ValueError(
                f"x must have {self.weight.shape[1]} columns, one for each input of the layer, got shape "
                f"{np.shape(x)}"
            )
        return _linear(x, self.weight, self.bias)


@recorded
def _linear(x, weight, bias):
    return x @ weight.T + bias


class MLP(Module):
    """A feed-forward network: linear layers with an entrywise function between them.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden units of each layer, outputs.
    rng : Generator or seed, optional
        Draws the weights, see `Linear`.
    activation : callable
        Entrywise, in NumPy; not applied to the last layer.

    Attributes
    ----------
    layers : list of Linear

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one is no positive integer.

    Examples
    --------
    >>> model = MLP([2, 10, 10, 4], rng=np.random.default_rng(0))
    >>> sum(p.size for p in model.parameters())
    184
    """

    def __init__(self, sizes, rng=None, activation: Callable = np.tanh):
        if np.ndim(sizes) != 1 or len(sizes) < 2:
            raise ValueError(f"sizes must name at least inputs and outputs, got {sizes!r}")
        rng = np.random.default_rng(rng)
        self.layers = [Linear(n, m, rng=rng) for n, m in itertools.pairwise(sizes)]
        self.activation = activation

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)
