"""Automatic differentiation of plain NumPy code by a Wengert list.

    from descent.autodiff import grad, wengert

    f = lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2)
    grad(f, (0, 1))(2.0, 5.0)                # (5.5, 1.716)
    print(wengert(f, 2.0, 5.0).table("reverse"))

`tape` holds the list and writes its rows, `variable` the value that makes NumPy write them, `scalar` the
same for a number (read it first: it is a whole tracer), `rules` the table of primitives (value, JVP,
VJP), `sweeps` the two passes over the list, and `modes` and `jacobians` what is made of these; `wengert`
shows the list as the lectures do, and `program` turns it into straight-line Python.
Everything is for real floating-point numbers and arrays.
"""

from descent.autodiff import scalar  # noqa: F401  (the variables of numbers)
from descent.autodiff.differences import check_grads, complex_step, finite_difference
from descent.autodiff.dual import Dual
from descent.autodiff.jacobians import ggnvp, hessian, hvp, jacobian
from descent.autodiff.modes import grad, jvp, linearize, value_and_grad, vjp
from descent.autodiff.own_rows import checkpoint, primitive
from descent.autodiff.primitives import NoRuleError, defjvp, defvjp
from descent.autodiff.program import compile_grad, compile_hvp
from descent.autodiff.variable import Variable
from descent.autodiff.wengert import Row, WengertList, wengert

__all__ = [
    "Dual",
    "NoRuleError",
    "Row",
    "Variable",
    "WengertList",
    "check_grads",
    "checkpoint",
    "compile_grad",
    "compile_hvp",
    "complex_step",
    "defjvp",
    "defvjp",
    "finite_difference",
    "ggnvp",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "linearize",
    "primitive",
    "value_and_grad",
    "vjp",
    "wengert",
]
