package phone

import (
	"bytes"
	"testing"

	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"
)

// TestTwoScans: a payment between two phones, as their screens ask for it.
func TestTwoScans(t *testing.T) {
	_, mary, tom := village(t)
	bill := tom.do("request", Object{"amount": "12.5", "memo": "two fish"})
	scanned := mary.do("read", Object{"text": bill["text"].(string)})
	if scanned["kind"] != "bill" || !bytes.Equal(scanned["bytes"].([]byte), bill["bytes"].([]byte)) || scanned["mine"] != false {
		t.Fatalf("%+v", scanned)
	}
	q := mary.do("quote", Object{"bytes": scanned["bytes"]})
	if q["payee"] != "Tom" || q["amount"] != "12.5" || q["memo"] != "two fish" || q["open"] != false || q["most"] != "100" || q["guaranteed"] != "10" || q["decimals"] != 2.0 || q["asset"] != "VUV" {
		t.Fatalf("%+v", q)
	}
	paid := mary.do("pay", Object{"bytes": scanned["bytes"]})
	if float64(len(paid["bytes"].([]byte))) != q["bytes"] || paid["text"] != text.Encode(paid["bytes"].([]byte)) {
		t.Fatalf("%+v", paid)
	}
	mary.do("handed", Object{"entry": paid["entry"]})
	if got := tom.do("read", Object{"text": paid["text"].(string)}); got["kind"] != "payment" || got["mine"] != true || got["of"] != bill["bill"] {
		t.Fatalf("%+v", got)
	}
	got := tom.do("accept", Object{"bytes": paid["bytes"]})
	if got["amount"] != "12.5" || got["memo"] != "two fish" || got["digits"] != paid["digits"] || got["picture"] != paid["picture"] || got["asset"] != "VUV" || got["depth"] != 0.0 {
		t.Fatalf("%+v", got)
	}
	if got["payerName"] != "Mary" || got["payer"] == "" {
		t.Fatalf("the shopkeeper does not see who paid: %+v", got)
	}
	if row := tom.do("history", nil)["rows"].([]Object)[0]; row["otherName"] != "Mary" || row["other"] != got["payer"] {
		t.Fatalf("%+v", row)
	}
	if people := must(tom.try("people", nil)).([]Object); len(people) != 1 || people[0]["name"] != "Mary" || people[0]["paid"] != false {
		t.Fatalf("%+v", people)
	}
	if b := tom.balance(); b["received"] != "12.5" || b["spendable"] != "12.5" {
		t.Fatalf("%+v", b)
	}
	if again := tom.do("accept", Object{"bytes": paid["bytes"]}); again["again"] != true || again["ackText"] != got["ackText"] {
		t.Fatalf("%+v", again)
	}
	if len(mary.do("home", nil)["undelivered"].([]Object)) != 1 {
		t.Fatal("it is not yet received")
	}
	if came := tom.do("row", Object{"hash": paid["entry"]}); !bytes.Equal(came["answer"].([]byte), got["ack"].([]byte)) {
		t.Fatalf("the answer is gone: %+v", came)
	}
	if made := mary.do("row", Object{"hash": paid["entry"]}); len(made["answer"].([]byte)) != 0 {
		t.Fatalf("who pays has no answer to give: %+v", made)
	}
	if found := mary.do("read", Object{"text": got["ackText"]}); found["kind"] != "ack" || found["mine"] != true {
		t.Fatalf("%+v", found)
	}
	mary.do("acknowledged", Object{"bytes": got["ack"]})
	home := mary.do("home", nil)
	if b := home["purses"].([]Object)[0]; len(home["undelivered"].([]Object)) != 0 || b["spendable"] != "87.5" || b["loaded"] != "87.5" {
		t.Fatalf("%+v", home)
	}
	if people := must(mary.try("people", nil)).([]Object); len(people) != 1 || people[0]["name"] != "Tom" || people[0]["paid"] != true {
		t.Fatalf("%+v", people)
	}
	rows := mary.do("history", Object{"limit": 1.0})
	detail := mary.do("row", Object{"hash": paid["entry"]})
	if rows["more"] != false || rows["rows"].([]Object)[0]["state"] != "acknowledged" || detail["digits"] != paid["digits"] || len(detail["documents"].([]Object)) < 5 {
		t.Fatalf("%+v %+v", rows, detail)
	}
}

