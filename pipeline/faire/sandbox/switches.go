package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// The values of the switches that are a choice between words.
const (
	NullIgnore = "ignore" // Switches.ExplicitNull: null counts as left out
	NullRefuse = "refuse" // Switches.ExplicitNull: null is a 400

	DeletedRefuse = "refuse" // Switches.PatchDeleted: lifecycle_state DELETED by PATCH is a 400
	DeletedDelete = "delete" // Switches.PatchDeleted: it deletes, as DELETE does

	SKUExact   = "exact"   // Switches.SKUFilter: case-sensitive, any live variant
	SKUFold    = "fold"    // Switches.SKUFilter: without regard to case
	SKUIgnored = "ignored" // Switches.SKUFilter: the parameter has no effect

	PricesApply  = "apply"  // Switches.VariantPricePatch: other amounts are stored
	PricesIgnore = "ignore" // Switches.VariantPricePatch: 200, and nothing changes

	ImagesReplace = "replace" // Switches.ImagesPatch: images left out of a PATCH are removed
	ImagesAppend  = "append"  // Switches.ImagesPatch: they stay

	UnknownOmit   = "omit"   // Switches.InventoryGetUnknown: left out of the map
	UnknownRefuse = "refuse" // Switches.InventoryGetUnknown: 404, as in the PATCH

	DatesAsSent    = "sent"   // Switches.PreorderDates: as they came
	DatesAsDays    = "day"    // Switches.PreorderDates: 2026-11-23
	DatesAsMoments = "moment" // Switches.PreorderDates: 2026-11-23T00:00:00Z
	DatesBasic     = "basic"  // Switches.PreorderDates: 20261123T000000.000Z

	RepeatLast   = "last"   // Switches.RepeatedKeys: the last entry wins
	RepeatRefuse = "refuse" // Switches.RepeatedKeys: 400
)

