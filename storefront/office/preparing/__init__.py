"""Taking goods from the shelves, counting parcels before they are closed, and what is missing of them."""
