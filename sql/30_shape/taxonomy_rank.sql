-- relation: taxonomy_rank
-- about:    The three best types of each text that has to be asked for, and of each product that differs clearly from its text. A text
--           is what its products are on average, and its own words count by their square: an exact name nearly
--           decides, half a name hardly. A product differs if its best type is not its text's, is 10 points better for it
--           than that and has 30, and at most half of the text's products agree with it: one question then does for the others.
-- grain:    one row per text or product, and place
-- key:      scope, text, product_key, place
-- reads:    taxonomy_asked, taxonomy_near, taxonomy_open
-- as:       table
WITH near AS (
  SELECT a.scope, a.text, a.product_key, n.type_id, n.name, n.score,
    row_number() OVER (PARTITION BY n.asked ORDER BY n.score DESC, n.name, n.type_id) AS place
  FROM taxonomy_near n JOIN (SELECT DISTINCT scope, text, product_key, asked FROM taxonomy_asked) a USING (asked)
), size AS (
  SELECT scope, text, count(*) AS products FROM taxonomy_open GROUP BY scope, text
), mean AS (
  SELECT scope, text, type_id, name, coalesce(sum(score) FILTER (WHERE product_key <> ''), 0) // any_value(products) AS score,
    coalesce(max(score) FILTER (WHERE product_key = ''), 0) AS itself
  FROM near JOIN size USING (scope, text) GROUP BY scope, text, type_id, name
), told AS (
  SELECT scope, text, '' AS product_key, type_id, name, CAST((10000 - (10000 - score) * (10000 - itself * itself // 10000) // 10000) // 100 AS BIGINT) AS score
  FROM mean
), text_place AS (
  SELECT *, row_number() OVER (PARTITION BY scope, text ORDER BY score DESC, name, type_id) AS place FROM told WHERE score >= 15 QUALIFY place <= 3
), best AS (
  SELECT scope, text, product_key, type_id, score, count(*) OVER (PARTITION BY scope, text, type_id) AS agree FROM near WHERE product_key <> '' AND place = 1
), own AS (
  SELECT b.product_key
  FROM best b JOIN size s USING (scope, text)
  LEFT JOIN text_place t ON t.scope = b.scope AND t.text = b.text AND t.place = 1
  LEFT JOIN near n ON n.product_key = b.product_key AND n.type_id = t.type_id
  WHERE s.products > 1 AND b.agree * 2 <= s.products AND b.score >= 3000 AND b.score - coalesce(n.score, 0) >= 1000 AND b.type_id IS DISTINCT FROM t.type_id
)
SELECT
  scope,                                                              -- category, type or product
  text,                                                               -- the words, as they came
  product_key,                                                        -- our key of a product that differs, '' for the text itself
  place,                                                              -- 1 for the best
  type_id,                                                            -- suggested type
  name,                                                               -- its name on Faire
  score                                                               -- 0 to 100
FROM text_place
UNION ALL
SELECT scope, text, product_key, place, type_id, name, score // 100 FROM near JOIN own USING (product_key) WHERE place <= 3 AND score >= 1500
