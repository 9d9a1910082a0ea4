"""Assign and mark the homework with nbgrader.

python notebooks/homework/grade.py COURSE assign    makes the folder COURSE and COURSE/release
python notebooks/homework/grade.py COURSE mark      marks COURSE/submitted/STUDENT/NN_topic/NN_topic.ipynb,
                                                    writes COURSE/feedback and COURSE/grades.csv
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
STUB = 'raise NotImplementedError("not done yet")'
SETTINGS = f"""c = get_config()
c.CourseDirectory.course_id = "descent"
c.ClearSolutions.code_stub = {{"python": {STUB!r}}}
c.ExecutePreprocessor.timeout = 120
"""


def nbgrader(course: pathlib.Path, *arguments: str):
    """Run a command of nbgrader in the course's folder, and end with its message if it fails."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    path = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", "")])
    settings = os.environ | {"PATH": path}  # nbgrader starts alembic by its name
    run = subprocess.run(command, cwd=course, env=settings, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"nbgrader {' '.join(arguments)} failed:\n{run.stderr[-3000:]}")


def assign(course: pathlib.Path, names: list):
    """Copy the sources into the course and make the release, hidden tests and solutions left out."""
    course.mkdir(parents=True, exist_ok=True)
    (course / "nbgrader_config.py").write_text(SETTINGS, encoding="utf-8")
    for name in names:
        shutil.copytree(HERE / "source" / name, course / "source" / name, dirs_exist_ok=True)
        nbgrader(course, "generate_assignment", name, "--create", "--force")


def mark(course: pathlib.Path, names: list):
    """Mark what lies in submitted, write the feedback and the table of marks."""
    for name in names:
        if any((course / "submitted").glob(f"*/{name}")):
            nbgrader(course, "autograde", name, "--force")
            nbgrader(course, "generate_feedback", name, "--force")
    nbgrader(course, "export", "--to=grades.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("course", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("step", choices=("assign", "mark"))
    everything = sorted(path.name for path in (HERE / "source").iterdir())
    parser.add_argument("names", nargs="*", default=everything, help="such as 01_exact_line_search")
    given = parser.parse_args()
    {"assign": assign, "mark": mark}[given.step](given.course, given.names)
