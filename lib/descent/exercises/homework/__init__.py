"""Checkers of the homework, one module a notebook: `check_name(answer, *, seed=0)` returns a Diagnosis."""
