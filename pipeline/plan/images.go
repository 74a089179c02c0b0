package plan

import (
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
)

func identities(images []catalog.Image, ignore []string) []string {
	list := make([]string, len(images))
	for i, image := range images {
		list[i] = catalog.ImageIdentity(image.OriginalURL, ignore)
	}
	return list
}

// within says whether all of want stand in have, in the same order. A brand may have added pictures of its own in between.
func within(want, have []string) bool {
	at := 0
	for _, item := range have {
		if at < len(want) && want[at] == item {
			at++
		}
	}
	return at == len(want)
}

// lost says whether the source only lost images that were sent: nothing new, nothing reordered. Such images are kept on Faire.
func lost(desired, sent []string) bool {
	return len(desired) < len(sent) && within(desired, sent)
}

// imageBody is the full list a PATCH carries: kept images by id, new ones by url, in our order, then those that are not ours
// to remove. Only images that we sent are ever left out. Exactly one is the hero.
func imageBody(desired, current []catalog.Image, sent, ignore []string, hero bool) []map[string]any {
	byIdentity := map[string]catalog.Image{}
	for _, image := range current {
		byIdentity[catalog.ImageIdentity(image.OriginalURL, ignore)] = image
	}
	wanted := identities(desired, ignore)
	body := []map[string]any{}
	kept := -1
	add := func(image catalog.Image, there bool) {
		if there {
			if slices.Contains(image.Tags, "Hero") && kept < 0 {
				kept = len(body)
			}
			body = append(body, map[string]any{"id": image.ID})
			return
		}
		body = append(body, map[string]any{"url": image.OriginalURL})
	}
	for i, image := range desired {
		there, ok := byIdentity[wanted[i]]
		if ok {
			image = there
		}
		add(image, ok)
	}
	for _, image := range current {
		name := catalog.ImageIdentity(image.OriginalURL, ignore)
		if !slices.Contains(wanted, name) && !slices.Contains(sent, name) {
			add(image, true)
		}
	}
	for i := range body {
		body[i]["sequence"] = i
	}
	if hero && kept < 0 && len(body) > 0 { // the hero there was is left out, or there was none
		body[0]["tags"] = []string{"Hero"}
	}
	return body
}

func lines(list []string) string { return strings.Join(list, "\n") }

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
