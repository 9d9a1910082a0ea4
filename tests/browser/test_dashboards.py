"""Voila serves the widgets of each notebook without code:  pip install -e "./lib[dashboards]"."""

import importlib.util
import os
import subprocess
import sys
import time
import urllib.request

import pytest
from jupyter_pages import free_port
from widget_pages import CUT_OFF, move_all

from notebooks import FOLDER, PATHS, code_cells, makes_widget

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("voila") is None, reason='no Voila: pip install -e "./lib[dashboards]"'
    ),
]
WITH_WIDGETS = [path for path in PATHS if any(makes_widget(cell) for cell in code_cells(path))]


@pytest.fixture(scope="module")
def voila(tmp_path_factory):
    folder = tmp_path_factory.mktemp("voila")
    port = free_port()
    command = [
        *(sys.executable, "-m", "voila", str(FOLDER), "--no-browser", f"--port={port}"),
        *("--Voila.ip=127.0.0.1", "--show_tracebacks=True"),
    ]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    private = {name: str(folder / name) for name in names}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env={**os.environ, **private}, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=1)
            break
        except OSError:
            assert process.poll() is None, (folder / "log").read_text()[-2000:]
            time.sleep(0.2)
    yield f"{address}/voila/render/{{}}"
    process.terminate()
    process.wait(30)


@pytest.mark.parametrize("path", WITH_WIDGETS, ids=lambda path: path.stem[:2])
def test_a_dashboard_shows_live_widgets_and_no_code(page, voila, path):
    page.goto(voila.format(path.name), timeout=180_000)
    stages = page.locator(".descent-stage")
    stages.first.locator(".noUi-handle").first.wait_for(timeout=120_000)
    page.wait_for_function(
        f"document.querySelectorAll('.descent-stage').length === {sum(map(makes_widget, code_cells(path)))}",
        timeout=120_000,
    )
    assert page.locator(".jp-CodeCell .jp-InputArea-editor:visible").count() == 0
    for stage in stages.all():
        changed = move_all(stage)
        assert any(picture and sentence for picture, sentence in changed), changed
        assert stage.evaluate(CUT_OFF) == []
