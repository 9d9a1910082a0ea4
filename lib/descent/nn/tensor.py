"""Tensor: a value that remembers how it was made, so that `loss.backward()` needs no function.

`grad(f)` gets a function and can run it on a tape.  A library in the PyTorch manner sees values only.
So each value keeps what one call has written of the Wengert list, and the values that it came from;
`backward()` finds the whole list again from its end.  `operations` makes NumPy remember.
"""

import itertools

import numpy as np

from descent.autodiff.tape import Traced, real

numbers = itertools.count()


class Tensor:
    """A number or array whose operations are remembered, where something in them requires a gradient.

    Plain NumPy code works on it: operators, `np.tanh(x)`, `np.sum(x, axis=0)`, `x @ w`.

    Parameters
    ----------
    data : float or array_like
        Real; integers become floats.  An array is copied.
    requires_grad : bool
        Whether `backward()` leaves a gradient here.

    Attributes
    ----------
    data : float or ndarray
        The plain value.  The data of a result cannot be written to.
    grad : float, ndarray or None
        The sum of what all backward passes have brought since it was None.
    requires_grad, is_leaf : bool
        Whether a gradient passes here; whether it ends here, because no recorded operation made this.
    grad_fn : History or None
        How this was made.

    Raises
    ------
    TypeError
        If the data are not real.

    References
    ----------
    A. Paszke et al., PyTorch: an imperative style, high-performance deep learning library (2019).

    Examples
    --------
    >>> w = Tensor(3.0, requires_grad=True)
    >>> loss = w * w
    >>> loss.backward()
    >>> loss.item(), w.grad
    (9.0, 6.0)
    """

    __slots__ = ("__weakref__", "_data", "_grad", "grad_fn", "number", "requires_grad")

    def __init__(self, data, requires_grad: bool = False):
        if isinstance(data, Traced):
            raise TypeError("a Tensor and a Variable of descent.autodiff do not mix: use one of them")
        value = real(data.data if isinstance(data, Tensor) else data, "data")
        self._data = np.array(value) if type(value) is np.ndarray else value
        self._grad = None
        self.requires_grad = bool(requires_grad)
        self.grad_fn = None
        self.number = next(numbers)

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, value):
        if not self.is_leaf:
            raise RuntimeError("the data of a result cannot be replaced: it would no longer be what made it")
        self._data = self._like(value, "data")

    @property
    def grad(self):
        return self._grad

    @grad.setter
    def grad(self, value):
        self._grad = None if value is None else self._like(value, "grad")

    def _like(self, value, name: str):
        value = real(value, name)
        if np.shape(value) != self.shape:
            raise ValueError(f"{name} must have the shape {self.shape} of the tensor, got {np.shape(value)}")
        return value

    @property
    def is_leaf(self) -> bool:
        return self.grad_fn is None

    def graph(self) -> list:
        """Return the tensors that this one was made of, and itself, in order of execution.

        Raises
        ------
        RuntimeError
            If a backward pass has freed one of them.

        Examples
        --------
        >>> w = Parameter(2.0)
        >>> (w * w + w).graph()
        [Parameter(2.), Tensor(4., grad_fn=<multiply>), Tensor(6., grad_fn=<add>)]
        """
        found, waiting = {self}, [self]
        while waiting:
            history = waiting.pop().grad_fn
            if history is None:
                continue
            if history.rows is None:
                raise RuntimeError(
                    f"backward() has passed {history} before, and freed what it had saved: compute the loss "
                    f"again, or keep the graph with backward(retain_graph=True) the first time"
                )
            fresh = set(history.parents) - found
            found |= fresh
            waiting.extend(fresh)
        return sorted(found, key=lambda tensor: tensor.number)

    def backward(self, gradient=None, *, retain_graph: bool = False) -> None:
        """Add to `.grad` of every leaf the derivative of this number with respect to it.

        Parameters
        ----------
        gradient : array, optional
            The adjoint to start from; needed where this is not a number.
        retain_graph : bool
            Whether another backward pass may go through the same graph.

        Raises
        ------
        RuntimeError
            If nothing here requires a gradient, this is not a number, or an earlier pass has freed
            the graph.

        Examples
        --------
        >>> w = Parameter([1.0, 2.0])
        >>> (w**2).sum().backward()
        >>> w.grad.tolist()
        [2.0, 4.0]
        """
        graph, adjoints = self.graph(), {self: self._seed(gradient)}
        for tensor in reversed(graph):
            if tensor.is_leaf or tensor not in adjoints:
                continue
            for parent, term in tensor.grad_fn.pull_back(adjoints.pop(tensor)):
                adjoints[parent] = adjoints[parent] + term if parent in adjoints else term
        for leaf, adjoint in adjoints.items():
            leaf.grad = np.array(adjoint) if leaf.grad is None else leaf.grad + adjoint
        if not retain_graph:
            for tensor in graph:
                if tensor.grad_fn is not None:
                    tensor.grad_fn.free()

    def _seed(self, gradient):
        if not self.requires_grad:
            raise RuntimeError(
                "backward() has nothing to do: no recorded operation on a tensor with requires_grad=True "
                "led to this value (was it computed inside no_grad(), or detached?)"
            )
        if gradient is not None:
            return self._like(gradient, "gradient")
        if np.size(self._data) != 1:
            raise RuntimeError(
                f"backward() starts from one number, and this tensor has shape {self.shape}: reduce it "
                f"(.sum(), .mean()), or pass gradient=, an array of that shape"
            )
        return np.ones(self.shape) if self.shape else 1.0

    def item(self) -> float:
        """Return the plain number; raise unless there is exactly one.

        >>> Tensor([[2.0]]).item()
        2.0
        """
        if np.size(self._data) != 1:
            raise RuntimeError(f"item() needs one number, and this tensor has shape {self.shape}")
        return float(np.reshape(self._data, ()))

    def detach(self) -> "Tensor":
        """Return the same value without its history: no gradient passes.

        >>> Parameter(2.0).detach().requires_grad
        False
        """
        return Tensor(self._data)

    def numpy(self) -> np.ndarray:
        """Return the plain array; raise where a gradient would be lost in silence.

        >>> Tensor([1.0, 2.0]).numpy().tolist()
        [1.0, 2.0]
        """
        if self.requires_grad:
            raise RuntimeError(
                "this tensor requires a gradient, which a plain array would lose: use NumPy's functions on "
                "the tensor, or say that you mean it with .detach().numpy()"
            )
        return np.array(self._data)

    def tolist(self):
        return np.asarray(self._data).tolist()

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.numpy(), dtype)

    def __setitem__(self, index, value):
        raise RuntimeError(
            "entries of a tensor cannot be assigned: make a new one with np.where or np.stack, or replace "
            "the whole array of a leaf, w.data = ..."
        )

    shape = property(lambda self: np.shape(self._data))
    ndim = property(lambda self: np.ndim(self._data))
    size = property(lambda self: np.size(self._data))
    dtype = property(lambda self: np.asarray(self._data).dtype)
    T = property(lambda self: np.transpose(self))

    def reshape(self, *shape):
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return (self[k] for k in range(len(self)))

    def __bool__(self):
        return bool(self._data)

    def __float__(self):
        return self.item()

    def __format__(self, spec):
        return format(self.item() if spec else str(self), spec)

    __hash__ = object.__hash__

    def __repr__(self):
        value = np.array2string(np.asarray(self._data), separator=", ", precision=6)
        made = "" if self.grad_fn is None else f", grad_fn={self.grad_fn}"
        return f"{type(self).__name__}({value}{made})"


class Parameter(Tensor):
    """A tensor that an optimiser may change: a leaf that requires a gradient.

    Parameters
    ----------
    data : float or array_like
        Real; integers become floats.  An array is copied.

    Raises
    ------
    TypeError
        If the data are not real.

    Examples
    --------
    >>> w = Parameter([1, 2])
    >>> w, w.requires_grad, w.grad is None
    (Parameter([1., 2.]), True, True)
    """

    __slots__ = ()

    def __init__(self, data):
        super().__init__(data, requires_grad=True)
