"""What holds for the repository as a whole, where no single module would notice."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES, STATIC = ROOT / "templates", ROOT / "static"
#: Folders of the working copy that are made, not written.
MADE = {".venv", "var", ".git", ".hypothesis", ".mypy_cache", ".ruff_cache", ".import_linter_cache", "__pycache__"}
#: What a file may be. No fonts, archives, documents, bundled scripts: third parties' work comes from the package index.
SUFFIXES = {
    ".py", ".html", ".txt", ".md", ".css", ".js", ".svg", ".toml", ".po", ".yaml", ".env", ".importlinter",
    ".gitignore", "",
}  # fmt: skip
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
FUNCTION_LINES, FILE_LINES = 60, 600
#: Functions of the product that may be longer, with the reason. None so far.
LONG: dict[str, str] = {}


def files() -> list[Path]:
    """What git tracks or would track; without git everything that is not made."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        found = [p for p in ROOT.rglob("*") if not MADE & set(p.relative_to(ROOT).parts)]
    return [p for p in found if p.is_file()]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def templates() -> dict[str, str]:
    return {
        p.relative_to(TEMPLATES).as_posix(): p.read_text(encoding="utf-8") for p in TEMPLATES.rglob("*") if p.is_file()
    }


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "assessments").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


# --- what is committed ----------------------------------------------------------------------------------------------


def test_only_own_sources_are_kept() -> None:
    strange = [named(p) for p in files() if p.suffix not in SUFFIXES or ".min." in p.name]
    assert strange == []
    large = [named(p) for p in files() if p.stat().st_size > 300_000]
    assert [name for name in large if not name.endswith(".po")] == []


@pytest.mark.parametrize("name", ["runtime", "dev", "uv"])
def test_lock_files_pin_by_hash_and_name_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links|-f|-e)\b", text, re.MULTILINE)
    entries = [e for e in re.sub(r"\\\n", " ", text).splitlines() if e.strip() and not e.lstrip().startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._\[\],-]*==\S+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_runtime_is_part_of_what_is_tested() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==[^\s;]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    assert pins("runtime.txt") <= pins("dev.txt")


def test_the_readme_is_short_and_names_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 150
    assert any(line.startswith("make demo") for line in lines)
    assert any(line.startswith("make test") for line in lines)


def test_the_readme_leads_nowhere_wrong() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_decisions_are_one_page_each_and_numbered() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [p.name[:4] for p in pages] == [f"{n:04d}" for n in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 60, page.name
        assert len(text) <= 4000, page.name
        assert text.startswith("# "), page.name


# --- names and sizes ------------------------------------------------------------------------------------------------


def test_no_module_is_a_drawer_for_everything() -> None:
    parts = {part for p in files() if p.suffix == ".py" for part in (*p.relative_to(ROOT).parts[:-1], p.stem)}
    assert parts & FORBIDDEN_NAMES == set()


def test_functions_and_files_stay_short() -> None:
    long = []
    for path, module in modules():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES:
            long.append(f"{named(path)}: {lines} lines")
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > FUNCTION_LINES:
                    long.append(f"{named(path)}:{node.name}: {size} lines")
    assert [entry for entry in long if entry.rsplit(":", 1)[0] not in LONG] == []
    assert {entry.rsplit(":", 1)[0] for entry in long} == set(LONG), "an exception no longer needed goes"


# --- templates ------------------------------------------------------------------------------------------------------

#: Rendered by allauth and Django under names of theirs.
BY_OTHERS = ("account/", "allauth/", "400.html", "403.html", "404.html", "500.html")


def test_every_template_is_used() -> None:
    kept = templates()
    sources = [path.read_text(encoding="utf-8") for path, _ in modules()]
    used = set(re.findall(r"""["']([a-z0-9_/]+\.(?:html|txt))["']""", "\n".join([*sources, *kept.values()])))
    assert [name for name in kept if name not in used and not name.startswith(BY_OTHERS)] == []
    ours = {name.split("/")[0] for name in kept if "/" in name} - {"account", "allauth"}
    assert [name for name in used - set(kept) if name.split("/")[0] in ours] == [], "asked for but not there"


class _Strict(HTMLParser):
    """Collects what the content security policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k.lower(): v or "" for k, v in attrs}
        if tag == "style" or "style" in given:
            self.found.append(f"<{tag}> has inline style")
        if tag == "script" and "src" not in given and "nonce" not in given:
            self.found.append("<script> without src or nonce")
        if any(v.strip().lower().startswith("javascript:") for v in given.values()):
            self.found.append(f"<{tag}> runs an address")
        self.found += [f"<{tag} {name}>" for name in given if re.fullmatch(r"on[a-z]+", name)]


def test_templates_keep_the_content_security_policy() -> None:
    faults = []
    for name, text in templates().items():
        if not name.endswith(".html"):
            continue
        strict = _Strict()
        # Tags of the template language stand inside attributes and would end them.
        strict.feed(
            re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "x", re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.S))
        )
        faults += [f"{name}: {fault}" for fault in strict.found]
    for path, module in modules():
        for node in ast.walk(module):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r'<\w[^>]* style="', node.value)
            ):
                faults.append(f"{named(path)}:{node.lineno}: inline style")
    assert faults == []


@pytest.mark.parametrize("kind", ["css", "js"])
def test_style_sheets_and_scripts_exist_and_are_used(kind: str) -> None:
    text = "\n".join(templates().values())
    asked = set(re.findall(rf"static ['\"]({kind}/[\w.-]+)['\"]", text))
    assert asked
    assert {name for name in asked if not (STATIC / name).exists()} == set()
    kept = {p.relative_to(STATIC).as_posix() for p in (STATIC / kind).glob(f"*.{kind}")}
    imported = {
        f"{kind}/{Path(name).name}"
        for path in (STATIC / kind).glob(f"*.{kind}")
        for name in re.findall(
            r"""(?:@import|from|import)\s+(?:url\()?["']([^"']+)["']""", path.read_text(encoding="utf-8")
        )
    }
    assert kept - asked - imported == set()


def test_addresses_of_static_files_exist() -> None:
    """Others' files come with their packages; ours must be there."""
    asked = set(re.findall(r"""static ['"]([\w/.-]+)['"]""", "\n".join(templates().values())))
    others = ("django_htmx/", "js-lib-bootstrap5/", "admin/")
    assert [name for name in sorted(asked) if not name.startswith(others) and not (STATIC / name).exists()] == []
