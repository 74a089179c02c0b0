-- relation: taxonomy_type_word
-- about:    The words of the names of Faire's types, and how much each tells: the fewer types have it, the more.
-- grain:    one row per type and word
-- key:      type_id, word
-- reads:    taxonomy_type
-- as:       table
WITH word AS (
  SELECT type_id, name, unnest(string_split(name_words(name), chr(10))) AS word FROM taxonomy_type WHERE listed
), weighed AS ( -- in hundredths, so that sums do not depend on the order they are made in
  SELECT word, count(*) AS types, 50 + CAST(round(100 * ln((SELECT count(*) FROM taxonomy_type WHERE listed) / count(*))) AS BIGINT) AS weight
  FROM word GROUP BY word
)
SELECT
  type_id,                                                            -- Faire's id
  name,                                                               -- its name on Faire
  word,                                                               -- folded, in the singular
  types,                                                              -- types that have the word
  weight,                                                             -- how much it tells, in hundredths
  CAST(sum(weight) OVER (PARTITION BY type_id) AS BIGINT) AS whole    -- of all words of the name
FROM word JOIN weighed USING (word)
