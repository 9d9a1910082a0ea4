"""Random expressions, each as text for the library and as a plain NumPy function for the test."""

import numpy as np
import pytest
from descent.matrix_calculus import differentiate

SHAPES = {
    "x": "n",
    "X": "n n",
    "Z": "m n",
    "t": "",
    "a": "n",
    "b": "n",
    "u": "m",
    "A": "n n",
    "S": "n n symmetric",
    "P": "n n posdef",
    "Q": "n n orthogonal",
    "D": "n n diagonal",
    "M": "m n",
    "c": "",
}
LENGTHS = {"n": 3, "m": 4}
ENTRYWISE = {
    "exp(({})/4)": lambda v: np.exp(v / 4),
    "sin({})": np.sin,
    "cos({})": np.cos,
    "tanh({})": np.tanh,
    "sigmoid({})": lambda v: 1 / (1 + np.exp(-v)),
    "softplus({})": lambda v: np.log(1 + np.exp(v)),
    "sqrt(1 + ({}).^2)": lambda v: np.sqrt(1 + v * v),
    "log(1 + ({}).^2)": lambda v: np.log(1 + v * v),
    "({}).^3": lambda v: v**3,
    "abs({})": lambda v: np.where(np.real(v) < 0, -v, v),
}


def arrays(rng: np.random.Generator) -> dict:
    """Return an array for every symbol; X and Z are not symmetric."""
    values = {}
    for name, shape in SHAPES.items():
        sizes = [LENGTHS[word] for word in shape.split() if word in LENGTHS]
        value = rng.normal(size=sizes) / 2
        if "symmetric" in shape:
            value = value + value.T
        if "posdef" in shape:
            value = value @ value.T + np.eye(3)
        if "orthogonal" in shape:
            value = np.linalg.qr(value)[0]
        if "diagonal" in shape:
            value = np.diag(np.diag(value))
        values[name] = value
    return values


