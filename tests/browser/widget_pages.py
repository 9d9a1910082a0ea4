"""Moving the widgets of an open page, and asking what can be reached and heard."""

STAGES = ".jp-OutputArea-output .descent-stage"
CONTROLS = "button, select, input, textarea, .noUi-handle, [contenteditable=true]"
ROLES = {"slider", "button", "combobox", "textbox", "checkbox", "spinbutton", "radio", "image"}
# The parts of a widget that reach out of the place it has on the page.
CUT_OFF = """stage => {
  const right = (stage.closest('.jp-OutputArea-output') ?? document.body).getBoundingClientRect().right;
  return [...stage.querySelectorAll('button, select, input, .noUi-target, .widget-label, img, p')]
    .filter(part => part.checkVisibility({visibilityProperty: true}))
    .filter(part => part.getBoundingClientRect().right > right + 1)
    .map(part => part.outerHTML.slice(0, 90));
}"""


KERNEL_IS_IDLE = """() =>
  window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"""


def look(stage) -> tuple:
    """What is seen of a widget: the picture's address, which is new with each picture, and the sentence."""
    return stage.locator("img.widget-image").get_attribute("src"), stage.locator("[role=status]").inner_text()


def move(handle) -> None:
    """Move one slider by keyboard."""
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.focus()
    handle.page.keyboard.press("PageDown" if at_end else "PageUp")


def changes(stage, act, control) -> tuple:
    """Act on a control; return whether the picture and the sentence changed."""
    before, idle = look(stage), 0
    act(control)
    for _ in range(50):
        stage.page.wait_for_timeout(100)
        idle = idle + 1 if stage.page.evaluate(KERNEL_IS_IDLE) else 0
        if idle == 15:  # it has drawn what there was to draw: the same picture
            break
        if look(stage)[0] != before[0]:
            stage.page.wait_for_timeout(200)
            break
    after = look(stage)
    return after[0] != before[0], after[1] != before[1]


def move_all(stage) -> list:
    """Move every slider of a widget; where it has none, choose another option of its drop-downs."""
    stage.scroll_into_view_if_needed()
    stage.locator(".noUi-handle, select").first.wait_for(timeout=30_000)
    handles = stage.locator(".noUi-handle").all()
    if handles:
        return [changes(stage, move, handle) for handle in handles]
    return [
        changes(stage, lambda box: box.select_option(index=1), box) for box in stage.locator("select").all()
    ]


def shown_controls(stage) -> list:
    """Return box and `tabindex` of the controls that can be seen and used, in the order of the page."""
    return stage.evaluate(
        """(stage, controls) => [...stage.querySelectorAll(controls)]
          .filter(part => part.checkVisibility({visibilityProperty: true}) && !part.disabled)
          .map(part => Object.assign(part.getBoundingClientRect().toJSON(),
                                     {tabindex: part.getAttribute('tabindex') ?? '0'}))""",
        CONTROLS,
    )


def tabbed_through(stage) -> list:
    """Press Tab from the first control of a widget until the focus leaves it; return where it was."""
    stage.locator(CONTROLS).first.focus()
    reached = []
    while box := stage.evaluate(
        """stage => stage.contains(document.activeElement)
          ? document.activeElement.getBoundingClientRect().toJSON() : null"""
    ):
        reached.append(box)
        stage.page.keyboard.press("Tab")
    return reached


def comes_after(box: dict, other: dict) -> bool:
    """Whether a box is read after another one: right of it in the same row, or in a row below."""
    same_row = box["top"] < other["bottom"] and other["top"] < box["bottom"]
    return box["left"] >= other["left"] if same_row else box["top"] >= other["bottom"]


def heard(stage) -> list:
    """Return role and name of each part of a widget, as the browser tells them to a screen reader."""
    page = stage.page
    stage.evaluate("stage => { window.asked = stage; }")
    session = page.context.new_cdp_session(page)
    asked = session.send("Runtime.evaluate", {"expression": "window.asked"})["result"]["objectId"]
    nodes = session.send("Accessibility.queryAXTree", {"objectId": asked})["nodes"]
    session.detach()
    return [
        (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if "role" in node
    ]
