"""A paginated document: cover, running head and foot, numbered headings, contents with page numbers, outline.

The story is set twice: the first pass finds out on which page every heading and the end stand, the second prints
them. The contents have as many lines in both, so the second pass always agrees with the first.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus.flowables import Flowable

from assessments.reports.fonts import Face
from assessments.reports.text import BODY, BRAND, BRAND_DEEP, INK, MUTED, RED, RULE, SMALL, Run, Style, Text
from assessments.standard import Bilingual

WIDTH, HEIGHT = A4
MARGIN = 20 * mm
TOP, BOTTOM = 23 * mm, 20 * mm
#: width and height of the text area
MEASURE = WIDTH - 2 * MARGIN
DEPTH = HEIGHT - TOP - BOTTOM

HEADINGS = {
    0: Style(size=17, leading=25, bold=True, colour=BRAND_DEEP, after=10),
    1: Style(size=12.5, leading=19, bold=True, colour=BRAND_DEEP, before=10, after=5),
    2: Style(size=10.8, leading=16.5, bold=True, colour=INK, before=10, after=3),
}
DEMO = Bilingual("演示数据，不具效力", "Demonstration data, no legal effect")


@dataclass(frozen=True)
class Running:
    """What stands on every page after the cover."""

    number: str
    title: str
    note: str


class Paper:
    """Collects a story in one language and prints it. Every text goes through :meth:`say` or a flowable's face."""

    def __init__(self, language: str, *, title: Bilingual, subject: str, author: str, running: Running, is_demo: bool):
        self.language, self.face = language, Face()
        self.is_english = language.lower().startswith("en")
        self.title, self.subject, self.author = self.say(title), subject, author
        self.number, self.head, self.note = (self.face.write(t) for t in (running.number, running.title, running.note))
        self.demo = self.face.write(self.say(DEMO)) if is_demo else ""
        self.story: list[Flowable] = []
        self.pages = Pages()
        self._chapters: list[int] = []
        self._page_words = self.face.write(self.say(Bilingual("第 {x} 页 / 共 {y} 页", "Page {x} of {y}")))

    # --- words -------------------------------------------------------------------------------------------------

    def say(self, words: Bilingual | str) -> str:
        """The wording in the document's language; plain text passes through."""
        return words.in_language(self.language) if isinstance(words, Bilingual) else words

    # --- the story ---------------------------------------------------------------------------------------------

    def add(self, *flowables: Flowable) -> None:
        self.story.extend(flowables)

    def text(self, words: Bilingual | str, style: Style = BODY) -> Text:
        return Text(self.face, self.say(words), style)

    def paragraph(self, words: Bilingual | str, style: Style = BODY) -> None:
        """Running text; full Chinese lines are stretched to the margin."""
        self.add(self.text(words, style.but(justify=not self.is_english)))

    def note_line(self, words: Bilingual | str) -> None:
        self.add(self.text(words, SMALL))

    def runs(self, *runs: Run, style: Style = BODY) -> None:
        self.add(Text(self.face, runs, style))

    def space(self, points: float) -> None:
        self.add(Spacer(1, points))

    def need(self, points: float) -> None:
        """A new page unless this much of the current one is left."""
        self.add(CondPageBreak(points))

    def page_break(self) -> None:
        self.add(PageBreak())

    def heading(self, depth: int, words: Bilingual | str, *, number: str = "", listed: bool = True) -> None:
        """A heading of depth 0 to 2, in the outline and (``listed``) in the contents."""
        if depth:
            self.need(150 if depth == 1 else 120)
        title = self.say(words)
        joined = f"{number}  {title}" if number else title
        key = f"h{len(self.pages.headings) + 1}"
        self.pages.headings.append((key, depth, joined, listed))
        self.add(Heading(self.face, joined, depth, key, self.pages))

    def chapter(self, words: Bilingual, *, annex: str = "", room: float = DEPTH) -> str:
        """A numbered chapter, on a new page unless ``room`` points of this one are left; returns its number."""
        self.need(room - 1)
        self.space(14)
        if annex:
            number = self.say(Bilingual(f"附录 {annex}", f"Annex {annex}"))
        else:
            self._chapters.append(1)
            number = str(len(self._chapters))
        self.heading(0, words, number=number)
        return number

    def foot_of_cover(self) -> None:
        """What follows stands at the foot of the cover."""
        self.add(FrameBreak())

    def begin(self) -> None:
        """Ends the cover."""
        self.add(NextPageTemplate("body"), PageBreak())

    def contents(self, words: Bilingual) -> None:
        """Takes the place of the contents; filled in when the story is complete."""
        self.add(self.text(words, HEADINGS[0]), _ContentsHere())

    # --- printing ----------------------------------------------------------------------------------------------

    def render(self) -> bytes:
        """The finished PDF."""
        story = self._with_contents()
        out = io.BytesIO()
        with self.face:
            document = BaseDocTemplate(
                out,
                pagesize=A4,
                leftMargin=MARGIN,
                rightMargin=MARGIN,
                topMargin=TOP,
                bottomMargin=BOTTOM,
                title=self.title,
                subject=self.subject,
                author=self.author,
                creator="DCMM",
                lang=self._lang,
                initialFontName=self.face.name(),
            )
            frame = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
            cover = Frame(MARGIN, BOTTOM + 64, MEASURE, HEIGHT - BOTTOM - 64 - 30 * mm, id="cover", **frame)
            foot = Frame(MARGIN, BOTTOM, MEASURE, 64, id="foot", **frame)
            body = Frame(MARGIN, BOTTOM, MEASURE, DEPTH, id="body", **frame)
            document.addPageTemplates(
                [
                    PageTemplate("cover", [cover, foot], onPage=self._cover_furniture),
                    PageTemplate("body", [body], onPage=self._furniture),
                ]
            )
            document.multiBuild(story, canvasmaker=_FirstRehearse(self.face))
        return out.getvalue()

    @property
    def _lang(self) -> str:
        return "en-GB" if self.is_english else "zh-CN"

    def _with_contents(self) -> list[Flowable]:
        entries = [ContentsLine(self.face, *h[:3], self.pages) for h in self.pages.headings if h[3]]
        story: list[Flowable] = [self.pages]
        for flowable in self.story:
            story.extend(entries if isinstance(flowable, _ContentsHere) else [flowable])
        return story

    def _cover_furniture(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFillColor(BRAND)
        canvas.rect(0, HEIGHT - 8 * mm, WIDTH, 8 * mm, stroke=0, fill=1)
        self._demo_line(canvas, HEIGHT - 14 * mm)

    def _furniture(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(MUTED)
        canvas.setFont(self.face.name(), 7.8)
        canvas.drawString(MARGIN, HEIGHT - 14 * mm, self.number)
        canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 14 * mm, self.head)
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, HEIGHT - 16.5 * mm, WIDTH - MARGIN, HEIGHT - 16.5 * mm)
        canvas.line(MARGIN, 14.5 * mm, WIDTH - MARGIN, 14.5 * mm)
        canvas.drawString(MARGIN, 10 * mm, self.note)
        page = self._page_words.format(x=document.page, y=self.pages.total or document.page)
        canvas.drawRightString(WIDTH - MARGIN, 10 * mm, page)
        self._demo_line(canvas, HEIGHT - 9 * mm)
        canvas.restoreState()
        self.pages.reached = document.page

    def _demo_line(self, canvas: Canvas, y: float) -> None:
        if self.demo:
            canvas.setFillColor(RED)
            canvas.setFont(self.face.name(), 7.8)
            canvas.drawCentredString(WIDTH / 2, y, self.demo)


