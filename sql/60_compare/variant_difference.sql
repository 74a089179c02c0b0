-- relation: variant_difference
-- about:    The narrowing comparison, variants: which desired variants are new, gone, inactive or differ from Faire in a managed
--           value. A quantity counts where Faire tracks the variant and stock is ours, and where it does not track a variant that we
--           made, or that start_tracking is for, since untracked ones sell without limit. Where a quantity is what is on hand, one that
--           Faire was never asked for counts too. A blank desired value counts as the current one. What a difference means is
--           decided in Go.
-- grain:    one row per variant that differs
-- key:      variant_key
-- reads:    desired_variant, desired_product, mirror_variant, price_choice, shaped_image, mirror_image, setting, variant_state
-- as:       table
WITH ours AS (
  SELECT variant_key, string_agg(identity, chr(10) ORDER BY position) AS images FROM shaped_image WHERE variant_key <> '' GROUP BY variant_key
), theirs AS (
  SELECT variant_id, string_agg(image_identity(original_url, coalesce(s.ignore_query, '')), chr(10) ORDER BY position) AS images
  FROM mirror_image CROSS JOIN setting s WHERE variant_id IS NOT NULL GROUP BY variant_id
), price AS (
  SELECT variant_key FROM price_choice
  WHERE wholesale IS DISTINCT FROM coalesce(faire_wholesale, -1) AND wholesale IS NOT NULL
     OR retail IS DISTINCT FROM coalesce(faire_retail, -1) AND retail IS NOT NULL
  GROUP BY variant_key
)
SELECT
  d.variant_key,                                                      -- our key
  d.product_key                                                       -- our key of the product
FROM desired_variant d
JOIN desired_product p USING (product_key)
LEFT JOIN mirror_variant m USING (variant_id)
LEFT JOIN ours o USING (variant_key)
LEFT JOIN theirs t ON t.variant_id = d.variant_id
CROSS JOIN setting s
WHERE d.variant_id IS NULL
   OR d.gone
   OR d.inactive
   OR s.stock_policy = 'ours' AND (m.available <> d.quantity
     OR s.inventory_means = 'on_hand' AND m.available IS NOT NULL AND d.quantity IS DISTINCT FROM m.on_hand AND d.quantity IS NOT NULL)
   OR s.stock_policy <> 'exclude' AND m.available IS NULL AND d.quantity IS NOT NULL
     AND (s.start_tracking = 'all' OR d.variant_id IN (SELECT variant_id FROM variant_state WHERE created))
   OR d.sku <> coalesce(m.sku, '')
   OR ltrim(d.gtin, '0') <> ltrim(coalesce(m.gtin, ''), '0')          -- a UPC and the EAN with a 0 before it are one barcode
   OR d.tariff_code <> coalesce(m.tariff_code, '')
   OR d.weight <> coalesce(m.weight, '')                              -- 16 ounces and a pound are told apart here, and found equal in Go
   OR d.mass_unit <> coalesce(m.mass_unit, '')
   OR d.length <> coalesce(m.length, '')
   OR d.width <> coalesce(m.width, '')
   OR d.height <> coalesce(m.height, '')
   OR d.distance_unit <> coalesce(m.distance_unit, '')
   OR p.preorder = 'true' AND coalesce(m.orderability_type, '') <> 'PREORDER'
   OR p.preorder = 'false' AND coalesce(m.orderability_type, 'IMMEDIATE') <> 'IMMEDIATE'
   OR p.expected_ship_date <> coalesce(m.expected_ship_date, '')
   OR p.expected_ship_window_end_date <> coalesce(m.expected_ship_window_end_date, '')
   OR o.images <> coalesce(t.images, '')
   OR d.variant_key IN (SELECT variant_key FROM price)
