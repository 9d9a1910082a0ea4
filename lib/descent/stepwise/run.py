"""The decorator `stepwise` and the film `Run`."""

import functools
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType

import numpy as np

from descent.stepwise.binding import binder
from descent.stepwise.checks import check_count
from descent.stepwise.counting import COUNTED_AS, LearnerError, Oracle, ReturnError
from descent.stepwise.steps import Outcome, Step, keep_copies, stopped
from descent.stepwise.table import Table, short


def stepwise(body: Callable | None = None, *, allow_nonfinite: bool = False) -> Callable:
    """Turn a generator of steps into a function that returns a `Run`.

    Parameters
    ----------
    body : generator function
        Yields steps and returns an outcome (`converged`, `stopped`).  Its arguments called
        f, phi, residual, grad, dphi, jac, hess, hvp and product are counted.
    allow_nonfinite : bool
        Hand NaN and infinity to the body instead of ending the run there.

    Returns
    -------
    callable
        With the body's signature.  A call runs the body to its first step, so that its
        guards raise there; the rest is computed when it is looked at.  A body with an
        argument `maxiter` is stopped after that many iterations.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from descent.stepwise import Step, converged
    >>> @dataclass(frozen=True)
    ... class Halved(Step):
    ...     x: float
    >>> @stepwise
    ... def halve(x, *, tol=0.2):
    ...     yield Halved(x)
    ...     while x > tol:
    ...         x = x / 2
    ...         yield Halved(x)
    ...     return converged("x is small", x=(x, tol))
    >>> run = halve(1.0)
    >>> [step.x for step in run], run.nit, run.success
    ([1.0, 0.5, 0.25, 0.125], 3, True)
    """
    if body is None:
        return functools.partial(stepwise, allow_nonfinite=allow_nonfinite)
    parameters, (bind, call) = inspect.signature(body).parameters, binder(body)

    @functools.wraps(body)
    def start(*args, **kwargs):
        asked = bind(args, kwargs)
        handed, oracles = dict(asked), []
        for name in COUNTED_AS.keys() & parameters.keys():
            if asked[name] is None and parameters[name].default is None:
                continue
            handed[name] = Oracle(asked[name], name, allow_nonfinite)
            oracles.append(handed[name])
        if "maxiter" in asked:
            check_count(maxiter=asked["maxiter"])
        generator = call(handed)
        if not isinstance(generator, Iterator):
            raise TypeError(f"{body.__name__} must be a generator: it yields steps; got {generator!r}")
        return Run(body.__name__, generator, oracles, asked)

    return start


