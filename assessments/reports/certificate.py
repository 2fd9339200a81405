"""The certificate: one landscape page, Chinese leading, English below it, with the way to check it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from assessments.reports import qr
from assessments.reports.dataset import CERTIFICATE_STATUSES, CertificateSheet
from assessments.reports.fonts import Face
from assessments.reports.paper import DEMO
from assessments.reports.text import BRAND, BRAND_DEEP, INK, MUTED, RED, RULE, RULE_STRONG, SOFT, Run, Style, Text
from assessments.reports.wording import day, level_name
from assessments.scoring import TRACKS
from assessments.standard import Bilingual, get_edition

WIDTH, HEIGHT = landscape(A4)
TITLE = Bilingual("数据管理能力成熟度等级证书", "Certificate of Data Management Capability Maturity")
_CHECK = Bilingual(
    "扫描二维码或访问下列网址查验，证书的实时状态以该页面显示为准。",
    "Scan the code or open the address below. The live status is the one shown on that page.",
)
_FULL_SCOPE = Bilingual("（完整范围见查验页面）", "(full scope on the check page)")
#: characters of a scope that is too long even in the smallest size
_SCOPE_CUT = 480
#: the block of facts: left edge, width of labels and of values
_LEFT, _LABEL, _VALUE = 35 * mm, 46 * mm, 181 * mm
#: centred texts keep this distance from the edges of the sheet
_SIDE = 28 * mm
#: the space for everything above QR code and seal
_CEILING, _FLOOR = HEIGHT - 24 * mm, 56 * mm
_ROW_GAP = 3.2
_SCALES = (1.0, 0.93, 0.86, 0.79, 0.72)


@dataclass(frozen=True)
class _Layout:
    """Stacks of centred texts from the top, then rows of facts; ``spare`` is the height left over."""

    stacks: list[list[Text]]
    facts: list[list[tuple[Text, Text]]]
    spare: float


def render(data: CertificateSheet, language: str) -> bytes:
    """The certificate as PDF. It is always bilingual; ``language`` sets the title and language of the file."""
    sheet = _Sheet(data)
    out = io.BytesIO()
    with sheet.face:
        canvas = Canvas(
            out,
            pagesize=(WIDTH, HEIGHT),
            initialFontName=sheet.face.name(),
            lang="en-GB" if language.lower().startswith("en") else "zh-CN",
        )
        sheet.face.order(canvas._doc)
        canvas.setTitle(f"{TITLE.in_language(language)} {data.number}")
        canvas.setAuthor(data.authority.in_language(language))
        canvas.setSubject(data.number)
        canvas.setCreator("DCMM")
        sheet.draw(canvas)
        canvas.showPage()
        canvas.save()
    return out.getvalue()


class _Sheet:
    """Every text is made first, so that the typeface knows it; then the sheet is laid out and drawn."""

    def __init__(self, data: CertificateSheet) -> None:
        self.data, self.face = data, Face()
        self._stacks = [self._title(), self._holder(), self._level()]
        self._rows = self._fact_rows()
        self._scopes = self._scope_texts()
        self._check = [
            self._text(_CHECK.zh, 8.6, INK),
            self._text(_CHECK.en, 7.8, MUTED),
            self._text(data.verify_url, 8.2, BRAND),
        ]
        self._authority = [
            self._text("发证机关  Issuing authority", 8.6, MUTED, align="right"),
            self._text(data.authority.zh, 12, INK, bold=True, align="right"),
            self._text(data.authority.en, 8.8, SOFT, align="right"),
        ]
        self._seal = [self.face.write("印章处"), self.face.write("Seal")]
        self._demo = self.face.write(f"{DEMO.zh}  {DEMO.en}", bold=True)
        status = CERTIFICATE_STATUSES[data.status]
        self._status = self.face.write(f"证书状态 Status：{status.zh} {status.en}", bold=True)

    # --- texts ---------------------------------------------------------------------------------------------------

    def _text(self, text: str, size: float, colour: Color, *, bold: bool = False, align: str = "left") -> Text:
        return Text(self.face, text, Style(size=size, leading=size * 1.46, colour=colour, bold=bold, align=align))

    def _centred(self, text: str, size: float, colour: Color, *, bold: bool = False) -> Text:
        return self._text(text, size, colour, bold=bold, align="center")

    def _title(self) -> list[Text]:
        style = Style(size=29, leading=42, colour=BRAND_DEEP, bold=True, align="center", tracking=5)
        return [
            Text(self.face, TITLE.zh, style),
            self._centred(TITLE.en, 13.5, BRAND),
            self._centred(f"证书编号 No. {self.data.number}", 10.5, SOFT),
        ]

    def _holder(self) -> list[Text]:
        texts = [
            self._centred("兹证明  This is to certify that", 10.5, MUTED),
            self._centred(self.data.holder, 22, INK, bold=True),
        ]
        if self.data.holder_en:
            texts.append(self._centred(self.data.holder_en, 11.5, SOFT))
        code = f"统一社会信用代码 Unified social credit code  {self.data.uscc}"
        return [*texts, self._centred(code, 9.8, SOFT)]

    def _level(self) -> list[Text]:
        name, number = level_name(self.data.level), self.data.level
        runs = [
            Run(f"{number} 级  {name.zh}", True, BRAND_DEEP),
            Run(f"    Level {number}  {name.en}", False, BRAND),
        ]
        return [
            self._centred("数据管理能力成熟度达到  has reached data management capability maturity", 10.5, MUTED),
            Text(self.face, runs, Style(size=23, leading=34, align="center")),
        ]

    def _fact(self, label: tuple[str, str], value: tuple[str, str] | None) -> tuple[Text, Text | None]:
        """A label and its value in both languages; a value of ``None`` is the scope."""
        name = [Run(f"{label[0]}  ", False, INK), Run(label[1], False, MUTED)]
        style = Style(size=9.6, leading=14.4)
        if value is None:
            return Text(self.face, name, style), None
        words = [Run(value[0], True, INK), Run(f"  {value[1]}" if value[1] else "", False, SOFT)]
        return Text(self.face, name, style), Text(self.face, words, style)

    def _fact_rows(self) -> list[list[tuple[Text, Text | None]]]:
        data, edition, track = self.data, get_edition(self.data.edition), TRACKS[self.data.track]
        issued, expires = day(data.issued), day(data.expires)
        return [
            [self._fact(("依据标准", "Standard"), (edition.title.zh, edition.short.en))],
            [self._fact(("评估类型", "Track"), (track.zh, track.en))],
            [self._fact(("评估范围", "Scope"), None)],
            [self._fact(("评估机构", "Evaluation body"), (data.body, data.body_en))],
            [
                self._fact(("发证日期", "Issued"), (issued.zh, issued.en)),
                self._fact(("有效期至", "Valid until"), (expires.zh, expires.en)),
            ],
        ]

    def _scope_texts(self) -> list[Text]:
        """The scope in falling sizes, and last one cut with a pointer to the check page."""
        whole = " ".join(self.data.scope.split()) or "–"
        sizes = [Style(size=s, leading=s * 1.48, bold=s > 9) for s in (9.6, 8.8, 8, 7.2, 6.5)]
        cut = f"{whole[:_SCOPE_CUT]}…{_FULL_SCOPE.zh} {_FULL_SCOPE.en}"
        return [Text(self.face, whole, s) for s in sizes] + [Text(self.face, cut, sizes[-1])]

    # --- layout --------------------------------------------------------------------------------------------------

    def _layout(self) -> _Layout:
        """The largest setting that fits: first the scope gives way, then all above it, last the end of the scope."""
        *whole, cut = self._scopes
        for scopes in (whole, [cut]):
            for scale in _SCALES:
                for scope in scopes:
                    layout = self._measure(scale, scope)
                    if layout.spare >= 0:
                        return layout
        return self._measure(_SCALES[-1], cut)

    def _measure(self, scale: float, scope: Text) -> _Layout:
        stacks = [[t if scale == 1 else t.scaled(scale) for t in stack] for stack in self._stacks]
        tall = sum(t.wrap(WIDTH - 2 * _SIDE, HEIGHT)[1] for stack in stacks for t in stack)
        facts = [[(label, value or scope) for label, value in row] for row in self._rows]
        tall += sum(_row_height(row) for row in facts)
        gaps = 3 * 12 + 4 * _ROW_GAP
        return _Layout(stacks, facts, _CEILING - _FLOOR - tall - gaps)

    # --- drawing -------------------------------------------------------------------------------------------------

    def draw(self, canvas: Canvas) -> None:
        self._frame(canvas)
        layout = self._layout()
        extra = max(0.0, min(layout.spare / 4, 14))
        y = _CEILING - max(0.0, (layout.spare - 4 * extra) / 3) - extra / 2
        for position, stack in enumerate(layout.stacks):
            for text in stack:
                y -= text.height
                text.drawOn(canvas, _SIDE, y)
            y -= 12 + extra
            if position == 0:
                self._rule(canvas, y + (12 + extra) / 2)
        for row in layout.facts:
            y = self._draw_row(canvas, row, y) - _ROW_GAP
        self._draw_check(canvas)
        self._draw_authority(canvas)
        self._marks(canvas)

    def _frame(self, canvas: Canvas) -> None:
        canvas.setStrokeColor(BRAND_DEEP)
        for inset, weight in ((10 * mm, 2.2), (12.4 * mm, 0.6)):
            canvas.setLineWidth(weight)
            canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset, stroke=1, fill=0)

    def _rule(self, canvas: Canvas, y: float) -> None:
        canvas.setStrokeColor(BRAND)
        canvas.setLineWidth(0.8)
        canvas.line(WIDTH / 2 - 30 * mm, y, WIDTH / 2 + 30 * mm, y)

    def _draw_row(self, canvas: Canvas, row: Sequence[tuple[Text, Text]], y: float) -> float:
        height = _row_height(row)
        step = (_LABEL + _VALUE) / len(row)
        for position, (label, value) in enumerate(row):
            x = _LEFT + position * step
            label.drawOn(canvas, x, y - label.height)
            value.drawOn(canvas, x + _LABEL, y - value.height)
        y -= height
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.4)
        canvas.line(_LEFT, y - _ROW_GAP / 2, _LEFT + _LABEL + _VALUE, y - _ROW_GAP / 2)
        return y

    def _draw_check(self, canvas: Canvas) -> None:
        size, x, y = 33 * mm, 17 * mm, 17 * mm
        qr.draw(canvas, self.data.verify_url, x, y, size)
        width = 78 * mm
        tall = sum(text.wrap(width, HEIGHT)[1] + 3 for text in self._check)
        top = y + (size + tall) / 2
        for text in self._check:
            top -= text.height
            text.drawOn(canvas, x + size + 2, top)
            top -= 3
        canvas.linkURL(self.data.verify_url, (x, y, x + size + 2 + width, y + size), relative=0)

    def _draw_authority(self, canvas: Canvas) -> None:
        x, y, radius = WIDTH - 37 * mm, 34.5 * mm, 18 * mm
        canvas.saveState()
        canvas.setStrokeColor(RULE_STRONG)
        canvas.setLineWidth(0.7)
        canvas.setDash(3, 2.4)
        canvas.circle(x, y, radius, stroke=1, fill=0)
        canvas.restoreState()
        canvas.setFillColor(MUTED)
        for text, size, down in zip(self._seal, (9, 7.6), (-1, 10), strict=True):
            canvas.setFont(self.face.name(), size)
            canvas.drawCentredString(x, y - down, text)
        left, right = 133 * mm, x - radius - 5 * mm
        tall = sum(text.wrap(right - left, HEIGHT)[1] for text in self._authority)
        top = y + tall / 2
        for text in self._authority:
            top -= text.height
            text.drawOn(canvas, left, top)

    def _marks(self, canvas: Canvas) -> None:
        canvas.setFillColor(RED)
        canvas.setFont(self.face.name(bold=True), 9.5)
        if self.data.is_demo:
            canvas.drawString(17 * mm, HEIGHT - 18.5 * mm, self._demo)
        if self.data.status != "active":
            canvas.drawRightString(WIDTH - 17 * mm, HEIGHT - 18.5 * mm, self._status)


def _row_height(row: Sequence[tuple[Text, Text]]) -> float:
    width = (_LABEL + _VALUE) / len(row) - _LABEL
    return max(max(label.wrap(_LABEL, HEIGHT)[1], value.wrap(width, HEIGHT)[1]) for label, value in row)
