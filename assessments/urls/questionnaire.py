"""Filling in the questionnaire: the page of an item, saving an answer, the way to what is still open."""

from django.urls import path

from assessments.views import questionnaire as views

urlpatterns = [
    path("assessments/<str:number>/items/<str:item_code>/", views.item, name="item"),
    path("assessments/<str:number>/criteria/<str:criterion_code>/answer/", views.answer_save, name="answer_save"),
    path("assessments/<str:number>/next/", views.next_unanswered, name="next_unanswered"),
]
