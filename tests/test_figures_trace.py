"""Evaluation traces as tables, graphs in layers, and the formulas in them."""

from itertools import pairwise

import networkx
import numpy as np
import pytest
from descent.autodiff import wengert
from descent.figures import Frame
from descent.figures.formulas import formula
from descent.figures.graph import RESULT, draw_graph, edge_partials, graph_figure, operation_label, pixel_axes
from descent.figures.layers import crossings, layered
from descent.figures.style import RED, new_figure
from descent.figures.trace import HERE, TracePicture, table_lines
from matplotlib.mathtext import MathTextParser


def logarithm(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def lecture(w1, w2):
    return w2 * np.log(w1) + np.sqrt(w2 * np.log(w1))


def rosenbrock(x1, x2, x3, x4, x5):
    x = x1, x2, x3, x4, x5
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def newton(a):
    x = a
    for _ in range(6):
        x = (x + a / x) / 2
    return x


TRACES = {
    "logarithm": wengert(logarithm, 2.0, 5.0, order="layers"),
    "lecture": wengert(lecture, 2.0, 5.0, order="layers"),
    "rosenbrock": wengert(rosenbrock, 1.0, 2.0, 3.0, 4.0, 5.0, order="layers"),
    "newton": wengert(newton, 3.0),
    "arrays": wengert(lambda x, W: np.sum(np.tanh(W @ x)[1:]), np.ones(3), np.eye(3)),
    "unused": wengert(lambda x1, x2: (np.exp(x2), x1 * x1)[1], 3.0, 1.0),
}
by_trace = pytest.mark.parametrize("name", TRACES)
by_film = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name == "rosenbrock" else ()) for name in TRACES]
)


def runs(name):
    return TRACES[name].forward(), TRACES[name].reverse()


def shown_lines(picture):
    """Return the cells of each line as text, and whether the cover hides them."""
    cover = picture.cover.get_window_extent()
    lines = []
    for texts in picture.texts:
        seen = [
            text.get_text()
            if text.get_visible() and not cover.contains(*text.get_window_extent().get_points().mean(axis=0))
            else ""
            for text in texts
        ]
        lines.append(seen)
    return lines


def middle(box):
    return box.get_extents().get_points().mean(axis=0)


@pytest.mark.parametrize(
    ("text", "math"),
    [
        ("v_2 = v_{-1} × v_0", r"$v_{2} = v_{-1} \times v_{0}$"),
        ("v̇_1 = v̇_{-1} / v_{-1}", r"$\dot{v}_{1} = \dot{v}_{-1} / v_{-1}$"),
        ("v̄_0 = v̄_0 + v̄_{12} × cos v_0", r"$\bar{v}_{0} = \bar{v}_{0} + \bar{v}_{12} \times \cos v_{0}$"),
        ("v_3 = √v_{12}", r"$v_{3} = \sqrt{v_{12}}$"),
        ("v_9 = v_8^v_0", r"$v_{9} = v_{8}^{v_{0}}$"),
        ("v_8^(v_0 - 1)", r"$v_{8}^{v_{0} - 1}$"),
        ("v_1 = v_0^2.5", r"$v_{1} = v_{0}^{2.5}$"),
        ("1e-08", r"$1\times10^{-8}$"),
        ("arctan2(v_0, 2)", r"$\mathrm{arctan2}(v_{0}, 2)$"),
        ("", ""),
    ],
)
def test_formulas_are_written_as_mathematics(text, math):
    assert formula(text) == math


@by_film
def test_every_line_of_the_tables_can_be_set(name):
    parser = MathTextParser("path")
    for run in runs(name):
        cells = [cell for line in table_lines(run) for cell in line.cells if cell]
        assert cells
        for cell in cells:
            assert cell.startswith("$"), cell
            parser.parse(cell)


def test_what_cannot_be_set_stays_plain():
    assert formula("v_1 = {") == "v_1 = {"
    assert formula("1e-08^2") == "1e-08^2"  # two exponents
    assert formula("v_1 = $") == r"v_1 = \$"


