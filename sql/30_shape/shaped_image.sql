-- relation: shaped_image
-- about:    The images of each product and variant that can be sent, duplicates dropped. A product whose images sit only on
--           variants gets them at product level too: Faire publishes by product-level images (contract §6).
-- grain:    one row per product, variant ('' for the product itself) and image
-- key:      product_key, variant_key, identity
-- reads:    clean_image, style_row, wanted_variant
-- as:       table
WITH sound AS (
  SELECT i.*, s.product_key, s.place FROM clean_image i JOIN style_row s USING (item_id) WHERE i.problem IS NULL
), own AS (
  SELECT product_key FROM sound WHERE scope IN ('product', 'style') GROUP BY product_key
), listed AS (
  SELECT product_key, '' AS variant_key, url, identity, place, position FROM sound
  WHERE scope IN ('product', 'style') OR product_key NOT IN (SELECT product_key FROM own)
  UNION ALL
  SELECT s.product_key, w.variant_key, s.url, s.identity, s.place, s.position
  FROM sound s JOIN wanted_variant w USING (item_id) WHERE s.scope = 'variant'
), once AS (
  SELECT product_key, variant_key, identity, arg_min(url, (place, position)) AS url, min((place, position)) AS first
  FROM listed GROUP BY product_key, variant_key, identity
)
SELECT
  product_key,                                                        -- our key of the product
  variant_key,                                                        -- our key of the variant, '' for product level
  url,                                                                -- address to send
  identity,                                                           -- what makes it this image
  row_number() OVER (PARTITION BY product_key, variant_key ORDER BY first) AS position -- place, from 1; the first is the hero
FROM once
