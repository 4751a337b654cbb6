package stellar

import (
	"strings"
	"unicode"

	"github.com/stellar/go-stellar-sdk/xdr"
)

const opSuccess = "op_success"

// transactionCode is Horizon's name for a transaction's result: TransactionResultCodeTxBadSeq is "tx_bad_seq".
func transactionCode(code xdr.TransactionResultCode) string {
	if code == xdr.TransactionResultCodeTxNoAccount {
		return "tx_no_source_account"
	}
	return snake(strings.TrimPrefix(code.String(), "TransactionResultCode"))
}

// operationCode is Horizon's name for an operation's result: PaymentResultCodePaymentNoTrust is "op_no_trust".
func operationCode(result xdr.OperationResult) string {
	if result.Code == xdr.OperationResultCodeOpNoAccount {
		return "op_no_source_account"
	}
	if result.Code != xdr.OperationResultCodeOpInner {
		return snake(strings.TrimPrefix(result.Code.String(), "OperationResultCode"))
	}
	name, err := result.Tr.MapOperationResultTr()
	if err != nil {
		return "op_unknown"
	}
	operation, code, _ := strings.Cut(name, "ResultCode")
	code = snake(strings.TrimPrefix(code, operation))
	if code == "already_exist" {
		return "op_already_exists"
	}
	return "op_" + code
}

// snake writes CamelCase as snake_case.
func snake(camel string) string {
	var out strings.Builder
	for i, c := range camel {
		if unicode.IsUpper(c) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(c))
	}
	return out.String()
}
