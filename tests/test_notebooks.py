"""The anatomy of the notebooks, their links, and their widgets at every slider position."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from sweep import glance, sweep

from notebooks import FOLDER, PATHS, ROOT, anchors, code_cells, makes_widget, read, stages, text_of

by_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
LONGEST_CELL = 18
TAKE_THEIR_TIME = ("06", "07", "09", "10", "11")  # to run
quick_ones_and_slow = [
    pytest.param(path, marks=pytest.mark.slow) if path.stem.startswith(TAKE_THEIR_TIME) else path
    for path in PATHS
]


def test_there_are_notebooks():
    assert [path.stem for path in PATHS][:2] == ["00_start_here", "01_exact_line_search"]


@by_notebook
def test_first_cell_says_what_why_and_how_long(path):
    first = read(path).cells[0].source
    assert re.match(r"# \w+", first)
    for part in ("**You will**", "**You will learn**", "**You need**", "**Time**"):
        assert part in first, part
    assert re.search(r"\d+ minutes for the core, \d+ minutes with all", first)


@pytest.mark.parametrize("path", PATHS[1:], ids=lambda path: path.stem[:2])
def test_the_map_of_the_first_notebook_has_the_title_and_the_minutes(path):
    first = read(path).cells[0].source
    title = re.match(r"# (.+)", first)[1]
    core, all_parts = re.search(r"(\d+) minutes for the core, (\d+) minutes with all", first).groups()
    row = rf"\| \[{path.stem[:2]} {re.escape(title)}\]\({path.name}\) \| .+\? \| {core}, {all_parts} \|"
    assert re.search(row, text_of(PATHS[0])), row


@by_notebook
def test_previous_and_next_at_both_ends(path):
    place = PATHS.index(path)
    ends = read(path).cells[0].source, read(path).cells[-1].source
    for cell in ends:
        if place > 0:
            assert re.search(rf"Previous: \[.*\]\({PATHS[place - 1].name}\)", cell)
        if place < len(PATHS) - 1:
            assert re.search(rf"Next: \[.*\]\({PATHS[place + 1].name}\)", cell)


@by_notebook
def test_last_cell_sums_up_and_describes_its_references(path):
    last = read(path).cells[-1].source
    assert "## Summary" in last
    references = re.findall(r"^\* (.+)$", last.split("### References")[1], re.MULTILINE)
    assert references
    assert all(":" in reference for reference in references), "say why one would open each source"


@by_notebook
def test_set_up_cell_is_the_same_everywhere(path):
    assert code_cells(path)[0].source == code_cells(PATHS[0])[0].source


@by_notebook
def test_cells_are_short_tagged_and_slides(path):
    for cell in read(path).cells:
        depth = {"core", "optional"} & set(cell.metadata.tags)
        assert len(depth) == 1, cell.source[:60]
        assert cell.metadata.slideshow.slide_type in {"slide", "subslide", "fragment", "skip", "notes", "-"}
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= LONGEST_CELL, cell.source


@by_notebook
def test_optional_parts_say_so_on_the_page(path):
    """A reader of the page sees the word at the first cell of each optional stretch."""
    before = "core"
    for cell in read(path).cells:
        depth = "optional" if "optional" in cell.metadata.tags else "core"
        if depth == "optional" and before == "core":
            assert re.search(r"\*optional\b", cell.source.lower()), cell.source[:60]
        before = depth


@by_notebook
def test_notebooks_define_no_algorithm(path):
    """A notebook wires things together: no loops in its functions, no generators, no classes."""
    for cell in code_cells(path):
        for body in re.findall(r"^def .*?(?=^\S|\Z)", cell.source, re.MULTILINE | re.DOTALL):
            assert not re.search(r"^\s+(while|for|yield)\b", body, re.MULTILINE), body
        assert not re.search(r"^class ", cell.source, re.MULTILINE)


@by_notebook
def test_links_are_alive(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(path)):
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        other = FOLDER / name if name else path
        assert other.exists(), target
        if anchor:
            assert anchor in anchors(other), target


def test_links_to_the_project_come_from_one_value():
    url = re.search(r'Repository = "https://github.com/([^"]+)"', (ROOT / "lib/pyproject.toml").read_text())[
        1
    ]
    for path in PATHS:
        source = "\n".join(cell.source for cell in read(path).cells)
        for pattern in (
            r"mybinder\.org/v2/gh/([\w-]+/[\w-]+)",
            r"github\.com/(?:github/)?([\w-]+/[\w-]+)[#/]",
        ):
            for found in re.findall(pattern, source):
                assert found == url


@by_notebook
def test_stored_outputs_are_complete(path):
    for cell in code_cells(path):
        assert not [output for output in cell.outputs if output.output_type == "error"], cell.source
        if makes_widget(cell):
            assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source


@by_notebook
def test_every_stored_picture_has_a_text_and_is_not_blank(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 20
                picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
                assert np.asarray(picture.convert("L")).std() > 5


@by_notebook
def test_checked_cells_print_something(path):
    for cell in code_cells(path):
        if "NBVAL_CHECK_OUTPUT" in cell.source:
            assert cell.outputs, cell.source


@pytest.mark.parametrize("path", quick_ones_and_slow, ids=lambda path: path.stem[:2])
def test_widgets_at_both_ends(path):
    for stage in stages(path):
        glance(stage)


@pytest.mark.slow
@by_notebook
def test_widgets_at_every_position(path):
    found = stages(path)
    assert len(found) == sum(makes_widget(cell) for cell in code_cells(path))
    rng = np.random.default_rng(7)
    for stage in found:
        sweep(stage, rng)
    for stage in found:  # each was put away when the next was shown; now it is drawn anew
        assert stage.render(**stage.state) == (stage.image.value, stage.image.tooltip)
