"""The Wengert list as the lectures print it: rows, numbering, tables, frames, graph, source."""

import numpy as np
import pytest
from descent.autodiff import grad, hessian, jvp, wengert
from descent.stepwise import Run
from hypothesis import given
from hypothesis import strategies as st


def lecture_001(x1, x2):
    """Lecture 001's order of operations: v3 = sin v0 comes before the sum."""
    v1, v2, v3 = np.log(x1), x1 * x2, np.sin(x2)
    return v1 + v2 - v3


def lecture_000(w1, w2):
    v2 = w2 * np.log(w1)
    return v2 + np.sqrt(v2)


LECTURE_001 = wengert(lecture_001, 2, 5)
LECTURE_000 = wengert(lecture_000, 2.0, 5.0)


def table(trace, mode=None):
    """Return a table's rows with numbers to three decimals."""
    return [
        [round(float(cell), 3) if isinstance(cell, (float, np.floating)) else cell for cell in row]
        for row in trace.table(mode).rows
    ]


PRIMAL_001 = [
    ["v_{-1} = x_1", "2", 2.0],
    ["v_0 = x_2", "5", 5.0],
    ["v_1 = ln v_{-1}", "ln 2", 0.693],
    ["v_2 = v_{-1} × v_0", "2 × 5", 10.0],
    ["v_3 = sin v_0", "sin 5", -0.959],
    ["v_4 = v_1 + v_2", "0.693 + 10", 10.693],
    ["v_5 = v_4 - v_3", "10.693 + 0.959", 11.652],
    ["y = v_5", "11.652", 11.652],
]
FORWARD_001 = [
    ["v̇_{-1} = ẋ_1", "1", 1.0],
    ["v̇_0 = ẋ_2", "0", 0.0],
    ["v̇_1 = v̇_{-1} / v_{-1}", "1 / 2", 0.5],
    ["v̇_2 = v̇_{-1} × v_0 + v̇_0 × v_{-1}", "1 × 5 + 0 × 2", 5.0],
    ["v̇_3 = v̇_0 × cos v_0", "0 × cos 5", 0.0],
    ["v̇_4 = v̇_1 + v̇_2", "0.5 + 5", 5.5],
    ["v̇_5 = v̇_4 - v̇_3", "5.5 - 0", 5.5],
    ["ẏ = v̇_5", "5.5", 5.5],
]
# From the bottom up, each line beside the operation that it undoes (erratum 14).
REVERSE_001 = [
    ["v_{-1} = x_1", "x̄_1 = v̄_{-1}", 5.5],
    ["v_0 = x_2", "x̄_2 = v̄_0", 1.716],
    ["v_1 = ln v_{-1}", "v̄_{-1} = v̄_{-1} + v̄_1 / v_{-1}", 5.5],
    ["v_2 = v_{-1} × v_0", "v̄_0 = v̄_0 + v̄_2 × v_{-1}", 1.716],
    ["", "v̄_{-1} = v̄_2 × v_0", 5.0],
    ["v_3 = sin v_0", "v̄_0 = v̄_3 × cos v_0", -0.284],
    ["v_4 = v_1 + v_2", "v̄_2 = v̄_4 × 1", 1.0],
    ["", "v̄_1 = v̄_4 × 1", 1.0],
    ["v_5 = v_4 - v_3", "v̄_3 = v̄_5 × (-1)", -1.0],
    ["", "v̄_4 = v̄_5 × 1", 1.0],
    ["y = v_5", "v̄_5 = ȳ", 1.0],
]


def same_text(a, b):
    """Compare accents in whatever form they are typed."""
    import unicodedata

    return unicodedata.normalize("NFC", str(a)) == unicodedata.normalize("NFC", str(b))


def assert_rows(found, expected):
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert all(x == y or same_text(x, y) for x, y in zip(a, b, strict=True)), (a, b)


def test_the_evaluation_trace_of_lecture_001():
    assert_rows(table(LECTURE_001), PRIMAL_001)
    assert LECTURE_001.table().columns == ["trace", "numbers", "value"]


def test_the_forward_table_of_lecture_001():
    assert_rows(table(LECTURE_001, "forward"), [a + b for a, b in zip(PRIMAL_001, FORWARD_001, strict=True)])


def test_the_reverse_table_of_lecture_001():
    rows = table(LECTURE_001, "reverse")
    assert_rows([[row[0], row[3], row[5]] for row in rows], REVERSE_001)
    assert [row[4] for row in rows[2:6]] == ["5 + 1 / 2", "(-0.284) + 1 × 2", "1 × 5", "(-1) × cos 5"]


