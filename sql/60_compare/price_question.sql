-- relation: price_question
-- about:    What to ask about prices that break the ratio or move far: one row per style, geography, finding and pair of amounts, so
--           that one answer covers the SKUs that share them. The suggestions are the nearest legal amounts.
-- grain:    one row per question
-- key:      key, code
-- reads:    finding, price_choice, shaped_product, shaped_variant, shaped_image, mirror_product
-- as:       table
WITH breach AS (
  SELECT product_key, variant_key, field, arg_min(code, (list_position(['PRICE_RATIO_LOW', 'PRICE_RATIO_HIGH', 'PRICE_SCALE', 'PRICE_MOVE'], code))) AS code
  FROM finding WHERE code IN ('PRICE_RATIO_LOW', 'PRICE_RATIO_HIGH', 'PRICE_SCALE', 'PRICE_MOVE') AND variant_key IS NOT NULL
  GROUP BY product_key, variant_key, field
), asked AS (
  SELECT b.code, b.field, b.variant_key, v.source_sku, v.quantity, c.*  EXCLUDE (variant_key),
    concat(amount_text(c.wholesale), '/', amount_text(c.retail)) AS seen,
    concat(amount_text(c.wholesale), '/', amount_text(c.retail), ' on Faire ', amount_text(c.faire_wholesale), '/', amount_text(c.faire_retail)) AS seen_faire
  FROM breach b
  JOIN price_choice c ON c.variant_key = b.variant_key AND b.field = 'price[' || c.geography || ']'
  JOIN shaped_variant v ON v.variant_key = b.variant_key
), style AS (
  SELECT product_key, field, code, seen_faire, wholesale, retail, faire_wholesale, faire_retail, count(*) AS rows,
    string_agg(source_sku, ', ' ORDER BY source_sku) AS skus, CAST(coalesce(sum(wholesale * quantity), 0) AS BIGINT) AS stock,
    CAST(to_json(list({'key': variant_key, 'field': field, 'sku': source_sku, 'seen': seen, 'seen_faire': seen_faire} ORDER BY variant_key)) AS VARCHAR) AS covers
  FROM asked GROUP BY product_key, field, code, seen_faire, wholesale, retail, faire_wholesale, faire_retail
), picture AS (
  SELECT product_key, arg_min(url, position) AS url FROM shaped_image WHERE variant_key = '' GROUP BY product_key
)
SELECT
  'price' AS kind,                                                    -- kind of review.Question
  concat_ws('|', s.product_key, s.field, s.seen_faire) AS key,        -- what it is about
  s.code,                                                             -- exception code behind it
  s.skus AS sku,                                                      -- SKUs it covers
  p.style,                                                            -- style
  p.name,                                                             -- name of the product
  s.field,                                                            -- field concerned
  CASE WHEN s.faire_wholesale IS NULL THEN '' ELSE concat(amount_text(s.faire_wholesale), ' / ', amount_text(s.faire_retail)) END AS found, -- on Faire
  concat(amount_text(s.wholesale), ' / ', amount_text(s.retail)) AS wanted, -- in the source
  s.rows,                                                             -- SKUs it covers
  coalesce(f.lifecycle = 'PUBLISHED', false) AS live,                 -- the product is live on Faire
  s.stock,                                                            -- wholesale value of the stock, minor units
  coalesce(i.url, '') AS picture,                                     -- first image
  '' AS proposed,                                                     -- what the value is prefilled with
  CASE s.code
    WHEN 'PRICE_RATIO_LOW' THEN CAST(to_json([
      {'value': 'retail ' || amount_text((s.wholesale * 5 + 3) // 4), 'label': 'nearest retail', 'score': 100, 'reason': 'retail at least 1.25 times wholesale'},
      {'value': 'wholesale ' || amount_text(s.retail * 4 // 5), 'label': 'nearest wholesale', 'score': 100, 'reason': 'retail at least 1.25 times wholesale'}]) AS VARCHAR)
    WHEN 'PRICE_RATIO_HIGH' THEN CAST(to_json([
      {'value': 'retail ' || amount_text(s.wholesale * 10), 'label': 'nearest retail', 'score': 100, 'reason': 'retail at most 10 times wholesale'},
      {'value': 'wholesale ' || amount_text((s.retail + 9) // 10), 'label': 'nearest wholesale', 'score': 100, 'reason': 'retail at most 10 times wholesale'}]) AS VARCHAR)
    ELSE '[]' END AS suggestions,                                     -- JSON list of review.Suggestion
  s.covers,                                                           -- JSON list of review.Cover
  s.wholesale,                                                        -- in the source, minor units
  s.retail,                                                           -- in the source, minor units
  s.faire_wholesale,                                                  -- on Faire, minor units
  s.faire_retail                                                      -- on Faire, minor units
FROM style s
JOIN shaped_product p USING (product_key)
LEFT JOIN mirror_product f ON f.product_id = p.product_id
LEFT JOIN picture i ON i.product_key = s.product_key
