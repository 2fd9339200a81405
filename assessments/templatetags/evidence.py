"""What stands beside evidence: how long it is in force, how confidential it is, where in it to look.

``{% load evidence %}``, then ``{% validity document %}``, ``{% secrecy document %}``, ``{{ pointer|page_in }}``,
``{% preview_url case.number file.pk pointer %}`` and ``{% cover_words cell %}``.
"""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Evidence
from assessments.queries.library import SOON, Cell
from assessments.templatetags.components import icon

register = template.Library()

_PAGES = (
    re.compile(r"第\s*(\d{1,4})\s*(?:[-~—–至到、,]\s*(?:第\s*)?\d{1,4}\s*)*页"),
    re.compile(r"(?<![0-9A-Za-z.])(\d{1,4})\s*页"),
    re.compile(r"(?<![A-Za-z])(?:pages?|pp?)\.?\s*(\d{1,4})(?![0-9])", re.IGNORECASE),
)


@register.simple_tag
def validity(document: Evidence) -> SafeString:
    """A sign with words where a document has expired, is about to, or is not in force yet; nothing otherwise."""
    today, first, last = timezone.localdate(), document.effective_from, document.effective_until
    if last is not None and last < today:
        return _flag("danger", "danger", _("已于 %(day)s 失效") % {"day": date_format(last)})
    if last is not None and last <= today + SOON:
        return _flag("warning", "clock", _("将于 %(day)s 到期") % {"day": date_format(last)})
    if first is not None and first > today:
        return _flag("quiet", "info", _("自 %(day)s 起生效") % {"day": date_format(first)})
    return SafeString("")


@register.simple_tag
def secrecy(document: Evidence) -> SafeString:
    """The mark of a trade secret; other grades are words in their column and need no mark."""
    if document.confidentiality != "secret":
        return SafeString("")
    return _flag("quiet", "lock", document.get_confidentiality_display())


def _flag(tone: str, sign: str, words: object) -> SafeString:
    return format_html('<span class="tag tag-{} evidence-flag">{}{}</span>', tone, icon(sign), words)


@register.simple_tag
def cover_words(cell: Cell) -> str:
    """What a cell of the coverage map says."""
    counted = ngettext("%(code)s：%(n)s 份材料", "%(code)s：%(n)s 份材料", cell.documents) % {
        "code": cell.criterion.code,
        "n": cell.documents,
    }
    return _("%(counted)s，全部过期") % {"counted": counted} if cell.is_expired else counted


@register.filter
def page_in(pointer: str) -> int | None:
    """The page a pointer names, the first if it names several: 第12页, 12–14页, P12, p. 12, page 12."""
    text = unicodedata.normalize("NFKC", pointer)
    found = next((match for pattern in _PAGES if (match := pattern.search(text))), None)
    return int(found[1]) or None if found else None


@register.simple_tag
def preview_url(number: str, file_id: UUID, pointer: str = "") -> str:
    """The address of a preview, at the page that a pointer names."""
    address = reverse("evidence_preview", args=[number, file_id])
    page = page_in(pointer) if pointer else None
    return f"{address}?page={page}" if page else address
