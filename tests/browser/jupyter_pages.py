"""Starting JupyterLab and Notebook 7 on this machine, and opening notebooks in them."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def serve(kind: str, folder: pathlib.Path):
    """Start `jupyter lab` or `jupyter notebook` on a copy of the notebooks; return process and address."""
    notebooks = folder / "notebooks"
    shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns(".*", "build"))
    port = free_port()
    private = {
        name: str(folder / name)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    settings = folder / "JUPYTER_CONFIG_DIR/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    all_cells_in_the_page = '{"windowingMode": "none"}'
    (settings / "tracker.jupyterlab-settings").write_text(all_cells_in_the_page)
    command = [
        *(sys.executable, "-m", "jupyter", kind, "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--IdentityProvider.token=", "--LabApp.news_url=None"),
        *("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"),
        f"--ServerApp.root_dir={notebooks}",
    ]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **private}, stdout=log, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=1)
            return process, address
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    process.terminate()
    process.wait(30)
    raise RuntimeError(f"jupyter {kind} did not start: {(folder / 'server.log').read_text()[-2000:]}")


KERNEL_IS_READY = """() => {
  const session = window.jupyterapp?.shell?.currentWidget?.sessionContext;
  return session?.isReady && session.session?.kernel?.status === 'idle';
}"""
ALL_CELLS_HAVE_RUN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = [...panel.content.model.cells].filter(cell => cell.type === 'code');
  const idle = panel.sessionContext.session?.kernel?.status === 'idle';
  return idle && cells.every(cell => cell.executionState === 'idle' && cell.executionCount > 0);
}"""


def open_and_run(page, url: str) -> list:
    """Open a notebook, run all its cells, and return the list of requests that left the machine."""
    outside = []
    page.on(
        "request", lambda r: outside.append(r.url) if re.match(r"https?://(?!127\.0\.0\.1)", r.url) else None
    )
    page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    page.goto(url)
    run_all_cells(page)
    return outside


def run_all_cells(page) -> None:
    page.wait_for_function(KERNEL_IS_READY, timeout=180_000)
    news = page.get_by_role("button", name="No", exact=True)
    if news.count():
        news.first.click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(ALL_CELLS_HAVE_RUN, timeout=300_000)


def open_next(page, name: str) -> None:
    """Close the notebook that JupyterLab shows, with its kernel if it has one, and open another one."""
    page.evaluate(
        """async name => {
          const {commands, shell} = window.jupyterapp;
          for (const shown of [...shell.widgets('main')]) {
            await shown.sessionContext?.session?.shutdown();
            shown.dispose();
          }
          await commands.execute('docmanager:open', {path: name, factory: 'Notebook'});
        }""",
        name,
    )
