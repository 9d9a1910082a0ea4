"""Links and set-up: stamped from one address, and working wherever a notebook is opened."""

import re
import shutil
import subprocess
import sys

import pytest
from stamp import places, slug, stamp

from notebooks import FOLDER, PATHS, ROOT, code_cells, read

SET_UP = code_cells(PATHS[0])[0].source
ADDRESS = slug(ROOT)
STAMPED = ["README.md", *(path.relative_to(ROOT).as_posix() for path in sorted(FOLDER.rglob("*.ipynb")))]


@pytest.fixture
def clone(tmp_path):
    """A clone of what is stamped, and of the library."""
    for name in [*STAMPED, "lib/pyproject.toml"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "lib/descent").symlink_to(ROOT / "lib/descent")
    return tmp_path


def texts(root):
    return {name: (root / name).read_text(encoding="utf-8") for name in STAMPED}


def test_stamping_again_changes_nothing(clone):
    stamp(clone)
    assert texts(clone) == texts(ROOT), "run  python tests/stamp.py"


def test_another_address_goes_everywhere(clone):
    project = clone / "lib/pyproject.toml"
    project.write_text(project.read_text().replace(ADDRESS, "somebody/else-where"))
    stamp(clone)
    for name, text in texts(clone).items():
        assert ADDRESS not in text, name
        assert text.replace("somebody/else-where", ADDRESS) == texts(ROOT)[name]
    assert "https://github.com/somebody/else-where" in texts(clone)["README.md"]


def test_a_new_notebook_is_linked_by_its_neighbours(clone):
    shutil.copy(clone / "notebooks/00_start_here.ipynb", clone / "notebooks/99_last.ipynb")
    stamp(clone)
    assert "Next: [99 Start here](99_last.ipynb)." in (clone / "notebooks" / PATHS[-1].name).read_text()
    assert f"Previous: [{PATHS[-1].stem[:2]} " in (clone / "notebooks/99_last.ipynb").read_text()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
def test_each_notebook_opens_on_binder_colab_and_nbviewer(path):
    links = re.findall(r"\[(\w+)\]\((https://[^)]+)\)", read(path).cells[0].source)
    assert dict(links) == places(ADDRESS, f"notebooks/{path.name}")


def test_badges_open_the_first_notebook():
    badges = re.findall(
        r"\[!\[Open on (\w+)\]\(https://\S+\)\]\((\S+)\)", (ROOT / "README.md").read_text("utf-8")
    )
    assert dict(badges) == places(ADDRESS, "notebooks/00_start_here.ipynb")


# Before the set-up cell: an interpreter in which descent is not installed.
NOT_INSTALLED = """
import pathlib, sys
sys.path[:] = [p for p in sys.path if not (pathlib.Path(p) / "descent").is_dir()]
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in str(finder).lower()]
"""
FETCH = """
import subprocess
def run(command, **options):
    print("fetch:", *command[1:])
    {then}
    return subprocess.CompletedProcess(command, {status})
subprocess.run = run
"""


def set_up(folder, before=""):
    """Run the set-up cell in a folder, in an interpreter of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", before + SET_UP]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "folder", ["", "notebooks", "notebooks/homework", "lib", "notebooks/a folder/deeper"]
)
def test_set_up_finds_the_library_of_the_clone(clone, folder):
    run = set_up(clone / folder, NOT_INSTALLED)
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(r"descent \S+ with NumPy \S+ is ready\.\n", run.stdout)


def test_set_up_takes_the_installed_library_outside_a_clone(tmp_path):
    installed = f"import sys; sys.path.append({str(ROOT / 'lib')!r})\n"
    run = set_up(tmp_path, NOT_INSTALLED + installed + FETCH.format(then="", status=1))
    assert run.returncode == 0, run.stderr
    assert "fetch" not in run.stdout


def test_set_up_fetches_the_library_where_there_is_no_clone_as_on_colab(tmp_path):
    arrives = f"import sys; sys.path.append({str(ROOT / 'lib')!r})"
    run = set_up(tmp_path, NOT_INSTALLED + FETCH.format(then=arrives, status=0))
    assert run.returncode == 0, run.stderr
    fetched, ready = run.stdout.splitlines()
    assert fetched == f"fetch: -m pip install -q git+https://github.com/{ADDRESS}#subdirectory=lib"
    assert "is ready" in ready


def test_set_up_says_what_to_do_where_nothing_can_be_fetched(tmp_path):
    run = set_up(tmp_path, NOT_INSTALLED + FETCH.format(then="", status=1))
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "ImportError: descent was neither found nor fetched: open this notebook in a clone of it."
    )


@pytest.mark.parametrize("version", ["1.26.4", "1.9.0"])
def test_set_up_says_that_numpy_is_too_old(tmp_path, version):
    (tmp_path / "numpy.py").write_text(f"__version__ = {version!r}")
    old = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT / 'lib')!r}]\n"
    run = set_up(tmp_path, old)
    assert run.stderr.splitlines()[-1] == (
        f"ImportError: NumPy {version} is too old: run  pip install --upgrade numpy  and restart the kernel"
    )


def test_set_up_says_which_packages_are_missing(clone):
    hide = (
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name in ('networkx', 'tqdm') else find(name, *a)\n"
    )
    run = set_up(clone, NOT_INSTALLED + hide)
    assert run.stderr.splitlines()[-1] == (
        "ImportError: packages are missing: run  pip install networkx tqdm  and restart the kernel"
    )
