-- relation: taxonomy_open
-- about:    Products whose type has to be asked for: none is chosen, rules tie, or the chosen one is no longer on Faire's list.
-- grain:    one row per product_key
-- key:      product_key
-- reads:    taxonomy_choice, taxonomy_subject
-- as:       table
SELECT
  c.product_key,                                                      -- our key
  s.scope,                                                            -- category, type or product: what it would be decided by
  s.text,                                                             -- the words, as they came
  s.leaf,                                                             -- those that weigh most
  CASE c.chosen_by WHEN 'none' THEN 'TAXONOMY_UNMAPPED' WHEN 'tie' THEN 'TAXONOMY_RULE_TIE' ELSE 'TAXONOMY_TYPE_RETIRED' END AS code, -- why
  CASE WHEN c.chosen_by = 'tie' THEN c.rules ELSE coalesce(c.type_id || ' ' || c.type_name, '') END AS found -- what is chosen now: rules in a tie, the retired type
FROM taxonomy_choice c
JOIN taxonomy_subject s USING (product_key)
WHERE c.chosen_by IN ('none', 'tie') OR c.type_name IS NOT NULL AND NOT c.listed -- a type nobody knows is unknown_rule's
