-- relation: clean_image
-- about:    Every image address of every row, with its identity (query parameters that do not matter dropped) and what is
--           wrong with it. Images of a parent row belong to the style.
-- grain:    one row per item, scope and place
-- key:      item_id, scope, position
-- reads:    item, setting
-- as:       table
WITH listed AS (
  SELECT item_id, 'product' AS scope, unnest(string_split(product_images, chr(10))) AS url,
    generate_subscripts(string_split(product_images, chr(10)), 1) AS position
  FROM item WHERE product_images IS NOT NULL
  UNION ALL
  SELECT item_id, CASE WHEN kind = 'parent' THEN 'style' ELSE 'variant' END, unnest(string_split(images, chr(10))),
    generate_subscripts(string_split(images, chr(10)), 1)
  FROM item WHERE images IS NOT NULL
)
SELECT
  item_id,                                                            -- the row
  scope,                                                              -- product and style: of the style; variant: of the SKU
  position,                                                           -- place in the cell, from 1
  trim(url) AS url,                                                   -- address as it would be sent
  image_identity(trim(url), coalesce(ignore_query, '')) AS identity,  -- what makes it this image
  image_problem(trim(url)) AS problem                                 -- why it cannot be sent, NULL: fine
FROM listed CROSS JOIN setting
WHERE trim(url) NOT IN ('', '!clear')
