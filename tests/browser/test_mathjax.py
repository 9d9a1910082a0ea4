"""MathJax, in a real JupyterLab, accepts every line of the graded list and of the known results."""

import itertools
import json
import pathlib

import nbformat
import pytest
from descent.differentials import GRADED
from descent.matrix_calculus import differentiate
from jupyter_pages import open_next, serve

pytestmark = pytest.mark.browser

DATA = pathlib.Path(__file__).resolve().parents[1] / "data/matrix_derivatives.json"
PROPERTIES = {"symmetric": ["symmetric"], "symmetric positive definite": ["posdef"]}
# In the MathML that MathJax adds for screen readers; an unknown command is set in red.
ERRORS = "merror, mtext[mathcolor=red]"


def known_results():
    """Return the derivations of the data file, by name."""
    for entry in json.loads(DATA.read_text(encoding="utf-8"))["entries"]:
        shapes = {
            name: " ".join([*symbol["shape"], *PROPERTIES.get(symbol.get("property"), [])])
            for name, symbol in entry["symbols"].items()
        }
        yield entry["id"], differentiate(entry["dsl"], entry["var"], **shapes)


def formulas() -> dict:
    """Return the lines of every derivation as LaTeX, by the name of the expression."""
    derivations = {name: expression.derivation() for name, expression in GRADED.items()}
    derivations |= dict(known_results())
    return {name: [line.latex for line in derivation] for name, derivation in derivations.items()}


def page_of(lines: dict) -> nbformat.NotebookNode:
    cells = [
        nbformat.v4.new_markdown_cell(f"`{name}`\n\n" + "\n\n".join(f"$${latex}$$" for latex in latex_lines))
        for name, latex_lines in lines.items()
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def rendered(browser, browser_context_args, tmp_path_factory):
    """Return a function that opens a notebook in JupyterLab and returns its rendered formulas and errors."""
    folder = tmp_path_factory.mktemp("mathjax")
    process, address = serve("lab", folder)
    page, numbers = browser.new_page(**browser_context_args), itertools.count()

    def render(lines: dict) -> tuple:
        name = f"formulas_{next(numbers)}.ipynb"
        nbformat.write(page_of(lines), folder / "notebooks" / name)
        wanted = sum(map(len, lines.values()))
        if name == "formulas_0.ipynb":
            page.goto(f"{address}/lab/tree/{name}?reset")
            page.wait_for_selector(".jp-MarkdownOutput", timeout=180_000, state="attached")
        else:  # JupyterLab itself is loaded once
            open_next(page, name)
        page.wait_for_function(
            "wanted => document.querySelectorAll('.jp-MarkdownOutput mjx-container').length >= wanted",
            arg=wanted,
            timeout=300_000,
        )
        page.wait_for_timeout(500)
        shown = page.locator(".jp-MarkdownOutput")
        errors = shown.locator(ERRORS).evaluate_all("nodes => nodes.map(n => n.textContent)")
        return shown.locator("mjx-container").count(), errors

    yield render
    page.close()
    process.terminate()
    process.wait(30)


def test_mathjax_accepts_every_line(rendered):
    lines = formulas()
    assert len(lines) == len(GRADED) + 31
    names = list(lines)
    for k in range(0, len(names), 24):  # a page of a thousand formulas takes its time
        few = {name: lines[name] for name in names[k : k + 24]}
        count, errors = rendered(few)
        assert count == sum(map(len, few.values()))
        assert errors == []


@pytest.mark.parametrize("latex", [r"\notacommand", r"\left( x", r"\frac{1}{2}}"])
def test_a_broken_formula_would_be_seen(rendered, latex):
    count, errors = rendered({"good": ["x + y"], "broken": [latex]})
    assert count == 2
    assert len(errors) == 1
