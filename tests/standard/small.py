"""A small made-up edition, sound as it is: two domains, three items, and what belongs to it."""

from __future__ import annotations

import re
from pathlib import Path

HEAD = """
code = "{code}"
title = {{ zh = "小标准（{code}）", en = "Small standard ({code})" }}
short = {{ zh = "小标准", en = "small standard" }}
status = "{status}"
scheme = "{scheme}"
in_force = "2030-01-01"
wording = "own"
source = {{ zh = "来源", en = "Source" }}
use = {{ zh = "用途", en = "Use" }}
domains = ["6", "7"]
counts = {{ domains = 2, items = 3, criteria = {criteria} }}
"""

SCHEME = """
code = "small-scheme"
name = { zh = "小方案", en = "Small scheme" }
editions = ["small-2030"]
[conformity]
value = { full = 100, largely = 80, partially = 40, none = 0 }
status = "provisional"
valid_from = "2020-01-01"
source = { zh = "平台自定", en = "Set by the platform" }
[level_gate]
value = 60
status = "provisional"
valid_from = "2020-01-01"
source = { zh = "平台自定", en = "Set by the platform" }
[bands]
value = [60, 160, 260, 360, 460]
status = "provisional"
valid_from = "2020-01-01"
source = { zh = "平台自定", en = "Set by the platform" }
[domain_floor]
value = { from_level = 2, below_band = 100 }
status = "provisional"
valid_from = "2020-01-01"
source = { zh = "平台自定", en = "Set by the platform" }
[provider_weights]
value = { key_domains = 1, key = 600, others_together = 400 }
status = "provisional"
valid_from = "2020-01-01"
tracks = ["provider"]
source = { zh = "平台自定", en = "Set by the platform" }
[bonus]
value = { each = 1, at_most = 3 }
status = "provisional"
valid_from = "2020-01-01"
tracks = ["owner"]
source = { zh = "平台自定", en = "Set by the platform" }
"""


def criterion(item: str, level: int, number: int) -> str:
    code = f"{item}-L{level}-{number:02d}"
    return f"""
[[items.criteria]]
code = "{code}"
level = {level}
text = {{ zh = "条款{code}", en = "Text {code}" }}
guidance = {{ zh = "说明{code}", en = "Guidance {code}" }}
evidence = {{ zh = ["证据甲{code}", "证据乙{code}"], en = ["first of {code}", "second of {code}"] }}
"""


def item(code: str, per_level: tuple[int, ...] = (1, 1, 1, 1, 1)) -> str:
    criteria = "".join(criterion(code, level, n) for level, c in enumerate(per_level, 1) for n in range(1, c + 1))
    return f"""
[[items]]
code = "{code}"
name = {{ zh = "能力项{code}", en = "Item {code}" }}
purpose = {{ zh = "目的{code}", en = "Purpose {code}" }}
{criteria}"""


def domain(code: str, zh: str, en: str, *items: str) -> str:
    return f"""
code = "{code}"
name = {{ zh = "域{zh}", en = "Domain {en}" }}
summary = {{ zh = "概述{zh}", en = "Summary {en}" }}
{"".join(items)}"""


SIX = domain("6", "六", "six", item("6.1", (1, 2, 1, 1, 1)))
SEVEN = domain("7", "七", "seven", item("7.1"), item("7.2"))


def write_edition(
    folder: Path,
    code: str = "small-2030",
    *,
    six: str = SIX,
    seven: str = SEVEN,
    status: str = "current",
    scheme: str = "practice-2026",
) -> Path:
    """The files of the edition in ``folder``; the count of criteria is taken from them."""
    folder.mkdir(parents=True, exist_ok=True)
    count = len(re.findall(r"\[\[items\.criteria\]\]", six + seven))
    head = HEAD.format(code=code, status=status, scheme=scheme, criteria=count)
    for name, text in (("edition.toml", head), ("06.toml", six), ("07.toml", seven)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder
