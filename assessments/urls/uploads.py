"""How evidence comes in: many files by their names, and large files in pieces (docs/decisions/0018)."""

from django.urls import path

from assessments.views import uploads as views

_CASE = "assessments/<str:number>"

urlpatterns = [
    path(f"{_CASE}/evidence/add/", views.evidence_add, name="evidence_add"),
    path(f"{_CASE}/evidence/add/names/", views.upload_names, name="upload_names"),
    path(f"{_CASE}/evidence/assign/", views.evidence_assign, name="evidence_assign"),
    path(f"{_CASE}/uploads/", views.uploads, name="uploads"),
    path(f"{_CASE}/uploads/<uuid:upload_id>/", views.upload, name="upload"),
]
