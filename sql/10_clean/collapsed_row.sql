-- relation: collapsed_row
-- about:    The SKU rows that no rule on single rows takes out, each with the row that stands for it. Identical repetitions count
--           once. Rows of a SKU that are equal but for warehouse and quantity are one SKU in several warehouses; two different
--           quantities in one warehouse are not, and all its rows stay apart.
-- grain:    one row per item
-- key:      item_id
-- reads:    item, item_price, clean_item
-- as:       table
WITH repeated AS (
  SELECT source, sku FROM clean_item WHERE problem IS NULL GROUP BY source, sku HAVING count(*) > 1
), candidate AS (
  SELECT * FROM clean_item c SEMI JOIN repeated r ON r.source = c.source AND r.sku = c.sku WHERE problem IS NULL
), price AS (
  SELECT item_id, string_agg(concat_ws('|', geography, wholesale, retail), ';' ORDER BY geography) AS prices
  FROM item_price SEMI JOIN candidate USING (item_id) GROUP BY item_id
), content AS (
  SELECT c.item_id, c.source, c.sku, c.variant_key, c.product_key, lower(coalesce(c.warehouse, '')) AS warehouse, coalesce(i.quantity, '') AS quantity,
    md5(concat_ws(chr(31), c.source, c.sku, coalesce(c.sku_id, ''), c.style_id, coalesce(i.name, ''), coalesce(md5(i.description), ''),
      coalesce(i.short_description, ''), coalesce(i.category, ''), coalesce(i.product_type, ''), coalesce(i.tags, ''),
      coalesce(i.option1_value, ''), coalesce(i.option2_value, ''), coalesce(i.option3_value, ''), coalesce(i.gtin, ''),
      coalesce(i.images, ''), coalesce(i.product_images, ''), coalesce(i.active, ''), coalesce(i.unit_multiplier, ''),
      coalesce(i.minimum_order_quantity, ''), coalesce(i.made_in_country, ''), coalesce(i.tariff_code, ''),
      coalesce(i.weight, ''), coalesce(i.weight_unit, ''), coalesce(i.length, ''), coalesce(i.width, ''), coalesce(i.height, ''),
      coalesce(i.distance_unit, ''), coalesce(i.preorder, ''), coalesce(i.order_by_date, ''), coalesce(i.keep_active_past_order_by_date, ''),
      coalesce(i.expected_ship_date, ''), coalesce(i.expected_ship_window_end_date, ''), coalesce(p.prices, ''))) AS digest
  FROM candidate c JOIN item i USING (item_id) LEFT JOIN price p USING (item_id)
), once AS (
  SELECT digest, warehouse, quantity, min(item_id) AS same_item FROM content GROUP BY digest, warehouse, quantity
), sku AS (
  SELECT digest, min(same_item) AS first_item, count(*) = count(DISTINCT warehouse) AS apart FROM once GROUP BY digest
)
SELECT
  item_id,                                                            -- the row
  source,                                                             -- source name
  sku,                                                                -- cleaned SKU
  variant_key,                                                        -- our key of the variant
  product_key,                                                        -- our key of the product
  item_id AS standing_item,                                           -- the row that stands for it
  NULL::VARCHAR AS collapsed_by                                       -- code of the rule that collapses it, NULL: it stands for itself
FROM clean_item c ANTI JOIN repeated r ON r.source = c.source AND r.sku = c.sku
WHERE problem IS NULL
UNION ALL
SELECT c.item_id, c.source, c.sku, c.variant_key, c.product_key, CASE WHEN s.apart THEN s.first_item ELSE o.same_item END,
  CASE WHEN c.item_id <> o.same_item THEN 'FEED_ROW_DUPLICATE' WHEN s.apart AND c.item_id <> s.first_item THEN 'FEED_WAREHOUSE_ROW' END
FROM content c JOIN once o USING (digest, warehouse, quantity) JOIN sku s USING (digest)
