-- relation: taxonomy_question
-- about:    What is asked of people about types: one question per category, type or name with products that have no type, whose rules
--           tie or whose type is retired, and one per product that differs from the others there.
-- grain:    one row per question
-- key:      key
-- reads:    taxonomy_open, taxonomy_suggestion, taxonomy_product_suggestion, shaped_product, shaped_variant, price_choice, shaped_image, mirror_product
-- as:       table
WITH worth AS (
  SELECT v.product_key, CAST(sum(p.wholesale * greatest(v.quantity, 0)) AS BIGINT) AS stock
  FROM shaped_variant v
  JOIN (SELECT variant_key, arg_min(wholesale, (geography <> 'USA', geography)) AS wholesale FROM price_choice WHERE wholesale > 0 GROUP BY variant_key) p
    USING (variant_key)
  WHERE v.ignored_by IS NULL GROUP BY v.product_key
), product AS (
  SELECT o.*, p.style, coalesce(p.name, p.style) AS name, coalesce(f.lifecycle = 'PUBLISHED', false) AS live, coalesce(w.stock, 0) AS stock, i.url
  FROM taxonomy_open o JOIN shaped_product p USING (product_key)
  LEFT JOIN mirror_product f ON f.product_id = p.product_id
  LEFT JOIN worth w ON w.product_key = o.product_key
  LEFT JOIN shaped_image i ON i.product_key = o.product_key AND i.variant_key = '' AND i.position = 1
), offer AS (
  SELECT scope || ':' || text AS key, to_json(list({'value': type_id, 'label': type_name, 'score': score, 'reason': reason} ORDER BY place))::VARCHAR AS suggestions,
    arg_min(type_id, place) AS proposed
  FROM taxonomy_suggestion GROUP BY scope, text
  UNION ALL
  SELECT 'product:' || product_key, to_json(list({'value': type_id, 'label': type_name, 'score': score, 'reason': reason} ORDER BY place))::VARCHAR,
    arg_min(type_id, place)
  FROM taxonomy_product_suggestion GROUP BY product_key
), asked AS (
  SELECT scope || ':' || text AS key, max(code) AS code, -- unmapped before retired before tie
    array_to_string(list_slice(list(style ORDER BY style), 1, 3), ', ') AS sku, '' AS style, text AS name, scope AS field,
    coalesce(string_agg(DISTINCT found, '; ' ORDER BY found) FILTER (WHERE found <> ''), '') AS found,
    count(*) AS rows, bool_or(live) AS live, sum(stock) AS stock, arg_min(url, style) FILTER (WHERE url IS NOT NULL) AS picture
  FROM product GROUP BY scope, text
  UNION ALL
  SELECT 'product:' || product_key, code, style, style, name, 'product', found, 1, live, stock, url
  FROM product SEMI JOIN taxonomy_product_suggestion USING (product_key)
)
SELECT
  'taxonomy' AS kind,                                                 -- kind of question
  a.key,                                                              -- what a decision is about: scope and text, or product: and our key
  a.code,                                                             -- why it is asked
  a.sku,                                                              -- up to three styles, as examples
  a.style,                                                            -- style of a single product
  a.name,                                                             -- the text or the product's name, as people read it
  a.field,                                                            -- category, type or product
  a.found,                                                            -- what is chosen now: rules that tie, a retired type
  '' AS wanted,                                                       -- nothing else is wanted
  a.rows,                                                             -- products behind it
  a.live,                                                             -- one of them is published on Faire
  CAST(a.stock AS BIGINT) AS stock,                                   -- wholesale value of their stock, minor units
  coalesce(a.picture, '') AS picture,                                 -- first image of the first of them
  coalesce(o.proposed, '') AS proposed,                               -- type id of the best suggestion
  coalesce(o.suggestions, '[]') AS suggestions,                       -- at most three, best first, JSON list
  to_json([{'key': a.key, 'field': ''}])::VARCHAR AS covers,          -- what an answer lays down, JSON list
  NULL::BIGINT AS wholesale,                                          -- of prices only
  NULL::BIGINT AS retail,                                             -- of prices only
  NULL::BIGINT AS faire_wholesale,                                    -- of prices only
  NULL::BIGINT AS faire_retail                                        -- of prices only
FROM asked a
LEFT JOIN offer o USING (key)
