"""Counting what lies in a parcel before it is closed: every line, its weight and its boxes."""
