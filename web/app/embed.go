// Package app holds the phone wallet as `make build` built it: pages, scripts, kula.wasm. Built without npm it is
// empty, and a server then has no phone wallet to serve.
package app

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files are the built files, by their paths under the page.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a path
	}
	return files
}
