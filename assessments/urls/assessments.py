"""Cases: list, opening, the case page and what belongs to it; names are view names."""

from django.urls import path

from assessments.views import assessments, carry_over, comparison, results

_CASE = "assessments/<str:number>/"

urlpatterns = [
    path("assessments/", assessments.assessment_list, name="assessment_list"),
    path("assessments/new/", assessments.assessment_new, name="assessment_new"),
    path(_CASE, assessments.assessment_detail, name="assessment_detail"),
    path(_CASE + "frame/", assessments.assessment_frame, name="assessment_frame"),
    path(_CASE + "carry-over/", carry_over.carry_over, name="carry_over"),
    path(_CASE + "comparison/", comparison.comparison, name="comparison"),
    path(_CASE + "history/", assessments.history, name="history"),
    path(_CASE + "result/", results.result, name="result"),
]
