"""What was said of a criterion before: last time, and in earlier versions of its answer."""

from django.urls import path

from assessments.views import answer_history as views

urlpatterns = [
    path("assessments/<str:number>/criteria/<str:criterion_code>/past/", views.criterion_past, name="criterion_past"),
    path(
        "assessments/<str:number>/criteria/<str:criterion_code>/restore/", views.answer_restore, name="answer_restore"
    ),
]
