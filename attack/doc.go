// Package attack holds no code. Its tests attack the real wallet, protocol and anchor together, one test for
// each attack, and say the honest outcome: who gets what money, which refusal is given, who is accused, by
// what proof, and who is not; that the books agree with the ledger, and that honest wallets replay.
//
//	go test ./attack -v
//
// A cheat has a phone with real keys and signs with them past its wallet: what it can do, anybody who opens
// a phone can do.
//
//	spending twice      ClonedPhone, RolledBackPhone, EquivocationByNumber, EquivocationByTotal,
//	                    EquivocationAcrossTwoSheets, OmittedSpendAtRefresh
//	spending income     DoublePledgedIncomeSamePurse, …TwoPurses, …TwoAccounts, …TwoAnchors, …AnotherCurrency,
//	                    PayoutAndRespend, PayoutAndRespendAcrossAChangeOfKind
//	dates               FutureDatedBill, BackDatedBill, RedeemAfterLapse, ClockAYearAhead, ClockAYearBehind
//	playing along       CollusionPayerAndPayee, CollusionPayeeAndNextPayee, CollusionToMilkTheGuarantee,
//	                    CollusionManyPursesOfOneAccount, CollusionHeldBack, CollusionHeldBackFromTheGuarantee
//	replay              ReplayAtAnotherAnchor, ReplayAtAnotherNetwork, ReplayAtAnotherPayee, RelabelledDocumentType
//	bombs               BundleBombDepth, …FanIn, …Size, …Cycles, …Compressed
//	signatures          TorsionSignatures
//	news                StaleNotice, ForgedAccusation
//	merchants           MerchantAltersCost, PayeeRefusesToConfirm, LookAlikeNames
package attack