@by_trace
def test_each_step_fills_one_line(name):
    for run in runs(name):
        filled = [line.step for line in table_lines(run) if line.step is not None]
        assert sorted(filled) == list(range(len(run)))


def test_reverse_lines_stand_beside_the_operation_that_they_undo():
    run = TRACES["logarithm"].reverse()
    groups, primal = {}, None
    for line in table_lines(run):
        primal = line.cells[0] or primal
        groups.setdefault(primal, []).append(run[line.step].index)
    assert len(groups[r"$v_{2} = v_{-1} \times v_{0}$"]) == 2
    for cell, indices in groups.items():
        assert len(set(indices)) == 1, cell


def test_an_operation_that_y_does_not_need_has_a_line_without_adjoint():
    lines = table_lines(TRACES["unused"].reverse())
    unused = [line for line in lines if "exp" in line.cells[0]]
    assert len(unused) == 1
    assert unused[0].step is None
    assert unused[0].cells[3:] == ("", "", "")


@by_trace
def test_layout_keeps_layers_and_gives_each_node_a_place(name):
    graph = TRACES[name].graph()
    layout = layered(graph)
    assert {node: round(x) for node, (x, _) in layout.nodes.items()} == dict(graph.nodes("layer"))
    places = [*layout.nodes.values()]
    assert len(set(places)) == len(graph)
    for (i, j), bends in layout.bends.items():
        assert [round(x) for x, _ in bends] == list(
            range(graph.nodes[i]["layer"] + 1, graph.nodes[j]["layer"])
        )
        assert not set(bends) & set(places), "an edge runs through a node"
    distances = [abs(a - b) for x, a in places for y, b in places if x == y and a != b]
    assert min(distances, default=1.0) >= 1.0 - 1e-6


def test_crossings_are_removed_where_they_can_be():
    graph = networkx.DiGraph()
    graph.add_nodes_from("abcxyz")  # in the order that crosses most
    graph.add_edges_from([("a", "z"), ("b", "y"), ("c", "x")])
    networkx.set_node_attributes(graph, {n: int(n > "m") for n in graph}, "layer")
    worst = [["a", "b", "c"], ["x", "y", "z"]]
    assert crossings(graph, worst) == 3
    layout = layered(graph)
    order = [sorted((node for node in layer), key=lambda n: layout.nodes[n][1]) for layer in worst]
    assert crossings(graph, order) == 0


def test_no_crossings_in_the_lectures_graphs():
    for name in ("logarithm", "lecture"):
        graph = TRACES[name].graph()
        places = layered(graph).nodes
        for a, b in graph.edges:
            for c, d in graph.edges:
                same = graph.nodes[a]["layer"] == graph.nodes[c]["layer"] and graph.nodes[b] == graph.nodes[d]
                assert not (same and (places[a][1] - places[c][1]) * (places[b][1] - places[d][1]) < 0)


@pytest.mark.parametrize("direction", ["down", "right"])
@by_trace
def test_boxes_do_not_overlap_and_hold_their_labels(name, direction):
    graph = TRACES[name].graph()
    figure = new_figure(11.6, 12)
    axes = pixel_axes(figure, 0, 0, 1, 1)
    if direction == "down":
        axes.set_ylim(0, max(1200, 44 * layered(graph).layers))
    drawn = draw_graph(axes, graph, direction=direction)
    assert set(drawn.boxes) == set(drawn.labels) == set(graph)
    assert set(drawn.arrows) == set(drawn.paths) == set(graph.edges)
    centres = list(drawn.centres.values())
    for k, (x, y) in enumerate(centres):
        for u, v in centres[:k]:
            assert abs(x - u) >= drawn.width or abs(y - v) >= drawn.height
    for node, label in drawn.labels.items():
        assert formula(graph.nodes[node]["label"].split(" = ")[0]) in label.get_text()


