"""What the nightly comparison with the provider's account found, and what people did about it."""