class _Rehearsal(Canvas):
    """The canvas of the first pass: it is thrown away, so text need not be written on it."""

    is_rehearsal = True


class _FirstRehearse:
    """Gives the first pass a rehearsal and every further one a real canvas."""

    def __init__(self, face: Face) -> None:
        self._face, self._passes = face, 0

    def __call__(self, *args: Any, **options: Any) -> Canvas:
        self._passes += 1
        if self._passes == 1:
            return _Rehearsal(*args, **options)
        canvas = Canvas(*args, **options)
        self._face.order(canvas._doc)
        return canvas


class Pages(Flowable):
    """Knows where headings stand; reportlab asks it after each pass whether another one is needed."""

    def __init__(self) -> None:
        super().__init__()
        #: key, depth, title, whether the contents list it
        self.headings: list[tuple[str, int, str, bool]] = []
        self.found: dict[str, int] = {}
        self.printed: dict[str, int] = {}
        self.reached = self.total = 0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return 0.0, 0.0

    def draw(self) -> None:
        """Nothing to see."""

    def isIndexing(self) -> bool:  # noqa: N802 (reportlab's names)
        return True

    def beforeBuild(self) -> None:  # noqa: N802
        self.printed, self.total, self.found = self.found, self.reached, {}

    def afterBuild(self) -> None:  # noqa: N802
        """Nothing is left to do."""

    def isSatisfied(self) -> bool:  # noqa: N802
        return self.printed == self.found and self.total == self.reached


class Heading(Text):
    """Text that is also a bookmark and an outline entry."""

    def __init__(self, face: Face, title: str, depth: int, key: str, pages: Pages) -> None:
        super().__init__(face, title, HEADINGS[depth])
        self.title, self.depth, self.key, self.pages = title, depth, key, pages

    def split(self, width: float, height: float) -> list[Flowable]:
        return []

    def draw(self) -> None:
        self.canv.bookmarkHorizontal(self.key, 0, self.height + 6)
        self.canv.addOutlineEntry(self.title, self.key, self.depth, closed=self.depth > 0)
        self.pages.found[self.key] = self.canv.getPageNumber()
        super().draw()


class _ContentsHere(Flowable):
    """Marks the place of the contents in a story; never printed."""


class ContentsLine(Flowable):
    """One line of the contents: title, leader, page; the whole line is a link."""

    _STYLES = {
        0: Style(size=10.2, leading=19, bold=True, colour=BRAND_DEEP, before=5),
        1: Style(size=9.6, leading=15.5),
        2: Style(size=8.8, leading=13.6, colour=MUTED),
    }

    def __init__(self, face: Face, key: str, depth: int, title: str, pages: Pages) -> None:
        super().__init__()
        self.face, self.key, self.depth, self.pages = face, key, depth, pages
        self.style = self._STYLES[depth]
        self._title = Text(face, title, self.style)

    def getSpaceBefore(self) -> float:  # noqa: N802
        return self.style.before

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._inset = 14.0 * self.depth
        _, self.height = self._title.wrap(width - self._inset - 40, height)
        self.width = width
        return width, self.height

    def draw(self) -> None:
        self._title.drawOn(self.canv, self._inset, 0)
        page = str(self.pages.printed.get(self.key, ""))
        size, bold = self.style.size, self.style.bold
        baseline = self.style.leading * 0.5 - size * 0.37
        self.canv.setFont(self.face.name(bold), size)
        self.canv.setFillColor(self.style.colour)
        self.canv.drawRightString(self.width, baseline, page)
        start = self._inset + min(self._title._lines[-1].width, self.width) + 6
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.5)
        self.canv.setDash(1, 2)
        self.canv.line(start, baseline, self.width - self.face.width(page, size, bold) - 6, baseline)
        self.canv.setDash()
        self.canv.linkRect("", self.key, (0, 0, self.width, self.height), relative=1)
