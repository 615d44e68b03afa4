"""Pieces that are not there when a parcel is prepared: made up for, asked about or left out, by rule and on time."""
