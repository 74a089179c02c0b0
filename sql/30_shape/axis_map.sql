-- relation: axis_map
-- about:    Which axis on Faire each axis of ours is, for styles that are on Faire: by folded name, else by what the matched
--           variants agree on. On a product that exists, Faire's names are law (contract §5).
-- grain:    one row per style and axis of ours that has a counterpart
-- key:      product_key, axis
-- reads:    variant_option, variant_match, product_match, mirror_option, mirror_choice
-- as:       table
WITH ours AS (
  SELECT DISTINCT o.product_key, m.product_id, o.axis, o.option_name
  FROM variant_option o JOIN product_match m USING (product_key)
), theirs AS (
  SELECT DISTINCT product_id, axis, option_name FROM mirror_option
), by_name AS (
  SELECT o.product_key, o.axis, t.axis AS faire_axis, t.option_name AS faire_name, 1 AS step
  FROM ours o JOIN theirs t ON t.product_id = o.product_id AND fold(t.option_name) = fold(o.option_name)
), by_value AS (
  SELECT o.product_key, o.axis, t.axis AS faire_axis, t.option_name AS faire_name, 2 AS step
  FROM ours o JOIN theirs t USING (product_id)
  JOIN variant_option v ON v.product_key = o.product_key AND v.axis = o.axis
  JOIN variant_match m ON m.variant_key = v.variant_key
  JOIN mirror_choice c ON c.variant_id = m.variant_id AND c.option_name = t.option_name
  GROUP BY o.product_key, o.axis, t.axis, t.option_name
  HAVING bool_and(fold(c.option_value) = fold(v.option_value))
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY product_key, axis ORDER BY step, faire_axis) AS place,
    row_number() OVER (PARTITION BY product_key, faire_axis ORDER BY step, axis) AS claim
  FROM (FROM by_name UNION ALL FROM by_value)
)
SELECT
  product_key,                                                        -- our key of the product
  axis,                                                               -- our axis
  faire_axis,                                                         -- its place on Faire
  faire_name                                                          -- its name on Faire
FROM ranked
WHERE place = 1 AND claim = 1
