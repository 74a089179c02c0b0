-- relation: sku_suggestion
-- about:    For Faire variants that nothing matches, the three nearest of our SKUs that match nothing, with a score and the reason:
--           equal but for case and separators, but for lost zeros, the same barcode, one with a prefix or suffix more, or nearly
--           the same spelling. Nothing is matched by it; it is what a person may confirm with an alias.
-- grain:    one row per Faire variant and place
-- key:      variant_id, place
-- reads:    live_variant, variant_match, variant_state, wanted_variant, clean_item
-- as:       table
WITH theirs AS (
  SELECT l.variant_id, l.sku, l.gtin, l.product_name, upper(regexp_replace(l.sku, '[^0-9A-Za-z]', '', 'g')) AS letters
  FROM live_variant l ANTI JOIN variant_match m USING (variant_id) ANTI JOIN variant_state s USING (variant_id) WHERE l.sku IS NOT NULL
), ours AS (
  SELECT w.variant_key, w.item_id, w.sku, w.source_sku, gtin_digits(c.gtin) AS gtin, c.name, upper(regexp_replace(w.sku, '[^0-9A-Za-z]', '', 'g')) AS letters
  FROM wanted_variant w JOIN clean_item c USING (item_id) ANTI JOIN variant_match m ON m.variant_key = w.variant_key
  WHERE NOT w.inactive AND (SELECT count(*) FROM theirs) > 0
), their_part AS (
  SELECT DISTINCT variant_id, unnest(regexp_extract_all(upper(sku), '[A-Z]+|[0-9]+')) AS part FROM theirs
), our_part AS (
  SELECT DISTINCT variant_key, unnest(regexp_extract_all(upper(sku), '[A-Z]+|[0-9]+')) AS part FROM ours
), rare AS ( -- parts that many SKUs share, such as a brand's prefix or a size, bring nobody together
  SELECT part FROM our_part GROUP BY part HAVING count(*) <= 100
), near AS (
  SELECT DISTINCT t.variant_id, o.variant_key FROM their_part t JOIN our_part o USING (part) SEMI JOIN rare USING (part) WHERE length(part) >= 2
), candidate AS (
  SELECT t.variant_id, o.variant_key, 98 AS score, 'equal but for case and separators' AS reason FROM theirs t JOIN ours o ON o.letters = t.letters AND t.letters <> ''
  UNION ALL
  SELECT t.variant_id, o.variant_key, 95, 'the same barcode' FROM theirs t JOIN ours o ON ltrim(o.gtin, '0') = ltrim(t.gtin, '0')
  UNION ALL
  SELECT t.variant_id, o.variant_key, 92, 'equal but for zeros in front of a number'
  FROM theirs t JOIN ours o ON regexp_replace(o.letters, '(^|[^0-9])0+', '\1', 'g') = regexp_replace(t.letters, '(^|[^0-9])0+', '\1', 'g')
  WHERE o.letters <> t.letters
  UNION ALL
  SELECT n.variant_id, n.variant_key,
    CASE WHEN length(o.letters) >= 5 AND (starts_with(t.letters, o.letters) OR suffix(t.letters, o.letters)) THEN 85
         WHEN length(t.letters) >= 5 AND (starts_with(o.letters, t.letters) OR suffix(o.letters, t.letters)) THEN 85
         ELSE 80 * (length(o.letters) + length(t.letters) - 2 * levenshtein(o.letters, t.letters)) // (length(o.letters) + length(t.letters)) END
      + CASE WHEN fold(t.product_name) = fold(o.name) THEN 5 ELSE 0 END,
    CASE WHEN (length(o.letters) >= 5 AND (starts_with(t.letters, o.letters) OR suffix(t.letters, o.letters)))
           OR (length(t.letters) >= 5 AND (starts_with(o.letters, t.letters) OR suffix(o.letters, t.letters))) THEN 'one has a prefix or suffix more'
         ELSE 'nearly the same spelling' END || CASE WHEN fold(t.product_name) = fold(o.name) THEN ', the same name' ELSE '' END
  FROM near n JOIN theirs t USING (variant_id) JOIN ours o USING (variant_key) WHERE o.letters <> t.letters
), best AS (
  SELECT variant_id, variant_key, max(score) AS score, arg_max(reason, score) AS reason FROM candidate WHERE score >= 55 GROUP BY variant_id, variant_key
)
SELECT
  b.variant_id,                                                       -- Faire's id of the variant
  row_number() OVER (PARTITION BY b.variant_id ORDER BY b.score DESC, o.source_sku, b.variant_key) AS place, -- 1 for the nearest
  b.variant_key,                                                      -- our key of the SKU suggested
  o.item_id,                                                          -- the row it stands in
  o.source_sku,                                                       -- that SKU in the WMS
  b.score,                                                            -- 0 to 100
  b.reason                                                            -- why
FROM best b JOIN ours o USING (variant_key)
QUALIFY place <= 3
