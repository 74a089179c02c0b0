-- relation: category_path
-- about:    The category paths of each product, one per row; a cell may list several. The deepest says most and goes first.
-- grain:    one row per product and path
-- key:      product_key, path
-- reads:    shaped_product
-- as:       table
WITH path AS (
  SELECT DISTINCT product_key, trim(unnest(string_split(split_list(category), chr(10)))) AS path FROM shaped_product WHERE category IS NOT NULL
)
SELECT
  product_key,                                                        -- our key
  path,                                                               -- one path
  nullif(trim(regexp_extract(path, '[^/>|]+$')), '') AS leaf,         -- its last part
  row_number() OVER (PARTITION BY product_key
    ORDER BY length(path) - length(replace(replace(path, '/', ''), '>', '')) DESC, path) AS place -- 1 for the deepest
FROM path
WHERE path <> ''
