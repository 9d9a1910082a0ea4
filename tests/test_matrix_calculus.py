"""Derivations: the known results, what every line says, and how lines and results print."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from descent.matrix_calculus import differentiate
from descent.stepwise import Run
from matplotlib.mathtext import MathTextParser

ENTRIES = json.loads((Path(__file__).parent / "data" / "matrix_derivatives.json").read_text())["entries"]
PROPERTIES = {"symmetric": " symmetric", "symmetric positive definite": " posdef"}
LENGTHS = {"n": 4, "m": 6, "p": 5}

# Petersen & Pedersen, The Matrix Cookbook (2012-11-15), equation numbers where known.
COOKBOOK = [
    ("tr(A*X*B)", "X", "A'*B'"),  # (101)
    ("tr(A*X'*B)", "X", "B*A"),  # (102)
    ("tr(X'*A)", "X", "A"),  # (103)
    ("tr(X'*B*X)", "X", "B*X + B'*X"),  # (108)
    ("tr(B'*X'*C*X*B)", "X", "C'*X*B*B' + C*X*B*B'"),  # (117)
    ("tr(X'*B*X*C)", "X", "B*X*C + B'*X*C'"),  # (118)
    ("tr(A*X*B*X'*C)", "X", "A'*C'*X*B' + C*A*X*B"),  # (118)
    ("tr(A*X*B*X)", "X", "A'*X'*B' + B'*X'*A'"),  # (116)
    ("tr(X^3)", "X", "3*(X^2)'"),  # (121)
    ("tr(A*X^3)", "X", "(A*X^2 + X*A*X + X^2*A)'"),  # (122)
    ("tr(inv(X'*P*X)*A)", "X", "-(P*X*inv(X'*P*X))*(A + A')*inv(X'*P*X)"),  # (125)
    ("tr(inv(Z'*R*Z)*(Z'*U*Z))", "Z",
     "-2*R*Z*inv(Z'*R*Z)*Z'*U*Z*inv(Z'*R*Z) + 2*U*Z*inv(Z'*R*Z)"),  # (126)
    ("det(A*X*B)", "X", "det(A*X*B)*inv(X)'"),  # (51)
    ("det(Z'*R*Z)", "Z", "2*det(Z'*R*Z)*R*Z*inv(Z'*R*Z)"),  # (53)
    ("log(det(Z'*Z))", "Z", "2*Z*inv(Z'*Z)"),  # (55)
    ("logdet(X'*C*X)", "X", "2*inv(X)'"),
    ("det(X)^k", "X", "k*det(X)^k*inv(X)'"),  # (58)
    ("det(X^-1)", "X", "-det(X^-1)*inv(X)'"),
    ("a'*inv(X)*b", "X", "-inv(X)'*a*b'*inv(X)'"),  # (61)
    ("a'*X^3*b", "X", "a*b'*(X^2)' + X'*a*b'*X' + (X^2)'*a*b'"),  # (91)
    ("a'*(X^2)'*X^2*b", "X", "X'*X^2*(b*a' + a*b') + X^2*(b*a' + a*b')*X'"),  # (92)
    ("(x-a)'*W*(x-a)", "x", "2*W*(x-a)"),  # (85)
    ("(a-B*x)'*W*(a-B*x)", "x", "-2*B'*W*(a-B*x)"),  # (84)
    ("(a-X*b)'*W*(a-X*b)", "X", "-2*W*(a-X*b)*b'"),  # (88)
    ("norm(X)", "X", "X/norm(X)"),
    ("norm(x)^3", "x", "3*norm(x)*x"),
    ("x'*B*x/(x'*x)", "x", "(B + B')*x/(x'*x) - 2*(x'*B*x)*x/(x'*x)^2"),  # Rayleigh
    ("log(sum(exp(B*x + b)))", "x", "B'*softmax(B*x + b)"),
    ("sum(log(1 + exp(-y.*x)))", "x", "-y.*sigmoid(-y.*x)"),
    ("sum(softplus(-y.*(B*x)))", "x", "-B'*(y.*sigmoid(-y.*(B*x)))"),
    ("norm(x*x' - S)^2", "x", "4*(x'*x)*x - 4*S*x"),
    ("tr(A*X^2*B*X^-T)", "X", "(X*B*X^-T*A + B*X^-T*A*X)' - X^-T*A*X^2*B*X^-T"),
    ("det(A - t*eye(n))", "t", "-det(A - t*eye(n))*tr(inv(A - t*eye(n)))"),
    ("logdet(A*A' + eye(n) + t*P)", "t", "tr(inv(A*A' + eye(n) + t*P)*P)"),
    ("norm(tanh(Z*b) - u)^2/2", "b", "Z'*((tanh(Z*b) - u).*(1 - tanh(Z*b).^2))"),
    ("sum(exp(x*x'))", "x", "2*exp(x*x')*x"),
    ("tr(diag(x)*A*diag(x)*B)", "x", "diag(A*diag(x)*B) + diag(B*diag(x)*A)"),
    ("sum(abs(B*x - b))", "x", "B'*sign(B*x - b)"),
    ("sum(x.^k)", "x", "k*x.^(k-1)"),
    ("sum(sin(x).*cos(x))", "x", "cos(x).^2 - sin(x).^2"),
    ("t^t", "t", "t^t*(log(t) + 1)"),
    ("norm(x - sum(x)/n*ones(n))^2", "x", "2*(x - sum(x)/n*ones(n))"),
    ("x'*Q'*A*Q*x", "x", "Q'*(A + A')*Q*x"),
    ("x'*D*x", "x", "2*D*x"),
]  # fmt: skip
SHAPES = dict.fromkeys("xaby", "n") | dict.fromkeys("XABC", "n n") | {
    "k": "", "t": "", "u": "m", "Z": "m n", "R": "m m posdef", "U": "m m symmetric", "S": "n n symmetric",
    "W": "n n symmetric", "P": "n n posdef", "Q": "n n orthogonal", "D": "n n diagonal",
}  # fmt: skip

VECTORS = [
    ("A*x", "A"),
    ("A*(x.*x)", "2*A*diag(x)"),
    ("x*(a'*x)", "x*a' + (a'*x)*eye(n)"),
    ("x/norm(x)", "eye(n)/norm(x) - x*x'/norm(x)^3"),
    ("softmax(x)", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    ("tanh(B*x + b)", "diag(1 - tanh(B*x + b).^2)*B"),
    ("inv(A + diag(x))*b", "-inv(A + diag(x))*diag(inv(A + diag(x))*b)"),
    ("Z*sin(x)", "Z*diag(cos(x))"),
    ("diag(diag(x)*A*diag(x))", "2*diag(diag(A).*x)"),
    ("(A.*(x*b'))*a", "diag(A*(b.*a))"),
    ("(A.*(B*diag(x)*C))*b", "B.*(A*diag(b)*C')"),
    ("sum(x)*a", "a*ones(n)'"),
]


def derivation_of(entry):
    shapes = {
        name: " ".join(symbol["shape"]) + PROPERTIES.get(symbol.get("property", ""), "")
        for name, symbol in entry["symbols"].items()
    }
    return differentiate(entry["dsl"], entry["var"], **shapes)


def arrays_of(derivation, rng, lengths=LENGTHS):
    values = {}
    for name, symbol in derivation.symbols.items():
        a = rng.normal(size=[lengths[n] for n in symbol.shape if n != 1])
        if a.ndim == 2 and a.shape[0] == a.shape[1]:
            a = a + 3 * np.eye(len(a))
        if "posdef" in symbol.properties:
            a = a @ a.T
        elif "diagonal" in symbol.properties:
            a = np.diag(np.diag(a))
        elif "symmetric" in symbol.properties:
            a = a + a.T
        elif "orthogonal" in symbol.properties:
            a = np.linalg.qr(a)[0]
        values[name] = a
    return values


def known(expression, values, rng=None, **more):
    """Return a formula of the data file as a number: its own words, NumPy's meaning."""
    n = LENGTHS["n"]
    helpers = {
        "np": np,
        "n": n,
        "inv": np.linalg.inv,
        "det": np.linalg.det,
        "nrm": np.linalg.norm,
        "sm": lambda v: np.exp(v) / np.exp(v).sum(),
    }
    if "X" in values and np.ndim(values["X"]) == 2:
        helpers["iT"] = np.linalg.inv(values["X"]).T
    return eval(expression, helpers | values | more)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["id"])
