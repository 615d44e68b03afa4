"""What should have happened by now and did not: of workers, parcels, deliveries, buyers, returns and cash."""
