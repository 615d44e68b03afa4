"""Which pieces of which lots an order's lines get, from the moment it is placed until they came back."""
