"""Sending things back within a time that a dated row says: what was promised, what was declared, what came back."""
