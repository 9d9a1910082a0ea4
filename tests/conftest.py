"""What all tests share: Hypothesis profiles, a Matplotlib that needs no screen, the mark `slow`."""

import gc
import os
import re

import matplotlib
import pytest
from hypothesis import HealthCheck, settings

matplotlib.use("Agg")

# No deadline: tests hold no clocks.  In CI the examples are the same in every run.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", parent=settings.get_profile("default"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI", "").lower() in ("1", "true") else "default")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than a few seconds")


def pytest_collection_finish(session):
    """Tell the garbage collector to look no more at what has been imported and collected: it stays."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep modules and classes together, as loadscope does, but let each notebook go by itself."""
    from xdist.scheduler import LoadScopeScheduling

    class ByNotebook(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            notebook = re.search(
                r"test_(?:notebooks|drills|widgets_live)\.py::.*\[(?:chromium-)?(\d\d)\b", nodeid
            )
            return notebook[1] if notebook else super()._split_scope(nodeid)

    return ByNotebook(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave the thin sweep of the widgets out where the full one is among the tests."""

    def swept(name):
        return {item.callspec.id: item for item in items if getattr(item, "originalname", "") == name}

    thin, full = swept("test_widgets_at_both_ends"), swept("test_widgets_at_every_position")
    covered = [thin[path] for path in thin.keys() & full.keys()]
    items[:] = [item for item in items if item not in covered]


@pytest.fixture(scope="session")
def calls_of():
    """Return a wrapper that counts the calls of a function without the library's help."""

    def count(f):
        def counting(*args):
            counting.calls += 1
            return f(*args)

        counting.calls = 0
        return counting

    return count
