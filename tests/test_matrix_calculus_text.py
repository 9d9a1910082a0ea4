"""What a learner may type: the grammar, shapes, and text that is refused and never executed."""

import re

import numpy as np
import pytest
from descent.matrix_calculus import check_line, differentiate
from hypothesis import given, settings
from hypothesis import strategies as st

SHAPES = {"x": "n", "A": "n m", "N": "n n", "X": "m n", "b": "n", "y": "m", "c": ""}


X = np.array([[2.0, 1.0], [0.5, 3.0]])
V = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2^3^2", 512.0),
        ("-2^2", -4.0),
        ("1 - 2 - 3", -4.0),
        ("8/2/2", 2.0),
        ("1.5e1 + .5", 15.5),
        ("v.*v.*v", V**3),
        ("v.^2.^2", V**4),
        ("1./v", 1 / V),
        ("2.*v", 2 * V),
        ("v./v.*v", V),
        ("X*v", X @ V),
        ("X@v", X @ V),
        ("X'*v", X.T @ V),
        ("X''*v", X @ V),
        ("X^2*v", X @ X @ V),
        ("X**2*v", X @ X @ V),
        ("X^-1*v", np.linalg.inv(X) @ V),
        ("X^-T*v", np.linalg.inv(X).T @ V),
        ("X^(-T)*v", np.linalg.inv(X).T @ V),
        ("X^T*v", X.T @ V),
        ("X^0*v", V),
        ("X^-2*v", np.linalg.inv(X) @ np.linalg.inv(X) @ V),
        ("(X*v)'*v", V @ X.T @ V),
        ("v'*X", X.T @ V),
        ("<v, X*v>", V @ X @ V),
        ("<X, X>", np.sum(X * X)),
        ("v*v'*v", V * 5),
        ("diag(v)", np.diag(V)),
        ("diag(X)", np.diag(X)),
        ("tr(X) + det(X)", 5 + 5.5),
        ("norm(v)", np.sqrt(5)),
        ("norm(X)^2", np.sum(X * X)),
        ("norm(-2*v)", 2 * np.sqrt(5)),
        ("sum(ones(n))", 2.0),
        ("sum(v)/n", 1.5),
        ("tr(eye(n)) + sum(eye(n))", 4.0),
        ("ones(n, n)*v", np.array([3.0, 3.0])),
        ("logsumexp(v)", np.log(np.exp(V).sum())),
        ("softmax(v)", np.exp(V) / np.exp(V).sum()),
        ("sqrt(1 + v.*v)", np.sqrt(1 + V * V)),
        ("1 + exp(v)", 1 + np.exp(V)),
        ("(1 - v).*v", (1 - V) * V),
        ("sigmoid(v) + softplus(-v)", 1 / (1 + np.exp(-V)) + np.log(1 + np.exp(-V))),
        ("abs(-v)", V),
        ("+v", V),
    ],
)
def test_grammar(text, expected):
    shapes = {"v": "n", "X": "n n"}
    formula = differentiate(text, "v", **shapes).value
    result = formula(v=V, X=X)
    expected = np.asarray(expected)
    np.testing.assert_allclose(result, expected, rtol=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').getcwd()",
        "x.shape",
        "x.__class__",
        "x.T",
        "(lambda: 1)()",
        "lambda: 1",
        "[x for x in b]",
        "{x}",
        "x[0]",
        "x'*x if c else 1",
        "x'*x; c",
        "y := 1",
        "x'*x # comment",
        "exec('1')",
        "open(x)",
        "eval(x)",
        "__x__*c",
        "x'*x\x00",
        'f"{x}"',
        "True*c",
        "print(x)",
        "x\\",
        "(" * 10_000 + "x" + ")" * 10_000,
        "(" * 29 + "-" * 10_000 + "x",
        "(" * 200 + "c" + ")" * 200,
        "x" + "'" * 10_000,
        "-" * 10_000 + "c",
        "~" * 10_000 + "c",
        "c^" * 10_000 + "c",
        "+".join(["x'*x"] * 10_000),
        "c" * 100_000,
        "9" * 100_000,
        "1e999999999",
        "1e999*c",
        "N^1000",
        "((((N^10)^10)^10)^10)",
        "",
        "   ",
        "x'*",
        "(c",
        "c)",
        "c c",
        "2x",
        "x'x",
        "c(2)",
        "norm()",
        "norm(x, 2)",
        "inner(x)",
        "norm",
        "c/0",
        "d(x)'*x",
        "x = 1",
        "<x, b",
        "eye(n, n)",
        "ones(k)",
        "ones(c)",
        "norm(*x)",
        "norm(x=x)",
    ],
)
def test_refused_with_a_message(text):
    with pytest.raises(ValueError, match=r"\w+ \w+") as refusal:
        differentiate(text, "x", **SHAPES)
    assert len(str(refusal.value)) < 400


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="xAbc()'*+-^./<>,129 deTnorml_[]", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        outcome = differentiate(text, "x", **SHAPES)[0].line
    except ValueError as refusal:
        outcome = str(refusal)
    assert outcome


