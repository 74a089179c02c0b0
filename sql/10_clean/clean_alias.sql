-- relation: clean_alias
-- about:    Aliases of the configured name, and those of decisions whatever the name, with cleaned keys and the rank of where
--           they come from: a decision goes before the file, the file before the WMS.
-- grain:    one row per alias line
-- key:      origin, row, alias_value, sku
-- reads:    alias_row, setting
-- as:       table
SELECT DISTINCT
  origin,                                                             -- decision, file or wms
  CASE origin WHEN 'decision' THEN 1 WHEN 'file' THEN 2 ELSE 3 END AS origin_rank, -- 1 goes first
  file,                                                               -- file it stands in
  row,                                                                -- record in it
  coalesce(clean_key(alias_value), '') AS alias_value,                -- what Faire knows the SKU by
  coalesce(clean_key(wms_sku), '') AS sku                             -- what the WMS knows it by
FROM alias_row JOIN setting ON origin = 'decision' OR clean_key(alias_row.alias_name) = clean_key(setting.alias_name)
WHERE clean_key(alias_value) IS NOT NULL
