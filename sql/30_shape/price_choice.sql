-- relation: price_choice
-- about:    Price of each variant and geography beside what Faire holds, with the two ratio rules worked out exactly in
--           integers (seed: retail is 1.25 to 10 times wholesale, both ends allowed).
-- grain:    one row per variant and geography
-- key:      variant_key, geography
-- reads:    shaped_variant, clean_price, mirror_price
-- as:       table
SELECT
  v.variant_key,                                                      -- our key
  v.product_key,                                                      -- our key of the product
  v.item_id,                                                          -- the row
  p.geography,                                                        -- USA and so on
  p.currency,                                                         -- its currency
  p.wholesale_raw,                                                    -- as delivered
  p.retail_raw,                                                       -- as delivered
  p.wholesale_problem,                                                -- code, NULL: sound
  p.retail_problem,                                                   -- code, NULL: sound
  p.wholesale,                                                        -- minor units
  p.retail,                                                           -- minor units
  m.wholesale AS faire_wholesale,                                     -- what Faire holds, minor units
  m.retail AS faire_retail,                                           -- what Faire holds, minor units
  coalesce(p.retail * 4 < p.wholesale * 5, false) AS ratio_low,       -- retail below 1.25 times wholesale
  coalesce(p.retail > p.wholesale * 10, false) AS ratio_high          -- retail above 10 times wholesale
FROM shaped_variant v
JOIN clean_price p USING (item_id)
LEFT JOIN mirror_price m ON m.variant_id = v.variant_id AND m.geography = p.geography
WHERE v.ignored_by IS NULL
