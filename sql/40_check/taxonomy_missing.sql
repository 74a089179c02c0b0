-- relation: taxonomy_missing
-- about:    Products no rule and no exact name leads to a type, with the three nearest types, its own where it differs from the
--           others of its category; and rules that tie.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    taxonomy_choice, shaped_product, taxonomy_subject, taxonomy_suggestion, taxonomy_product_suggestion
-- as:       table
WITH near AS (
  SELECT scope, text, string_agg(printf('%s %s (%d %%: %s)', type_id, type_name, score, words), '; ' ORDER BY place) AS proposal
  FROM taxonomy_suggestion GROUP BY scope, text
), own AS (
  SELECT product_key, string_agg(printf('%s %s (%d %%: %s)', type_id, type_name, score, words), '; ' ORDER BY place) AS proposal
  FROM taxonomy_product_suggestion GROUP BY product_key
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
  CASE WHEN t.chosen_by = 'none' THEN coalesce(o.proposal, n.proposal) END AS proposal -- what to put instead
FROM taxonomy_choice t
JOIN shaped_product p USING (product_key)
JOIN taxonomy_subject q USING (product_key)
LEFT JOIN near n ON n.scope = q.scope AND n.text = q.text
LEFT JOIN own o ON o.product_key = t.product_key
WHERE t.chosen_by IN ('none', 'tie')
