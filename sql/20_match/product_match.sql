-- relation: product_match
-- about:    The Faire product each style goes to. If some of its SKUs sit on a product, the others are added to that one, never
--           to a new product. A style on several products takes the linked one, else the one with most of its SKUs.
-- grain:    one row per style that is on Faire
-- key:      product_key
-- reads:    wanted_variant, variant_match, product_state, mirror_product, setting, generation
-- as:       table
WITH placed AS (
  SELECT w.product_key, m.product_id, count(*) AS variants,
    bool_or(m.matched_by = 'token') AS by_token
  FROM wanted_variant w JOIN variant_match m USING (variant_key)
  GROUP BY w.product_key, m.product_id
), style AS (
  SELECT DISTINCT product_key FROM wanted_variant
), linked AS (
  SELECT s.product_key, p.product_id, 0 AS variants, false AS by_token
  FROM product_state s JOIN style USING (product_key) JOIN mirror_product p USING (product_id)
  WHERE coalesce(p.lifecycle, '') <> 'DELETED'
), created AS (
  SELECT y.product_key, p.product_id, 0 AS variants, true AS by_token
  FROM style y CROSS JOIN setting t
  LEFT JOIN generation g ON g.scope = 'product' AND g.key = y.product_key
  JOIN mirror_product p ON p.token = 'fs1-' || left(sha256(concat_ws('|', t.brand_id, y.product_key, '')), 24) || '-'
    || coalesce(g.generation, 1)
  WHERE coalesce(p.lifecycle, '') <> 'DELETED'
), candidate AS (
  SELECT product_key, product_id, sum(variants) AS variants, bool_or(by_token) AS by_token
  FROM (FROM placed UNION ALL FROM linked UNION ALL FROM created)
  GROUP BY product_key, product_id
), ranked AS (
  SELECT c.*, l.product_id IS NOT NULL AS linked,
    row_number() OVER (PARTITION BY c.product_key ORDER BY l.product_id IS NOT NULL DESC, c.by_token DESC, c.variants DESC, c.product_id) AS place,
    count(*) FILTER (WHERE c.variants > 0) OVER (PARTITION BY c.product_key) AS products
  FROM candidate c LEFT JOIN linked l ON l.product_key = c.product_key AND l.product_id = c.product_id
)
SELECT
  product_key,                                                        -- our key
  product_id,                                                         -- Faire's id
  CASE WHEN linked THEN 'link' WHEN by_token THEN 'token' ELSE 'sku' END AS matched_by, -- how
  products,                                                           -- Faire products its SKUs sit on
  count(*) OVER (PARTITION BY product_id) AS styles                   -- styles of ours on that product
FROM ranked
WHERE place = 1
