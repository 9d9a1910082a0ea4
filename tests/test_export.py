"""Plain nbconvert, as anybody calls it, keeps the stills and their alt texts."""

import re
import subprocess
import sys

import pytest

from notebooks import PATHS, code_cells


def pictures(path) -> list:
    return [
        output.metadata["image/png"]["alt"]
        for cell in code_cells(path)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["html", "slides"])
def test_exports_show_every_picture_with_its_text(tmp_path, kind):
    paths = PATHS[:4]
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", kind, "--output-dir", str(tmp_path)]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, cwd=tmp_path)
    for path in paths:
        page = next(tmp_path.glob(f"{path.stem}*.html")).read_text(encoding="utf-8")
        texts = re.findall(r'<img[^>]*\balt="([^"]+)"', page)
        assert len(texts) == len(pictures(path)) > 0
        assert "No description has been provided" not in page
        assert "widget-view+json" not in page
