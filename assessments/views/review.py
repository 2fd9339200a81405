"""The review: queue of items, workbench, differences, conclusion, and what the office reads after sign-off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.actions import review as actions
from assessments.actions.errors import Conflict, Refused
from assessments.forms.review import ConclusionForm, ReconcileForm, RulingForm
from assessments.models import Assessment, Conclusion
from assessments.permissions import rules
from assessments.permissions.scope import case_roles
from assessments.queries import compliance, timeline
from assessments.queries import review as reviews
from assessments.queries.transitions import next_steps
from assessments.queries.workbench import FILTERS, Bench, Row, bench
from assessments.standard import Criterion, Item
from assessments.templatetags.platform import local
from assessments.views import head
from assessments.views.access import case_or_404, item_or_404, permit, user_of
from assessments.workflow import CaseRole, StateCode

PAGE_SIZE = 20
#: Session key of the filter last chosen on the workbench.
FILTER_KEY = "workbench_filter"
_INVALID = 422
_CONFLICT = 409


# --- what all pages of the review share ----------------------------------------------------------------------------


def page_context(
    request: HttpRequest, case: Assessment, current: str, title: str, *, steps: bool = False
) -> dict[str, Any]:
    """Case head, tabs and breadcrumbs of a page; ``steps`` adds the stages and the next steps of the case."""
    context: dict[str, Any] = {
        "case": case,
        "title": title,
        "queue_url": _page_url(case, "items" if _is_assessed(case) else "review"),
        "tabs": _tabs(case, current),
        "breadcrumbs": [
            {"label": _("评估项目"), "url": reverse("assessment_list")},
            {"label": case.number, "url": reverse("assessment_detail", args=[case.number])},
            {"label": title, "url": ""},
        ],
    }
    if steps:
        context["stages"] = timeline.stages(case, timeline.steps_taken(case))
        context["actions"] = head.actions(case, next_steps(case, by=user_of(request), at=timezone.now()))
    return context


def _tabs(case: Assessment, current: str) -> list[dict[str, Any]]:
    """The pages of the review that this reader may open."""
    pages = []
    if rules.can_read_review(case):
        pages += [("review", _("审查概览") if _is_assessed(case) else _("评定任务"))]
        pages += [("items", _("评定明细"))] if _is_assessed(case) else []
        pages += [("differences", _("差异合议")), ("conclusion", _("评估结论"))]
    if rules.can_read_team(case):
        pages += [("team", _("评估组"))]
    return [{"label": label, "url": _page_url(case, name), "is_current": name == current} for name, label in pages]


def _page_url(case: Assessment, name: str) -> str:
    if name == "items":
        return reverse("review", args=[case.number]) + "?view=items"
    return reverse(name, args=[case.number])


def _is_assessed(case: Assessment) -> bool:
    return bool(rules.can_read_assessed_result(case))


def _chips(
    address: str, query: QueryDict, name: str, choices: Mapping[str, tuple[str, Any]], active: str
) -> list[dict[str, Any]]:
    """Filter chips that set ``name`` in the address and keep the rest of it; a new filter starts at the first page.

    The address is written out, because a refused form is shown under the address it was sent to.
    """
    kept = {k: v for k, v in query.items() if k not in (name, "page")}
    return [
        {
            "label": label,
            "url": f"{address}?{urlencode({**kept, name: value})}",
            "is_active": value == active,
            "count": count,
        }
        for value, (label, count) in choices.items()
    ]


def _domain_chips(address: str, query: QueryDict, case: Assessment, active: str) -> list[dict[str, Any]]:
    domains = {d.code: (f"{d.code} {local(d.name)}", None) for d in case.edition.domains}
    return _chips(address, query, "domain", {"": (_("全部能力域"), None), **domains}, active)


def _criterion_or_404(case: Assessment, code: str) -> Criterion:
    criterion = case.edition.criteria.get(code)
    if criterion is None:
        raise Http404
    return criterion


# --- the queue -----------------------------------------------------------------------------------------------------


@login_required
@require_GET
def review(request: HttpRequest, number: str) -> HttpResponse:
    """The queue of items; once signed off the summary for compliance review, with the queue behind a tab."""
    case = case_or_404(request, number)
    permit(rules.can_read_review(case))
    if _is_assessed(case) and request.GET.get("view") != "items":
        context = page_context(request, case, "review", _("审查概览"), steps=True)
        return render(request, "review/compliance.html", {**context, "summary": compliance.summary(case)})
    queue = reviews.queue(user_of(request), case)
    domain, show = request.GET.get("domain", ""), request.GET.get("show", "")
    choices = {"": (_("全部能力项"), len(queue.items))}
    if CaseRole.ASSESSOR in case_roles(case):
        choices["mine"] = (_("待我评定"), queue.waiting_for_me)
    choices["differences"] = (_("待合议"), queue.with_differences)
    current = "items" if _is_assessed(case) else "review"
    context = page_context(request, case, current, _("评定明细") if _is_assessed(case) else _("评定任务"), steps=True)
    context |= {
        "queue": queue,
        "domains": queue.narrowed(domain, show),
        "is_assessor": CaseRole.ASSESSOR in case_roles(case),
        "can_rule": bool(rules.can_rule(case)),
        "show_chips": _chips(request.path, request.GET, "show", choices, show),
        "domain_chips": _domain_chips(request.path, request.GET, case, domain),
    }
    return render(request, "review/review.html", context)


# --- the workbench -------------------------------------------------------------------------------------------------


@login_required
@require_GET
def review_item(request: HttpRequest, number: str, item_code: str) -> HttpResponse:
    """One item: list of criteria, material of the selected one (``?c=``), ruling; ``?show=`` narrows the list."""
    case = case_or_404(request, number)
    permit(rules.can_read_review(case))
    return _workbench(request, case, item_or_404(case, item_code), request.GET.get("c", ""))


@login_required
@require_POST
def ruling_save(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """Saves the own ruling; the button ``go=next`` leads on to the next criterion not ruled on, across items."""
    case = case_or_404(request, number)
    criterion = _criterion_or_404(case, criterion_code)
    permit(rules.can_rule(case))
    user, form, conflict = user_of(request), RulingForm(request.POST), None
    if form.is_valid():
        try:
            actions.rule(by=user, number=number, criterion_code=criterion.code, at=timezone.now(), **form.cleaned_data)
        except Conflict as met:
            conflict = met
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            target = reviews.next_unruled(user, case, criterion.code) if request.POST.get("go") == "next" else criterion
            return _go_to(request, case, target or criterion)
    item = case.edition.items[criterion.item_code]
    return _workbench(request, case, item, criterion.code, form=form, conflict=conflict)


@login_required
@require_POST
def item_finish(request: HttpRequest, number: str, item_code: str) -> HttpResponse:
    """Closes the own rulings on an item and leads on to the next one that waits."""
    case = case_or_404(request, number)
    item = item_or_404(case, item_code)
    permit(rules.can_rule(case))
    user = user_of(request)
    actions.finish_item(by=user, number=number, item_code=item.code, at=timezone.now())
    words = {"code": item.code, "name": local(item.name)}
    messages.success(request, _("已完成能力项 %(code)s %(name)s的评定。") % words)
    following = reviews.next_unruled(user, case, item.criteria[-1].code)
    return redirect(_bench_url(case, following)) if following else redirect("review", number)


@login_required
@require_POST
def item_resume(request: HttpRequest, number: str, item_code: str) -> HttpResponse:
    """Takes the own finishing back, as long as the rulings are not open."""
    case = case_or_404(request, number)
    item = item_or_404(case, item_code)
    permit(rules.can_rule(case))
    actions.resume_item(by=user_of(request), number=number, item_code=item.code, at=timezone.now())
    messages.success(request, _("已撤回完成，可以修改评定。"))
    return redirect("review_item", number, item.code)


def _go_to(request: HttpRequest, case: Assessment, target: Criterion) -> HttpResponse:
    """On to a criterion: the new panes for htmx, a redirect otherwise."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(_bench_url(case, target))
    response = _workbench(request, case, case.edition.items[target.item_code], target.code)
    response["HX-Push-Url"] = _bench_url(case, target)
    return response


