-- relation: field_missing
-- about:    Fields that Faire needs, or that a product is poor without, and that no source has for any row: no column is read for
--           them, or it is blank throughout. Told once, beside what is told of every product. Not where no row stands.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    clean_item, clean_price, price_rule, source_field
-- as:       table
WITH standing AS (
  SELECT count(*) FILTER (WHERE problem IS NULL) AS rows, count(sku) AS sku, count(name) AS name, count(description_raw) AS description,
    count(coalesce(images, product_images)) AS images, count(coalesce(category, product_type, tags)) AS category
  FROM clean_item WHERE problem IS NULL OR problem = 'FEED_PARENT_ROW'
), priced AS (
  SELECT geography, count(wholesale_raw) AS wholesale, count(retail_raw) AS retail FROM clean_price GROUP BY geography
), needed AS (
  SELECT * FROM (SELECT unnest(['sku', 'name', 'description', 'images', 'category']) AS field, unnest([sku, name, description, images, category]) AS filled,
    unnest(['', '', '', ' or product_images', ', product_type or tags']) AS instead, unnest([true, true, false, false, false]) AS stops FROM standing)
  UNION ALL
  SELECT 'price[' || r.geography || '].wholesale', coalesce(p.wholesale, 0), '', true FROM price_rule r LEFT JOIN priced p USING (geography)
  UNION ALL
  SELECT 'price[' || r.geography || '].retail', coalesce(p.retail, 0), '', true FROM price_rule r LEFT JOIN priced p USING (geography)
), source AS (
  SELECT DISTINCT source, place FROM source_field
), asked AS (
  SELECT n.field, s.source, s.place, string_agg(f.columns, ', ' ORDER BY f.field) AS columns, count(f.field) AS read
  FROM needed n CROSS JOIN source s
  LEFT JOIN source_field f ON f.source = s.source AND (f.field = n.field OR n.field = 'images' AND f.field = 'product_images'
    OR n.field = 'category' AND f.field IN ('product_type', 'tags'))
  GROUP BY n.field, s.source, s.place
)
SELECT
  CASE WHEN n.stops THEN 'FEED_FIELD_MISSING' ELSE 'FEED_FIELD_ABSENT' END AS code, -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  arg_min(a.source, a.place) AS entity_key,                            -- what the finding is about
  n.field,                                                             -- field concerned
  '' AS detail,                                                        -- which of several
  string_agg(a.source || CASE WHEN a.read = 0 THEN ' has no column for it' ELSE concat(': blank in every row', ' of ' || a.columns) END, '; ' ORDER BY a.place) AS found, -- value found
  'a column or expression under sources[].mapping for ' || n.field || n.instead AS wanted, -- value wanted
  CASE WHEN n.field LIKE 'price[%' THEN 'prices: [{geography: ' || regexp_extract(n.field, '\[(.*)\]', 1) || ', ' || split_part(n.field, '].', 2) || ': COLUMN}], or a price file as a second source'
       ELSE 'mapping: {' || n.field || ': COLUMN}, or a second source that has it' END AS proposal -- what to put instead
FROM needed n JOIN asked a USING (field) CROSS JOIN standing t
WHERE n.filled = 0 AND t.rows > 0
GROUP BY n.field, n.stops, n.instead
