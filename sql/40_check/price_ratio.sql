-- relation: price_ratio
-- about:    Retail must be 1.25 to 10 times wholesale, both ends allowed (seed); the proposal names the nearest legal values.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    price_choice
-- as:       table
SELECT
  CASE WHEN p.ratio_low THEN 'PRICE_RATIO_LOW' ELSE 'PRICE_RATIO_HIGH' END AS code, -- code of check.Codes
  p.item_id,                                                           -- row it points at
  p.product_key,                                                       -- our key of the product
  p.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  p.variant_key AS entity_key,                                         -- what the finding is about
  'price[' || p.geography || ']' AS field,                             -- field concerned
  '' AS detail,                                                        -- which of several
  printf('wholesale %d.%02d, retail %d.%02d', p.wholesale // 100, p.wholesale % 100, p.retail // 100, p.retail % 100) AS found, -- value found
  'retail 1.25 to 10 times wholesale' AS wanted,                       -- value wanted
  CASE WHEN p.ratio_low
    THEN printf('retail at least %d.%02d, or wholesale at most %d.%02d', (p.wholesale * 5 + 3) // 4 // 100, (p.wholesale * 5 + 3) // 4 % 100, p.retail * 4 // 5 // 100, p.retail * 4 // 5 % 100)
    ELSE printf('retail at most %d.%02d, or wholesale at least %d.%02d', p.wholesale * 10 // 100, p.wholesale * 10 % 100, (p.retail + 9) // 10 // 100, (p.retail + 9) // 10 % 100) END AS proposal -- what to put instead
FROM price_choice p
WHERE p.ratio_low OR p.ratio_high