def test_known_results(entry):
    derivation = derivation_of(entry)
    rng = np.random.default_rng(1)
    values = arrays_of(derivation, rng)
    x = entry["var"]
    if entry["id"] in {"lnquad"}:
        values["A"] = values["A"] @ values["A"].T + np.triu(values["A"], 1) / 10
    if x == "X" and np.linalg.det(values[x]) < 0:
        values[x][0] *= -1
    dx = rng.normal(size=np.shape(values[x]))
    df = np.imag(known(entry["f"], values | {x: values[x] + 1e-30j * dx})) / 1e-30
    gradient = derivation.gradient(**values)
    assert gradient.shape == values[x].shape
    assert np.sum(gradient * dx) == pytest.approx(df, rel=1e-10)
    np.testing.assert_allclose(gradient, known(entry["grad"], values), rtol=1e-10, atol=1e-10)

    hessian = derivation.hessian(**values)
    hv = hessian(dx) if entry["hess_kind"] != "matrix" else hessian @ dx
    h = 1e-4
    g = lambda s: derivation.gradient(**values | {x: values[x] + s * dx})  # noqa: E731
    slope = (8 * (g(h) - g(-h)) - (g(2 * h) - g(-2 * h))) / (12 * h)
    np.testing.assert_allclose(hv, slope, rtol=1e-6, atol=1e-6 * np.max(np.abs(gradient)))
    if entry["hess"]:
        true = known(entry["hess"], values, V=dx)
        true = true if entry["hess_kind"] != "matrix" else true @ dx
        np.testing.assert_allclose(hv, true, rtol=1e-9, atol=1e-9 * np.max(np.abs(gradient)))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["id"])
