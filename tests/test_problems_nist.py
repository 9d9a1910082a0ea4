"""NIST's files: what is read from them, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from descent.problems import least_squares, load_nist
from descent.problems.nist import FOLDER, read_nist

BASELINE = json.loads((Path(__file__).parent / "data" / "nist_baseline.json").read_text())["datasets"]
BY_NAME = {entry["name"]: entry for entry in BASELINE}


def line(b, x):
    return b[0] * x ** b[1]


@pytest.mark.parametrize("name", BY_NAME)
def test_every_number_of_the_head_is_read(name):
    entry, data = BY_NAME[name], read_nist(FOLDER / f"{name}.dat")
    assert data.name == name
    assert data.certified.tolist() == entry["certified"]
    assert data.deviations.tolist() == entry["certified_sd"]
    assert [start.tolist() for start in data.starts] == [entry["start1"], entry["start2"]]
    assert data.sum_of_squares == entry["certified_ssr"]
    assert data.x.shape == data.y.shape == (entry["nobs"],)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_models_give_the_certified_sum_of_squares(name):
    problem = least_squares[name]
    assert 2 * problem.f(problem.x_star) == pytest.approx(BY_NAME[name]["certified_ssr"], rel=1e-9)
    r, J = problem.residual(problem.x_star), problem.jac(problem.x_star)
    cosines = (J.T @ r) / (np.linalg.norm(J, axis=0) * np.linalg.norm(r))
    assert np.max(abs(cosines)) < 1e-4  # r is orthogonal to the model's surface, to 11 digits of b


@pytest.mark.parametrize("problem", least_squares.values(), ids=least_squares.keys())
def test_f_residual_gradient_and_jacobian_agree(problem):
    rng = np.random.default_rng(0)
    x = problem.x0 * (1 + 0.01 * rng.standard_normal(problem.x0.shape))
    r = problem.residual(x)
    assert problem.f(x) == pytest.approx(r @ r / 2, rel=1e-14)
    v = problem.x0 * rng.standard_normal(x.shape)
    h = 1e-6
    difference = (problem.residual(x + h * v) - problem.residual(x - h * v)) / (2 * h)
    assert problem.jac(x) @ v == pytest.approx(difference, rel=1e-4, abs=1e-5 * np.max(abs(difference)))
    assert problem.grad(x) == pytest.approx(problem.jac(x).T @ r, rel=1e-12)


@pytest.mark.parametrize("model", [line, lambda x, b: line(b, x), lambda x, p, q: line((p, q), x)])
def test_the_order_of_the_models_arguments_is_found(model):
    problem = load_nist(FOLDER / "DanWood.dat", model)
    assert problem.f(problem.x_star) == pytest.approx(problem.f_star, rel=1e-9)


def test_a_file_with_two_predictors_and_a_logarithm_is_read(tmp_path):
    b, rng = np.array([2.0, 0.5, -0.25]), np.random.default_rng(0)
    x1, x2 = np.repeat([1.0, 2.0, 4.0], 4), np.tile([1.0, 2.0, 3.0, 4.0], 3)

    def model(b, x):
        return b[0] - b[1] * x[0] * np.exp(b[2] * x[1])

    y = np.exp(model(b, np.array([x1, x2])) + 0.01 * rng.standard_normal(12))
    squares = float(np.sum((np.log(y) - model(b, np.array([x1, x2]))) ** 2))
    rows = [f"  b{j + 1} =  1.  2.5  {value:.10E}  1.0E-02" for j, value in enumerate(b)]
    head = [
        "NIST/ITL StRD",
        "Dataset Name:  Twofold           (Twofold.dat)",
        "               Starting Values   (lines 9 to 11)",
        "               Data              (lines 14 to 25)",
        "Model:         Exponential Class",
        "               3 Parameters (b1 to b3)",
        "               log[y] = b1 - b2*x1 * exp[b3*x2]  +  e",
        "        Start 1     Start 2           Parameter     Standard Deviation",
        *rows,
        f"Residual Sum of Squares:                    {squares:.17E}",
        "Data:  y   x1   x2",
    ]
    data = [f"{a!r} {p} {q}" for a, p, q in zip(y.tolist(), x1, x2, strict=True)]
    path = tmp_path / "Twofold.dat"
    path.write_text("\n".join(head + data))
    read = read_nist(path)
    assert read.x.shape == (2, 12)
    assert read.y == pytest.approx(np.log(y))
    assert read.formula == "b1 - b2*x1 * exp[b3*x2]"
    assert read.starts[0].tolist() == [1.0, 1.0, 1.0]
    for other in (model, lambda b, x: model(b, x.T)):
        problem = load_nist(path, other)
        assert problem.f(b) == pytest.approx(squares / 2)


def test_a_model_that_is_not_the_files_is_refused():
    with pytest.raises(ValueError, match="certified sum of squares"):
        load_nist(FOLDER / "DanWood.dat", lambda b, x: b[0] + b[1] * x)
    with pytest.raises(ValueError, match="raises"):
        load_nist(FOLDER / "DanWood.dat", lambda b: b)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other.dat"
    path.write_text("1 2 3\n")
    with pytest.raises(ValueError, match="NIST"):
        load_nist(path, line)


def test_a_file_with_a_broken_row_is_refused_by_its_name(tmp_path):
    lines = (FOLDER / "DanWood.dat").read_text(encoding="latin-1").splitlines()
    path = tmp_path / "DanWood.dat"
    path.write_text("\n".join([*lines[:-1], lines[-1] + " 7"]), encoding="latin-1")
    with pytest.raises(ValueError, match=r"path must hold rows of numbers in lines .*DanWood"):
        load_nist(path, lambda b, x: b[0] * x ** b[1])
