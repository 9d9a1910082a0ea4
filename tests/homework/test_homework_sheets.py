"""The sheets: one source, a student version that runs, tells nothing, and agrees with it."""

import ast
import re

import nbformat
import pytest
from homework.proof import HOMEWORK, SOURCES, exercises, release
from IPython.core.interactiveshell import InteractiveShell

from notebooks import PATHS, anchors, code_cells, read, text_of

each_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem[:2])
MARK = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")


def solutions(path):
    return [c for c in code_cells(path) if c.metadata.nbgrader.solution]


def graded(path):
    return [c for c in code_cells(path) if c.metadata.nbgrader.grade]


def run(notebook):
    """Run a notebook in this process; return what its cells show, by grade_id."""
    shell, shown = InteractiveShell(), {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            result = shell.run_cell(cell.source)
            result.raise_error()
            shown[cell.metadata.nbgrader.grade_id] = repr(result.result)
    return shown


def test_every_source_has_its_sheet_and_no_sheet_is_without():
    assert [p.name for p in SOURCES] == sorted(p.name for p in HOMEWORK.glob("*.ipynb"))
    assert all(path.parent.name == path.stem for path in SOURCES)


@each_source
def test_the_sheet_is_what_the_script_makes_of_the_source(path):
    made, sheet = release.student_version(read(path)), read(release.student_path(path))
    assert [dict(cell) for cell in sheet.cells] == [dict(cell) for cell in made.cells]


@each_source
def test_no_solution_and_no_hidden_test_is_in_the_sheet(path):
    sheet = read(release.student_path(path))
    text = "\n".join(cell.source for cell in sheet.cells)
    assert not MARK.search(text)
    for cell in solutions(path):
        inside = re.search(r"### BEGIN SOLUTION\n(.*?)\s*### END SOLUTION", cell.source, re.DOTALL)[1]
        assert inside.strip() not in text
        long = [line.strip() for line in inside.splitlines() if len(line.strip()) > 25]
        assert [line for line in long if line in text] == []
    for cell in graded(path):
        hidden = re.search(r"### BEGIN HIDDEN TESTS\n(.*?)\s*### END HIDDEN TESTS", cell.source, re.DOTALL)[1]
        assert [line for line in hidden.splitlines() if line in text] == []


@each_source
def test_a_sheet_runs_to_its_end_and_says_what_is_not_done(path):
    shown = run(read(release.student_path(path)))
    checks = {name: text for name, text in shown.items() if name.startswith("test-")}
    assert len(checks) == len(solutions(path))
    assert all(text.startswith("Not done yet. Replace the line") for text in checks.values()), checks


@each_source
@pytest.mark.parametrize("seed", [0, 5])
def test_a_source_passes_its_own_tests_in_every_variant(path, seed):
    run(release.with_seed(read(path), seed))


@each_source
def test_a_variant_changes_one_line_only(path):
    before, after = (release.student_version(n) for n in (read(path), release.with_seed(read(path), 5)))
    changed = [
        (old, new)
        for a, b in zip(before.cells, after.cells, strict=True)
        for old, new in zip(a.source.splitlines(), b.source.splitlines(), strict=True)
        if old != new
    ]
    assert [new.partition("  #")[0] for _, new in changed] == ["SEED = 5"]


@each_source
def test_a_variant_changes_the_data_of_every_exercise(path):
    for exercise in exercises()[path.stem]:
        seen = []

        def spy(*args, seen=seen, solution=exercise.solution):
            seen[-1].append(repr(args))
            return solution(*args)

        for seed in (0, 5):
            seen.append([])
            assert exercise.check(spy, seed=seed)
        assert seen[0] != seen[1], exercise.name


@each_source
def test_cells_carry_what_nbgrader_needs(path):
    cells = read(path).cells
    names = [cell.metadata.nbgrader.grade_id for cell in cells]
    assert len(set(names)) == len(names)
    assert 4 <= len(solutions(path)) <= 6
    assert [f"test-{c.metadata.nbgrader.grade_id}" for c in solutions(path)] == [
        c.metadata.nbgrader.grade_id for c in graded(path)
    ]
    assert all(c.metadata.nbgrader.points > 0 and "HIDDEN TESTS" in c.source for c in graded(path))
    assert code_cells(path)[0].source == code_cells(HOMEWORK.parent / "00_start_here.ipynb")[0].source


@each_source
def test_a_sheet_reads_like_one(path):
    text = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    assert re.match(r"# Homework \d\d: \w", text[0])
    for part in ("**You will**", "**You need**", "**Time**"):
        assert part in text[0]
    exercises_text = [t for t in text if re.match(r"## \d ", t)]
    assert len(exercises_text) == len(solutions(path))
    assert all("<details><summary>Hint</summary>\n\n" in t for t in exercises_text)
    for cell in solutions(path):
        assert ast.get_docstring(ast.parse(cell.source).body[0]), "a docstring says what to return"


@each_source
def test_links_of_a_sheet_are_alive(path):
    sheet = release.student_path(path)
    text = "\n".join(c.source for c in read(sheet).cells if c.cell_type == "markdown")
    links = re.findall(r"\]\((?!http)([^)#\s]*)(?:#([^)\s]+))?\)", text)
    assert links
    for name, anchor in links:
        target = (sheet.parent / name).resolve() if name else sheet
        assert target.exists(), name
        assert not anchor or anchor in anchors(target), anchor


def test_a_mark_without_its_partner_is_refused():
    cell = nbformat.v4.new_code_cell("def f():\n    ### BEGIN SOLUTION\n    return 1")
    with pytest.raises(ValueError, match="without its partner"):
        release.student_version(nbformat.v4.new_notebook(cells=[cell]))


@each_source
def test_the_notebook_and_the_map_link_to_the_sheet(path):
    (notebook,) = (p for p in PATHS if p.name[:2] == path.name[:2])
    link = f"(homework/{path.name})"
    assert link in read(notebook).cells[-1].source
    rows = [line for line in text_of(PATHS[0]).splitlines() if f"]({notebook.name}#" in line]
    assert rows
    assert all(line.endswith(f"{link} |") for line in rows)


def test_links_and_paths_of_the_page_for_instructors_lead_somewhere():
    text = (HOMEWORK / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    paths = re.findall(r"(?:notebooks|lib|tests)/[\w./]*\w", text)
    assert [link for link in links if not (HOMEWORK / link).exists()] == []
    wanted = [p for p in paths if "topic" not in p]
    assert len(wanted) > 4
    assert [p for p in wanted if not (HOMEWORK.parents[1] / p).exists()] == []
