-- relation: code_gtin
-- about:    Barcodes with wrong length or check digit, and barcodes on several SKUs.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant
-- as:       table
WITH shared AS (
  SELECT gtin, array_to_string(min(source_sku, 5), ', ') || CASE WHEN count(*) > 5 THEN ' and ' || (count(*) - 5) || ' more' ELSE '' END AS skus
  FROM shaped_variant
  WHERE gtin IS NOT NULL AND ignored_by IS NULL GROUP BY gtin HAVING count(*) > 1
), finding AS (
  SELECT 'CODE_GTIN_INVALID' AS code, v.*, '8, 12, 13 or 14 digits with a right check digit' AS wanted
  FROM shaped_variant v WHERE v.gtin_raw IS NOT NULL AND v.gtin IS NULL AND NOT is_placeholder(v.gtin_raw)
  UNION ALL
  SELECT 'CODE_GTIN_DUPLICATE', v.*, 'one of ' || s.skus FROM shaped_variant v JOIN shared s ON s.gtin = v.gtin WHERE v.ignored_by IS NULL
)
SELECT
  code,                                                                -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  variant_id AS faire_id,                                              -- Faire's id concerned
  variant_key AS entity_key,                                           -- what the finding is about
  'gtin' AS field,                                                     -- field concerned
  '' AS detail,                                                        -- which of several
  gtin_raw AS found,                                                   -- value found
  wanted,                                                              -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
