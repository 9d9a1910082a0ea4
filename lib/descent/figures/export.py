"""Exporting notebooks: stills instead of live widgets, with their alt text.

nbconvert shows a widget where a page has no kernel, and drops the alt text of pictures.
The package installs a configuration of nbconvert that names this preprocessor, so that
plain `jupyter nbconvert --to html` and `--to slides` keep both.
"""

from nbconvert.preprocessors import Preprocessor

from descent.figures.display import as_html


class StillsWithAltText(Preprocessor):
    """Write each picture that has an alt text as an HTML image with it, in place of a widget."""

    def preprocess_cell(self, cell, resources, index):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if "image/png" in data and alt:
                output["data"] = {"text/html": as_html(data["image/png"], alt)}
        return cell, resources
