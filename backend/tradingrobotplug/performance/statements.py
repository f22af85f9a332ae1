"""What has to stand beside figures that are shown to others."""

# The wording that US CFTC rule 4.41(b)(1) prescribes for simulated results.
HYPOTHETICAL = (
    "These results are based on simulated or hypothetical performance results that have certain "
    "inherent limitations. Unlike the results shown in an actual performance record, these results "
    "do not represent actual trading. Also, because these trades have not actually been executed, "
    "these results may have under-or over-compensated for the impact, if any, of certain market "
    "factors, such as lack of liquidity. Simulated or hypothetical trading programs in general are "
    "also subject to the fact that they are designed with the benefit of hindsight. No "
    "representation is being made that any account will or is likely to achieve profits or losses "
    "similar to these being shown."
)
ACTUAL = (
    "These are results of actual trading after the fees booked in the accounts, unaudited. Past "
    "performance is not necessarily indicative of future results, and trading involves a "
    "substantial risk of loss."
)
STATEMENTS = {"paper": HYPOTHETICAL, "live": ACTUAL}  # by trading mode
