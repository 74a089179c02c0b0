-- relation: census
-- about:    Counts of the whole catalogue for the guards on creates and links (design 4.1).
-- grain:    one row
-- key:      live_products
-- reads:    mirror_product, product_match, product_state, desired_product, clean_item, variant_match, mirror_variant
-- as:       table
WITH live AS (
  SELECT product_id FROM mirror_product WHERE lifecycle = 'PUBLISHED'
), linked AS (
  SELECT s.product_id, coalesce(p.lifecycle, 'DELETED') = 'DELETED' AS gone,
    s.product_key NOT IN (SELECT product_key FROM clean_item WHERE product_key IS NOT NULL AND kind <> 'parent')
      AND s.product_id NOT IN (SELECT product_id FROM variant_match) AS vanished
  FROM product_state s LEFT JOIN mirror_product p USING (product_id)
)
SELECT
  (SELECT count(*) FROM live) AS live_products,                       -- PUBLISHED on Faire
  (SELECT count(*) FROM live SEMI JOIN product_match USING (product_id)) AS matched_products, -- of these, a style of ours goes to
  (SELECT count(*) FROM linked) AS linked_products,                   -- recorded by earlier runs
  (SELECT count(*) FROM linked WHERE gone) AS links_gone,             -- of these, deleted or not in this account
  (SELECT count(*) FROM linked WHERE vanished AND NOT gone) AS links_vanished, -- of these, not in the source under any key
  (SELECT count(*) FROM desired_product WHERE product_id IS NOT NULL) AS managed, -- products of ours on Faire
  (SELECT count(*) FROM mirror_variant SEMI JOIN variant_match USING (variant_id) WHERE available IS NOT NULL) AS tracked -- variants of ours whose stock Faire tracks
