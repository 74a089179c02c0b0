-- relation: lineage
-- about:    How each source row came to be what is wanted on Faire, step by step, for fairesync explain: only read for the rows that
--           are asked about.
-- grain:    one row per source row and step
-- key:      item_id, place
-- reads:    row_account, item, clean_item, alias_winner, alias_problem, shaped_variant, shaped_product, product_match, variant_match, taxonomy_choice, taxonomy_subject, price_choice, live_variant
-- as:       view
WITH row AS (
  SELECT a.*, c.sku_raw, v.matched_by, v.product_id AS goes_to, p.matched_by AS product_by
  FROM row_account a JOIN clean_item c USING (item_id)
  LEFT JOIN shaped_variant v ON v.item_id = a.item_id LEFT JOIN shaped_product p ON p.product_key = a.product_key
), step AS (
  SELECT item_id, 1 AS place, 'source' AS step, concat(source, ', ', file, CASE WHEN "row" > 0 THEN ' row ' || "row" ELSE '' END) AS text FROM row
  UNION ALL SELECT i.item_id, 2, 'delivered', CAST(to_json(i) AS VARCHAR) FROM item i
  UNION ALL SELECT item_id, 3, 'SKU', CASE WHEN sku_raw IS DISTINCT FROM sku THEN concat('cleaned, it was delivered as "', sku_raw, '"') ELSE 'as delivered' END FROM row
  UNION ALL SELECT item_id, 4, 'row', CASE WHEN ignored_by <> '' THEN 'ignored by ' || ignored_by WHEN blocked_by <> '' THEN 'held by ' || blocked_by ELSE 'stands' END FROM row
  UNION ALL SELECT r.item_id, 5, 'alias', coalesce('Faire knows it as ' || w.alias_value || ', by ' || w.origin,
      (SELECT 'none that is sound: ' || string_agg(DISTINCT p.code, ', ' ORDER BY p.code) FROM alias_problem p WHERE p.sku = r.sku), 'none')
    FROM row r LEFT JOIN alias_winner w ON w.sku = r.sku
  UNION ALL SELECT r.item_id, 6, 'match', CASE
      WHEN m.variant_id IS NOT NULL THEN concat('variant ', m.variant_id, ' (', l.sku, ') of product ', m.product_id, ', found by ', m.matched_by)
      WHEN r.variant_key = '' THEN 'not looked for'
      WHEN g.product_id IS NOT NULL THEN concat('no variant on Faire; it would be added to product ', g.product_id, ', which was found by ', g.matched_by)
      ELSE 'nothing on Faire matches it or its style; it would be made' END
    FROM row r LEFT JOIN variant_match m USING (variant_key) LEFT JOIN live_variant l ON l.variant_id = m.variant_id
    LEFT JOIN product_match g ON g.product_key = r.product_key
  UNION ALL SELECT r.item_id, 7, 'type', concat(coalesce(t.type_name || ' (' || t.type_id || '), ', ''), CASE t.chosen_by
      WHEN 'none' THEN concat('none: no decision, rule or exact name fits ', s.scope, ' "', s.text, '"')
      WHEN 'tie' THEN 'none: rules tie' WHEN 'name' THEN concat('by the exact name in ', s.scope, ' "', s.text, '"') WHEN 'rule' THEN 'by rule' ELSE '' END,
      CASE WHEN t.chosen_by IN ('rule', 'tie') THEN ': ' || t.rules WHEN t.chosen_by = 'decision' THEN t.rules ELSE '' END)
    FROM row r JOIN taxonomy_choice t USING (product_key) JOIN taxonomy_subject s USING (product_key)
  UNION ALL SELECT c.item_id, 8, 'price ' || c.geography, concat('wholesale ', coalesce(amount_text(c.wholesale), 'none'), ' (delivered "', c.wholesale_raw, '"), retail ',
      coalesce(amount_text(c.retail), 'none'), ' (delivered "', c.retail_raw, '")', CASE WHEN c.faire_wholesale IS NULL THEN '' ELSE
      concat('; Faire holds ', amount_text(c.faire_wholesale), ' and ', amount_text(c.faire_retail)) END, '; ' || c.decided || ' ' || c.decided_by)
    FROM price_choice c
  UNION ALL SELECT item_id, 9, 'stock', coalesce('Faire is to have ' || quantity, 'no quantity') FROM shaped_variant
)
SELECT
  s.item_id,                                                          -- ordinal of delivery
  row_number() OVER (PARTITION BY s.item_id ORDER BY s.place, s.step) AS place, -- order of the steps
  r.sku,                                                              -- SKU in the WMS
  r.style,                                                            -- style
  r.product_key,                                                      -- our key of the product
  s.step,                                                             -- name of the step
  s.text                                                              -- what became of the row there
FROM step s JOIN row r USING (item_id)
