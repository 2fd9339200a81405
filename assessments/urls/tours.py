"""Introductions to pages."""

from django.urls import path

from assessments.views import tours

urlpatterns = [
    path("guide/", tours.guide, name="guide"),
    path("guide/<slug:name>/seen/", tours.tour_seen, name="tour_seen"),
]
