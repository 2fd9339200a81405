"""Dividing the work: parts for a colleague, handing them over, inviting somebody to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.actions.delegations import NOTE_MAX
from assessments.forms.assessments import date_field, in_words
from assessments.models import User
from assessments.queries.delegations import Division, Share, parts_in_words, without_covered
from assessments.standard import Edition


@dataclass(frozen=True)
class Tick:
    """One box: a domain with the boxes of its items, or an item. ``people`` are the names that have it already."""

    code: str
    name: str
    criteria: int
    is_ticked: bool
    people: tuple[str, ...] = ()
    items: tuple[Tick, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the items have to be in sight because one of them is ticked."""
        return any(i.is_ticked for i in self.items)


class PartsForm(forms.Form):
    """Domains and items to tick, and until when; the page draws the boxes from :meth:`ticks`."""

    part_codes = forms.MultipleChoiceField(
        label=_("分配的能力域和能力项"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("没有能力域或能力项 %(value)s，请重新勾选。")},
    )
    due_date = date_field(_("完成期限"), _("选填，适用于本次勾选的全部内容。"))

    def __init__(self, *args: Any, whole: Division, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole, self.today = whole, today
        self.fields["part_codes"].choices = _part_choices(whole.case.edition)  # type: ignore[attr-defined]

    def clean_due_date(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due_date"]
        if day and day < self.today and day != self.initial.get("due_date"):
            raise forms.ValidationError(_("完成期限已过，请填写今天或以后的日期。"))
        return day

    @property
    def ticks(self) -> list[Tick]:
        """The boxes in the order of the standard, as they stand now."""
        chosen = set(self["part_codes"].value() or ())
        return [
            Tick(
                d.domain.code,
                in_words(d.domain.name),
                d.figures.total,
                d.domain.code in chosen,
                _names(d.holders),
                tuple(
                    Tick(
                        i.item.code,
                        in_words(i.item.name),
                        i.figures.total,
                        i.item.code in chosen,
                        _names(s for s in i.holders if s not in d.holders),
                    )
                    for i in d.items
                ),
            )
            for d in self.whole.domains
        ]


class DelegationForm(PartsForm):
    """The parts of one colleague; none takes all away.

    ``shown_for`` says whose parts, and which, the boxes were filled with when the page was made: whoever picks a
    colleague on a page made for another one, or whose parts have changed since, is shown those first, so that nothing
    is taken away unseen.
    """

    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("填报人"),
        empty_label=_("请选择"),
        help_text=_("可选择本企业的管理员和填报人。"),
        error_messages={
            "required": _("请选择填报人。"),
            "invalid_choice": _("所选人员不是本企业的填报人，请重新选择。"),
        },
    )
    note = forms.CharField(
        label=_("填报要求"),
        required=False,
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": NOTE_MAX}),
        help_text=_("选填，写明希望对方提供什么，例如材料的来源和口径，不超过 300 字。"),
    )
    shown_for = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["user", "part_codes", "due_date", "note", "shown_for"]

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        user = cleaned.get("user")
        share = self.whole.of(user) if user else None
        if share is None or cleaned.get("shown_for") == shown_for(share):
            return cleaned
        self._show(share, cleaned.get("part_codes", []))
        held = in_words(parts_in_words(self.whole.case.edition, share.part_codes))
        raise forms.ValidationError(
            gettext(
                "%(name)s已负责 %(parts)s。下面已在原有分工上加入您的勾选，请核对后再保存；未勾选的部分将取消分配。"
            )
            % {"name": share.user.name, "parts": held}
        )

    def _show(self, share: Share, ticked: Collection[str]) -> None:
        """The next sending starts from what this colleague has and what was ticked for them."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data.setlist("part_codes", sorted(without_covered({*share.part_codes, *ticked})))
        data["shown_for"] = shown_for(share)
        self.data = data

    def given(self) -> dict[str, Any]:
        """The arguments of ``actions.delegations.delegate``."""
        return {k: v for k, v in self.cleaned_data.items() if k != "shown_for"}


def shown_for(share: Share) -> str:
    """Whose parts a page shows, and which."""
    return " ".join([str(share.user.pk), *share.part_codes])


class WorkInvitationForm(PartsForm):
    """An address and the parts that its owner gets on joining."""

    email = forms.EmailField(
        label=_("电子邮箱"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("对方须用该邮箱登录或注册后接受邀请，以填报人身份加入本企业。"),
        error_messages={"required": _("请填写电子邮箱。")},
    )
    field_order = ["email", "part_codes", "due_date"]

    def clean_part_codes(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["part_codes"]
        if not chosen:
            raise forms.ValidationError(_("请至少勾选一个能力域或能力项；只邀请不分工的，请到成员管理办理。"))
        return chosen


class HandOverForm(forms.Form):
    """Parts of one person, the colleague who takes them on, and why."""

    part_codes = forms.MultipleChoiceField(
        label=_("移交的部分"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择要移交的能力域或能力项。")},
    )
    receiver = forms.ModelChoiceField(
        User.objects.none(),
        label=_("接收人"),
        empty_label=_("请选择"),
        help_text=_("可选择本企业的管理员和填报人。"),
        error_messages={
            "required": _("请选择接收人。"),
            "invalid_choice": _("所选人员不是本企业的填报人，请重新选择。"),
        },
    )
    reason = forms.CharField(
        label=_("移交说明"),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_MAX}),
        help_text=_("说明移交原因和进展，接收人和企业管理员可以看到，不超过 300 字。"),
        error_messages={"required": _("请填写移交说明，便于接收人了解情况。")},
    )

    def __init__(self, *args: Any, share: Share, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part_codes"].choices = [(p.code, in_words(p.name)) for p in share.parts]  # type: ignore[attr-defined]
        self.fields["receiver"].queryset = colleagues.exclude(pk=share.user.pk)  # type: ignore[attr-defined]


def _part_choices(edition: Edition) -> list[tuple[str, str]]:
    parts: Mapping[str, Any] = {**edition.domains_by_code, **edition.items}
    return [(code, f"{code} {in_words(part.name)}") for code, part in parts.items()]


def _names(shares: Any) -> tuple[str, ...]:
    return tuple(s.user.name for s in shares)
