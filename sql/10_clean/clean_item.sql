-- relation: clean_item
-- about:    Every delivered row with its keys cleaned and its small values read. Nothing is dropped here; the first rule that
--           takes a row out stands in problem. Keys are never re-cased: Faire's SKUs are case-sensitive. !clear counts as blank
--           where it clears nothing; clear_refused tells.
-- grain:    one row per item
-- key:      item_id
-- reads:    item, setting
-- as:       table
WITH keyed AS (
  SELECT i.* REPLACE (
      nullif(trim(name), '!clear') AS name, nullif(trim(category), '!clear') AS category, nullif(trim(product_type), '!clear') AS product_type,
      nullif(trim(tags), '!clear') AS tags, nullif(trim(option1_value), '!clear') AS option1_value,
      nullif(trim(option2_value), '!clear') AS option2_value, nullif(trim(option3_value), '!clear') AS option3_value,
      nullif(trim(gtin), '!clear') AS gtin, nullif(trim(tariff_code), '!clear') AS tariff_code,
      nullif(trim(made_in_country), '!clear') AS made_in_country),
    -- number_text knows decimal points; with a decimal comma the two signs change places.
    CASE WHEN decimal_mark = ',' THEN translate(quantity, ',.', '.,') ELSE quantity END AS pointed,
    nullif(clean_key(sku), '!clear') AS clean_sku, nullif(clean_key(style), '!clear') AS clean_style,
    -- A figure with its unit, as 0.45 POUNDS; 0 is nothing to send and needs none.
    CASE WHEN weight IS NOT NULL THEN mass_text(weight, coalesce(weight_unit, ''), decimal_mark) END AS read_weight,
    CASE WHEN length IS NOT NULL THEN distance_text(length, coalesce(distance_unit, ''), decimal_mark) END AS read_length,
    CASE WHEN width IS NOT NULL THEN distance_text(width, coalesce(distance_unit, ''), decimal_mark) END AS read_width,
    CASE WHEN height IS NOT NULL THEN distance_text(height, coalesce(distance_unit, ''), decimal_mark) END AS read_height
  FROM item i CROSS JOIN setting
), measured AS (
  SELECT *, coalesce(nullif(split_part(read_length, ' ', 2), ''), nullif(split_part(read_width, ' ', 2), ''),
    nullif(split_part(read_height, ' ', 2), '')) AS read_unit
  FROM keyed
)
SELECT
  item_id,                                                            -- ordinal of delivery
  source,                                                             -- source name
  file,                                                               -- file or endpoint
  row,                                                                -- record in it
  kind,                                                               -- sku, parent, quarantined or ignored
  CASE
    WHEN kind IN ('quarantined', 'ignored') THEN problem
    WHEN kind = 'parent' THEN 'FEED_PARENT_ROW'
    WHEN filtered THEN 'FEED_FILTERED'
    WHEN clean_sku IS NULL OR is_placeholder(clean_sku) THEN 'KEY_SKU_MISSING'
    WHEN looks_mangled(clean_sku) THEN 'KEY_SKU_MANGLED'
  END AS problem,                                                     -- code that takes the row out, NULL: it stands
  sku_id,                                                             -- the source's stable id of the SKU
  sku AS sku_raw,                                                     -- SKU as delivered
  clean_sku AS sku,                                                   -- SKU cleaned
  sku_column,                                                         -- column the SKU came from
  sku_choice,                                                         -- its place among the candidates, from 1
  coalesce(clean_style, clean_sku) AS style_id,                       -- what groups rows into a product
  source || ':' || coalesce(clean_style, clean_sku) AS product_key,   -- our key of the product
  source || ':' || coalesce(sku_id, clean_sku) AS variant_key,        -- our key of the variant
  coalesce(clean_key(style_code), clean_style, clean_sku) AS style,   -- style as people know it
  CASE WHEN is_placeholder(name) THEN NULL ELSE html_to_text(name) END AS name, -- title
  name_choice,                                                        -- its place among the candidates, from 1
  description AS description_raw,                                     -- body copy as delivered; see clean_description
  CASE WHEN is_placeholder(short_description) THEN NULL ELSE html_to_text(short_description) END AS short_description, -- short copy
  clean_text(category) AS category,                                   -- category path or paths
  clean_text(product_type) AS product_type,                           -- type
  clean_text(tags) AS tags,                                           -- tags, one per line
  clean_text(option1_name) AS option1_name,                           -- first axis
  clean_text(option1_value) AS option1_value,                         -- and value
  clean_text(option2_name) AS option2_name,                           -- second axis
  clean_text(option2_value) AS option2_value,                         -- and value
  clean_text(option3_name) AS option3_name,                           -- third axis
  clean_text(option3_value) AS option3_value,                         -- and value
  TRY_CAST(number_text(size_position) AS BIGINT) AS size_position,    -- place of the size in its range
  clean_text(gtin) AS gtin,                                           -- barcode as delivered
  images,                                                             -- own images, one per line
  product_images,                                                     -- images of the style, one per line
  active AS active_raw,                                               -- activity as delivered
  coalesce(boolean_text(active) = 'false', false) AS inactive,        -- the source says explicitly that it is inactive
  replace(quantity, chr(31), ' + ') AS quantity_raw,                  -- quantity as delivered; of several columns all that are not blank
  CASE
    WHEN NOT contains(pointed, chr(31)) THEN TRY_CAST(number_text(pointed) AS DECIMAL(18, 4))
    WHEN len(list_filter(string_split(pointed, chr(31)), part -> number_text(part) IS NULL)) = 0
      THEN TRY_CAST(list_sum(list_transform(string_split(pointed, chr(31)), part -> TRY_CAST(number_text(part) AS DECIMAL(18, 4)))) AS DECIMAL(18, 4))
  END AS units,                                                       -- quantity, columns added up, NULL: blank or one is unreadable
  clean_key(warehouse) AS warehouse,                                  -- warehouse the quantity lies in
  TRY_CAST(number_text(unit_multiplier) AS BIGINT) AS unit_multiplier, -- case size
  TRY_CAST(number_text(minimum_order_quantity) AS BIGINT) AS minimum_order_quantity, -- units
  clean_text(made_in_country) AS made_in_country,                     -- origin as delivered
  clean_text(tariff_code) AS tariff_code,                             -- HS code as delivered
  read_weight AS weight,                                              -- weight with Faire's word for its unit, 0: nothing, NULL: blank or unreadable
  read_length AS length,                                              -- length in the same way; its unit is that of all three
  CASE WHEN split_part(read_width, ' ', 2) IN ('', read_unit) THEN read_width END AS width, -- width, NULL in another unit too
  CASE WHEN split_part(read_height, ' ', 2) IN ('', read_unit) THEN read_height END AS height, -- height, NULL in another unit too
  boolean_text(preorder) AS preorder,                                 -- true or false: it can be ordered ahead
  date_text(order_by_date) AS order_by_date,                          -- last day of a preorder, 2026-11-23
  boolean_text(keep_active_past_order_by_date) AS keep_active_past_order_by_date, -- true or false: it stays up after that
  date_text(expected_ship_date) AS expected_ship_date,                -- first day it ships
  date_text(expected_ship_window_end_date) AS expected_ship_window_end_date -- last day it ships
FROM measured
