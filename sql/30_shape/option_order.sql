-- relation: option_order
-- about:    The values of each axis of a style in order: sizes as they are worn (the source's own range first, else by what the
--           size says), everything else as it first appears.
-- grain:    one row per style, axis and value
-- key:      product_key, axis, option_value
-- reads:    variant_option
-- as:       table
WITH value AS (
  SELECT product_key, axis, option_name, option_value, min(item_id) AS first_item,
    CASE WHEN fold(option_name) LIKE '%size%' THEN min(size_position) END AS size_position,
    CASE WHEN fold(option_name) LIKE '%size%' THEN size_rank(option_value) END AS size_rank
  FROM variant_option
  GROUP BY product_key, axis, option_name, option_value
)
SELECT
  product_key,                                                        -- our key of the product
  axis,                                                               -- place of the axis, from 1
  option_name,                                                        -- name of the axis
  option_value,                                                       -- value
  row_number() OVER (PARTITION BY product_key, axis
    ORDER BY size_position NULLS LAST, size_rank NULLS LAST, first_item, option_value) AS position -- place of the value, from 1
FROM value