def test_every_line_of_known_results_is_true(entry):
    assert derivation_of(entry).check(2) <= 1e-9


@pytest.mark.parametrize(("text", "variable", "gradient"), COOKBOOK)
def test_cookbook(text, variable, gradient):
    derivation = differentiate(text, variable, **SHAPES)
    rng = np.random.default_rng(3)
    values = arrays_of(derivation, rng)
    values["t"] = values["k"] = np.array(1.7)
    values["x"] = np.abs(values["x"]) + 0.1
    if "X" in text and np.linalg.det(values["X"]) < 0:
        values["X"][0] *= -1
    expected = differentiate(gradient, variable, **SHAPES).value(**values)
    np.testing.assert_allclose(derivation.gradient(**values), expected, rtol=1e-10, atol=1e-10)
    assert derivation.check(4) <= 1e-9


@pytest.mark.parametrize(("text", "jacobian"), VECTORS)
def test_jacobians(text, jacobian):
    derivation = differentiate(text, "x", **SHAPES)
    values = arrays_of(derivation, np.random.default_rng(5))
    expected = differentiate(jacobian, "x", **SHAPES).value(**values)
    np.testing.assert_allclose(derivation.jacobian(**values), expected, rtol=1e-10, atol=1e-10)
    assert derivation.check(6) <= 1e-9
    assert {line.phase for line in derivation} == {"jacobian"}


