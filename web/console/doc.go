// Package console is the bank's console: what its officers see and do in a browser. It has a listener of its own, on
// this machine only, and stands beside the bank's books: what an officer does and its line in the audit trail are one
// transaction.
//
// Pages are drawn on the server, with html/template; everything works without JavaScript, save passkeys, which cannot.
// No script, style or picture stands inside a page or comes from elsewhere.
//
// # Adding a page
//
// Write its handler, a method of Server that takes an *Ask (the request, and the officer who makes it) and draws a
// template:
//
//	func (s *Server) suspense(w http.ResponseWriter, a *Ask) error {
//		list, err := s.bank.Suspense(a.Context())
//		if err != nil {
//			return err // drawn as a page with the bank's own sentence
//		}
//		return s.draw(w, a, "suspense.html", list)
//	}
//
// Write the template into templates/: it defines "title" and "main", and finds its data as .Data, the officer as
// .Officer, and what a form needs as .CSRF. Declare the route in routes.go with the roles that may use it; a route
// without roles does not start. Each form that posts carries {{template "csrf" .}}. What a form does is an Act
// (acts.go): declared there, it has its form, its approval by a second person where that is due, and its line in the
// audit trail.
package console
