"""Dividing the work of a case and everybody's own part of it; names are view names."""

from django.urls import path

from assessments.views import delegations

_CASE = "assessments/<str:number>/"
_PART = _CASE + "delegations/<int:delegation_id>/"

urlpatterns = [
    path(_CASE + "delegations/", delegations.delegations, name="delegations"),
    path(_CASE + "delegations/invite/", delegations.delegation_invite, name="delegation_invite"),
    path(_CASE + "delegations/hand-over/<int:user_id>/", delegations.hand_over, name="hand_over"),
    path(_PART + "finish/", delegations.part_finish, name="part_finish"),
    path(_PART + "reopen/", delegations.part_reopen, name="part_reopen"),
    path(_CASE + "mine/", delegations.my_part, name="my_part"),
]