def test_jacobian_is_rows_of_outputs_by_columns_of_inputs():
    derivation = differentiate("Z*x", "x", x="n", Z="m n")
    z = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(derivation.jacobian(x=np.ones(3), Z=z), z)


def test_jacobians_of_other_shapes():
    along_t = differentiate("exp(t*a)", "t", t="", a="n")
    np.testing.assert_allclose(along_t.jacobian(t=0.5, a=np.array([1.0, 2.0])), [np.exp(0.5), 2 * np.e])
    of_matrix = differentiate("X*a", "X", X="m n", a="n")
    jacobian = of_matrix.jacobian(X=np.zeros((2, 3)), a=np.arange(3.0))
    np.testing.assert_allclose(jacobian(np.ones((2, 3))), [3, 3])


def test_layout_changes_the_display_only():
    derivation = differentiate("A*(x.*x)", "x", x="n", A="m n")
    jacobian = derivation.jacobian
    values = {"x": np.array([1.0, 2.0]), "A": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])}
    before = jacobian(**values)
    assert jacobian.displayed("numerator") == jacobian.latex == r"2\, A\, \mathrm{diag}\left(x\right)"
    assert jacobian.displayed("denominator") == r"2\, \mathrm{diag}\left(x\right)\, A^{\top}"
    np.testing.assert_array_equal(derivation.jacobian(**values), before)
    assert before.shape == (3, 2)
    with pytest.raises(ValueError, match="numerator"):
        jacobian.displayed("mixed")


def test_derivations_are_short():
    lengths = []
    for entry in ENTRIES:
        derivation = derivation_of(entry)
        assert sum(line.phase == "gradient" for line in derivation) <= 12, entry["id"]
        lengths.append(len(derivation))
    assert statistics.median(lengths) <= 18


@pytest.mark.parametrize(
    ("text", "gradient", "hessian"),
    [
        ("x'*A*x - b'*x + c", "(A + A')*x - b", "A + A'"),
        ("x'*S*x - b'*x", "2*S*x - b", "2*S"),
        ("log(x'*S*x)", "2*S*x/<x, S*x>", "2*(S/<x, S*x> - 2*S*x*x'*S/<x, S*x>^2)"),
        ("log(x'*A*x)", "(A + A')*x/<x, A*x>", None),
        ("log(sum(exp(x)))", "exp(x)/sum(exp(x))", "diag(exp(x))/sum(exp(x)) - exp(x)*exp(x)'/sum(exp(x))^2"),
        ("norm(x)", "x/norm(x)", "eye(n)/norm(x) - x*x'/norm(x)^3"),
        ("exp(x'*x)", "2*exp(<x, x>)*x", "2*exp(<x, x>)*(2*x*x' + eye(n))"),
        ("x'*Q'*Q*x", "2*x", "2*eye(n)"),
        ("b'*x", "b", "zeros(n, n)"),
    ],
)
def test_results_read_as_in_a_lecture(text, gradient, hessian):
    derivation = differentiate(text, "x", x="n", A="n n", S="n n symmetric", Q="n n orthogonal", b="n", c="")
    assert str(derivation.gradient) == gradient
    if hessian:
        assert str(derivation.hessian) == hessian


def test_matrix_results_read_as_in_a_lecture():
    derivation = differentiate("inner(S, X) - log(det(X))", "X", X="n n", S="n n symmetric")
    assert str(derivation.gradient) == "S - inv(X)'"
    assert derivation.gradient.latex == r"S - X^{-\top}"
    assert str(differentiate("det(X'*P*X)", "X", X="n n", P="n n posdef").gradient) == "2*det(X'*P*X)*inv(X)'"
    assert str(differentiate("tr(X*X*B)", "X", X="n n", B="n n").gradient) == "(X*B + B*X)'"


