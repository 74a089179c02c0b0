-- relation: taxonomy_lesson
-- about:    What the types chosen so far teach: how often products with a word have a type. A word that few products have
--           tells more than one that many have.
-- grain:    one row per word and type, the twelve commonest types of a word
-- key:      word, type_id
-- reads:    taxonomy_word, taxonomy_choice
-- as:       table
WITH taught AS (
  SELECT w.product_key, w.word, w.weight, c.type_id
  FROM taxonomy_word w JOIN taxonomy_choice c USING (product_key)
  WHERE c.chosen_by IN ('rule', 'name', 'decision') AND c.listed
), size AS (
  SELECT count(DISTINCT product_key) AS lessons FROM taught
), word AS (
  SELECT word, sum(weight) AS weight, 50 + CAST(round(100 * ln((lessons + 1) / (count(*) + 0.5))) AS BIGINT) AS rare
  FROM taught CROSS JOIN size GROUP BY word, lessons
), lesson AS (
  SELECT t.word, t.type_id, count(*) AS products, CAST(10000 * sum(t.weight) // (any_value(w.weight) + 6) AS BIGINT) AS share, any_value(w.rare) AS rare
  FROM taught t JOIN word w USING (word) GROUP BY t.word, t.type_id
)
SELECT
  word,                                                               -- folded, in the singular
  type_id,                                                            -- type that was chosen
  products,                                                           -- products with the word that have it
  share,                                                              -- of the weight of the word, in 1/10,000; a word seen once is not believed whole
  rare * rare // 100 AS telling,                                      -- how much the word tells, squared: rare words decide
  (SELECT lessons FROM size) AS lessons                               -- products that teach
FROM lesson
QUALIFY row_number() OVER (PARTITION BY word ORDER BY share DESC, type_id) <= 12
