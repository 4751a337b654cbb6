package phone

import (
	"strconv"

	"kula/httpapi/wire"
	"kula/protocol"
	"kula/wallet"
)

// complain keeps what the person says is wrong: the bank gets it at the next sync.
func complain(a *ask) (any, error) {
	subject, text := a.hash("subject"), a.text("about")
	about, known := wallet.ParseAbout(text)
	if a.err == nil && (!known || subject.IsZero()) {
		a.bad("about")
	}
	if a.err != nil {
		return nil, a.err
	}
	c, err := a.w.Complain(a.now, subject, about)
	if err != nil {
		return nil, err
	}
	return complaintView(c), nil
}

// complaints lists what was ever complained of here.
func complaints(a *ask) (any, error) {
	return complaintViews(a.w.Complaints(), func(*wallet.Complaint) bool { return true }), nil
}

func complaintViews(all []wallet.Complaint, which func(*wallet.Complaint) bool) []Object {
	list := []Object{}
	for i := range all {
		if which(&all[i]) {
			list = append(list, complaintView(&all[i]))
		}
	}
	return list
}

func complaintView(c *wallet.Complaint) Object {
	return Object{"subject": c.Subject.String(), "about": c.About.String(), "at": unix(c.At), "number": float64(c.Number)}
}

// maxCase is the largest number that a page can tell from the next one.
const maxCase = 1 << 53

// Complain brings a complaint with what proves it, and gets its number.
func (d *desk) Complain(about string, file *protocol.Bundle) (int64, error) {
	authority, err := d.prove()
	if err != nil {
		return 0, err
	}
	answer, err := d.ask(Request{Method: "POST", URL: "/v1/complaints?" + query("about", about), Body: file.Encode(),
		Headers: map[string]string{"Content-Type": wire.BundleType, "Authorization": authority}}, wire.JSONType)
	if err != nil {
		return 0, err
	}
	value, _ := parseJSON(answer.Body)
	object, _ := value.(Object)
	text, _ := object["number"].(number)
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 1 || n > maxCase {
		return 0, notTheBank("a complaint without a number")
	}
	return n, nil
}
