"""An algorithm is a sequence of steps.

Every algorithm of this package is a generator of small immutable steps.  `stepwise`
turns such a generator into a function that returns a `Run`: the film of the steps, from
which the solver takes the last frame, the table all rows, the picture one frame at a
time, and a test an assertion about each of them.

    @stepwise
    def halve(f, a, b, *, tol=1e-3, maxiter=500):
        if not a < b:
            raise ValueError(...)              # guards raise at the call
        while b - a > tol:
            ...
            yield Bracket(a, b, ...)           # one frame
        return converged("the bracket is shorter than tol", width=(b - a, tol))

The arguments called f, phi, residual, grad, dphi, jac, hess, hvp and product reach the body as
`Counted` functions, so that no algorithm counts its calls by hand.
"""

from descent.stepwise.counting import Counted
from descent.stepwise.run import Run, stepwise
from descent.stepwise.steps import Outcome, Step, converged, read_only, stopped
from descent.stepwise.table import Table

__all__ = ["Counted", "Outcome", "Run", "Step", "Table", "converged", "read_only", "stepwise", "stopped"]
