"""The sentences of messages that are not steps of a case, by kind; ``values`` of the message fill them in."""

from __future__ import annotations

from assessments.models import InboxMessage
from assessments.models.inbox import STEP
from assessments.standard import Bilingual

WORDS: dict[str, Bilingual] = {
    "assigned": Bilingual("{name}分配给您：{parts}", "{name} assigned to you: {parts}"),
    "handed_over": Bilingual(
        "{name}将填报工作移交给{receiver}：{parts}（{reason}）", "{name} handed over to {receiver}: {parts} ({reason})"
    ),
    "part_done": Bilingual("{name}已完成填报：{parts}", "{name} has finished: {parts}"),
    "mention": Bilingual("{name}在 {code} 的讨论中提到您", "{name} mentioned you in the discussion of {code}"),
    "comment": Bilingual("{name}在 {code} 的讨论中发表了意见", "{name} commented on {code}"),
    "join_request": Bilingual("{name}申请加入{organisation}", "{name} asks to join {organisation}"),
    "join_decision": Bilingual("{organisation}：{decision}", "{organisation}: {decision}"),
}


def words_of(message: InboxMessage) -> Bilingual:
    """What happened, in both languages. A value may itself be a pair: ``{"zh": ..., "en": ...}``."""
    if message.kind == STEP:
        assert message.transition is not None
        return message.transition.label
    values = {k: Bilingual(**v) if isinstance(v, dict) else v for k, v in message.values.items()}
    return WORDS[message.kind].format(**values)