func must(value any, f *Failure) any {
	if f != nil {
		panic(f)
	}
	return value
}

// TestPayerNamesTheAmount: a bill that leaves it open is quoted without one, to ask for it.
func TestPayerNamesTheAmount(t *testing.T) {
	_, mary, tom := village(t)
	bill := tom.do("request", nil)
	if q := mary.do("quote", Object{"bytes": bill["bytes"]}); q["open"] != true || q["amount"] != "0" || q["most"] != "100" {
		t.Fatalf("%+v", q)
	}
	mary.refused("not_enough", "quote", Object{"bytes": bill["bytes"], "amount": "100.01"})
	mary.refused("no_amount", "pay", Object{"bytes": bill["bytes"]})
	if paid := mary.do("pay", Object{"bytes": bill["bytes"], "amount": "3"}); paid["amount"] != "3" {
		t.Fatalf("%+v", paid)
	}
	if q := mary.do("quote", Object{"bytes": bill["bytes"]}); q["paidBy"] == "" || q["amount"] != "3" {
		t.Fatalf("%+v", q)
	}
	if paid := mary.do("pay", Object{"bytes": bill["bytes"]}); paid["again"] != true || paid["amount"] != "3" {
		t.Fatalf("%+v", paid)
	}
}

// TestPicture: tapping the right picture takes the payment off the list of those to ask about. It is no Ack.
func TestPicture(t *testing.T) {
	_, mary, tom := village(t)
	paid := mary.do("pay", Object{"bytes": tom.do("request", Object{"amount": "1"})["bytes"]})
	picture := paid["picture"].(float64)
	mary.refused("wrong_picture", "theyHaveIt", Object{"entry": paid["entry"], "picture": float64((int(picture) + 1) % wallet.Pictures)})
	if home := mary.do("theyHaveIt", Object{"entry": paid["entry"], "picture": picture}); len(home["undelivered"].([]Object)) != 0 {
		t.Fatalf("%+v", home["undelivered"])
	}
	row := mary.do("history", nil)["rows"].([]Object)[0]
	if row["seen"] != true || row["acked"] != false || row["state"] != "written" || mary.balance()["underWay"] != "1" {
		t.Fatalf("%+v", row)
	}
}

// TestJournalFails: what could not be written down has not happened, and nothing of it leaves. Whether the record is
// there after all or not, the wallet goes on from what the journal holds, and never signs one number twice.
func TestJournalFails(t *testing.T) {
	for _, kept := range []bool{false, true} {
		_, mary, tom := village(t)
		bill := tom.do("request", Object{"amount": "1"})
		other := tom.do("request", Object{"amount": "2"})
		before := len(mary.journal)
		mary.full, mary.kept = true, kept
		mary.refused(CodeJournal, "pay", Object{"bytes": bill["bytes"]})
		if grown := len(mary.journal) > before; grown != kept {
			t.Fatal("the device of this test is wrong")
		}
		second := mary.do("pay", Object{"bytes": other["bytes"]})
		first := mary.do("pay", Object{"bytes": bill["bytes"]})
		if first["again"] != kept {
			t.Fatalf("kept %v: %+v", kept, first)
		}
		for _, paid := range []Object{second, first} {
			tom.do("accept", Object{"bytes": paid["bytes"]})
		}
		if b := mary.balance(); b["spendable"] != "97" {
			t.Fatalf("%+v", b)
		}
		reopened := newPerson(t, 1)
		reopened.journal = mary.journal
		reopened.do("open", Object{"network": testNetwork.ID.String()})
		if len(reopened.do("history", nil)["rows"].([]Object)) != 2 {
			t.Fatal("the journal tells another story")
		}
	}
}

// TestPayeeWritesFirst: a payee that could not write a payment down has not accepted it, and gives no Ack.
func TestPayeeWritesFirst(t *testing.T) {
	_, mary, tom := village(t)
	paid := mary.do("pay", Object{"bytes": tom.do("request", Object{"amount": "1"})["bytes"]})
	tom.full = true
	tom.refused(CodeJournal, "accept", Object{"bytes": paid["bytes"]})
	if b := tom.balance(); b["received"] != "0" {
		t.Fatalf("%+v", b)
	}
	if got := tom.do("accept", Object{"bytes": paid["bytes"]}); got["again"] != false {
		t.Fatalf("%+v", got)
	}
}

