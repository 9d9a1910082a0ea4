"""Widgets for screen readers and keyboards: what the front ends leave out, a few lines of JavaScript add.

The handles of sliders and the buttons of a player have no names, the picture has a title and no
alternative text, and a sentence that changes is not announced.  Jupyter takes plain keys for commands
on cells even when a control has the focus: in Notebook 7 an arrow leaves the slider, and in JupyterLab
too an arrow leaves a drop-down, and a letter typed there inserts or deletes a cell.  The front end
alone can mend that, and anywidget carries the lines there.  Without that package the widgets work,
unnamed, by mouse and by Page Up, Page Down, Home and End.
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
    const handle = slider.querySelector(".noUi-handle");
    const readout = slider.querySelector(".widget-readout");
    if (!handle || !readout) continue;
    handle.setAttribute("aria-label", label);
    handle.setAttribute("aria-valuetext", readout.textContent);  // a power of ten, not its exponent
    readout.setAttribute("role", "textbox");
    readout.setAttribute("aria-label", `${label}, as a number`);
  }
  for (const player of stage.querySelectorAll(".widget-play")) {
    ["play or pause", "stop", "repeat"].forEach((name, i) =>
      player.querySelectorAll("button")[i]?.setAttribute("aria-label", name));
  }
  for (const image of stage.querySelectorAll("img.widget-image")) image.alt = image.title;
  for (const text of stage.querySelectorAll(".widget-html-content")) text.setAttribute("aria-live", "polite");
}

function watch(el) {
  const stage = el.closest(".descent-stage");
  if (!stage) {  // not on the page yet
    setTimeout(() => watch(el), 50);
    return;
  }
  say(stage);
  new MutationObserver(() => say(stage)).observe(
    stage, { subtree: true, childList: true, attributeFilter: ["title"] });
}

function render({ el }) {
  // Jupyter's commands pass by an element with this mark. Enter, and keys with Ctrl, Alt or Cmd, stay theirs.
  function keep(event) {
    if (!el.closest(".descent-stage")?.contains(event.target)) return;
    const plain = event.key !== "Enter" && !event.ctrlKey && !event.altKey && !event.metaKey;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", plain);
  }
  window.addEventListener("keydown", keep, true);  // before Jupyter, which listens on the document
  watch(el);
  return () => window.removeEventListener("keydown", keep, true);
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
