"""How objects are shown: without what is the sandbox's own, expanded as asked, in pages."""

import copy
from collections.abc import Callable
from typing import Any

from .account import Account
from .refusals import Refusal
from .things import Thing

PAGING = "limit starting_after ending_before"


def shown(account: Account, thing: Thing, expand: list[str] | tuple[str, ...] = ()) -> Thing:
    """A copy for the outside. Refusal if a name in `expand` leads nowhere."""
    found: Thing = public(thing)
    for path in expand:
        _expand(account, found, path.split("."), path)
    return found


def public(thing: Any) -> Any:
    """A deep copy without the sandbox's own names."""
    if isinstance(thing, dict):
        return {n: public(v) for n, v in thing.items() if not str(n).startswith("_")}
    if isinstance(thing, list):
        return [public(one) for one in thing]
    return copy.copy(thing)


def sheet(url: str, things: list[Thing]) -> Thing:
    """A list as it stands inside another object: whole."""
    return {"object": "list", "data": things, "has_more": False, "url": url}


def page(url: str, things: list[Thing], given: Thing) -> Thing:
    """The page that is asked for of these, which come newest first."""
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refusal("This value must be between 1 and 100.", param="limit")
    things = [thing for thing in things if _is_created(thing, given.get("created"))]
    ids = [thing["id"] for thing in things]
    if "ending_before" in given:
        before = things[: _index(ids, given["ending_before"], "ending_before")]
        return sheet(url, before[-limit:]) | {"has_more": len(before) > limit}
    if "starting_after" in given:
        things = things[_index(ids, given["starting_after"], "starting_after") + 1 :]
    return sheet(url, things[:limit]) | {"has_more": len(things) > limit}


def matching(things: list[Thing], given: Thing, names: str) -> list[Thing]:
    """Those whose fields are what is given under the same names."""
    wanted = {name: given[name] for name in names.split() if name in given}
    return [t for t in things if all(t.get(name) == value for name, value in wanted.items())]


Included = Callable[[Account, Thing], Any]
_INCLUDED: dict[tuple[str, str], Included] = {}


def included(kind: str, name: str) -> Callable[[Included], Included]:
    """A field that is left out of this kind of object until it is asked for by `expand`."""

    def register(view: Included) -> Included:
        _INCLUDED[kind, name] = view
        return view

    return register


def _index(ids: list[str], key: str, param: str) -> int:
    if key not in ids:
        raise Refusal(f"No such object: '{key}'", code="resource_missing", param=param)
    return ids.index(key)


_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def _is_created(thing: Thing, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(thing["created"] == wanted)
    return all(_COMPARED[name](thing["created"], bound) for name, bound in wanted.items())


def _expand(account: Account, here: Any, parts: list[str], path: str) -> None:
    if isinstance(here, list):
        for one in here:
            _expand(account, one, parts, path)
        return
    if here is None or isinstance(here, str):
        return
    name, rest = parts[0], parts[1:]
    include = _INCLUDED.get((here.get("object", ""), name))
    if name not in here and include is not None:
        here[name] = public(include(account, here))
    if name not in here:
        raise Refusal(
            f"This property cannot be expanded ({path}).",
            param="expand",
        )
    here[name] = _opened(account, here[name])
    if rest:
        _expand(account, here[name], rest, path)


def _opened(account: Account, value: Any) -> Any:
    if isinstance(value, list):
        return [_opened(account, one) for one in value]
    if isinstance(value, str) and value in account.objects:
        return public(account.objects[value])
    return value
