-- relation: desired_option
-- about:    The options each variant ought to have, in Faire's spelling where Faire knows the axis or the value.
-- grain:    one row per variant and axis
-- key:      variant_key, axis
-- reads:    variant_option, shaped_variant, option_order, axis_map, mirror_option
-- as:       table
WITH spelling AS (
  SELECT product_id, axis, fold(option_value) AS folded, arg_min(option_value, position) AS option_value
  FROM mirror_option GROUP BY product_id, axis, fold(option_value)
)
SELECT
  o.variant_key,                                                      -- our key
  o.product_key,                                                      -- our key of the product
  coalesce(a.faire_axis, o.axis) AS axis,                             -- place of the axis
  coalesce(a.faire_name, o.option_name) AS option_name,               -- name of the axis
  coalesce(s.option_value, o.option_value) AS option_value,           -- value
  p.position                                                          -- place of the value among ours
FROM variant_option o
JOIN shaped_variant v USING (variant_key)
JOIN option_order p ON p.product_key = o.product_key AND p.axis = o.axis AND p.option_value = o.option_value
LEFT JOIN axis_map a ON a.product_key = o.product_key AND a.axis = o.axis
LEFT JOIN spelling s ON s.product_id = v.product_id AND s.axis = a.faire_axis AND s.folded = fold(o.option_value)
WHERE v.ignored_by IS NULL
