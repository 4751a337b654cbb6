package anchorcmd

import (
	"kula/cmd/kula/say"
)

// exampleCharter is charter.toml with every term there is.
const exampleCharter = `# The bank's charter, as people read it. Amounts are in units of the currency.
# After a change: raise the serial, then sign it anew with "kula anchor charter".
name     = "Bank of the Islands"
serial   = 1
endpoint = "{{.Endpoint}}"          # where wallets reach the bank

network_passphrase = "{{.Network}}"
horizon            = "{{.Horizon}}"

[lifetimes]
sheet_days        = 60     # how long a balance sheet can be spent from
redeem_days       = 60     # how much longer its payments can be brought to the bank (at least 45)
bill_days         = 60
card_days         = 365
grace_days        = 7      # what every lapse waits out
challenge_seconds = 600

[[asset]]
code     = "VUV"
issuer   = "{{.Issuer}}"
decimals = 0               # what screens show
step     = "1"             # the smallest amount that may change hands
load_fee   = { flat = "0", percent = "0" }
unload_fee = { flat = "0", percent = "0.5" }
payout_fee = { flat = "0", percent = "0" }
guarantee_cap_per_purse = "50000"
credit_line             = "0"

  [[asset.tier]]
  name        = "basic"
  per_bill    = "50000"
  max_spend   = "200000"
  max_holding = "300000"
  max_depth   = 12
  guaranteed_per_bill = "5000"

  [[asset.tier]]
  name        = "shop"
  per_bill    = "200000"
  max_spend   = "2000000"
  max_holding = "3000000"
  max_depth   = 12
  guaranteed_per_bill = "5000"
`

// Example is `kula anchor example`.
type Example struct{}

// Help shows examples.
func (Example) Help() string { return "Examples:\n  kula anchor example > charter.toml" }

// Run prints the terms to start from.
func (Example) Run(voice *say.Voice) error {
	text, err := exampleTerms(example{Issuer: "G… (the issuer's account)", Horizon: "https://horizon-testnet.stellar.org",
		Endpoint: "https://bank.example", Network: "Test SDF Network ; September 2015"})
	if err != nil {
		return err
	}
	_, err = voice.Out.Write(text)
	return err
}
