// Package httpapi is the anchor's HTTP face. openapi.yaml is its specification; the routes and their JSON
// are generated from it into httpapi/api and httpapi/operatorapi, and httpapi/client speaks to it.
//
// # Wiring
//
//	server, err := httpapi.New(httpapi.Config{Network: …, Bank: bank, Auth: auth, StellarTOML: toml, …})
//	err = server.Serve(ctx, wallets, operators) // two listeners; returns once ctx has ended and all was answered
//
// Bank and Operator are met by *anchor.Bank. Auth is SEP-10, which lives in package stellar: whoever wires
// adapts it, because adapters do not import each other. Serve is what keeps the promise that a shutdown
// loses nothing; a program with servers of its own mounts Wallets and Operators instead, and calls
// StopReady before it shuts them down.
//
// # What holds everywhere
//
// A request is bounded before it costs anything: its rate by address, how many are under way, its size, the
// time to send it, the time to work on it. Then it is decoded strictly, then authenticated, then the bank
// is asked. An error becomes problem+json in one place (problem.go), with a status from one table.
// Neither log nor metrics name a person, a purse or a document.
package httpapi
