"""``manage.py workflow_diagram``: docs/workflow.md is what the table says."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_the_page_in_the_repository_is_up_to_date() -> None:
    call_command("workflow_diagram", "--check", verbosity=0)


def test_writes_and_compares(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "workflow.md"
    with pytest.raises(CommandError, match="out of date"):
        call_command("workflow_diagram", "--check", output=page)
    call_command("workflow_diagram", output=page)
    assert "stateDiagram-v2" in page.read_text(encoding="utf-8")
    call_command("workflow_diagram", "--check", output=page)
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(CommandError, match="out of date"):
        call_command("workflow_diagram", "--check", output=page)
