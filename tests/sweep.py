"""Sweep a widget: every control at its minimum, middle and maximum, and random joint states."""

import contextlib
import io

import ipywidgets
import numpy as np
from PIL import Image


def sweep(stage, rng, random_states: int = 3, texts: tuple = ()) -> int:
    """Drive a `Stage` through its states and assert what must hold in each.

    Parameters
    ----------
    stage : Stage
        From `play` or `explore`; it is back in its first state afterwards.
    rng : numpy Generator
        Draws the joint states.
    random_states : int
        How many of them.
    texts : tuple of str
        Valid texts for text boxes; by default their own `examples`, or the text they hold.

    Returns
    -------
    int
        How many states were looked at.

    Raises
    ------
    AssertionError
        If a state leads to an error, to a picture of the wrong size or without content, to no
        sentence, or if no control changes picture and sentence.
    """
    groups = [leaves_of(control) for control in stage.controls.values()]
    leaves = [leaf for group in groups for leaf in group]
    assert leaves, "the widget has no controls"
    first = [leaf.value for leaf in leaves]
    seen = [look(stage)]
    beside = [group for group in groups for _ in group]
    for leaf, group in zip(leaves, beside, strict=True):
        for switch, option in switches(leaf, group):
            for value in values_of(leaf, texts):
                with drawn_once(stage):
                    restore(leaves, first)
                    if switch is not None:
                        switch.value = option
                    leaf.value = value
                seen.append(look(stage))
    glance(stage)
    for _ in range(random_states):
        with drawn_once(stage):
            for leaf, start in zip(leaves, first, strict=True):
                leaf.value = random_value(leaf, rng, texts, start)
        seen.append(look(stage))
    for _ in range(2):  # a step beyond the end of the last run is in reach when the first run is back
        with drawn_once(stage):
            restore(leaves, first)
    assert look(stage) == seen[0], "the first state does not show what it showed"
    assert len({png for png, _ in seen}) > 1, "no control changes the picture"
    assert len({sentence for _, sentence in seen}) > 1, "no control changes the sentence"
    return len(seen)


def glance(stage) -> None:
    """Drive a `Stage` through two states, all sliders and checks at one end and at the other, and back.

    For the quick part of the tests: it asserts in these states what `sweep` asserts in many.
    """
    leaves = [leaf for control in stage.controls.values() for leaf in leaves_of(control)]
    leaves = [leaf for leaf in leaves if hasattr(leaf, "max") or isinstance(leaf.value, bool)]
    first = [leaf.value for leaf in leaves]
    for end in (0, -1):
        with drawn_once(stage):
            for leaf in leaves:
                leaf.value = values_of(leaf)[end]
        look(stage)
    with drawn_once(stage):
        restore(leaves, first)


@contextlib.contextmanager
def drawn_once(stage):
    """Set several controls; the stage is drawn when all are set."""
    stage.refresh = lambda: None
    try:
        yield
    finally:
        del stage.refresh
    stage.refresh()


def look(stage) -> tuple:
    """Assert that the stage shows a picture and a sentence in its present state; return them."""
    state = f"in the state {stage.state}"
    assert stage.error is None, f"{type(stage.error).__name__}: {stage.error} {state}"
    assert stage.image.layout.display != "none", f"the picture is hidden {state}"
    assert stage.message.layout.display == "none", f"an error message is shown {state}"
    image = Image.open(io.BytesIO(stage.image.value))
    size = tuple(round(100 * inches) for inches in stage.picture.size)
    assert image.format == "PNG"
    assert image.size == size, f"the picture has the size {image.size}, not {size}, {state}"
    pixels = np.asarray(image.convert("L"))
    dark = np.mean(pixels < 128)
    assert dark > 1e-3, f"the picture is blank {state}"
    sentence = stage.image.tooltip
    assert sentence, f"there is no sentence {state}"
    assert sentence.strip(), f"the sentence is blank {state}"
    return stage.image.value, stage.sentence.value


