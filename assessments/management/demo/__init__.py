"""The demonstration world: invented people and enterprises, brought to their stages by the actions users trigger."""
