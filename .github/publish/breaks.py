"""Mend the breaks between slides: python .github/publish/breaks.py [NOTEBOOK ...], by default of all.

A deck shows a slide that is too high smaller, as a whole.  Where that would make it smaller than
`LEGIBLE` and the slide holds several cells, the cell that no longer fits begins a slide of its own:
its slide_type becomes "subslide".  Nothing else in a notebook changes.
"""

import pathlib
import sys
import tempfile

import nbformat
from nbconvert import SlidesExporter
from playwright.sync_api import sync_playwright
from publish import ROOT, SIZE, chromium, convert, copy_assets

LEGIBLE = 0.75
READY = "document.documentElement.dataset.deck === 'ready'"
# For each slide: how much smaller it is shown, how far it reaches out of the canvas, its cells' heights.
MEASURE = """async () => {
  const slides = [];
  for (const slide of Reveal.getSlides()) {
    const at = Reveal.getIndices(slide);
    Reveal.slide(at.h, at.v);
    await new Promise(requestAnimationFrame);
    const zoom = Number(slide.dataset.fits);
    const canvas = document.querySelector('.reveal .slides').getBoundingClientRect();
    const scale = Reveal.getScale();
    const parts = slide.querySelectorAll('.jp-Cell, .jp-Cell p, .jp-Cell li, .jp-Cell img, mjx-container');
    const shown = [...parts].map(part => part.getBoundingClientRect()).filter(box => box.width);
    slides.push({
      zoom,
      heading: slide.innerText.slice(0, 60),
      below: Math.max(0, ...shown.map(box => box.bottom - canvas.bottom)) / scale,
      beside: Math.max(0, ...shown.map(box => box.right - canvas.right)) / scale,
      cells: [...slide.querySelectorAll('.jp-Cell')].map(cell => [
        cell.id.replace('cell-id=', ''), cell.getBoundingClientRect().height / scale / zoom,
      ]),
    });
  }
  return slides;
}"""


def measure(page, deck: pathlib.Path) -> list:
    """Open a deck and return what is measured of each slide, once its formulas are set."""
    page.set_viewport_size(SIZE)
    page.goto(deck.as_uri())
    page.wait_for_function(READY, timeout=180_000)
    return page.evaluate(MEASURE)


def first_of_new_slides(slide: dict) -> set:
    """Return the ids of the cells before which a slide that is too high is cut."""
    cuts, height = set(), 0.0
    for name, needed in slide["cells"]:
        if height and height + needed > SIZE["height"] / LEGIBLE:
            cuts.add(name)
            height = 0.0
        height += needed
    return cuts


def mend(paths: list) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        folder = pathlib.Path(folder)
        assets = copy_assets(folder)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        for path in paths:
            deck = folder / "slides" / f"{path.stem}.html"
            deck.parent.mkdir(exist_ok=True)
            deck.write_text(convert(path, SlidesExporter, "deck.html.j2", assets), encoding="utf-8")
            slides = [slide for slide in measure(page, deck) if slide["zoom"] < LEGIBLE]
            cuts = set().union(*map(first_of_new_slides, slides))
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                if cell.id in cuts:
                    cell.metadata.slideshow.slide_type = "subslide"
            nbformat.write(notebook, path)
            print(f"{path.name}: {len(cuts)} new breaks")
            for slide in slides:
                if len(slide["cells"]) == 1:
                    print(f"  one cell, shown at {slide['zoom']:.0%}: {slide['heading']!r}")
        browser.close()


if __name__ == "__main__":
    named = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    mend(named or sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")))
