-- relation: taxonomy_retired
-- about:    The chosen type is no longer on Faire's list; with the three nearest that are.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    taxonomy_choice, shaped_product, taxonomy_subject, taxonomy_suggestion
-- as:       table
WITH near AS (
  SELECT scope, text, string_agg(printf('%s %s (%d %%: %s)', type_id, type_name, score, words), '; ' ORDER BY place) AS proposal
  FROM taxonomy_suggestion GROUP BY scope, text
)
SELECT
  'TAXONOMY_TYPE_RETIRED' AS code,                                     -- code of check.Codes
  p.item_id,                                                           -- row it points at
  t.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  t.product_key AS entity_key,                                         -- what the finding is about
  'taxonomy' AS field,                                                 -- field concerned
  '' AS detail,                                                        -- which of several
  concat_ws(' ', t.type_id, t.type_name) AS found,                     -- value found
  'a type on Faire''s list' AS wanted,                                 -- value wanted
  n.proposal                                                           -- what to put instead
FROM taxonomy_choice t
JOIN shaped_product p USING (product_key)
JOIN taxonomy_subject q USING (product_key)
LEFT JOIN near n ON n.scope = q.scope AND n.text = q.text
WHERE t.type_name IS NOT NULL AND NOT t.listed -- a type nobody knows is unknown_rule's, or Faire was not asked