def test_numbers_that_grow_are_not_multiplied_out():
    derivation = differentiate("9^9^9^9*x'*x", "x", x="n")
    with pytest.raises(ValueError, match="not finite"):
        derivation.gradient(x=np.ones(2))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A*x", ["A is n x m", "x has n rows"]),
        ("x*A", ["x has n rows", "A is n x m"]),
        ("x*b", ["x has n rows", "b has n rows", "x'*b", "x.*b"]),
        ("x + y", ["x has n rows", "y has m rows"]),
        ("N + A", ["N is n x n", "A is n x m"]),
        ("x + c", ["x has n rows", "c is a scalar", "c*ones(n)"]),
        ("x'*x + x", ["is a scalar", "x has n rows"]),
        ("1 + x", ["1 is a scalar", "x has n rows", "1*ones(n)"]),
        ("N + 1", ["N is n x n", "1 is a scalar", "ones(n, n)"]),
        ("x' + x", ["x' is a row of length n", "x has n rows"]),
        ("x.*y", ["x has n rows", "y has m rows"]),
        ("x./y", ["x has n rows", "y has m rows"]),
        ("x/b", ["x has n rows", "b has n rows", "./"]),
        ("inner(x, y)", ["x has n rows", "y has m rows"]),
        ("det(A)", ["det", "square", "A is n x m"]),
        ("tr(A)", ["tr", "square", "A is n x m"]),
        ("logdet(x)", ["logdet", "square", "x has n rows"]),
        ("inv(A)", ["inv", "square", "A is n x m"]),
        ("A^-T*x", ["square", "A is n x m"]),
        ("A^2", ["A is n x m", "square", ".^"]),
        ("x^2", ["x has n rows", ".^"]),
        ("N^0.5", ["whole number"]),
        ("N^c", ["whole number"]),
        ("x.^b", ["x has n rows", "b has n rows", "scalar"]),
        ("diag(A)", ["diag", "A is n x m"]),
        ("logdett(N)", ["logdett", "did you mean logdet?"]),
        ("N*xx", ["xx", "did you mean"]),
    ],
)
def test_messages_name_both_operands_and_their_shapes(text, words):
    with pytest.raises(ValueError, match=r"\w") as refusal:
        differentiate(text, "x", **SHAPES)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"x": "n n n"}, "a shape is"),
        ({"x": "n n hermitian"}, "a shape is"),
        ({"x": "n symmetric"}, "square"),
        ({"x": "m n posdef"}, "square"),
        ({"x": "n 1"}, 'write a vector as "n"'),
        ({"x": "n n orthogonal"}, "for constants"),
        ({"x": "n", "dx": "n"}, "differentials of x"),
        ({"x": "n", "norm": "n"}, "function or reserved"),
        ({"x": "n", "a__b": "n"}, "function or reserved"),
        ({"x": "n" * 10_000}, "a shape is"),
        ({"y": "n"}, "wrt='x' is not declared"),
        ({"x": "n", "n": ""}, "n is the name of a symbol and of a dimension"),
    ],
)
def test_declarations_are_checked(shapes, message):
    with pytest.raises(ValueError, match=message):
        differentiate("1", "x", **shapes)


def test_types_are_checked():
    with pytest.raises(TypeError, match="shape as text"):
        differentiate("x", "x", x=3)
    with pytest.raises(TypeError, match="must be text"):
        differentiate(3, "x", x="n")
    with pytest.raises(TypeError, match="array of numbers"):
        differentiate("x'*x", "x", x="n").gradient(x=["a", "b"])


def test_fixed_dimensions():
    derivation = differentiate("x'*A*x", "x", x="3", A="3 3")
    assert derivation.gradient(x=np.ones(3), A=np.eye(3)).shape == (3,)
    with pytest.raises(ValueError, match="3 is 3"):
        derivation.gradient(x=np.ones(2), A=np.eye(2))
    assert derivation.check(0) <= 1e-9


@pytest.mark.slow
def test_lines_can_be_typed_again():
    texts = [
        ("log(x'*N*x)", "x"),
        ("norm(A*y - x)^2", "y"),
        ("logdet(N)*tr(N^2)", "N"),
        ("sum(sqrt(1 + x.*x))", "x"),
        ("logsumexp(X*x)", "x"),
        ("det(N - c*eye(n))", "c"),
        ("tanh(X*x)", "x"),
    ]
    for text, variable in texts:
        derivation = differentiate(text, variable, **SHAPES)
        for line in derivation:
            assert check_line(derivation, line.line, 1), line.line


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("v' * v − 2", "v'*v - 2"),
        ("v'·N·v", "v'*N*v"),
        ("vᵀ*N*v", "v'*N*v"),
        ("v′*v", "v'*v"),
        ("tr(N)²", "tr(N)^2"),
    ],
)
def test_characters_of_books_and_keyboards_are_read(text, same):
    shapes = {"v": "n", "N": "n n", "c": ""}
    assert str(differentiate(text, "v", **shapes)) == str(differentiate(same, "v", **shapes))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v'N*v", "missing between v' and N: * makes a product"),
        ("sum(v) + v'*N v", "missing between ...v) + v'*N and v"),
        ("(v'*v)(v'*v)", "missing between (v'*v) and ("),
        ("exp v", "exp is a function: write exp(v)"),
        ("v'*v +", "ends with +"),
        ("v'*/v", "/ stands behind v'*"),
        ("'v'", "' stands behind nothing"),
        ("ln(v'*v)", "did you mean log?"),
        ("|v|", "write abs( ) or norm( )"),
        (r"v^\\top v", "not in LaTeX"),
        ("v'*v, 3", "a comma outside the brackets"),
    ],
)
def test_a_refusal_names_the_place_and_the_cure(text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        differentiate(text, "v", v="n", N="n n")


def test_a_variable_without_a_shape_is_told_how_to_get_one():
    with pytest.raises(ValueError, match='give its shape, such as v="n"'):
        differentiate("v'*v", "v", N="n n")
