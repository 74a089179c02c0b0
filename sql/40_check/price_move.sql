-- relation: price_move
-- about:    Prices that move by more than 30 % against what Faire holds, or by a factor that smells of units: about 100, about
--           1/100, or the case size. What a person decided has been looked at.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    price_choice, shaped_product, mirror_product
-- as:       table
WITH part AS (
  SELECT p.*, 'wholesale' AS part, wholesale AS ours, faire_wholesale AS theirs FROM price_choice p
  UNION ALL
  SELECT p.*, 'retail', retail, faire_retail FROM price_choice p
), moved AS (
  SELECT p.*, coalesce(m.unit_multiplier, s.unit_multiplier, 1) AS pack,
    p.ours BETWEEN p.theirs * 90 AND p.theirs * 110 OR p.theirs BETWEEN p.ours * 90 AND p.ours * 110
      OR (pack > 1 AND (p.ours BETWEEN p.theirs * pack - pack AND p.theirs * pack + pack
                     OR p.theirs BETWEEN p.ours * pack - pack AND p.ours * pack + pack)) AS scale
  FROM part p
  JOIN shaped_product s USING (product_key)
  LEFT JOIN mirror_product m USING (product_id)
  WHERE p.decided IS NULL AND p.ours > 0 AND p.theirs > 0 AND p.ours <> p.theirs
)
SELECT
  CASE WHEN scale THEN 'PRICE_SCALE' ELSE 'PRICE_MOVE' END AS code,    -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  variant_key AS entity_key,                                           -- what the finding is about
  'price[' || geography || ']' AS field,                               -- field concerned
  part AS detail,                                                      -- which of several
  printf('%d.%02d on Faire', theirs // 100, theirs % 100) AS found,    -- value found
  printf('%d.%02d', ours // 100, ours % 100) AS wanted,                -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM moved
WHERE scale OR abs(ours - theirs) * 100 > theirs * 30
