-- relation: price_choice
-- about:    Price of each variant and geography, as decided or else as delivered, beside what Faire holds, with the two ratio rules
--           worked out exactly in integers (seed: retail is 1.25 to 10 times wholesale, both ends allowed).
-- grain:    one row per variant and geography
-- key:      variant_key, geography
-- reads:    shaped_variant, clean_price, mirror_price, price_decision
-- as:       table
WITH price AS (
  SELECT v.variant_key, v.product_key, v.item_id, v.variant_id, p.* EXCLUDE (item_id, wholesale, retail), d.action, d.words,
    CASE WHEN d.action = 'keep' THEN NULL WHEN d.action IS NULL THEN p.wholesale ELSE d.wholesale END AS wholesale,
    CASE WHEN d.action = 'keep' THEN NULL WHEN d.action IS NULL THEN p.retail ELSE d.retail END AS retail
  FROM shaped_variant v
  JOIN clean_price p USING (item_id)
  LEFT JOIN price_decision d ON d.variant_key = v.variant_key AND d.geography = p.geography AND d.live
  WHERE v.ignored_by IS NULL
)
SELECT
  v.variant_key,                                                      -- our key
  v.product_key,                                                      -- our key of the product
  v.item_id,                                                          -- the row
  v.geography,                                                        -- USA and so on
  v.currency,                                                         -- its currency
  v.wholesale_raw,                                                    -- as delivered
  v.retail_raw,                                                       -- as delivered
  v.wholesale_problem,                                                -- code, NULL: sound
  v.retail_problem,                                                   -- code, NULL: sound
  v.wholesale,                                                        -- minor units
  v.retail,                                                           -- minor units
  m.wholesale AS faire_wholesale,                                     -- what Faire holds, minor units
  m.retail AS faire_retail,                                           -- what Faire holds, minor units
  coalesce(v.retail * 4 < v.wholesale * 5, false) AS ratio_low,       -- retail below 1.25 times wholesale
  coalesce(v.retail > v.wholesale * 10, false) AS ratio_high,         -- retail above 10 times wholesale
  v.action AS decided,                                                -- action of the decision it goes by, NULL: none
  v.words AS decided_by                                               -- where that comes from
FROM price v
LEFT JOIN mirror_price m ON m.variant_id = v.variant_id AND m.geography = v.geography
