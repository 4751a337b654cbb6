package localnet

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// operationResult dresses what an operation returned: its own result type, or one of the network's
// codes for any operation.
func operationResult(kind xdr.OperationType, value any) xdr.OperationResult {
	if code, ok := value.(xdr.OperationResultCode); ok {
		return xdr.OperationResult{Code: code}
	}
	tr, err := xdr.NewOperationResultTr(kind, value)
	if err != nil {
		panic(err) // an operation returned another operation's result: a bug of this package
	}
	return xdr.OperationResult{Code: xdr.OperationResultCodeOpInner, Tr: &tr}
}

// innerCode is the operation's own result code. Every arm of the union has a field Code.
func innerCode(tr xdr.OperationResultTr) reflect.Value {
	arm, ok := tr.ArmForSwitch(int32(tr.Type))
	if !ok {
		panic("localnet: operation result without a type")
	}
	return reflect.ValueOf(tr).FieldByName(arm).Elem().FieldByName("Code")
}

func succeeded(r xdr.OperationResult) bool {
	return r.Code == xdr.OperationResultCodeOpInner && innerCode(*r.Tr).Int() == 0
}

// freshResults are the results before anything was tried: success, as the network starts out too.
func freshResults(t *transaction) []xdr.OperationResult {
	results := make([]xdr.OperationResult, len(t.inner.Tx.Operations))
	for i, op := range t.inner.Tx.Operations {
		results[i] = blankResult(op.Body.Type)
	}
	return results
}

// blankResult is a zero result of one type. A success that carries something carries a zero one; an
// operation that is not supported never succeeds.
func blankResult(kind xdr.OperationType) xdr.OperationResult {
	if _, ok := rules[kind]; !ok {
		return xdr.OperationResult{Code: xdr.OperationResultCodeOpNotSupported}
	}
	tr := xdr.OperationResultTr{Type: kind}
	arm, _ := tr.ArmForSwitch(int32(kind))
	field := reflect.ValueOf(&tr).Elem().FieldByName(arm)
	field.Set(reflect.New(field.Type().Elem()))
	switch kind {
	case xdr.OperationTypeAccountMerge:
		tr.AccountMergeResult.SourceAccountBalance = new(xdr.Int64)
	case xdr.OperationTypeCreateClaimableBalance:
		tr.CreateClaimableBalanceResult.BalanceId = &xdr.ClaimableBalanceId{V0: &xdr.Hash{}}
	case xdr.OperationTypePathPaymentStrictReceive:
		tr.PathPaymentStrictReceiveResult.Success = &xdr.PathPaymentStrictReceiveResultSuccess{Last: blankPayment()}
	case xdr.OperationTypePathPaymentStrictSend:
		tr.PathPaymentStrictSendResult.Success = &xdr.PathPaymentStrictSendResultSuccess{Last: blankPayment()}
	}
	return xdr.OperationResult{Code: xdr.OperationResultCodeOpInner, Tr: &tr}
}

func blankPayment() xdr.SimplePaymentResult {
	return xdr.SimplePaymentResult{Destination: xdr.AccountId{Ed25519: &xdr.Uint256{}}}
}

// result dresses an outcome. Below a fee bump the code goes into the inner result, whose own fee is 0.
func (t *transaction) result(o outcome, fee xdr.Int64) xdr.TransactionResult {
	if !t.feeBump() || o.outer {
		return xdr.TransactionResult{FeeCharged: fee, Result: xdr.TransactionResultResult{Code: o.code, Results: results(o)}}
	}
	code := xdr.TransactionResultCodeTxFeeBumpInnerFailed
	if o.ok() {
		code = xdr.TransactionResultCodeTxFeeBumpInnerSuccess
	}
	pair := xdr.InnerTransactionResultPair{
		TransactionHash: t.innerHash,
		Result:          xdr.InnerTransactionResult{Result: xdr.InnerTransactionResultResult{Code: o.code, Results: results(o)}},
	}
	return xdr.TransactionResult{FeeCharged: fee, Result: xdr.TransactionResultResult{Code: code, InnerResultPair: &pair}}
}

// results are there for the two codes that carry them.
func results(o outcome) *[]xdr.OperationResult {
	if o.code != xdr.TransactionResultCodeTxSuccess && o.code != xdr.TransactionResultCodeTxFailed {
		return nil
	}
	ops := o.ops
	if ops == nil {
		ops = []xdr.OperationResult{}
	}
	return &ops
}

// codeNames are Horizon's names that do not follow from the name in the XDR.
var codeNames = map[string]string{
	"TxNoAccount":                            "tx_no_source_account",
	"TxBadMinSeqAgeOrGap":                    "tx_bad_minseq_age_or_gap",
	"OpNoAccount":                            "op_no_source_account",
	"CreateAccountAlreadyExist":              "op_already_exists",
	"PathPaymentStrictReceiveOverSendmax":    "op_over_source_max",
	"PathPaymentStrictReceiveOfferCrossSelf": "op_cross_self",
	"PathPaymentStrictSendUnderDestmin":      "op_under_dest_min",
	"PathPaymentStrictSendOfferCrossSelf":    "op_cross_self",
	"AllowTrustNoTrustLine":                  "op_no_trust",
	"AllowTrustTrustNotRequired":             "op_not_required",
	"SetTrustLineFlagsNoTrustLine":           "op_no_trust",
	"AccountMergeSeqnumTooFar":               "op_seq_num_too_far",
	"ChangeTrustNotAuthMaintainLiabilities":  "op_not_aut_maintain_liabilities", // sic
	"ManageDataNameNotFound":                 "op_data_name_not_found",
	"ManageDataInvalidName":                  "op_data_invalid_name",
	"ClawbackClaimableBalanceNotIssuer":      "op_no_issuer",
}

// codeName is Horizon's name for a result code: PaymentResultCodePaymentLineFull is op_line_full.
func codeName(code reflect.Value) string {
	enum := strings.TrimSuffix(code.Type().Name(), "Code") // PaymentResult
	name := strings.TrimPrefix(code.MethodByName("String").Call(nil)[0].String(), enum+"Code")
	if known, ok := codeNames[name]; ok {
		return known
	}
	switch enum {
	case "TransactionResult":
		return "tx" + snake(strings.TrimPrefix(name, "Tx"))
	case "OperationResult":
		return "op" + snake(strings.TrimPrefix(name, "Op"))
	default:
		return "op" + snake(strings.TrimPrefix(name, strings.TrimSuffix(enum, "Result")))
	}
}

func snake(camel string) string {
	var b strings.Builder
	for _, r := range camel {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func operationCode(r xdr.OperationResult) string {
	if r.Code != xdr.OperationResultCodeOpInner {
		return codeName(reflect.ValueOf(r.Code))
	}
	return codeName(innerCode(*r.Tr))
}

// resultCodes is the summary of a result that Horizon puts beside its XDR.
func resultCodes(r xdr.TransactionResult) horizon.TransactionResultCodes {
	codes := horizon.TransactionResultCodes{TransactionCode: codeName(reflect.ValueOf(r.Result.Code))}
	if r.Result.InnerResultPair != nil {
		codes.InnerTransactionCode = codeName(reflect.ValueOf(r.Result.InnerResultPair.Result.Result.Code))
	}
	ops, _ := r.OperationResults()
	for _, op := range ops {
		codes.OperationCodes = append(codes.OperationCodes, operationCode(op))
	}
	return codes
}