// TestRead: everything that can be scanned, opened or shared is told apart.
func TestRead(t *testing.T) {
	b, mary, tom := village(t)
	bill := tom.do("request", Object{"amount": "1"})
	paid := mary.do("pay", Object{"bytes": bill["bytes"]})
	ack := tom.do("accept", Object{"bytes": paid["bytes"]})
	up := protocol.NewBundle(testNetwork)
	for kind, encoded := range map[string]any{
		"bill": bill["bytes"], "payment": tom.do("row", Object{"hash": paid["entry"]})["bytes"], "ack": ack["ack"],
		"charter": mary.do("home", nil)["banks"].([]Object)[0]["bytes"], "reply": b.Sync(tom.purse, up, tom.clock).Encode(),
		"news": tom.do("news", nil)["bytes"], "unknown": up.Encode(),
	} {
		for _, form := range []Object{{"bytes": encoded}, {"text": text.Encode(encoded.([]byte))}, {"bytes": []byte(text.Encode(encoded.([]byte)) + "\n")}} {
			if got := mary.do("read", form); got["kind"] != kind || !bytes.Equal(got["bytes"].([]byte), encoded.([]byte)) {
				t.Errorf("%s is read as %v", kind, got["kind"])
			}
		}
	}
	mary.refused(string(protocol.CodeUnknownType), "read", Object{"text": "https://example.org"})
	mary.refused(string(protocol.CodeBadText), "read", Object{"text": text.Prefix + "::"})
	mary.refused(string(protocol.CodeTruncated), "read", Object{"bytes": bill["bytes"].([]byte)[:30]})
	mary.refused(string(protocol.CodeWrongNetwork), "read", Object{"bytes": protocol.NewBundle(protocol.NewNetwork("another")).Encode()})
}

// TestLookBeforeOpen: a charter says itself on which network its bank is.
func TestLookBeforeOpen(t *testing.T) {
	b, _, _ := village(t)
	stranger := newPerson(t, 7)
	encoded := protocol.NewBundle(testNetwork, b.Charter, b.Notice(start)).Encode()
	stranger.refused(CodeNotOpen, "trust", Object{"bytes": encoded})
	seen := stranger.do("look", Object{"bytes": encoded})
	if seen["network"] != testNetwork.ID.String() || seen["trusted"] != false || seen["name"] != b.Charter.Name || seen["newsAt"] != float64(start) {
		t.Fatalf("%+v", seen)
	}
	stranger.do("open", Object{"network": seen["network"]})
	if bank := stranger.do("trust", Object{"bytes": seen["bytes"]}); bank["trusted"] != true {
		t.Fatalf("%+v", bank)
	}
	b.Charter.Name = "Another Bank"
	stranger.refused(string(protocol.CodeBadSignature), "look", Object{"bytes": protocol.NewBundle(testNetwork, b.Charter).Encode()})
	stranger.refused(string(protocol.CodeWrongNetwork), "open", Object{"network": "another"})
}

// TestBackup: a restored phone claims what its old one held, and never pays from it.
func TestBackup(t *testing.T) {
	_, mary, tom := village(t)
	tom.do("accept", Object{"bytes": mary.do("pay", Object{"bytes": tom.do("request", Object{"amount": "5"})["bytes"]})["bytes"]})
	saved := tom.do("exportBackup", nil)["bytes"].([]byte)
	tom.refused(CodeNotEmpty, "importBackup", Object{"bytes": saved})
	fresh := newPerson(t, 9)
	fresh.do("open", Object{"network": "phone test"})
	fresh.refused(CodeBadArgument, "importBackup", Object{"bytes": saved[:len(saved)-1]})
	fresh.full = true
	fresh.refused(CodeJournal, "importBackup", Object{"bytes": saved})
	if home := fresh.do("home", nil); len(home["purses"].([]Object)) != 0 {
		t.Fatal("a backup that was not written down is there")
	}
	home := fresh.do("importBackup", Object{"bytes": saved})
	purse := home["purses"].([]Object)[0]
	if purse["phase"] != "retired" || purse["received"] != "5" || purse["spendable"] != "0" {
		t.Fatalf("%+v", purse)
	}
	fresh.refused("not_enrolled", "request", Object{"amount": "1"})
}

