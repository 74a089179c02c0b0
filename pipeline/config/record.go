package config

import (
	"encoding/json"
	"path/filepath"
	"reflect"
)

// WithoutSecrets is the configuration as canonical JSON, for inputs.json: keys as in YAML and sorted, defaults filled in, unset
// values left out, paths relative to the file's folder, and nothing about secrets, not even where they are.
// Equal configurations give equal bytes on any machine. Recorded reads it back.
func (c Config) WithoutSecrets() []byte {
	c.Sources = append([]Source(nil), c.Sources...) // paths are changed below
	if c.Path != "" {
		dir := filepath.Dir(c.Path)
		for _, path := range c.paths() {
			if relative, err := filepath.Rel(dir, *path); err == nil && filepath.IsAbs(*path) {
				*path = filepath.ToSlash(relative)
			}
		}
	}
	data, err := json.Marshal(plain(reflect.ValueOf(c)))
	if err != nil {
		return []byte("null") // only NaN or an infinite rate cannot be written, and validate refuses both
	}
	return data
}

// plain turns a value into maps, lists and scalars under its YAML keys; nil for what is unset.
func plain(value reflect.Value) any {
	if value.IsZero() {
		return nil
	}
	switch value.Type() {
	case reflect.TypeFor[Secret]():
		return nil
	case reflect.TypeFor[Duration]():
		return value.Interface().(Duration).String()
	}
	switch value.Kind() {
	case reflect.Struct:
		fields := map[string]any{}
		for i := range value.NumField() {
			key := value.Type().Field(i).Tag.Get("yaml")
			if inner := plain(value.Field(i)); key != "-" && inner != nil {
				fields[key] = inner
			}
		}
		if len(fields) == 0 {
			return nil
		}
		return fields
	case reflect.Slice:
		items := make([]any, value.Len())
		for i := range items {
			items[i] = plain(value.Index(i))
		}
		return items
	case reflect.Map:
		entries := map[string]any{}
		for iterator := value.MapRange(); iterator.Next(); {
			entries[iterator.Key().String()] = plain(iterator.Value())
		}
		return entries
	}
	return value.Interface()
}