def _bench_url(case: Assessment, criterion: Criterion) -> str:
    address = reverse("review_item", args=[case.number, criterion.item_code])
    return f"{address}?{urlencode({'c': criterion.code})}"


def _workbench(
    request: HttpRequest,
    case: Assessment,
    item: Item,
    wanted: str,
    *,
    form: Form | None = None,
    conflict: Conflict | None = None,
    reconciling: bool = False,
) -> HttpResponse:
    """The workbench page, or its panes alone for htmx. ``form`` with errors or a ``conflict`` keep what was typed."""
    found = bench(user_of(request), case, item)
    show = _filter(request)
    row = found.choose(wanted, show)
    context = page_context(request, case, "", f"{item.code} {local(item.name)}")
    context["breadcrumbs"].insert(2, {"label": _("评审"), "url": context["queue_url"]})
    context |= _bench_context(case, found, row, show)
    refused, nothing = (form, conflict), (None, None)
    context["ruling"] = _entered(*(nothing if reconciling else refused), row.own, "remark")
    context["settling"] = _entered(*(refused if reconciling else nothing), row.settled, "reason")
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "review/parts/workbench.html" if is_part else "review/review_item.html"
    status = _CONFLICT if conflict else _INVALID if form is not None else 200
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _entered(form: Form | None, conflict: Conflict | None, saved: Any, name: str) -> dict[str, Any]:
    """What a verdict form shows: what was typed if it was refused, else what is saved.

    After a conflict the form carries the version of the newer record, so that sending it again keeps the own text.
    """
    current = conflict.current if conflict else None
    version = current.version if current else saved.version if saved else 0
    if form is None:
        verdict, text = (saved.verdict, getattr(saved, name)) if saved else ("", "")
    else:
        verdict, text = form.data.get("verdict", ""), form.data.get(name, "")
        version = version if conflict else form.data.get("version", version)
    return {
        "verdict": verdict,
        "text": text,
        "version": version,
        "form": form,
        "conflict": current,
        "conflict_reason": conflict.reason if conflict else None,
        "conflict_text": getattr(current, name, ""),
    }