def test_layers_number_the_plain_formula_as_the_lecture_does():
    plain = wengert(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2, 5, order="layers")
    for mode in (None, "forward", "reverse"):
        assert table(plain, mode) == table(LECTURE_001, mode)
    plain = wengert(lambda w1, w2: w2 * np.log(w1) + np.sqrt(w2 * np.log(w1)), 2.0, 5.0, order="layers")
    for mode in (None, "forward", "reverse"):
        assert table(plain, mode) == table(LECTURE_000, mode)


def test_the_order_is_that_of_execution():
    trace = wengert(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2) + x1 * x2, 2, 5)
    operations = [row.operation for row in trace.rows]
    assert operations == ["input", "input", "log", "multiply", "add", "sin", "subtract", "multiply", "add"]


def test_the_tables_of_lecture_000():
    L = np.log(2.0)
    primal = [row[:2] for row in table(LECTURE_000)]
    assert_rows(
        primal,
        [
            ["v_{-1} = w_1", "2"],
            ["v_0 = w_2", "5"],
            ["v_1 = ln v_{-1}", "ln 2"],
            ["v_2 = v_0 × v_1", "5 × 0.693"],
            ["v_3 = √v_2", "√3.466"],
            ["v_4 = v_2 + v_3", "3.466 + 1.862"],
            ["y = v_4", "5.327"],
        ],
    )
    forward = table(LECTURE_000, "forward")
    dv2, dv3 = 5 / 2, 5 / 2 / (2 * np.sqrt(5 * L))
    tangents = ["v̇_{-1} = ẇ_1", "v̇_0 = ẇ_2", "v̇_1 = v̇_{-1} / v_{-1}", "v̇_2 = v̇_0 × v_1 + v̇_1 × v_0",
                "v̇_3 = v̇_2 / (2 × √v_2)", "v̇_4 = v̇_2 + v̇_3", "ẏ = v̇_4"]  # fmt: skip
    values = np.round([1, 0, 0.5, dv2, dv3, dv2 + dv3, dv2 + dv3], 3).tolist()
    assert_rows(
        [[row[3], row[5]] for row in forward], [[a, b] for a, b in zip(tangents, values, strict=True)]
    )
    second = [round(step.tangent, 3) for step in LECTURE_000.forward((0.0, 1.0))]
    exact = [0, 1, 0, L, L / (2 * np.sqrt(5 * L))]  # erratum 11: dv1/dw2 = (1/w1) * 0
    assert second == np.round([*exact, exact[3] + exact[4], exact[3] + exact[4]], 3).tolist()
    reverse = table(LECTURE_000, "reverse")
    v2 = 1 + 1 / (2 * np.sqrt(5 * L))
    adjoints = [
        ["w̄_1 = v̄_{-1}", v2 * 5 / 2],
        ["w̄_2 = v̄_0", v2 * L],
        ["v̄_{-1} = v̄_1 / v_{-1}", v2 * 5 / 2],
        ["v̄_1 = v̄_2 × v_0", v2 * 5],
        ["v̄_0 = v̄_2 × v_1", v2 * L],
        ["v̄_2 = v̄_2 + v̄_3 / (2 × √v_2)", v2],
        ["v̄_3 = v̄_4 × 1", 1],
        ["v̄_2 = v̄_4 × 1", 1],
        ["v̄_4 = ȳ", 1],
    ]
    assert_rows([[row[3], row[5]] for row in reverse], [[a, round(float(b), 3)] for a, b in adjoints])


def test_rows():
    row = LECTURE_001.rows[3]
    assert (row.index, row.operation, row.parents, row.value, row.partials) == (
        2,
        "multiply",
        (-1, 0),
        10.0,
        (5.0, 2.0),
    )
    assert [row.index for row in LECTURE_001.rows] == [-1, 0, 1, 2, 3, 4, 5]
    assert LECTURE_001.rows[4].partials == (pytest.approx(np.cos(5.0)),)
    constants = wengert(lambda x: 3 * x - 1 / x, 2.0)
    assert [(row.symbol, row.partials) for row in constants.rows[1:]] == [
        ("3 × v_0", (3.0,)), ("1 / v_0", (-0.25,)), ("v_1 - v_2", (1.0, -1.0)),
    ]  # fmt: skip
    arrays = wengert(lambda A, x: np.sum(np.tanh(A @ x)), np.eye(2), np.zeros(2))
    assert arrays.rows[2].partials == (None, None)
    assert arrays.rows[3].partials[0].tolist() == [1.0, 1.0]


