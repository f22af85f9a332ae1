"""Alpaca's trading side: orders, books, matching against the sandbox's price path, the stream."""