def _filter(request: HttpRequest) -> str:
    """The filter of the address or the form, else the one last chosen; remembered in the session when it changes."""
    kept = request.session.get(FILTER_KEY, "all")
    show = request.GET.get("show") or kept
    show = show if show in FILTERS else "all"
    if show != kept:
        request.session[FILTER_KEY] = show
    return show


def _bench_context(case: Assessment, found: Bench, row: Row, show: str) -> dict[str, Any]:
    listed = found.listed(show, row.criterion.code)
    items = list(case.edition.items.values())
    at = items.index(found.item)
    roles = case_roles(case)
    is_assessor = CaseRole.ASSESSOR in roles
    return {
        "bench": found,
        "row": row,
        "listed": listed,
        "show": show,
        "filters": [
            {
                "label": local(f.label),
                "url": f"{_bench_url(case, row.criterion)}&{urlencode({'show': f.code})}",
                "is_active": f.code == show,
                "count": sum(map(f.keeps, found.rows)),
            }
            for f in FILTERS.values()
        ],
        "previous_item": items[at - 1] if at else None,
        "next_item": items[at + 1] if at + 1 < len(items) else None,
        "is_assessor": is_assessor,
        "can_rule": bool(rules.can_rule(case)) and not found.is_finished and not found.is_taken,
        "can_finish": bool(rules.can_rule(case)) and not found.is_taken,
        "can_reconcile": bool(rules.can_reconcile(case)) and found.is_open,
        "domain": case.edition.domains_by_code[found.item.domain_code],
    }


# --- differences ---------------------------------------------------------------------------------------------------


@login_required
@require_GET
def differences(request: HttpRequest, number: str) -> HttpResponse:
    """Criteria on which the two assessors differ (``?show=`` open, settled or all; ``?domain=``)."""
    case = case_or_404(request, number)
    permit(rules.can_read_review(case))
    return _differences(request, case)


