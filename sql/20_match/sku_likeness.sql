-- relation: sku_likeness
-- about:    How alike the two of each pair are, and why. SKUs that are equal but for case and separators or for lost zeros, and the same
--           barcode, decide; otherwise the spelling of the SKU counts 45 parts, the name 30 and the options 25, and that is never above 89.
--           Another barcode, other options, quite another price, and a Faire variant that is nearer cost points. Nothing is matched by it.
-- grain:    one row per Faire variant and variant of ours
-- key:      variant_id, variant_key
-- reads:    sku_pair, wanted_variant, clean_price, mirror_price
-- as:       table
WITH name AS (
  SELECT faire_name, name, CAST(round(100 * similarity(faire_name, name)) AS BIGINT) AS alike FROM (SELECT DISTINCT faire_name, name FROM sku_pair)
), said AS (
  SELECT name, coalesce(sku_parts(name), '') AS words FROM (SELECT DISTINCT name FROM sku_pair)
), option AS (
  SELECT faire_options, options, values_alike(options, faire_options) AS alike FROM (SELECT DISTINCT faire_options, options FROM sku_pair)
), told AS ( -- a product of one variant may have its options in its name
  SELECT faire_name, options, values_said(options, faire_name) AS said FROM (SELECT DISTINCT faire_name, options FROM sku_pair WHERE faire_options IS NULL)
), word AS (
  SELECT options, coalesce(sku_parts(array_to_string(list_transform(string_split(options, chr(10)), v -> replace(fold(v), ' ', '')), chr(10))), '') AS words
  FROM (SELECT DISTINCT options FROM sku_pair)
), price AS (
  SELECT s.variant_id, s.variant_key, min(abs(p.wholesale - m.wholesale) * 100 // greatest(p.wholesale, m.wholesale)) AS apart
  FROM sku_pair s JOIN wanted_variant w USING (variant_key) JOIN clean_price p USING (item_id)
  JOIN mirror_price m ON m.variant_id = s.variant_id AND m.geography = p.geography AND m.currency = p.currency
  WHERE p.wholesale > 0 AND m.wholesale > 0
  GROUP BY s.variant_id, s.variant_key
), seen AS MATERIALIZED (
  SELECT s.*, coalesce(n.alike, 0) AS name_alike, p.apart, sku_alike(s.faire_parts, s.parts, coalesce(w.words, ''), coalesce(d.words, '')) AS sku_alike,
    CASE WHEN s.faire_options IS NOT NULL THEN c.alike ELSE coalesce(t.said, CASE WHEN max(t.said) OVER (PARTITION BY s.variant_id) > 0 THEN 0 END) END AS option_alike, -- 0: its name says values, none of these
    CASE
      WHEN s.letters = '' OR s.faire_letters = '' THEN ''
      WHEN s.letters = s.faire_letters THEN 'equal but for case and separators'
      WHEN regexp_replace(s.letters, '(^|[^0-9])0+', '\1', 'g') = regexp_replace(s.faire_letters, '(^|[^0-9])0+', '\1', 'g') THEN 'equal but for zeros in front of a number'
      WHEN length(s.letters) >= 5 AND (starts_with(s.faire_letters, s.letters) OR suffix(s.faire_letters, s.letters))
        OR length(s.faire_letters) >= 5 AND (starts_with(s.letters, s.faire_letters) OR suffix(s.letters, s.faire_letters)) THEN 'one has a prefix or suffix more'
      ELSE '' END AS spelling
  FROM sku_pair s LEFT JOIN name n ON n.faire_name = s.faire_name AND n.name = s.name
  LEFT JOIN said d ON d.name = s.name LEFT JOIN word w ON w.options = s.options
  LEFT JOIN option c ON c.faire_options = s.faire_options AND c.options = s.options
  LEFT JOIN told t ON t.faire_name = s.faire_name AND t.options = s.options
  LEFT JOIN price p ON p.variant_id = s.variant_id AND p.variant_key = s.variant_key
), weighed AS ( -- in hundredths of a point, so that siblings are not level
  SELECT *, 86 * (45 * sku_alike + 30 * name_alike + 25 * coalesce(option_alike, 0)) // CASE WHEN option_alike IS NULL THEN 75 ELSE 100 END
    + CASE WHEN apart = 0 THEN 300 WHEN apart > 30 THEN -300 ELSE 0 END AS weight,
    CASE WHEN same_gtin = false THEN 1200 ELSE 0 END + CASE WHEN option_alike < 50 THEN 1000 ELSE 0 END AS against
  FROM seen
), decided AS (
  SELECT *, CASE
      WHEN spelling LIKE 'equal but for case%' THEN 9800
      WHEN same_gtin AND coalesce(option_alike, 100) >= 50 THEN 9500
      WHEN spelling LIKE 'equal but for zeros%' THEN 9200
      WHEN spelling <> '' AND sku_alike >= 80 AND coalesce(option_alike, 100) >= 50 THEN 8500 + weight // 25
      WHEN same_gtin THEN weight + 1000
      ELSE weight END - against AS alone
  FROM weighed
), ranked AS (
  SELECT *, max(alone) OVER (PARTITION BY variant_key) >= alone + 800 AS rivalled FROM decided
)
SELECT
  variant_id,                                                         -- Faire's id of the variant
  variant_key,                                                        -- our key
  greatest(0, alone - CASE WHEN rivalled THEN 800 ELSE 0 END) // 100 AS score, -- 0 to 100
  alone - CASE WHEN rivalled THEN 800 ELSE 0 END AS likeness,         -- the same in hundredths, for the order
  concat_ws(', ',
    CASE WHEN spelling <> '' THEN spelling WHEN sku_alike >= 90 THEN 'the same parts in another spelling' WHEN sku_alike >= 75 THEN 'nearly the same spelling' WHEN sku_alike >= 40 THEN 'a part of the SKU in common' END,
    CASE WHEN same_gtin THEN 'the same barcode' WHEN same_gtin = false THEN 'another barcode' END,
    CASE WHEN name_alike = 100 THEN 'the same name' WHEN name_alike >= 60 THEN 'a similar name' END,
    CASE WHEN option_alike >= 80 THEN 'the same options' WHEN option_alike < 50 THEN 'other options' END,
    CASE WHEN apart = 0 THEN 'the same price' WHEN apart > 30 THEN 'quite another price' END,
    CASE WHEN rivalled THEN 'ours is nearer to another' END) AS reason -- why
FROM ranked
