"""What may be due when a parcel arrives abroad: dated rules by country, and an estimate where one can be made."""
