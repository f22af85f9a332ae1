from tests.venues import markets, sandbox

__all__ = ["markets", "sandbox"]
