"""A local stand-in for the venues that the real SDKs talk to, in the demo and in tests.

It imports nothing of the product, so that a mistake there can't hide behind the same mistake here.
"""
