-- relation: clean_description
-- about:    Plain text of each distinct description, so that a long text shared by all sizes of a style is turned once.
-- grain:    one row per distinct description
-- key:      description_raw
-- reads:    item
-- as:       table
SELECT
  description AS description_raw,                                     -- as delivered
  CASE WHEN is_placeholder(description) THEN NULL ELSE html_to_text(description) END AS description -- plain text, paragraphs kept
FROM (SELECT DISTINCT description FROM item WHERE description IS NOT NULL)
