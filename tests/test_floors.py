"""The floors of the package: a module imports only from floors below its own, and light doors stay light."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from descent import exercises

LIB = Path(__file__).resolve().parents[1] / "lib"
PACKAGE = LIB / "descent"

FLOOR = {
    "stepwise": 1,
    "problems": 2,
    "univariate": 2,
    "conditions": 2,
    "autodiff": 2,
    "matrix_calculus": 2,
    "differentials": 3,
    "line_search": 3,
    "methods": 4,
    "stochastic": 4,
    "nn": 4,
    "expectations": 4,
    "figures": 5,
    "widgets": 6,
    "exercises": 6,
}
# Exercises check answers without a picture, and the upper rooms of one floor do not know each other.
HIGHEST_IMPORT = {name: floor - 1 for name, floor in FLOOR.items()} | {"exercises": 4}

# Packages that a module may import at its top; NumPy and the standard library are for all.
PACKAGES = {
    "stochastic": {"scipy", "tqdm"},
    # Pillow comes with Matplotlib; export.py is loaded by nbconvert alone
    "figures": {"matplotlib", "PIL", "networkx", "IPython", "nbconvert"},
    "widgets": {"matplotlib", "networkx", "IPython", "anywidget", "ipywidgets", "tqdm", "traitlets"},
}
# Packages that a module may import only inside a function, where they are needed.
PACKAGES_INSIDE = {
    "autodiff": {"networkx"},
    "matrix_calculus": {"sympy"},
}

HEAVY = ["matplotlib", "ipywidgets", "sympy", "scipy", "networkx", "IPython"]


def rooms():
    """Return the modules and subpackages directly under `descent`."""
    entries = [p for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()]
    return sorted(p.stem for p in entries if p.stem != "__init__")


def sources(room):
    file = PACKAGE / f"{room}.py"
    return [file] if file.exists() else sorted((PACKAGE / room).rglob("*.py"))


def absolute(node, package):
    """Return the modules that an import statement names, relative ones resolved in `package`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.level == 0:
        base = node.module
    else:
        parts = package.split(".")
        base = ".".join(parts[: len(parts) - node.level + 1] + ([node.module] if node.module else []))
    if base == "descent":  # from descent import problems
        return [f"descent.{alias.name}" for alias in node.names]
    return [base]


def imports(source, package):
    """Yield (module, line, inside a function) for each import of a source text."""

    def visit(node, inside):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                for name in absolute(child, package):
                    yield name, child.lineno, inside
            else:
                yield from visit(
                    child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                )

    yield from visit(ast.parse(source), False)


def violations(room, source, package):
    """Return a sentence for each import that the floors forbid."""
    found = []
    inside_too = PACKAGES.get(room, set()) | PACKAGES_INSIDE.get(room, set())
    for module, line, inside in imports(source, package):
        top, _, rest = module.partition(".")
        if top == "descent":
            other = rest.split(".")[0]
            if other == room:
                continue
            if other not in FLOOR:
                found.append(f"line {line}: {room} imports {module}, which has no floor")
            elif FLOOR[other] > HIGHEST_IMPORT[room]:
                found.append(
                    f"line {line}: {room} (may import up to floor {HIGHEST_IMPORT[room]}) "
                    f"imports {other} of floor {FLOOR[other]}"
                )
        elif top not in sys.stdlib_module_names and top != "numpy":
            allowed = inside_too if inside else PACKAGES.get(room, set())
            if top not in allowed:
                found.append(f"line {line}: {room} imports {top}" + " inside a function" * inside)
    return found


def loaded_by(statement, names=HEAVY):
    """Return which of the names, by default heavy packages, a fresh interpreter holds after a statement."""
    code = f"{statement}\nimport sys\nprint(*[name for name in {names} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(LIB)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_every_module_has_a_floor():
    assert set(rooms()) <= set(FLOOR), f"give a floor to {sorted(set(rooms()) - set(FLOOR))}"


@pytest.mark.parametrize("room", rooms())
def test_module_imports_only_from_floors_below(room):
    found = []
    for path in sources(room):
        package = ".".join(path.relative_to(LIB).parent.parts)
        found += [f"{path.name}, {v}" for v in violations(room, path.read_text(encoding="utf-8"), package)]
    assert found == []


def test_descent_itself_imports_nothing_that_waits_above():
    source = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    assert [name for name, _, _ in imports(source, "descent") if name.startswith("descent")] == []


@pytest.mark.parametrize(
    "module",
    ["descent", *(f"descent.{room}" for room in rooms() if FLOOR.get(room, 9) <= 3)],
)
def test_lower_floors_load_numpy_alone(module):
    assert loaded_by(f"import {module}") == []


@pytest.mark.parametrize("module", ["descent", "descent.stepwise", "descent.univariate"])
def test_the_promised_light_doors_exist(module):
    assert loaded_by(f"import {module}") == []


def test_a_checker_brings_only_what_it_needs():
    rooms = ["descent.univariate", "descent.autodiff", "descent.matrix_calculus", "descent.nn"]
    assert loaded_by("from descent.exercises import check_keep", rooms) == ["descent.univariate"]
    assert loaded_by("import descent.widgets", rooms[1:]) == []


def test_every_checker_is_found_in_its_module():
    assert loaded_by("from descent.exercises import *", ["descent.nn"]) == ["descent.nn"]
    with pytest.raises(AttributeError, match=r"no checker check_nothing; it has .*check_keep"):
        exercises.check_nothing


def test_a_heavy_import_would_be_seen():
    assert loaded_by("import descent, networkx") == ["networkx"]


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("univariate", "from descent.methods import newton"),
        ("univariate", "import descent.problems"),
        ("univariate", "from descent import figures"),
        ("univariate", "from ..line_search import exact"),
        ("univariate", "from .. import widgets"),
        ("univariate", "def plot():\n    import matplotlib.pyplot as plt"),
        ("univariate", "from descent.cellar import wine"),
        ("univariate", "try:\n    import scipy\nexcept ImportError:\n    pass"),
        ("matrix_calculus", "import sympy"),
        ("exercises", "from descent.figures import show"),
        ("figures", "import ipywidgets"),
        ("widgets", "from descent.exercises import check"),
    ],
)
def test_a_forbidden_import_is_found(room, source):
    assert len(violations(room, source, f"descent.{room}")) == 1


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("univariate", "import math\nimport numpy as np\nfrom descent.stepwise import Run"),
        ("univariate", "from .sections import dichotomy\nfrom descent.univariate import brent"),
        ("matrix_calculus", "def latex():\n    import sympy"),
        (
            "widgets",
            "import ipywidgets\nfrom descent.figures import show\nfrom descent.problems import univariate",
        ),
    ],
)
def test_a_permitted_import_is_left_alone(room, source):
    assert violations(room, source, f"descent.{room}") == []
