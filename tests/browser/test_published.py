"""Slides, pages and paper from notebooks/publish: complete, fitting, accessible, without a network."""

import re
import subprocess
import sys

import pytest
from axe import npm_packages, serious
from breaks import measure
from bs4 import BeautifulSoup

from notebooks import PATHS, ROOT, read

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(npm_packages() is None, reason="no npm: reveal.js, MathJax and axe-core are missing"),
]
by_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
SMALLEST = 0.7  # of the size of its type, for a slide that is too high: 21 pixels of 1080 are left


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    subprocess.run([sys.executable, ROOT / ".github/publish/publish.py", folder], check=True)
    return folder


@pytest.fixture
def still_page(page):
    """A page that fails when anything is asked from outside the machine, or not found."""
    missed = []
    page.on("requestfailed", lambda request: missed.append(request.url))
    page.on("request", lambda r: missed.append(r.url) if r.url.startswith("http") else None)
    yield page
    assert missed == []


def open_page(page, path):
    page.goto(path.as_uri())
    page.wait_for_function("document.documentElement.dataset.typeset === 'done'", timeout=180_000)


@by_notebook
def test_every_slide_fits(published, still_page, path):
    slides = measure(still_page, published / "slides" / f"{path.stem}.html")
    assert len(slides) > 5
    for slide in slides:
        assert slide["zoom"] >= SMALLEST, f"run .github/publish/breaks.py: {slide['heading']}"
        assert slide["below"] <= 1, slide["heading"]
        assert slide["beside"] <= 1, slide["heading"]


def slides_of(cells: list) -> list:
    """Return the ids of the cells of each slide."""
    slides = []
    for cell in cells:
        if cell.metadata.slideshow.slide_type in ("slide", "subslide") or not slides:
            slides.append(set())
        slides[-1].add(cell.id)
    return slides


@by_notebook
def test_core_deck_leaves_the_optional_cells_out_and_the_other_marks_them(published, path):
    shown = [cell for cell in read(path).cells if cell.metadata.slideshow.slide_type not in ("skip", "notes")]
    core = [cell for cell in shown if "optional" not in cell.metadata.tags]
    counts = {}
    for depth in ("", "_core"):
        deck = (published / "slides" / f"{path.stem}{depth}.html").read_text(encoding="utf-8")
        deck = BeautifulSoup(deck, "html.parser")
        counts[depth] = len(deck.select(".slides .jp-Cell")), len(deck.select(".slides .celltag_optional"))
    assert counts == {"": (len(shown), len(shown) - len(core)), "_core": (len(core), 0)}
    # A part of a slide that fits, fits: no slide of the core takes cells of two slides.
    assert all(any(few <= slide for slide in slides_of(shown)) for few in slides_of(core))


@by_notebook
def test_pages_are_accessible(published, still_page, path):
    open_page(still_page, published / "html" / f"{path.stem}.html")
    assert serious(still_page) == []
    texts = still_page.locator("img").evaluate_all("all => all.map(image => image.alt)")
    assert texts
    assert all(len(text) > 20 for text in texts)
    marked = still_page.locator(".celltag_optional")
    widths = marked.evaluate_all("all => all.map(e => getComputedStyle(e).borderLeftWidth)")
    assert set(widths) <= {"6px"}
    assert marked.count() == sum("optional" in cell.metadata.tags for cell in read(path).cells)


@by_notebook
def test_paper_holds_every_page(published, path):
    paper = (published / "pdf" / f"{path.stem}.pdf").read_bytes()
    assert paper.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) >= len(read(path).cells) // 12


def test_index_leads_everywhere_and_is_accessible(published, still_page):
    still_page.goto((published / "index.html").as_uri())
    links = still_page.locator("a").evaluate_all("all => all.map(link => link.getAttribute('href'))")
    assert len(links) == 4 * len(PATHS)
    assert [link for link in links if not (published / link).exists()] == []
    assert serious(still_page) == []


def test_links_between_pages_lead_somewhere(published):
    for path in PATHS:
        text = (published / "html" / f"{path.stem}.html").read_text(encoding="utf-8")
        for name in re.findall(r'href="([\w./-]+\.(?:html|ipynb))', text):
            assert (published / "html" / name).exists(), name


def test_an_unmarked_picture_would_be_seen(still_page):
    still_page.set_content("<html lang='en'><title>t</title><main><img src='data:,'></main></html>")
    assert [rule for rule, _ in serious(still_page)] == ["image-alt"]


def test_a_slide_that_is_too_high_would_be_seen(published, page):
    name = f"{PATHS[0].stem}.html"
    deck = (published / "slides" / name).read_text(encoding="utf-8")
    (published / "slides/high.html").write_text(deck.replace("</h2>", "</h2><p>line</p>" * 80, 1), "utf-8")
    assert min(slide["zoom"] for slide in measure(page, published / "slides/high.html")) < SMALLEST
