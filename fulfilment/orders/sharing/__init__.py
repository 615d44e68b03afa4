"""Whose an order line is once it has left: of each lot that several cooperatives made, each one's share."""
