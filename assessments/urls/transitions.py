"""The steps of a case, and what the self-assessment lacks before its first."""

from django.urls import path

from assessments.views import readiness, transitions

urlpatterns = [
    path("assessments/<str:number>/readiness/", readiness.readiness, name="readiness"),
    path("assessments/<str:number>/actions/<str:action>/", transitions.transition, name="transition"),
]
