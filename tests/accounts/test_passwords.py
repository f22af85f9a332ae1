"""Which passwords are refused, and that every character of the others counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingrobotplug.accounts import passwords
from tradingrobotplug.errors import Invalid

EMAIL = "trader@example.com"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "x" * 1025,
        "password1234",
        "PassWord1234!",
        "passwordpassword",
        "123456789012",
        "qwertyuiopas",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "dragonmonkey",
        "q1w2e3r4t5y6",
        "TradingRobotPlug1",
        "trader@example.com",
        "Trader@Example.com!",
        "The-Real-Trader",
    ],
)
def test_short_common_and_own_names_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.refuse_weak(password, EMAIL, "the.real.trader")
    assert refused.value.code == "weak_password"


@pytest.mark.parametrize(
    "password",
    [
        "purple lamp otter",
        "xK9$mQ2pL7vN",
        "kein Mensch kennt die Antwort auf diese eine Frage am See, 64",
        "a" * 73,
        "word " * 40,
        "🚀🌍🔥💧🌱🎲🎸🎻🧩🧭🪁🥁",
        "éàüßéàüßéàüx",
    ],
)
def test_long_passphrases_of_any_characters_are_accepted(password: str) -> None:
    passwords.refuse_weak(password, EMAIL, None)
    assert passwords.verify(password, passwords.hashed(password))


@pytest.mark.parametrize("length", [71, 72, 73, 200, 1024])
def test_every_character_counts_however_long(length: int) -> None:
    kept = passwords.hashed("x" * (length - 1) + "a")
    assert passwords.verify("x" * (length - 1) + "a", kept)
    assert not passwords.verify("x" * (length - 1) + "b", kept)
    assert not passwords.verify("x" * (length - 1), kept)


@given(st.text(min_size=12, max_size=200))
def test_any_text_can_be_checked_and_kept(password: str) -> None:
    assert passwords.verify(password, passwords.hashed(password))


def test_the_same_word_composed_or_decomposed_is_the_same_password() -> None:
    assert passwords.verify("caf\u00e9 au lait", passwords.hashed("cafe\u0301 au lait"))


def test_the_product_hashes_with_cost_12(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert passwords.hashed("purple lamp otter").startswith("$2b$12$")
