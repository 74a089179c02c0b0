-- relation: taxonomy_product_suggestion
-- about:    The three nearest Faire types of each product that differs clearly from the others of its unmapped category or type: it is
--           asked for by itself, beside them.
-- grain:    one row per product and place
-- key:      product_key, place
-- reads:    taxonomy_rank, taxonomy_reason
-- as:       table
SELECT
  r.product_key,                                                      -- our key
  r.scope,                                                            -- category or type: what it stands in
  r.text,                                                             -- the words of that, as they came
  r.place,                                                            -- 1 for the nearest
  r.type_id,                                                          -- suggested type
  r.name AS type_name,                                                -- its name on Faire
  r.score,                                                            -- 0 to 100
  w.words,                                                            -- the words both have, in the singular
  w.reason                                                            -- why, for people
FROM taxonomy_rank r
JOIN taxonomy_reason w ON w.scope = r.scope AND w.text = r.text AND w.product_key = r.product_key AND w.type_id = r.type_id
WHERE r.product_key <> ''
