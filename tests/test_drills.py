"""What goes wrong in a class: cells run twice or out of order, a disk that cannot be written, no network."""

import os
import shutil
import socket
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from notebooks import PATHS, no_network, ran, read, run_cells

by_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
START = PATHS[0]


def test_no_network_is_noticed():
    with no_network(), pytest.raises(AssertionError, match="was asked for"):
        socket.create_connection(("localhost", 9))


@pytest.mark.slow
@by_notebook
def test_a_notebook_runs_twice_in_one_kernel_and_asks_nothing_from_the_network(path):
    shell, widgets = ran(path)
    assert len(run_cells(shell, path)) == len(widgets)


class Client(NotebookClient):
    """A kernel that runs the cells of the first notebook in any order."""

    def output_of(self, cell):
        try:
            self.execute_cell(cell, self.nb.cells.index(cell))
        except CellExecutionError:
            (error,) = [output for output in cell.outputs if output.output_type == "error"]
            return error.ename, "\n".join(error.traceback)
        return None


@pytest.fixture
def client():
    notebook = read(START).copy()
    made = Client(notebook, timeout=60, resources={"metadata": {"path": str(START.parent)}})
    with made.setup_kernel():
        yield made


def test_cells_out_of_order_say_what_to_run(client):
    set_up, imports, widget = [cell for cell in client.nb.cells if cell.cell_type == "code"][:3]
    name, text = client.output_of(widget)
    assert name == "NameError"
    assert client.output_of(set_up) is None
    name, text = client.output_of(widget)
    assert name == "NameError"
    assert "is not defined. If a cell above defines it, run that one first" in text
    assert client.output_of(imports) is None
    assert client.output_of(widget) is None


@by_notebook
def test_no_cell_out_of_order_fails_in_another_way(path):
    """After the set-up cell alone, each cell runs or says that one above it has to run first."""
    shell = InteractiveShell()
    set_up, _imports, *others = code_cells(path)
    shell.run_cell(set_up.source).raise_error()
    known = set(shell.user_ns)
    for cell in others:
        error = shell.run_cell(cell.source).error_in_exec
        assert error is None or "If a cell above defines it" in str(error), cell.source
        for name in shell.user_ns.keys() - known:
            del shell.user_ns[name]


def test_a_slip_of_ones_own_is_not_blamed_on_the_order(client):
    set_up, cell = [cell for cell in client.nb.cells if cell.cell_type == "code"][:2]
    assert client.output_of(set_up) is None
    cell = client.nb.cells[client.nb.cells.index(cell)]
    cell.source = "def f():\n    x += 1\nf()"
    name, text = client.output_of(cell)
    assert name == "UnboundLocalError"
    assert "cell above" not in text


READ_ONLY = """
import os, pathlib, sys
from IPython.core.interactiveshell import InteractiveShell
import nbformat
try:
    pathlib.Path("written").write_text("")
except OSError:
    print("nothing can be written here")
shell = InteractiveShell()
for cell in nbformat.read(sys.argv[1], 4).cells:
    if cell.cell_type == "code":
        shell.run_cell(cell.source).raise_error()
"""


# Root may write everywhere, unless it gives up the right to.
AS_OWNER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []


@pytest.mark.skipif(AS_OWNER and not shutil.which("setpriv"), reason="root needs setpriv (util-linux)")
@pytest.mark.parametrize("path", PATHS[:2], ids=lambda path: path.stem[:2])
def test_a_notebook_runs_on_a_disk_that_cannot_be_written(path, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    private = dict.fromkeys(("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"), str(locked))
    run = subprocess.run(
        [*AS_OWNER, sys.executable, "-c", READ_ONLY, path],
        cwd=locked,
        env={**os.environ, **private},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("nothing can be written here")
    assert list(locked.iterdir()) == []