def test_an_entry_of_an_array_is_one_row_however_often_it_is_read():
    def f(x):
        first, second = x
        return x[0] * x[1] + x[0] * second + first + x[-1] ** 2

    trace = wengert(f, np.array([2.0, 5.0]))
    assert [row.symbol for row in trace.rows if row.operation == "getitem"] == [
        "v_0[0]",
        "v_0[1]",
        "v_0[(-1)]",
    ]
    assert grad(f)(np.array([2.0, 5.0])).tolist() == [11.0, 14.0]
    assert hessian(f)(np.array([2.0, 5.0])).tolist() == [[0.0, 2.0], [2.0, 2.0]]
    assert grad(lambda A: A[1] @ A[1] + A[1, 0] + np.sum(A[1:]))(np.eye(2)).tolist() == [
        [0.0, 0.0],
        [2.0, 3.0],
    ]


def test_several_outputs_and_constant_ones():
    trace = wengert(lambda x: (x * x, x + 1, 7.0), 3.0)
    assert [row[0] for row in trace.table().rows] == [
        "v_0 = x", "v_1 = v_0 × v_0", "v_2 = v_0 + 1", "y_1 = v_1", "y_2 = v_2", "y_3 = 7",
    ]  # fmt: skip
    assert trace.reverse((10.0, 1.0, 5.0))[-1].adjoint == 61.0
    assert [step.tangent for step in trace.forward((2.0,))][-3:] == [12.0, 2.0, 0.0]
    same = wengert(lambda x: x, 3.0)
    assert [row[0] for row in same.table().rows] == ["v_0 = x", "y = v_0"]
    assert same.reverse()[-1].adjoint == 1.0


def test_frames_carry_what_a_picture_shows():
    run = LECTURE_001.forward()
    assert isinstance(run, Run)
    assert run[3].tangents == {-1: 1.0, 0: 0.0, 1: 0.5, 2: 5.0}
    assert (run[3].index, run.success, len(run)) == (2, True, 8)
    run = LECTURE_001.reverse(2.0)
    assert [(step.index, step.parent) for step in run] == [
        (None, 5), (5, 4), (5, 3), (4, 1), (4, 2), (3, 0), (2, -1), (2, 0), (1, -1), (0, 0), (-1, -1),
    ]  # fmt: skip
    assert run[2].adjoints == {5: 2.0, 4: 2.0, 3: -2.0}
    assert run.last.adjoints[-1] == 11.0


@given(x1=st.floats(0.1, 9), x2=st.floats(-9, 9), a=st.floats(-3, 3), b=st.floats(-3, 3))
def test_frames_agree_with_the_sweeps(x1, x2, a, b):
    trace = wengert(lecture_001, x1, x2)
    adjoints = trace.reverse()[-1].adjoints
    assert (adjoints[-1], adjoints[0]) == pytest.approx(grad(lecture_001, (0, 1))(x1, x2), rel=1e-14)
    tangent = trace.forward((a, b)).last.tangent
    assert tangent == pytest.approx(jvp(lecture_001, (x1, x2), (a, b))[1], rel=1e-12, abs=1e-12)


def test_frames_of_array_programs():
    def f(A, x):
        w, V = np.linalg.eigh(A)
        return np.sum((V @ np.tanh(x[1:])) ** 2 * w) + np.stack([x[0], x[1] * 2])[1]

    A, x = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([0.1, 0.2, 0.3])
    trace = wengert(f, A, x)
    gA, gx = grad(f, (0, 1))(A, x)
    adjoints = trace.reverse().last.adjoints
    np.testing.assert_allclose(adjoints[-1], gA, rtol=1e-13)
    np.testing.assert_allclose(adjoints[0], gx, rtol=1e-13)
    tangents = (np.ones((2, 2)), np.arange(3.0))
    assert trace.forward(tangents).last.tangent == pytest.approx(jvp(f, (A, x), tangents)[1])
    assert "array 2×2" in str(trace.table("reverse"))


