-- relation: taxonomy_choice
-- about:    The Faire type of each product: by decision (for the product before its category before its type), else by rule (product before category before type before tag, the longest literal
--           pattern first), else by a name that is exactly one type's after folding, else none. A tie chooses nothing.
-- grain:    one row per product_key
-- key:      product_key
-- reads:    shaped_product, category_path, taxonomy_rule, taxonomy_type, decision
-- as:       table
WITH hint AS (
  SELECT product_key, 1 AS rank, 'product' AS scope, unnest([style, name, product_key]) AS text FROM shaped_product
  UNION ALL SELECT product_key, 2, 'category', category FROM shaped_product
  UNION ALL SELECT product_key, 2, 'category', path FROM category_path
  UNION ALL SELECT product_key, 3, 'type', product_type FROM shaped_product
  UNION ALL SELECT product_key, 4, 'tag', trim(unnest(string_split(split_list(tags), chr(10)))) FROM shaped_product WHERE tags IS NOT NULL
), distinct_hint AS (
  SELECT DISTINCT scope, text FROM hint WHERE text IS NOT NULL AND text <> ''
), hit AS (
  SELECT d.scope, d.text, r.type_id, r.pattern, length(replace(replace(r.pattern, '*', ''), '?', '')) AS literal
  FROM distinct_hint d JOIN taxonomy_rule r ON r.scope = d.scope AND lower(d.text) GLOB lower(r.pattern)
), ruled AS (
  SELECT DISTINCT h.product_key, h.rank, x.literal, x.type_id, x.pattern, x.scope
  FROM hint h JOIN hit x USING (scope, text)
), top AS (
  SELECT product_key, min((rank, -literal)) AS best FROM ruled GROUP BY product_key
), by_rule AS (
  SELECT r.product_key, count(DISTINCT r.type_id) AS types, min(r.type_id) AS type_id,
    string_agg(DISTINCT r.scope || ' ' || r.pattern || ' → ' || r.type_id, '; ' ORDER BY r.scope || ' ' || r.pattern || ' → ' || r.type_id) AS rules
  FROM ruled r JOIN top t ON t.product_key = r.product_key AND (r.rank, -r.literal) = t.best
  GROUP BY r.product_key
), by_decision AS (
  SELECT h.product_key, arg_min(d.value, (h.rank, d.key)) AS type_id, arg_min(d.words, (h.rank, d.key)) AS words
  FROM hint h JOIN decision d ON d.kind = 'taxonomy' AND d.action = 'map' AND d.key = h.scope || ':' || h.text
  GROUP BY h.product_key
), type_name AS (
  SELECT fold(name) AS folded, count(*) AS ids, min(type_id) AS type_id FROM taxonomy_type WHERE listed GROUP BY fold(name)
), by_name AS (
  SELECT h.product_key, min(n.type_id) AS type_id, count(DISTINCT n.type_id) AS types
  FROM (SELECT DISTINCT product_key, fold(unnest([text, regexp_extract(text, '[^/>|]+$')])) AS folded FROM hint WHERE scope IN ('category', 'type')) h
  JOIN type_name n ON n.folded = h.folded AND n.ids = 1
  GROUP BY h.product_key
)
SELECT
  p.product_key,                                                      -- our key
  CASE WHEN d.type_id IS NOT NULL THEN d.type_id WHEN r.types = 1 THEN r.type_id WHEN r.types IS NULL AND n.types = 1 THEN n.type_id END AS type_id, -- chosen type
  t.name AS type_name,                                                -- its name on Faire
  coalesce(t.listed, false) AS listed,                                -- Faire still lists it
  CASE WHEN d.type_id IS NOT NULL THEN 'decision' WHEN r.types = 1 THEN 'rule' WHEN r.types > 1 THEN 'tie' WHEN n.types = 1 THEN 'name' ELSE 'none' END AS chosen_by, -- how
  coalesce(d.words, r.rules) AS rules                                 -- the decision or the rules that led there, or tie
FROM shaped_product p
LEFT JOIN by_decision d USING (product_key)
LEFT JOIN by_rule r USING (product_key)
LEFT JOIN by_name n USING (product_key)
LEFT JOIN taxonomy_type t ON t.type_id = CASE WHEN d.type_id IS NOT NULL THEN d.type_id WHEN r.types = 1 THEN r.type_id WHEN r.types IS NULL AND n.types = 1 THEN n.type_id END
