"""Details of organisations, the unified social credit code, and inviting members."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms import BoundField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from stdnum.cn import uscc as social_credit
from stdnum.exceptions import ValidationError as InvalidNumber

from assessments.models import Organisation
from assessments.models.registers import register_choices
from assessments.permissions.rules import assignable_roles
from assessments.standard import Bilingual

USCC_LENGTH = 18
#: GB 32100-2015 leaves out I, O, S, V and Z; places 3 to 8 are the digits of an administrative division.
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_DIGITS_ONLY = 8
_EMPLOYEES_MAX = 9_999_999


def clean_uscc(text: str) -> str:
    """The code in its normal form, checked by GB 32100-2015. Raises ``ValidationError`` saying what is wrong."""
    code = unicodedata.normalize("NFKC", text).upper()
    code = "".join(c for c in code if not c.isspace() and c != "-" and unicodedata.category(c) != "Cf")
    if len(code) != USCC_LENGTH:
        raise ValidationError(
            _("应为 18 位，现为 %(count)s 位。请对照营业执照核对。") % {"count": len(code)},
            code="length",
        )
    for place, character in enumerate(code, start=1):
        _check_character(place, character)
    try:
        return social_credit.validate(code)
    except InvalidNumber:
        raise ValidationError(
            _("校验位（第 18 位）不符，可能有一位录入有误。请对照营业执照核对。"), code="check_digit"
        ) from None


def _check_character(place: int, character: str) -> None:
    if character not in _USCC_CHARACTERS:
        raise ValidationError(
            _("第 %(place)s 位“%(character)s”不可用：代码只含数字和除 I、O、S、V、Z 以外的大写字母。")
            % {"place": place, "character": character},
            code="character",
        )
    if place <= _USCC_DIGITS_ONLY and not character.isdigit():
        raise ValidationError(
            _("第 %(place)s 位应为数字，现为“%(character)s”。请对照营业执照核对。")
            % {"place": place, "character": character},
            code="character",
        )


class LineField(forms.CharField):
    """One line of text: line breaks and runs of blanks become one blank."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class UsccField(forms.CharField):
    """A unified social credit code; full-width characters, blanks and small letters are put right silently."""

    def clean(self, value: Any) -> str:
        return clean_uscc(super().clean(value))


class RegisterField(forms.ChoiceField):
    """A choice from a small public register, in the reader's language."""

    def __init__(self, *, register: str, **options: Any) -> None:
        super().__init__(choices=lambda: _choices(register), **options)


def _choices(register: str) -> list[tuple[str, str]]:
    prefix = register == "industry"
    named = [(code, f"{code} {_local(name)}" if prefix else _local(name)) for code, name in register_choices(register)]
    return [("", _("请选择")), *named]


def _local(text: Bilingual) -> str:
    return text.in_language(get_language() or "zh-hans")


_phone = RegexValidator(
    r"^\+?[0-9 ()（）转-]{5,40}$", gettext_lazy("请填写固定电话或手机号码，例如 021-12345678 或 13800000000。")
)


class OrganisationForm(forms.Form):
    """What every organisation keeps about itself; code and kind are fixed."""

    SECTIONS: list[tuple[str | Promise, tuple[str, ...]]] = [
        (gettext_lazy("基本信息"), ("name", "name_en", "district_code", "address")),
        (gettext_lazy("联系方式"), ("contact_name", "contact_phone", "contact_email")),
    ]

    name = LineField(label=gettext_lazy("名称"), max_length=120, help_text=gettext_lazy("与营业执照一致。"))
    name_en = LineField(
        label=gettext_lazy("英文名称"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("用于英文版报告和证书；没有英文名称的可不填。"),
    )
    district_code = RegisterField(register="district", label=gettext_lazy("所在区"))
    address = LineField(label=gettext_lazy("地址"), max_length=200, required=False)
    contact_name = LineField(label=gettext_lazy("联系人"), max_length=60, required=False)
    contact_phone = LineField(
        label=gettext_lazy("联系电话"),
        max_length=40,
        required=False,
        validators=[_phone],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    contact_email = forms.EmailField(label=gettext_lazy("联系邮箱"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The error summary lists fields in the order of the page.
        self.order_fields([name for _title, names in self.SECTIONS for name in names])
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            sentence = _("请选择%(label)s。") if is_choice else _("请填写%(label)s。")
            field.error_messages["required"] = sentence % {"label": field.label}

    def sections(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """Headings with their fields, in the order of the page."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]


class EnterpriseForm(OrganisationForm):
    """An enterprise's details with what eligibility, statistics and the report need."""

    SECTIONS = [
        OrganisationForm.SECTIONS[0],
        (
            gettext_lazy("经营情况"),
            ("industry_code", "size_code", "employees", "founded_date", "business", "data_volume_tb"),
        ),
        OrganisationForm.SECTIONS[1],
    ]

    industry_code = RegisterField(
        register="industry",
        label=gettext_lazy("行业门类"),
        help_text=gettext_lazy("按《国民经济行业分类》（GB/T 4754）填报。"),
    )
    size_code = RegisterField(
        register="size", label=gettext_lazy("企业规模"), help_text=gettext_lazy("按统计上大中小微型企业划分办法填报。")
    )
    employees = forms.IntegerField(
        label=gettext_lazy("从业人数"),
        required=False,
        min_value=1,
        max_value=_EMPLOYEES_MAX,
        help_text=gettext_lazy("单位：人。"),
    )
    founded_date = forms.DateField(
        label=gettext_lazy("成立日期"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    business = forms.CharField(
        label=gettext_lazy("主营业务"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("主要产品或服务，不超过 600 字；写入评估报告的企业概况。"),
    )
    data_volume_tb = forms.DecimalField(
        label=gettext_lazy("业务数据总量"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("单位：TB；估算即可，保留两位小数。"),
    )

    def clean_founded_date(self) -> Any:
        founded = self.cleaned_data["founded_date"]
        if founded and founded > timezone.localdate():
            raise ValidationError(_("成立日期不能晚于今天。"))
        return founded


class RegistrationForm(EnterpriseForm):
    """Registers an enterprise: the code first, for it decides whether the enterprise is new here."""

    SECTIONS = [
        (EnterpriseForm.SECTIONS[0][0], ("uscc", *EnterpriseForm.SECTIONS[0][1])),
        *EnterpriseForm.SECTIONS[1:],
    ]

    uscc = UsccField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=60,
        help_text=gettext_lazy("营业执照上的 18 位代码，登记后不可修改。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
    )
    #: asked for when an enterprise of a similar name is registered; stands beside those, not among the sections
    is_another = forms.BooleanField(label=gettext_lazy("以上均不是本企业，继续登记"), required=False)


class InvitationForm(forms.Form):
    """An address and the role its owner is to have; roles are those of this kind of organisation."""

    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("对方须用该邮箱登录或注册后接受邀请。"),
    )
    role = forms.ChoiceField(label=gettext_lazy("角色"))

    def __init__(self, *args: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = role_choices(organisation)  # type: ignore[attr-defined]


def role_choices(organisation: Organisation) -> list[tuple[str, str]]:
    """The roles an administrator may give here, in the reader's language, the least powerful first."""
    return [(role.value, _local(role.label)) for role in reversed(assignable_roles(organisation))]
