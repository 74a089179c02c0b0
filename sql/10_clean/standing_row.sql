-- relation: standing_row
-- about:    The SKU rows that stand after the rules on single rows: identical repetitions are collapsed onto the first. Several
--           rows of one SKU that say different things all stay here; sku_duplicate names them.
-- grain:    one row per distinct content of a SKU
-- key:      item_id
-- reads:    item, item_price, clean_item
-- as:       table
WITH price AS (
  SELECT item_id, string_agg(concat_ws('|', geography, wholesale, retail), ';' ORDER BY geography) AS prices
  FROM item_price GROUP BY item_id
), content AS (
  SELECT c.item_id, c.source, c.sku, c.variant_key, c.product_key,
    md5(concat_ws(chr(31), c.sku_id, c.style_id, coalesce(i.name, ''), coalesce(md5(i.description), ''), coalesce(i.short_description, ''),
      coalesce(i.category, ''), coalesce(i.product_type, ''), coalesce(i.tags, ''), coalesce(i.option1_value, ''),
      coalesce(i.option2_value, ''), coalesce(i.option3_value, ''), coalesce(i.gtin, ''), coalesce(i.images, ''),
      coalesce(i.product_images, ''), coalesce(i.active, ''), coalesce(i.quantity, ''), coalesce(i.unit_multiplier, ''),
      coalesce(i.minimum_order_quantity, ''), coalesce(i.made_in_country, ''), coalesce(i.tariff_code, ''),
      coalesce(p.prices, ''))) AS digest
  FROM clean_item c JOIN item i USING (item_id) LEFT JOIN price p USING (item_id)
  WHERE c.problem IS NULL
)
SELECT
  min(item_id) AS item_id,                                            -- the first of the identical rows
  source,                                                             -- source name
  sku,                                                                -- cleaned SKU
  variant_key,                                                        -- our key of the variant
  product_key,                                                        -- our key of the product
  list(item_id ORDER BY item_id) AS item_ids                          -- the identical rows, first included
FROM content
GROUP BY source, sku, variant_key, product_key, digest
