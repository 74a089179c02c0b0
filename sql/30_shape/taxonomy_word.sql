-- relation: taxonomy_word
-- about:    The words of each product that may say what it is, weighed by where they stand: the last part of its category path
--           12, the path 9, the type 8, tags 6, the name 5 but the word it ends with 8, the beginning of the description 2. Empty
--           when no type has to be asked for.
-- grain:    one row per product and word
-- key:      product_key, word
-- reads:    shaped_product, category_path, taxonomy_subject, taxonomy_open
-- as:       table
WITH product AS ( -- what follows a name says what it is made of or comes in: Hoodie - Moss, Candle with Lid
  SELECT *, regexp_extract(fold(regexp_replace(name, '( - |,|\(|\||"|: | with | for | in | w/ ).*$', '')), '[^ ]+$') AS ending
  FROM shaped_product WHERE EXISTS (SELECT 1 FROM taxonomy_open)
), said AS (
  SELECT product_key, s.leaf AS text, 12 AS weight, 0 AS own FROM taxonomy_subject s JOIN product USING (product_key)
  UNION ALL SELECT product_key, c.path, 9, 0 FROM category_path c JOIN product USING (product_key)
  UNION ALL SELECT product_key, product_type, 8, 8 FROM product
  UNION ALL SELECT product_key, ending, 8, 8 FROM product
  UNION ALL SELECT product_key, tags, 6, 6 FROM product
  UNION ALL SELECT product_key, name, 5, 5 FROM product
  UNION ALL SELECT product_key, left(description, 400), 2, 2 FROM product
), word AS (
  SELECT text, unnest(string_split(name_words(text), chr(10))) AS word FROM (SELECT DISTINCT text FROM said WHERE text IS NOT NULL)
)
SELECT
  product_key,                                                        -- our key
  word,                                                               -- folded, in the singular
  max(weight) AS weight,                                              -- 12 to 2, of the best place it stands in
  max(own) AS own                                                     -- the same without the category, which others share; 0: only there
FROM said JOIN word USING (text)
WHERE NOT regexp_matches(word, '^[0-9]+$')                            -- sizes, years and counts tell nothing
GROUP BY product_key, word
