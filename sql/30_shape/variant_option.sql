-- relation: variant_option
-- about:    The options of each wanted variant, one row per axis it has a value on. An axis takes the first name its style
--           gives it.
-- grain:    one row per variant and axis
-- key:      variant_key, axis
-- reads:    wanted_variant, clean_item
-- as:       table
WITH value AS (
  SELECT w.product_key, w.variant_key, w.item_id, o.axis, o.option_name, o.option_value, c.size_position
  FROM wanted_variant w JOIN clean_item c USING (item_id)
  CROSS JOIN LATERAL (VALUES
    (1, c.option1_name, c.option1_value), (2, c.option2_name, c.option2_value), (3, c.option3_name, c.option3_value)
  ) AS o(axis, option_name, option_value)
  WHERE o.option_value IS NOT NULL AND NOT w.skipped
), axis AS (
  SELECT product_key, axis, coalesce(arg_min(option_name, item_id) FILTER (WHERE option_name IS NOT NULL), 'Option ' || axis) AS option_name
  FROM value GROUP BY product_key, axis
)
SELECT
  v.variant_key,                                                      -- our key of the variant
  v.product_key,                                                      -- our key of the product
  v.axis,                                                             -- place of the axis, from 1
  a.option_name,                                                      -- name of the axis
  v.option_value,                                                     -- the variant's value
  v.size_position,                                                    -- place of the size in its range, if the source says
  v.item_id                                                           -- the row it comes from
FROM value v JOIN axis a USING (product_key, axis)
