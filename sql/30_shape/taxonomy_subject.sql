-- relation: taxonomy_subject
-- about:    What a person would decide a product's type by: its deepest category path, else its type, else its name. Products
--           with the same words are one question.
-- grain:    one row per product_key
-- key:      product_key
-- reads:    shaped_product, category_path
-- as:       table
SELECT
  p.product_key,                                                      -- our key
  CASE WHEN c.path IS NOT NULL THEN 'category' WHEN p.product_type IS NOT NULL THEN 'type' ELSE 'product' END AS scope, -- scope a rule for it would have
  coalesce(c.path, p.product_type, p.name, p.style) AS text,          -- the words, as they came
  coalesce(c.leaf, p.product_type, p.name, p.style) AS leaf           -- those that weigh most: the last part of a path
FROM shaped_product p
LEFT JOIN category_path c ON c.product_key = p.product_key AND c.place = 1
