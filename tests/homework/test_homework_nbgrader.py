"""The instructor's way from end to end: assign, hand in, mark with hidden tests, comment, export."""

import csv
import importlib.util
import os
import subprocess
import sys

import nbformat
import pytest
from homework.proof import HOMEWORK, SOURCES, release

pytestmark = pytest.mark.slow

# A Python that has nbgrader: this one, or the one that an instructor names.
PYTHON = os.environ.get("NBGRADER_PYTHON", sys.executable)
WANTED = (
    f"needs nbgrader: pip install -r {HOMEWORK.name}/requirements.txt, or name its Python in NBGRADER_PYTHON"
)
HAS_NBGRADER = "NBGRADER_PYTHON" in os.environ or importlib.util.find_spec("nbgrader")


def grade(course, step):
    lib = str(HOMEWORK.parents[1] / "lib")
    run = subprocess.run(
        [PYTHON, HOMEWORK / "grade.py", course, step, SOURCES[0].stem],
        env=os.environ | {"PYTHONPATH": lib},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout


def hand_in(course, student, notebook):
    target = course / "submitted" / student / SOURCES[0].stem / SOURCES[0].name
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def solved(source, sheet, mistaken=""):
    """Return a sheet with the solutions filled in, one of them with a factor too many."""
    right = {c.metadata.nbgrader.grade_id: c.source for c in source.cells}
    made = nbformat.from_dict(sheet)
    for cell in made.cells:
        name = cell.metadata.nbgrader.grade_id
        if cell.metadata.nbgrader.solution:
            cell.source = right[name].replace("return ", "return 2 * ") if name == mistaken else right[name]
    return made


@pytest.mark.skipif(not HAS_NBGRADER, reason=WANTED)
def test_a_right_student_gets_all_points_and_a_wrong_one_only_what_is_due(tmp_path):
    course = tmp_path / "course"
    grade(course, "assign")
    source = nbformat.read(SOURCES[0], as_version=4)
    released = nbformat.read(course / "release" / SOURCES[0].stem / SOURCES[0].name, as_version=4)
    sheet = release.student_version(source)
    assert [c.source for c in released.cells] == [c.source for c in sheet.cells]

    tests = [c.metadata.nbgrader for c in source.cells if c.metadata.nbgrader.grade]
    last = tests[-1].grade_id.removeprefix("test-")
    hand_in(course, "ada", solved(source, sheet))
    hand_in(course, "bob", solved(source, sheet, mistaken=last))
    hand_in(course, "cy", sheet)
    grade(course, "mark")

    with open(course / "grades.csv", encoding="utf-8") as file:
        marks = {
            row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)
        }
    points = sum(test.points for test in tests)
    assert marks == {"ada": (points, points), "bob": (points - tests[-1].points, points), "cy": (0, points)}
    feedback = course / "feedback" / "bob" / SOURCES[0].stem / f"{SOURCES[0].stem}.html"
    assert "Not yet. For input (" in feedback.read_text(encoding="utf-8")
