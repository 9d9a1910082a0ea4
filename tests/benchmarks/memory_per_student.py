"""Memory per student: kernels that run notebook 01 and move its sliders, against idle ones.

    python tests/benchmarks/memory_per_student.py [1 5 20]

For each number of kernels at once it prints the proportional set size of a kernel (memory that
kernels share is divided among them) when idle, having imported NumPy, SciPy, Matplotlib and
ipywidgets; and when notebook 01 has run in it and every slider has been moved; and first that of a
JupyterLab server, of which each student of a hub has one.  Linux only.
"""

import pathlib
import statistics
import sys
import tempfile
import time

import nbformat
from jupyter_client.manager import start_new_kernel

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
sys.path.append(str(NOTEBOOKS.parent / "tests/browser"))
from jupyter_pages import serve  # noqa: E402

IDLE = "import numpy, scipy.optimize, matplotlib.pyplot, ipywidgets"
MOVE = """
import gc
from descent.widgets import Stage
from sweep import leaves_of, values_of
for _stage in [thing for thing in gc.get_objects() if isinstance(thing, Stage)]:
    for _control in _stage.controls.values():
        for _leaf in leaves_of(_control):
            if hasattr(_leaf, "max"):
                for _leaf.value in values_of(_leaf):
                    assert _stage.error is None
del _stage, _control, _leaf
"""
PATH = f"import sys; sys.path.append({str(NOTEBOOKS.parent / 'tests')!r})"


def notebook_cells() -> list:
    notebook = nbformat.read(next(NOTEBOOKS.glob("01_*.ipynb")), as_version=4)
    return [PATH, *(cell.source for cell in notebook.cells if cell.cell_type == "code"), MOVE]


def megabytes(process: int) -> float:
    """Return the proportional set size of a process."""
    lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def measure(count: int, cells: list) -> tuple:
    """Return megabytes of each kernel after the cells have run, and the seconds that took in one."""
    kernels = [start_new_kernel(cwd=str(NOTEBOOKS)) for _ in range(count)]
    try:
        seconds = []
        for _, client in kernels:
            start = time.perf_counter()
            for cell in cells:
                reply = client.execute_interactive(cell, output_hook=lambda message: None, timeout=120)
                assert reply["content"]["status"] == "ok", reply["content"]["evalue"]
            seconds.append(time.perf_counter() - start)
        return [megabytes(manager.provisioner.pid) for manager, _ in kernels], statistics.median(seconds)
    finally:
        for manager, client in kernels:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def server() -> float:
    """Return megabytes of a JupyterLab server that has just started."""
    with tempfile.TemporaryDirectory() as folder:
        process, _ = serve("lab", pathlib.Path(folder))
        try:
            return megabytes(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def main(counts: list) -> None:
    print(f"a JupyterLab server: {server():.0f} MB")
    print("kernels  idle, MB  notebook 01, MB  ratio  seconds to run it")
    for count in counts:
        idle, _ = measure(count, [IDLE])
        used, seconds = measure(count, notebook_cells())
        one, other = statistics.mean(idle), statistics.mean(used)
        print(f"{count:7}  {one:8.0f}  {other:15.0f}  {other / one:5.2f}  {seconds:17.1f}", flush=True)


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or [1, 5, 20])
