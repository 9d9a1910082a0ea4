"""Publish the notebooks: slides, pages and paper, with an index.  Run through notebooks/publish.

    FOLDER/index.html                  what there is
    FOLDER/html/NN_topic.html          a page, with stills where a notebook has widgets
    FOLDER/slides/NN_topic.html        a deck with everything
    FOLDER/slides/NN_topic_core.html   a deck without the optional parts
    FOLDER/pdf/NN_topic.pdf            the page, printed by Chromium

reveal.js and MathJax come from npm and are copied beside the pages, which then need no network.
Where there is no npm, the pages load them from the network when they are opened.
"""

import argparse
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jinja2
import nbformat
from descent.figures.export import StillsWithAltText
from nbconvert import HTMLExporter, SlidesExporter
from traitlets.config import Config

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SIZE = {"width": 1280, "height": 800}
PARTS = ("html", "slides", "pdf")
NETWORK = "https://unpkg.com"
FOR_TOOLS = re.compile(r"^# NBVAL_CHECK_OUTPUT\n|  # fmt: skip$", re.MULTILINE)  # no words to a reader
# What the pages need of each package.
ASSETS = {
    "reveal.js": (
        "dist/reveal.js",
        "dist/reveal.css",
        "dist/theme/white.css",
        "dist/theme/fonts/source-sans-pro",
        "plugin/notes/notes.js",
    ),
    "mathjax": ("es5/tex-mml-chtml.js", "es5/output/chtml/fonts", "es5/input/tex/extensions"),
}


def packages() -> dict:
    return json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]


@functools.cache
def npm_packages() -> pathlib.Path | None:
    """Return the folder with the packages of package.json, which npm fills once, or None without npm."""
    folder = pathlib.Path(sys.prefix) / "npm"
    if shutil.which("npm") is None:
        return None
    lock = (HERE / "package-lock.json").read_text(encoding="utf-8")
    made_from = folder / "made-from"
    if not made_from.exists() or made_from.read_text(encoding="utf-8") != lock:
        # Filled aside and renamed, so that nobody sees half of it.
        aside = pathlib.Path(tempfile.mkdtemp(prefix="npm-", dir=sys.prefix))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, aside)
        command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=aside, check=False).returncode:
            shutil.rmtree(aside)
            return None
        (aside / "made-from").write_text(lock, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    return folder / "node_modules"


def copy_assets(folder: pathlib.Path) -> dict:
    """Copy what the pages need below `folder`; return the addresses of the packages, seen from a page."""
    here = npm_packages()
    if here is None:
        print("npm is missing or failed: the pages will load reveal.js and MathJax from the network.")
        return {name: f"{NETWORK}/{name}@{packages()[name]}" for name in ASSETS}
    for name, parts in ASSETS.items():
        for part in parts:
            source, target = here / name / part, folder / "assets" / name / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy(source, target)
    return {name: f"../assets/{name}" for name in ASSETS}


@functools.cache  # an exporter reads its templates once
def exporter(kind: type, template: str, reveal: str, remove: tuple = ()):
    """Return what makes HTML of notebooks, without the cells that have one of the tags of `remove`."""
    settings = Config()
    settings.TagRemovePreprocessor.update(enabled=bool(remove), remove_cell_tags=set(remove))
    settings.SlidesExporter.update(reveal_url_prefix=reveal, reveal_theme="white")
    return kind(
        config=settings,
        template_file=template,
        extra_template_paths=[str(HERE)],
        preprocessors=[StillsWithAltText],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )


def convert(path: pathlib.Path, kind: type, template: str, assets: dict, remove: tuple = ()) -> str:
    """Return a notebook as HTML, without the cells that have one of the tags of `remove`."""
    own = {
        "mathjax": f"{assets['mathjax']}/es5",
        "css": (HERE / "look.css").read_text(encoding="utf-8"),
        "deck_css": (HERE / "deck.css").read_text(encoding="utf-8"),
        "size": SIZE,
    }
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.title = title(notebook)
    for cell in notebook.cells:
        cell.source = FOR_TOOLS.sub("", cell.source)
    made = exporter(kind, template, assets["reveal.js"], remove)
    body, _ = made.from_notebook_node(notebook, resources={"descent": own, "metadata": {"name": path.stem}})
    return re.sub(r'(href="[\w./]*\d\d_\w+)\.ipynb', r"\1.html", body)  # from page to page


def title(notebook) -> str:
    return re.match(r"# (.+)", notebook.cells[0].source)[1]


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def print_pages(pages: list, folder: pathlib.Path) -> None:
    """Print HTML pages to PDF in `folder`, with the Chromium that the browser tests use."""
    from playwright.sync_api import sync_playwright

    if not chromium():
        print("No Chromium was found: no PDF is made (on Debian: apt-get install chromium).")
        return
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for path in pages:
            page = browser.new_page()
            page.goto(path.as_uri())
            page.wait_for_function("document.documentElement.dataset.typeset === 'done'", timeout=180_000)
            margin = dict.fromkeys(("top", "right", "bottom", "left"), "14mm")
            page.pdf(path=folder / f"{path.stem}.pdf", format="A4", margin=margin, scale=0.75)
            page.close()
        browser.close()


def index(paths: list, parts: tuple) -> str:
    """Return the page that lists what was published."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True)
    notebooks = [
        {"stem": path.stem, "number": path.stem[:2], "title": title(nbformat.read(path, as_version=4))}
        for path in paths
    ]
    return environment.get_template("index.html.j2").render(notebooks=notebooks, parts=parts)


def publish(folder: pathlib.Path, paths: list, parts: tuple = PARTS) -> None:
    """Publish notebooks below a folder."""
    assets = copy_assets(folder)
    for path in paths:
        print(path.name)
        if "html" in parts or "pdf" in parts:
            write(folder / "html" / f"{path.stem}.html", convert(path, HTMLExporter, "page.html.j2", assets))
        for homework in path.parent.glob(f"homework/{path.stem[:2]}_*.ipynb"):  # what the page links to
            deeper = {name: address.replace("../", "../../", 1) for name, address in assets.items()}
            page = convert(homework, HTMLExporter, "page.html.j2", deeper)
            write(folder / "html/homework" / f"{homework.stem}.html", page)
        if "slides" in parts:
            for suffix, remove in (("", ()), ("_core", ("optional",))):
                deck = convert(path, SlidesExporter, "deck.html.j2", assets, remove)
                write(folder / "slides" / f"{path.stem}{suffix}.html", deck)
    if "pdf" in parts:
        print_pages([folder / "html" / f"{path.stem}.html" for path in paths], folder / "pdf")
    write(folder / "index.html", index(paths, parts))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Publish the notebooks as slides, pages and paper.")
    arguments.add_argument("folder", nargs="?", type=pathlib.Path, default=ROOT / "notebooks/build")
    arguments.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    chosen = arguments.parse_args()
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    publish(chosen.folder.resolve(), notebooks, tuple(chosen.only))
    print(f"Open {chosen.folder / 'index.html'}")
