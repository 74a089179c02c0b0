-- relation: price_geography
-- about:    A new variant of a product that sells in a geography prices[] does not reach: all variants
--           of a product must have the same geographies (contract §5.1).
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, mirror_price, price_rule
-- as:       table
WITH there AS (
  SELECT DISTINCT product_id, geography FROM mirror_price
)
SELECT
  'PRICE_GEOGRAPHY_MISSING' AS code,                                   -- code of check.Codes
  v.item_id,                                                           -- row it points at
  v.product_key,                                                       -- our key of the product
  v.variant_key,                                                       -- our key of the variant
  v.product_id AS faire_id,                                            -- Faire's id concerned
  v.variant_key AS entity_key,                                         -- what the finding is about
  'price[' || t.geography || ']' AS field,                             -- field concerned
  t.geography AS detail,                                               -- which of several
  'no price for ' || t.geography AS found,                             -- value found
  'the geographies of the product' AS wanted,                          -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_variant v
JOIN there t ON t.product_id = v.product_id
ANTI JOIN price_rule r ON r.geography = t.geography
WHERE v.variant_id IS NULL AND v.ignored_by IS NULL
