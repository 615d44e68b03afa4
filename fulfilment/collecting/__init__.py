"""What buyers fetch in a shop, or buy over its counter: kept under a code, handed over, let go when nobody came."""
