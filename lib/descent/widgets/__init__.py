"""Widgets: `play` a run, `explore` a function of controls."""

from descent.widgets.controls import (
    PlaneBox,
    ProblemBox,
    RayBox,
    ValleyBox,
    check,
    choice,
    power_slider,
    slider,
    whole_slider,
)
from descent.widgets.expressions import ExpressionBox, text_box
from descent.widgets.live import watch
from descent.widgets.questions import AnswerBox, FunctionBox
from descent.widgets.stage import Stage, explore, play

__all__ = [
    "AnswerBox",
    "ExpressionBox",
    "FunctionBox",
    "PlaneBox",
    "ProblemBox",
    "RayBox",
    "Stage",
    "ValleyBox",
    "check",
    "choice",
    "explore",
    "play",
    "power_slider",
    "slider",
    "text_box",
    "watch",
    "whole_slider",
]
