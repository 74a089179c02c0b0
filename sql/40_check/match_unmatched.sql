-- relation: match_unmatched
-- about:    Live Faire variants that no SKU of ours matches, with the nearest SKUs that match nothing; they are left alone. One
--           whose SKU is not matched because it stands on several sides is match_duplicates' or sku_duplicate_rows' to tell.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    live_variant, variant_match, variant_state, match_duplicates, sku_duplicate, sku_suggestion, decision
-- as:       table
WITH near AS (
  SELECT variant_id, string_agg(printf('%s (%d %%: %s)', source_sku, score, reason), '; ' ORDER BY place) AS proposal FROM sku_suggestion GROUP BY variant_id
)
SELECT
  'MATCH_UNMATCHED_ON_FAIRE' AS code,                                  -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  l.product_id AS faire_id,                                            -- Faire's id concerned
  l.variant_id AS entity_key,                                          -- what the finding is about
  '' AS field,                                                         -- field concerned
  '' AS detail,                                                        -- which of several
  coalesce(l.sku, '(no SKU)') AS found,                                -- value found
  l.product_name AS wanted,                                            -- value wanted
  n.proposal                                                           -- what to put instead
FROM live_variant l
LEFT JOIN near n USING (variant_id)
ANTI JOIN variant_match m USING (variant_id)
ANTI JOIN variant_state s USING (variant_id)
ANTI JOIN decision d ON d.kind = 'alias' AND d.action = 'leave' AND d.key = 'variant:' || l.variant_id AND d.seen = coalesce(l.sku, '')
WHERE l.sku IS NULL OR l.sku NOT IN (SELECT detail FROM match_duplicates UNION ALL SELECT sku FROM sku_duplicate)
