"""What goes wrong in a class, in a real JupyterLab: a kernel dies, a page is reloaded, a window is narrow."""

import pytest
from jupyter_pages import KERNEL_IS_READY, open_next, run_all_cells
from widget_pages import CUT_OFF, STAGES

pytestmark = pytest.mark.browser

DIE = """() => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  kernel.requestExecute({code: "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"});
}"""


START = "00_start_here.ipynb"


@pytest.fixture(scope="module")
def lab_page(browser, browser_context_args, lab):
    page = browser.new_page(**browser_context_args)
    page.goto(lab.format(START))
    page.wait_for_function(KERNEL_IS_READY, timeout=180_000)
    yield page
    page.close()


@pytest.fixture
def start(lab_page):
    """The first notebook in JupyterLab, opened anew, with its cells run, and its widget."""
    lab_page.set_viewport_size({"width": 1280, "height": 900})
    open_next(lab_page, START)
    run_all_cells(lab_page)
    return lab_page, live(lab_page)


def live(page):
    stage = page.locator(STAGES).first
    stage.locator(".noUi-handle").wait_for(timeout=30_000)
    stage.scroll_into_view_if_needed()
    return stage


def sentence(stage) -> str:
    return stage.locator("[role=status]").inner_text()


def moves(page, stage) -> bool:
    """Press "forward" and look whether the sentence changes."""
    return changes(page, stage, stage.get_by_role("button", name="forward"))


def changes(page, stage, button) -> bool:
    before = sentence(stage)
    button.click()
    for _ in range(50):
        page.wait_for_timeout(100)
        if sentence(stage) != before:
            return True
    return False


def test_a_kernel_killed_while_a_widget_plays_is_restored_by_running_again(start):
    page, stage = start
    assert changes(page, stage, stage.locator(".widget-play button").first)
    page.evaluate(DIE)
    page.locator(".jp-Dialog", has_text="died").get_by_role("button", name="Ok").click(timeout=60_000)
    run_all_cells(page)
    assert moves(page, live(page))


def test_a_reloaded_page_has_its_widget_back(start):
    page, stage = start
    assert moves(page, stage)
    said = sentence(stage)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    page.goto(page.url.partition("?")[0])
    page.wait_for_function(KERNEL_IS_READY, timeout=180_000)
    stage = live(page)
    assert sentence(stage) == said
    assert moves(page, stage)


def test_running_all_cells_again_leaves_one_live_widget(start):
    page, _ = start
    run_all_cells(page)
    assert page.locator(STAGES).count() == 1
    assert moves(page, live(page))


@pytest.mark.parametrize("width", [700, 360])
def test_a_narrow_window_cuts_no_control_off(start, width):
    page, _ = start
    page.set_viewport_size({"width": width, "height": 800})
    for side in ("left", "right"):
        hidden = page.locator(f"#jp-{side}-stack")
        if hidden.is_visible():
            page.evaluate(f"window.jupyterapp.shell.collapse{side.capitalize()}()")
    page.wait_for_timeout(500)
    stage = live(page)
    assert stage.evaluate(CUT_OFF) == []
    assert moves(page, stage)