def test_the_graph():
    graph = LECTURE_001.graph()
    assert set(graph.nodes) == {-1, 0, 1, 2, 3, 4, 5}
    assert set(graph.edges) == {(-1, 1), (-1, 2), (0, 2), (0, 3), (1, 4), (2, 4), (4, 5), (3, 5)}
    assert graph.nodes[-1]["label"] == "v_{-1} = x_1"
    assert graph.nodes[5]["label"] == "v_5 = y"
    assert graph.nodes[2]["operation"] == "multiply"
    assert graph.nodes[2]["value"] == 10.0
    assert [graph.nodes[k]["layer"] for k in (-1, 0, 1, 2, 3, 4, 5)] == [0, 0, 1, 1, 1, 2, 3]
    assert graph.edges[0, 2]["partial"] == 2.0
    assert {times for *_, times in graph.edges(data="times")} == {1}


def test_the_graph_counts_an_operand_that_is_taken_twice():
    graph = wengert(lambda x: x * x + x, 3.0).graph()
    assert graph.edges[0, 1] == {"times": 2, "partial": 6.0}
    assert graph.edges[0, 2]["times"] == 1
    matrices = wengert(lambda A: np.sum(A @ A), np.eye(2)).graph()
    assert matrices.edges[0, 1] == {"times": 2, "partial": None}


def test_the_source_is_the_program():
    assert LECTURE_001.source == "\n".join(
        [
            "def f(x1, x2):",
            "    v1 = np.log(x1)",
            "    v2 = x1 * x2",
            "    v3 = np.sin(x2)",
            "    v4 = v1 + v2",
            "    v5 = v4 - v3",
            "    return v5",
        ]
    )


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lecture_000, (2.0, 5.0)),
        (lambda x: (-x) ** 3 / (x - (-2.0)) + 2**x, (1.5,)),
        (
            lambda A, x: np.sum(np.exp(A @ x) ** 2, axis=0)[..., None] * A[::-1, [1, 0]],
            (np.eye(2), np.ones((2, 2))),
        ),
        (lambda x: np.einsum("ij,j->i", np.stack([x, x * 2], axis=0), x) + np.linalg.norm(x), (np.ones(2),)),
        (lambda x: x @ (np.arange(4.0).reshape(2, 2) @ x), (np.ones(2),)),
        (
            lambda x: np.sum(np.linalg.eigh(np.outer(x, x))[0]) + np.mean(np.where(x > 0, x, 0.0)),
            (np.ones(2),),
        ),
        (lambda x: (x + 1, np.float64(3.0) * x), (2.0,)),
    ],
)
def test_the_source_runs_and_gives_the_value(f, x):
    trace = wengert(f, *x)
    namespace = {"np": np}
    exec(trace.source, namespace)
    found = namespace["f"](*x, *trace.captured)
    for a, b in zip(np.atleast_1d(found), np.atleast_1d(f(*x)), strict=True):
        np.testing.assert_allclose(a, b)


def test_latex_lines():
    assert r"{\dot v_{1}} &= {\dot v_{-1}} / {v_{-1}}" in LECTURE_001.latex("forward")
    assert r"{\bar v_{0}} &= {\bar v_{0}} + {\bar v_{2}} \times  {v_{-1}}" in LECTURE_001.latex("reverse")
    assert r"{v_{3}} &= \sin {v_{0}}" in LECTURE_001.latex()
    for mode in (None, "forward", "reverse"):
        assert LECTURE_000.latex(mode).count("{") == LECTURE_000.latex(mode).count("}")


def test_bad_arguments():
    with pytest.raises(ValueError, match="mode must be None, 'forward' or 'reverse', got 'backward'"):
        LECTURE_001.table("backward")
    with pytest.raises(ValueError, match="order must be 'execution' or 'layers'"):
        wengert(lecture_001, 1.0, 1.0, order="sorted")
    with pytest.raises(ValueError, match=r"tangents\[0\] has shape \(2,\), but its argument has shape \(\)"):
        LECTURE_001.forward((np.ones(2), 0.0))
    with pytest.raises(ValueError, match="tangents must be 2, one for each argument, got 1"):
        LECTURE_001.forward((1.0,))
    with pytest.raises(ValueError, match=r"adjoint has shape \(2,\), but the result of f has shape \(\)"):
        LECTURE_001.reverse(np.ones(2))
    with pytest.raises(TypeError, match="f must be callable, got 3"):
        wengert(3, 1.0)


def test_a_long_list_is_still_a_list():
    def f(x):
        y = x
        for _ in range(20_000):
            y = np.sin(y) + x
        return y

    trace = wengert(f, 0.5)
    assert len(trace) == 40_001
    assert trace.rows[-1].parents == (39_999, 0)
    assert wengert(f, 0.5, order="layers").rows[-1].value == trace.rows[-1].value
