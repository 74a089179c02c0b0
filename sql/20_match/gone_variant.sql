-- relation: gone_variant
-- about:    Linked variants that are live on Faire and that no row of the source bears any more, not even a held one. Absence is
--           not deletion: when_gone says what happens.
-- grain:    one row per linked variant
-- key:      variant_id
-- reads:    variant_state, live_variant, clean_item
-- as:       table
SELECT
  s.variant_id,                                                       -- Faire's id
  s.variant_key,                                                      -- the key it was linked by
  s.product_key,                                                      -- the product key it was linked by
  v.product_id,                                                       -- product on Faire
  s.source_sku,                                                       -- SKU it had in the WMS
  v.sku,                                                              -- SKU on Faire
  v.gtin                                                              -- barcode on Faire
FROM variant_state s
JOIN live_variant v USING (variant_id)
WHERE s.variant_key NOT IN (SELECT variant_key FROM clean_item WHERE variant_key IS NOT NULL AND kind <> 'parent')
