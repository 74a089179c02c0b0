-- relation: taxonomy_suggestion
-- about:    The three nearest Faire types of each category, type or name that has to be asked for.
-- grain:    one row per text and place
-- key:      scope, text, place
-- reads:    taxonomy_rank, taxonomy_reason
-- as:       table
SELECT
  r.scope,                                                            -- category, type or product
  r.text,                                                             -- the words, as they came
  r.place,                                                            -- 1 for the nearest
  r.type_id,                                                          -- suggested type
  r.name AS type_name,                                                -- its name on Faire
  r.score,                                                            -- 0 to 100
  w.words,                                                            -- the words both have, in the singular
  w.reason                                                            -- why, for people
FROM taxonomy_rank r
JOIN taxonomy_reason w ON w.scope = r.scope AND w.text = r.text AND w.product_key = r.product_key AND w.type_id = r.type_id
WHERE r.product_key = ''
