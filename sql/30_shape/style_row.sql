-- relation: style_row
-- about:    The rows that describe a style: its parent row first, then the rows of its wanted variants in the order of the feed.
-- grain:    one row per item
-- key:      item_id
-- reads:    clean_item, wanted_variant
-- as:       table
SELECT
  c.item_id,                                                          -- the row
  c.product_key,                                                      -- our key of the product
  CASE WHEN c.kind = 'parent' THEN 0 ELSE 1 END AS rank,              -- parent rows go first
  row_number() OVER (PARTITION BY c.product_key ORDER BY c.kind <> 'parent', c.item_id) AS place -- reading order in the style
FROM clean_item c
WHERE c.product_key IN (SELECT product_key FROM wanted_variant WHERE NOT skipped)
  AND (c.problem = 'FEED_PARENT_ROW' OR c.item_id IN (SELECT item_id FROM wanted_variant WHERE NOT skipped))
