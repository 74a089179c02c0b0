// Package sql embeds the relations: one .sql file each, in folders numbered for reading. The order they run in comes from the
// reads line of their headers, which package transforms parses.
package sql

import "embed"

// Files holds every relation.
//
//go:embed */*.sql
var Files embed.FS
