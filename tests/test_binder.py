"""What Binder and a hub would build: the lock installs, and the settings are what they say."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"
NAMED = (BINDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("repo2docker") is None, reason="pip install jupyter-repo2docker")
def test_repo2docker_installs_the_lock_on_the_pinned_python():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert 'pip install --no-cache-dir -r "binder/requirements.txt"' in said
    python = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    assert f"environment for python={python}" in said


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("CI") != "true", reason="asks the package index: runs where CI=true")
def test_the_lock_resolves_in_a_clean_environment():
    python = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    if sys.version_info[:2] != tuple(map(int, python.split("."))):
        pytest.skip(f"the lock is for Python {python}")
    as_if_clean = ["--dry-run", "--ignore-installed"]
    command = [sys.executable, "-m", "pip", "install", *as_if_clean, "-r", str(BINDER / "requirements.txt")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_lock_holds_what_a_hub_needs():
    locked = (BINDER / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"^nbgitpuller==", locked, re.MULTILINE)


def test_the_settings_of_a_hub_give_what_the_page_promises():
    settings = yaml.safe_load((BINDER / "hub.yaml").read_text(encoding="utf-8"))
    memory = settings["singleuser"]["memory"]
    assert f"guarantee of {memory['guarantee'].removesuffix('M')} MB" in NAMED
    assert f"limit of {memory['limit'].removesuffix('G')} GB" in NAMED
    assert set(settings) <= {"singleuser", "prePuller", "scheduling", "cull", "hub", "proxy", "ingress"}


def test_binder_opens_the_first_notebook():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"mybinder\.org/v2/gh/\S+urlpath=lab/tree/notebooks/00_start_here\.ipynb", readme)


def test_sizes_of_hubs_follow_from_the_memory_of_a_student():
    """300 MB a student and 2 GB for the hub, rounded up to what is sold."""
    sizes = re.findall(r"^\| (\d+) students \| (\d+) GB \|", NAMED, re.MULTILINE)
    assert [int(students) for students, _ in sizes] == [30, 300]
    for students, memory in sizes:
        needed = 0.3 * int(students) + 2
        assert needed <= int(memory) <= 1.5 * needed


def test_a_hub_lets_somebody_in_and_gives_placeholders_up():
    settings = yaml.safe_load((BINDER / "hub.yaml").read_text(encoding="utf-8"))
    authenticator = settings["hub"]["config"]["Authenticator"]
    assert authenticator["allow_all"]  # JupyterHub 5 and newer refuse everybody without
    assert authenticator["admin_users"]
    assert (
        settings["scheduling"]["podPriority"]["enabled"]
        >= settings["scheduling"]["userPlaceholder"]["enabled"]
    )
