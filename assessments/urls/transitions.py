"""The steps of a case."""

from django.urls import path

from assessments.views import transitions

urlpatterns = [
    path("assessments/<str:number>/actions/<str:action>/", transitions.transition, name="transition"),
]
