-- relation: supplement_unmatched
-- about:    SKUs or styles that only a supplement has, one finding per supplement: they make no product. The first ten are named, and
--           which of all of them equal one of the primary source but for case.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    supplement_row, supplement_target
-- as:       table
WITH known AS (
  SELECT DISTINCT 'sku' AS joined, sku AS key FROM supplement_target WHERE sku IS NOT NULL
  UNION ALL SELECT DISTINCT 'style', style FROM supplement_target WHERE style IS NOT NULL
), alone AS (
  SELECT r.source, r.joined, r.key, min(r.n) AS n
  FROM supplement_row r ANTI JOIN known k ON k.joined = r.joined AND k.key = r.key
  WHERE r.problem IS NULL GROUP BY r.source, r.joined, r.key
), near AS (
  SELECT a.source, a.key, min(k.key) AS like_key FROM alone a JOIN known k ON k.joined = a.joined AND lower(k.key) = lower(a.key) GROUP BY a.source, a.key
)
SELECT
  'FEED_SUPPLEMENT_UNMATCHED' AS code,                                 -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  a.source AS entity_key,                                              -- what the finding is about
  any_value(a.joined) AS field,                                        -- field concerned
  '' AS detail,                                                        -- which of several
  count(*) || CASE any_value(a.joined) WHEN 'sku' THEN ' SKU' ELSE ' style' END || CASE count(*) WHEN 1 THEN ': ' ELSE 's: ' END
    || array_to_string(list_slice(list(a.key ORDER BY a.n), 1, 10), ', ') || CASE WHEN count(*) > 10 THEN ', …' ELSE '' END AS found, -- value found
  'as the first source has it' AS wanted,                              -- value wanted
  array_to_string(list_slice(list(n.like_key || ' for ' || a.key ORDER BY a.n) FILTER (WHERE n.key IS NOT NULL), 1, 10), ', ') AS proposal -- what to put instead
FROM alone a LEFT JOIN near n ON n.source = a.source AND n.key = a.key
GROUP BY a.source
