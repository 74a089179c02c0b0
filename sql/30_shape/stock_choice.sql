-- relation: stock_choice
-- about:    The quantity of each wanted variant: what its rows have in the warehouses that count (all where none is listed), added
--           up, less the safety stock, at most the cap. A blank cell counts as 0 unless all are blank. A SKU that is only in other
--           warehouses has none; where no row at all is in a listed warehouse, nothing is known of any.
-- grain:    one row per variant
-- key:      variant_key
-- reads:    wanted_variant, collapsed_row, clean_item, stock_warehouse, setting
-- as:       table
WITH listed AS (
  SELECT lower(clean_key(name)) AS warehouse FROM stock_warehouse
), scope AS (
  SELECT count(*) = 0 AS everywhere,
    count(*) = 0 OR EXISTS (SELECT 1 FROM clean_item WHERE problem IS NULL AND lower(warehouse) IN (SELECT warehouse FROM listed)) AS known
  FROM listed
), cell AS (
  SELECT k.standing_item, c.item_id, c.quantity_raw, c.units, s.known,
    s.everywhere OR coalesce(lower(c.warehouse) IN (SELECT warehouse FROM listed), false) AS counts
  FROM collapsed_row k JOIN clean_item c USING (item_id) CROSS JOIN scope s
  WHERE k.collapsed_by IS DISTINCT FROM 'FEED_ROW_DUPLICATE'
), total AS (
  SELECT standing_item AS item_id, string_agg(quantity_raw, ' + ' ORDER BY item_id) FILTER (WHERE counts) AS quantity_raw,
    CASE WHEN NOT bool_and(known) THEN NULL
         WHEN NOT bool_or(counts) THEN 0
         WHEN count(quantity_raw) FILTER (WHERE counts) = count(units) FILTER (WHERE counts) THEN floor(sum(units) FILTER (WHERE counts))
    END AS units,
    min(item_id) FILTER (WHERE counts AND quantity_raw IS NOT NULL AND units IS NULL) AS unreadable_item
  FROM cell GROUP BY standing_item
), delivered AS (
  SELECT item_id, quantity_raw, TRY_CAST(units AS BIGINT) AS units, unreadable_item FROM total
)
SELECT
  w.variant_key,                                                      -- our key
  d.quantity_raw,                                                     -- quantities as delivered, those that count
  d.units,                                                            -- their sum in whole units, rounded down, NULL: none or unreadable
  d.unreadable_item,                                                  -- first row whose quantity cannot be read
  CASE WHEN d.units IS NOT NULL AND s.stock_cap > 0 THEN least(greatest(d.units - s.safety_stock, 0), s.stock_cap)
       WHEN d.units IS NOT NULL THEN greatest(d.units - s.safety_stock, 0) END AS quantity -- units Faire is to have; greatest skips NULL
FROM wanted_variant w
JOIN delivered d USING (item_id)
CROSS JOIN setting s
