"""Shelves (categories, families, protected names) and what stands on them."""

from . import products, shelves  # noqa: F401  (each registers its files)
