-- relation: row_account
-- about:    Where every source row went: ignored by a named rule, blocked by a code, or carried by a variant. Go adds what the
--           plan made of it; the four parts of the accounting add up to these rows.
-- grain:    one row per item
-- key:      item_id
-- reads:    clean_item, collapsed_row, sku_duplicate, shaped_variant, shaped_product, product_match, mirror_product, variant_state, live_variant
-- as:       table
WITH row AS (
  SELECT *, CASE WHEN problem IS NULL THEN sku END AS standing_sku, CASE WHEN problem IS NULL THEN variant_key END AS standing_key FROM clean_item
), linked AS (
  SELECT s.variant_key, any_value(s.variant_id) AS variant_id FROM variant_state s SEMI JOIN live_variant USING (variant_id) GROUP BY s.variant_key
)
SELECT
  c.item_id,                                                          -- ordinal of delivery
  c.source,                                                           -- source name
  c.file,                                                             -- file or endpoint
  c.row,                                                              -- record in it
  coalesce(c.sku, c.sku_raw, '') AS sku,                              -- SKU in the WMS
  coalesce(c.style, '') AS style,                                     -- style
  coalesce(p.name, c.name, '') AS name,                               -- name of the product
  coalesce(c.product_key, '') AS product_key,                         -- our key of the product
  coalesce(c.variant_key, '') AS variant_key,                         -- our key of the variant
  coalesce(v.product_id, m.product_id, '') AS product_id,             -- Faire's id of the product
  coalesce(v.variant_id, l.variant_id, '') AS variant_id,              -- Faire's id of the variant, linked rows that are blocked now too
  coalesce(f.lifecycle, '') AS lifecycle,                             -- of the product on Faire
  coalesce(CASE
    WHEN c.kind = 'ignored' THEN c.problem
    WHEN c.problem IN ('FEED_PARENT_ROW', 'FEED_FILTERED') THEN c.problem
    WHEN k.collapsed_by IS NOT NULL THEN k.collapsed_by
    ELSE v.ignored_by END, '') AS ignored_by,                         -- code of the rule that ignores it
  coalesce(CASE
    WHEN c.kind <> 'ignored' AND c.problem NOT IN ('FEED_PARENT_ROW', 'FEED_FILTERED') THEN c.problem
    WHEN d.sku IS NOT NULL THEN 'KEY_SKU_DUPLICATE' END, '') AS blocked_by -- code that keeps it from being a variant
FROM row c
LEFT JOIN collapsed_row k USING (item_id)
LEFT JOIN sku_duplicate d ON d.source = c.source AND d.sku = c.standing_sku
LEFT JOIN shaped_variant v ON v.variant_key = c.standing_key
LEFT JOIN linked l ON l.variant_key = c.variant_key
LEFT JOIN shaped_product p ON p.product_key = c.product_key
LEFT JOIN product_match m ON m.product_key = c.product_key
LEFT JOIN mirror_product f ON f.product_id = coalesce(v.product_id, m.product_id)
