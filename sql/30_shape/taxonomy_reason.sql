-- relation: taxonomy_reason
-- about:    Why a type is suggested, in words: what it shares with the text or product, the words of its name first, and how many
--           products with one of these words have it.
-- grain:    one row per text or product, and type
-- key:      scope, text, product_key, type_id
-- reads:    taxonomy_rank, taxonomy_asked, taxonomy_type_word, taxonomy_lesson
-- as:       table
WITH said AS (
  SELECT scope, text, '' AS product_key, word, sum(weight) AS weight FROM taxonomy_asked GROUP BY scope, text, word
  UNION ALL SELECT scope, text, product_key, word, weight FROM taxonomy_asked WHERE product_key <> ''
), shared AS (
  SELECT r.scope, r.text, r.product_key, r.type_id, s.word, y.word IS NOT NULL AS named, coalesce(l.products, 0) AS products,
    row_number() OVER (PARTITION BY r.scope, r.text, r.product_key, r.type_id
      ORDER BY y.word IS NULL, s.weight * coalesce(y.weight, l.telling * l.share) DESC, s.word) AS place
  FROM taxonomy_rank r JOIN said s ON s.scope = r.scope AND s.text = r.text AND s.product_key = r.product_key
  LEFT JOIN taxonomy_type_word y ON y.type_id = r.type_id AND y.word = s.word
  LEFT JOIN taxonomy_lesson l ON l.type_id = r.type_id AND l.word = s.word
  WHERE y.word IS NOT NULL OR l.word IS NOT NULL
), told AS (
  SELECT scope, text, product_key, type_id, string_agg(word, ' ' ORDER BY place) AS words, max(products) AS products
  FROM shared WHERE place <= 4 GROUP BY scope, text, product_key, type_id
)
SELECT
  scope,                                                              -- category, type or product
  text,                                                               -- the words, as they came
  product_key,                                                        -- our key of a product that differs, '' for the text itself
  type_id,                                                            -- suggested type
  words,                                                              -- the words both have, at most four, in the singular
  'shares ' || replace(words, ' ', ', ') || CASE products WHEN 0 THEN '' WHEN 1 THEN '; 1 similar product has it'
    ELSE '; ' || products || ' similar products have it' END AS reason -- for people
FROM told