@login_required
@require_POST
def reconcile(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """The lead settles a criterion; ``from=bench`` comes from the workbench, anything else from the differences."""
    case = case_or_404(request, number)
    criterion = _criterion_or_404(case, criterion_code)
    permit(rules.can_reconcile(case))
    form, conflict = ReconcileForm(request.POST), None
    if form.is_valid():
        try:
            actions.reconcile(
                by=user_of(request),
                number=number,
                criterion_code=criterion.code,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Conflict as met:
            conflict = met
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("条款 %(code)s 的合议结论已保存。") % {"code": criterion.code})
            if request.POST.get("from") == "bench":
                return redirect(_bench_url(case, criterion))
            return redirect(_differences_url(case, request.POST.get("query", "")))
    if request.POST.get("from") == "bench":
        item = case.edition.items[criterion.item_code]
        return _workbench(request, case, item, criterion.code, form=form, conflict=conflict, reconciling=True)
    return _differences(request, case, form=form, conflict=conflict, failed=criterion.code)


def _differences_url(case: Assessment, query: str) -> str:
    """Back to the list with the filters it had; only those the page knows are taken over."""
    kept = {k: v for k, v in QueryDict(query).items() if k in ("show", "domain", "page")}
    return reverse("differences", args=[case.number]) + (f"?{urlencode(kept)}" if kept else "")


def _differences(
    request: HttpRequest,
    case: Assessment,
    *,
    form: ReconcileForm | None = None,
    conflict: Conflict | None = None,
    failed: str = "",
) -> HttpResponse:
    user, address = user_of(request), reverse("differences", args=[case.number])
    query = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    codes = reviews.differing(user, case)
    show, domain = query.get("show", "open"), query.get("domain", "")
    groups = {"open": codes.left, "settled": tuple(c for c in codes.all if c in codes.settled), "all": codes.all}
    wanted = [c for c in groups.get(show, codes.left) if domain in ("", c.split(".")[0])]
    if failed and failed in wanted:  # what was typed comes first, on whatever page it stood
        wanted = [failed, *(c for c in wanted if c != failed)]
    page = Paginator(wanted, PAGE_SIZE).get_page(query.get("page"))
    labels = {"open": _("待合议"), "settled": _("已合议"), "all": _("全部差异")}
    context = page_context(request, case, "differences", _("差异合议"))
    found = reviews.differences_of(user, case, page)
    context |= {
        "codes": codes,
        "rows": [(d, _entered(*_given(d, form, conflict, failed), d.settled, "reason")) for d in found],
        "page_obj": page,
        "agreement": reviews.agreement(user, case),
        "can_reconcile": bool(rules.can_reconcile(case)),
        "show_chips": _chips(address, query, "show", {k: (labels[k], len(v)) for k, v in groups.items()}, show),
        "domain_chips": _domain_chips(address, query, case, domain),
        "list_url": _differences_url(case, query.urlencode()),
        "is_refused": bool(failed),
        "query": query.urlencode(),
    }
    status = _CONFLICT if conflict else _INVALID if form is not None else 200
    return render(request, "review/differences.html", context, status=status)


def _given(
    difference: reviews.Difference, form: ReconcileForm | None, conflict: Conflict | None, failed: str
) -> tuple[ReconcileForm | None, Conflict | None]:
    """The refused form belongs to one criterion of the list only."""
    return (form, conflict) if difference.criterion.code == failed else (None, None)


# --- the conclusion ------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def conclusion(request: HttpRequest, number: str) -> HttpResponse:
    """Strengths, weaknesses and advice, with the assessed figures beside; ``?draft=1`` fills empty texts with hints."""
    case = case_or_404(request, number)
    permit(rules.can_read_review(case))
    saved = Conclusion.objects.filter(assessment=case).select_related("saved_by").first()
    found = compliance.hints(case)
    form = ConclusionForm(request.POST or None, initial=_words(saved, found if request.GET.get("draft") else None))
    if request.method == "POST":
        permit(rules.can_write_conclusion(case))
        if form.is_valid():
            try:
                actions.write_conclusion(by=user_of(request), number=number, at=timezone.now(), **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, local(refused.reason))
            else:
                messages.success(request, _("评估结论已保存。"))
                return redirect("conclusion", number)
    context = page_context(request, case, "conclusion", _("评估结论"), steps=case.state == StateCode.REPORTING)
    context |= {
        "form": form,
        "saved": saved,
        "hints": found,
        "can_write": bool(rules.can_write_conclusion(case)),
        # Figures over half the items say nothing yet: they wait until everything is reconciled.
        "is_settled": case.state not in (StateCode.DOCUMENT_REVIEW, StateCode.ONSITE),
    }
    return render(request, "review/conclusion.html", context, status=_INVALID if form.errors else 200)


def _words(saved: Conclusion | None, found: compliance.Hints | None) -> dict[str, str]:
    """The saved texts; with hints, texts still empty start from the strongest and weakest items."""
    words = {name: getattr(saved, name, "") for name in ("strengths", "weaknesses", "advice")}
    if found is None:
        return words

    def lines(items: Any, sentence: str) -> str:
        return "\n".join(
            sentence % {"n": n, "code": i.item.code, "name": local(i.item.name), "score": f"{i.score:.2f}"}
            for n, i in enumerate(items, start=1)
        )

    drafts = {
        "strengths": lines(found.strongest, _("%(n)d. %(code)s %(name)s：得分 %(score)s，")),
        "weaknesses": lines(found.weakest, _("%(n)d. %(code)s %(name)s：得分 %(score)s，")),
        "advice": lines(found.weakest, _("%(n)d. %(code)s %(name)s：")),
    }
    return {name: words[name] or drafts[name] for name in words}
