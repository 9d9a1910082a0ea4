"""A real browser moves every slider of every widget, and sees the picture and the sentence change."""

import pytest
from axe import npm_packages, serious
from descent.widgets import access
from jupyter_pages import open_and_run

from notebooks import PATHS, code_cells, makes_widget

pytestmark = pytest.mark.browser

WIDGETS = [(path, i) for path in PATHS for i in range(sum(makes_widget(cell) for cell in code_cells(path)))]
STAGES = ".jp-OutputArea-output .descent-stage"


@pytest.fixture(scope="module")
def opened(browser, browser_context_args, lab):
    """Return a function that opens a notebook in JupyterLab once, and keeps the page."""
    pages = {}

    def open_once(path):
        if path not in pages:
            page = browser.new_context(**browser_context_args).new_page()
            pages[path] = page, open_and_run(page, lab.format(path.name))
        return pages[path]

    yield open_once
    for page, _ in pages.values():
        page.context.close()


def look(stage) -> tuple:
    """What is seen of a widget: the picture's address, which is new with each picture, and the sentence."""
    return stage.locator("img.widget-image").get_attribute("src"), stage.locator("[role=status]").inner_text()


def move(handle) -> None:
    """Move one slider by keyboard."""
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.focus()
    handle.page.keyboard.press("PageDown" if at_end else "PageUp")


def changes(stage, act, control) -> tuple:
    """Act on a control; return whether the picture and the sentence changed."""
    before = look(stage)
    act(control)
    for _ in range(50):
        stage.page.wait_for_timeout(100)
        after = look(stage)
        if after[0] != before[0]:
            stage.page.wait_for_timeout(200)
            after = look(stage)
            break
    return after[0] != before[0], after[1] != before[1]


def move_all(stage) -> list:
    """Move every slider of a widget; where it has none, choose another option of its drop-downs."""
    stage.scroll_into_view_if_needed()
    stage.locator(".noUi-handle, select").first.wait_for(timeout=30_000)
    handles = stage.locator(".noUi-handle").all()
    if handles:
        return [changes(stage, move, handle) for handle in handles]
    return [
        changes(stage, lambda box: box.select_option(index=1), box) for box in stage.locator("select").all()
    ]


@pytest.mark.parametrize(("path", "i"), WIDGETS, ids=lambda value: getattr(value, "stem", str(value))[:2])
def test_sliders_move_picture_and_sentence_in_lab(opened, path, i):
    page, outside = opened(path)
    stage = page.locator(STAGES).nth(i)
    stage.wait_for(state="attached", timeout=30_000)
    changed = move_all(stage)
    # Not all: the slider of a condition that is switched off, say, changes nothing.
    assert any(picture and sentence for picture, sentence in changed), changed
    assert stage.locator("[role=alert]:visible").count() == 0
    assert len(stage.locator("img.widget-image").get_attribute("title")) > 20
    assert outside == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
def test_every_picture_has_a_text_in_lab(opened, path):
    page, _ = opened(path)
    pictures = page.locator(".jp-OutputArea-output img")
    texts = pictures.evaluate_all("all => all.map(image => image.alt || image.title)")
    assert texts
    assert all(len(text) > 20 for text in texts)


@pytest.mark.skipif(access.anywidget is None, reason="no anywidget: pip install anywidget")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
def test_every_control_has_a_name_in_lab(opened, path):
    page, _ = opened(path)
    stages = page.locator(STAGES)
    if not stages.count():
        pytest.skip("this notebook has no widgets")
    handles = stages.locator(".noUi-handle")
    names = handles.evaluate_all("all => all.map(handle => handle.getAttribute('aria-label'))")
    assert all(name and name.strip() for name in names)
    live = stages.locator("[role=status]").evaluate_all("all => all.map(e => e.parentElement.ariaLive)")
    assert set(live) == {"polite"}
    if npm_packages() is not None:
        assert serious(page, "'.jp-OutputArea-output .descent-stage'") == []


def test_tab_goes_through_the_controls_in_the_order_they_are_seen(opened):
    page, _ = opened(PATHS[0])
    stage = page.locator(STAGES).first
    stage.scroll_into_view_if_needed()
    stage.locator("select").first.focus()
    reached = []
    for _ in range(8):
        reached.append(page.evaluate("document.activeElement.getBoundingClientRect().toJSON()"))
        page.keyboard.press("Tab")
    rows = [(round(box["top"] / 40), box["left"]) for box in reached]
    assert rows == sorted(rows)
    assert len(set(rows)) == 8


@pytest.mark.skipif(access.anywidget is None, reason="no anywidget: pip install anywidget")
@pytest.mark.parametrize("key", ["PageUp", "End"])
def test_keys_move_a_slider_in_notebook_7(page, notebook7, key):
    open_and_run(page, notebook7.format("00_start_here.ipynb"))
    stage = page.locator(STAGES).first
    stage.locator(".noUi-handle[aria-label]").wait_for(timeout=30_000)
    stage.locator(".noUi-handle").focus()
    before = look(stage)
    page.keyboard.press(key)
    page.wait_for_timeout(1500)
    assert look(stage)[1] != before[1]


def test_slider_moves_picture_and_sentence_in_notebook_7(page, notebook7):
    outside = open_and_run(page, notebook7.format("00_start_here.ipynb"))
    stage = page.locator(STAGES).first
    stage.wait_for(state="attached", timeout=30_000)
    assert (True, True) in move_all(stage)
    assert outside == []