def test_a_derivation_is_a_run_of_named_lines():
    derivation = differentiate("x'*A*x - b'*x + c", "x", x="n", A="n n", b="n", c="")
    assert isinstance(derivation, Run)
    assert [(line.rule, line.line) for line in derivation if line.phase == "gradient"] == [
        ("definition", "df = d(<x, A*x> - <b, x> + c)"),
        ("sum", "df = d(<x, A*x>) - d(<b, x>) + d(c)"),
        ("inner product", "df = <dx, A*x> + <x, d(A*x)> - <b, dx> + d(c)"),
        ("constant factor", "df = <dx, A*x> + <x, A*dx> - <b, dx> + d(c)"),
        ("constant", "df = <dx, A*x> + <x, A*dx> - <b, dx>"),
        ("symmetry", "df = <A*x, dx> + <x, A*dx> - <b, dx>"),
        ("factors move over", "df = <A*x, dx> + <A'*x, dx> - <b, dx>"),
        ("gather", "df = <A*x + A'*x - b, dx>"),
        ("common factors", "df = <(A + A')*x - b, dx>"),
        ("gradient", "grad f = (A + A')*x - b"),
    ]
    assert [line.phase for line in derivation] == ["gradient"] * 10 + ["hessian"] * (len(derivation) - 10)
    assert derivation.last.line == "H = A + A'"
    assert derivation.success
    assert "grad f = (A + A')*x - b" in str(derivation)
    assert "inner product" in str(derivation.table())


def test_asking_for_the_gradient_leaves_the_hessian_for_later():
    derivation = differentiate("log(x'*A*x)", "x", x="n", A="n n")
    assert str(derivation.gradient)
    assert "so far" in repr(derivation)


def parse_latex(derivations):
    """Parse the longest line and the last one of each derivation."""
    parser = MathTextParser("path")
    for lines in derivations:
        for line in {max(lines, key=lambda line: len(line.latex)), lines[-1]}:
            parser.parse(f"${line.latex}$")


@pytest.mark.slow
def test_mathtext_accepts_the_known_results():
    parse_latex(derivation_of(entry) for entry in ENTRIES)


def test_mathtext_accepts_jacobians():
    parse_latex(differentiate(text, "x", **SHAPES) for text, _ in VECTORS)


@pytest.mark.slow
def test_mathtext_accepts_the_cookbook():
    parse_latex(differentiate(text, variable, **SHAPES) for text, variable, _ in COOKBOOK)


def test_latex_of_names():
    derivation = differentiate("alpha*x_1'*long", "x_1", x_1="n", long="n", alpha="")
    assert derivation[0].latex.startswith("df = d")
    assert derivation.value.latex == r"\alpha\, \left\langle \mathrm{long},\, x_{1} \right\rangle"
    assert "{dx_{1}}_{1}" in differentiate("exp(a'*x1)", "x1", x1="n", a="n")[-2].latex


def test_generated_code_gives_the_same_numbers():
    cases = [(derivation_of(entry), entry["dsl"]) for entry in ENTRIES]
    cases += [(differentiate(text, variable, **SHAPES), text) for text, variable, _ in COOKBOOK]
    cases += [(differentiate(text, "x", **SHAPES), text) for text, _ in VECTORS]
    for derivation, text in cases:
        rng = np.random.default_rng(7)
        values = arrays_of(derivation, rng)
        for name in ("x", "t", "k"):
            values |= {name: np.abs(values[name]) + 0.1} if name in values else {}
        for name in ("X", "A"):
            if name in values and values[name].ndim == 2 and np.linalg.det(values[name]) < 0:
                values[name][0] *= -1
        if text == "log(x'*A*x)":
            values["A"] = np.abs(values["A"])
        names = ("value", "gradient", "hessian") if derivation.is_scalar else ("value", "jacobian")
        for name in names:
            formula = getattr(derivation, name)
            space = {"np": np}
            exec(formula.source, space)
            mine, theirs = formula(**values), space[name](**values)
            if callable(mine):
                v = rng.normal(size=derivation.variable.shape and np.shape(values[derivation.variable.name]))
                mine, theirs = mine(v), theirs(v)
            np.testing.assert_allclose(theirs, mine, rtol=1e-9, atol=1e-9, err_msg=formula.source)


