"""Softmax, and its loss: apart they overflow, together they are stable and their derivative is short."""

import numpy as np

from descent.autodiff import defjvp, defvjp, primitive
from descent.nn.operations import recorded


def softmax(logits):
    """Return exp(z_i) / sum_j exp(z_j) along the last axis.

    A number that is added to all logits cancels; the largest is subtracted, so that no exp overflows.

    Parameters
    ----------
    logits : array, shape (..., classes)
        Plain, traced or tensor.

    Examples
    --------
    >>> softmax(np.array([1e4, 1e4])).tolist()
    [0.5, 0.5]
    """
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


@primitive
def _softmax_cross_entropy(logits, labels):
    largest = np.max(logits, axis=-1)
    log_sum = largest + np.log(np.sum(np.exp(logits - largest[..., None]), axis=-1))
    return np.mean(log_sum - np.take_along_axis(logits, labels[..., None], axis=-1)[..., 0])


def _slope(logits, labels):
    """Return the gradient of the mean loss: softmax minus one at the label, over the batch."""
    one_hot = labels[..., None] == np.arange(np.shape(logits)[-1])
    return (softmax(logits) - one_hot) / max(labels.size, 1)


defjvp(_softmax_cross_entropy, lambda g, y, logits, labels: np.sum(g * _slope(logits, labels)), None)
defvjp(_softmax_cross_entropy, lambda y, logits, labels: lambda g: g * _slope(logits, labels), None)
_recorded_loss = recorded(_softmax_cross_entropy)


def softmax_cross_entropy(logits, labels):
    """Return the mean over a batch of -ln softmax(z)_label, as one operation.

    With m the largest logit it is m + ln sum_j exp(z_j - m) - z_label.  Its derivative is
    softmax(z) minus 1 at the label: no division, and no logarithm of a small number.

    Parameters
    ----------
    logits : array, shape (batch, classes) or (classes,)
        Plain, traced or tensor.
    labels : array of int, shape (batch,), or int
        From 0 to classes - 1.

    Returns
    -------
    float or Tensor

    Raises
    ------
    TypeError
        If the labels are no integers.
    ValueError
        If shapes do not match, or a label names no class.

    References
    ----------
    N. Schraudolph, Gradient Methods for Machine Learning (2005), slide 58.

    Examples
    --------
    >>> logits = np.array([[1e4, 0.0], [0.0, 0.0]])
    >>> round(float(softmax_cross_entropy(logits, [0, 0])), 6)      # (0 + ln 2) / 2
    0.346574
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers, the numbers of the classes, got {labels.dtype}")
    shape = np.shape(logits)
    if len(shape) not in (1, 2) or shape[:-1] != labels.shape:
        raise ValueError(
            f"logits must have a row for each label, got logits of shape {shape} and labels of shape "
            f"{labels.shape}"
        )
    if labels.size == 0:
        raise ValueError("the mean loss of an empty batch does not exist: labels has no entry")
    if labels.min() < 0 or labels.max() >= shape[-1]:
        wrong = labels[(labels < 0) | (labels >= shape[-1])][0] if labels.ndim else labels
        raise ValueError(f"labels must lie between 0 and {shape[-1] - 1}, the last class, got {wrong}")
    return _recorded_loss(logits, labels)
