-- relation: desired_variant
-- about:    One row per variant that ought to exist on Faire, with the values it ought to have, and one per linked variant that
--           is gone from the source. NULL means leave as it is.
-- grain:    one row per variant_key
-- key:      variant_key
-- reads:    shaped_variant, gone_variant, variant_match
-- as:       table
SELECT
  variant_key,                                                        -- our key
  product_key,                                                        -- our key of the product
  item_id,                                                            -- the row it stands in, NULL if gone
  row,                                                                -- record in its file
  source_sku,                                                         -- SKU in the WMS
  sku,                                                                -- SKU on Faire
  token,                                                              -- idempotence token of its create
  variant_id,                                                         -- Faire's id, if it is there
  placed_on,                                                          -- product on Faire it sits on
  matched_by,                                                         -- how it was found
  gtin,                                                               -- barcode
  tariff_code,                                                        -- HS code
  split_part(weight, ' ', 1) AS weight,                               -- weight, a decimal text
  split_part(weight, ' ', 2) AS mass_unit,                            -- its unit, as Faire names it
  split_part(length, ' ', 1) AS length,                               -- length, a decimal text
  split_part(width, ' ', 1) AS width,                                 -- width, a decimal text
  split_part(height, ' ', 1) AS height,                               -- height, a decimal text
  split_part(coalesce(length, width, height), ' ', 2) AS distance_unit, -- unit of all three
  quantity,                                                           -- units
  inactive,                                                           -- the source says it is inactive
  false AS gone                                                       -- still in the source
FROM shaped_variant
WHERE ignored_by IS NULL
UNION ALL
SELECT g.variant_key, coalesce(p.product_key, g.product_key), NULL, NULL, g.source_sku, NULL, NULL, g.variant_id, g.product_id, 'link', NULL, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, true
FROM gone_variant g
LEFT JOIN (SELECT placed_on, min(product_key) AS product_key FROM shaped_variant WHERE placed_on IS NOT NULL GROUP BY placed_on) p
  ON p.placed_on = g.product_id
WHERE g.variant_id NOT IN (SELECT variant_id FROM variant_match)