// Switches turn the guessed rules of contract §17, and those on which the sources disagree, on and off. The comment of each field
// gives its rule, its default and its basis: D documented, S several clients, 1 seen once, G guessed. The zero value is not the
// default; begin with DefaultSwitches.
type Switches struct {
	// EdgeBlocks answers an empty or library User-Agent with a 403 HTML page (T9; default false; S).
	EdgeBlocks bool `json:"edge_blocks"`
	// RedirectBareHost answers 301 to www. for a Host without it (T10; default false; S).
	RedirectBareHost bool `json:"redirect_bare_host"`
	// BrandTokens takes X-FAIRE-ACCESS-TOKEN; false leaves OAuth alone, which is all that Faire's present reference lists (T2; default true; D).
	BrandTokens bool `json:"brand_tokens"`
	// NamesCredential says in a 401 which of the two OAuth headers is wrong (T2; default false; G).
	NamesCredential bool `json:"names_credential"`
	// CheckAppCredentials wants X-FAIRE-APP-CREDENTIALS to be base64 of id:secret (T3; default true; G).
	CheckAppCredentials bool `json:"check_app_credentials"`
	// CheckScopes answers 403 where the scope is missing (T5; default true; G).
	CheckScopes bool `json:"check_scopes"`
	// Scopes are the scopes of every token that was not issued by the OAuth endpoint; nil means all (T5; default nil; G).
	Scopes []string `json:"scopes"`
	// ExplicitNull says what null in a body means: NullIgnore or NullRefuse (contract §10; default NullIgnore; G).
	ExplicitNull string `json:"explicit_null"`
	// CreateStatus is the status of a successful POST, 200 or 201 (contract §15; default 200; D).
	CreateStatus int `json:"create_status"`
	// DeleteStatus is the status of a successful DELETE, 200 or 204 (contract §15; default 200; D).
	DeleteStatus int `json:"delete_status"`

	// RememberFailures replays a 400 under the same idempotence token (contract §11; default false; 1).
	RememberFailures bool `json:"remember_failures"`
	// CheckOrderMultiple refuses a minimum order that is no multiple of the unit multiplier (P5; default true; D rule, G refusal).
	CheckOrderMultiple bool `json:"check_order_multiple"`
	// ShortDescriptionMax is in characters; the reference says 255, live answers say 75 (P7; default 75; S).
	ShortDescriptionMax int `json:"short_description_max"`
	// StrictDescription refuses more than 1,000 characters instead of 65,535 (P8; default false; S).
	StrictDescription bool `json:"strict_description"`
	// DefaultLifecycle is the state of a POST that names none (P10; default DRAFT; G).
	DefaultLifecycle string `json:"default_lifecycle"`
	// PatchDeleted says what PATCH lifecycle_state DELETED does: DeletedRefuse or DeletedDelete (contract §7; default DeletedRefuse; G).
	PatchDeleted string `json:"patch_deleted"`
	// PublishedToDraft allows PATCH from PUBLISHED to DRAFT (contract §7; default true; 1).
	PublishedToDraft bool `json:"published_to_draft"`
	// PublishedNeedsTaxonomy refuses PUBLISHED without a taxonomy type (P12; default true; S, one source against).
	PublishedNeedsTaxonomy bool `json:"published_needs_taxonomy"`
	// DraftNeedsTaxonomy refuses any product without a taxonomy type (P12; default false; 1).
	DraftNeedsTaxonomy bool `json:"draft_needs_taxonomy"`
	// NeedsVariants refuses a POST without variants (P14; default true; G).
	NeedsVariants bool `json:"needs_variants"`
	// DeletedRefusesAll answers 404 to every write on a deleted product; false does so for PATCH of the product alone, lets a second DELETE
	// pass and takes the other writes (P21; default true; G beyond PATCH).
	DeletedRefusesAll bool `json:"deleted_refuses_all"`
	// ShowDeletedVariants keeps deleted variants in product answers (contract §11, reading of a replay; default false; 1).
	ShowDeletedVariants bool `json:"show_deleted_variants"`
	// CheckMadeInCountry refuses what is neither ISO alpha-3 nor alpha-2 (contract §15; default true; G).
	CheckMadeInCountry bool `json:"check_made_in_country"`
	// TrimText trims names and descriptions before storing them, so that what is read back differs from what was sent (no source;
	// default false; G).
	TrimText bool `json:"trim_text"`

	// CursorAlone refuses a cursor together with filters or page; false ignores those (P25; default true; G status).
	CursorAlone bool `json:"cursor_alone"`
	// CheckUpdatedAtMin refuses what is no timestamp; false ignores it (P26; default true; G).
	CheckUpdatedAtMin bool `json:"check_updated_at_min"`
	// UpdatedAtMinInclusive lists a product changed exactly at updated_at_min (contract §3; default true; G).
	UpdatedAtMinInclusive bool `json:"updated_at_min_inclusive"`
	// SKUFilter says how sku= matches: SKUExact, SKUFold or SKUIgnored (contract §3; default SKUExact; G).
	SKUFilter string `json:"sku_filter"`
	// HideDrafts leaves drafts out of the list (P27; default false; 1).
	HideDrafts bool `json:"hide_drafts"`

	// MeasurementPairs refuses a unit without a figure and a figure without a unit (V3; default true; D rule, G refusal).
	MeasurementPairs bool `json:"measurement_pairs"`
	// MeasureDecimals rounds measures to so many decimals before they are stored, so that what is read back differs from what was sent;
	// -1 keeps them (no source; default -1; G).
	MeasureDecimals int `json:"measure_decimals"`
	// PreorderNeedsDetails refuses preorderable products without preorder_details (contract §4; default true; D rule, G refusal).
	PreorderNeedsDetails bool `json:"preorder_needs_details"`
	// PreorderDates says how the dates of preorders are answered: DatesAsSent, DatesAsDays, DatesAsMoments or DatesBasic (contract §2;
	// default DatesAsSent; G).
	PreorderDates string `json:"preorder_dates"`
	// CurrencyByGeography refuses a currency that does not belong to the geography (V5; default true; S map, G refusal).
	CurrencyByGeography bool `json:"currency_by_geography"`
	// PositiveAmounts refuses a price without wholesale or retail and any amount under 1 (V6; default true; S and G).
	PositiveAmounts bool `json:"positive_amounts"`
	// UniqueGeographies refuses the same geography twice in one variant (V7; default true; G).
	UniqueGeographies bool `json:"unique_geographies"`
	// VariantPricePatch says what other amounts in a variant PATCH do: PricesApply or PricesIgnore (V9; default PricesApply; 1).
	VariantPricePatch string `json:"variant_price_patch"`
	// PriceRatio refuses retail under 1.25 or over 10 times wholesale (V10; default true; S bounds, G refusal by the API).
	PriceRatio bool `json:"price_ratio"`
	// VariantSaleState refuses sale_state on a variant (V13; default true; G).
	VariantSaleState bool `json:"variant_sale_state"`

	// ImagesNeedURL refuses an image without id and without a usable http(s) URL; false drops such an entry (I2; default true; G).
	ImagesNeedURL bool `json:"images_need_url"`
	// ImagesPatch says what becomes of images left out of a PATCH: ImagesReplace or ImagesAppend (I5; default ImagesReplace; G).
	ImagesPatch string `json:"images_patch"`

	// InventoryGetUnknown says what GET does with unknown keys: UnknownOmit or UnknownRefuse (B4; default UnknownOmit; G).
	InventoryGetUnknown string `json:"inventory_get_unknown"`
	// FreshSKURequests is for how many inventory requests that name it a variant just created stays unknown (B8; default 0; 1).
	FreshSKURequests int `json:"fresh_sku_requests"`
	// FreshSKUSeconds is for how long by Options.Now it stays unknown (B8; default 0; 1: about 3).
	FreshSKUSeconds float64 `json:"fresh_sku_seconds"`
	// BatchCap is the largest inventory or price batch; 0 means no cap (B9; default 0; G).
	BatchCap int `json:"batch_cap"`
	// RepeatedKeys says what the same key twice in a batch means: RepeatLast or RepeatRefuse (B10; default RepeatLast; G).
	RepeatedKeys string `json:"repeated_keys"`
	// PriceBatchChecks holds a price batch to V4 to V8 and V10 (B11; default true; G).
	PriceBatchChecks bool `json:"price_batch_checks"`
	// PriceBatchKeepsRetail leaves retail as it was in a price batch and answers 200 (contract §9.3; default false; 1).
	PriceBatchKeepsRetail bool `json:"price_batch_keeps_retail"`
	// AvailableQuantityHonoured sets the stock from available_quantity on product and variant writes (contract §15; default false; 1).
	AvailableQuantityHonoured bool `json:"available_quantity_honoured"`
	// InventoryTouchesProduct moves updated_at of variant and product when stock is set (no source; default true; G).
	InventoryTouchesProduct bool `json:"inventory_touches_product"`
}

