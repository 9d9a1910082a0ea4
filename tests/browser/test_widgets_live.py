"""A real browser moves every slider of every widget, and sees the picture and the sentence change."""

import itertools

import pytest
from axe import npm_packages, serious
from descent.widgets import access
from jupyter_pages import open_and_run, open_next, run_all_cells
from widget_pages import (
    CUT_OFF,
    ROLES,
    STAGES,
    comes_after,
    heard,
    move_all,
    shown_controls,
    tabbed_through,
)

from notebooks import PATHS, code_cells, makes_widget

pytestmark = pytest.mark.browser

WIDGETS = [(path, i) for path in PATHS for i in range(sum(makes_widget(cell) for cell in code_cells(path)))]
needs_anywidget = pytest.mark.skipif(access.anywidget is None, reason="no anywidget: pip install anywidget")


@pytest.fixture(scope="module")
def opened(browser, browser_context_args, lab):
    """Return a function that opens a notebook in JupyterLab, and keeps it until another is opened."""
    page = browser.new_page(**browser_context_args)
    shown = {}

    def open_once(path):
        if not shown:
            shown["outside"] = open_and_run(page, lab.format(path.name))
        elif shown["path"] != path:  # JupyterLab itself is loaded once
            open_next(page, path.name)
            run_all_cells(page)
        shown["path"] = path
        return page, shown["outside"]

    yield open_once
    page.close()


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


@needs_anywidget
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
def test_what_is_seen_is_heard_in_lab(opened, path):
    """Every control has a name and says its value, every picture has a text, sentences are announced."""
    page, _ = opened(path)
    stages = page.locator(STAGES)
    if not stages.count():
        pytest.skip("this notebook has no widgets")
    for stage in stages.all():
        told = [(role, name) for role, name in heard(stage) if role in ROLES]
        assert [role for role, name in told if not name.strip()] == []
        assert len(told) == len(shown_controls(stage)) + stage.locator("img:visible").count()
    values = page.locator(f"{STAGES} .widget-slider").evaluate_all(
        """all => all.map(slider => [slider.querySelector('.noUi-handle').ariaValueText,
                                     slider.querySelector('.widget-readout').textContent])"""
    )
    assert [said for said, shown in values] == [shown for said, shown in values]
    live = stages.locator("[role=status]").evaluate_all("all => all.map(e => e.parentElement.ariaLive)")
    assert set(live) == {"polite"}
    if npm_packages() is not None:
        assert serious(page, "'.jp-OutputArea-output .descent-stage'") == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
def test_tab_reaches_every_control_in_the_order_they_are_seen(opened, path):
    """Where each `tabindex` is 0, Tab follows the page; in the first widget the keys are pressed."""
    page, _ = opened(path)
    for stage in page.locator(STAGES).all():
        controls = shown_controls(stage)
        assert {control["tabindex"] for control in controls} == {"0"}
        assert all(comes_after(box, other) for other, box in itertools.pairwise(controls))
    first = page.locator(STAGES).first
    if first.count():
        first.scroll_into_view_if_needed()
        reached = tabbed_through(first)
        assert len(reached) == len(shown_controls(first))
        assert all(comes_after(box, other) for other, box in itertools.pairwise(reached))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
def test_no_widget_is_cut_off_in_a_very_narrow_window(opened, path):
    page, _ = opened(path)
    usual = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    page.wait_for_timeout(500)
    cut_off = [stage.evaluate(CUT_OFF) for stage in page.locator(STAGES).all()]
    page.set_viewport_size(usual)
    assert [parts for parts in cut_off if parts] == []


def first_stage(page):
    stage = page.locator(STAGES).first
    stage.locator(".noUi-handle[aria-label]").wait_for(timeout=30_000)
    stage.scroll_into_view_if_needed()
    return stage


@needs_anywidget
@pytest.mark.parametrize("front_end", ["lab", "notebook7"])
def test_plain_keys_belong_to_the_control_that_has_the_focus(page, request, front_end):
    """Jupyter would take arrows to go from cell to cell, "a" to insert one, and "d" twice to delete one."""
    outside = open_and_run(page, request.getfixturevalue(front_end).format("00_start_here.ipynb"))
    stage = first_stage(page)
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    functions = stage.locator("select").first
    stage.locator(".noUi-handle").focus()
    page.keyboard.press("Home")
    stage.locator("[role=status]", has_text="Step 0 of").wait_for(timeout=10_000)
    for key, step in [("PageUp", 5), ("ArrowRight", 6), ("ArrowUp", 7), ("ArrowLeft", 6), ("ArrowDown", 5)]:
        page.keyboard.press(key)
        stage.locator("[role=status]", has_text=f"Step {step} of").wait_for(timeout=10_000)
    page.keyboard.type("abdd")
    functions.focus()
    before = functions.input_value()
    page.keyboard.press("ArrowDown")
    assert functions.input_value() != before
    page.keyboard.type("add")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    page.keyboard.press("Shift+Enter")  # is Jupyter's: it runs the cell and goes on to the next
    page.wait_for_function("!document.activeElement.closest('.descent-stage')")
    assert outside == []


def test_slider_moves_picture_and_sentence_in_notebook_7(page, notebook7):
    outside = open_and_run(page, notebook7.format("00_start_here.ipynb"))
    stage = page.locator(STAGES).first
    stage.wait_for(state="attached", timeout=30_000)
    assert (True, True) in move_all(stage)
    assert outside == []
