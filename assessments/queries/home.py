"""Figures beside the to-do list: where the cases of a person stand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from assessments.models import Assessment
from assessments.queries.assessments import TURNS
from assessments.standard import Bilingual
from assessments.workflow import StateCode


@dataclass(frozen=True)
class Figure:
    """A figure and the filter of the list of cases behind it (the query of its address, or empty for all)."""

    label: Bilingual
    value: int
    query: str = ""


def case_figures(cases: QuerySet[Assessment]) -> tuple[Figure, ...]:
    """How many of these cases wait for whom, without zeros; one query. Empty when there is no case."""
    turns = {name: Count("pk", filter=Q(state__in=states)) for name, states in TURNS.items()}
    certified = Count("pk", filter=Q(state=StateCode.CERTIFIED))
    counted = cases.order_by().aggregate(everything=Count("pk"), certified=certified, **turns)
    figures = (
        Figure(Bilingual("全部评估", "All cases"), counted["everything"]),
        Figure(Bilingual("企业办理中", "With the enterprise"), counted["enterprise"], "turn=enterprise"),
        Figure(Bilingual("评估机构办理中", "With the body"), counted["body"], "turn=body"),
        Figure(Bilingual("评估工作部办理中", "With the office"), counted["office"], "turn=office"),
        Figure(Bilingual("已发证", "Certified"), counted["certified"], "state=certified"),
    )
    return tuple(f for f in figures if f.value)
