"""What proves the checkers: every solution passes, every wrong answer fails and is called by its name."""

import functools
import importlib.util
import pathlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import nbformat
from homework.operators import mutants
from wrong_answers import TRANSPOSED, USUAL

HERE = pathlib.Path(__file__).resolve().parent
HOMEWORK = HERE.parents[1] / "notebooks" / "homework"
SOURCES = sorted(HOMEWORK.glob("source/*/*.ipynb"))
MARKS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.M)


def script(name: str):
    """Import a module from its file."""
    path = pathlib.Path(name)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = script(HOMEWORK / "release.py")


@dataclass(frozen=True)
class Answers:
    """Right and wrong answers to one exercise, written by hand.

    `right`: functions, written otherwise than the solution.  `wrong`: pairs (function, words) or triples
    (old text, new text, words) that edit the solution; `words` is what the diagnosis must say, a
    pattern, or None if this error has no name.  `generic`: other words, or None, for the wrong answers that
    are made for every exercise (USUAL); `same` names those that are no error here.
    """

    right: tuple
    wrong: tuple
    generic: dict = field(default_factory=dict)
    same: tuple = ()


@dataclass(frozen=True)
class Exercise:
    """One exercise of a source notebook: its name, its check, its solution and the names around it."""

    name: str
    check: Callable
    source: str
    names: dict
    answers: Answers

    def build(self, source: str) -> Callable:
        """Return the function that a text defines, among the names of the notebook."""
        names = dict(self.names)
        exec(compile(source, f"<{self.name}>", "exec"), names)
        return names[self.name]

    @property
    def solution(self) -> Callable:
        return self.build(self.source)


@functools.cache
def exercises() -> dict:
    """Return the exercises of each homework, by the name of the source."""
    return {path.stem: list(_of(path)) for path in SOURCES}


def title(name: str) -> str:
    """Return what a homework is called: the heading of its first cell."""
    path = next(path for path in SOURCES if path.stem == name)
    return re.match(r"# Homework (.+)", nbformat.read(path, as_version=4).cells[0].source)[1]


def _of(path):
    answers = script(HERE / "answers" / f"{path.stem[3:]}.py").ANSWERS
    notebook = nbformat.read(path, as_version=4)
    names, found = {"__name__": path.stem}, []
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        mark = cell.metadata.nbgrader
        if mark.solution:
            source = MARKS.sub("", cell.source)
            found.append((mark.grade_id, source))
            exec(compile(source, f"<{mark.grade_id}>", "exec"), names)
        elif not mark.grade and "checks" not in names:
            exec(compile(cell.source, path.name, "exec"), names)
    for name, source in found:
        check = getattr(names["checks"], f"check_{name}")
        yield Exercise(name, check, source, names, answers[name])


def wrong_answers(exercise: Exercise) -> list:
    """Return (name, function, pattern or None) for every named wrong answer to an exercise."""
    answers, found = exercise.answers, []
    for name, (make, words) in USUAL.items():
        if name not in answers.same:
            found.append((name, make(exercise.solution), answers.generic.get(name, words)))
    for item in answers.wrong:
        if len(item) == 2:
            found.append((item[1] or item[0].__name__, *item))
            continue
        old, new, words = item
        if old not in exercise.source:
            raise ValueError(f"{exercise.name}: the solution has no {old!r}")
        found.append((f"{old} -> {new}", exercise.build(exercise.source.replace(old, new)), words))
    if "transposed" in answers.generic:
        found.append((TRANSPOSED[0], TRANSPOSED[1](exercise.solution), answers.generic["transposed"]))
    return found


def survives(exercise: Exercise, answer, seeds) -> bool:
    """Whether an answer passes the check at every seed."""
    return all(exercise.check(answer, seed=seed) for seed in seeds)


@functools.cache
def generated(name: str) -> dict:
    """Return for each exercise of a homework (killed, equivalent, survivors) of the generated mutants.

    A mutant that gives the same as the solution on the inputs of 20 variants is equivalent; one that the
    published variant lets pass and another variant catches has survived.
    """
    found = {}
    for exercise in exercises()[name]:
        killed, equivalent, survivors = [], [], []
        for what, source in mutants(exercise.source):
            try:
                answer = exercise.build(source)
            except Exception:
                killed.append((what, source))
                continue
            if not exercise.check(answer):
                killed.append((what, source))
            elif survives(exercise, answer, range(1, 21)):
                equivalent.append((what, source))
            else:
                survivors.append((what, source))
        found[exercise.name] = killed, equivalent, survivors
    return found
