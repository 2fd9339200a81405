"""Eligibility of a case: the check, what is stated, its proof, waivers; names are view names."""

from django.urls import path

from assessments.views import eligibility as views

_CASE = "assessments/<str:number>/eligibility/"

urlpatterns = [
    path(_CASE, views.eligibility, name="eligibility"),
    path(_CASE + "facts/", views.eligibility_facts, name="eligibility_facts"),
    path(_CASE + "proof/", views.eligibility_attach_kept, name="eligibility_attach_kept"),
    path(_CASE + "proof/<str:slot_code>/", views.eligibility_attach, name="eligibility_attach"),
    path(_CASE + "proof/<uuid:file_id>/download/", views.eligibility_download, name="eligibility_download"),
    path(_CASE + "proof/<int:evidence_id>/remove/", views.eligibility_detach, name="eligibility_detach"),
    path(_CASE + "waiver/", views.waiver_request, name="waiver_request"),
    path(_CASE + "waiver/withdraw/", views.waiver_withdraw, name="waiver_withdraw"),
    path(_CASE + "waiver/<int:waiver_id>/decision/", views.waiver_decide, name="waiver_decide"),
]
