-- relation: code_tariff
-- about:    Tariff codes that are no HS code, and origins that are no country.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, shaped_product
-- as:       table
WITH finding AS (
  SELECT 'CODE_TARIFF_INVALID' AS code, item_id, product_key, variant_key, variant_key AS entity_key, 'tariff_code' AS field, tariff_raw AS found, '6 to 10 digits' AS wanted
  FROM shaped_variant WHERE tariff_raw IS NOT NULL AND tariff_code IS NULL AND ignored_by IS NULL
  UNION ALL
  SELECT 'CODE_COUNTRY_UNKNOWN', item_id, product_key, NULL, product_key, 'made_in_country', made_in_country_raw, 'a country'
  FROM shaped_product WHERE made_in_country_raw IS NOT NULL AND made_in_country IS NULL
)
SELECT
  code,                                                                -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  entity_key,                                                          -- what the finding is about
  field,                                                               -- field concerned
  '' AS detail,                                                        -- which of several
  found,                                                               -- value found
  wanted,                                                              -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
