-- relation: taxonomy_missing
-- about:    Products no rule and no exact name leads to a type, with the three nearest types; and rules that tie.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    taxonomy_choice, shaped_product, taxonomy_type, category_path
-- as:       table
WITH open_hint AS (
  SELECT p.product_key, coalesce(c.leaf, p.product_type, p.name) AS text
  FROM shaped_product p JOIN taxonomy_choice t USING (product_key)
  LEFT JOIN category_path c ON c.product_key = p.product_key AND c.place = 1
  WHERE t.chosen_by = 'none'
), scored AS (
  SELECT h.text, y.type_id, y.name, similarity(h.text, y.name) AS score
  FROM (SELECT DISTINCT text FROM open_hint WHERE text IS NOT NULL) h CROSS JOIN taxonomy_type y WHERE y.listed
), best AS (
  SELECT *, row_number() OVER (PARTITION BY text ORDER BY score DESC, type_id) AS place FROM scored WHERE score > 0.2
), near AS (
  SELECT h.product_key, string_agg(printf('%s %s (%.2f, by %s)', b.type_id, b.name, b.score, h.text), '; ' ORDER BY b.place) AS proposal
  FROM open_hint h JOIN best b USING (text) WHERE b.place <= 3 GROUP BY h.product_key
)
SELECT
  CASE t.chosen_by WHEN 'tie' THEN 'TAXONOMY_RULE_TIE' ELSE 'TAXONOMY_UNMAPPED' END AS code, -- code of check.Codes
  p.item_id,                                                           -- row it points at
  t.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  t.product_key AS entity_key,                                         -- what the finding is about
  'taxonomy' AS field,                                                 -- field concerned
  '' AS detail,                                                        -- which of several
  coalesce(t.rules, p.category, p.product_type, '') AS found,          -- value found
  'one Faire type' AS wanted,                                          -- value wanted
  n.proposal                                                           -- what to put instead
FROM taxonomy_choice t
JOIN shaped_product p USING (product_key)
LEFT JOIN near n ON n.product_key = t.product_key
WHERE t.chosen_by IN ('none', 'tie')
