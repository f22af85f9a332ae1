"""Going live in two steps: the terms, then a yes to exactly these terms."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import KEY, headers_for, make_key, make_user
from tests.trading.conftest import Desk
from tradingrobotplug import clock, db
from tradingrobotplug.bots import confirmation
from tradingrobotplug.models import (
    AuditLog,
    Bot,
    Mail,
    Order,
    TradingAccount,
    User,
    UserSession,
)
from tradingrobotplug.web.auth import FRESH_FOR

from .traders import PAPER_ONLY, UNGUARDED, Trader, change, refusal, subscribe, trade


def entry_value() -> Decimal:
    with db.transaction() as session:
        order = session.scalars(select(Order).where(Order.leg == "entry")).one()
        assert order.average_price is not None
        return order.filled_quantity * order.average_price


def test_the_terms_name_account_signals_loss_first_order_and_capital(ready: Trader) -> None:
    terms = ready.shown()["terms"]

    account = terms["account"]
    assert account["id"] == str(ready.account_id)
    assert (account["label"], account["broker"], account["environment"], account["key_ending"]) == (
        "Account 1",
        "coinbase",
        "live",
        "0001",
    )
    assert terms["robot_or_webhook"] == "your TradingView alerts"
    assert (terms["max_daily_loss"], terms["capital"]) == ("500", "5000")
    assert Decimal(terms["max_first_order"]) == entry_value() * 2
    assert terms["protection"] == {"stop_loss_percent": "2"}


def test_the_terms_say_in_sentences_what_the_fields_say(ready: Trader) -> None:
    terms = ready.shown()["terms"]

    text = " ".join(terms["sentences"])
    assert "real money, at Coinbase, in your account “Account 1” (its key ends in 0001)" in text
    assert "Its signals come from your TradingView alerts." in text
    assert "It counts $5000 as its capital" in text
    assert "Once a day's loss reaches $500, it opens nothing more" in text
    assert f"worth more than ${terms['max_first_order']}:" in text
    assert "each entry is guarded by a stop loss at 2 %." in text


def test_terms_change_nothing(ready: Trader) -> None:
    ready.terms()
    assert (ready.bot.trading_mode, ready.bot.trading_account_id) == ("paper", None)


def test_a_yes_makes_the_bot_trade_live(ready: Trader) -> None:
    answer = ready.go_live()

    assert answer.status_code == 200
    shown = answer.json["bot"]
    assert (shown["trading_mode"], shown["starting_cash"]) == ("live", "5000")
    assert shown["trading_account"] == {
        "id": str(ready.account_id),
        "label": "Account 1",
        "broker": "coinbase",
        "environment": "live",
    }
    assert shown["went_live_at"] == shown["updated_at"]
    assert shown["blocked"] == []


def test_going_live_is_audited_and_its_user_is_written_the_terms(ready: Trader) -> None:
    sentences = ready.shown()["terms"]["sentences"]
    ready.go_live()

    with db.transaction() as session:
        row = session.scalars(select(AuditLog).where(AuditLog.action == "bot.went_live")).one()
        mail = session.scalars(select(Mail).where(Mail.kind == "bot_went_live")).one()
    assert (row.object_id, row.address) == (str(ready.bot_id), "127.0.0.1")
    assert row.details["account"] == str(ready.account_id)
    assert row.details["terms"].splitlines() == sentences
    assert mail.recipient == "trader@example.com"
    assert sentences[0] in " ".join(mail.text.split())


def test_a_robot_is_named_in_the_terms(ready: Trader) -> None:
    change(Bot, ready.bot_id, plugin_id="tsla_improved_strategy", signal_source="robot")
    terms = ready.shown()["terms"]
    assert terms["robot_or_webhook"] == "TSLA Improved Strategy"
    assert "Its signals come from the robot TSLA Improved Strategy." in terms["sentences"][1]


def test_without_safeguards_no_limit_and_no_paper_trade_is_asked_for(
    trader: Trader, user: User
) -> None:
    subscribe(user, UNGUARDED)
    change(Bot, trader.bot_id, risk_management={})

    terms = trader.shown()["terms"]

    assert (terms["max_daily_loss"], terms["max_first_order"]) == (None, None)
    assert "It has no daily loss limit" in terms["sentences"][3]
    assert "sets no stop loss of its own" in terms["sentences"][5]
    assert trader.go_live().status_code == 200


def test_what_changed_between_the_terms_and_the_yes_is_refused(ready: Trader) -> None:
    agreed = ready.confirmation()
    changes = {"risk_management": {"max_daily_loss": "501"}}
    ready.client.put(f"/api/bots/{ready.bot_id}", json=changes, headers=ready.headers)
    assert refusal(ready.post("live", confirmation=agreed)) == (409, "changed_meanwhile")
    assert ready.bot.trading_mode == "paper"


def test_new_keys_between_the_terms_and_the_yes_are_refused(ready: Trader) -> None:
    agreed = ready.confirmation()
    change(TradingAccount, ready.account_id, key_version=2)
    assert refusal(ready.post("live", confirmation=agreed)) == (409, "changed_meanwhile")


def test_another_plan_between_the_terms_and_the_yes_is_refused(ready: Trader, user: User) -> None:
    agreed = ready.confirmation()
    subscribe(user, UNGUARDED)
    assert refusal(ready.post("live", confirmation=agreed)) == (409, "changed_meanwhile")
    subscribe(user, PAPER_ONLY)
    assert refusal(ready.post("live", confirmation=agreed)) == (403, "plan_limit_reached")


def test_a_position_opened_after_the_terms_is_refused(ready: Trader, desk: Desk) -> None:
    agreed = ready.confirmation()
    trade(desk, "buy", "0.25")
    assert refusal(ready.post("live", confirmation=agreed)) == (409, "bot_not_flat")


def test_a_yes_is_good_once_even_after_the_bot_left_live(ready: Trader) -> None:
    agreed = ready.confirmation()
    assert ready.post("live", confirmation=agreed).status_code == 200
    assert refusal(ready.post("live", confirmation=agreed)) == (409, "already_live")
    assert ready.post("paper").status_code == 200
    assert refusal(ready.post("live", confirmation=agreed)) == (409, "changed_meanwhile")


def test_of_two_that_go_live_at_once_one_does(app: Flask, ready: Trader) -> None:
    agreed = ready.confirmation()

    def go(_: int) -> int:
        path = f"/api/bots/{ready.bot_id}/live"
        body = {"confirmation": agreed}
        return app.test_client().post(path, json=body, headers=ready.headers).status_code

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(go, range(2)))
    assert answers == [200, 409]
    with db.transaction() as session:
        assert len(session.scalars(select(Mail).where(Mail.kind == "bot_went_live")).all()) == 1


def test_after_five_minutes_a_yes_is_too_late(
    ready: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed, later = ready.confirmation(), clock.now() + confirmation.LIFETIME
    monkeypatch.setattr(clock, "now", lambda: later)
    assert refusal(ready.post("live", confirmation=agreed)) == (409, "confirmation_expired")


@pytest.mark.parametrize("change_at", [0, 20, -1])
def test_a_forged_yes_is_refused(ready: Trader, change_at: int) -> None:
    agreed = list(ready.confirmation())
    agreed[change_at] = "A" if agreed[change_at] != "A" else "B"
    answer = ready.post("live", confirmation="".join(agreed))
    assert refusal(answer) == (422, "confirmation_not_valid")


def test_a_yes_of_someone_else_s_or_for_another_bot_is_refused(
    app: Flask, client: FlaskClient, ready: Trader, user: User
) -> None:
    agreed = ready.confirmation()
    stranger = headers_for(app, make_user("stranger@example.com"))
    assert ready.post("live", stranger, confirmation=agreed).status_code == 404
    copy = ready.post("clone").json["bot"]["id"]
    other = Trader(client, ready.headers, copy, ready.account_id)
    assert refusal(other.post("live", confirmation=agreed)) == (422, "confirmation_not_valid")


def test_a_stale_second_factor_is_refused(ready: Trader) -> None:
    agreed = ready.confirmation()
    with db.transaction() as session:
        session.execute(update(UserSession).values(proved_at=clock.now() - FRESH_FOR))
    assert refusal(ready.post("live", confirmation=agreed)) == (403, "step_up_required")
    assert ready.bot.trading_mode == "paper"


@pytest.mark.parametrize("path", ["live", "live/terms"])
def test_no_api_key_takes_a_bot_live(ready: Trader, user: User, path: str) -> None:
    subscribe(user, UNGUARDED)
    make_key(user)
    body = {"trading_account_id": str(ready.account_id), "capital": "1", "confirmation": "x"}
    assert ready.post(path, {"X-API-Key": KEY}, **body).status_code == 401


def test_leaving_live_brings_the_bot_back_to_paper(ready: Trader) -> None:
    ready.go_live()
    shown = ready.post("paper").json["bot"]
    assert (shown["trading_mode"], shown["trading_account"]) == ("paper", None)
    assert shown["went_live_at"] is not None
    with db.transaction() as session:
        actions = session.scalars(select(AuditLog.action).order_by(AuditLog.seq)).all()
    assert actions[-1] == "bot.left_live"
    assert refusal(ready.post("paper")) == (409, "not_live")
