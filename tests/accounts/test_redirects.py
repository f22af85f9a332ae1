"""Which addresses lie below a site's own, whatever they pretend."""

import pytest

from tradingrobotplug.accounts.redirects import is_below, origin, with_query

SITE = "https://site.example/blog"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (SITE, SITE),
        (f"{SITE}/", SITE),
        (f"{SITE}/wp-admin/admin-post.php?action=link&a=b", SITE),
        (f"{SITE}/caf%C3%A9/", f"{SITE}/"),
        ("https://SITE.example:443/blog/x", SITE),
        ("https://site.example", "https://site.example/"),
        ("https://site.example/?page_id=7", "https://site.example"),
        ("http://127.0.0.1:8080/dashboard/", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080/"),
    ],
)
def test_what_lies_below_a_site(address: str, url: str) -> None:
    assert is_below(address, url)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/blog/",
        "//evil.example/blog/",
        "///evil.example/blog/",
        "https:/site.example/blog/",
        "https:site.example/blog/",
        "http://site.example/blog/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://site.example.evil.com/blog/",
        "https://evil.com/https://site.example/blog/",
        "https://evilsite.example/blog/",
        "https://site.example@evil.com/blog/",
        "https://user:password@site.example/blog/",
        "https://evil.com\\@site.example/blog/",
        "https://evil.com#@site.example/blog/",
        "https://evil.com?@site.example/blog/",
        "https://site.example:8443/blog/",
        "https://site.example:x/blog/",
        "https://site.example:99999/blog/",
        "https://site.example./blog/",
        "https://site.example%2eevil.com/blog/",
        "https://[::1]/blog/",
        "https://site.example/",
        "https://site.example/blogger/",
        "https://site.example/blog/../",
        "https://site.example/blog/..",
        "https://site.example/blog/./x",
        "https://site.example/blog/%2e%2e/admin",
        "https://site.example/blog/%2E./admin",
        "https://site.example/blog/%252e%252e/admin",
        "https://site.example/blog/..%2fadmin",
        "https://site.example/blog/x%2fy",
        "https://site.example/blog/%5c..%5cadmin",
        "https://site.example/blog//evil.example",
        "https://site.example/blog/\\evil.example",
        "https://site.example/blog/\r\nSet-Cookie:a=b",
        "https://site.example/blog/%0d%0aSet-Cookie:a=b",
        "https://site.example/blog/#fragment",
        "https://site.example/blog/\tx",
        " https://site.example/blog/",
        "https://site.example/blog/?code=mine",
        "https://site.example/blog/?a=b&state=mine",
        "https://site.example/blog/?error=mine",
        "https://site.example/blog/" + "x" * 500,
        "https://ѕite.example/blog/",
    ],
)
def test_what_does_not(address: str) -> None:
    assert not is_below(address, SITE)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://Site.Example/blog", "https://site.example"),
        ("https://site.example:443/", "https://site.example"),
        ("http://site.example:443/", "http://site.example:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, written: str) -> None:
    assert origin(url) == written


@pytest.mark.parametrize("url", ["", "ftp://a.example", "https://", "https://a b/", "https://ü.de"])
def test_what_is_no_web_site_has_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match="web site"):
        origin(url)


def test_fields_go_behind_those_that_are_there() -> None:
    assert with_query("https://a.example/", state="a&b") == "https://a.example/?state=a%26b"
    assert with_query("https://a.example/?p=1", code="c") == "https://a.example/?p=1&code=c"
