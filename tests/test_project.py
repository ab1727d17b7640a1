"""The project itself: what the README promises of its files holds."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# direct dependencies that are run, not imported: the lab, and tools of `make test`
RUN_ONLY = {
    "hatchling", "import-linter", "jupyterlab", "mypy", "nbval", "pandas-stubs", "pytest-cov",
    "pytest-xdist", "ruff",
    "types-openpyxl",
}  # fmt: skip


def plain(name: str) -> str:
    return name.lower().replace("_", "-")


def names(requirements: list[str]) -> set[str]:
    return {plain(re.split(r"[<>=!~\[; ]", text)[0]) for text in requirements}


def declared() -> set[str]:
    return names(PROJECT["dependencies"]).union(*map(names, PROJECT["optional-dependencies"].values()))


def imported(folder: str) -> set[str]:
    """The distributions imported by the Python files below a folder."""
    modules: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.split(".")[0])
    own = {"binnenstad", "conftest", "axe_playwright_python"} | {path.stem for path in (ROOT / "tests").glob("*.py")}
    owners = packages_distributions()
    return {plain(owners[name][0]) for name in modules - own - set(sys.stdlib_module_names)}


def test_conda_users_get_the_same_dependencies() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    (by_pip,) = [entry["pip"] for entry in environment if isinstance(entry, dict)]
    entries = [entry for entry in environment if isinstance(entry, str)] + by_pip
    assert names(entries) - {"python", "pip", "--editable"} == declared()
    assert f"python{PROJECT['requires-python']}" in entries


def test_what_the_library_imports_is_declared_and_nothing_else() -> None:
    extras = PROJECT["optional-dependencies"]
    runtime = names(PROJECT["dependencies"]) | names(extras["pdf"]) | names(extras["scale"])
    assert imported("lib") == runtime - RUN_ONLY
    browser = {"axe-playwright-python", "playwright"}  # asked for by name, so that a machine without skips
    assert imported("tests") | browser >= names(PROJECT["optional-dependencies"]["test"]) - RUN_ONLY
    assert imported("lib") | imported("tests") <= declared()


def test_the_lock_pins_every_dependency_with_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==([^ \\]+)", lock, re.M)
    assert declared() <= {name.lower() for name, _ in pinned}
    assert "://" not in lock
    assert "index" not in {word for line in lock.splitlines() if line.startswith("-") for word in line.split()}
    entries = re.split(r"\n(?=[A-Za-z0-9_.-]+==)", lock)
    assert len(entries) == len(pinned)
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_readme_is_short_and_starts_with_a_command() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines, 1) if line.startswith("```"))
    assert len(lines) <= 80
    assert first < 25
    targets = re.findall(r"\]\(([^)#]+)\)", "\n".join(lines))
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin_typed_and_stripped(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    lines = [[line for line in text.splitlines() if line.strip()] for text in sources]
    assert sum(map(len, lines)) <= 60
    assert max(map(len, lines)) <= 10
    assert not any(re.search(r"^\s*(def|class) ", text, re.M) for text in sources)
    assert cells[0]["metadata"]["tags"] == ["parameters"]
    assert all(re.match(r"\w+: (str|int|float|bool) = .+  # \w+", line) for line in lines[0])
    kept = [cell for cell in cells if cell["outputs"]]
    assert [cell["metadata"].get("tags") for cell in kept] == [["control", "remove-cell", "nbval-check-output"]]
    assert all(cell["execution_count"] is None for cell in cells if not cell["outputs"])


def test_every_file_is_free_of_this_machine() -> None:
    """No absolute home path, and no registry host, in anything a clone brings."""
    kinds = {".py", ".md", ".toml", ".yml", ".ipynb", ".json", ".css", ".j2", ".csv", ".po", ""}
    files = [p for folder in ("lib", "tests", "notebooks", "data", "docs", ".ci") for p in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")]
    texts = {
        p: p.read_text(encoding="utf-8") for p in files if p.is_file() and p.suffix in kinds and "__" not in str(p)
    }
    assert len(texts) > 60
    spoken = re.compile("/(home|root|Users|work)" + r"/\w|pypi\.org|registry\.npmjs")
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if spoken.search(text)] == []


def test_a_script_beside_the_tests_does_nothing_when_it_is_imported() -> None:
    """Every test run imports them for their doctests: one that accepts figures would make its own check empty."""
    scripts = [path for path in (ROOT / "tests").glob("*.py") if not path.name.startswith(("test_", "conftest"))]
    assert len(scripts) > 5
    for path in scripts:
        _, *statements = ast.parse(path.read_text(encoding="utf-8")).body
        acts = [node for node in statements if isinstance(node, ast.For | ast.While | ast.With | ast.Expr | ast.Try)]
        assert acts == [], path.name
