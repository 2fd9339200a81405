"""The figures beside an item and in the tree, on the page and after a save that changed them."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.models import Assessment
from assessments.queries.questionnaire import Live
from assessments.standard import Criterion, Item
from assessments.templatetags.charts import level_bars, radar
from assessments.templatetags.components import level_badge
from assessments.templatetags.markup import filled, joined
from assessments.templatetags.platform import local, score
from assessments.views.item_tree import tree_figure


def panel(case: Assessment, item: Item, live: Live, *, out_of_band: bool = False) -> SafeString:
    """The figures beside the criteria: of the item, of its domain, of the case."""
    name = _("各能力域得分雷达图，虚线为目标等级 %(level)s") % {"level": case.target_level}
    slots = {
        "item_code": item.code,
        "item_score": score(live.item.score),
        "item_level": level_badge(live.item.level),
        "bars": level_bars(live.item.levels, live.gate, _("能力项 %(code)s") % {"code": item.code}),
        "item_answered": live.item.answered,
        "item_total": live.item.total,
        "domain_code": item.domain_code,
        "domain_score": score(live.domain.score),
        "domain_level": level_badge(live.domain.level),
        "domain_answered": live.domain.answered,
        "domain_total": live.domain.total,
        "score": score(live.score),
        "level": level_badge(live.level),
        "answered": live.answered,
        "total": live.total,
        "radar": radar(live.radar_axes, live.radar_series, case.target_level, name, small=True),
        "domains": joined(
            filled("questionnaire/domain_score.html", {"code": d.code, "name": local(d.name), "score": score(value)})
            for d, value in live.scores_by_domain
        ),
    }
    return filled(
        "questionnaire/panel_figures.html",
        slots,
        has_score=live.score is not None,
        is_open=live.answered < live.total,
        out_of_band=out_of_band,
    )


def after_save(case: Assessment, criterion: Criterion, live: Live) -> SafeString:
    """What a changed verdict changes elsewhere on the page, each part to be put in its place."""
    item = case.edition.items[criterion.item_code]
    own, of_domain = live.item, live.domain
    level = own.levels[criterion.level - 1]
    slots = {
        "panel": panel(case, item, live, out_of_band=True),
        "domain": tree_figure(item.domain_code, of_domain.answered, of_domain.total, out_of_band=True),
        "item": tree_figure(item.code, own.answered, own.total, level=own.level, is_item=True, out_of_band=True),
        "level": filled(
            "questionnaire/level_score.html",
            {} if level is None else {"figure": score(level)},
            number=criterion.level,
            out_of_band=True,
        ),
        "carried": confirmed(criterion.code),
    }
    return filled("questionnaire/figures.html", slots)


def confirmed(criterion_code: str) -> SafeString:
    """An answer that was carried over waits no longer once it was saved."""
    return filled("questionnaire/confirmed.html", {"code": criterion_code})
