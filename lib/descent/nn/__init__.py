"""A small library in the PyTorch manner, grown from the Wengert list.

    from descent.nn import MLP, SGD, softmax_cross_entropy

    model = MLP([2, 10, 4], rng=rng)
    optimizer = SGD(model.parameters(), lr=0.1)
    optimizer.zero_grad()                                # .grad adds up, so start from nothing
    loss = softmax_cross_entropy(model(x), labels)       # every operation is remembered
    loss.backward()                                      # one sweep back fills .grad
    optimizer.step()                                     # w <- w - lr * w.grad

Every word stands where PyTorch has it; the arrays and functions are NumPy's.
"""

from descent.nn.losses import softmax, softmax_cross_entropy
from descent.nn.modules import MLP, Linear, Module
from descent.nn.operations import no_grad, recorded
from descent.nn.optimizers import SGD, SteepestDescent
from descent.nn.tensor import Parameter, Tensor
from descent.nn.training import Classified, ErrorOn, TrainStep, fit

__all__ = [
    "MLP",
    "SGD",
    "Classified",
    "ErrorOn",
    "Linear",
    "Module",
    "Parameter",
    "SteepestDescent",
    "Tensor",
    "TrainStep",
    "fit",
    "no_grad",
    "recorded",
    "softmax",
    "softmax_cross_entropy",
]
