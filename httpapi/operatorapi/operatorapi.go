// Package operatorapi is generated from openapi.yaml: the routes of the bank's own staff, and their JSON.
package operatorapi

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config config.yaml ../openapi.yaml
