-- relation: supplement_target
-- about:    The rows of the primary source, with what rows of supplements are compared with: the cleaned SKU, and the style as
--           people know it. What a source says of a SKU it says of all rows that bear it. Empty where there is no supplement.
-- grain:    one row per item
-- key:      item_id
-- reads:    primary_key
-- as:       table
WITH cleaned AS (
  SELECT item_id, clean_key(sku) AS sku, clean_key(style) AS style, stands FROM primary_key
), lead_row AS (
  SELECT sku, min(item_id) AS item_id FROM cleaned WHERE stands AND sku IS NOT NULL GROUP BY sku
)
SELECT
  c.item_id,                                                          -- the row
  c.sku,                                                              -- its cleaned SKU
  c.style,                                                            -- its style, if a supplement is joined by it
  c.stands,                                                           -- no filter and no fault of its own takes it out
  coalesce(l.item_id, c.item_id) AS first_item                        -- the first such row of its SKU
FROM cleaned c LEFT JOIN lead_row l ON l.sku = c.sku
