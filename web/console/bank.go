package console

import (
	"context"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// Bank is what the console asks of the anchor. *anchor.Bank is one.
type Bank interface {
	Desk
	Charter(ctx context.Context) (*protocol.Charter, *protocol.Notice, error)
	Books(ctx context.Context) (*anchor.BooksView, error)
	Purse(ctx context.Context, id protocol.PurseID) (*anchor.PurseView, error)
	Purses(ctx context.Context, after int64, limit int) ([]anchor.PurseView, int64, error)
	Guarantee(ctx context.Context) ([]anchor.GuaranteeView, error)
	Suspense(ctx context.Context) ([]anchor.SuspenseView, error)
	Payouts(ctx context.Context, state anchor.PayoutState) ([]anchor.PayoutView, error)
	Cases(ctx context.Context) ([]anchor.CaseView, error)
	Drawer(ctx context.Context, officer string) (*anchor.DrawerReport, error)

	TellerIn(ctx context.Context, request anchor.TellerRequest) (*anchor.TellerSlip, error)
	TellerOut(ctx context.Context, request anchor.TellerRequest) (*anchor.TellerSlip, error)
	PlaceSuspense(ctx context.Context, operation int64, purse protocol.PurseID) error
	ReturnSuspense(ctx context.Context, operation int64) error
	RetryPayout(ctx context.Context, id int64) error
	ReturnPayout(ctx context.Context, id int64) error
	Freeze(ctx context.Context, purse protocol.PurseID) error
	Unfreeze(ctx context.Context, purse protocol.PurseID) error
	Revoke(ctx context.Context, purse, successor protocol.PurseID) error
	Close(ctx context.Context, request anchor.CloseRequest) error
	WriteOff(ctx context.Context, purse protocol.PurseID) error
	SetTier(ctx context.Context, purse protocol.PurseID, tier string) error
	Extend(ctx context.Context, from, to uint64) error
	FundGuarantee(ctx context.Context, request anchor.FundingRequest) (*anchor.Funding, error)
	LowerGuarantee(ctx context.Context, purse protocol.PurseID, guaranteed money.Amount) error
}
