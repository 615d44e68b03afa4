"""Calling lots back: who has pieces of them, who was told, and what came of it."""