def test_hessian_that_no_identity_reads_is_still_a_matrix():
    derivation = differentiate("logdet(sqrt(1 + diag(x).^2)*sqrt(1 + diag(x).^2)' + eye(n))", "x", x="n")
    assert derivation.last.left == "H[dx1]"
    x = np.array([0.3, -0.4, 0.8])
    hessian = derivation.hessian(x=x)
    assert hessian.shape == (3, 3)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-12)
    space = {"np": np}
    exec(derivation.hessian.source, space)
    np.testing.assert_allclose(space["hessian"](x=x), hessian)
    assert derivation.check(0) <= 1e-9


def test_hessians_of_vectors_are_symmetric():
    for text, variable, _ in COOKBOOK:
        if variable == "x":
            derivation = differentiate(text, variable, **SHAPES)
            values = arrays_of(derivation, np.random.default_rng(8))
            values["x"] = np.abs(values["x"]) + 0.1
            hessian = derivation.hessian(**values | {"k": np.array(1.7)})
            np.testing.assert_allclose(hessian, hessian.T, rtol=1e-9, atol=1e-9)


def test_symmetric_variable_has_a_symmetric_gradient():
    derivation = differentiate("tr(A*X) + logdet(X)", "X", X="n n posdef", A="n n")
    a, x = np.array([[1.0, 4.0], [0.0, 2.0]]), np.array([[2.0, 0.5], [0.5, 1.0]])
    np.testing.assert_allclose(derivation.gradient(X=x, A=a), (a + a.T) / 2 + np.linalg.inv(x))
    assert "symmetric variable" in [line.rule for line in derivation]
    assert derivation.check(0) <= 1e-9


def test_a_variable_that_does_not_occur():
    derivation = differentiate("b'*b", "x", x="n", b="n")
    assert "x does not occur" in derivation.message
    assert derivation.success
    np.testing.assert_array_equal(derivation.gradient(x=np.ones(2), b=np.ones(2)), [0, 0])
    np.testing.assert_array_equal(derivation.hessian(x=np.ones(2), b=np.ones(2)), np.zeros((2, 2)))
    jacobian = differentiate("A*b", "x", x="k", A="m n", b="n")
    assert "Jacobian is 0" in jacobian.message
    assert str(jacobian.jacobian) == "zeros(m, k)"


@pytest.mark.parametrize(
    ("text", "shapes", "arrays", "message"),
    [
        ("norm(x)", {"x": "n"}, {"x": np.zeros(3)}, r"norm\(x\) is 0 at this point"),
        ("logdet(X)", {"x": "", "X": "n n"}, {"x": 1.0, "X": -np.eye(3)}, r"det\(X\) > 0"),
        ("x*tr(inv(X))", {"x": "", "X": "n n"}, {"x": 1.0, "X": np.ones((2, 2))}, "X is singular"),
        ("sum(log(x))", {"x": "n"}, {"x": -np.ones(3)}, r"log\(x\) needs x > 0, but it is -1"),
        ("sum(sqrt(x))", {"x": "n"}, {"x": -np.ones(3)}, r"sqrt\(x\) needs x >= 0"),
        ("exp(x)", {"x": ""}, {"x": 1e4}, "not finite"),
        (
            "x'*S*x",
            {"x": "n", "S": "n n symmetric"},
            {"x": np.ones(2), "S": np.triu(np.ones((2, 2)))},
            "symmetric",
        ),
        ("x'*P*x", {"x": "n", "P": "n n posdef"}, {"x": np.ones(2), "P": -np.eye(2)}, "declared posdef"),
        ("x'*Q*x", {"x": "n", "Q": "n n orthogonal"}, {"x": np.ones(2), "Q": 2 * np.eye(2)}, "orthogonal"),
        ("x'*D*x", {"x": "n", "D": "n n diagonal"}, {"x": np.ones(2), "D": np.ones((2, 2))}, "diagonal"),
        ("x'*A*x", {"x": "n", "A": "n n"}, {"x": np.ones(3), "A": np.eye(2)}, "n is 3 in x but 2 in A"),
        ("x'*A*x", {"x": "n", "A": "n n"}, {"x": np.ones(3)}, "array of A is missing"),
        ("x'*x", {"x": "n"}, {"x": np.ones((3, 1))}, "declared as n"),
        ("x'*x", {"x": "n"}, {"x": np.ones(3), "z": 1}, "unknown array 'z'"),
    ],
)
def test_points_where_nothing_is_defined_are_named(text, shapes, arrays, message):
    derivation = differentiate(text, "x", **shapes)
    formula = derivation.gradient if text == "norm(x)" else derivation.value
    with pytest.raises(ValueError, match=message):
        formula(**arrays)


