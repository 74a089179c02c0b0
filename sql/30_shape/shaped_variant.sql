-- relation: shaped_variant
-- about:    One variant with its small values read, its counterpart on Faire and what kind of presence it has. A variant that is
--           inactive and not on Faire is ignored; one that skip_without_alias leaves out is ignored too.
-- grain:    one row per variant_key
-- key:      variant_key
-- reads:    wanted_variant, clean_item, stock_choice, variant_match, product_match
-- as:       table
SELECT
  w.variant_key,                                                      -- our key
  w.product_key,                                                      -- our key of the product
  w.item_id,                                                          -- the row it stands in
  c.row,                                                              -- record in its file
  w.source_sku,                                                       -- SKU in the WMS
  CASE WHEN m.matched_by = 'alias' THEN w.alias_value ELSE w.sku END AS sku, -- SKU we want on Faire
  w.token,                                                            -- idempotence token of its create
  w.alias_problem,                                                    -- code of an alias that blocks it
  m.variant_id,                                                       -- Faire's id, if it is there
  m.product_id AS placed_on,                                          -- Faire's id of the product it sits on
  m.matched_by,                                                       -- how it was found
  p.product_id,                                                       -- Faire's id of its style's product
  w.inactive,                                                         -- the source says it is inactive
  c.gtin AS gtin_raw,                                                 -- barcode as delivered
  CASE WHEN gtin_ok(gtin_digits(c.gtin)) THEN gtin_digits(c.gtin) END AS gtin, -- barcode, if valid
  c.tariff_code AS tariff_raw,                                        -- HS code as delivered
  tariff_digits(c.tariff_code) AS tariff_code,                        -- HS code, digits only
  nullif(c.weight, '0') AS weight,                                    -- weight with its unit
  nullif(c.length, '0') AS length,                                    -- length with its unit
  nullif(c.width, '0') AS width,                                      -- width with its unit
  nullif(c.height, '0') AS height,                                    -- height with its unit
  q.quantity,                                                         -- units Faire is to have
  CASE WHEN w.skipped THEN 'ALIAS_SKIPPED'
       WHEN w.inactive AND m.variant_id IS NULL THEN 'LIFECYCLE_INACTIVE_IGNORED' END AS ignored_by -- rule that ignores it
FROM wanted_variant w
JOIN clean_item c USING (item_id)
JOIN stock_choice q ON q.variant_key = w.variant_key
LEFT JOIN variant_match m ON m.variant_key = w.variant_key
LEFT JOIN product_match p ON p.product_key = w.product_key
