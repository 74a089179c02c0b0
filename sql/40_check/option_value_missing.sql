-- relation: option_value_missing
-- about:    A style of several variants needs a value on every axis for each of them.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, variant_option
-- as:       table
WITH several AS (
  SELECT product_key FROM shaped_variant WHERE ignored_by IS NULL GROUP BY product_key HAVING count(*) > 1
), axis AS (
  SELECT DISTINCT product_key, axis, option_name FROM variant_option
)
SELECT
  'OPTION_VALUE_MISSING' AS code,                                      -- code of check.Codes
  v.item_id,                                                           -- row it points at
  v.product_key,                                                       -- our key of the product
  v.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  v.variant_key AS entity_key,                                         -- what the finding is about
  'options' AS field,                                                  -- field concerned
  coalesce(a.option_name, '') AS detail,                               -- which of several
  NULL::VARCHAR AS found,                                              -- value found
  'a value for ' || coalesce(a.option_name, 'an option') AS wanted,    -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_variant v
JOIN several s USING (product_key)
LEFT JOIN axis a USING (product_key)
LEFT JOIN variant_option o ON o.variant_key = v.variant_key AND o.axis = a.axis
WHERE v.ignored_by IS NULL AND v.variant_id IS NULL AND o.option_value IS NULL
