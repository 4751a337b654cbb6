// Package phone is all that the phone's screens can ask of a wallet: commands go in by name, plain views come out.
//
// It joins wallet, the rules, with a Host, the device they run on: a journal, keys, a way to the bank, a clock. It
// knows neither browser nor JavaScript (package web/wasm does) and is tested natively. web/app/src/api.ts says what
// each command takes and gives; a test holds the two together.
//
// # What callers may rely on
//
//   - What a command answers, it has written down: Host.Append had returned before.
//   - When writing fails, the command fails with "journal_failed", and what it would have done has not happened.
//     Whether the record is in the journal after all is then unknown to nobody for long: the wallet is opened anew from
//     the journal before anything else is done with it.
//   - Several commands may run at once. Each act on the wallet is whole; a sync holds the wallet only while it reads
//     or writes it, so that the balance can be looked at, and a payment made, while the bank is slow. Two syncs wait
//     for each other.
//   - A command fails with a *Failure and nothing else: a code, what it is about, and a sentence.
package phone
