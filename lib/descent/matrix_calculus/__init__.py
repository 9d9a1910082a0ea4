"""Matrix calculus: an expression's differential turns into gradient and Hessian, rule by rule."""

from descent.matrix_calculus.derivation import Derivation, differentiate
from descent.matrix_calculus.formula import Formula
from descent.matrix_calculus.learner import Verdict, check_line
from descent.matrix_calculus.line import Line

__all__ = ["Derivation", "Formula", "Line", "Verdict", "check_line", "differentiate"]
