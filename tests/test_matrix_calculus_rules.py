"""Each rule on its own, and proof that a broken rule does not pass the numerical checks."""

import numpy as np
import pytest
from descent.matrix_calculus import differentiate, rules
from descent.matrix_calculus.node import Node, number, ones
from descent.matrix_calculus.tree import (
    add,
    diagonal,
    entrywise,
    eye,
    hadamard,
    inner,
    inverse,
    minus,
    power,
    product,
    transpose,
)

SHAPES = {"x": "n", "t": "", "X": "n n", "Z": "m n", "A": "n n", "B": "n n", "M": "m n", "a": "n", "b": "n"}

# Expressions that use the rule, by the rule's name.
USES = {
    "constant": ("x'*x + a'*b", "x"),
    "sum": ("x'*x - a'*x", "x"),
    "constant factor": ("norm(A*x)^2", "x"),
    "transpose": ("tr(A*X')", "X"),
    "inner product": ("x'*A*x", "x"),
    "quotient": ("(a'*x)/(1 + x'*x)", "x"),
    "product": ("tr(X*A*X*B)", "X"),
    "determinant": ("det(X)", "X"),
    "log-determinant": ("logdet(X)", "X"),
    "trace": ("tr(X*A)", "X"),
    "sum of entries": ("sum(A*x)", "x"),
    "squared norm": ("norm(X - A)^2", "X"),
    "norm": ("norm(x - a)", "x"),
    "inverse": ("tr(A*inv(X)*B)", "X"),
    "exponential form": ("t^t", "t"),
    "chain rule": ("exp(t)*log(1 + t^2)", "t"),
    "entrywise function": ("sum(sin(x).*a)", "x"),
    "entrywise product": ("sum(x.*sin(x))", "x"),
    "diagonal": ("a'*diag(x)*A*b", "x"),
    "linearity": ("norm(x*x' - A)^2", "x"),
    "symmetry": ("x'*A*x", "x"),
    "factors move over": ("tr(A*X*B)", "X"),
    "transpose moves over": ("tr(A*X')", "X"),
    "entrywise factor moves over": ("sum(a.*x)", "x"),
    "diagonal moves over": ("tr(diag(x)*A)", "x"),
}
TABLES = {
    rule.name: (table, k) for table in (rules.DIFFERENTIALS, rules.IDENTITIES) for k, rule in enumerate(table)
}


@pytest.mark.parametrize("name", TABLES)
def test_every_rule_is_used_and_true(name):
    text, variable = USES[name]
    derivation = differentiate(text, variable, **SHAPES)
    assert name in [line.rule for line in derivation]
    assert derivation.check(0) <= 1e-9


def test_every_rule_has_a_name_of_its_own_and_a_formula():
    table = [*rules.DIFFERENTIALS, *rules.IDENTITIES]
    assert len({rule.name for rule in table}) == len(table) == len(USES)
    assert all("=" in rule.formula for rule in table)


@pytest.mark.parametrize("name", rules.DERIVATIVES)
def test_derivatives_of_entrywise_functions(name):
    x = np.array([0.3, 1.2, 2.0])
    derivation = differentiate(f"{name}(x)", "x", x="n")
    jacobian = derivation.jacobian(x=x)
    h = 1e-5
    slope = (derivation.value(x=x + h) - derivation.value(x=x - h)) / (2 * h)
    np.testing.assert_allclose(jacobian, np.diag(slope), rtol=1e-8, atol=1e-9)


def only(op, result):
    """Return a rule that applies to one operation."""
    return lambda u, d, varies: result(u, d) if u.op == op and varies(u) else None


def on_inner(op, result):
    return lambda u: result(*u.args) if u.op == "inner" and u.args[1].op == op else None


def moved_without_transposes(u, v):
    k = next(k for k, link in enumerate(v.args) if link.moving)
    if any(link.shape[0] != link.shape[1] for link in (*v.args[:k], *v.args[k + 1 :])):
        return rules.move_factors(Node("inner", (u, v)))
    return inner(product(*v.args[:k], u, *v.args[k + 1 :]), v.args[k])


