from tests.keyservice import kms, kms_settings
from tests.trading_accounts.conftest import app, headers, over_sandbox
from tests.venues import markets, sandbox

__all__ = ["app", "headers", "kms", "kms_settings", "markets", "over_sandbox", "sandbox"]
