"""Random points with the true values of what a learner's line is about."""

import numpy as np

from descent.matrix_calculus.checks import FLOOR, random_point, reference
from descent.matrix_calculus.evaluation import evaluate
from descent.matrix_calculus.node import Node

TOLERANCE = 1e-9


class Sample:
    """Random points, with the true values of what a line is about."""

    def __init__(self, derivation, u: Node, about: str, rng, points: int = 12):
        self.derivation, self.about = derivation, about
        self.held = about == "H" and (derivation.dx1.name in u.symbols or derivation.variable.shape[1] != 1)
        f = derivation.expression
        both = lambda values: [evaluate(f, values), self.truth(values), self.value(u, values)]  # noqa: E731
        first = random_point(derivation, rng, both)
        lengths = {n: first[n] for symbol in derivation.symbols.values() for n in symbol.shape if n in first}
        self.points = [first] + [random_point(derivation, rng, both, lengths) for _ in range(points - 1)]
        self.truths = np.stack([self.truth(values) for values in self.points])
        size = max(np.max(np.abs(evaluate(derivation.expression, values))) for values in self.points)
        self.scale = max(np.max(np.abs(self.truths), initial=0), FLOOR * size) or 1.0

    def value(self, u: Node, values: dict) -> np.ndarray:
        x = self.derivation.variable.name
        value = evaluate(u, values, {x: values[self.derivation.dx.name]})
        value = np.broadcast_to(value, np.shape(self.truth(values)))
        return (value + value.T) / 2 if self.symmetric(value) else value

    def symmetric(self, value) -> bool:
        """Whether only the symmetric part of a gradient counts, the variable being symmetric."""
        x = self.derivation.variable
        return self.about in {"grad f", "H"} and bool(x.properties) and np.ndim(value) == 2

    def values(self, u: Node) -> np.ndarray:
        return np.stack([self.value(u, values) for values in self.points])

    def truth(self, values: dict) -> np.ndarray:
        """Return the true value at a point, from complex steps along basis directions where needed."""
        phase = "hessian" if self.about in {"d2f", "H"} else "gradient"
        z, x = self.derivation.dx.name, values[self.derivation.variable.name]
        if self.about in {"df", "d2f", "dF"}:
            return np.asarray(reference(self.derivation, phase, values))
        square = self.about == "H" and not self.held
        if square and np.ndim(x):
            held = self.derivation.dx1.name
            columns = [self.gradient(phase, values | {held: e[:, None]}, z, x) for e in np.eye(len(x))]
            return np.concatenate(columns, axis=1)
        if square:
            values = values | {self.derivation.dx1.name: np.asarray(1.0)}
        return self.gradient(phase, values, z, x)

    def gradient(self, phase: str, values: dict, z: str, x: np.ndarray) -> np.ndarray:
        """Return the derivative along each entry of the variable (a column each for a vector F)."""
        slopes = []
        for k in range(np.size(x)):
            e = np.zeros(np.size(x))
            e[k] = 1
            slopes.append(reference(self.derivation, phase, values | {z: e.reshape(np.shape(x))}))
        if self.about == "J":
            return np.concatenate(slopes, axis=1)
        value = np.reshape(slopes, np.shape(x))
        return (value + value.T) / 2 if self.symmetric(value) else value

    def agrees(self, u: Node) -> bool:
        return self.close(self.values(u))

    def close(self, values: np.ndarray) -> bool:
        return bool(np.max(np.abs(values - self.truths), initial=0) <= TOLERANCE * self.scale)

    def example(self, u: Node) -> str:
        mine, true = self.values(u)[0], self.truths[0]
        k = np.unravel_index(np.argmax(np.abs(mine - true)), np.shape(true))
        place = f" in entry {tuple(int(i) + 1 for i in k)}" if k else ""
        return f"it gives {mine[k]:.6g}{place}, but {self.about} is {true[k]:.6g}"
