-- relation: option_duplicate
-- about:    Variants of one product with equal options: of ours among each other, or a new one of ours beside one on Faire,
--           unless match_rename already asks whether the two are the same thing.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    desired_variant, desired_option, mirror_choice, live_variant, variant_match, possible_rename
-- as:       table
WITH ours AS (
  SELECT v.product_key, v.variant_key, v.variant_id, v.item_id, v.source_sku, coalesce(v.placed_on, '') AS product_id,
    string_agg(o.option_name || ': ' || o.option_value, ', ' ORDER BY o.axis) AS options
  FROM desired_variant v JOIN desired_option o USING (variant_key) WHERE NOT v.gone
  GROUP BY ALL
), place AS (
  SELECT product_key, any_value(product_id) FILTER (WHERE product_id <> '') AS product_id FROM ours GROUP BY product_key
), theirs AS (
  SELECT c.product_id, c.variant_id, string_agg(c.option_name || ': ' || c.option_value, ', ' ORDER BY c.axis) AS options
  FROM mirror_choice c SEMI JOIN live_variant l USING (variant_id) GROUP BY c.product_id, c.variant_id
), finding AS (
  SELECT o.product_key, o.variant_key, o.item_id, o.options,
    (SELECT string_agg(p.source_sku, ', ' ORDER BY p.source_sku) FROM ours p WHERE p.product_key = o.product_key AND lower(p.options) = lower(o.options)) AS others,
    NULL::VARCHAR AS faire_id
  FROM ours o
  WHERE o.variant_id IS NULL
    AND (SELECT count(*) FROM ours p WHERE p.product_key = o.product_key AND lower(p.options) = lower(o.options)) > 1
  UNION ALL
  SELECT o.product_key, o.variant_key, o.item_id, o.options, t.variant_id, t.variant_id
  FROM ours o JOIN place p USING (product_key) JOIN theirs t ON t.product_id = p.product_id AND lower(t.options) = lower(o.options)
  ANTI JOIN possible_rename r ON r.variant_key = o.variant_key AND r.variant_id = t.variant_id
  WHERE o.variant_id IS NULL AND t.variant_id NOT IN (SELECT variant_id FROM variant_match)
)
SELECT
  'OPTION_DUPLICATE' AS code,                                          -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  faire_id,                                                            -- Faire's id concerned
  variant_key AS entity_key,                                           -- what the finding is about
  'options' AS field,                                                  -- field concerned
  coalesce(faire_id, '') AS detail,                                    -- which of several
  options AS found,                                                    -- value found
  'only one of ' || others AS wanted,                                  -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
