"""How fast the two requests are that people wait for most, beside the bare framework: see docs/performance.md."""
