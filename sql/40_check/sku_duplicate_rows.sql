-- relation: sku_duplicate_rows
-- about:    Every row that bears a SKU several rows bear (seed: exactly one counterpart). A feed of rows per warehouse may have one
--           in each, equal but for the quantity.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    sku_duplicate, standing_row, clean_item
-- as:       table
SELECT
  'KEY_SKU_DUPLICATE' AS code,                                         -- code of check.Codes
  r.item_id,                                                           -- row it points at
  r.product_key,                                                       -- our key of the product
  r.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  r.variant_key AS entity_key,                                         -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  concat_ws(':', c.file, c.row) AS detail,                             -- which of several
  concat(r.sku, ' in ' || c.warehouse) AS found,                       -- value found
  'one row' || CASE WHEN c.warehouse IS NULL THEN '' ELSE ' per warehouse, equal but for the quantity' END || '; ' || d.rows || ' bear it' AS wanted, -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM sku_duplicate d
JOIN standing_row r USING (source, sku)
JOIN clean_item c USING (item_id)
