"""Evidence of a case: the list, adding to a criterion, reading, taking away; documents, previews, coverage, package."""

from django.urls import path

from assessments.views import coverage, library, previews
from assessments.views import evidence as views

_CASE = "assessments/<str:number>"

urlpatterns = [
    path(f"{_CASE}/evidence/", views.evidence_list, name="evidence_list"),
    path(f"{_CASE}/criteria/<str:criterion_code>/evidence/", views.evidence_attach, name="evidence_attach"),
    path(f"{_CASE}/evidence/<uuid:file_id>/download/", views.evidence_download, name="evidence_download"),
    path(f"{_CASE}/evidence/links/<int:link_id>/remove/", views.evidence_detach, name="evidence_detach"),
    path(f"{_CASE}/evidence/coverage/", coverage.evidence_coverage, name="evidence_coverage"),
    path(f"{_CASE}/evidence/package/", coverage.evidence_package, name="evidence_package"),
    path(f"{_CASE}/evidence/link/", library.evidence_link, name="evidence_link"),
    path(f"{_CASE}/evidence/links/<int:link_id>/pointer/", library.evidence_pointer, name="evidence_pointer"),
    path(f"{_CASE}/evidence/documents/<uuid:evidence_id>/", library.evidence_detail, name="evidence_detail"),
    path(f"{_CASE}/evidence/documents/<uuid:evidence_id>/versions/", library.evidence_version, name="evidence_version"),
    path(f"{_CASE}/evidence/<uuid:file_id>/preview/", previews.evidence_preview, name="evidence_preview"),
    path(f"{_CASE}/evidence/<uuid:file_id>/pages/<int:page>/", previews.evidence_page, name="evidence_page"),
    path(f"{_CASE}/criteria/<str:criterion_code>/evidence/choose/", library.evidence_choose, name="evidence_choose"),
]
