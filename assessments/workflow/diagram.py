"""The diagram of the workflow, generated from the table so that it cannot be out of date."""

from __future__ import annotations

from assessments.workflow.states import STATES
from assessments.workflow.table import ARROWS, ASIDES


def mermaid() -> str:
    """A Mermaid state diagram of all states and arrows."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f'    state "{s.label.zh} {s.label.en}" as {s.code}' for s in STATES.values()]
    lines += [f"    {a.source} --> {a.target}: {a.label.zh} {a.action}" for a in ARROWS]
    leaving = {a.source for a in ARROWS}
    lines += [f"    {code} --> [*]" for code in STATES if code not in leaving]
    return "\n".join(lines)


def markdown() -> str:
    """The page ``docs/workflow.md``: diagram and table."""
    head = [
        "# Workflow",
        "",
        "Generated from `assessments/workflow/table.py` by `python manage.py workflow_diagram`; do not edit.",
        "",
        "```mermaid",
        mermaid(),
        "```",
        "",
        "| from | action | to | who | guards | who is told |",
        "|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {a.source} | {a.action} ({a.label.zh}) | {a.target} | {', '.join(sorted(a.roles))} "
        f"| {', '.join(g.__name__ for g in a.guards) or '-'} | {', '.join(sorted(a.tells)) or '-'} |"
        for a in ARROWS
    ]
    beside = [
        "",
        "Steps beside the road, which change no state:",
        "",
        "| action | who | who is told |",
        "|---|---|---|",
        *(
            f"| {a.action} ({a.label.zh}) | {', '.join(sorted(a.roles))} | {', '.join(sorted(a.tells)) or '-'} |"
            for a in ASIDES.values()
        ),
    ]
    return "\n".join([*head, *rows, *beside, ""])
