-- relation: unknown_rule
-- about:    Taxonomy rules that name an id Faire never had: a mistake in the rules file, for which the run ends (exit 2). One
--           that Faire had and dropped is TAXONOMY_TYPE_RETIRED instead.
-- grain:    one row per rule
-- key:      row
-- reads:    taxonomy_rule, taxonomy_type, setting
-- as:       table
SELECT
  r.row,                                                              -- record in the rules file
  r.scope,                                                            -- product, category, type or tag
  r.pattern,                                                          -- its pattern
  r.type_id                                                           -- the id nobody knows
FROM taxonomy_rule r
CROSS JOIN setting s
WHERE s.faire_read AND r.type_id NOT IN (SELECT type_id FROM taxonomy_type)
