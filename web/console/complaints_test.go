package console_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"

	"kula/web/console/office"
)

// TestAPhoneComplains: what a holder's phone brings has a number, once; officers see it, and take its proof out of the
// house with a line in the trail. One account cannot fill the book.
func TestAPhoneComplains(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.Teller|office.Operate)
	book := s.server.Office()
	c := office.FromPhone{Purse: s.tom.id.String(), Account: account("Tom Kalo"), Who: "Tom Kalo", About: "refused", Subject: s.rent.String(), File: []byte("KB file")}
	first, err := book.ComplainFromPhone(t.Context(), c)
	ok(t, err)
	for range 2 {
		if again, err := book.ComplainFromPhone(t.Context(), c); err != nil || again.Number != first.Number {
			t.Fatal(again, err)
		}
	}
	b.says("/complaints", "Tom Kalo", "The bank refused what I received: payment "+s.rent.String(), office.ThePhone)
	b.says("/purses/"+s.tom.id.String(), "The bank refused what I received")
	b.says("/complaints/1", "for kula verify, not looked at yet")
	if file := b.get("/complaints/1/file"); file.body != "KB file" || s.lastLine() != "mere download complaint 1 done" {
		t.Fatal(file, s.lastLine())
	}
	b.post("/complaints", "key", "c-1", "who", "Lina", "about", "The queue")
	b.saysNot("/complaints/2", "for kula verify")
	if a := b.get("/complaints/2/file"); a.status != http.StatusNotFound {
		t.Fatal(a.status)
	}
	for i := range office.MaxOpenFromPhones - 1 {
		c.Subject = strconv.Itoa(i)
		_, err := book.ComplainFromPhone(t.Context(), c)
		ok(t, err)
	}
	c.Subject = "another"
	if _, err := book.ComplainFromPhone(t.Context(), c); !errors.Is(err, office.ErrTooManyComplaints) {
		t.Fatal(err)
	}
	other := c
	other.Account, other.Purse = account("Lina Tavo"), s.lina.id.String()
	_, err = book.ComplainFromPhone(t.Context(), other)
	ok(t, err)
	b.post("/complaints/1/close", "outcome", "Paid the next day")
	_, err = book.ComplainFromPhone(t.Context(), c)
	ok(t, err)
	c.Subject = s.rent.String()
	if again, err := book.ComplainFromPhone(t.Context(), c); err != nil || again.Number != first.Number {
		t.Fatal("what was answered opens anew", again, err)
	}
	c.About = "weather"
	if _, err := book.ComplainFromPhone(t.Context(), c); err == nil {
		t.Fatal("a complaint about nothing")
	}
}
