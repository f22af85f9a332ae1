"""Products and prices: https://docs.stripe.com/api/products, https://docs.stripe.com/api/prices."""

from decimal import Decimal

from .account import Account
from .answers import PAGING, matching, page
from .door import call
from .events import changing, emit
from .refusals import Refusal, required
from .things import Thing, follow_metadata

_PRODUCT = "active description name statement_descriptor unit_label url"


@call(
    "POST",
    "/products",
    "ProductCreateParams",
    f"{_PRODUCT} id images metadata default_price_data marketing_features shippable type",
)
def create_product(account: Account, given: Thing) -> Thing:
    """A new product; its id may be chosen."""
    if given.get("id") in account.objects:
        raise Refusal("Product already exists.", code="resource_already_exists", param="id")
    product = account.add(
        "prod",
        "product",
        **{name: given.get(name) or None for name in _PRODUCT.split()},
        default_price=None,
        images=given.get("images") or [],
        marketing_features=given.get("marketing_features") or [],
        metadata={},
        package_dimensions=None,
        shippable=given.get("shippable"),
        tax_code=None,
        type=given.get("type", "service"),
        updated=account.now(),
    )
    product["active"] = given.get("active", True)
    if "id" in given:
        account.objects[given["id"]] = account.objects.pop(product["id"])
        product["id"] = given["id"]
    follow_metadata(product, given.get("metadata"))
    emit(account, "product.created", product)
    if "default_price_data" in given:
        price = priced(account, given["default_price_data"], product)
        product["default_price"] = price["id"]
    return product


@call("GET", "/products", "ProductListParams", f"{PAGING} created active ids url")
def list_products(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("product"), given, "active url")
    wanted = given.get("ids")
    return page("/v1/products", [p for p in found if not wanted or p["id"] in wanted], given)


@call("GET", "/products/<key>", "ProductRetrieveParams")
def retrieve_product(account: Account, given: Thing, key: str) -> Thing:
    """One product."""
    return account.get("product", key)


@call(
    "POST",
    "/products/<key>",
    "ProductUpdateParams",
    f"{_PRODUCT} images metadata default_price marketing_features",
)
def update_product(account: Account, given: Thing, key: str) -> Thing:
    """What is given changes."""
    product = account.get("product", key)
    if given.get("default_price"):
        account.get("price", given["default_price"], param="default_price")
    with changing(account, "product.updated", product):
        product |= {n: v for n, v in given.items() if n != "metadata"}
        follow_metadata(product, given.get("metadata"))
        product["updated"] = account.now()
    return product


@call("DELETE", "/products/<key>", "ProductDeleteParams")
def delete_product(account: Account, given: Thing, key: str) -> Thing:
    """Only one without prices."""
    product = account.get("product", key)
    if any(price["product"] == key for price in account.of("price")):
        raise Refusal(
            "This product cannot be deleted because it has one or more user-created prices."
        )
    del account.objects[key]
    emit(account, "product.deleted", product)
    return {"id": key, "object": "product", "deleted": True}


_PRICE = (
    "active currency lookup_key metadata nickname recurring.interval recurring.interval_count "
    "recurring.usage_type recurring.trial_period_days tax_behavior transfer_lookup_key unit_amount "
    "unit_amount_decimal billing_scheme"
)


@call(
    "POST",
    "/prices",
    "PriceCreateParams",
    f"{_PRICE} product product_data.name "
    "product_data.metadata product_data.active product_data.unit_label",
)
def create_price(account: Account, given: Thing) -> Thing:
    """A new price of a product, recurring or paid once."""
    if "product_data" in given:
        product = create_product(account, given["product_data"])
    elif "product" in given:
        product = account.get("product", given["product"], param="product")
    else:
        raise required("product")
    return priced(account, given, product)


@call(
    "GET",
    "/prices",
    "PriceListParams",
    f"{PAGING} created active product currency type "
    "lookup_keys recurring.interval recurring.usage_type",
)
def list_prices(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("price"), given, "active product currency type")
    if "lookup_keys" in given:
        found = [price for price in found if price["lookup_key"] in given["lookup_keys"]]
    if "recurring" in given:
        wanted = given["recurring"].items()
        found = [price for price in found if wanted <= (price["recurring"] or {}).items()]
    return page("/v1/prices", found, given)


@call("GET", "/prices/<key>", "PriceRetrieveParams")
def retrieve_price(account: Account, given: Thing, key: str) -> Thing:
    """One price."""
    return account.get("price", key)


@call(
    "POST",
    "/prices/<key>",
    "PriceUpdateParams",
    "active lookup_key metadata nickname tax_behavior transfer_lookup_key",
)
def update_price(account: Account, given: Thing, key: str) -> Thing:
    """All but its amount, which stays as it is for good."""
    price = account.get("price", key)
    _refuse_taken(account, given, price)
    with changing(account, "price.updated", price):
        for name in ("active", "nickname", "tax_behavior", "lookup_key"):
            if name in given:
                price[name] = given[name] if given[name] != "" else None
        follow_metadata(price, given.get("metadata"))
    return price


def priced(account: Account, given: Thing, product: Thing) -> Thing:
    """A price of this product."""
    _refuse_taken(account, given, None)
    cents = _cents(given)
    recurring = given.get("recurring")
    price = account.add(
        "price",
        "price",
        active=given.get("active", True),
        billing_scheme="per_unit",
        currency=given["currency"].lower(),
        custom_unit_amount=None,
        lookup_key=given.get("lookup_key"),
        metadata={},
        nickname=given.get("nickname"),
        product=product["id"],
        recurring=recurring
        and {
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count", 1),
            "meter": None,
            "trial_period_days": recurring.get("trial_period_days"),
            "usage_type": "licensed",
        },
        tax_behavior=given.get("tax_behavior", "unspecified"),
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if recurring else "one_time",
        unit_amount=cents,
        unit_amount_decimal=str(cents),
    )
    follow_metadata(price, given.get("metadata"))
    emit(account, "price.created", price)
    return price


def _cents(given: Thing) -> int:
    amount = given.get("unit_amount", given.get("unit_amount_decimal"))
    if amount is None:
        raise required("unit_amount")
    if amount < 0:
        raise Refusal("Invalid non-negative integer", param="unit_amount")
    if Decimal(amount) != int(amount):
        raise Refusal("The simulated Stripe knows whole cents alone.", param="unit_amount_decimal")
    unknown = given.get("recurring", {}).get("usage_type", "licensed") != "licensed"
    if unknown or given.get("billing_scheme", "per_unit") != "per_unit":
        raise Refusal("The simulated Stripe knows prices per licensed unit alone.")
    return int(amount)


def _refuse_taken(account: Account, given: Thing, price: Thing | None) -> None:
    """A lookup key leads to one price; it moves if that is asked for."""
    key = given.get("lookup_key")
    for other in account.of("price") if key else []:
        if other is price or other["lookup_key"] != key:
            continue
        if not given.get("transfer_lookup_key"):
            raise Refusal(
                f"A price (`{other['id']}`) already uses that lookup key.", param="lookup_key"
            )
        with changing(account, "price.updated", other):
            other["lookup_key"] = None
