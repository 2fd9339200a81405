"""The fields above the list of criteria, kept in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms.assessments import domain_choices, level_choices
from assessments.queries.delegations import Division
from assessments.queries.worklist import NOBODY, Wanted

_WORDS_MAX = 80


class WorklistForm(forms.Form):
    """A value that does not exist is left aside."""

    q = forms.CharField(label=_("条款编号、条款文字或填报说明"), max_length=_WORDS_MAX, required=False)
    person = forms.ChoiceField(label=_("负责人"), required=False)
    domain = forms.ChoiceField(label=_("能力域"), required=False)
    level = forms.TypedChoiceField(label=_("等级"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, whole: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", gettext("全部"))]
        people = [(str(s.user.pk), s.user.name) for s in whole.shares]
        nobody = [(NOBODY, gettext("无人负责"))] if people else []
        self.fields["person"].choices = everything + people + nobody  # type: ignore[attr-defined]
        self.fields["domain"].choices = everything + domain_choices(whole.case.edition)  # type: ignore[attr-defined]
        self.fields["level"].choices = everything + level_choices()  # type: ignore[attr-defined]

    def wanted(self, names: tuple[str, ...]) -> Wanted:
        """What the list is narrowed to, with the filters ``names``; a wrong value is as good as none."""
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            names=names,
            person=given.get("person", ""),
            domain=given.get("domain", ""),
            level=given.get("level"),
            words=given.get("q", ""),
        )
