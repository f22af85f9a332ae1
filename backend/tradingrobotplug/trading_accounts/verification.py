"""Keys are shown to their broker before they are kept. Never inside a transaction."""

from ..brokers import venues
from ..brokers.broker import NoClearAnswer, NotReached
from ..brokers.keys import BrokerKeys, BrokerUnavailable, KeysRefused, Rights


def refuse_unfit(broker: str, environment: str, permissions: str, keys: BrokerKeys) -> None:
    """KeysRefused unless the broker accepts the keys, in this environment, for these permissions,
    and they can't withdraw. BrokerUnavailable if it does not say."""
    rights = _rights(broker, environment, keys)
    if permissions == "trade" and not rights.can_trade:
        raise KeysRefused("no_trade_right", "The broker does not let these keys trade.")


def _rights(broker: str, environment: str, keys: BrokerKeys) -> Rights:
    try:
        return venues.opened(broker, environment, keys).permissions()
    except (NotReached, NoClearAnswer) as error:
        raise BrokerUnavailable(venues.VENUES[broker].title) from error