def test_arrows_go_from_operand_to_operation():
    figure = new_figure(8, 6)
    graph = TRACES["lecture"].graph()
    drawn = draw_graph(pixel_axes(figure, 0, 0, 1, 1), graph, direction="down")
    for (i, j), path in drawn.paths.items():
        start, end = path.vertices[0], path.vertices[-1]
        assert start == pytest.approx([drawn.centres[i][0], drawn.centres[i][1] - drawn.height / 2])
        assert end == pytest.approx([drawn.centres[j][0], drawn.centres[j][1] + drawn.height / 2])


def test_a_direction_that_is_none_is_refused():
    figure = new_figure(8, 6)
    with pytest.raises(ValueError, match="direction must be 'down' or 'right', got 'up'"):
        draw_graph(pixel_axes(figure, 0, 0, 1, 1), TRACES["lecture"].graph(), direction="up")


@pytest.mark.parametrize(
    ("symbol", "label"),
    [("ln v_{-1}", "ln"), ("v_{-1} × v_0", "×"), ("v_1 / 2", "/ 2"), ("-v_3", "-"), ("√v_2", "√"),
     ("v_1^2", "·^2"), ("where(1, v_1, v_2)", "where"), ("|v_{12}|", "|·|"), ("1 - v_{12}", "1 -")],
)  # fmt: skip
def test_labels_of_operations(symbol, label):
    assert operation_label(symbol) == label


def test_an_operand_that_is_used_twice_counts_twice():
    trace = wengert(lambda x: x * x, 3.0)
    assert edge_partials(trace.rows) == {(0, 1): 6.0}
    assert (-1, 1) not in edge_partials(TRACES["arrays"].rows)  # a Jacobian that is never formed


def test_a_graph_figure_names_every_node_and_the_result():
    shown = graph_figure(TRACES["lecture"])
    assert shown.alt.startswith("A computational graph of 6 nodes in 5 layers")
    for part in ("v_{-1} = w_1", "v_1 = ln v_{-1}", "v_4 = v_2 + v_3 = y"):
        assert part in shown.alt
    assert RESULT.search("v_4 = y")[1] == "y"


def test_the_lectures_forward_table_fills_line_by_line():
    run = TRACES["logarithm"].forward((1.0, 0.0))
    picture = TracePicture()
    picture.update(Frame(run, 0))
    first = shown_lines(picture)
    assert all(line[0] for line in first), "the evaluation trace is seen from the start"
    assert not any(cell for line in first[1:] for cell in line[1:])
    picture.update(Frame(run, 3))
    lines = shown_lines(picture)
    assert lines[3] == [
        r"$v_{2} = v_{-1} \times v_{0}$", r"$2 \times 5$", "$10$",
        r"$\dot{v}_{2} = \dot{v}_{-1} \times v_{0} + \dot{v}_{0} \times v_{-1}$",
        r"$1 \times 5 + 0 \times 2$", "$5$",
    ]  # fmt: skip
    assert not any(lines[4][1:])
    picture.update(Frame(run, run.nit))
    last = shown_lines(picture)
    assert [line[5] for line in last] == ["$1$", "$0$", "$0.5$", "$5$", "$0$", "$5.5$", "$5.5$", "$5.5$"]


def test_the_reverse_table_fills_from_the_bottom():
    run = TRACES["logarithm"].reverse()
    picture = TracePicture()
    picture.update(Frame(run, 1))
    filled = [bool(line[5]) for line in shown_lines(picture)]
    assert filled == [False] * (len(filled) - 2) + [True] * 2
    assert all(line[2] for line in shown_lines(picture) if line[0]), "values are known from the sweep before"
    picture.update(Frame(run, run.nit))
    assert [line[5] for line in shown_lines(picture)[:2]] == ["$5.5$", "$1.716$"]


