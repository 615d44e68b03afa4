"""What may go where: rules by ship flag, papers that open them for a cooperative, what carriers take."""