// DefaultSwitches are the switches as contract §17 recommends them.
func DefaultSwitches() Switches {
	return Switches{
		BrandTokens: true, CheckAppCredentials: true, CheckScopes: true, ExplicitNull: NullIgnore, CreateStatus: 200, DeleteStatus: 200,
		CheckOrderMultiple: true, ShortDescriptionMax: 75, DefaultLifecycle: stateDraft, PatchDeleted: DeletedRefuse,
		PublishedToDraft: true, PublishedNeedsTaxonomy: true, NeedsVariants: true, DeletedRefusesAll: true, CheckMadeInCountry: true,
		CursorAlone: true, CheckUpdatedAtMin: true, UpdatedAtMinInclusive: true, SKUFilter: SKUExact,
		MeasurementPairs: true, MeasureDecimals: -1, PreorderNeedsDetails: true, PreorderDates: DatesAsSent, CurrencyByGeography: true, PositiveAmounts: true, UniqueGeographies: true,
		VariantPricePatch: PricesApply, PriceRatio: true, VariantSaleState: true,
		ImagesNeedURL: true, ImagesPatch: ImagesReplace,
		InventoryGetUnknown: UnknownOmit, RepeatedKeys: RepeatLast, PriceBatchChecks: true, InventoryTouchesProduct: true,
	}
}

// Validate reports the first switch whose value has no meaning.
func (s Switches) Validate() error {
	words := []struct {
		name, value string
		allowed     []string
	}{
		{"explicit_null", s.ExplicitNull, []string{NullIgnore, NullRefuse}},
		{"default_lifecycle", s.DefaultLifecycle, []string{stateDraft, statePublished, stateUnpublished}},
		{"patch_deleted", s.PatchDeleted, []string{DeletedRefuse, DeletedDelete}},
		{"sku_filter", s.SKUFilter, []string{SKUExact, SKUFold, SKUIgnored}},
		{"variant_price_patch", s.VariantPricePatch, []string{PricesApply, PricesIgnore}},
		{"images_patch", s.ImagesPatch, []string{ImagesReplace, ImagesAppend}},
		{"inventory_get_unknown", s.InventoryGetUnknown, []string{UnknownOmit, UnknownRefuse}},
		{"preorder_dates", s.PreorderDates, []string{DatesAsSent, DatesAsDays, DatesAsMoments, DatesBasic}},
		{"repeated_keys", s.RepeatedKeys, []string{RepeatLast, RepeatRefuse}},
	}
	for _, word := range words {
		if !slices.Contains(word.allowed, word.value) {
			return fmt.Errorf("switch %s is %q, want one of %s", word.name, word.value, strings.Join(word.allowed, ", "))
		}
	}
	switch {
	case s.CreateStatus != 200 && s.CreateStatus != 201:
		return fmt.Errorf("switch create_status is %d, want 200 or 201", s.CreateStatus)
	case s.DeleteStatus != 200 && s.DeleteStatus != 204:
		return fmt.Errorf("switch delete_status is %d, want 200 or 204", s.DeleteStatus)
	case s.ShortDescriptionMax < 1:
		return fmt.Errorf("switch short_description_max is %d, want at least 1", s.ShortDescriptionMax)
	case s.MeasureDecimals < -1 || s.MeasureDecimals > 15:
		return fmt.Errorf("switch measure_decimals is %d, want -1 to 15", s.MeasureDecimals)
	case s.FreshSKURequests < 0 || s.FreshSKUSeconds < 0 || s.BatchCap < 0:
		return fmt.Errorf("switches fresh_sku_requests, fresh_sku_seconds and batch_cap must not be negative")
	}
	return nil
}

// Switches are the switches in force.
func (s *Server) Switches() Switches {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.switches.clone()
}

// SetSwitches replaces all switches; the error names the switch whose value has no meaning, and then nothing has changed.
func (s *Server) SetSwitches(switches Switches) error {
	if err := switches.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches = switches.clone()
	return nil
}

func (s Switches) clone() Switches {
	s.Scopes = slices.Clone(s.Scopes)
	return s
}
