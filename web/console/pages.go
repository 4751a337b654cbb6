package console

import (
	"context"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/web/console/office"
)

// Desk is what the pages look up at the anchor. *anchor.Bank is one.
type Desk interface {
	Glance(ctx context.Context) (*anchor.Glance, error)
	FindPurses(ctx context.Context, text, after string, limit int) ([]anchor.PurseView, string, error)
	NewestPurses(ctx context.Context, before int64, limit int) ([]anchor.PurseView, int64, error)
	PurseOfKey(ctx context.Context, key protocol.Key) (*anchor.PurseView, error)
	SheetsOf(ctx context.Context, id protocol.PurseID, before int64, limit int) ([]anchor.SheetView, int64, error)
	SpendsOf(ctx context.Context, id protocol.PurseID, before string, limit int) ([]anchor.BillView, string, error)
	IncomeOf(ctx context.Context, id protocol.PurseID, before int64, limit int) ([]anchor.BillView, int64, error)
	LoadsOf(ctx context.Context, id protocol.PurseID, before int64, limit int) ([]anchor.LoadView, int64, error)
	PayoutsOfPurse(ctx context.Context, id protocol.PurseID, before int64, limit int) ([]anchor.PayoutLine, int64, error)
	FindBills(ctx context.Context, text string, skip, limit int) ([]anchor.BillView, int, error)
	Bill(ctx context.Context, entry protocol.Hash) (*anchor.BillStory, error)
	BillEvidence(ctx context.Context, entry protocol.Hash) ([]byte, error)
	Behind(ctx context.Context, entry protocol.Hash) (*anchor.Chain, error)
	Waiting(ctx context.Context, after string, limit int) ([]anchor.WaitingBill, string, error)
	CasePage(ctx context.Context, before int64, limit int) ([]anchor.CaseView, int64, error)
	Case(ctx context.Context, purse protocol.PurseID) (*anchor.CaseView, error)
	SuspenseItem(ctx context.Context, operation int64) (*anchor.LoadView, error)
	SuspensePage(ctx context.Context, after int64, limit int) ([]anchor.SuspenseView, int64, error)
	PayoutLine(ctx context.Context, id int64) (*anchor.PayoutLine, error)
	PayoutPage(ctx context.Context, state anchor.PayoutState, before int64, limit int) ([]anchor.PayoutLine, int64, error)
	CashWaiting(ctx context.Context, purse protocol.PurseID) (money.Amount, error)
	Slip(ctx context.Context, key string) (*anchor.TellerSlip, error)
	DrawerDay(ctx context.Context, officer string, since, until uint64, before int64, limit int) (*anchor.DrawerReport, int64, error)
	Dormant(ctx context.Context, since uint64, after string, limit int) ([]anchor.DormantView, string, error)
	Large(ctx context.Context, ask anchor.LargePage) ([]anchor.LargeRow, string, error)
}

// writes are the roles of those who do something.
const writes = office.Teller | office.Operate

// pageRoutes are the pages of the bank's daily work, in the order of the menu.
func (s *Server) pageRoutes() []Route {
	return []Route{
		get("/counter", "Counter", office.Teller, (*Server).counter),
		get("/drawer", "", office.Teller|office.Operate|office.Supervisor, (*Server).drawer),
		get("/slips/{key}", "", office.Everyone, (*Server).slipPage),
		get("/counter/{purse}", "", office.Teller, (*Server).counterPurse),
		get("/counter/{purse}/confirm", "", office.Teller, (*Server).counterConfirm),
		get("/purses", "People", office.Everyone, (*Server).people),
		get("/purses/{purse}", "", office.Everyone, (*Server).purse),
		get("/bills", "Bills", office.Everyone, (*Server).bills),
		get("/bills/{entry}", "", office.Everyone, (*Server).bill),
		get("/bills/{entry}/evidence", "", office.Everyone, (*Server).billEvidence),
		get("/bills/{entry}/chain", "", office.Everyone, (*Server).chainExport),
		get("/cases", "Fraud", office.Everyone, (*Server).cases),
		get("/cases/{purse}", "", office.Everyone, (*Server).caseOf),
		get("/cases/{purse}/evidence", "", office.Everyone, (*Server).caseEvidence),
		get("/suspense", "Suspense", office.Everyone, (*Server).suspense),
		get("/payouts", "Payouts", office.Everyone, (*Server).payouts),
		get("/enrolment", "Enrolment", office.Everyone, (*Server).enrolment),
		get("/enrolment/{purse}", "", office.Operate, (*Server).identify),
		post("/enrolment/{purse}", office.Operate, (*Server).identified),
		get("/dormant", "Dormant", office.Everyone, (*Server).dormant),
		get("/complaints", "Complaints", office.Everyone, (*Server).complaints),
		post("/complaints", writes, (*Server).complain),
		get("/complaints/{number}", "", office.Everyone, (*Server).complaint),
		get("/complaints/{number}/file", "", office.Everyone, (*Server).complaintFile),
		post("/complaints/{number}/note", writes, (*Server).noteComplaint),
		post("/complaints/{number}/close", office.Operate, (*Server).closeComplaint),
		get("/exports", "Exports", office.Operate|office.Approve|office.Supervisor, (*Server).exports),
		get("/exports/large", "", office.Operate|office.Approve|office.Supervisor, (*Server).exportLarge),
		get("/charter", "Charter", office.Everyone, (*Server).charter),
		get("/charter/next", "", office.Everyone, (*Server).nextCharter),
		get("/charter/next/file", "", office.Operate|office.Approve, (*Server).nextCharterFile),
		get("/charter/paper", "", office.Everyone, (*Server).paper),
	}
}
