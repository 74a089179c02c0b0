-- relation: supplement_value
-- about:    What each supplement says of each SKU or style, by field. Rows that say the same count once, and a blank or a
--           placeholder says nothing. Amounts are the same if their numbers are (12, 12.00). Rows that say different things say
--           nothing that could be used: value is NULL and said tells all of it.
-- grain:    one row per supplement, key and field
-- key:      source, key, field
-- reads:    supplement_row, supplement_cell, setting
-- as:       table
WITH cell AS (
  SELECT r.source, r.key, r.joined, r.n, r.file, r.row, c.field, c.value
  FROM supplement_row r JOIN supplement_cell c USING (source, n)
  WHERE r.problem IS NULL
    AND NOT (c.field IN ('name', 'description', 'short_description', 'gtin') AND length(c.value) <= 20 AND is_placeholder(c.value))
), several AS (
  SELECT source, key, field FROM cell GROUP BY source, key, field HAVING count(DISTINCT trim(value)) > 1
), worded AS (
  SELECT c.source, c.key, c.field, c.n,
    CASE WHEN (c.field LIKE 'price[%' OR c.field IN ('quantity', 'weight', 'length', 'width', 'height')) AND money_text(c.value, t.decimal_mark) IS NOT NULL
      THEN concat_ws(' ', coalesce(CAST(TRY_CAST(money_text(c.value, t.decimal_mark) AS DECIMAL(18, 6)) AS VARCHAR), money_text(c.value, t.decimal_mark)), money_currency(c.value)) ELSE trim(c.value) END AS meaning,
    left(trim(c.value), 100) || ' (' || c.file || coalesce(' row ' || c.row, '') || ')' AS wording
  FROM cell c SEMI JOIN several s ON s.source = c.source AND s.key = c.key AND s.field = c.field CROSS JOIN setting t
), torn AS (
  SELECT source, key, field, array_to_string(list_slice(list(wording ORDER BY n), 1, 10), '; ') AS said
  FROM worded GROUP BY source, key, field HAVING count(DISTINCT meaning) > 1
), once AS (
  SELECT source, key, field, any_value(joined) AS joined, arg_min(value, n) AS value, min(n) AS n FROM cell GROUP BY source, key, field
)
SELECT
  o.source,                                                           -- name of the supplement
  o.key,                                                              -- cleaned SKU or style
  o.field,                                                            -- field of the catalogue, price[USA].wholesale and so on
  o.joined,                                                           -- sku or style
  CASE WHEN d.said IS NULL THEN o.value END AS value,                 -- value as delivered, NULL: its rows disagree
  d.said,                                                             -- the values that disagree, with their rows; NULL: none do
  o.n                                                                 -- first row that says it
FROM once o LEFT JOIN torn d ON d.source = o.source AND d.key = o.key AND d.field = o.field
