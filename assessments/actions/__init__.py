"""Writes: one verb a function, atomic, keyword-only, with ``by=`` (who) and ``at=`` (when), audited."""
