-- relation: alias_question
-- about:    What is asked about aliases: which SKU of ours a Faire variant is that nothing matches, and which Faire variant a SKU of ours
--           is that matches nothing, if it is near one that asks for another or is left out for want of a sound alias. A variant without
--           a SKU is not asked about: no alias can name it.
-- grain:    one row per question
-- key:      key
-- reads:    match_unmatched, live_variant, mirror_variant, mirror_price, mirror_image, sku_suggestion, sku_likeness, mirror_choice, wanted_variant, clean_item, clean_price, stock_choice, shaped_variant, shaped_product, shaped_image, clean_image, variant_match, product_match, mirror_product
-- as:       table
WITH theirs AS (
  SELECT l.variant_id, l.product_id, l.sku, l.gtin, coalesce(l.product_name, '') AS name, l.lifecycle = 'PUBLISHED' AS live, v.on_hand,
    (SELECT string_agg(option_value, ' / ' ORDER BY axis, option_name) FROM mirror_choice c WHERE c.variant_id = l.variant_id) AS options
  FROM live_variant l JOIN mirror_variant v USING (variant_id) SEMI JOIN match_unmatched m ON m.entity_key = l.variant_id WHERE l.sku IS NOT NULL
), their_price AS ( -- the one of the USA goes first
  SELECT variant_id, arg_min(wholesale, (geography <> 'USA', geography)) AS wholesale FROM mirror_price WHERE wholesale > 0 GROUP BY variant_id
), their_picture AS (
  SELECT t.variant_id, arg_min(coalesce(i.original_url, i.url), (i.variant_id IS NULL, i.position)) AS url
  FROM theirs t JOIN mirror_image i ON i.product_id = t.product_id AND coalesce(i.variant_id, '') IN ('', t.variant_id) GROUP BY t.variant_id
), ours AS (
  SELECT w.variant_key, w.product_key, w.source_sku AS sku, gtin_digits(c.gtin) AS gtin, coalesce(p.name, c.name, '') AS name, coalesce(c.style, '') AS style, q.quantity,
    nullif(concat_ws(' / ', c.option1_value, c.option2_value, c.option3_value), '') AS options,
    coalesce(w.alias_problem, CASE WHEN v.ignored_by = 'ALIAS_SKIPPED' THEN v.ignored_by END) AS code,
    coalesce(f.lifecycle = 'PUBLISHED', false) AS live, c.item_id
  FROM wanted_variant w JOIN clean_item c USING (item_id) JOIN shaped_variant v ON v.variant_key = w.variant_key
  JOIN stock_choice q ON q.variant_key = w.variant_key
  LEFT JOIN shaped_product p ON p.product_key = w.product_key
  LEFT JOIN product_match g ON g.product_key = w.product_key LEFT JOIN mirror_product f ON f.product_id = g.product_id
  ANTI JOIN variant_match m ON m.variant_key = w.variant_key
  WHERE NOT w.inactive
), our_price AS (
  SELECT item_id, arg_min(wholesale, (geography <> 'USA', geography)) AS wholesale FROM clean_price WHERE wholesale > 0 GROUP BY item_id
), own_picture AS (
  SELECT item_id, arg_min(url, (scope <> 'variant', position)) AS url FROM clean_image WHERE problem IS NULL GROUP BY item_id
), style_picture AS ( -- of a parent row, say
  SELECT product_key, arg_min(url, (variant_key, position)) AS url FROM shaped_image GROUP BY product_key
), near AS (
  SELECT l.variant_id, l.variant_key, l.score, l.likeness, l.reason FROM sku_likeness l SEMI JOIN theirs USING (variant_id) WHERE l.score >= 30
), asked AS (
  SELECT o.* FROM ours o
  WHERE o.variant_key NOT IN (SELECT variant_key FROM sku_suggestion SEMI JOIN theirs USING (variant_id))
    AND (o.code IS NOT NULL OR o.variant_key IN (SELECT variant_key FROM near))
), for_theirs AS (
  SELECT s.variant_id, min_by(s.source_sku, s.place) AS best, min_by(o.quantity * p.wholesale, s.place) AS stock,
    to_json(list({'value': s.source_sku, 'label': concat_ws(', ', nullif(o.name, ''), o.options), 'score': s.score, 'reason': s.reason} ORDER BY s.place))::VARCHAR AS suggestions
  FROM sku_suggestion s JOIN ours o USING (variant_key) LEFT JOIN our_price p ON p.item_id = o.item_id GROUP BY s.variant_id
), placed AS (
  SELECT n.*, row_number() OVER (PARTITION BY n.variant_key ORDER BY n.likeness DESC, t.sku, n.variant_id) AS place FROM near n JOIN theirs t USING (variant_id)
), for_ours AS (
  SELECT n.variant_key, min_by(t.sku, n.place) AS best,
    to_json(list({'value': t.sku, 'label': concat_ws(', ', nullif(t.name, ''), t.options), 'score': n.score, 'reason': n.reason} ORDER BY n.place))::VARCHAR AS suggestions
  FROM placed n JOIN theirs t USING (variant_id) WHERE n.place <= 3 GROUP BY n.variant_key
)
SELECT
  'alias' AS kind,                                                     -- alias
  'variant:' || t.variant_id AS key,                                   -- variant: and Faire's id, or sku: and our SKU
  'MATCH_UNMATCHED_ON_FAIRE' AS code,                                  -- exception behind it, '' if there is none
  t.sku,                                                               -- SKU asked about
  '' AS style,                                                         -- our style
  t.name,                                                              -- name on the side that is asked about
  coalesce(t.options, '') AS field,                                    -- its options in words
  concat_ws(', ', t.sku, 'barcode ' || t.gtin, 'wholesale ' || (p.wholesale // 100) || '.' || lpad((p.wholesale % 100)::VARCHAR, 2, '0')) AS found, -- what is known of it
  '' AS wanted,                                                        -- nothing
  1::BIGINT AS rows,                                                   -- SKUs it covers
  t.live,                                                              -- it is published on Faire
  coalesce(t.on_hand * p.wholesale, s.stock, 0)::BIGINT AS stock,      -- wholesale value of its stock, else of the best suggestion's, minor units
  coalesce(i.url, '') AS picture,                                      -- first image
  coalesce(s.best, '') AS proposed,                                    -- SKU of the best suggestion
  coalesce(s.suggestions, '[]') AS suggestions,                        -- best first, JSON list of value, label, score, reason
  to_json([{'key': 'variant:' || t.variant_id, 'field': '', 'sku': t.sku, 'seen': t.sku}])::VARCHAR AS covers, -- what an answer is about, JSON list
  NULL::BIGINT AS wholesale,                                           -- of price questions
  NULL::BIGINT AS retail,                                              -- of price questions
  NULL::BIGINT AS faire_wholesale,                                     -- of price questions
  NULL::BIGINT AS faire_retail                                         -- of price questions
FROM theirs t LEFT JOIN their_price p USING (variant_id) LEFT JOIN their_picture i USING (variant_id) LEFT JOIN for_theirs s USING (variant_id)
UNION ALL
SELECT 'alias', 'sku:' || o.sku, coalesce(o.code, ''), o.sku, o.style, o.name, coalesce(o.options, ''),
  concat_ws(', ', o.sku, 'barcode ' || o.gtin, 'wholesale ' || (p.wholesale // 100) || '.' || lpad((p.wholesale % 100)::VARCHAR, 2, '0')), '', 1,
  o.live, coalesce(o.quantity * p.wholesale, 0)::BIGINT, coalesce(i.url, g.url, ''),
  coalesce(n.best, ''), coalesce(n.suggestions, '[]'), to_json([{'key': 'sku:' || o.sku, 'field': '', 'sku': o.sku, 'seen': ''}])::VARCHAR, NULL, NULL, NULL, NULL
FROM asked o LEFT JOIN own_picture i ON i.item_id = o.item_id LEFT JOIN style_picture g ON g.product_key = o.product_key LEFT JOIN our_price p ON p.item_id = o.item_id LEFT JOIN for_ours n USING (variant_key)
