"""Managing editions: workbooks, publishing, errata, days of a transition."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms.assessments import in_words
from assessments.forms.certificates import day_filter
from assessments.forms.edition_cells import EDITION_CODE, has_strange_characters
from assessments.forms.spreadsheets import MAX_BYTES
from assessments.forms.uploads import TOO_LARGE
from assessments.reports.edition_workbook import CRITERIA, EVIDENCE_LENGTH, EVIDENCE_PIECES
from assessments.standard import Bilingual, Criterion, Edition, Window, edition_codes
from assessments.standard.words import CONFIRMATIONS, ERRATUM_FIELDS

#: Longest texts that an erratum may hold, as in the workbook.
_MOST = {c.key.removesuffix("_zh"): c.most for c in CRITERIA.columns if c.key.endswith("_zh")}
REASON_MAX = 500


def _area(label: Any, rows: int, most: int, *, language: str, help_text: Any = "", missing: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "lang": language})
    messages = {"required": missing}
    return forms.CharField(label=label, max_length=most, widget=widget, help_text=help_text, error_messages=messages)


class WorkbookForm(forms.Form):
    """A workbook to import; larger files are cut off while they arrive (``forms/uploads.py``)."""

    #: what is said of a file that is too large
    too_large = _("文件超过 %(most)s MB 的上限。请只保留导出工作簿的五个工作表后重新上传。")

    workbook = forms.FileField(
        label=_("工作簿"),
        error_messages={
            "required": _("请选择要导入的工作簿。"),
            "empty": _("所选文件是空文件，请重新选择。"),
            "max_length": _("文件名过长，请改短后重新选择。"),
        },
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_workbook(self) -> UploadedFile[Any]:
        upload: UploadedFile[Any] = self.cleaned_data["workbook"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(self._too_large())
        return upload

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and getattr(self.request, TOO_LARGE, []):
            self._errors = forms.utils.ErrorDict(workbook=self.error_class([self._too_large()]))

    def _too_large(self) -> str:
        return str(self.too_large) % {"most": MAX_BYTES // 1024 // 1024}


class NewWorkbookForm(forms.Form):
    """A workbook for an edition that does not exist yet, with another one as example."""

    base = forms.ChoiceField(label=_("以哪个版本为例"))
    code = forms.CharField(
        label=_("新版本编号"),
        max_length=20,
        validators=[
            RegexValidator(rf"^{EDITION_CODE}\Z", _("请用小写字母、数字和连字符，须含数字，如 gbt36073-2030。"))
        ],
        help_text=_("小写字母、数字和连字符，须含数字，至多 20 个字符；发布后不能更改。"),
        error_messages={"required": _("请填写新版本编号。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, editions: list[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].choices = [(e.code, in_words(e.title)) for e in editions]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in edition_codes():
            raise forms.ValidationError(_("该编号已在使用。修改现有版本的文字，请导出该版本的工作簿。"))
        return code


class SeenForm(forms.Form):
    """A decision about a draft; ``folder`` is the draft the person saw: its digits are of every file."""

    folder = forms.CharField(widget=forms.HiddenInput, max_length=64)


class PublishForm(SeenForm):
    """Publishing asks for the code to be typed, so that nobody does it by a slip."""

    typed = forms.CharField(
        label=_("输入版本编号以确认"),
        max_length=20,
        error_messages={"required": _("请输入版本编号。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        self.fields["typed"].help_text = gettext("请输入 %(code)s。") % {"code": code}

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self.code:
            raise forms.ValidationError(_("与版本编号不符，请重新输入。"))
        return typed


class CriterionForm(forms.Form):
    """Which text of which criterion is to be corrected."""

    criterion = forms.CharField(
        label=_("条款编号"),
        max_length=16,
        help_text=_("如 6.1-L3-02。"),
        error_messages={"required": _("请填写条款编号。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    part = forms.ChoiceField(label=_("更正内容"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition
        self.fields["part"].choices = [(k, in_words(v)) for k, v in ERRATUM_FIELDS.items()]  # type: ignore[attr-defined]
        self.fields["part"].initial = "text"

    def clean_criterion(self) -> Criterion:
        code = self.cleaned_data["criterion"].strip()
        if code not in self.edition.criteria:
            raise forms.ValidationError(_("该版本没有此条款，请核对编号。"))
        return self.edition.criteria[code]


class ErratumForm(forms.Form):
    """The corrected wording and why. ``seen`` marks the wording that stood there when the form was opened."""

    zh = _area(_("更正后的中文"), 5, 8000, language="zh-Hans", missing=_("请填写更正后的中文。"))
    en = _area(_("更正后的英文"), 5, 8000, language="en", missing=_("请填写更正后的英文。"))
    reason_zh = _area(
        _("更正理由（中文）"),
        2,
        REASON_MAX,
        language="zh-Hans",
        help_text=_("与条款一并公开显示，请写明依据。"),
        missing=_("请填写更正理由的中文。"),
    )
    reason_en = _area(_("更正理由（英文）"), 2, REASON_MAX, language="en", missing=_("请填写更正理由的英文。"))
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, part: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        for name in ("zh", "en"):
            field = self.fields[name]
            if part == "evidence":
                field.help_text = _("每行一项，中英文逐项对应。")
            field.max_length = _MOST[part]  # type: ignore[attr-defined]
            field.validators = [forms.fields.validators.MaxLengthValidator(_MOST[part])]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("zh", "en", "reason_zh", "reason_en"):
            if name not in cleaned:
                continue
            cleaned[name] = "\n".join(line.strip() for line in cleaned[name].strip().splitlines())
            if has_strange_characters(cleaned[name]):
                self.add_error(name, _("含有不可见的控制字符，请删除后重新填写。"))
        if self.part == "evidence" and "zh" in cleaned and "en" in cleaned:
            self._check_evidence(cleaned)
        return cleaned

    def _check_evidence(self, cleaned: dict[str, Any]) -> None:
        pieces = {name: [line for line in cleaned[name].splitlines() if line] for name in ("zh", "en")}
        for name, lines in pieces.items():
            cleaned[name] = "\n".join(lines)
            if len(lines) > EVIDENCE_PIECES or any(len(line) > EVIDENCE_LENGTH for line in lines):
                values = {"most": EVIDENCE_PIECES, "length": EVIDENCE_LENGTH}
                self.add_error(name, gettext("至多 %(most)s 项，每项至多 %(length)s 字。") % values)
        if len(pieces["zh"]) != len(pieces["en"]):
            self.add_error("en", _("中英文的项数应相同，请逐项对应填写。"))

    @property
    def after(self) -> Bilingual:
        return Bilingual(self.cleaned_data["zh"], self.cleaned_data["en"])

    @property
    def reason(self) -> Bilingual:
        return Bilingual(self.cleaned_data["reason_zh"], self.cleaned_data["reason_en"])


def _last_day(label: Any, help_text: Any) -> forms.DateField:
    field = day_filter(label)
    field.help_text = help_text
    field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return field


class WindowForm(forms.Form):
    """Until when an edition may still be chosen, and on what ground."""

    open_until = _last_day(_("可新建至"), _("当日仍可新建自评。不填表示不设限。"))
    apply_until = _last_day(_("可申请至"), _("当日仍可申请评估。不填表示不设限。"))
    status = forms.ChoiceField(
        label=_("确认情况"), widget=forms.RadioSelect, help_text=_("尚无正式文件的选“暂定”，页面将注明。")
    )
    source_zh = _area(
        _("依据（中文）"),
        3,
        REASON_MAX,
        language="zh-Hans",
        help_text=_("写明发文机关、文号或情况说明，公开显示。"),
        missing=_("请填写依据的中文。"),
    )
    source_en = _area(_("依据（英文）"), 3, REASON_MAX, language="en", missing=_("请填写依据的英文。"))

    def __init__(self, *args: Any, window: Window, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "open_until": window.open_until,
            "apply_until": window.apply_until,
            "status": window.status,
            "source_zh": window.source.zh,
            "source_en": window.source.en,
        }
        super().__init__(*args, **kwargs)
        self.code = window.edition_code
        self.fields["status"].choices = [(k, in_words(v)) for k, v in CONFIRMATIONS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        opening: dt.date | None = cleaned.get("open_until")
        applying: dt.date | None = cleaned.get("apply_until")
        if opening and applying and applying < opening:
            self.add_error("apply_until", _("不能早于可新建的最后日期。"))
        for name in ("source_zh", "source_en"):
            if has_strange_characters(cleaned.get(name, "").replace("\r", "")):
                self.add_error(name, _("含有不可见的控制字符，请删除后重新填写。"))
        return cleaned

    @property
    def window(self) -> Window:
        given = self.cleaned_data
        source = Bilingual(given["source_zh"].strip(), given["source_en"].strip())
        return Window(self.code, given["open_until"], given["apply_until"], given["status"], source)
