"""Names for screen readers: what ipywidgets leaves unsaid in a browser, a few lines of JavaScript say.

The handles of sliders and the buttons of a player have no names, the picture has a title and no
alternative text, and a sentence that changes is not announced.  The front end alone can mend that,
and anywidget carries the lines there.  Without that package the widgets work, unnamed.
"""

import ipywidgets

try:
    import anywidget
except ImportError:
    anywidget = None

JAVASCRIPT = """
function say(stage) {
  for (const slider of stage.querySelectorAll(".widget-slider")) {
    const label = slider.querySelector(".widget-label")?.textContent ?? "";
    slider.querySelectorAll(".noUi-handle").forEach(handle => handle.setAttribute("aria-label", label));
    const readout = slider.querySelector(".widget-readout");
    readout?.setAttribute("role", "textbox");
    readout?.setAttribute("aria-label", `${label}, as a number`);
  }
  for (const player of stage.querySelectorAll(".widget-play")) {
    ["play or pause", "stop", "repeat"].forEach((name, i) =>
      player.querySelectorAll("button")[i]?.setAttribute("aria-label", name));
  }
  for (const image of stage.querySelectorAll("img.widget-image")) image.alt = image.title;
  for (const text of stage.querySelectorAll(".widget-html-content")) text.setAttribute("aria-live", "polite");
}

function render({ el }) {
  const stage = el.closest(".descent-stage");
  if (!stage) {  // not on the page yet
    setTimeout(() => render({ el }), 50);
    return;
  }
  say(stage);
  new MutationObserver(() => say(stage)).observe(
    stage, { subtree: true, childList: true, attributeFilter: ["title"] });
}

export default { render };
"""


def names() -> list[ipywidgets.Widget]:
    """Return the invisible widget that names the controls of the stage it lies in, if it can be made.

    >>> len(names()) <= 1
    True
    """
    if anywidget is None:
        return []
    return [Names(layout={"display": "none"})]


if anywidget is not None:

    class Names(anywidget.AnyWidget):
        _esm = JAVASCRIPT
