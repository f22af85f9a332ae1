"""The words and options of `trp`.

Each command is named by its module and function, so that a process imports no more than its own.
"""

import argparse


def parser() -> argparse.ArgumentParser:
    """The command line; the path of each command's function stands in `run`."""
    top = argparse.ArgumentParser(prog="trp", description="TradingView alerts become orders.")
    words = top.add_subparsers(required=True, metavar="COMMAND")
    _add_up(words)
    api = _add(words, "api", "the HTTP API", "api.run")
    api.add_argument("--host", default="127.0.0.1")
    api.add_argument("--port", type=int, default=8000)
    worker = _add(words, "worker", "one worker of one queue", "background.worker")
    worker.add_argument("queue", choices=("signals", "general"))
    worker.add_argument("--name", help="how it shows up in `trp doctor`")
    sweeper = _add(words, "sweeper", "finds what a lost ring left lying", "background.sweeper")
    sweeper.add_argument("--name", default="sweeper")
    listen = _add(words, "listen", "hears brokers' streams of orders", "background.listener")
    listen.add_argument("--name", default="listener")
    scheduler = _add(words, "scheduler", "runs the periodic jobs", "background.scheduler")
    scheduler.add_argument("--name", default="scheduler")
    stream = _add(words, "stream", "live updates over WebSocket", "stream.run")
    stream.add_argument("--host", default="127.0.0.1")
    stream.add_argument("--port", type=int, default=8002)
    migrate = _add(words, "migrate", "bring the database up to date", "database.run")
    migrate.add_argument("revision", nargs="?", default="head")
    _add(words, "openapi", "print the API's description", "api.describe")
    _add(words, "doctor", "say what is reachable and what is misconfigured", "doctor.run")
    sandbox = _add(words, "sandbox", "simulated venues on this machine", "simulation.run")
    sandbox.add_argument("--port", type=int, default=8010)
    demo = words.add_parser("demo", help="the demo user of `trp up`")
    parts = demo.add_subparsers(required=True, metavar="ACTION")
    _add(parts, "code", "print the demo user's current code of six digits", "demo.code")
    _add_site(words)
    mail = _add(words, "mail", "the outbox, newest first; one mail in full", "mail.run")
    mail.add_argument("--to", help="only mails to this address")
    mail.add_argument("--show", metavar="ID", help="print this mail")
    _add_user(words)
    _add_halt(words)
    _add_vault(words)
    _add_billing(words)
    _add_audit(words)
    return top


def _add_up(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    start = _add(words, "up", "start everything on this machine", "up.run")
    start.add_argument("--port", type=int, default=8000, help="of the API (8000)")
    start.add_argument("--wordpress-port", type=int, default=8080, help="of WordPress (8080)")
    start.add_argument(
        "--stream-port", type=int, help="of live updates (8002, or the next free one)"
    )
    start.add_argument("--no-wordpress", action="store_true", help="leave WordPress out")
    start.add_argument("--no-demo", action="store_true", help="make no demo user and bot")
    start.add_argument("--json", action="store_true", help="one JSON line on stdout when ready")


def _add_site(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    site = words.add_parser("site", help="connected WordPress sites")
    actions = site.add_subparsers(required=True, metavar="ACTION")
    code = _add(actions, "add", "a one-time code for a site's settings page", "site.add")
    code.add_argument(
        "--scope",
        action="append",
        choices=("act_for_users", "mailbox"),
        help="besides acting for its users; mailbox: read mails that no server takes, reset links "
        "too",
    )
    _add(actions, "list", "the connected sites, newest first", "site.show")
    revoke = _add(actions, "revoke", "disconnect a site; its tokens die at once", "site.revoke")
    revoke.add_argument("id", metavar="ID", help="as `trp site list` prints it")


def _add_user(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    user = words.add_parser("user", help="users' accounts")
    actions = user.add_subparsers(required=True, metavar="ACTION")
    show = _add(actions, "show", "what administrators see of a user", "user.show")
    show.add_argument("email", metavar="EMAIL")
    role = _add(actions, "role", "make a user an administrator, or no longer", "user.role")
    role.add_argument("email", metavar="EMAIL")
    role.add_argument("role", choices=("admin", "user"))


def _add_halt(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    stop = _add(words, "stop", "stop trading: everybody's, a user's or a bot's", "halt.stop")
    stop.add_argument(
        "--level",
        choices=("entries", "cancel", "flatten"),
        default="entries",
        help="entries: nothing new; cancel: open entries are cancelled; flatten: positions are "
        "closed (entries)",
    )
    stop.add_argument("--reason", help="what users are told")
    stop.add_argument("--yes", action="store_true", help="close everybody's positions unasked")
    resume = _add(words, "resume", "let bots open positions again", "halt.resume")
    for command in (stop, resume):
        whose = command.add_mutually_exclusive_group()
        whose.add_argument("--user", metavar="EMAIL", help="only this user's bots")
        whose.add_argument("--bot", metavar="ID", help="only this bot")


def _add_billing(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    billing = words.add_parser("billing", help="plans at Stripe")
    actions = billing.add_subparsers(required=True, metavar="ACTION")
    _add(actions, "sync", "put plans and robots on sale at Stripe", "billing.sync")
    _add(actions, "reconcile", "compare with Stripe and put right what differs", "billing.compare")


def _add_audit(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = words.add_parser("audit", help="the trail of who did what")
    actions = audit.add_subparsers(required=True, metavar="ACTION")
    _add(actions, "verify", "check that no row was changed or removed", "audit.verify")


def _add_vault(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    vault = words.add_parser("vault", help="users' broker keys")
    actions = vault.add_subparsers(required=True, metavar="ACTION")
    rotate = _add(actions, "rotate", "put all keys under a new master key", "vault.rotate")
    rotate.add_argument(
        "--keep-newest",
        action="store_true",
        help="add no key to the key file; re-wrap under the last one in it",
    )
    _add(actions, "panic", "pause every bot and erase every broker key", "vault.stop")


def _add(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    says: str,
    run: str,
) -> argparse.ArgumentParser:
    command = words.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
    command.add_argument("--home", help="folder for everything kept (TRP_HOME, .trp)")
    command.set_defaults(run=run)
    return command
