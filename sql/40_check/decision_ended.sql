-- relation: decision_ended
-- about:    Decisions about prices whose source values, or Faire's, are not the ones that were answered: they are no longer obeyed,
--           and what they settled is asked again if it is still wrong.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    price_decision
-- as:       table
SELECT
  'DECISION_ENDED' AS code,                                            -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  variant_key AS entity_key,                                           -- what the finding is about
  'price[' || geography || ']' AS field,                               -- field concerned
  '' AS detail,                                                        -- which of several
  now AS found,                                                        -- value found
  seen AS wanted,                                                      -- value wanted
  action || ' ' || words AS proposal                                   -- what to put instead
FROM price_decision
WHERE NOT live AND action NOT IN ('approve', 'keep') -- these end when what was approved is on Faire