def leaves_of(control) -> list:
    """Return the controls that a control consists of, itself if it is a single one."""
    if isinstance(control, ipywidgets.Box):
        inner = [leaf for child in control.children for leaf in leaves_of(child)]
        return [
            leaf for leaf in inner if hasattr(leaf, "value") and not isinstance(leaf, ipywidgets.HTMLMath)
        ]
    return [control]


def switches(leaf, group) -> list:
    """Return settings under which a control is tried: a text box beside a drop-down may count in one only."""
    choices = [other for other in group if isinstance(other, ipywidgets.Dropdown)]
    if not choices or not isinstance(leaf, (ipywidgets.Text, ipywidgets.FloatText, ipywidgets.IntText)):
        return [(None, None)]
    return [(choice, option) for choice in choices for option in values_of(choice)[-1:]]


def values_of(leaf, texts: tuple = ()) -> list:
    """Return minimum, middle and maximum of a control, all its options, or valid texts."""
    if isinstance(leaf, (ipywidgets.Dropdown, ipywidgets.ToggleButtons, ipywidgets.RadioButtons)):
        return [option[1] for option in leaf._options_full]
    if isinstance(leaf, (ipywidgets.Checkbox, ipywidgets.ToggleButton)):
        return [True, False]
    if isinstance(leaf, ipywidgets.SelectionSlider):
        options = [option[1] for option in leaf._options_full]
        return [options[0], options[len(options) // 2], options[-1]]
    if isinstance(leaf, (ipywidgets.IntRangeSlider, ipywidgets.FloatRangeSlider)):
        middle = (leaf.min + leaf.max) / 2
        middle = int(middle) if isinstance(leaf, ipywidgets.IntRangeSlider) else middle
        return [(leaf.min, leaf.max), (leaf.min, middle), (middle, leaf.max)]
    if isinstance(leaf, ipywidgets.FloatLogSlider):
        return [leaf.base**power for power in (leaf.min, (leaf.min + leaf.max) / 2, leaf.max)]
    if isinstance(leaf, (ipywidgets.IntSlider, ipywidgets.BoundedIntText)):
        return [leaf.min, (leaf.min + leaf.max) // 2, leaf.max]
    if isinstance(leaf, (ipywidgets.FloatSlider, ipywidgets.BoundedFloatText)):
        return [leaf.min, (leaf.min + leaf.max) / 2, leaf.max]
    if isinstance(leaf, ipywidgets.Text):
        return list(texts or getattr(leaf, "examples", (leaf.value,)))
    if isinstance(leaf, (ipywidgets.FloatText, ipywidgets.IntText)):  # an end of an interval
        return [leaf.value, leaf.value + (0.25 if isinstance(leaf, ipywidgets.FloatText) else 1)]
    raise NotImplementedError(f"sweep does not know how to set a {type(leaf).__name__}")


def random_value(leaf, rng, texts: tuple, start):
    """Return a random value of a control; numbers without limits stay as they were."""
    if isinstance(leaf, ipywidgets.IntRangeSlider):
        return tuple(sorted(int(number) for number in rng.integers(leaf.min, leaf.max + 1, 2)))
    if isinstance(leaf, ipywidgets.FloatRangeSlider):
        return tuple(sorted(float(number) for number in rng.uniform(leaf.min, leaf.max, 2)))
    if isinstance(leaf, ipywidgets.FloatLogSlider):
        return float(leaf.base ** rng.uniform(leaf.min, leaf.max))
    if isinstance(leaf, (ipywidgets.IntSlider, ipywidgets.BoundedIntText)):
        return int(rng.integers(leaf.min, leaf.max + 1))
    if isinstance(leaf, (ipywidgets.FloatSlider, ipywidgets.BoundedFloatText)):
        return float(rng.uniform(leaf.min, leaf.max))
    if isinstance(leaf, (ipywidgets.FloatText, ipywidgets.IntText)):
        return start
    values = values_of(leaf, texts)
    return values[int(rng.integers(len(values)))]


def restore(leaves, values) -> None:
    """Set the controls back; twice, since one control may limit another."""
    for _ in range(2):
        for leaf, value in zip(leaves, values, strict=True):
            leaf.value = value
