package wallet

import (
	"encoding/binary"

	"kula/protocol"
)

// EventKind says what happened.
type EventKind uint8

// Events, in the order in which a wallet usually meets them. Numbers stand in journals: never reuse one.
const (
	Trusted       EventKind = iota + 1 // the person chose to trust an anchor: its Charter, perhaps a Notice
	KeyMade                            // Subject is a new device key, the Number-th of this device
	Enrolling                          // an Enrolment, signed here; this device is its Number-th signer
	Requested                          // a Bill was issued on Purse, with its Memo
	Written                            // an Entry of Purse was signed here, with Sheet, Bill, and the entries of the incomes it stands on; Subject: the income it gives back
	Cosigned                           // an Entry got more signatures: ours to another's, or others' to ours
	Handed                             // the entry Subject was sent to the payee
	Acknowledged                       // an Ack for an entry came
	Accepted                           // somebody's Entry pays a bill of ours: with Sheet, Bill, all it stands on, the Ack we signed; Number: its depth
	Absorbed                           // the anchor's documents for Purse came, up to cursor Number (0: none given)
	BankBalance                        // the bank said that Number is at the bank for Purse
	ClockSet                           // the person gave today's date: Number is what to add to the device's clock
	Restored                           // the journal was restored from a backup: every purse until here is retired
	NewsHeard                          // what other phones, or an anchor, told of others: charters, notices, proofs, sightings; Number 1: a proof found here; or that somebody else signs for Purse, ours
	PictureSeen                        // the payer saw, on the payee's phone, picture Number, which is that of the entry Subject: a note to self, no Ack
	Complained                         // the person says that something is wrong with Subject, an entry or a proof: About Number, for the bank of Purse
	CaseNumbered                       // the bank gave the complaint about Subject this Number
	lastEventKind = CaseNumbered
)

// Event is one thing that happened to a wallet. Which fields count depends on its kind; the others are zero.
type Event struct {
	Kind    EventKind
	At      uint64 // the device's clock, uncorrected
	Purse   protocol.PurseID
	Subject protocol.Hash
	Number  int64
	Docs    *protocol.Bundle // the documents it brings; its roots are what it is about
}

// The encoding of an event: "KW", version, kind, At, Purse, Subject, Number (big-endian), Docs.
const (
	eventVersion = 1
	eventHeader  = 2 + 1 + 1 + 8 + 32 + 32 + 8
)

// eventBounds are generous: an event holds at most what one sync brought.
var eventBounds = protocol.Bounds{Bytes: 4 << 20, Documents: 3 * 4096}

// Encode writes the event for the journal.
func (e *Event) Encode() []byte {
	b := append(make([]byte, 0, eventHeader), 'K', 'W', eventVersion, byte(e.Kind))
	b = binary.BigEndian.AppendUint64(b, e.At)
	b = append(b, e.Purse[:]...)
	b = append(b, e.Subject[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Number)) //nolint:gosec // two's complement, read back the same way
	return e.Docs.AppendEncode(b)
}

// size is the length of what Encode writes.
func (e *Event) size() int { return eventHeader + e.Docs.Size() }

// DecodeEvent reads what Encode writes and nothing else.
func DecodeEvent(n protocol.Network, b []byte) (*Event, error) {
	if len(b) < eventHeader || b[0] != 'K' || b[1] != 'W' {
		return nil, refuse(CodeBadEvent, "event")
	}
	kind := EventKind(b[3])
	if b[2] != eventVersion || kind > lastEventKind {
		return nil, refuse(CodeNewerVersion, "event")
	}
	e := &Event{Kind: kind, At: binary.BigEndian.Uint64(b[4:])}
	copy(e.Purse[:], b[12:])
	copy(e.Subject[:], b[44:])
	e.Number = int64(binary.BigEndian.Uint64(b[76:])) //nolint:gosec // two's complement
	var err error
	e.Docs, err = protocol.DecodeBundle(n, b[eventHeader:], protocol.NoContext, eventBounds)
	return e, err
}

// root finds the one document of that type that the event is about.
func root[D protocol.Document](e *Event) (D, protocol.Hash, error) {
	for _, h := range e.Docs.Roots {
		if d, ok := protocol.Find[D](e.Docs, h); ok {
			return d, h, nil
		}
	}
	var none D
	return none, protocol.Hash{}, refuse(CodeBadEvent, "event.docs")
}

// only finds the first document of a type, or nil.
func only[D protocol.Document](b *protocol.Bundle) (d D) {
	if all := protocol.All[D](b); len(all) > 0 {
		return all[0]
	}
	return d
}
