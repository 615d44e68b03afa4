"""What came back from buyers and doors: it waits until a person looked at it, and only then is it stock again."""
