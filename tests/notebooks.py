"""Reading and running the notebooks from tests."""

import functools
import pathlib
import re

import nbformat
from descent.widgets import Stage
from IPython.core.interactiveshell import InteractiveShell

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
PATHS = sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))


@functools.cache
def read(path: pathlib.Path):
    return nbformat.read(path, as_version=4)


def code_cells(path: pathlib.Path) -> list:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def text_of(path: pathlib.Path) -> str:
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def makes_widget(cell) -> bool:
    """Whether a cell shows a widget."""
    return bool(re.search(r"^(play|explore)\(", cell.source, re.MULTILINE))


@functools.cache
def stages(path: pathlib.Path) -> list:
    """Run a notebook in this process and return its widgets, in order."""
    shell = InteractiveShell()
    found = []
    for cell in code_cells(path):
        result = shell.run_cell(cell.source)
        result.raise_error()
        if isinstance(result.result, Stage):
            found.append(result.result)
    return found


def anchors(path: pathlib.Path) -> set:
    """The headings of a notebook as JupyterLab makes them link targets."""
    headings = re.findall(r"^#{1,6} +(.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"\s", "-", heading.strip()) for heading in headings}