def test_scalars_have_gradients_and_vectors_jacobians():
    with pytest.raises(ValueError, match="is a scalar"):
        _ = differentiate("x'*x", "x", x="n").jacobian
    with pytest.raises(ValueError, match="not a scalar"):
        _ = differentiate("2*x", "x", x="n").gradient


def test_a_line_that_outgrows_reading_ends_the_run():
    derivation = differentiate("tr(" + "*".join(["X"] * 150) + ")", "X", X="n n")
    assert not derivation.success
    assert "shorter" in derivation.message


def test_importing_loads_numpy_alone():
    code = (
        "import sys, descent.matrix_calculus as m; m.differentiate(\"x'*x\", 'x', x='n').hessian;"
        "print([n for n in ('sympy', 'matplotlib', 'scipy', 'ipywidgets') if n in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def cofactors(X):
    n = len(X)
    minors = [[np.linalg.det(np.delete(np.delete(X, i, 0), j, 1)) for j in range(n)] for i in range(n)]
    return np.array(minors) * (-1.0) ** np.add.outer(np.arange(n), np.arange(n))


@pytest.mark.parametrize("rank", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    ("text", "factor"), [("det(X)", 1.0), ("5*det(X)^2", 0.0), ("det(X - t*eye(n))", 1.0), ("det(X')/t", 2.0)]
)
def test_the_gradient_of_a_determinant_at_a_singular_matrix_is_its_cofactors(text, factor, rank):
    rng = np.random.default_rng(rank)
    left, right = rng.normal(size=(2, 4, rank))
    X = left @ right.T
    t = 0.5 if "/" in text else 0.0
    found = differentiate(text, "X", X="n n", t="").gradient(X=X, t=t)
    if rank < 4:
        np.testing.assert_allclose(found, factor * cofactors(X), atol=1e-12)
    else:
        up, down = (
            differentiate(text, "X", X="n n", t="").value(X=X + h * left @ left.T, t=t) for h in (1e-5, -1e-5)
        )
        np.testing.assert_allclose(np.sum(found * (left @ left.T)), (up - down) / 2e-5, rtol=1e-6)


@pytest.mark.parametrize("text", ["logdet(X)", "det(X)*tr(X)", "tr(inv(X))"])
def test_other_formulas_with_an_inverse_name_the_singular_matrix(text):
    with pytest.raises(ValueError, match=r"X is singular at this point.*try a matrix near it"):
        differentiate(text, "X", X="n n").gradient(X=np.diag([1.0, 2.0, 0.0]))


def test_the_second_derivative_of_a_determinant_at_a_singular_matrix_says_what_to_try():
    hessian = differentiate("det(X)", "X", X="n n").hessian
    with pytest.raises(ValueError, match=r"X is singular at this point.*try a matrix near it"):
        hessian(X=np.zeros((2, 2)))(np.eye(2))
