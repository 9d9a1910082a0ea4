"""Pictures of steps: static part once, then one step at a time, with a sentence for each."""

from descent.figures.display import Shown, Source, show, source
from descent.figures.picture import Frame, Picture
from descent.figures.style import new_figure, styled

__all__ = ["Frame", "Picture", "Shown", "Source", "new_figure", "show", "source", "styled"]