class Maker:
    """Draws expressions (text, function of the arrays) of a wanted shape and depth."""

    def __init__(self, rng: np.random.Generator, variable: str):
        self.rng, self.variable = rng, variable

    def pick(self, options):
        return options[self.rng.integers(len(options))]

    def symbol(self, names):
        name = self.variable if self.variable in names and self.rng.random() < 0.6 else self.pick(names)
        return name, lambda v: v[name]

    def entrywise(self, part):
        template = self.pick(list(ENTRYWISE))
        text, f = part
        return template.format(text), lambda v: ENTRYWISE[template](f(v))

    def scalar(self, depth):
        if depth == 0:
            return self.symbol(["t", "c"])
        n = self.pick("nm")
        kinds = (
            "inner trace sum norm norm2 det logdet product quotient add matrix_inner function power quadratic"
        )
        kind = self.pick(kinds.split())
        return getattr(self, "scalar_" + kind)(depth - 1, n)

    def scalar_inner(self, depth, n):
        (s, f), (t, g) = self.vector(depth, n), self.vector(depth, n)
        return f"({s})'*({t})", lambda v: f(v) @ g(v)

    def scalar_quadratic(self, depth, n):
        (s, f), (t, g) = self.vector(depth, n), self.matrix(depth, n, n)
        return f"({s})'*({t})*({s})", lambda v: f(v) @ g(v) @ f(v)

    def scalar_matrix_inner(self, depth, n):
        (s, f), (t, g) = self.matrix(depth, n, "n"), self.matrix(depth, n, "n")
        return f"inner({s}, {t})", lambda v: np.sum(f(v) * g(v))

    def scalar_trace(self, depth, n):
        s, f = self.matrix(depth, n, n)
        return f"tr({s})", lambda v: np.trace(f(v))

    def scalar_sum(self, depth, n):
        s, f = self.pick([self.vector(depth, n), self.matrix(depth, n, "n")])
        return f"sum({s})", lambda v: np.sum(f(v))

    def scalar_norm(self, depth, n):
        s, f = self.vector(depth, n)
        return f"norm({s})", lambda v: np.sqrt(np.sum(f(v) ** 2))

    def scalar_norm2(self, depth, n):
        s, f = self.pick([self.vector(depth, n), self.matrix(depth, n, "n")])
        return f"norm({s})^2", lambda v: np.sum(f(v) ** 2)

    def scalar_det(self, depth, n):
        s, f = self.matrix(depth, n, n)
        size = LENGTHS[n]
        return f"det({s} - 3*eye({n}))", lambda v: np.linalg.det(f(v) - 3 * np.eye(size))

    def scalar_logdet(self, depth, n):
        s, f = self.matrix(depth, n, n)
        size = LENGTHS[n]
        name = self.pick(["logdet({})", "log(det({}))"])
        inside = f"({s})*({s})' + eye({n})"
        return name.format(inside), lambda v: np.log(np.linalg.det(f(v) @ f(v).T + np.eye(size)))

    def scalar_product(self, depth, n):
        (s, f), (t, g) = self.scalar(depth), self.scalar(depth)
        return f"({s})*({t})", lambda v: f(v) * g(v)

    def scalar_quotient(self, depth, n):
        (s, f), (t, g) = self.scalar(depth), self.scalar(depth)
        return f"({s})/(2 + ({t})^2)", lambda v: f(v) / (2 + g(v) ** 2)

    def scalar_add(self, depth, n):
        (s, f), (t, g) = self.scalar(depth), self.scalar(depth)
        return f"({s}) - 3*({t})", lambda v: f(v) - 3 * g(v)

    def scalar_function(self, depth, n):
        s, f = self.scalar(depth)
        name = self.pick(["sin", "tanh", "cos"])
        return f"{name}({s})", lambda v: getattr(np, name)(f(v))

    def scalar_power(self, depth, n):
        s, f = self.scalar(depth)
        return f"(1 + ({s})^2)^1.5", lambda v: (1 + f(v) ** 2) ** 1.5

    def vector(self, depth, n):
        if depth == 0:
            return self.symbol(["x", "a", "b"] if n == "n" else ["u"])
        kind, depth = (
            self.pick(["matvec", "entrywise", "hadamard", "add", "scale", "diagonal", "quotient"]),
            depth - 1,
        )
        s, f = self.vector(depth, n)
        if kind == "matvec":
            k = self.pick("nm")
            (s, f), (t, g) = self.matrix(depth, n, k), self.vector(depth, k)
            return f"({s})*({t})", lambda v: f(v) @ g(v)
        if kind == "entrywise":
            return self.entrywise((s, f))
        if kind == "hadamard":
            t, g = self.vector(depth, n)
            return f"({s}).*({t})", lambda v: f(v) * g(v)
        if kind == "quotient":
            t, g = self.vector(depth, n)
            return f"({s})./(2 + ({t}).^2)", lambda v: f(v) / (2 + g(v) ** 2)
        if kind == "diagonal":
            s, f = self.matrix(depth, n, n)
            return f"diag({s})", lambda v: np.diag(f(v))
        if kind == "scale":
            t, g = self.scalar(depth)
            return f"({t})*({s})", lambda v: g(v) * f(v)
        t, g = self.vector(depth, n)
        return f"{s} - ({t})/2", lambda v: f(v) - g(v) / 2

    def matrix(self, depth, m, n):
        if depth == 0:
            if m == n == "n":
                return self.symbol(["X", "A", "S", "P", "Q", "D"])
            if (m, n) == ("m", "n"):
                return self.symbol(["Z", "M"])
            s, f = self.symbol(["Z", "M"])
            if m == "n":
                return f"{s}'", lambda v: f(v).T
            return f"({s}*{s}' + 2*eye(m))", lambda v: f(v) @ f(v).T + 2 * np.eye(LENGTHS["m"])
        kinds = ["product", "transpose", "add", "scale", "outer", "entrywise", "hadamard"]
        kind, depth = self.pick(kinds + ["inverse", "diag", "square"] * (m == n)), depth - 1
        if kind == "transpose":
            s, f = self.matrix(depth, n, m)
            return f"({s})'", lambda v: f(v).T
        if kind == "outer":
            (s, f), (t, g) = self.vector(depth, m), self.vector(depth, n)
            return f"({s})*({t})'", lambda v: np.outer(f(v), g(v))
        if kind == "diag":
            s, f = self.vector(depth, n)
            return f"diag({s})", lambda v: np.diag(f(v))
        if kind == "product":
            k = self.pick("nm")
            (s, f), (t, g) = self.matrix(depth, m, k), self.matrix(depth, k, n)
            return f"({s})*({t})", lambda v: f(v) @ g(v)
        s, f = self.matrix(depth, m, n)
        if kind == "inverse":
            size = LENGTHS[n]
            return f"inv({s} + 5*eye({n}))", lambda v: np.linalg.inv(f(v) + 5 * np.eye(size))
        if kind == "square":
            return f"({s})^2", lambda v: f(v) @ f(v)
        if kind == "entrywise":
            return self.entrywise((s, f))
        if kind == "scale":
            t, g = self.scalar(depth)
            return f"({t})*({s})", lambda v: g(v) * f(v)
        t, g = self.matrix(depth, m, n)
        if kind == "hadamard":
            return f"({s}).*({t})", lambda v: f(v) * g(v)
        return f"{s} + ({t})", lambda v: f(v) + g(v)