BROKEN = {
    "product": only("product", lambda u, d: product(d(u.args[0]), *u.args[1:])),
    "sum": only("add", lambda u, d: add(d(u.args[0]), *[minus(d(v)) for v in u.args[1:]])),
    "inner product": only("inner", lambda u, d: product(number(2), inner(u.args[0], d(u.args[1])))),
    "transpose": only("transpose", lambda u, d: d(u.args[0])),
    "determinant": only("det", lambda u, d: product(u, inner(inverse(u.args[0]), d(u.args[0])))),
    "log-determinant": only("logdet", lambda u, d: inner(inverse(u.args[0]), d(u.args[0]))),
    "trace": only("trace", lambda u, d: inner(ones(u.args[0].shape), d(u.args[0]))),
    "sum of entries": only(
        "total", lambda u, d: product(number(2), inner(ones(u.args[0].shape), d(u.args[0])))
    ),
    "squared norm": only("power", lambda u, d: inner(u.args[0].args[0], d(u.args[0].args[0]))),
    "norm": only("norm", lambda u, d: inner(u.args[0], d(u.args[0]))),
    "inverse": only("inverse", lambda u, d: product(u, d(u.args[0]), u)),
    "entrywise product": only("hadamard", lambda u, d: hadamard(d(u.args[0]), *u.args[1:])),
    "quotient": only("product", lambda u, d: product(*[d(v) for v in u.args])),
    "constant": lambda u, d, varies: None if varies(u) else u,
    "chain rule": lambda u, d, varies: (
        rules.derivative(u) if u.op in {"map", "power"} and u.is_scalar else None
    ),
    "factors move over": on_inner("product", moved_without_transposes),
    "transpose moves over": on_inner("transpose", lambda u, v: inner(u, v.args[0])),
    "entrywise factor moves over": on_inner("hadamard", lambda u, v: inner(u, v.args[-1])),
    "diagonal moves over": on_inner("diag", lambda u, v: inner(diagonal(product(number(2), u)), v.args[0])),
    "diagonal": only("diag", lambda u, d: product(number(2), Node("diag", (d(u.args[0]),), u.shape))),
    "exponential form": only("power", lambda u, d: product(u, d(u.args[0]))),
}


def worst(text, variable):
    """Return the check's error; a derivation that cannot be finished counts as caught."""
    try:
        return differentiate(text, variable, **SHAPES).check(0)
    except (ValueError, IndexError, KeyError, StopIteration, RuntimeError, AttributeError, TypeError):
        return np.inf


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_caught(name):
    text, variable = USES[name]
    assert worst(text, variable) <= 1e-9
    table, k = TABLES[name]
    old = table[k]
    table[k] = rules.Rule(old.name, old.formula, BROKEN[name])
    try:
        assert worst(text, variable) > 1e-3
    finally:
        table[k] = old


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("cos", lambda x: entrywise("sin", x)),
        ("tanh", lambda x: add(ones(x.shape), minus(entrywise("tanh", x)))),
        ("sigmoid", lambda x: entrywise("sigmoid", x)),
        ("log", lambda x: power(x, number(-2))),
        ("softplus", lambda x: entrywise("tanh", x)),
    ],
)
def test_a_broken_derivative_is_caught(name, wrong, monkeypatch):
    assert worst(f"sum({name}(x).*a)", "x") <= 1e-9
    monkeypatch.setitem(rules.DERIVATIVES, name, wrong)
    assert worst(f"sum({name}(x).*a)", "x") > 1e-3


def test_inner_products_with_dx_are_left_to_the_learner():
    x, a = Node("symbol", shape=("n", 1), name="x"), Node("symbol", shape=("n", "n"), name="A")
    dx = Node("symbol", shape=("n", 1), name="dx", properties=frozenset({"differential"}))
    assert inner(dx, product(a, x)).args == (dx, product(a, x))
    assert len(add(inner(dx, x), inner(dx, x)).args) == 2


def test_normal_form():
    a, b = (Node("symbol", shape=("n", "n"), name=name) for name in "AB")
    s = Node("symbol", shape=("n", "n"), name="S", properties=frozenset({"symmetric"}))
    q = Node("symbol", shape=("n", "n"), name="Q", properties=frozenset({"orthogonal"}))
    x = Node("symbol", shape=("n", 1), name="x")
    assert transpose(product(a, b)) == product(transpose(b), transpose(a))
    assert transpose(transpose(a)) is a
    assert transpose(product(x, transpose(x))) == product(x, transpose(x))
    assert transpose(s) == s
    assert transpose(inverse(s)) == inverse(s)
    assert product(transpose(q), q, x) == x
    assert product(inverse(a), a) == eye("n")
    assert inverse(product(a, b)) == product(inverse(b), inverse(a))
    assert product(transpose(x), a, x) == inner(x, product(a, x)) == inner(product(a, x), x)
    assert add(a, b) == add(b, a) != add(a, transpose(b))
    assert add(a, minus(a)).op == "zero"
    assert hadamard(x, x) == power(x, number(2))
