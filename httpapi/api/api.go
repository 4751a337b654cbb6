// Package api is generated from openapi.yaml: the routes that wallets use, and their JSON. The anchor's
// handlers and the wallet's client share it, so neither can drift from the page.
package api

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config config.yaml ../openapi.yaml
