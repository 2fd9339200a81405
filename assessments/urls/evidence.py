"""Evidence of a case: the list, adding to a criterion, reading, taking away."""

from django.urls import path

from assessments.views import evidence as views

_CASE = "assessments/<str:number>"

urlpatterns = [
    path(f"{_CASE}/evidence/", views.evidence_list, name="evidence_list"),
    path(f"{_CASE}/criteria/<str:criterion_code>/evidence/", views.evidence_attach, name="evidence_attach"),
    path(f"{_CASE}/evidence/<uuid:file_id>/download/", views.evidence_download, name="evidence_download"),
    path(f"{_CASE}/evidence/links/<int:link_id>/remove/", views.evidence_detach, name="evidence_detach"),
]
