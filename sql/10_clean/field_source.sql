-- relation: field_source
-- about:    The values of items that come from a supplement, and from where. Of the sources that are asked for a field
--           (precedence) the first that says anything of the SKU counts. If that is a supplement whose rows disagree the field
--           is left blank: nothing else is taken in its place. What goes with a field (the name of an option, the unit of a weight)
--           comes from the same source, blank or not. item and item_price are completed with these values.
-- grain:    one row per item and field that is a supplement's
-- key:      item_id, field
-- reads:    field_order, primary_cell, supplement_target, supplement_value, supplement_row
-- as:       table
WITH own AS (
  SELECT DISTINCT t.first_item, c.field
  FROM primary_cell c JOIN supplement_target t USING (item_id)
  WHERE NOT (c.field IN ('name', 'description', 'short_description', 'gtin') AND length(c.opening) <= 20 AND is_placeholder(c.opening))
), offer AS (
  SELECT t.item_id, o.lead, o.source, o.rank, '' AS key
  FROM own s JOIN supplement_target t USING (first_item) JOIN field_order o ON o.field = s.field AND o.joined IS NULL
  UNION ALL
  SELECT t.item_id, o.lead, o.source, o.rank, v.key
  FROM supplement_value v JOIN field_order o ON o.source = v.source AND o.field = v.field AND o.field = o.lead
  JOIN supplement_target t ON t.sku = v.key
  WHERE v.joined = 'sku' AND t.stands
  UNION ALL
  SELECT t.item_id, o.lead, o.source, o.rank, v.key
  FROM supplement_value v JOIN field_order o ON o.source = v.source AND o.field = v.field AND o.field = o.lead
  JOIN supplement_target t ON t.style = v.key
  WHERE v.joined = 'style' AND t.stands
), chosen AS (
  SELECT item_id, lead, arg_min(source, rank) AS source, arg_min(key, rank) AS key FROM offer GROUP BY item_id, lead
), torn AS (
  SELECT DISTINCT v.source, v.key, o.lead
  FROM supplement_value v JOIN field_order o ON o.source = v.source AND o.field = v.field
  WHERE v.said IS NOT NULL
)
SELECT
  c.item_id,                                                          -- the row of the primary source
  o.field,                                                            -- field of the catalogue, price[USA].wholesale and so on
  c.source,                                                           -- name of the supplement
  c.key,                                                              -- cleaned SKU or style the row was found by
  CASE WHEN t.lead IS NOT NULL THEN NULL
       WHEN o.lead = 'quantity' AND k.item_id <> k.first_item THEN NULL -- once per SKU: quantities of its rows are added up
       ELSE v.value END AS value,                                     -- value as delivered, NULL: blank there, or its rows disagree
  v.said,                                                             -- the values that disagree, with their rows; NULL: none do
  r.file,                                                             -- file the value stands in
  r.row                                                               -- record in it
FROM chosen c
JOIN field_order o ON o.lead = c.lead AND o.source = c.source AND o.joined IS NOT NULL
JOIN supplement_target k ON k.item_id = c.item_id
LEFT JOIN supplement_value v ON v.source = c.source AND v.key = c.key AND v.field = o.field
LEFT JOIN supplement_row r ON r.source = v.source AND r.n = v.n
LEFT JOIN torn t ON t.source = c.source AND t.key = c.key AND t.lead = c.lead
