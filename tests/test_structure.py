"""The walls of the house: no file over 300 lines, no function over 40; the deployment is honest."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PLUGIN = ROOT / "wordpress-plugin"
PYTHON = [p for p in (ROOT / "backend").rglob("*.py") if "versions" not in p.parts]
FRONT = [
    path
    for kind in ("*.php", "*.js", "*.mjs", "*.css")
    for path in PLUGIN.rglob(kind)
    if not {"node_modules", "build"} & set(path.parts)
]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_source_file_passes_300_lines() -> None:
    walls = {p: 300 for p in [*PYTHON, *FRONT] if p.suffix != ".css"}
    long = [p.name for p, wall in walls.items() if len(p.read_text().splitlines()) > wall]
    assert long == []


def test_no_function_passes_40_lines() -> None:
    long = [
        f"{path.name}: {name} has {lines}"
        for path in PYTHON
        for name, lines in _functions(path)
        if lines > 40
    ]
    assert long == []


@pytest.mark.parametrize(("mark", "variable"), [("site", "SITE"), ("slow", "SLOW")])
def test_make_test_runs_every_file_with_a_mark_of_its_own(mark: str, variable: str) -> None:
    named = re.search(rf"^{variable} := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert named
    places = [ROOT / name for name in named[1].split()]
    marked = [p for p in (ROOT / "tests").rglob("*.py") if f"pytest.mark.{mark}" in p.read_text()]
    left_out = [p for p in marked if not any(p.is_relative_to(place) for place in places)]
    assert marked
    assert left_out == []


def _refused(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.split(".")[0] for alias in node.names}
            names.add((getattr(node, "module", None) or "").split(".")[0])
            yield from names & {"pickle", "marshal", "shelve", "telnetlib", "ftplib"}
        if isinstance(node, ast.Call):
            yield from {ast.unparse(node.func)} & {"eval", "exec", "os.system", "yaml.load"}
            yield from {ast.unparse(k) for k in node.keywords} & {"verify=False", "shell=True"}


def test_o3_nothing_of_ours_runs_text_unpickles_or_skips_certificates() -> None:
    assert [f"{path.name}: {what}" for path in PYTHON for what in _refused(path)] == []


def test_o3_each_finding_that_is_let_be_names_its_rule_and_its_reason() -> None:
    let_be = [
        f"{path.name}: {line.strip()}"
        for path in PYTHON
        for line in path.read_text().splitlines()
        if "nosec" in line and not re.search(r"# nosec B\d{3}  # \w.{5,}", line)
    ]
    assert let_be == []


@pytest.mark.parametrize(
    "lock", [ROOT / "requirements.lock", *PLUGIN.glob("*/package-lock.json")], ids=str
)
def test_no_lock_file_holds_a_download_address(lock: Path) -> None:
    assert not re.search(r"\"resolved\": \"http|^\S+ @ |--(index|find)", lock.read_text(), re.M)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_service_has_an_image_and_its_files_exist(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service.get("image") or (ROOT / service["build"]["dockerfile"]).is_file()
    mounts = [str(m).split(":")[0] for m in service.get("volumes", []) if str(m).startswith("./")]
    assert [m for m in mounts if m != "./deploy/tls" and not (ROOT / m).exists()] == []


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_volume_and_dependency_of_a_service_is_declared(name: str) -> None:
    service = COMPOSE["services"][name]
    named = {str(m).split(":")[0] for m in service.get("volumes", []) if str(m)[0] not in "./"}
    assert named <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
