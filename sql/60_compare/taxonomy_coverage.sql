-- relation: taxonomy_coverage
-- about:    The questions of the taxonomy: every category, type or name products are told apart by, how many products stand behind
--           it, what they are mapped to and by what, and what to map them to. It is the workbook's sheet Taxonomy.
-- grain:    one row per text
-- key:      scope, text
-- reads:    taxonomy_subject, taxonomy_choice, taxonomy_suggestion, product_match, mirror_product
-- as:       table
WITH product AS (
  SELECT s.scope, s.text, c.chosen_by, c.type_id, c.type_name, c.rules, c.listed, coalesce(f.lifecycle = 'PUBLISHED', false) AS live
  FROM taxonomy_subject s JOIN taxonomy_choice c USING (product_key)
  LEFT JOIN product_match m USING (product_key) LEFT JOIN mirror_product f ON f.product_id = m.product_id
), suggestion AS (
  SELECT scope, text, string_agg(printf('%s  %s  (%d %%: %s)', type_id, type_name, score, words), chr(10) ORDER BY place) AS suggestions
  FROM taxonomy_suggestion GROUP BY scope, text
)
SELECT
  p.scope,                                                            -- category, type or product: scope of a rule for it
  p.text,                                                             -- the words, as they came
  count(*) AS products,                                               -- that are told by them
  count(*) FILTER (WHERE p.chosen_by IN ('decision', 'rule', 'name')) AS mapped,  -- of these: with a type
  count(*) FILTER (WHERE p.live) AS live,                             -- of these: published on Faire
  coalesce(string_agg(DISTINCT coalesce(p.type_name, '(not on Faire''s list any more)') || ' ' || p.type_id, chr(10)
    ORDER BY coalesce(p.type_name, '(not on Faire''s list any more)') || ' ' || p.type_id) FILTER (WHERE p.type_id IS NOT NULL), '') AS types, -- chosen, one per line
  coalesce(string_agg(DISTINCT p.chosen_by || coalesce(': ' || p.rules, ''), chr(10) ORDER BY p.chosen_by || coalesce(': ' || p.rules, ''))
    FILTER (WHERE p.chosen_by <> 'none'), '') AS chosen_by,           -- rules or name that chose, or tie
  coalesce(any_value(s.suggestions), '') AS suggestions               -- nearest types, one per line, best first
FROM product p LEFT JOIN suggestion s ON s.scope = p.scope AND s.text = p.text
GROUP BY p.scope, p.text
