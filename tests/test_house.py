"""The house itself: what lies where, and that what it says about itself is true."""

import configparser
import doctest
import os
import re
import subprocess
import tomllib
from pathlib import Path

import descent
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "lib" / "pyproject.toml").read_text(encoding="utf-8"))
URL = PYPROJECT["project"]["urls"]["Repository"]
TEST_TOOLS = "# To test"


def texts():
    """Yield the path below the root and the text of each file of the project."""
    made = {
        ".git",
        ".venv",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        "__pycache__",
        ".ipynb_checkpoints",
    }
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(
            f for f in folders if f not in made and f != "build" and not f.endswith(".egg-info")
        )
        for name in sorted(files):
            path = Path(folder) / name
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            if path != Path(__file__) and path != ROOT / ".git":
                yield path.relative_to(ROOT).as_posix(), text


def requirements(text):
    """Return the requirements of a pip file by name, its comments and editable installs left out."""
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    found = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def pins(path):
    """Return the exact versions that a lock or a list of constraints holds."""
    found = {}
    for name, requirement in requirements(path.read_text(encoding="utf-8")).items():
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{path.name} does not pin {name}"
        found[name] = Version(specifier.version)
    return found


def wanted(part="all"):
    """Return the requirements of requirements.txt: "run" without the test tools, "test" those, or "all"."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    run, heading, test = text.partition(TEST_TOOLS)
    assert heading
    return requirements({"run": run, "test": test, "all": text}[part])


def lower_bound(requirement):
    (bound,) = [Version(s.version) for s in requirement.specifier if s.operator == ">="]
    return bound


def test_top_level_holds_only_what_the_plan_allows():
    seen = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    files = {"README.md", "LICENSE", "CITATION.cff", "requirements.txt"}
    assert seen == files | {"notebooks", "lib", "tests", "binder"}


def test_readme_names_the_two_commands_and_they_can_be_run():
    commands = re.findall(r"^    (\S.*)$", README, flags=re.MULTILINE)
    assert commands == ["notebooks/open", "tests/run"]
    for command in [*commands, "notebooks/publish", ".ci/run", "binder/lock"]:
        assert os.access(ROOT / command, os.X_OK), f"{command} cannot be run"


@pytest.mark.parametrize(
    "script",
    ["notebooks/open", "notebooks/publish", "tests/run", ".ci/run", ".ci/environment", "binder/lock"],
)
def test_scripts_are_valid_bash(script):
    run = subprocess.run(["bash", "-n", ROOT / script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_readme_examples_run():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried >= 4
    assert failed == 0


@pytest.mark.parametrize("document", ["README.md", ".github/CONTRIBUTING.md", "binder/README.md"])
def test_links_between_files_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("document", [".github/CONTRIBUTING.md", ".github/oldest.txt", "binder/README.md"])
def test_paths_in_the_text_exist(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    paths = re.findall(r"(?<![\w./:-])((?:\.github|\.ci|lib|tests|binder|notebooks)/[\w./]*\w)", text)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_readme_lists_every_notebook():
    listed = re.findall(r"\]\(notebooks/([^)]+\.ipynb)\)", README)
    assert listed == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_the_address_of_the_project_is_the_one_in_pyproject():
    slug = URL.removeprefix("https://github.com/")
    owner = slug.partition("/")[0]
    pattern = rf"\b{owner}/[\w-]+"
    for path, text in texts():
        addresses = set(re.findall(pattern, text))
        assert addresses <= {slug}, path
        stamped = path in ("README.md", "lib/pyproject.toml") or path.endswith(".ipynb")
        assert stamped or not addresses, f"{path} repeats the address"
    assert URL in README


def test_no_file_names_a_place_on_somebodys_machine():
    place = re.compile(r"/(?:home|root|Users|work|opt|mnt)/[\w.]+|[A-Z]:\\Users")
    assert {path: place.findall(text) for path, text in texts() if place.search(text)} == {}


def test_requirements_begin_with_the_library_and_repeat_what_it_needs():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "-e ./lib"
    needs = requirements("\n".join(PYPROJECT["project"]["dependencies"]))
    assert needs.items() <= wanted("run").items()


def test_the_library_asks_for_the_numpy_that_it_requires():
    assert lower_bound(wanted("run")["numpy"]).release == descent.OLDEST_NUMPY


def test_the_lock_satisfies_the_requirements():
    locked = pins(ROOT / "binder" / "requirements.txt")
    for name, requirement in wanted("run").items():
        assert name in locked, f"binder/requirements.txt lacks {name}: run binder/lock"
        assert locked[name] in requirement.specifier, (
            f"{requirement}, locked is {locked[name]}: run binder/lock"
        )
    assert "-e ./lib" in (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()


def test_the_lock_leaves_the_test_tools_out():
    needed_by_others = {"mpmath"}  # SymPy computes with it
    locked = pins(ROOT / "binder" / "requirements.txt")
    assert locked.keys() & wanted("test").keys() <= needed_by_others


def test_binder_runs_a_python_that_the_library_supports():
    name, version = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().split("-")
    assert name == "python"
    assert Version(version) in Requirement(f"python{PYPROJECT['project']['requires-python']}").specifier


def test_the_oldest_versions_are_the_lower_bounds():
    oldest = pins(ROOT / ".github" / "oldest.txt")
    bounds = {
        name: requirement for name, requirement in wanted().items() if name != "ruff"
    }  # one style, one ruff
    assert oldest.keys() == bounds.keys()
    for name, requirement in bounds.items():
        bound = lower_bound(requirement)
        assert oldest[name].release[: len(bound.release)] == bound.release, name


def test_the_version_is_the_same_everywhere():
    version = PYPROJECT["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert descent.__version__ == version
    changes = re.findall(
        r"^## (\S+?),? ", (ROOT / ".github" / "CHANGELOG.md").read_text(), flags=re.MULTILINE
    )
    assert changes[0] == version


def test_the_workflow_runs_the_oldest_and_the_newest_every_week():
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    for part in ["cron:", "bash .ci/run", "versions: oldest", ".github/oldest.txt", "versions: newest"]:
        assert part in text
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert f'versions: oldest\n            python: "{oldest}"' in text


def test_both_licences_are_there():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "BSD 3-Clause License" in text
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text
    assert PYPROJECT["project"]["license"] == "BSD-3-Clause"


def test_markers_are_declared_where_pytest_looks():
    settings = configparser.ConfigParser()
    settings.read(ROOT / ".pytest.ini")
    markers = settings["pytest"]["markers"]
    assert {line.partition(":")[0] for line in markers.split("\n") if line} == {"browser", "slow"}
