"""The terms of the field, by letter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.standard.glossary import glossary as all_terms
from assessments.views.caching import kept_briefly


@require_safe
@kept_briefly
def glossary(request: HttpRequest) -> HttpResponse:
    """By pinyin in Chinese, by the alphabet in English; each term has its anchor."""
    found = all_terms()
    language = "en" if (get_language() or "").startswith("en") else "zh"
    context = {
        "letters": [
            (letter, [(t, t.names(language)[1:], [found.terms[key] for key in t.see]) for t in terms])
            for letter, terms in found.by_letter(language)
        ],
        "total": len(found.terms),
        "crumbs": [{"label": _("标准"), "url": reverse("standard")}, {"label": _("术语表")}],
    }
    return render(request, "standard/glossary.html", context)
