"""The pages of whoever brings parcels to doors."""
