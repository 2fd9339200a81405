"""The floor: what Django itself needs for the work of the two requests, without login, rights, history or layout."""