// TestBehind: a journal that is older than it was pays nothing and takes nothing; its purses are retired, and what they
// received is claimed.
func TestBehind(t *testing.T) {
	_, mary, tom := village(t)
	bill := func() Object { return Object{"bytes": tom.do("request", Object{"amount": "5"})["bytes"]} }
	tom.do("accept", Object{"bytes": mary.do("pay", bill())["bytes"]})
	mary.do("retire", nil)
	mary.do("pay", bill()) // a journal that is whole is not ended by it
	next := bill()
	for _, p := range []*person{mary, tom} {
		p.phone = New(p.device)
		p.do("open", Object{"network": "phone test", "behind": true})
	}
	before := len(mary.journal)
	mary.refused(CodeBehind, "pay", next)
	tom.refused(CodeBehind, "request", Object{"amount": "1"})
	if len(mary.journal) != before || mary.do("home", nil)["purses"].([]Object)[0]["phase"] != "open" {
		t.Fatal("it is not to be read only")
	}
	mary.full = true
	mary.refused(CodeJournal, "retire", nil)
	mary.refused(CodeBehind, "pay", next)
	for _, p := range []*person{mary, tom} {
		if purse := p.do("retire", nil)["purses"].([]Object)[0]; purse["phase"] != "retired" || purse["spendable"] != "0" {
			t.Fatalf("%+v", purse)
		}
	}
	mary.refused(string(wallet.CodeNoPurse), "pay", next)
	if tom.do("home", nil)["purses"].([]Object)[0]["received"] != "5" {
		t.Fatal("what was received is gone")
	}
}

// TestBackupAlone: while a backup is read in, the wallet that was there writes nothing between its records.
func TestBackupAlone(t *testing.T) {
	_, _, tom := village(t)
	saved := tom.do("exportBackup", nil)["bytes"].([]byte)
	fresh := newPerson(t, 9)
	fresh.do("open", Object{"network": "phone test"})
	j := fresh.phone.journal
	release := j.close()
	written := make(chan error)
	go func() { written <- j.Append([]byte("late")) }()
	release()
	if <-written == nil || len(fresh.journal) != 0 {
		t.Fatal("the wallet wrote past the backup")
	}
	fresh.do("importBackup", Object{"bytes": saved})
}

// TestClock: a phone whose date contradicts what the bank has signed asks for the date.
func TestClock(t *testing.T) {
	_, mary, tom := village(t)
	tom.clock -= 10 * 24 * 3600
	home := tom.do("home", nil)
	if home["clock"].(float64) < 9*24*3600 || home["warnings"].([]Object)[0]["code"] != "clock_contradicted" {
		t.Fatalf("%+v", home)
	}
	tom.refused("clock_contradicted", "request", Object{"amount": "1"})
	if home := tom.do("setClock", Object{"today": float64(mary.clock)}); home["clock"] != 0.0 {
		t.Fatalf("%+v", home)
	}
	tom.do("request", Object{"amount": "1"})
}

// TestBadArguments: nothing that a page may send panics, or is taken for something else.
func TestBadArguments(t *testing.T) {
	_, mary, _ := village(t)
	for _, bad := range []struct {
		name string
		args Object
	}{
		{"nothing", nil}, {"pay", nil}, {"pay", Object{"bytes": "text"}}, {"again", Object{"entry": "12"}}, {"again", nil},
		{"request", Object{"amount": "1,5"}}, {"request", Object{"amount": 5.0}}, {"request", Object{"standing": "yes"}},
		{"history", Object{"limit": -1.0}}, {"history", Object{"limit": 0.5}}, {"theyHaveIt", Object{"entry": mary.purse.String(), "picture": "1"}},
		{"row", Object{"hash": "zz"}}, {"trust", Object{}}, {"outbox", Object{"purse": 1.0}}, {"open", nil},
	} {
		_, err := mary.phone.Call(bad.name, bad.args)
		if f := FailureOf(err); f.Code != CodeBadArgument || f.Where == "" {
			t.Errorf("%s %v: %+v", bad.name, bad.args, f)
		}
	}
}

