"""URLs of the review; names are view names."""

from django.urls import path

from assessments.views import review, team

_CASE = "assessments/<str:number>/"

urlpatterns = [
    path(_CASE + "team/", team.team, name="team"),
    path(_CASE + "team/declare/", team.team_declare, name="team_declare"),
    path(_CASE + "team/<int:member_id>/remove/", team.team_remove, name="team_remove"),
    path(_CASE + "review/", review.review, name="review"),
    path(_CASE + "review/differences/", review.differences, name="differences"),
    path(_CASE + "review/conclusion/", review.conclusion, name="conclusion"),
    path(_CASE + "review/criteria/<str:criterion_code>/ruling/", review.ruling_save, name="ruling_save"),
    path(_CASE + "review/criteria/<str:criterion_code>/reconcile/", review.reconcile, name="reconcile"),
    path(_CASE + "review/<str:item_code>/", review.review_item, name="review_item"),
    path(_CASE + "review/<str:item_code>/finish/", review.item_finish, name="item_finish"),
    path(_CASE + "review/<str:item_code>/resume/", review.item_resume, name="item_resume"),
]
