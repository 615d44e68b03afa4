"""What is written for the bank, agencies and the cashier, and what the bank writes back. Nothing is kept here."""
