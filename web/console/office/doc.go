// Package office is who works at the bank: officers and their roles, how they sign in, what one of them asks for and
// another approves, and the audit trail of all of it. It knows nothing of HTTP; what it keeps lies beside the bank's
// books, in the same file, so that an act and its line in the trail are one transaction.
package office
