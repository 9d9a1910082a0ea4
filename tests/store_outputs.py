"""Run notebooks and store their outputs: python tests/store_outputs.py [notebooks/01_*.ipynb ...].

The live view of a widget is left out of what is stored, because its model ends with the
kernel; the still picture with its alt text stays, so that the page reads well everywhere.
"""

import pathlib
import sys
import time

import nbformat
from nbclient import NotebookClient

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def store_outputs(path: pathlib.Path) -> float:
    """Run a notebook in its folder and write it back; return the seconds it took."""
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    client = NotebookClient(
        notebook, timeout=60, store_widget_state=False, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    seconds = time.perf_counter() - start
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:  # a progress bar leaves nothing behind
            cell.outputs = [output for output in cell.outputs if "\r" not in output.get("text", "")]
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "image/png" in output.get("data", {}):  # the same picture again, for a running JupyterLab
                output.data.pop("text/html", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, path)
    return seconds


if __name__ == "__main__":
    chosen = [pathlib.Path(name) for name in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path in chosen:
        print(f"{path.name}: {store_outputs(path.resolve()):.1f} s")
