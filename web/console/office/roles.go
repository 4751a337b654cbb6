package office

import (
	"slices"
	"strings"
)

// Roles is what an officer may do: one role or several.
type Roles uint8

// The roles.
const (
	View       Roles = 1 << iota // sees the pages
	Teller                       // takes and gives cash
	Operate                      // does the bank's daily work, and asks for what another has to approve
	Approve                      // approves or refuses what others asked for
	Supervisor                   // sees everything, the audit trail too, and does nothing
)

// Everyone is any officer.
const Everyone = View | Teller | Operate | Approve | Supervisor

var roleNames = []struct {
	role Roles
	name string
}{{View, "view"}, {Teller, "teller"}, {Operate, "operate"}, {Approve, "approve"}, {Supervisor, "supervisor"}}

// RoleNames lists the words that ParseRoles reads.
func RoleNames() []string {
	var all []string
	for _, r := range roleNames {
		all = append(all, r.name)
	}
	return all
}

// Any reports whether the officer has one of these roles.
func (r Roles) Any(of Roles) bool { return r&of != 0 }

func (r Roles) String() string {
	var names []string
	for _, n := range roleNames {
		if r.Any(n.role) {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ",")
}

// Check says what is wrong with a set of roles. Who supervises does nothing else: nobody is set to watch themselves.
func (r Roles) Check() error {
	switch {
	case r == 0 || r&^Everyone != 0:
		return Refuse("an officer needs one of the roles %s", strings.Join(RoleNames(), ", "))
	case r.Any(Supervisor) && r.Any(Teller|Operate|Approve):
		return Refuse("a supervisor sees everything and does nothing: give the other roles to somebody else")
	}
	return nil
}

// ParseRoles reads names of roles.
func ParseRoles(names ...string) (Roles, error) {
	var all Roles
	for _, name := range names {
		i := slices.Index(RoleNames(), name)
		if i < 0 {
			return 0, Refuse("%q is not a role: %s", name, strings.Join(RoleNames(), ", "))
		}
		all |= roleNames[i].role
	}
	return all, all.Check()
}
