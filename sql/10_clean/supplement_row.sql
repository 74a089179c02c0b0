-- relation: supplement_row
-- about:    Every row a supplement delivered, with the key it is joined by: its SKU, cleaned as those of the primary source are, or
--           its style. Keys are never re-cased. The first rule that takes a row out stands in problem.
-- grain:    one row per row of a supplement
-- key:      source, n
-- reads:    supplement_item
-- as:       table
WITH keyed AS (
  SELECT *, CASE joined WHEN 'style' THEN style ELSE sku END AS key_raw, nullif(clean_key(CASE joined WHEN 'style' THEN style ELSE sku END), '!clear') AS key
  FROM supplement_item
)
SELECT
  source,                                                             -- name of the supplement
  n,                                                                  -- ordinal of delivery
  concat_ws(':', source, file, row) AS entity_key,                    -- what findings call the row
  joined,                                                             -- sku or style: what the key is of
  file,                                                               -- file or endpoint
  row,                                                                -- record in it
  kind,                                                               -- sku, parent, quarantined or ignored
  CASE
    WHEN kind IN ('quarantined', 'ignored') THEN problem
    WHEN kind = 'parent' AND joined = 'sku' THEN 'FEED_PARENT_ROW'
    WHEN filtered THEN 'FEED_FILTERED'
    WHEN key IS NULL OR is_placeholder(key) THEN 'KEY_SKU_MISSING'
    WHEN looks_mangled(key) THEN 'KEY_SKU_MANGLED'
  END AS problem,                                                     -- code that takes the row out, NULL: it counts
  key_raw,                                                            -- SKU or style as delivered
  key                                                                 -- SKU or style, cleaned
FROM keyed
