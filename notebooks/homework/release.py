"""Make the student versions of the homework from source/: python notebooks/homework/release.py [--seed 7].

A block between BEGIN SOLUTION and END SOLUTION becomes a line that raises NotImplementedError; hidden
tests go.  With --seed the data of every exercise change, in source and student versions alike.
"""

import argparse
import copy
import pathlib
import re

import nbformat

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = sorted(HERE.glob("source/*/*.ipynb"))

STUB = 'raise NotImplementedError("not done yet")'
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.M | re.S)
HIDDEN = re.compile(r"\n?^[ \t]*### BEGIN HIDDEN TESTS\n.*?^[ \t]*### END HIDDEN TESTS[ \t]*$", re.M | re.S)
SEED = re.compile(r"^SEED = \d+", re.M)


def with_seed(notebook, seed: int):
    """Return a copy of a notebook that uses another variant of the data."""
    changed = copy.deepcopy(notebook)
    for cell in changed.cells:
        if cell.cell_type == "code":
            cell.source = SEED.sub(f"SEED = {seed}", cell.source)
    return changed


def student_version(notebook):
    """Return a copy of a source notebook without solutions, hidden tests and outputs."""
    made = copy.deepcopy(notebook)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.source = HIDDEN.sub("", SOLUTION.sub(rf"\1{STUB}", cell.source))
            cell.outputs, cell.execution_count = [], None
        if "### BEGIN" in cell.source or "### END" in cell.source:
            raise ValueError(f"a mark without its partner:\n{cell.source}")
    return made


def student_path(source: pathlib.Path) -> pathlib.Path:
    """Return where the student version of a source lies."""
    return HERE / source.name


def release(seed: int | None = None):
    """Write all student versions, and the seed into the sources if one is given."""
    for path in SOURCES:
        notebook = nbformat.read(path, as_version=4)
        if seed is not None:
            notebook = with_seed(notebook, seed)
            nbformat.write(notebook, path)
        nbformat.write(student_version(notebook), student_path(path))
        print(student_path(path).name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, help="a whole number; 0 is the published variant")
    release(parser.parse_args().seed)
