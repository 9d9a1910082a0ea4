"""Stamp what is the same in all notebooks: python tests/stamp.py.

From the project's address in lib/pyproject.toml and the notebooks that exist it writes

* the set-up cell, as it stands in notebooks/00_start_here.ipynb, and that no slide shows it or the imports;
* the links that run a notebook, and Previous and Next, at the end of its first and last cell;
* the badges and every link to the project in README.md.

Run it after a notebook is added, renamed or removed, and after the address has changed.
A second run changes nothing.
"""

import pathlib
import re
import sys
import tomllib

import nbformat

ROOT = pathlib.Path(__file__).resolve().parent.parent
BRANCH = "main"
STAMPED = re.compile(r"git\+https://github\.com/([\w-]+/[\w-]+)#")  # in the set-up cell
LINE = re.compile(r"\n\n(?:Run it: |Previous: |Next: ).*\Z", re.DOTALL)
BADGES = re.compile(r"(?<=<!-- badges -->\n).*?(?=\n<!-- end of badges -->)", re.DOTALL)


def slug(root: pathlib.Path) -> str:
    """Return owner/name of the project on GitHub."""
    project = tomllib.loads((root / "lib/pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removeprefix("https://github.com/")


def places(project: str, path: str) -> dict:
    """Return the addresses where a notebook, given by its path in the project, runs or is read."""
    return {
        "Binder": f"https://mybinder.org/v2/gh/{project}/HEAD?urlpath=lab/tree/{path}",
        "Colab": f"https://colab.research.google.com/github/{project}/blob/{BRANCH}/{path}",
        "nbviewer": f"https://nbviewer.org/github/{project}/blob/{BRANCH}/{path}",
    }


def badges(project: str) -> str:
    """Return the badges of the README, which open the first notebook."""
    images = {
        "Binder": "https://mybinder.org/badge_logo.svg",
        "Colab": "https://colab.research.google.com/assets/colab-badge.svg",
        "nbviewer": "https://raw.githubusercontent.com/jupyter/design/main/logos/Badges/nbviewer_badge.svg",
    }
    links = places(project, "notebooks/00_start_here.ipynb")
    return "\n".join(f"[![Open on {name}]({images[name]})]({links[name]})" for name in links)


def set_up_cell(book):
    return next(cell for cell in book.cells if cell.cell_type == "code")


def before_the_first_section(book) -> list:
    """Return the cells between the title and the first section: the set-up cell and the imports."""
    texts = [i for i, cell in enumerate(book.cells) if cell.cell_type == "markdown"]
    return book.cells[1 : texts[1]]


def readdress(root: pathlib.Path) -> None:
    """Where README and notebooks still have the address that was stamped last, write the present one."""
    start = nbformat.read(root / "notebooks/00_start_here.ipynb", as_version=4)
    old = re.compile(rf"(?<![\w-]){STAMPED.search(set_up_cell(start).source)[1]}(?![\w-])")
    for path in [root / "README.md", *(root / "notebooks").rglob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        path.write_text(old.sub(slug(root), text), encoding="utf-8")


def stamp_notebooks(root: pathlib.Path) -> None:
    project = slug(root)
    paths = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    books = [nbformat.read(path, as_version=4) for path in paths]
    names = [
        f"[{path.name[:2]} {re.match('# (.+)', book.cells[0].source)[1]}]({path.name})"
        for path, book in zip(paths, books, strict=True)
    ]
    set_up = set_up_cell(books[0]).source
    for i, (path, book) in enumerate(zip(paths, books, strict=True)):
        first, last = book.cells[0], book.cells[-1]
        set_up_cell(book).source = set_up
        for cell in before_the_first_section(book):
            cell.metadata.slideshow = {"slide_type": "skip"}
        links = places(project, f"notebooks/{path.name}")
        links = [f"[{name}]({address})" for name, address in links.items()]
        here = "[on this machine](00_start_here.ipynb#Run)" if i else "[on this machine](#Run)"
        run = f"Run it: {here}, on {links[0]} or on {links[1]}. Read it on {links[2]}."
        before, after = names[max(i - 1, 0) : i], names[i + 1 : i + 2]
        beside = [f"Previous: {name}." for name in before] + [f"Next: {name}." for name in after]
        first.source = LINE.sub("", first.source) + "\n\n" + " ".join([run, *beside])
        last.source = LINE.sub("", last.source) + ("\n\n" + " ".join(beside) if beside else "")
        nbformat.write(book, path)


def stamp_homework(root: pathlib.Path) -> None:
    """Stamp the set-up cell of the homework, where there is one."""
    set_up = set_up_cell(nbformat.read(root / "notebooks/00_start_here.ipynb", as_version=4)).source
    heading = set_up.partition("\n")[0].partition(":")[0]
    for path in sorted((root / "notebooks/homework").rglob("*.ipynb")):
        book = nbformat.read(path, as_version=4)
        for cell in book.cells:
            if cell.source.startswith(heading):
                cell.source = set_up
        nbformat.write(book, path)


def stamp_readme(root: pathlib.Path) -> None:
    path = root / "README.md"
    text = BADGES.sub(lambda _: badges(slug(root)), path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")


def stamp(root: pathlib.Path = ROOT) -> None:
    """Stamp the notebooks, the homework and the README of a clone."""
    readdress(root)
    stamp_notebooks(root)
    stamp_homework(root)
    stamp_readme(root)


if __name__ == "__main__":
    stamp(*map(pathlib.Path, sys.argv[1:]))
