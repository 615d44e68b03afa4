"""A year of the shop with a clock of its own: the real operations, one after the other, drawn from a seed."""
