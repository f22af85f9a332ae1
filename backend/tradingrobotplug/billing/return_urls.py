"""Where Stripe may send a browser back to: the caller's site, or our own address."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ..accounts import redirects
from ..errors import Invalid
from ..models import Site
from ..web.auth import Caller
from .checkout import Way


def allowed(session: Session, who: Caller, url: str, ours: Sequence[str]) -> str:
    """The address itself. Invalid `return_url_not_allowed` if it leads anywhere else."""
    site = session.get(Site, who.site_id) if who.site_id else None
    homes = [site.url, *ours] if site else ours
    if "#" in url or not any(redirects.is_below(url, home) for home in homes):
        raise Invalid("return_url_not_allowed", "This address is not one of yours.")
    return url


def way_back(url: str) -> Way:
    """The same page with what became of it."""
    paid = redirects.with_query(url, checkout="paid")
    return Way(paid, redirects.with_query(url, checkout="cancelled"))
