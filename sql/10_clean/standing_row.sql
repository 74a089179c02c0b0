-- relation: standing_row
-- about:    The SKU rows that stand after the rules on single rows, repetitions and further warehouses collapsed onto the first.
--           Several rows of one SKU that say different things all stay here; sku_duplicate names them.
-- grain:    one row per distinct content of a SKU
-- key:      item_id
-- reads:    collapsed_row
-- as:       view
SELECT
  item_id,                                                            -- the first of the rows that are one
  source,                                                             -- source name
  sku,                                                                -- cleaned SKU
  variant_key,                                                        -- our key of the variant
  product_key                                                         -- our key of the product
FROM collapsed_row
WHERE collapsed_by IS NULL
