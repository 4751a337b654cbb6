// Package migrations holds the schema of the anchor's store, step by step. A step that was released is
// never changed: the next one changes the schema.
package migrations

import "embed"

// SQLite is the schema's steps for SQLite, in goose's form.
//
//go:embed sqlite/*.sql
var SQLite embed.FS
