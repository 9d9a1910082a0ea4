"""Reading and running the notebooks from tests."""

import contextlib
import functools
import gc
import pathlib
import re
import socket

import nbformat
import pytest
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


def run_cells(shell: InteractiveShell, path: pathlib.Path) -> list:
    """Run a notebook with no network in reach and return its widgets, in order."""
    found = []
    with no_network():
        for cell in code_cells(path):
            result = shell.run_cell(cell.source)
            result.raise_error()
            if isinstance(result.result, Stage):
                found.append(result.result)
    return found


@functools.cache
def ran(path: pathlib.Path) -> tuple:
    """Run a notebook in this process, once; return the shell that holds its names, and its widgets."""
    shell = InteractiveShell()
    found = run_cells(shell, path)
    gc.freeze()  # it stays, and is not to be looked through with each picture that is drawn
    return shell, found


def stages(path: pathlib.Path) -> list:
    return ran(path)[1]


@contextlib.contextmanager
def no_network():
    """Raise where anything asks for an address."""

    def refuse(*address, **options):
        raise AssertionError(f"{address} was asked for")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield


def anchors(path: pathlib.Path) -> set:
    """The headings of a notebook as JupyterLab makes them link targets."""
    headings = re.findall(r"^#{1,6} +(.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"\s", "-", heading.strip()) for heading in headings}