def random_expression(seed: int):
    """Return (text, variable, function of the arrays), the variable occurring in the text."""
    rng = np.random.default_rng(seed)
    while True:
        variable = str(rng.choice(["x", "x", "X", "X", "Z", "t"]))
        text, f = Maker(rng, variable).scalar(int(rng.integers(2, 4)))
        tokens = text.replace("(", " ").replace(")", " ").replace("'", " ").replace("*", " ").split()
        if variable in tokens and len(text) < 160:
            return text, variable, f


def derivative_along(f, values: dict, variable: str, dx) -> float:
    """Return df by the complex step."""
    return np.imag(f(values | {variable: values[variable] + 1e-30j * dx})) / 1e-30


def gradient_slope(derivation, values: dict, variable: str, dx):
    """Return the derivative of the gradient along dx by fourth-order differences."""
    h = 1e-4
    g = lambda s: derivation.gradient(**values | {variable: values[variable] + s * dx})  # noqa: E731
    return (8 * (g(h) - g(-h)) - (g(2 * h) - g(-2 * h))) / (12 * h)


def verify(seed: int) -> None:
    text, variable, f = random_expression(seed)
    rng = np.random.default_rng(seed)
    values = arrays(rng)
    derivation = differentiate(text, variable, **SHAPES)
    gradient = derivation.gradient(**values)
    dx = rng.normal(size=np.shape(values[variable]))
    size = abs(f(values))
    assert derivation.value(**values) == pytest.approx(f(values), rel=1e-9, abs=1e-12), text

    true = derivative_along(f, values, variable, dx)
    scale = max(abs(true), 1e-2 * np.linalg.norm(gradient) * np.linalg.norm(dx), 1e-3 * size)
    assert abs(np.sum(gradient * dx) - true) <= 1e-10 * scale, (text, variable)

    hessian = derivation.hessian(**values)
    second = hessian(dx) if callable(hessian) else hessian @ dx if np.ndim(hessian) == 2 else hessian * dx
    slope = gradient_slope(derivation, values, variable, dx)
    scale = max(np.max(np.abs(slope)), 1e-2 * np.max(np.abs(gradient)), 1e-3 * size)
    assert np.max(np.abs(second - slope)) <= 1e-6 * scale, (text, variable)
    assert derivation.check(seed) <= 1e-9, (text, variable)


@pytest.mark.parametrize("start", range(0, 150, 25))
def test_random_expressions_have_the_right_gradient_hessian_and_lines(start):
    for seed in range(start, start + 25):
        verify(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(150, 500, 50))
def test_more_random_expressions(start):
    for seed in range(start, start + 50):
        verify(seed)


def test_the_random_expressions_use_every_operation():
    text = " ".join(random_expression(seed)[0] for seed in range(150))
    for word in (
        "inv(",
        "det(",
        "logdet(",
        "tr(",
        "norm(",
        "sum(",
        "inner(",
        "diag(",
        "'",
        ".*",
        "./",
        ".^",
        "^",
    ):
        assert word in text
    for word in ("exp", "log", "sin", "cos", "tanh", "sigmoid", "softplus", "sqrt", "abs"):
        assert word + "(" in text
    assert {random_expression(seed)[1] for seed in range(150)} == {"x", "X", "Z", "t"}
