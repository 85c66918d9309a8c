"""What crosses the wire: frozen messages and one table of routes, imported by both sides. Standard library only."""
