"""Filling in with a workbook: which part to download, the file that comes back, what to do about each conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms.assessments import in_words
from assessments.forms.editions import WorkbookForm
from assessments.queries.answer_imports import Part

_GROUPS = {"person": _("同事负责的条款"), "domain": _("按能力域")}
#: What may be done about a conflict; the first is what stands when nothing is chosen.
KEEP, TAKE, JOIN = "online", "file", "both"


class PartForm(forms.Form):
    """The part of the questionnaire that a workbook is to hold."""

    part = forms.ChoiceField(
        label=_("导出范围"),
        help_text=_("分部门填写时，可按能力域或负责人分别下载；各份先后上传，互不覆盖。"),
        error_messages={"invalid_choice": _("没有这一范围，请重新选择。"), "required": _("请选择导出范围。")},
    )

    def __init__(self, *args: Any, parts: Sequence[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = {part.key: part for part in parts}
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for part in parts:
            words = gettext("%(part)s（%(n)s 条）") % {"part": in_words(part.label), "n": len(part.codes)}
            groups[part.kind].append((part.key, words))
        single = [*groups.pop("all", []), *groups.pop("mine", [])]
        choices = [*single, *((str(_GROUPS[kind]), options) for kind, options in groups.items())]
        self.fields["part"].choices = choices  # type: ignore[attr-defined]
        self.fields["part"].initial = "mine" if "mine" in self.parts else "all"

    @property
    def chosen(self) -> Part:
        return self.parts[self.cleaned_data["part"]]


class AnswerWorkbookForm(WorkbookForm):
    """A workbook of answers that comes back."""

    too_large = _("文件超过 %(most)s MB 的上限。请删除工作簿中的图片等内容后重新上传。")


class DecisionForm(forms.Form):
    """What the person decided; ``seen`` is the state of the answers that the page showed."""

    seen = forms.CharField(max_length=32)

    @property
    def choices(self) -> Mapping[str, str]:
        """By criterion code, for those that are not to stay as they are."""
        return {
            name.removeprefix("choice-"): str(value)
            for name, value in self.data.items()
            if name.startswith("choice-") and value in (TAKE, JOIN)
        }

    @property
    def cleared(self) -> frozenset[str]:
        """Codes of the criteria whose words may be emptied."""
        return frozenset(name.removeprefix("clear-") for name in self.data if name.startswith("clear-"))


def chosen(data: QueryDict) -> dict[str, str]:
    """What was chosen on a page that has to be shown again, by field."""
    return {name: str(value) for name, value in data.items() if name.startswith(("choice-", "clear-"))}
