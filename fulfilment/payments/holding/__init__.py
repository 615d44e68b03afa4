"""Cards that are held for goods made to order: the money is taken once someone accepts to make them."""
