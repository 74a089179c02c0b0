-- relation: generation
-- about:    The counter in the idempotence token of what was made before: it moves on a definite refusal, and on the decision to
--           make a product (p_…) or variant (po_…) again that was deleted on Faire (design 5). Without a row it is 1.
-- grain:    one row per product or variant whose counter moved
-- key:      scope, key
-- reads:    token_generation, decision
-- as:       table
WITH again AS (
  SELECT CASE WHEN starts_with(key, 'po_') THEN 'variant' ELSE 'product' END AS scope, seen AS key, count(*) AS times
  FROM decision WHERE kind = 'recreate' GROUP BY ALL
), refused AS (
  SELECT 'product' AS scope, key, generation FROM token_generation
)
SELECT
  coalesce(r.scope, a.scope) AS scope,                                -- product or variant; both may have one key
  coalesce(r.key, a.key) AS key,                                      -- our key of it
  coalesce(r.generation, 1) + coalesce(a.times, 0) AS generation      -- counter, from 1
FROM refused r FULL JOIN again a ON a.scope = r.scope AND a.key = r.key
