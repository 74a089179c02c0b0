-- relation: desired_document
-- about:    Each desired product as one JSON document, the shape of catalog.Product: what Go compares.
-- grain:    one row per product_key
-- key:      product_key
-- reads:    desired_product, desired_variant, desired_option, price_choice, shaped_image, category_path
-- as:       table
WITH option_list AS (
  SELECT variant_key, list({'name': option_name, 'value': option_value} ORDER BY axis) AS options
  FROM desired_option GROUP BY variant_key
), price_list AS (
  SELECT variant_key, list({'geography': geography, 'currency': currency, 'wholesale': coalesce(wholesale, 0), 'retail': coalesce(retail, 0)} ORDER BY geography) AS prices
  FROM price_choice WHERE wholesale IS NOT NULL OR retail IS NOT NULL GROUP BY variant_key
), image_list AS (
  SELECT product_key, variant_key, list({'original_url': url} ORDER BY position) AS images
  FROM shaped_image GROUP BY product_key, variant_key
), axis AS (
  SELECT product_key, axis, arg_min(option_name, position) AS option_name, list(DISTINCT {'at': position, 'value': option_value}) AS places
  FROM desired_option GROUP BY product_key, axis
), option_set AS (
  SELECT product_key, list({'name': option_name, 'values': list_transform(list_sort(places), p -> p.value)} ORDER BY axis) AS options
  FROM axis GROUP BY product_key
), variant_list AS (
  SELECT v.product_key, list({
      'key': v.variant_key, 'faire_id': v.variant_id, 'token': v.token, 'sku': v.sku, 'source_sku': v.source_sku, 'gtin': v.gtin,
      'tariff_code': v.tariff_code,
      'measurements': {'weight': v.weight, 'mass_unit': v.mass_unit, 'length': v.length, 'width': v.width, 'height': v.height, 'distance_unit': v.distance_unit},
      'preorder': {'orderability_type': CASE WHEN d.preorder = 'true' THEN 'PREORDER' WHEN d.preorder = 'false' THEN 'IMMEDIATE' END,
        'expected_ship_date': d.expected_ship_date, 'expected_ship_window_end_date': d.expected_ship_window_end_date},
      'options': o.options, 'prices': p.prices, 'images': i.images, 'on_hand': v.quantity,
      'matched_by': v.matched_by, 'inactive': v.inactive, 'gone': v.gone, 'row': v.row
    } ORDER BY v.item_id NULLS LAST, v.variant_key) AS variants
  FROM desired_variant v
  JOIN desired_product d ON d.product_key = v.product_key
  LEFT JOIN option_list o USING (variant_key)
  LEFT JOIN price_list p USING (variant_key)
  LEFT JOIN image_list i ON i.product_key = v.product_key AND i.variant_key = v.variant_key
  GROUP BY v.product_key
)
SELECT
  d.product_key,                                                      -- our key
  to_json({
    'key': d.product_key, 'style': d.style, 'category': k.path, 'faire_id': d.product_id, 'token': d.token, 'name': d.name, 'description': d.description,
    'short_description': d.short_description, 'taxonomy_id': d.taxonomy_id, 'taxonomy_name': d.taxonomy_name, 'lifecycle': d.lifecycle,
    'unit_multiplier': d.unit_multiplier, 'minimum_order_quantity': coalesce(d.minimum_order_quantity, 0),
    'made_in_country': d.made_in_country,
    'preorder': {'preorderable': CAST(d.preorder AS BOOLEAN), 'order_by_date': d.order_by_date,
      'keep_active_past_order_by_date': CAST(d.keep_active_past_order_by_date AS BOOLEAN), 'expected_ship_date': d.expected_ship_date,
      'expected_ship_window_end_date': d.expected_ship_window_end_date},
    'images': i.images, 'options': s.options, 'variants': v.variants,
    'defaulted': d.defaulted, 'cleared': d.cleared
  })::VARCHAR AS document                                             -- JSON of catalog.Product
FROM desired_product d
JOIN variant_list v USING (product_key)
LEFT JOIN option_set s USING (product_key)
LEFT JOIN category_path k ON k.product_key = d.product_key AND k.place = 1
LEFT JOIN image_list i ON i.product_key = d.product_key AND i.variant_key = ''
