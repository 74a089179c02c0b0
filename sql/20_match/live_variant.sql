-- relation: live_variant
-- about:    Faire's variants that are not deleted, on products that are not deleted.
-- grain:    one row per variant on Faire
-- key:      variant_id
-- reads:    mirror_variant, mirror_product
-- as:       table
SELECT
  v.variant_id,                                                       -- Faire's id of the variant
  v.product_id,                                                       -- Faire's id of the product
  v.sku,                                                              -- SKU on Faire
  v.gtin,                                                             -- barcode on Faire
  v.token,                                                            -- token it was created with
  p.name AS product_name,                                             -- name on Faire
  p.lifecycle                                                         -- lifecycle of the product
FROM mirror_variant v JOIN mirror_product p USING (product_id)
WHERE coalesce(v.lifecycle, '') <> 'DELETED' AND coalesce(p.lifecycle, '') <> 'DELETED'
