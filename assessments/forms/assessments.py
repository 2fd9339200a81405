"""Opening an assessment, changing its frame, filtering the list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, Organisation
from assessments.models.registers import register_choices
from assessments.queries.assessments import TURNS
from assessments.queries.self_check import Offer, offer
from assessments.scoring import TRACKS, Track, get_scheme
from assessments.standard import LEVELS, Bilingual, Edition, editions, get_crosswalk, get_edition, get_window, listed
from assessments.workflow import Party

SCOPE_MAX = 300
Choices = list[tuple[Any, str]]


def in_words(text: Bilingual) -> str:
    return text.in_language(get_language() or "zh-hans")


class OrganisationChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Organisations by their name in the reader's language."""

    def label_from_instance(self, obj: Organisation) -> str:
        return in_words(obj.both_names)


def level_choices() -> Choices:
    return [
        (n.number, gettext("%(number)s 级 %(name)s") % {"number": n.number, "name": in_words(n.name)}) for n in LEVELS
    ]


def track_choices() -> Choices:
    return [(str(code), in_words(label)) for code, label in TRACKS.items()]


def edition_choices() -> Choices:
    return [(e.code, in_words(e.title)) for e in editions()]


def domain_choices(edition: Edition) -> Choices:
    return [(d.code, f"{d.code} {in_words(d.name)}") for d in edition.domains]


def key_domain_choices() -> Choices:
    """The domains of all editions by number; where a number means different domains, each with its edition."""
    names: dict[str, dict[str, list[str]]] = {}
    held = editions()
    for edition in held:
        for domain in edition.domains:
            names.setdefault(domain.code, {}).setdefault(in_words(domain.name), []).append(in_words(edition.short))
    return [
        (code, f"{code} {next(iter(named))}" if _is_everywhere(named, len(held)) else f"{code} {_by_edition(named)}")
        for code, named in sorted(names.items(), key=lambda pair: int(pair[0]))
    ]


def _is_everywhere(named: dict[str, list[str]], count: int) -> bool:
    return len(named) == 1 and len(next(iter(named.values()))) == count


def _by_edition(named: dict[str, list[str]]) -> str:
    pairs = [Bilingual(f"{name}（{'、'.join(e)}）", f"{name} ({', '.join(e)})") for name, e in named.items()]
    return in_words(Bilingual(" / ".join(p.zh for p in pairs), " / ".join(p.en for p in pairs)))


def date_field(label: Any, help_text: Any) -> forms.DateField:
    """An optional day with the browser's own calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget)


class FrameForm(forms.Form):
    """What an administrator may change while drafting. ``today`` is given so that a past date is noticed."""

    target_level = forms.TypedChoiceField(
        label=_("目标等级"),
        coerce=int,
        choices=level_choices,
        help_text=_("差距清单和提升路径按目标等级计算；申请评估时，评估机构按此等级核对资质。"),
    )
    scope = forms.CharField(
        label=_("评估范围"),
        max_length=SCOPE_MAX,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": SCOPE_MAX}),
        help_text=_("写明纳入评估的单位、部门和主要信息系统，不超过 300 字。证书将载明评估范围。"),
        error_messages={"required": _("请填写评估范围。")},
    )
    planned_date = date_field(_("计划完成自评日期"), _("选填，作为填报人待办事项的截止日期。"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_planned_date(self) -> dt.date | None:
        """A date that was there before may lie in the past; a new one may not."""
        day: dt.date | None = self.cleaned_data["planned_date"]
        if day and day < self.today and day != self.initial.get("planned_date"):
            raise forms.ValidationError(_("计划日期已过，请填写今天或以后的日期。"))
        return day


class SourceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Earlier assessments by number, edition and result."""

    def label_from_instance(self, obj: Assessment) -> str:
        return gettext("%(number)s · %(edition)s · %(enterprise)s · %(state)s") % {
            "number": obj.number,
            "edition": in_words(obj.edition.short),
            "enterprise": in_words(obj.enterprise.both_names),
            "state": in_words(obj.current_state.label),
        }


