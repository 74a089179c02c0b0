-- relation: desired_product
-- about:    One row per product that ought to exist on Faire. PUBLISHED needs an image and a type (seed); what lacks one goes up
--           UNPUBLISHED. Values that are defaults or derived are named in defaulted: they serve creates only (design 4.2).
-- grain:    one row per product_key
-- key:      product_key
-- reads:    desired_variant, shaped_product, shaped_image, taxonomy_choice, product_state, setting, generation, product_match
-- as:       table
WITH pictured AS (
  SELECT DISTINCT product_key FROM shaped_image WHERE variant_key = ''
), wanted AS (
  SELECT product_key, bool_and(gone) AS gone FROM desired_variant GROUP BY product_key
), linked AS (
  SELECT product_key, min(product_id) AS product_id FROM product_state GROUP BY product_key
)
SELECT
  w.product_key,                                                      -- our key
  coalesce(p.product_id, m.product_id, CASE WHEN w.gone THEN l.product_id END) AS product_id, -- Faire's id, if it is there
  p.item_id,                                                          -- the row messages point at
  coalesce(p.style, regexp_replace(w.product_key, '^[^:]*:', '')) AS style, -- style as people know it; its key when it is gone
  'fs1-' || left(sha256(concat_ws('|', s.brand_id, w.product_key, '')), 24) || '-' || coalesce(g.generation, 1) AS token, -- of its create
  p.name,                                                             -- title
  CASE WHEN p.description <> '!clear' THEN p.description END AS description, -- plain text
  CASE WHEN p.short_description <> '!clear' THEN p.short_description
       WHEN p.short_description IS NULL THEN short_text(coalesce(CASE WHEN p.description <> '!clear' THEN p.description END, p.name), 75) END AS short_description, -- at most 75 characters
  CASE WHEN t.listed THEN t.type_id END AS taxonomy_id,               -- Faire type, listed ones only
  t.type_name AS taxonomy_name,                                       -- its name
  CASE WHEN w.gone THEN NULL WHEN i.product_key IS NULL OR t.type_id IS NULL OR NOT t.listed THEN 'UNPUBLISHED' ELSE 'PUBLISHED' END AS lifecycle, -- state of a create
  coalesce(p.unit_multiplier, 1) AS unit_multiplier,                  -- case size
  p.minimum_order_quantity,                                           -- units
  p.made_in_country,                                                  -- ISO alpha-3
  p.preorder,                                                         -- true or false: it can be ordered ahead
  CASE WHEN p.preorder = 'true' THEN p.order_by_date END AS order_by_date, -- last day of the preorder; without a preorder its dates mean nothing
  CASE WHEN p.preorder = 'true' THEN p.keep_active_past_order_by_date END AS keep_active_past_order_by_date, -- true or false: it stays up after that
  CASE WHEN p.preorder = 'true' THEN p.expected_ship_date END AS expected_ship_date, -- first day it ships
  CASE WHEN p.preorder = 'true' THEN p.expected_ship_window_end_date END AS expected_ship_window_end_date, -- last day it ships
  list_filter([
    CASE WHEN p.unit_multiplier IS NULL THEN 'unit_multiplier' END,
    CASE WHEN p.short_description IS NULL THEN 'short_description' END,
    CASE WHEN p.name_choice > 1 AND fold(p.name) = fold(p.style) THEN 'name' END
  ], field -> field IS NOT NULL) AS defaulted,                        -- fields with a default, derived or fallback value
  list_filter([
    CASE WHEN p.description = '!clear' THEN 'description' END,
    CASE WHEN p.short_description = '!clear' THEN 'short_description' END
  ], field -> field IS NOT NULL) AS cleared                           -- fields emptied on purpose
FROM wanted w
LEFT JOIN shaped_product p USING (product_key)
LEFT JOIN product_match m USING (product_key)
LEFT JOIN linked l USING (product_key)
LEFT JOIN taxonomy_choice t USING (product_key)
LEFT JOIN pictured i USING (product_key)
LEFT JOIN generation g ON g.scope = 'product' AND g.key = w.product_key
CROSS JOIN setting s
