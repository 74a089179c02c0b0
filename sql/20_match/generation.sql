-- relation: generation
-- about:    The counter in the idempotence token of what was made before: it moves on a definite refusal, and on the decision to
--           make a product or variant again that was deleted on Faire (design 5). Without a row it is 1.
-- grain:    one row per product or variant whose counter moved
-- key:      key
-- reads:    token_generation, decision
-- as:       table
WITH again AS (
  SELECT seen AS key, count(*) AS times FROM decision WHERE kind = 'recreate' GROUP BY seen
)
SELECT
  coalesce(g.key, a.key) AS key,                                      -- our key of the product or variant
  coalesce(g.generation, 1) + coalesce(a.times, 0) AS generation      -- counter, from 1
FROM token_generation g FULL JOIN again a ON a.key = g.key
