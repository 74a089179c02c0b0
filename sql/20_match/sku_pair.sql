-- relation: sku_pair
-- about:    Live Faire variants that nothing matches beside SKUs of ours that match nothing, where both share something rare: a part of
--           the SKU, its first or last letters, the barcode, the product's name, or a word of the name with all options. What many share
--           brings nobody together, and each variant keeps its 30 likeliest, so that cost follows the number of SKUs and not its square.
-- grain:    one row per Faire variant and variant of ours
-- key:      variant_id, variant_key
-- reads:    live_variant, variant_match, variant_state, wanted_variant, clean_item, shaped_product, mirror_choice
-- as:       table
WITH theirs AS (
  SELECT l.variant_id AS id, l.sku, coalesce(l.gtin, gtin_digits(l.sku)) AS gtin, l.product_name AS name, c.options
  FROM live_variant l LEFT JOIN (
    SELECT variant_id, string_agg(option_value, chr(10) ORDER BY axis, option_name) AS options FROM mirror_choice GROUP BY variant_id
  ) c USING (variant_id)
  ANTI JOIN variant_match m ON m.variant_id = l.variant_id ANTI JOIN variant_state s ON s.variant_id = l.variant_id WHERE l.sku IS NOT NULL
), ours AS (
  SELECT w.variant_key AS id, w.sku, gtin_digits(c.gtin) AS gtin, coalesce(p.name, c.name) AS name,
    nullif(concat_ws(chr(10), c.option1_value, c.option2_value, c.option3_value), '') AS options
  FROM wanted_variant w JOIN clean_item c USING (item_id) LEFT JOIN shaped_product p ON p.product_key = w.product_key
  ANTI JOIN variant_match m ON m.variant_key = w.variant_key
  WHERE NOT w.inactive AND EXISTS (FROM theirs)
), side AS MATERIALIZED (
  SELECT *, coalesce(sku_parts(sku), '') AS parts, upper(regexp_replace(sku, '[^0-9A-Za-z]', '', 'g')) AS letters
  FROM (SELECT *, true AS faire FROM theirs UNION ALL SELECT *, false FROM ours)
), compared AS (
  SELECT option_value, coalesce(size_rank(option_value)::VARCHAR, fold(option_value)) AS value
  FROM (SELECT DISTINCT unnest(string_split(options, chr(10))) AS option_value FROM side)
), choice AS MATERIALIZED ( -- option values as they compare
  SELECT options, list(DISTINCT value ORDER BY value) AS chosen
  FROM (SELECT options, unnest(string_split(options, chr(10))) AS option_value FROM (SELECT DISTINCT options FROM side)) JOIN compared USING (option_value) GROUP BY options
), named AS (
  SELECT name, name_words(name) AS words FROM (SELECT DISTINCT name FROM side)
), spoken AS ( -- the name's words, and those of a SKU on Faire that is made of words
  SELECT id, faire, options, unnest(string_split(words, chr(10))) AS word FROM side JOIN named USING (name)
  UNION SELECT id, faire, options, unnest(string_split(name_words(sku), chr(10))) FROM side WHERE faire
), mark AS MATERIALIZED (
  SELECT id, faire, 'part ' || coalesce(nullif(ltrim(part, '0'), ''), part) AS mark
  FROM (SELECT id, faire, unnest(regexp_extract_all(upper(sku), '[A-Z]+|[0-9]+')) AS part FROM side) WHERE length(part) >= 2
  UNION SELECT id, faire, 'barcode ' || ltrim(gtin, '0') FROM side WHERE ltrim(gtin, '0') <> ''
  UNION SELECT id, faire, 'letters ' || regexp_replace(letters, '(^|[^0-9])0+', '\1', 'g') FROM side WHERE letters <> ''
  UNION SELECT id, faire, 'first ' || left(letters, 5) FROM side WHERE length(letters) > 5
  UNION SELECT id, faire, 'last ' || right(letters, 5) FROM side WHERE length(letters) > 5
  UNION SELECT id, faire, 'name ' || words FROM side JOIN named USING (name) WHERE words IS NOT NULL
  UNION SELECT id, faire, 'word ' || word || ' ' || chosen::VARCHAR FROM spoken JOIN choice USING (options)
), rare AS ( -- a brand's prefix or a size are not
  SELECT mark, 10000 // count(*) FILTER (WHERE NOT faire) AS weight FROM mark GROUP BY mark
  HAVING count(*) FILTER (WHERE faire) BETWEEN 1 AND 100 AND count(*) FILTER (WHERE NOT faire) BETWEEN 1 AND 100
), shared AS (
  SELECT t.id AS variant_id, o.id AS variant_key, sum(r.weight) AS weight
  FROM rare r JOIN mark t ON t.mark = r.mark AND t.faire JOIN mark o ON o.mark = r.mark AND NOT o.faire
  GROUP BY t.id, o.id
), likely AS ( -- what siblings differ in, colours and sizes, is shared by many and tells them apart
  SELECT s.variant_id, s.variant_key
  FROM shared s JOIN side t ON t.id = s.variant_id AND t.faire JOIN side o ON o.id = s.variant_key AND NOT o.faire
  LEFT JOIN choice x ON x.options = t.options LEFT JOIN choice y ON y.options = o.options
  QUALIFY row_number() OVER (PARTITION BY s.variant_id ORDER BY s.weight
    + 300 * coalesce(len(list_intersect(x.chosen, y.chosen)), 0)
    + 300 * len(list_intersect(string_split(t.parts, chr(10)), string_split(o.parts, chr(10)))) DESC, s.variant_key) <= 30
)
SELECT
  n.variant_id,                                                       -- Faire's id of the variant
  n.variant_key,                                                      -- our key
  t.letters AS faire_letters,                                         -- letters and digits of its SKU
  o.letters,                                                          -- those of ours
  t.parts AS faire_parts,                                             -- parts of its SKU, see sku_parts
  o.parts,                                                            -- those of ours
  ltrim(t.gtin, '0') = ltrim(o.gtin, '0') AS same_gtin,               -- the barcodes are equal, NULL: one has none
  t.name AS faire_name,                                               -- name on Faire
  o.name,                                                             -- our name
  t.options AS faire_options,                                         -- options on Faire, one per line
  o.options                                                           -- our options, one per line
FROM likely n JOIN side t ON t.id = n.variant_id AND t.faire JOIN side o ON o.id = n.variant_key AND NOT o.faire
