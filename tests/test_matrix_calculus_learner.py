"""A learner's own line: does it hold, and what differs."""

import pytest
from descent.matrix_calculus import check_line, differentiate

QUADRATIC = differentiate("x'*A*x - b'*x + c", "x", x="n", A="n n", b="n", c="")
TRACE = differentiate("tr(X*A)", "X", X="n n", A="n n")
LOGDET = differentiate("inner(S, X) - log(det(X))", "X", X="n n", S="n n symmetric")
VECTOR = differentiate("(A*x).*x", "x", x="n", A="n n")
SCALAR = differentiate("log(t)*a", "t", t="", a="")
QUOTIENT = differentiate("log(x'*A*x)", "x", x="n", A="n n")


@pytest.mark.parametrize(
    ("derivation", "line"),
    [
        (QUADRATIC, "x'*(A + A')*dx - b'*dx"),
        (QUADRATIC, "df = <(A + A')*x - b, dx>"),
        (QUADRATIC, "d(x'*A*x) - d(b'*x)"),
        (QUADRATIC, "dx'*A*x + x'*A*dx - b'*dx"),
        (QUADRATIC, "A*x + A'*x - b"),
        (QUADRATIC, "grad f = A*x + A'*x - b"),
        (QUADRATIC, "dx1'*(A + A')*dx"),
        (QUADRATIC, "d2f = 2*dx'*A*dx1 + dx1'*(A - A)*dx + dx'*(A' - A)*dx1"),
        (QUADRATIC, "H = A + A'"),
        (TRACE, "tr(dX*A)"),
        (TRACE, "<A', dX>"),
        (TRACE, "A'"),
        (LOGDET, "<S - X^-T, dX>"),
        (LOGDET, "H = X^-T*dX1'*X^-T"),
        (LOGDET, "H[dX1] = inv(X)'*dX1'*inv(X)'"),
        (LOGDET, "tr(inv(X)*dX1*inv(X)*dX)"),
        (VECTOR, "J = diag(x)*A + diag(A*x)"),
        (VECTOR, "dF = (A*dx).*x + (A*x).*dx"),
        (VECTOR, "d(A*x).*x + (A*x).*d(x)"),
        (SCALAR, "a*dt/t"),
        (SCALAR, "a/t"),
        (SCALAR, "H = -a/t^2"),
        (SCALAR, "d2f = -a*dt*dt1/t^2"),
        (QUOTIENT, "(dx'*A*x + x'*A*dx)/(x'*A*x)"),
    ],
)
def test_lines_that_hold(derivation, line):
    verdict = check_line(derivation, line, 0)
    assert verdict.holds, verdict
    assert bool(verdict)
    assert str(verdict) == "it holds"


@pytest.mark.parametrize(
    ("derivation", "line", "difference", "words"),
    [
        (QUADRATIC, "-x'*(A + A')*dx + b'*dx", "sign", "sign is flipped"),
        (QUADRATIC, "x'*(A + A')*dx + b'*dx", "sign", "<b, dx>"),
        (QUADRATIC, "x'*(A + A')*dx/2 - b'*dx/2", "factor", "0.5 times"),
        (QUADRATIC, "-2*x'*(A + A')*dx + 2*b'*dx", "factor", "2 times the right one and the sign"),
        (QUADRATIC, "2*x'*A*dx - b'*dx", "symmetric", "only if A is symmetric"),
        (QUADRATIC, "2*A*x - b", "symmetric", "only if A is symmetric"),
        (QUADRATIC, "H = 2*A", "symmetric", "only if A is symmetric"),
        (QUADRATIC, "x'*(A + A')*dx", "missing", "<b, dx> is missing"),
        (QUADRATIC, "x'*(A + A')*dx - 3*b'*dx", "factor", "3*<b, dx> has to be multiplied by 1/3"),
        (QUADRATIC, "x'*(A + A')*dx - b'*dx + x'*dx", "term", "does not belong"),
        (QUADRATIC, "(A + A')*x + b", "sign", "term b"),
        (QUADRATIC, "A*dx", "shape", "df is 1 x 1"),
        (QUADRATIC, "sin(x'*dx)", "other", "it gives"),
        (TRACE, "<A, dX>", "transpose", "dX'"),
        (TRACE, "tr(dX'*A)", "transpose", "dX'"),
        (TRACE, "A", "transpose", "transpose of the right one"),
        (LOGDET, "<S - inv(X), dX>", "transpose", "X'"),
        (LOGDET, "S + X^-T", "sign", "inv(X)'"),
        (LOGDET, "H = X^-T*dX1*X^-T", "transpose", "dX1'"),
        (VECTOR, "J = A'*diag(x) + diag(A*x)", "transpose", "transpose"),
        (VECTOR, "diag(x)*A", "missing", "diag(A*x)"),
        (SCALAR, "-a*dt/t", "sign", "flipped"),
        (QUOTIENT, "2*x'*A*dx/(x'*A*x)", "symmetric", "only if A"),
        (QUOTIENT, "<A*x, dx>/(x'*A*x)", "missing", "is missing"),
    ],
)
def test_what_differs(derivation, line, difference, words):
    verdict = check_line(derivation, line, 0)
    assert not verdict
    assert verdict.difference == difference, verdict
    assert words in verdict.message


def test_a_matrix_valued_expression_has_a_differential_only():
    constant = differentiate("A", "X", A="n n", X="n n")
    assert check_line(constant, "0*dX", 0)
    assert check_line(constant, "A*dX", 0).difference == "term"
    product = differentiate("A*X", "X", A="n n", X="n n")
    assert check_line(product, "dF = A*dX", 0)
    assert check_line(product, "0*dX", 0).difference == "missing"


@pytest.mark.slow
def test_every_line_of_a_derivation_is_accepted():
    for derivation in (QUADRATIC, TRACE, LOGDET, VECTOR, SCALAR, QUOTIENT):
        for line in derivation:
            assert check_line(derivation, line.line, 2), line.line


@pytest.mark.parametrize("line", ["__import__('os')", "x'*dz", "f = x'*dx", "d(d(x'*x))", "x'*A*"])
def test_lines_outside_the_grammar_are_refused(line):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        check_line(QUADRATIC, line, 0)


def test_the_verdict_does_not_depend_on_the_points():
    for seed in range(5):
        assert check_line(QUADRATIC, "2*x'*A*dx - b'*dx", seed).difference == "symmetric"
        assert check_line(LOGDET, "<S - X^-T, dX>", seed)
