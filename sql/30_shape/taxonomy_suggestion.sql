-- relation: taxonomy_suggestion
-- about:    The three nearest Faire types of each category, type or name that nothing maps. Only types that share one of its four
--           rarest words are compared at all, so that cost follows the number of distinct texts and not texts times types. The
--           score is 7 parts shared words, the rare ones weighing more and those of the last part of a path twice, and 3 parts
--           similarity of the spelling.
-- grain:    one row per text and place
-- key:      scope, text, place
-- reads:    taxonomy_subject, taxonomy_choice, taxonomy_type
-- as:       table
WITH open_text AS (
  SELECT DISTINCT s.scope, s.text, s.leaf FROM taxonomy_subject s JOIN taxonomy_choice c USING (product_key) WHERE c.chosen_by = 'none'
), type_word AS (
  SELECT type_id, name, unnest(string_split(name_words(name), chr(10))) AS word FROM taxonomy_type WHERE listed
), word AS ( -- in hundredths, so that sums do not depend on the order they are made in
  SELECT word, count(*) AS types, 50 + CAST(round(100 * ln((SELECT count(*) FROM taxonomy_type WHERE listed) / count(*))) AS BIGINT) AS weight
  FROM type_word GROUP BY word
), type_weight AS (
  SELECT type_id, name, sum(weight) AS weight FROM type_word JOIN word USING (word) GROUP BY type_id, name
), said AS (
  SELECT scope, text, leaf, unnest(string_split(name_words(text), chr(10))) AS word, 1 AS times FROM open_text
  UNION ALL SELECT scope, text, leaf, unnest(string_split(name_words(leaf), chr(10))), 2 FROM open_text
), text_word AS (
  SELECT s.scope, s.text, s.leaf, s.word, max(s.times) AS times, any_value(w.weight) AS weight, any_value(w.types) AS types,
    row_number() OVER (PARTITION BY s.scope, s.text ORDER BY any_value(w.types), s.word) AS rarest
  FROM said s JOIN word w USING (word) GROUP BY s.scope, s.text, s.leaf, s.word
), text_weight AS (
  SELECT scope, text, sum(weight) FILTER (WHERE times = 2) AS weight FROM text_word GROUP BY scope, text
), pair AS (
  SELECT DISTINCT t.scope, t.text, t.leaf, y.type_id FROM text_word t JOIN type_word y USING (word) WHERE t.rarest <= 4 AND t.types <= 500
), shared AS (
  SELECT p.scope, p.text, p.leaf, p.type_id, sum(t.times * t.weight) AS weight, string_agg(y.word, ' ' ORDER BY y.word) AS words
  FROM pair p JOIN type_word y USING (type_id) JOIN text_word t ON t.scope = p.scope AND t.text = p.text AND t.word = y.word
  GROUP BY p.scope, p.text, p.leaf, p.type_id
), overlap AS (
  SELECT s.scope, s.text, s.leaf, s.type_id, y.name, s.words,
    least(10000, 10000 * s.weight // (y.weight + coalesce(x.weight, 0))) AS alike
  FROM shared s JOIN type_weight y USING (type_id) JOIN text_weight x ON x.scope = s.scope AND x.text = s.text
), near AS (
  SELECT *, row_number() OVER (PARTITION BY scope, text ORDER BY alike DESC, name, type_id) AS nearest FROM overlap
), scored AS (
  SELECT *, CAST((7 * alike + 3 * CAST(round(10000 * similarity(leaf, name)) AS BIGINT)) // 1000 AS BIGINT) AS score FROM near WHERE nearest <= 12
)
SELECT
  scope,                                                              -- category, type or product
  text,                                                               -- the words, as they came
  row_number() OVER (PARTITION BY scope, text ORDER BY score DESC, name, type_id) AS place, -- 1 for the nearest
  type_id,                                                            -- suggested type
  name AS type_name,                                                  -- its name on Faire
  score,                                                              -- 0 to 100
  words                                                               -- the words both have, in the singular
FROM scored
WHERE score >= 15
QUALIFY place <= 3
