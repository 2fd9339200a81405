"""Who is told of what happened in a case."""
