-- relation: price_text
-- about:    Prices that are missing, unreadable, zero, of another currency or of broken cents.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    price_choice
-- as:       table
SELECT
  t.problem AS code,                                                   -- code of check.Codes
  p.item_id,                                                           -- row it points at
  p.product_key,                                                       -- our key of the product
  p.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  p.variant_key AS entity_key,                                         -- what the finding is about
  'price[' || p.geography || ']' AS field,                             -- field concerned
  t.part AS detail,                                                    -- which of several
  coalesce(t.raw, '') AS found,                                        -- value found
  'an amount in ' || p.currency AS wanted,                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM price_choice p
CROSS JOIN LATERAL (VALUES ('wholesale', p.wholesale_problem, p.wholesale_raw), ('retail', p.retail_problem, p.retail_raw)) AS t(part, problem, raw)
WHERE t.problem IS NOT NULL
