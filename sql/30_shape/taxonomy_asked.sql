-- relation: taxonomy_asked
-- about:    What near types are looked for: each category, type or name that has to be asked for, and each product behind it,
--           with the words that say what it is. A text stands for itself, by its own words; what its products say is added in
--           taxonomy_rank.
-- grain:    one row per text or product, and word; the 16 that weigh most
-- key:      scope, text, product_key, word
-- reads:    taxonomy_open, taxonomy_word
-- as:       table
WITH text AS (
  SELECT DISTINCT scope, text, leaf FROM taxonomy_open
), one AS (
  SELECT *, row_number() OVER (ORDER BY scope, text, product_key) AS asked
  FROM (SELECT scope, text, leaf, '' AS product_key FROM text UNION ALL SELECT scope, text, leaf, product_key FROM taxonomy_open)
), said AS (
  SELECT asked, unnest(string_split(name_words(leaf), chr(10))) AS word, 12 AS weight FROM one WHERE product_key = ''
  UNION ALL SELECT asked, unnest(string_split(name_words(text), chr(10))), 9 FROM one WHERE product_key = ''
  UNION ALL SELECT asked, w.word, w.own FROM one JOIN taxonomy_word w USING (product_key) WHERE w.own > 0
), heaviest AS (
  SELECT asked, word, max(weight) AS weight FROM said GROUP BY asked, word
  QUALIFY row_number() OVER (PARTITION BY asked ORDER BY max(weight) DESC, word) <= 16
)
SELECT
  o.scope,                                                            -- category, type or product
  o.text,                                                             -- the words, as they came
  o.product_key,                                                      -- our key, '' for the text itself
  asked,                                                              -- a number for the three
  h.word,                                                             -- folded, in the singular
  h.weight                                                            -- 12 to 2
FROM heaviest h
JOIN one o USING (asked)
