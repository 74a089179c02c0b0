-- relation: exception
-- about:    Every finding of every check, with the SKU, style, name, category and source row a person looks for, and whether the
--           product is live on Faire.
-- grain:    one row per finding
-- key:      code, source, entity_key, field, detail
-- reads:    finding, clean_item, shaped_product, category_path, shaped_variant, desired_variant, mirror_product, mirror_variant, feed_exception, supplement_row, field_source
-- as:       table
WITH source AS (
  SELECT source FROM clean_item UNION SELECT source FROM supplement_row
), known AS (
  SELECT variant_key, item_id, source_sku FROM shaped_variant
  UNION ALL SELECT variant_key, NULL, source_sku FROM desired_variant WHERE gone
), placed AS (
  SELECT f.*, CASE WHEN f.item_id IS NULL THEN f.entity_key END AS row_key, coalesce(f.item_id, v.item_id, CASE WHEN f.variant_key IS NULL THEN p.item_id END) AS at_item, v.source_sku,
    coalesce(f.faire_id, p.product_id) AS at_faire, p.product_id, k.path AS product_category, p.product_type,
    p.name AS product_name, p.style AS product_style, p.source AS product_source,
    coalesce(s.source, CASE WHEN f.faire_id IS NOT NULL THEN 'faire' END) AS said_source
  FROM finding f
  LEFT JOIN known v ON v.variant_key = f.variant_key
  LEFT JOIN shaped_product p ON p.product_key = f.product_key
  LEFT JOIN category_path k ON k.product_key = f.product_key AND k.place = 1
  LEFT JOIN source s ON s.source = split_part(f.entity_key, ':', 1)
), meant AS (
  SELECT code, entity_key, field, detail, at_item, unnest(CASE
      WHEN code = 'FEED_SUPPLEMENT_DISAGREES' THEN [split_part(detail, ':', 2)]
      WHEN field LIKE 'price[%' AND detail IN ('wholesale', 'retail') THEN [field || '.' || detail]
      WHEN field LIKE 'price[%' THEN [field, field || '.wholesale', field || '.retail']
      WHEN field = 'on_hand' THEN ['quantity']
      WHEN field = 'image' THEN ['images', 'product_images']
      ELSE [field] END) AS source_field
  FROM placed WHERE at_item IS NOT NULL
), given AS (
  SELECT f.code, f.entity_key, f.field, f.detail, arg_min({'source': s.source, 'file': s.file, 'row': s.row}, s.field) AS place
  FROM meant f JOIN field_source s ON s.item_id = f.at_item AND s.field = f.source_field
  WHERE s.file IS NOT NULL GROUP BY f.code, f.entity_key, f.field, f.detail
)
SELECT
  f.code,                                                             -- code of check.Codes
  coalesce(g.place.source, c.source, f.product_source, r.source, f.said_source, '') AS source, -- source name, or faire
  f.entity_key,                                                       -- what the finding is about
  f.product_key,                                                      -- our key of the product
  f.variant_key,                                                      -- our key of the variant
  coalesce(f.source_sku, CASE WHEN f.variant_key IS NOT NULL OR f.product_key IS NULL THEN c.sku END, r.sku, u.key_raw) AS sku, -- SKU in the WMS
  coalesce(f.product_style, c.style, r.style, regexp_replace(f.product_key, '^[^:]*:', '')) AS style, -- style
  coalesce(f.product_name, c.name, r.name) AS name,                   -- name of the product
  coalesce(f.product_category, f.product_type) AS category,           -- category, for the Causes sheet
  f.field,                                                            -- field concerned
  f.detail,                                                           -- which of several
  f.found,                                                            -- value found
  f.wanted,                                                           -- value wanted
  f.proposal,                                                         -- what to put instead
  coalesce(g.place.file, c.file, r.file, u.file) AS file,             -- file or endpoint the value stands in
  CASE WHEN g.place IS NULL THEN coalesce(c.row, r.row, u.row) ELSE g.place.row END AS row, -- record in it
  r.column_name,                                                      -- header of the column, if the source told
  f.at_faire AS faire_id,                                             -- Faire's id concerned
  coalesce(m.lifecycle = 'PUBLISHED', n.lifecycle = 'PUBLISHED', false) AS live -- the product is live on Faire
FROM placed f
LEFT JOIN clean_item c ON c.item_id = f.at_item
LEFT JOIN feed_exception r ON f.code = r.code AND f.entity_key = r.entity_key AND f.field = coalesce(r.field, '')
  AND f.detail = concat_ws(':', r.detail, r.file, r.row, r.column_name)
LEFT JOIN given g ON g.code = f.code AND g.entity_key = f.entity_key AND g.field = f.field AND g.detail = f.detail
LEFT JOIN supplement_row u ON u.entity_key = f.row_key
LEFT JOIN mirror_product m ON m.product_id = f.product_id
LEFT JOIN mirror_variant w ON w.variant_id = f.faire_id
LEFT JOIN mirror_product n ON n.product_id = coalesce(w.product_id, f.faire_id)
