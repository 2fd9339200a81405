"""Search in the standard: all editions, both languages, and the glossary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.permissions.rules import can_read_wording
from assessments.standard import Bilingual, Edition, editions
from assessments.standard.glossary import glossary
from assessments.standard.search import (
    MAX_LENGTH,
    Entry,
    Field,
    Hit,
    Kind,
    edition_entries,
    excerpt,
    folded,
    search,
    term_entries,
    words_of,
)
from assessments.templatetags.platform import local
from assessments.views.caching import kept_briefly
from assessments.views.standard import criterion_url, item_url, latest_first

PER_PAGE = 20
GLOSSARY = "glossary"


@require_safe
@kept_briefly
def standard_search(request: HttpRequest) -> HttpResponse:
    """Hits by edition, the edition in force first; ``q`` and ``edition`` stand in the address."""
    q = request.GET.get("q", "").strip()[:MAX_LENGTH]
    words = words_of(q)
    readable = [e for e in latest_first(editions()) if can_read_wording(request.user, e)]
    groups = _groups(readable, words)
    wanted = request.GET.get("edition", "")
    shown = [g for g in groups if g.code == wanted] or groups
    listed = [(group, hit) for group in shown for hit in group.hits]
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "q": q,
        "words": words,
        "wanted": wanted if shown is not groups else "",
        "max_length": MAX_LENGTH,
        "page_obj": page,
        "results": [
            (group, [_shown(group.edition, hit, words) for _group, hit in hits])
            for group, hits in groupby(page, key=lambda pair: pair[0])
        ],
        "chips": _chips(groups, q, shown if shown is not groups else None),
        "crumbs": [{"label": _("标准"), "url": reverse("standard")}, {"label": _("检索")}],
    }
    return render(request, "standard/standard_search.html", context)


@dataclass(frozen=True, eq=False)
class Group:
    """The hits of one edition, or of the glossary."""

    code: str
    label: Bilingual
    edition: Edition | None
    hits: list[Hit]


_TERMS = Bilingual("术语表", "Glossary")


def _groups(readable: Sequence[Edition], words: Sequence[str]) -> list[Group]:
    terms = Group(GLOSSARY, _TERMS, None, search(term_entries(glossary()), words))
    return [terms, *(Group(e.code, e.title, e, search(edition_entries(e), words)) for e in readable)]


def _chips(groups: list[Group], q: str, shown: list[Group] | None) -> list[dict[str, object]]:
    """One chip for all hits, then one for each group."""

    def chip(label: str, count: int, code: str, is_active: bool) -> dict[str, object]:
        query = urlencode({"q": q, "edition": code} if code else {"q": q})
        return {"label": label, "count": count, "url": f"?{query}", "is_active": is_active}

    every = chip(_("全部"), sum(len(g.hits) for g in groups), "", shown is None)
    return [every, *(chip(_name(g), len(g.hits), g.code, shown == [g]) for g in groups)]


def _name(group: Group) -> str:
    return local(group.edition.short if group.edition else group.label)


@dataclass(frozen=True)
class Line:
    """A stretch of text in which something was found; ``language`` is set where it is not the reader's."""

    label: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Shown:
    """A hit as a row of the page."""

    url: str
    kind: str
    code: str
    name: str
    lines: tuple[Line, ...]


def _shown(edition: Edition | None, hit: Hit, words: Sequence[str]) -> Shown:
    entry = hit.entry
    if edition is None:
        return Shown(f"{reverse('glossary')}#{entry.code}", _("术语"), "", local(entry.name), _lines(entry, words))
    kind, url = {
        Kind.DOMAIN: (_("能力域"), f"{reverse('standard_edition', args=[edition.code])}#d-{entry.code}"),
        Kind.ITEM: (_("能力项"), item_url(edition, entry.code)),
        Kind.CRITERION: (_("条款"), criterion_url(edition, entry.code)),
    }[entry.kind]
    return Shown(url, kind, entry.code, local(entry.name), _lines(entry, words))


def _lines(entry: Entry, words: Sequence[str]) -> tuple[Line, ...]:
    """The text itself, then what shows the words it does not have: other fields first, then the other language."""
    mine, other = ("en", "zh") if (get_language() or "").startswith("en") else ("zh", "en")
    labels = {Field.NAME: _("又称"), Field.TEXT: "", Field.GUIDANCE: _("释义"), Field.EVIDENCE: _("证明材料")}
    text = local(next(text for field, text in entry.fields if field is Field.TEXT))
    lines = [Line("", text)]
    left = [w for w in words if w not in folded(f"{entry.code}\n{local(entry.name)}\n{text}")]
    named = ((Field.NAME, entry.name), *entry.fields)
    for language in (mine, other):
        for field, both in named:
            said = both.in_language(language)
            here = [w for w in left if w in folded(said)]
            if here:
                left = [w for w in left if w not in here]
                lines.append(Line(labels[field], excerpt(said, here), "" if language == mine else language))
    return tuple(lines)