// TestPanic: after something that nobody thought of, the program says so and does nothing more.
func TestPanic(t *testing.T) {
	_, mary, _ := village(t)
	commands["panics"] = command{run: func(*Phone, *args) (any, error) { panic("nobody thought of it") }}
	defer delete(commands, "panics")
	for _, name := range []string{"panics", "home"} {
		_, err := mary.phone.Call(name, nil)
		if f := FailureOf(err); f.Code != CodeInternal {
			t.Fatalf("%s: %+v", name, f)
		}
	}
}

// TestChanged: the page hears of a new home screen after what changes it, and after nothing else.
func TestChanged(t *testing.T) {
	_, mary, tom := village(t)
	bill := tom.do("request", Object{"amount": "1"})
	n := len(mary.events)
	mary.do("quote", Object{"bytes": bill["bytes"]})
	mary.do("home", nil)
	if len(mary.events) != n {
		t.Fatal("looking changed something")
	}
	mary.do("pay", Object{"bytes": bill["bytes"]})
	if len(mary.events) != n+1 || mary.events[n]["event"] != "changed" {
		t.Fatalf("%+v", mary.events[n:])
	}
	mary.api.holds(t, "changed", "Home", mary.events[n]["home"])
}

// TestFrames: what fits is one code; what does not goes as a film, of which any frames will do.
func TestFrames(t *testing.T) {
	_, mary, tom := village(t)
	small := tom.do("request", Object{"amount": "1"})["bytes"].([]byte)
	if f := mary.do("frames", Object{"bytes": small}); f["fits"] != true || f["text"] != text.Encode(small) {
		t.Fatalf("%+v", f)
	}
	large := bytes.Repeat([]byte("KB and so on "), 500)
	f := mary.do("frames", Object{"bytes": large})
	if f["fits"] != false || f["count"].(float64) < f["needed"].(float64) {
		t.Fatalf("%+v", f)
	}
	var whole any
	for n := 5.0; whole == nil && n < f["count"].(float64); n++ {
		caught := tom.do("catchFrame", Object{"text": mary.do("frame", Object{"id": f["id"], "n": n})["text"]})
		whole = caught["bytes"]
		if p := caught["progress"].(float64); p <= 0 || p > 1 || (p == 1) != (whole != nil) {
			t.Fatalf("%+v", caught)
		}
	}
	if !bytes.Equal(whole.([]byte), large) {
		t.Fatal("not what was shown")
	}
	// Whoever could not take it in the first time, for a wrong date or a full phone, looks at the other screen again.
	caught := tom.do("catchFrame", Object{"text": mary.do("frame", Object{"id": f["id"], "n": 0.0})["text"]})
	if again, ok := caught["bytes"].([]byte); !ok || !bytes.Equal(again, large) {
		t.Fatalf("a code that was seen before is whole, and not given: %v", caught["progress"])
	}
	tom.refused(CodeBadArgument, "frame", Object{"id": 1.0, "n": 0.0})
	for range maxFilms {
		mary.do("frames", Object{"bytes": large})
	}
	mary.refused(CodeBadArgument, "frame", Object{"id": f["id"], "n": 0.0})
	if _, failed := tom.try("catchFrame", Object{"text": "KULA2:"}); failed == nil || failed.Code == CodeUnexpected {
		t.Fatalf("%+v", failed)
	}
	if _, failed := mary.try("frames", Object{"bytes": bytes.Repeat(large, 20)}); failed == nil || failed.Code != string(protocol.CodeTooLargeQR) {
		t.Fatalf("%+v", failed)
	}
}

// TestBadSignature: a signature of the host's that nobody would believe does not get into the journal.
func TestBadSignature(t *testing.T) {
	_, mary, tom := village(t)
	bill := tom.do("request", Object{"amount": "1"})
	before := len(mary.journal)
	mary.forging = true
	mary.refused(CodeNoKey, "pay", Object{"bytes": bill["bytes"]})
	if len(mary.journal) != before {
		t.Fatal("written down all the same")
	}
	mary.forging = false
	tom.do("accept", Object{"bytes": mary.do("pay", Object{"bytes": bill["bytes"]})["bytes"]})
}
