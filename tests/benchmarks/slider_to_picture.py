"""How long a slider takes to a picture: ours against `interact` with `plt.show()`, in one run.

    python tests/benchmarks/slider_to_picture.py [--kernel-only]

Both show the same picture (a bracket on its function, 11.6 x 5.2 inches at 100 dots) and
step through the same run.  Kernel: from the new slider value to the sent picture.
Browser: from the key to the changed picture in JupyterLab, in headless Chromium.
"""

import json
import pathlib
import statistics
import sys
import tempfile

import nbformat
from nbclient import NotebookClient

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "browser"))

COMMON = """
import time
from descent.figures import Frame, styled
from descent.figures.one_variable import BracketPicture
from descent.problems import univariate
from descent.univariate import dichotomy
from descent.widgets import play
run = dichotomy(univariate["exponential"].f, 0, 2, tol=0.05)
"""
OURS = COMMON + "stage = play(run, BracketPicture)\nslider = stage.controls['step']\nstage"
INTERACT = (
    "%matplotlib inline\n"
    + COMMON
    + """
import matplotlib.pyplot as plt
from ipywidgets import IntSlider, interact
slider = IntSlider(0, 0, run.nit, description="step")
def draw(step):
    picture = BracketPicture()
    picture.figure = plt.figure(figsize=picture.size, dpi=100, layout="constrained")
    picture.moving = lambda artist: artist
    with styled():
        picture.draw(Frame(run, step))
        picture.show(Frame(run, step))
    plt.show()
interact(draw, step=slider);
"""
)
TIMES = """
import json
times = []
for k in range(61):
    start = time.perf_counter()
    slider.value = 1 + k % (run.nit - 1)
    times.append(1e3 * (time.perf_counter() - start))
print(json.dumps(times[1:]))
"""


def in_kernel(code: str) -> list:
    """Return milliseconds a redraw takes in a kernel."""
    cells = [nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell(TIMES)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120).execute()
    return json.loads(cells[1].outputs[-1].text)


WATCH = """
() => {
  window.seen = [];
  let last = '';
  addEventListener('keydown', () => seen.push([performance.now(), 'key']), true);
  (function look() {
    const image = document.querySelector('.jp-OutputArea-output img');
    if (image && image.complete && image.naturalWidth && image.src !== last) {
      last = image.src;
      seen.push([performance.now(), 'picture']);
    }
    requestAnimationFrame(look);
  })();
}
"""


def in_browser(code: str, name: str, keys: int = 24) -> list:
    """Return milliseconds from a key to the changed picture in JupyterLab."""
    from jupyter_pages import open_and_run, serve
    from playwright.sync_api import sync_playwright

    folder = pathlib.Path(tempfile.mkdtemp())
    process, address = serve("lab", folder)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")
    times = []
    try:
        with sync_playwright() as playwright:
            from conftest import CHROMIUM, FLAGS

            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            open_and_run(page, f"{address}/lab/tree/{name}.ipynb?reset")
            handle = page.locator(".noUi-handle").first
            handle.wait_for()
            page.wait_for_timeout(1500)
            page.evaluate(WATCH)
            page.wait_for_timeout(500)
            handle.focus()
            for k in range(keys):
                page.evaluate("seen = []")
                page.keyboard.press("ArrowRight" if k % 6 < 3 else "ArrowLeft")
                page.wait_for_function("seen.some(event => event[1] === 'picture')", timeout=15_000)
                page.wait_for_timeout(350)
                seen = page.evaluate("seen")
                key = next(time for time, kind in seen if kind == "key")
                times.append(max(time for time, kind in seen if kind == "picture") - key)
            browser.close()
    finally:
        process.terminate()
        process.wait(30)
    return times


def report(place: str, ours: list, interact: list):
    columns = []
    for times in (interact, ours):
        columns += [statistics.median(times), sorted(times)[int(0.9 * len(times))]]
    numbers = [*columns, columns[0] / columns[2]]
    row = f"{place:22s}" + "".join(f"{number:10.1f}" for number in numbers)
    print(row, flush=True)


if __name__ == "__main__":
    heads = ("interact", "90 %", "ours", "90 %", "ratio")
    print(f"{'milliseconds':22s}" + "".join(f"{head:>10s}" for head in heads))
    report("kernel", in_kernel(OURS), in_kernel(INTERACT))
    if "--kernel-only" not in sys.argv:
        report("key to picture, Lab", in_browser(OURS, "ours"), in_browser(INTERACT, "interact"))