@pytest.mark.slow
@by_film
def test_the_current_line_is_marked_and_its_node_too(name):
    for run in runs(name):
        picture = TracePicture()
        for k in range(0, len(run), 1 + len(run) // 8):
            frame = Frame(run, k)
            picture.update(frame)
            row = picture.current(frame) - picture.first_line(frame)
            assert 0 <= row < len(picture.shown)
            assert picture.shown[row].step == k
            low = picture.marker.get_y()
            y = next(text.get_position()[1] for text in picture.texts[row] if text.get_visible())
            assert low < y < low + picture.marker.get_height()
            node, sources = picture.here(frame)
            marked = [n for n, box in picture.glasses.items() if box.get_facecolor()[:3] == rgb(HERE)]
            assert marked == ([node] if node is not None else [])
            step = run[k]
            known = step.tangents if hasattr(step, "tangents") else step.adjoints
            tinted = {n for n, box in picture.glasses.items() if box.get_facecolor()[3] > 0}
            assert tinted == set(known) & set(picture.glasses)
            red = {edge for edge, arrow in picture.active.items() if arrow.get_visible()}
            assert {end for edge in red for end in edge} - {node} == set(sources)


def rgb(colour):
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


def test_slopes_stand_at_the_active_arrows():
    run = TRACES["logarithm"].forward((1.0, 0.0))
    picture = TracePicture()
    picture.update(Frame(run, 3))
    texts = {edge: text.get_text() for edge, text in picture.slopes.items() if text.get_text()}
    assert texts == {(-1, 2): "× 5", (0, 2): "× 2"}
    assert {node: text.get_text() for node, text in picture.numbers.items() if text.get_text()} == {
        -1: "1", 0: "0", 1: "0.5", 2: "5"
    }  # fmt: skip
    assert rgb(picture.active[-1, 2].get_edgecolor()) == rgb(RED)


@by_film
def test_long_tables_and_deep_graphs_scroll_with_the_current_line(name):
    for run in runs(name):
        picture = TracePicture()
        for k in {len(run) // 2, run.nit}:
            frame = Frame(run, k)
            picture.update(frame)
            node, _ = picture.here(frame)
            if node is not None:
                box = picture.drawn.boxes[node]
                inside = box.axes.bbox.padded(3)
                assert inside.contains(*box.get_window_extent().get_points().mean(axis=0))


@by_film
def test_the_table_stays_on_its_side_and_is_legible(name):
    for run in runs(name):
        picture = TracePicture()
        picture.update(Frame(run, 0))
        right = picture.share * 100 * picture.size[0]
        for texts in picture.texts:
            for text in texts:
                if text.get_visible() and text.get_text():
                    assert text.get_size() >= 13
                    assert text.get_window_extent().x1 <= right


def test_an_emptied_picture_is_caught():
    run = TRACES["lecture"].forward()
    picture = TracePicture()
    blank = len(set(picture.png(Frame(run, 0))))
    assert blank > 100
    first, later = picture.png(Frame(run, 0)), picture.png(Frame(run, 4))
    assert first != later


def test_describe_says_line_numbers_and_end():
    run = TRACES["logarithm"].forward((1.0, 0.0))
    picture = TracePicture()
    assert picture.describe(Frame(run, 2)) == (
        "Step 2 of 7: v_1 = ln v_{-1} = 0.693. Tangent: v̇_1 = v̇_{-1} / v_{-1} = 1 / 2 = 0.5."
    )
    assert picture.describe(Frame(run, 7)).endswith("The run ends: every row has its tangent.")
    back = TRACES["logarithm"].reverse()
    assert "Adjoint: v̄_0 = v̄_0 + v̄_2 × v_{-1} = (-0.284) + 1 × 2 = 1.716." in picture.describe(Frame(back, 7))


def test_a_picture_can_change_its_run():
    picture = TracePicture()
    picture.update(Frame(TRACES["lecture"].forward(), 1))
    assert len(picture.texts) == 7
    picture.update(Frame(TRACES["logarithm"].reverse(), 1))
    assert len(picture.texts) == 11


def test_a_result_that_is_constant_or_not_finite_is_shown():
    for f, x in ((lambda x: 5.0 + 0 * x, 1.0), (lambda x: 5.0, 1.0), (lambda x: np.log(x), -1.0)):
        with np.errstate(all="ignore"):
            run = wengert(f, x).forward()
            for k in range(len(run)):
                picture = TracePicture()
                assert picture.png(Frame(run, k))
                assert picture.describe(Frame(run, k)).startswith(f"Step {k} of {run.nit}")
