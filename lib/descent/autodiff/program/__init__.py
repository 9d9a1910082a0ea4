"""From a list to a program: gradients and curvature products as straight-line Python.

`outside` lets f run under supervision on `expression`s, which write a `graph`; `simplify` spares
operations on the way, `derivatives` adds the sweeps, `text` and `writer` make it a function, `recording` puts
these together and `compiled` runs what comes of it.
"""

from descent.autodiff.program.compiled import compile_grad, compile_hvp

__all__ = ["compile_grad", "compile_hvp"]
