"""Who may see what (scope, in SQL), who may do what (rules), and what a blind assessor sees (visibility)."""
