"""What questions tell the apps above, inside the transaction that wrote them."""

from django.dispatch import Signal

message_written = Signal()
"""``message_id``: one side wrote to the other, who is to be told once."""
