"""Write the table of exercises, wrong answers and how many fail: python tests/homework/publish.py."""

import functools
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "lib")]

from homework.proof import HOMEWORK, exercises, generated, title, wrong_answers  # noqa: E402

PAGE = HOMEWORK / "README.md"
README = HOMEWORK.parents[1] / "README.md"
START, END = "<!-- table: written by tests/homework/publish.py -->", "<!-- end of table -->"
HEAD = """\
| homework | exercises | right answers | wrong answers, named | mutants, generated | equivalent | killed |
|---|---|---|---|---|---|---|
"""


def counts(name: str) -> dict:
    """Count the exercises of a homework, its right and wrong answers, and those that the checks catch."""
    found = exercises()[name]
    made = generated(name).values()
    wrong = [(e, answer) for e in found for _, answer, _ in wrong_answers(e)]
    caught = sum(not e.check(answer) for e, answer in wrong) + sum(len(killed) for killed, _, _ in made)
    mutants = sum(len(killed) + len(survivors) for killed, _, survivors in made)
    return {
        "exercises": len(found),
        "right": sum(1 + len(e.answers.right) for e in found),
        "wrong": len(wrong),
        "generated": mutants,
        "equivalent": sum(len(equivalent) for _, equivalent, _ in made),
        "caught": caught,
    }


def rate(n: dict) -> str:
    return f"{100 * n['caught'] / (n['wrong'] + n['generated']):.4g} %"


def row(first: str, n: dict) -> str:
    cells = [first, n["exercises"], n["right"], n["wrong"], n["generated"], n["equivalent"], rate(n)]
    return "| " + " | ".join(map(str, cells)) + " |"


@functools.cache
def table() -> str:
    """Return the table in Markdown."""
    rows, total = [], {}
    for name in exercises():
        n = counts(name)
        rows.append(row(f"[{title(name)}]({name}.ipynb)", n))
        total = {key: total.get(key, 0) + value for key, value in n.items()}
    return HEAD + "\n".join([*rows, row("all", total)])


SENTENCE = re.compile(r"\d+ exercises, \d+ wrong answers and \d+ mutants, [\d.]+ % of them caught")


def sentence() -> str:
    """Return what the README of the project says: the last row in words."""
    _, _, exercises, _, wrong, generated, _, caught, _ = table().splitlines()[-1].split(" | ".strip())
    return (
        f"{exercises.strip()} exercises, {wrong.strip()} wrong answers and {generated.strip()} mutants, "
        f"{caught.strip()} of them caught"
    )


def published() -> str:
    """Return the table that the page shows."""
    return re.search(f"{START}\n\n(.*)\n\n{END}", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]


if __name__ == "__main__":
    before, after = PAGE.read_text(encoding="utf-8").split(f"{START}\n\n{published()}\n\n{END}")
    PAGE.write_text(f"{before}{START}\n\n{table()}\n\n{END}{after}", encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    README.write_text(SENTENCE.sub(sentence(), readme), encoding="utf-8")
    print(published())
