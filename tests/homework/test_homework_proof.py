"""Every solution passes, every wrong answer fails, and what the diagnosis names is the error."""

import re

import pytest
from homework.proof import SOURCES, exercises, generated, wrong_answers
from homework.publish import README, SENTENCE, published, sentence, table

EACH = [pytest.param(e, id=f"{name[:2]} {e.name}") for name, found in exercises().items() for e in found]
each = pytest.mark.parametrize("exercise", EACH)
SEEDS = [0, 1, 1000]
OBSERVED = {
    "exception",
    "form",
    "shape",
    "endless",
    "a number is not finite",
}  # said as seen, no cause is claimed


@each
@pytest.mark.parametrize("seed", [*SEEDS, 7, 20261])
def test_the_solution_and_other_right_answers_pass(exercise, seed):
    assert len(exercise.answers.right) >= 2
    for answer in (exercise.solution, *exercise.answers.right):
        found = exercise.check(answer, seed=seed)
        assert found, f"{answer.__name__}: {found}"


@each
@pytest.mark.parametrize("seed", SEEDS)
def test_every_wrong_answer_fails_and_no_wrong_cause_is_named(exercise, seed):
    for name, answer, words in wrong_answers(exercise):
        found = exercise.check(answer, seed=seed)
        assert not found, name
        right = words and re.search(words, found.message, re.DOTALL)
        assert right or not found.slip or found.slip in OBSERVED, f"{name}: {found}"


@each
def test_errors_that_have_a_name_are_named(exercise):
    """At least 80 % of them; here an answer without a name would be one that no words are known for."""
    named = [(name, answer, words) for name, answer, words in wrong_answers(exercise) if words]
    found = [re.search(words, exercise.check(answer).message, re.DOTALL) for _, answer, words in named]
    missed = [name for (name, *_), hit in zip(named, found, strict=True) if not hit]
    assert len(missed) <= 0.2 * len(named), missed


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in SOURCES])
def test_generated_mutants_fail(name):
    for exercise, (killed, _, survivors) in generated(name).items():
        assert survivors == [], exercise
        assert killed, exercise


@pytest.mark.slow
def test_the_published_table_is_true():
    assert published() == table(), "run: python tests/homework/publish.py"
    assert SENTENCE.findall(README.read_text(encoding="utf-8")) == [sentence()]
    assert "| 100 % |" in table().splitlines()[-1]
