package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"fairesync/pipeline/faire"
)

const (
	// heroTag marks the featured image (contract §6).
	heroTag = "Hero"
	// imageSide is the width and height the sandbox says every picture has, in pixels; it downloads nothing.
	imageSide = 1200
)

// mergeImages works out a list of images after a write (rule I5): an entry with a known id keeps that image, one without adds, and
// an address that is already there is the same image. What becomes of the images left out is a switch.
func (s *Server) mergeImages(held []faire.WireImage, sent []imageBody) ([]faire.WireImage, error) {
	appending := s.switches.ImagesPatch == ImagesAppend
	out, next := []faire.WireImage{}, int64(0)
	if appending {
		out = cloneImages(held)
		for _, image := range held {
			next = max(next, *image.Sequence+1) // every stored image has one
		}
	}
	for i, entry := range sent {
		image, err := s.imageFor(held, out, entry)
		if err != nil {
			return nil, err
		}
		if image == nil {
			continue // Switches.ImagesNeedURL is off
		}
		at := slices.IndexFunc(out, func(other faire.WireImage) bool { return sameImage(other, *image) })
		if at < 0 {
			out = append(out, *image)
			at = len(out) - 1
		}
		switch {
		case entry.Sequence.given():
			out[at].Sequence = &entry.Sequence.value
		case !appending:
			out[at].Sequence = new(int64(i)) // the order of the array is the order shown
		case out[at].Sequence == nil:
			out[at].Sequence, next = new(next), next+1
		}
		assign(&out[at].Tags, entry.Tags)
	}
	slices.SortStableFunc(out, func(a, b faire.WireImage) int { return cmp.Compare(*a.Sequence, *b.Sequence) })
	return out, nil
}

// imageFor finds the image an entry means, or makes it; its id is given on commit. Nil means that the entry is dropped.
func (s *Server) imageFor(held, out []faire.WireImage, entry imageBody) (*faire.WireImage, error) {
	if entry.ID.given() {
		for _, image := range held {
			if image.ID == entry.ID.value {
				return &image, nil
			}
		}
		return nil, invalid("images", "Invalid image IDs")
	}
	address := entry.URL.value
	if !usableURL(address) { // rule I2
		if s.switches.ImagesNeedURL {
			return nil, invalid("images", "Image url %q is not valid", address)
		}
		return nil, nil
	}
	for _, image := range slices.Concat(out, held) {
		if image.OriginalURL == address || image.URL == address {
			return &image, nil
		}
	}
	// Rule I1: taken at once, whatever is behind the address.
	return &faire.WireImage{Width: imageSide, Height: imageSide, URL: hostedURL(address), OriginalURL: address}, nil
}

// sameImage compares by id, or by address while an image has no id yet.
func sameImage(a, b faire.WireImage) bool {
	if a.ID != "" || b.ID != "" {
		return a.ID == b.ID
	}
	return a.OriginalURL == b.OriginalURL
}

// usableURL reports whether an address is http or https with a host.
func usableURL(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Host != ""
}

// hostedURL is where Faire's CDN would serve an image from.
func hostedURL(address string) string {
	digest := sha256.Sum256([]byte(address))
	return "https://cdn.faire.com/fastly/" + hex.EncodeToString(digest[:]) + ".jpeg"
}

// nameImage gives a new image its id.
func (s *Server) nameImage(image *faire.WireImage) {
	if image.ID == "" {
		image.ID = s.store.newID("i_")
	}
}

// checkImages obeys P11, and I3 where the request had product images.
func (s *Server) checkImages(p *Product, sent bool) error {
	if p.LifecycleState == statePublished && len(p.Images) == 0 {
		return invalid("images", messageNeedsImage)
	}
	heroes, last := 0, ""
	for _, image := range p.Images {
		if slices.Contains(image.Tags, heroTag) {
			heroes++
			last = cmp.Or(image.ID, image.OriginalURL)
		}
	}
	if !sent || heroes < 2 {
		return nil
	}
	refused := &refusal{
		status: 400, field: "images", message: fmt.Sprintf("Attempted to update image [%s] with %d main images", last, heroes),
	}
	// The one text that was seen is French (contract §12.3).
	if strings.HasPrefix(s.store.brand.Locale, "fr") {
		refused.localized = fmt.Sprintf("Tentative de mise à jour de l'image [%s] avec %d images principales", last, heroes)
	}
	return refused
}

func (s *Server) deleteProductImage(c *call) (reply, error) {
	rec, err := s.findLive(c, false)
	if err != nil {
		return reply{}, err
	}
	p := rec.clone()
	if p.Images = without(p.Images, c.vars["image_id"]); len(p.Images) == len(rec.Images) {
		return reply{}, missing(c.vars["image_id"])
	}
	if p.LifecycleState == statePublished && len(p.Images) == 0 {
		return reply{}, invalid("images", messageNeedsImage) // rule I4
	}
	s.effects.updated(s.commit(p, written{}))
	return reply{s.switches.DeleteStatus, nil}, nil
}

func (s *Server) deleteVariantImage(c *call) (reply, error) {
	rec, position, err := s.findVariant(c)
	if err != nil {
		return reply{}, err
	}
	p := rec.clone()
	v := &p.Variants[position]
	if v.Images = without(v.Images, c.vars["image_id"]); len(v.Images) == len(rec.Variants[position].Images) {
		return reply{}, missing(c.vars["image_id"])
	}
	s.effects.updated(s.commit(p, written{changed: map[int]bool{position: true}}))
	return reply{s.switches.DeleteStatus, nil}, nil
}

func without(images []faire.WireImage, id string) []faire.WireImage {
	return slices.DeleteFunc(images, func(image faire.WireImage) bool { return image.ID == id })
}
