"""Goods that came back and wait until someone looked at them."""
