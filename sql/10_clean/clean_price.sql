-- relation: clean_price
-- about:    Prices as amounts in minor units, with what is wrong with the text when it is none. Exact: decimal text to integer
--           cents, never through a floating point number. A price of 0 is never sent.
-- grain:    one row per item and geography
-- key:      item_id, geography
-- reads:    item_price, setting
-- as:       table
WITH text AS (
  SELECT p.*,
    money_text(p.wholesale, s.decimal_mark) AS wholesale_text, money_text(p.retail, s.decimal_mark) AS retail_text,
    money_currency(p.wholesale) AS wholesale_currency, money_currency(p.retail) AS retail_currency
  FROM item_price p CROSS JOIN setting s
), amount AS (
  SELECT *,
    money_minor(wholesale_text, coalesce(round, '')) AS wholesale_minor,
    money_minor(retail_text, coalesce(round, '')) AS retail_minor
  FROM text
)
SELECT
  item_id,                                                            -- the row
  geography,                                                          -- USA, CAN, GBR, AUS or EUROPEAN_UNION
  currency,                                                           -- configured currency of the geography
  wholesale AS wholesale_raw,                                         -- as delivered
  retail AS retail_raw,                                               -- as delivered
  CASE
    WHEN wholesale IS NULL THEN 'PRICE_WHOLESALE_MISSING'
    WHEN wholesale_text IS NULL THEN 'PRICE_UNREADABLE'
    WHEN wholesale_currency <> currency THEN 'PRICE_CURRENCY'
    WHEN wholesale_minor IS NULL THEN 'PRICE_SUBCENT'
    WHEN wholesale_minor <= 0 THEN 'PRICE_WHOLESALE_ZERO'
  END AS wholesale_problem,                                           -- code, NULL: the amount stands
  CASE
    WHEN retail IS NULL THEN 'PRICE_RETAIL_MISSING'
    WHEN retail_text IS NULL THEN 'PRICE_UNREADABLE'
    WHEN retail_currency <> currency THEN 'PRICE_CURRENCY'
    WHEN retail_minor IS NULL THEN 'PRICE_SUBCENT'
    WHEN retail_minor <= 0 THEN 'PRICE_RETAIL_MISSING'
  END AS retail_problem,                                              -- code, NULL: the amount stands
  CASE WHEN wholesale_minor > 0 AND coalesce(wholesale_currency = currency, true) THEN wholesale_minor END AS wholesale, -- minor units per unit
  CASE WHEN retail_minor > 0 AND coalesce(retail_currency = currency, true) THEN retail_minor END AS retail -- minor units per unit
FROM amount
