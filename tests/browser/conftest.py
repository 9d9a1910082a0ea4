"""A JupyterLab and a Notebook 7 on this machine, and a Chromium that opens notebooks in them."""

import os
import shutil

import pytest
from jupyter_pages import serve

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items):
    """Skip where there is no browser, and say so; fail where one is required."""
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium, or set CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not CHROMIUM:
        pytest.fail("CI needs a Chromium: install one or set CHROMIUM to its path")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    process, address = serve("lab", tmp_path_factory.mktemp("lab"))
    yield f"{address}/lab/tree/{{}}?reset"
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory):
    process, address = serve("notebook", tmp_path_factory.mktemp("notebook"))
    yield f"{address}/notebooks/{{}}"
    process.terminate()
    process.wait(30)
