-- relation: taxonomy_near
-- about:    The types nearest to each text and product that has to be asked for, two opinions in one: how much of a type's name it
--           shares and how it is spelt, and what products with the same words have (taxonomy_lesson). What was learnt counts a
--           quarter for a type if another one's name says all it says of the text and more: jackets of men teach little about
--           Women > Jackets. Cost follows the words: only types that share one are looked at.
-- grain:    one row per text or product, and type; the twelve nearest
-- key:      asked, type_id
-- reads:    taxonomy_asked, taxonomy_type_word, taxonomy_lesson, taxonomy_open, shaped_product
-- as:       table
WITH vocabulary AS (
  SELECT word, any_value(weight) AS weight FROM taxonomy_type_word GROUP BY word
), teller AS (
  SELECT word, any_value(telling) AS telling FROM taxonomy_lesson GROUP BY word
), novel AS ( -- how much a word tells that no lesson has: nothing speaks for any type, and that is to be said
  SELECT coalesce((50 + CAST(round(100 * ln(max(lessons) + 1)) AS BIGINT)) * (50 + CAST(round(100 * ln(max(lessons) + 1)) AS BIGINT)) // 100, 0) AS telling
  FROM taxonomy_lesson
), whole AS (
  SELECT asked, coalesce(sum(a.weight * v.weight) FILTER (WHERE a.weight >= 5), 0) AS named, sum(a.weight * coalesce(t.telling, n.telling)) AS told
  FROM taxonomy_asked a LEFT JOIN vocabulary v USING (word) LEFT JOIN teller t USING (word) CROSS JOIN novel n GROUP BY asked
), opinion AS (
  SELECT a.asked, t.type_id, a.weight * t.weight AS named, 0 AS told FROM taxonomy_asked a JOIN taxonomy_type_word t USING (word) WHERE t.types <= 500
  UNION ALL SELECT a.asked, l.type_id, 0, a.weight * l.telling * l.share FROM taxonomy_asked a JOIN taxonomy_lesson l USING (word)
), type AS (
  SELECT type_id, any_value(name) AS name, any_value(whole) AS whole FROM taxonomy_type_word GROUP BY type_id
), heard AS (
  SELECT asked, type_id, sum(named) AS named, sum(told) AS told FROM opinion GROUP BY asked, type_id
), weighed AS (
  SELECT h.asked, h.type_id, y.name, least(10000, 20000 * h.named // (12 * y.whole + w.named)) AS named, least(9500, 3 * h.told // (2 * greatest(w.told, 1))) AS told
  FROM heard h JOIN whole w USING (asked) JOIN type y USING (type_id)
), near AS (
  SELECT *, row_number() OVER (PARTITION BY asked ORDER BY 10000 * (named + told) - named * told DESC, name, type_id) AS nearest FROM weighed
  QUALIFY nearest <= 12
), said AS ( -- a product's text says something about it too
  SELECT DISTINCT a.asked, a.word FROM taxonomy_asked a WHERE a.weight >= 5
  UNION SELECT p.asked, t.word
  FROM (SELECT DISTINCT asked, scope, text FROM taxonomy_asked WHERE product_key <> '') p
  JOIN taxonomy_asked t ON t.scope = p.scope AND t.text = p.text AND t.product_key = '' AND t.weight >= 5
), shared AS (
  SELECT n.asked, n.type_id, n.told, list(y.word) FILTER (WHERE s.word IS NOT NULL) AS words
  FROM near n JOIN taxonomy_type_word y USING (type_id) LEFT JOIN said s ON s.asked = n.asked AND s.word = y.word GROUP BY ALL
), outdone AS (
  SELECT DISTINCT t.asked, t.type_id
  FROM shared t JOIN shared u ON u.asked = t.asked AND len(u.words) > len(t.words) AND list_has_all(u.words, t.words)
  WHERE t.told > 0
), tempered AS (
  SELECT n.* EXCLUDE (told), CASE WHEN o.asked IS NULL THEN n.told ELSE n.told // 4 END AS told FROM near n LEFT JOIN outdone o USING (asked, type_id)
), spelt AS ( -- in the singular: Candles is Candle
  SELECT a.asked, replace(name_words(coalesce(o.leaf, p.product_type, p.name, '')), chr(10), ' ') AS spelling
  FROM (SELECT DISTINCT asked, scope, text, product_key FROM taxonomy_asked) a
  LEFT JOIN (SELECT DISTINCT scope, text, leaf FROM taxonomy_open) o ON o.scope = a.scope AND o.text = a.text AND a.product_key = ''
  LEFT JOIN shaped_product p ON p.product_key = a.product_key
), alike AS (
  SELECT spelling, type_id, CAST(round(10000 * similarity(spelling, words)) AS BIGINT) AS alike
  FROM (SELECT DISTINCT s.spelling, n.type_id FROM near n JOIN spelt s USING (asked))
  JOIN (SELECT type_id, string_agg(word, ' ' ORDER BY word) AS words FROM taxonomy_type_word GROUP BY type_id) USING (type_id)
)
SELECT
  n.asked,                                                            -- number of the text or product in taxonomy_asked
  n.type_id,                                                          -- near type
  n.name,                                                             -- its name on Faire
  CAST((8 * n.named + 2 * coalesce(a.alike, 0)) // 10 AS BIGINT) AS named,         -- by its name, in 1/10,000
  CAST(n.told AS BIGINT) AS told,                                     -- by what products with the same words have, in 1/10,000
  CAST(10000 - (10000 - (8 * n.named + 2 * coalesce(a.alike, 0)) // 10) * (10000 - n.told) // 10000 AS BIGINT) AS score -- by both: each opinion takes its part of the doubt
FROM tempered n JOIN spelt s USING (asked) LEFT JOIN alike a ON a.spelling = s.spelling AND a.type_id = n.type_id
