-- relation: product_difference
-- about:    The narrowing comparison, products: which desired products are new or differ from Faire in a managed value of their
--           own. A blank desired value counts as the current one; defaulted values count only for creates.
-- grain:    one row per product that differs
-- key:      product_key
-- reads:    desired_product, mirror_product, shaped_image, mirror_image, setting
-- as:       table
WITH ours AS (
  SELECT product_key, string_agg(identity, chr(10) ORDER BY position) AS images FROM shaped_image WHERE variant_key = '' GROUP BY product_key
), theirs AS (
  SELECT product_id, string_agg(image_identity(original_url, coalesce(s.ignore_query, '')), chr(10) ORDER BY position) AS images
  FROM mirror_image CROSS JOIN setting s WHERE variant_id IS NULL GROUP BY product_id
)
SELECT
  d.product_key                                                       -- our key
FROM desired_product d
LEFT JOIN mirror_product m USING (product_id)
LEFT JOIN ours o USING (product_key)
LEFT JOIN theirs t ON t.product_id = d.product_id
WHERE m.product_id IS NULL
   OR d.name <> coalesce(m.name, '') AND NOT list_contains(d.defaulted, 'name')
   OR d.description <> coalesce(m.description, '')
   OR d.short_description <> coalesce(m.short_description, '') AND NOT list_contains(d.defaulted, 'short_description')
   OR list_contains(d.cleared, 'description') AND coalesce(m.description, '') <> ''
   OR list_contains(d.cleared, 'short_description') AND coalesce(m.short_description, '') <> ''
   OR d.taxonomy_id <> coalesce(m.taxonomy_id, '')
   OR d.lifecycle <> coalesce(m.lifecycle, '')
   OR d.unit_multiplier <> coalesce(m.unit_multiplier, 0) AND NOT list_contains(d.defaulted, 'unit_multiplier')
   OR d.minimum_order_quantity <> coalesce(m.minimum_order_quantity, 0)
   OR d.made_in_country <> coalesce(m.made_in_country, '')
   OR d.preorder <> coalesce(m.preorderable, false)::VARCHAR
   OR d.order_by_date <> coalesce(m.order_by_date, '')
   OR d.keep_active_past_order_by_date <> coalesce(m.keep_active_past_order_by_date, false)::VARCHAR
   OR d.expected_ship_date <> coalesce(m.expected_ship_date, '')
   OR d.expected_ship_window_end_date <> coalesce(m.expected_ship_window_end_date, '')
   OR o.images <> coalesce(t.images, '')
