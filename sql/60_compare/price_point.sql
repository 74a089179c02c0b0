-- relation: price_point
-- about:    How many variants have each pair of prices: the points of the workbook's chart, all that break the ratio first and at
--           most 2,000 a geography.
-- grain:    one row per geography and pair of amounts
-- key:      geography, wholesale, retail
-- reads:    price_choice
-- as:       table
SELECT
  geography,                                                          -- USA and so on
  wholesale,                                                          -- minor units
  retail,                                                             -- minor units
  count(*) AS variants                                                -- that have these
FROM price_choice
WHERE wholesale IS NOT NULL AND retail IS NOT NULL
GROUP BY geography, wholesale, retail
QUALIFY row_number() OVER (PARTITION BY geography ORDER BY bool_or(ratio_low OR ratio_high) DESC, count(*) DESC, wholesale, retail) <= 2000
