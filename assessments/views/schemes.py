"""How scores come about: the parameters of one scheme, where each comes from, and the steps in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.reports.wording import PARAMETERS, hundredths, parameter_value
from assessments.scoring import TRACKS, VERDICTS, Parameter, Scheme, get_scheme, schemes
from assessments.standard import LEVELS, Bilingual
from assessments.templatetags.platform import local
from assessments.views.caching import kept_briefly
from assessments.views.standard import edition_of


@require_safe
@kept_briefly
def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """Public, so that whoever reads a result can see what decided it."""
    try:
        found = get_scheme(code)
    except KeyError:
        raise Http404 from None
    context = {
        "scheme": found,
        "parameters": [_row(found, p) for p in found.parameters],
        "editions": [e for c in found.editions if (e := edition_of(c)) is not None],
        "conformity": [(VERDICTS[v], hundredths(points)) for v, points in found.conformity.items()],
        "gate": hundredths(found.level_gate),
        "floor_below": hundredths(found.floor_below_band),
        "bands": list(zip(LEVELS, map(hundredths, found.bands), strict=True)),
        "bonus_each": hundredths(found.bonus_each),
        "bonus_most": hundredths(found.bonus_at_most),
        "others": [s for s in schemes() if s.code != found.code],
        "crumbs": [{"label": _("标准"), "url": reverse("standard")}, {"label": local(found.name)}],
    }
    return render(request, "standard/scheme.html", context)


@dataclass(frozen=True)
class Row:
    """A parameter as the page shows it."""

    parameter: Parameter
    name: Bilingual
    value: Bilingual
    tracks: tuple[Bilingual, ...]

    @property
    def is_general(self) -> bool:
        return len(self.tracks) == len(TRACKS)


def _row(found: Scheme, parameter: Parameter) -> Row:
    tracks = tuple(TRACKS[t] for t in parameter.tracks)
    return Row(parameter, PARAMETERS[parameter.name], parameter_value(found, parameter.name), tracks)
