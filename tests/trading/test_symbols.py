import pytest

from tradingrobotplug.trading.symbols import SymbolRefused, normalise


@pytest.mark.parametrize(
    ("raw", "asset_type", "ours"),
    [
        ("AAPL", "stocks", "AAPL"),
        ("NASDAQ:AAPL", "stocks", "AAPL"),
        (" nyse:brk.b ", "stocks", "BRK.B"),
        ("BRK/B", "stocks", "BRK.B"),
        ("F", "stocks", "F"),
        ("COINBASE:BTCUSD", "crypto", "BTC-USD"),
        ("BTCUSD", "crypto", "BTC-USD"),
        ("BTC/USD", "crypto", "BTC-USD"),
        ("BTC-USD", "crypto", "BTC-USD"),
        ("btc_usd", "crypto", "BTC-USD"),
        ("1INCHUSD", "crypto", "1INCH-USD"),
        ("USDTUSD", "crypto", "USDT-USD"),
    ],
)
def test_a_symbol_is_read_in_every_spelling(raw: str, asset_type: str, ours: str) -> None:
    assert normalise(raw, asset_type) == ours


@pytest.mark.parametrize(
    ("raw", "asset_type", "reason"),
    [
        ("BTCUSDT", "crypto", "BTCUSDT is quoted in USDT"),
        ("ETHBTC", "crypto", "ETHBTC is quoted in BTC"),
        ("BTC-EUR", "crypto", "BTC-EUR is quoted in EUR"),
        ("BTCUSDT.P", "crypto", "BTCUSDT.P is a perpetual contract"),
        ("BTCUSD.P", "crypto", "BTCUSD.P is a perpetual contract"),
        ("NQ1!", "stocks", "NQ1! is a continuous future"),
        ("CME_MINI:ES1!", "crypto", "ES1! is a continuous future"),
        ("AAPL", "crypto", "this bot trades crypto"),
        ("BTC-USD", "stocks", "this bot trades stocks"),
        ("BTCUSD", "stocks", "this bot trades stocks"),
        ("COINBASE:SOLUSD", "stocks", "SOLUSD is a crypto pair"),
        ("USD", "crypto", "not a crypto pair"),
        ("{{ticker}}", "stocks", "not a stock symbol"),
        ("", "stocks", "names no symbol"),
        ("NASDAQ:", "stocks", "names no symbol"),
        ("A B", "stocks", "not a stock symbol"),
    ],
)
def test_a_symbol_without_a_twin_is_refused_by_name(raw: str, asset_type: str, reason: str) -> None:
    with pytest.raises(SymbolRefused) as refused:
        normalise(raw, asset_type)

    assert reason in refused.value.reason
