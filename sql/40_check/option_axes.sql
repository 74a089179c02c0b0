-- relation: option_axes
-- about:    New variants of a product on Faire whose axes do not fit the ones it was made with, or whose product has none.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    desired_variant, product_match, mirror_option, variant_option, axis_map, live_variant
-- as:       table
WITH fresh AS (
  SELECT v.variant_key, v.product_key, v.item_id, m.product_id,
    (SELECT count(DISTINCT axis) FROM mirror_option o WHERE o.product_id = m.product_id) AS faire_axes,
    (SELECT count(*) FROM variant_option o WHERE o.variant_key = v.variant_key) AS our_axes,
    (SELECT count(*) FROM variant_option o JOIN axis_map a USING (product_key, axis) WHERE o.variant_key = v.variant_key) AS mapped,
    (SELECT string_agg(DISTINCT option_name, ', ' ORDER BY option_name) FROM mirror_option o WHERE o.product_id = m.product_id) AS theirs,
    (SELECT string_agg(DISTINCT option_name, ', ' ORDER BY option_name) FROM variant_option o WHERE o.variant_key = v.variant_key) AS ours
  FROM desired_variant v JOIN product_match m USING (product_key)
  WHERE v.variant_id IS NULL AND NOT v.gone
    AND m.product_id IN (SELECT product_id FROM live_variant)
)
SELECT
  CASE WHEN f.faire_axes = 0 THEN 'OPTION_CANNOT_EXTEND' ELSE 'OPTION_AXES_DIFFER' END AS code, -- code of check.Codes
  f.item_id,                                                           -- row it points at
  f.product_key,                                                       -- our key of the product
  f.variant_key,                                                       -- our key of the variant
  f.product_id AS faire_id,                                            -- Faire's id concerned
  f.variant_key AS entity_key,                                         -- what the finding is about
  'options' AS field,                                                  -- field concerned
  '' AS detail,                                                        -- which of several
  coalesce(f.ours, 'no options') AS found,                             -- value found
  coalesce(f.theirs, 'no options') AS wanted,                          -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM fresh f
WHERE f.faire_axes = 0 OR f.our_axes <> f.faire_axes OR f.mapped <> f.faire_axes
