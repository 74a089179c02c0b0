-- relation: match_possible_duplicate
-- about:    A create whose folded name or barcode equals a Faire product that no style in the source goes to.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_product, shaped_variant, live_variant, product_match, mirror_product
-- as:       table
WITH free AS (
  SELECT p.product_id, p.name FROM mirror_product p ANTI JOIN product_match m USING (product_id) WHERE coalesce(p.lifecycle, '') <> 'DELETED'
), fresh AS (
  SELECT p.product_key, p.name, p.item_id FROM shaped_product p ANTI JOIN product_match m USING (product_key)
  WHERE p.product_key IN (SELECT product_key FROM shaped_variant WHERE ignored_by IS NULL)
), finding AS (
  SELECT f.product_key, f.item_id, g.product_id, 'name' AS field, f.name AS found FROM fresh f JOIN free g ON fold(g.name) = fold(f.name)
  UNION
  SELECT f.product_key, f.item_id, g.product_id, 'gtin', l.gtin
  FROM fresh f JOIN shaped_variant v USING (product_key)
  JOIN live_variant l ON l.gtin = v.gtin JOIN free g ON g.product_id = l.product_id
)
SELECT
  'MATCH_POSSIBLE_DUPLICATE' AS code,                                  -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  product_id AS faire_id,                                              -- Faire's id concerned
  product_key AS entity_key,                                           -- what the finding is about
  field,                                                               -- field concerned
  concat_ws(':', product_id, found) AS detail,                         -- which of several
  found,                                                               -- value found
  'already on Faire as ' || product_id AS wanted,                      -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
