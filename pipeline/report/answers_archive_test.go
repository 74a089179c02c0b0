package report_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// zipped makes an archive of texts.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var empty bytes.Buffer
	if err := zip.NewWriter(&empty).Close(); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(string) []byte{}
	for name, content := range parts {
		changes[name] = func(string) []byte { return []byte(content) }
	}
	return rezip(t, empty.Bytes(), changes)
}

// twice adds a part that is there already.
func twice(t testing.TB, data []byte) []byte {
	t.Helper()
	return rezip(t, data, map[string]func(string) []byte{"XL/workbook.xml": func(string) []byte { return []byte("<x/>") }})
}

// bomb adds a part of so many equal bytes.
func bomb(t testing.TB, data []byte, size int) []byte {
	t.Helper()
	return rezip(t, data, map[string]func(string) []byte{"xl/media/bomb.png": func(string) []byte { return make([]byte, size) }})
}

// heavy adds a picture that does not get smaller as it is packed.
func heavy(t testing.TB, data []byte) []byte {
	t.Helper()
	noise, state := make([]byte, 4<<20), uint64(1)
	for i := range noise {
		state = state*6364136223846793005 + 1442695040888963407
		noise[i] = byte(state >> 56)
	}
	return rezip(t, data, map[string]func(string) []byte{"xl/media/noise.png": func(string) []byte { return noise }})
}

// sizedPart makes the directory claim that a part is so large, or every part where name is blank.
func sizedPart(t testing.TB, data []byte, name string, size uint32) []byte {
	t.Helper()
	changed := slices.Clone(data)
	found := false
	for at := 0; ; {
		next := bytes.Index(changed[at:], []byte("PK\x01\x02"))
		if next < 0 {
			break
		}
		at += next
		length := int(binary.LittleEndian.Uint16(changed[at+28:]))
		if name == "" || string(changed[at+46:at+46+length]) == name {
			binary.LittleEndian.PutUint32(changed[at+24:], size)
			found = true
		}
		at += 46 + length
	}
	if !found {
		t.Fatalf("no part %q", name)
	}
	return changed
}

var (
	sharedCells = regexp.MustCompile(`t="s"><v>(\d+)</v>`)
	sharedTexts = regexp.MustCompile(`<si><t[^>]*>([^<]*)</t></si>`)
)

// inlined writes the shared texts of a workbook into the cells.
func inlined(t testing.TB, data []byte) func(string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, file := range in.File {
		if file.Name == "xl/sharedStrings.xml" {
			for _, m := range sharedTexts.FindAllStringSubmatch(string(readPart(t, file)), -1) {
				all = append(all, m[1])
			}
		}
	}
	return func(old string) []byte {
		return []byte(sharedCells.ReplaceAllStringFunc(old, func(cell string) string {
			n, err := strconv.Atoi(sharedCells.FindStringSubmatch(cell)[1])
			if err != nil {
				t.Fatal(err)
			}
			return `t="inlineStr"><is><t>` + all[n] + `</t></is>`
		}))
	}
}

var tags = regexp.MustCompile(`<(/?)([a-zA-Z])`)

// prefixed gives every tag of a part a prefix.
func prefixed(old string) []byte { return []byte(tags.ReplaceAllString(old, "<${1}x:$2")) }

// moved puts the workbook's parts into another folder, as the format allows.
func moved(t testing.TB, data []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, file := range in.File {
		content := string(readPart(t, file))
		if strings.HasSuffix(file.Name, ".rels") {
			content = strings.ReplaceAll(content, "xl/", "book/")
		}
		parts[strings.Replace(file.Name, "xl/", "book/", 1)] = content
	}
	return zipped(t, parts)
}

// unprefixed takes the prefix of every tag off.
func unprefixed(old string) []byte {
	return []byte(strings.ReplaceAll(strings.ReplaceAll(old, "<x:", "<"), "</x:", "</"))
}
