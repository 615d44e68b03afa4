"""Credit notes: what is given back of an invoice, in a series of numbers of their own."""
