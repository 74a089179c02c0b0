-- relation: question
-- about:    What the workbook asks about aliases, types and prices. What guards hold and what differs on Faire is asked by the plan.
-- grain:    one row per question
-- key:      kind, key, code
-- reads:    price_question, alias_question, taxonomy_question, decision
-- as:       view
SELECT
  kind,                                                               -- alias, taxonomy or price
  key,                                                                -- what it is about
  code,                                                               -- exception code behind it
  sku,                                                                -- SKUs it is about
  style,                                                              -- style
  name,                                                               -- name of the product, or the words to map
  field,                                                              -- field concerned
  found,                                                              -- what Faire holds, or the source has
  wanted,                                                             -- what it ought to be
  rows,                                                               -- SKUs or products it covers
  live,                                                               -- one of them is live on Faire
  stock,                                                              -- wholesale value of the stock, minor units
  picture,                                                            -- first image
  proposed,                                                           -- what the value is prefilled with
  suggestions,                                                        -- JSON list of review.Suggestion
  covers,                                                             -- JSON list of review.Cover
  wholesale,                                                          -- of a price: in the source, minor units
  retail,                                                             -- of a price: in the source, minor units
  faire_wholesale,                                                    -- of a price: on Faire, minor units
  faire_retail                                                        -- of a price: on Faire, minor units
FROM (
  FROM price_question
  UNION ALL FROM (FROM alias_question UNION ALL FROM taxonomy_question) q
  WHERE NOT EXISTS (SELECT 1 FROM decision d WHERE d.kind = q.kind AND d.action = 'leave' AND d.key = q.key) -- for variants, the check that is behind it sees to the SKU
)
