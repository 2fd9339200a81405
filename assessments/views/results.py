"""The result of a case as a memo: the level and why, domains, items, the gap and the shortest way to close it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Assessment, Scorecard
from assessments.permissions import rules
from assessments.queries.results import Outcome, assessed_outcome, self_outcome
from assessments.reports.reasons import why_this_level
from assessments.reports.wording import PARAMETERS, parameter_value
from assessments.scoring import Result, Scheme, gap_to_level, path_to_level
from assessments.standard import Bilingual, Criterion, Domain, Edition
from assessments.views.access import case_or_404, permit
from assessments.views.head import case_head

_GAP_SHOWN = 20
_TOP = 5


@login_required
@require_safe
def result(request: HttpRequest, number: str) -> HttpResponse:
    """The self result for those who may read the material, the assessed one for those who may read that."""
    case = case_or_404(request, number)
    reads_self = rules.can_read_material(case)
    assessed = assessed_outcome(case) if rules.can_read_assessed_result(case) else None
    if assessed is None:
        permit(reads_self)
    own = self_outcome(case) if reads_self else None
    main = assessed or own
    assert main is not None
    context = case_head(request, case) | {
        "layers": layers(case, own, assessed),
        "domains": domain_rows(case.edition, own, assessed),
        "heat": heat_rows(case, main.result, with_links=bool(reads_self)),
        "heat_is_assessed": assessed is not None,
        "scheme": main.given.scheme,
        "provisional": provisional(main.given.scheme, main.given.track),
        "printed_at": timezone.now(),
        **radar_figures(case.edition, own, assessed),
    }
    if own is not None:  # what single criteria were answered is material, so it needs the same right
        context |= gap_context(case, main, shows_all=request.GET.get("gap") == "all")
        context["moved"] = moved(own, assessed) if assessed else None
    return render(request, "assessments/result.html", context)


# --- the parts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """One layer as the head of the memo shows it."""

    title: str
    is_assessed: bool
    result: Result
    card: Scorecard | None
    why: tuple[Bilingual, ...]


def layers(case: Assessment, own: Outcome | None, assessed: Outcome | None) -> list[Layer]:
    """The assessed layer first: it is what counts."""
    named = ((_("评估结果"), True, assessed), (_("自评结果（就绪度），不是证书"), False, own))
    return [
        Layer(title, is_assessed, o.result, o.card, why_this_level(o.result, case.edition))
        for title, is_assessed, o in named
        if o is not None
    ]


@dataclass(frozen=True)
class DomainRow:
    """One domain with its figures in both layers; ``difference`` is assessed less self."""

    domain: Domain
    own: Any
    assessed: Any
    difference: Decimal | None


def domain_rows(edition: Edition, own: Outcome | None, assessed: Outcome | None) -> list[DomainRow]:
    rows = []
    for domain in edition.domains:
        mine = own.result.domains[domain.code] if own else None
        theirs = assessed.result.domains[domain.code] if assessed else None
        both = mine and theirs and mine.score is not None and theirs.score is not None
        rows.append(DomainRow(domain, mine, theirs, theirs.score - mine.score if both else None))  # type: ignore[union-attr,operator]
    return rows


def radar_figures(edition: Edition, own: Outcome | None, assessed: Outcome | None) -> dict[str, Any]:
    """Axes and lines: the assessed layer full, the self layer dashed beside it."""
    named = ((_("评估"), assessed), (_("自评"), own))
    drawn = [(name, o) for name, o in named if o is not None]
    return {
        "axes": [d.name for d in edition.domains],
        "series": [
            (name, [o.result.domains[d.code].score for d in edition.domains], css)
            for (name, o), css in zip(drawn, ("series-a", "series-b"), strict=False)
        ],
    }


def heat_rows(case: Assessment, figures: Result, *, with_links: bool) -> list[dict[str, Any]]:
    """Rows for ``{% heat_map %}``: a heading a domain, then its items."""
    rows: list[dict[str, Any]] = []
    for domain in case.edition.domains:
        rows.append({"heading": domain.name})
        for item in domain.items:
            f = figures.items[item.code]
            url = reverse("item", args=[case.number, item.code]) if with_links else ""
            rows.append(
                {
                    "code": item.code,
                    "label": item.name,
                    "levels": f.levels,
                    "score": f.score,
                    "level": f.level,
                    "url": url,
                }
            )
    return rows


@dataclass(frozen=True)
class Parameter:
    """A parameter of the scheme that is not confirmed: its name, what it says, where it comes from."""

    name: Bilingual
    value: Bilingual
    source: Bilingual


def provisional(scheme: Scheme, track: str) -> list[Parameter]:
    """Only those that play a part in the track: the weights of providers decide nothing for a data owner."""
    deciding = [p for p in scheme.deciding(track) if p.is_provisional]
    return [Parameter(PARAMETERS[p.name], parameter_value(scheme, p.name), p.source) for p in deciding]


@dataclass(frozen=True)
class GapRow:
    """A criterion between here and the goal."""

    criterion: Criterion
    verdict: str | None
    adds: Decimal
    lifts_floor: bool
    url: str


def gap_context(case: Assessment, outcome: Outcome, *, shows_all: bool) -> dict[str, Any]:
    """The gap to the goal and the shortest way there; the goal is the target, once reached the next level."""
    level = outcome.result.level
    if level is None or level >= _TOP:
        return {"goal": None}
    goal = case.target_level if level < case.target_level else level + 1
    entries = gap_to_level(outcome.given, goal).entries
    criteria = case.edition.criteria
    shown = entries if shows_all else entries[:_GAP_SHOWN]
    path = path_to_level(outcome.given, goal)
    return {
        "goal": goal,
        "goal_is_target": goal == case.target_level,
        "gap_total": len(entries),
        "gap_shows_all": shows_all or len(entries) <= _GAP_SHOWN,
        "gap": [
            GapRow(criteria[e.code], e.verdict, e.adds, e.lifts_floor, _criterion_url(case, criteria[e.code]))
            for e in shown
        ],
        "path": path,
        "path_domains": _path_domains(case, path.codes or ()),
    }


def _criterion_url(case: Assessment, criterion: Criterion) -> str:
    return f"{reverse('item', args=[case.number, criterion.item_code])}#c-{criterion.code}"


def _path_domains(case: Assessment, codes: tuple[str, ...]) -> list[tuple[Domain, list[GapRow]]]:
    """The criteria of the shortest way under their domains."""
    criteria = case.edition.criteria
    found = []
    for domain in case.edition.domains:
        here = [criteria[c] for c in codes if c.split(".")[0] == domain.code]
        if here:
            rows = [GapRow(c, None, Decimal(0), False, _criterion_url(case, c)) for c in here]
            found.append((domain, rows))
    return found


def moved(own: Outcome, assessed: Outcome) -> dict[str, int]:
    """How many criteria the team confirmed, raised or lowered against the self-assessment."""
    scale = own.given.scheme.conformity
    kinds: Counter[str] = Counter()
    for code, verdict in assessed.given.verdicts.items():
        before = own.given.verdicts.get(code)
        if verdict == before:
            kinds["same"] += 1
        elif verdict not in scale or before not in scale:
            kinds["other"] += 1
        else:
            kinds["lowered" if scale[verdict] < scale[before] else "raised"] += 1
    return {kind: kinds[kind] for kind in ("same", "lowered", "raised", "other")}
