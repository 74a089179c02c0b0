-- relation: option_fixed
-- about:    The options of a variant that exists are others in the source; Faire cannot change them (contract §5).
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    desired_option, desired_variant, mirror_choice, axis_map
-- as:       table
SELECT
  'OPTION_FIXED' AS code,                                              -- code of check.Codes
  v.item_id,                                                           -- row it points at
  v.product_key,                                                       -- our key of the product
  v.variant_key,                                                       -- our key of the variant
  v.variant_id AS faire_id,                                            -- Faire's id concerned
  v.variant_key AS entity_key,                                         -- what the finding is about
  'options' AS field,                                                  -- field concerned
  o.option_name AS detail,                                             -- which of several
  o.option_name || ': ' || o.option_value AS found,                    -- value found
  c.option_name || ': ' || c.option_value AS wanted,                   -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM desired_option o
JOIN desired_variant v USING (variant_key)
JOIN axis_map a ON a.product_key = o.product_key AND a.faire_axis = o.axis
JOIN mirror_choice c ON c.variant_id = v.variant_id AND c.option_name = o.option_name
WHERE fold(c.option_value) <> fold(o.option_value)
  AND coalesce(size_rank(c.option_value) <> size_rank(o.option_value), true) -- S and Small are one size
