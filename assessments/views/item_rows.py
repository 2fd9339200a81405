"""The criteria of an item as markup: each with its answer, its evidence and what else belongs to it.

A row stands up to forty times on a page and differs from the next in a few words, so its template and those of its
parts are filled (``templatetags.markup``); only what few rows have is rendered each time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.forms.evidence import ACCEPT, max_bytes
from assessments.models import Assessment, EvidenceLink
from assessments.permissions import rules
from assessments.queries.discussions import DiscussionCount
from assessments.queries.questionnaire import Row
from assessments.templatetags.evidence import preview_url, validity
from assessments.templatetags.markup import filled, joined
from assessments.templatetags.platform import listed, local
from assessments.templatetags.standard import glossed

#: Stands for the code of a criterion in addresses that are looked up once for all rows.
_CODE = "CRITERION-CODE"
_NOTHING = SafeString("")


@dataclass(frozen=True)
class Around:
    """What all rows of a page have in common: ``show`` are the filters, with ``cards`` one row shows at a time."""

    case: Assessment
    editable: bool
    cards: bool
    show: str
    csrf_token: str
    said: Mapping[str, DiscussionCount]


@dataclass(frozen=True)
class Written:
    """A row as it stands on the page."""

    code: str
    markup: SafeString


def row_writer(around: Around) -> Callable[[Row], Written]:
    """Writes one row after the other."""
    addresses = _addresses(around.case)
    fixed = {
        "answering": around.editable,
        "cards": around.cards,
        "show": around.show,
        "has_past": bool(addresses("")["url_past"]),
        "has_discussion": bool(addresses("")["url_discussion"]),
    }

    def write(row: Row) -> Written:
        slots = {**addresses(row.criterion.code), **_words(row), **_parts(row, around)}
        is_conflict = row.unsaved is not None and row.unsaved.is_conflict
        unsaved = {"is_unsaved": row.unsaved is not None, "is_conflict": is_conflict}
        return Written(row.criterion.code, filled("questionnaire/row.html", slots, **fixed, **unsaved))

    return write


def _addresses(case: Assessment) -> Callable[[str], dict[str, str]]:
    """One look at the address table for all rows; empty addresses for what the reader may not see."""
    patterns = {
        f"url_{name}": reverse(view, args=[case.number, _CODE]) if may else ""
        for name, view, may in (
            ("answer", "answer_save", True),
            ("attach", "evidence_attach", True),
            ("choose", "evidence_choose", True),
            ("past", "criterion_past", rules.can_read_answer_history(case)),
            ("discussion", "discussion", rules.can_read_discussions(case)),
        )
    }
    return lambda code: {name: pattern.replace(_CODE, code) for name, pattern in patterns.items()}


def _words(row: Row) -> dict[str, Any]:
    state, state_words = _state(row)
    shown = row.shown
    return {
        "code": row.criterion.code,
        "text": glossed(row.criterion.text, "new"),
        "guidance": glossed(row.criterion.guidance, "new"),
        "evidence_hint": local(row.criterion.evidence),
        "state": state,
        "state_words": state_words,
        "version": row.version,
        "reason": shown.reason if shown else "",
        "note": shown.note if shown else "",
    }


def _parts(row: Row, around: Around) -> dict[str, Any]:
    """Markup of what a row is put together from."""
    code = row.criterion.code
    return {
        "carried": _carried(row, around.editable),
        "evidence": evidence_list(
            around.case, code, row.evidence, editable=around.editable, csrf_token=around.csrf_token
        ),
        "count": _count(around.said.get(code)),
        "csrf_token": around.csrf_token,
        **(_fields(row, around.case) if around.editable else {"answer": _to_read(row)}),
    }


def _fields(row: Row, case: Assessment) -> dict[str, Any]:
    code = row.criterion.code
    verdict = row.shown.verdict if row.shown else ""
    unsaved = _NOTHING
    if row.unsaved:
        context = {"case": case, "criterion": row.criterion, "unsaved": row.unsaved}
        unsaved = render_to_string("questionnaire/unsaved.html", context)
    return {
        "control": filled("components/verdict_control.html", {"code": code}, value=verdict),
        "files": filled("questionnaire/files.html", {"code": code}, accept=ACCEPT, max_bytes=max_bytes()),
        "unsaved": unsaved,
    }


def _to_read(row: Row) -> SafeString:
    return render_to_string("questionnaire/answer.html", {"answer": row.answer})


def _carried(row: Row, editable: bool) -> SafeString:
    """Where an answer comes from that nobody has confirmed yet."""
    if not row.is_carried:
        return filled("questionnaire/carried.html", {"code": row.criterion.code}, is_carried=False)
    slots, kind = {"code": row.criterion.code}, ""
    if row.origin:
        edition, codes = local(row.origin.edition.short), listed(row.origin.sources)
        slots, kind = {**slots, "number": row.origin.number, "edition": edition, "codes": codes}, str(row.origin.kind)
    return filled("questionnaire/carried.html", slots, is_carried=True, kind=kind, editable=editable)


def evidence_list(
    case: Assessment,
    code: str,
    links: Sequence[EvidenceLink],
    *,
    editable: bool,
    csrf_token: str,
    problems: Sequence[str] = (),
) -> SafeString:
    """The evidence of one criterion, with ``problems`` of files that were refused."""
    slots: dict[str, Any] = {
        "code": code,
        "links": joined(_link(case, link, editable=editable, csrf_token=csrf_token) for link in links),
        "problems": joined(filled("questionnaire/evidence_problem.html", {"problem": p}) for p in problems),
    }
    return filled("questionnaire/evidence.html", slots, has_links=bool(links))


def _link(case: Assessment, link: EvidenceLink, *, editable: bool, csrf_token: str) -> SafeString:
    document = link.file.evidence
    slots = {
        "code": link.criterion_code,
        "pk": link.pk,
        "name": link.file.name,
        "size": filesizeformat(link.file.size),
        "pointer": link.pointer,
        "validity": validity(document),
        "csrf_token": csrf_token,
        "url_preview": preview_url(case.number, link.file_id, link.pointer),
        "url_download": reverse("evidence_download", args=[case.number, link.file_id]),
        "url_detach": reverse("evidence_detach", args=[case.number, link.pk]),
        "url_pointer": reverse("evidence_pointer", args=[case.number, link.pk]),
    }
    fixed = {"editable": editable, "is_secret": document.confidentiality == "secret", "has_pointer": bool(link.pointer)}
    return filled("questionnaire/evidence_link.html", slots, **fixed)


def _count(said: DiscussionCount | None) -> SafeString:
    """How much was said about the criterion."""
    comments = said.comments if said else 0
    return filled(
        "questionnaire/thread_count.html",
        {"comments": comments},
        is_open=said is not None and said.is_open,
        is_none=said is None,
    )


def _state(row: Row) -> tuple[str, str]:
    if row.unsaved:
        if row.unsaved.is_conflict:
            return "conflict", _("他人已修改，请核对")
        return "error", _("未能保存，请按提示修改")
    if row.is_carried:
        return "carried", _("沿用，待确认")
    return ("saved", saved_words(row.answer.saved_at, row.answer.saved_by.name)) if row.answer else ("", "")


def saved_words(at: dt.datetime, by: str) -> str:
    """When an answer was saved and by whom; the day is said when it is not today."""
    local_time = timezone.localtime(at)
    time = local_time.strftime("%H:%M")
    if local_time.date() == timezone.localdate():
        return _("已保存 %(time)s · %(by)s") % {"time": time, "by": by}
    day = date_format(local_time, "SHORT_DATE_FORMAT")
    return _("已保存 %(day)s %(time)s · %(by)s") % {"day": day, "time": time, "by": by}
