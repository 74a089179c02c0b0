-- relation: price_decision
-- about:    What a person decided about a price, where the values that were answered are still what the source has; approve and
--           keep answer Faire's amounts too. A decision whose values moved on is no longer live: the question is asked again.
-- grain:    one row per variant and geography that was decided
-- key:      variant_key, geography
-- reads:    decision, shaped_variant, clean_price, mirror_price
-- as:       table
WITH asked AS (
  SELECT v.variant_key, v.product_key, v.item_id, p.geography, d.action, d.value, d.seen, d.words, p.wholesale, p.retail,
    concat(amount_text(p.wholesale), '/', amount_text(p.retail)) AS seen_now,
    concat(amount_text(p.wholesale), '/', amount_text(p.retail), ' on Faire ', amount_text(m.wholesale), '/', amount_text(m.retail)) AS seen_on_faire
  FROM decision d
  JOIN shaped_variant v ON v.variant_key = d.key
  JOIN clean_price p ON p.item_id = v.item_id AND d.field = 'price[' || p.geography || ']'
  LEFT JOIN mirror_price m ON m.variant_id = v.variant_id AND m.geography = p.geography
  WHERE d.kind = 'price'
)
SELECT
  variant_key,                                                        -- our key
  product_key,                                                        -- our key of the product
  item_id,                                                            -- the row
  geography,                                                          -- USA and so on
  action,                                                             -- of review.Actions
  seen = CASE WHEN action IN ('approve', 'keep') THEN seen_on_faire ELSE seen_now END AS live, -- it answers what is there now
  seen,                                                               -- values it answered
  CASE WHEN action IN ('approve', 'keep') THEN seen_on_faire ELSE seen_now END AS now, -- values there are
  CASE WHEN starts_with(value, 'wholesale ') THEN money_minor(substr(value, 11), '') ELSE wholesale END AS wholesale, -- decided, minor units
  CASE WHEN starts_with(value, 'retail ') THEN money_minor(substr(value, 8), '') ELSE retail END AS retail, -- decided, minor units
  words                                                               -- where it comes from
FROM asked
