-- relation: price_median
-- about:    A create whose wholesale price is below 1/20 or above 20 times the median of its type, taken over at least five
--           prices: cents read as dollars, or a case price as a unit price.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    price_choice, taxonomy_choice, shaped_variant
-- as:       table
WITH median AS (
  SELECT t.type_id, p.geography, quantile_disc(p.wholesale, 0.5) AS median, count(*) AS prices
  FROM price_choice p JOIN taxonomy_choice t USING (product_key)
  WHERE p.wholesale IS NOT NULL AND t.type_id IS NOT NULL
  GROUP BY t.type_id, p.geography
)
SELECT
  'PRICE_SCALE' AS code,                                               -- code of check.Codes
  p.item_id,                                                           -- row it points at
  p.product_key,                                                       -- our key of the product
  p.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  p.variant_key AS entity_key,                                         -- what the finding is about
  'price[' || p.geography || ']' AS field,                             -- field concerned
  'median' AS detail,                                                  -- which of several
  printf('wholesale %d.%02d', p.wholesale // 100, p.wholesale % 100) AS found, -- value found
  printf('near the median %d.%02d of its type', m.median // 100, m.median % 100) AS wanted, -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM price_choice p
JOIN shaped_variant v USING (variant_key)
JOIN taxonomy_choice t ON t.product_key = p.product_key
JOIN median m ON m.type_id = t.type_id AND m.geography = p.geography
WHERE v.variant_id IS NULL AND p.decided IS NULL AND m.prices >= 5 AND (p.wholesale * 20 < m.median OR p.wholesale > m.median * 20)
