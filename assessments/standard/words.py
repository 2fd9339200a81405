"""The codes of the standard's data in words."""

from __future__ import annotations

from assessments.standard.bilingual import Bilingual

EDITION_STATUSES = {
    "current": Bilingual("现行", "In force"),
    "superseded": Bilingual("已被代替", "Superseded"),
    "draft": Bilingual("草案", "Draft"),
}
WORDINGS = {
    "own": Bilingual("平台自行编写", "Our own words"),
    "licensed": Bilingual("授权文本", "Licensed text"),
}
CONFIRMATIONS = {
    "provisional": Bilingual("暂定", "Provisional"),
    "confirmed": Bilingual("已确认", "Confirmed"),
}
#: what an erratum may correct
ERRATUM_FIELDS = {
    "text": Bilingual("条款", "Criterion"),
    "guidance": Bilingual("说明", "Guidance"),
    "evidence": Bilingual("典型证据", "Typical evidence"),
}