class OpeningForm(FrameForm):
    """A new assessment. ``enterprises`` are those the person administers, ``sources`` what may be carried over.

    With a self-check ``offered`` the edition is that of the self-check, and nothing else is carried over.
    """

    enterprise = OrganisationChoice(
        Organisation.objects.none(), label=_("企业"), empty_label=None, widget=forms.RadioSelect
    )
    edition_code = forms.ChoiceField(
        label=_("标准版本"),
        choices=edition_choices,
        widget=forms.RadioSelect,
        help_text=_("建立后不能更换版本。"),
        error_messages={"required": _("请选择标准版本。")},
    )
    carry_from = SourceChoice(
        Assessment.objects.none(),
        label=_("沿用以往作答"),
        required=False,
        blank=True,
        empty_label=_("不沿用，从空白开始"),
        widget=forms.RadioSelect,
        help_text=_("沿用的作答和证明材料逐条标为“待确认”，确认后方可提交自评；跨版本按条款对照表沿用。"),
    )
    self_check = forms.CharField(
        label=_("快速自测"), required=False, max_length=200, widget=forms.HiddenInput, empty_value=""
    )
    track = forms.ChoiceField(
        label=_("评估类型"),
        choices=track_choices,
        initial=Track.OWNER,
        widget=forms.RadioSelect,
        help_text=_("以管理自有数据为主选甲方；以对外提供数据服务或解决方案为主选乙方。建立后不能更换。"),
    )
    key_domains = forms.MultipleChoiceField(
        label=_("重点能力域"),
        required=False,
        choices=key_domain_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("仅乙方填写：在所选标准版本中选择与主营业务关系最密切的五个能力域，计分时权重较高。"),
    )
    field_order = [
        *("enterprise", "edition_code", "carry_from", "track", "key_domains"),
        *("target_level", "scope", "planned_date"),
    ]

    def __init__(
        self,
        *args: Any,
        enterprises: QuerySet[Organisation],
        sources: QuerySet[Assessment],
        offered: Offer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice, source = self.fields["enterprise"], self.fields["carry_from"]
        choice.queryset = enterprises  # type: ignore[attr-defined]
        source.queryset = sources  # type: ignore[attr-defined]
        self.fields["target_level"].initial = 3
        if len(enterprises) == 1:
            choice.initial = enterprises[0]
            choice.widget = forms.HiddenInput()
        if not sources or offered:
            source.widget = forms.HiddenInput()
        if offered:
            self.initial.update(self_check=offered.value, edition_code=offered.edition.code)
            self.fields["edition_code"].widget = forms.HiddenInput()

    def clean_edition_code(self) -> str:
        """An edition whose time of choosing is over stays in sight and is refused with its day."""
        edition = get_edition(self.cleaned_data["edition_code"])
        window = get_window(edition.code)
        if window.open_until and not window.may_open(self.today):
            raise forms.ValidationError(
                gettext("%(edition)s自 %(day)s 后不再新建评估，请选择其他版本。")
                % {"edition": in_words(edition.short), "day": date_format(window.open_until)}
            )
        return edition.code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        edition = get_edition(cleaned["edition_code"]) if "edition_code" in cleaned else None
        if edition:
            self._check_source(edition, cleaned.get("carry_from"), cleaned.get("enterprise"))
            self._check_self_check(edition, cleaned)
        if cleaned.get("track") != Track.PROVIDER:
            cleaned["key_domains"] = []
        elif edition and "key_domains" in cleaned:
            self._check_key_domains(edition, cleaned["key_domains"])
        return cleaned

    def _check_source(self, edition: Edition, source: Assessment | None, enterprise: Organisation | None) -> None:
        if source is None:
            return
        if enterprise is not None and source.enterprise_id != enterprise.pk:
            self.add_error("carry_from", gettext("所选评估不属于该企业，请重新选择。"))
        elif get_crosswalk(source.edition_code, edition.code) is None:
            self.add_error(
                "carry_from",
                gettext("从%(earlier)s到%(later)s没有条款对照，不能沿用；请选择其他评估或从空白开始。")
                % {"earlier": in_words(source.edition.short), "later": in_words(edition.short)},
            )

    def _check_self_check(self, edition: Edition, cleaned: dict[str, Any]) -> None:
        if not (sent := cleaned.get("self_check")):
            return
        found = offer(sent)
        if found is None or found.edition.code != edition.code:
            self.add_error(
                "self_check", gettext("自测内容有误或与所选标准版本不符，没有带入。请重新打开自测结果，再选择带入。")
            )
        elif cleaned.get("carry_from"):
            self.add_error("self_check", gettext("不能同时带入快速自测和沿用以往作答，请选择其一。"))

    def _check_key_domains(self, edition: Edition, chosen: list[str]) -> None:
        wanted = get_scheme(edition.scheme).key_domain_count
        if strange := [c for c in chosen if c not in edition.domains_by_code]:
            self.add_error(
                "key_domains", gettext("所选标准版本没有能力域 %(codes)s。") % {"codes": in_words(listed(strange))}
            )
        elif len(chosen) != wanted:
            self.add_error(
                "key_domains",
                ngettext(
                    "乙方须选择 %(wanted)d 个重点能力域，现已选择 %(chosen)d 个。",
                    "乙方须选择 %(wanted)d 个重点能力域，现已选择 %(chosen)d 个。",
                    len(chosen),
                )
                % {"wanted": wanted, "chosen": len(chosen)},
            )

    def frame(self) -> dict[str, Any]:
        """The arguments of ``open_assessment`` but the enterprise."""
        source = self.cleaned_data["carry_from"]
        kept = {k: v for k, v in self.cleaned_data.items() if k not in ("enterprise", "carry_from")}
        return kept | {"carry_from": source.number if source else ""}


class CaseFilterForm(forms.Form):
    """Filters of the list of cases; a value that does not exist is left aside."""

    q = forms.CharField(label=_("编号、企业名称或统一社会信用代码"), max_length=120, required=False)
    district = forms.ChoiceField(label=_("所在区"), required=False)
    level = forms.TypedChoiceField(label=_("目标等级"), coerce=int, empty_value=None, required=False)
    body = OrganisationChoice(Organisation.objects.none(), label=_("评估机构"), empty_label=_("全部"), required=False)
    turn = forms.ChoiceField(label=_("办理方"), required=False)

    def __init__(self, *args: Any, bodies: QuerySet[Organisation], is_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", gettext("全部"))]
        districts = [(code, in_words(name)) for code, name in register_choices("district")]
        self.fields["district"].choices = everything + districts  # type: ignore[attr-defined]
        self.fields["level"].choices = everything + level_choices()  # type: ignore[attr-defined]
        self.fields["turn"].choices = everything + [(t, in_words(Party(t).label)) for t in TURNS]  # type: ignore[attr-defined]
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]
        if not is_office:
            del self.fields["district"], self.fields["body"]

    def wanted(self) -> dict[str, Any]:
        """The filters that make sense; a wrong one is as good as none."""
        self.is_valid()
        return {k: v for k, v in self.cleaned_data.items() if v}
