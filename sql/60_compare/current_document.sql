-- relation: current_document
-- about:    Each Faire product that a style of ours goes to, as one JSON document, the shape of catalog.Product. The digest
--           leaves out what moves by itself: times, stock and sale state.
-- grain:    one row per product on Faire
-- key:      product_id
-- reads:    desired_product, desired_variant, mirror_product, mirror_variant, mirror_price, mirror_image, mirror_option, mirror_choice
-- as:       table
WITH concerned AS (
  SELECT product_id FROM desired_product WHERE product_id IS NOT NULL
  UNION
  SELECT placed_on FROM desired_variant WHERE placed_on IS NOT NULL
), choice_list AS (
  SELECT variant_id, list({'name': option_name, 'value': option_value} ORDER BY axis) AS options
  FROM mirror_choice SEMI JOIN concerned USING (product_id) GROUP BY variant_id
), price_list AS (
  SELECT variant_id, list({'geography': geography, 'currency': currency, 'wholesale': wholesale, 'retail': retail} ORDER BY geography) AS prices
  FROM mirror_price SEMI JOIN concerned USING (product_id) GROUP BY variant_id
), image_list AS (
  SELECT product_id, coalesce(variant_id, '') AS variant_id,
    list({'id': image_id, 'original_url': original_url, 'url': url, 'tags': CASE WHEN hero THEN ['Hero'] END} ORDER BY position) AS images
  FROM mirror_image SEMI JOIN concerned USING (product_id) GROUP BY product_id, coalesce(variant_id, '')
), axis AS (
  SELECT product_id, axis, any_value(option_name) AS option_name, list(option_value ORDER BY position) AS option_values
  FROM mirror_option SEMI JOIN concerned USING (product_id) GROUP BY product_id, axis
), option_set AS (
  SELECT product_id, list({'name': option_name, 'values': option_values} ORDER BY axis) AS options FROM axis GROUP BY product_id
), variant_list AS (
  SELECT v.product_id, list({
      'faire_id': v.variant_id, 'token': v.token, 'sku': v.sku, 'gtin': v.gtin, 'tariff_code': v.tariff_code,
      'measurements': {'weight': v.weight, 'mass_unit': v.mass_unit, 'length': v.length, 'width': v.width, 'height': v.height, 'distance_unit': v.distance_unit},
      'preorder': {'orderability_type': v.orderability_type, 'expected_ship_date': v.expected_ship_date,
        'expected_ship_window_end_date': v.expected_ship_window_end_date, 'stop_selling_at': coalesce(v.stop_selling_at, 0)},
      'options': c.options,
      'prices': p.prices, 'images': i.images, 'lifecycle': v.lifecycle
    } ORDER BY v.position, v.variant_id) AS variants,
    list({'faire_id': v.variant_id, 'available': v.available, 'on_hand': v.on_hand} ORDER BY v.variant_id) FILTER (WHERE v.available IS NOT NULL) AS stock
  FROM mirror_variant v SEMI JOIN concerned USING (product_id)
  LEFT JOIN choice_list c USING (variant_id)
  LEFT JOIN price_list p USING (variant_id)
  LEFT JOIN image_list i ON i.product_id = v.product_id AND i.variant_id = v.variant_id
  GROUP BY v.product_id
), shaped AS (
  SELECT p.product_id, p.updated_at, p.sale_state, v.stock, to_json({
      'faire_id': p.product_id, 'token': p.token, 'name': p.name, 'description': p.description,
      'short_description': p.short_description, 'taxonomy_id': p.taxonomy_id, 'taxonomy_name': p.taxonomy_name,
      'lifecycle': p.lifecycle, 'unit_multiplier': coalesce(p.unit_multiplier, 0),
      'minimum_order_quantity': coalesce(p.minimum_order_quantity, 0), 'made_in_country': p.made_in_country,
      'preorder': {'preorderable': p.preorderable, 'order_by_date': p.order_by_date,
        'keep_active_past_order_by_date': p.keep_active_past_order_by_date, 'expected_ship_date': p.expected_ship_date,
        'expected_ship_window_end_date': p.expected_ship_window_end_date},
      'images': i.images, 'options': o.options, 'variants': v.variants
    })::VARCHAR AS document
  FROM mirror_product p SEMI JOIN concerned USING (product_id)
  LEFT JOIN variant_list v USING (product_id)
  LEFT JOIN option_set o USING (product_id)
  LEFT JOIN image_list i ON i.product_id = p.product_id AND i.variant_id = ''
)
SELECT
  product_id,                                                         -- Faire's id
  document,                                                           -- JSON of catalog.Product
  md5(document) AS held_digest,                                       -- of the document
  updated_at,                                                         -- when Faire last changed it
  to_json(stock)::VARCHAR AS stock                                    -- units of tracked variants, as last seen, JSON list
FROM shaped