class Run:
    """The film of an algorithm: its steps, computed when first looked at and kept.

    Iterate over it, index it (`run[3]`, `run[-1]`, `run[:5]`), or ask for its results;
    `len` and the results finish the run.

    Attributes
    ----------
    x, fun
        Best point evaluated and the value there, from the last step; NaN where f has no
        value at its first point.  `alpha` is x.
    nfev, njev, nhev : int
        Calls of the function (f, phi, residual), its derivative (grad, dphi, jac), and its second
        derivative (hess, or products with it: hvp, product).
    nit : int
        Iterations: `len(run) - 1`, since step 0 is the start.
    success : bool
        Whether the stopping measure met its tolerance.
    message : str
        Why the run ended, and what to try if it failed.
    error : exception or None
        What the learner's function raised.
    last
        The last step.
    arguments : mapping
        What the algorithm was called with, by name.

    Examples
    --------
    >>> from descent.univariate import golden_section
    >>> run = golden_section(lambda x: (x - 2) ** 2, 0, 5, tol=1e-3)
    >>> run
    <Run of golden_section, 1 step so far>
    >>> round(run.x, 3), run.nit, run.nfev, run.success
    (2.0, 18, 20, True)
    """

    def __init__(
        self, name: str, generator: Iterator, oracles: list = (), arguments: Mapping = MappingProxyType({})
    ):
        self.name = name
        self._generator = generator
        self._oracles = oracles
        self.arguments = MappingProxyType(dict(arguments))
        self._maxiter = arguments.get("maxiter")
        self._steps = []
        self._outcome = None
        self._crash = None
        self._one_at_a_time = threading.RLock()
        self._advance()
        measured = [oracle.lowest for oracle in oracles if oracle.lowest]
        self._before_step_0 = measured[0] if measured else (np.nan, np.nan)
        for oracle in oracles:
            oracle.compares = False

    def _advance(self) -> bool:
        """Compute one more step; return whether there was one."""
        with self._one_at_a_time:  # a widget may move in a thread of its own
            return self._compute_step()

    def _compute_step(self) -> bool:
        if self._crash is not None:
            raise self._crash
        if self._outcome is not None:
            return False
        last_chance = self._maxiter is not None and len(self._steps) > self._maxiter
        if last_chance:  # the body may still say that it has converged, but it gets no more values
            refusal = f"maxiter = {self._maxiter} iterations were not enough: raise maxiter or tol"
            for oracle in self._oracles:
                oracle.refusal = refusal
        try:
            step = next(self._generator)
            if last_chance:
                self._generator.close()
                self._outcome = stopped(refusal)
                return False
            has_done_so = getattr(type(step), "__post_init__", None) is Step.__post_init__
            if not has_done_so and is_dataclass(step):
                keep_copies(step)
            self._steps.append(step)
            return True
        except StopIteration as end:
            self._outcome = self._said(end.value)
        except LearnerError as failure:
            self._outcome = stopped(str(failure), failure.error)
        except KeyboardInterrupt:
            self._outcome = stopped("interrupted: the steps so far are kept")
            raise
        except ReturnError as wrong:
            if not self._steps:
                raise
            self._outcome = stopped(str(wrong), wrong)
        except Exception as crash:
            self._crash = crash
            raise
        return False

    def _said(self, value) -> Outcome:
        """Return the outcome with which the body ended."""
        if value is None:
            return stopped("the algorithm ended without saying why")
        if not isinstance(value, Outcome):
            self._crash = TypeError(f"{self.name} must return converged(...) or stopped(...), got {value!r}")
            raise self._crash
        return value

    def finish(self) -> "Run":
        """Compute all steps; return the run itself."""
        while self._advance():
            pass
        return self

    def __iter__(self):
        k = 0
        while k < len(self._steps) or self._advance():
            yield self._steps[k]
            k += 1

    def __getitem__(self, k):
        while len(self._steps) < _steps_needed(k) and self._advance():
            pass
        return self._steps[k]

    def __len__(self):
        return len(self.finish()._steps)

    def __bool__(self):
        return True

    def __repr__(self):
        count = len(self._steps)
        so_far = "" if self._outcome else " so far"
        return f"<Run of {self.name}, {count} step{'s' * (count != 1)}{so_far}>"

    @property
    def last(self):
        if not self.finish()._steps:
            raise IndexError(f"{self.name} has no step: {self.message}")
        return self[-1]

    @property
    def x(self):
        return self.finish()._steps[-1].x if self._steps else self._before_step_0[0]

    @property
    def fun(self):
        return self.finish()._steps[-1].fun if self._steps else self._before_step_0[1]

    @property
    def alpha(self):
        return self.x

    @property
    def nit(self):
        return max(len(self) - 1, 0)

    @property
    def nfev(self):
        return self._count("nfev")

    @property
    def njev(self):
        return self._count("njev")

    @property
    def nhev(self):
        return self._count("nhev")

    def _count(self, kind):
        self.finish()
        return sum(oracle.calls for oracle in self._oracles if COUNTED_AS[oracle.name] == kind)

    @property
    def outcome(self):
        return self.finish()._outcome

    @property
    def success(self):
        return self.outcome.success

    @property
    def message(self):
        return self.outcome.message

    @property
    def error(self):
        return self.outcome.error

    def table(self) -> "Table":
        """Return the steps as a table, which shows itself in a notebook and in a terminal."""
        rows = [_row(step) for step in self]
        columns = list(dict.fromkeys(name for row in rows for name in row))
        body = [[k, *(row.get(name, "") for name in columns)] for k, row in enumerate(rows)]
        return Table(["k", *columns], body)

    def __str__(self):
        outcome = self.outcome
        kinds = sorted({COUNTED_AS[o.name] for o in self._oracles}, key=["nfev", "njev", "nhev"].index)
        work = ", ".join(f"{kind} = {self._count(kind)}" for kind in kinds)
        lines = [
            f"{self.name}: {'success' if outcome.success else 'no success'}, {outcome.message}",
            *(
                f"  {name.replace('_', ' ')} = {short(value)} {'<=' if value <= tol else '>'} {short(tol)}"
                for name, (value, tol) in outcome.measures.items()
            ),
            f"  nit = {self.nit}" + (f", {work}" if work else ""),
        ]
        if self._steps and hasattr(self._steps[-1], "x"):
            lines.insert(1, f"  x = {short(self.x, 12)}, fun = {short(self.fun, 12)}")
        return "\n".join(lines)


def _steps_needed(k) -> float:
    """Return how many steps an index or a slice needs: all, where it counts from the end."""
    if not isinstance(k, slice):
        return k + 1 if k >= 0 else np.inf
    from_the_front = k.stop is not None and k.stop >= 0 and (k.start or 0) >= 0 and (k.step or 1) > 0
    return k.stop if from_the_front else np.inf


def _row(step) -> dict:
    """Return what a table shows of a step: its `row()`, or its fields, or the step itself."""
    if hasattr(step, "row"):
        return step.row()
    if not is_dataclass(step):
        return {"step": step}
    return {field.name: getattr(step, field.name) for field in fields(step)}
