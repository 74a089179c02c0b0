-- relation: decided_field
-- about:    Which desired values come from a decision, and where that stands; explain and the plan tell it.
-- grain:    one row per product or variant and field
-- key:      product_key, variant_key, field
-- reads:    taxonomy_choice, price_choice, alias_winner, wanted_variant, decision
-- as:       table
SELECT
  product_key,                                                        -- our key of the product
  '' AS variant_key,                                                  -- our key of the variant, blank: the product
  'taxonomy' AS field,                                                -- field of the plan; price[USA] stands for both amounts
  rules AS words                                                      -- where it comes from
FROM taxonomy_choice WHERE chosen_by = 'decision'
UNION ALL
SELECT product_key, variant_key, 'price[' || geography || ']', decided_by FROM price_choice WHERE decided IS NOT NULL
UNION ALL
SELECT w.product_key, w.variant_key, 'sku', d.words
FROM wanted_variant w JOIN alias_winner a ON a.sku = w.source_sku AND a.origin = 'decision'
JOIN decision d ON d.kind = 'alias' AND d.action = 'link' AND clean_key(d.key) = a.sku
