package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"

	"kula/localnet"
	"kula/nearby/qr"
	"kula/protocol"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits CODE PROGRAM ARGS... runs a program that must end with that code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	got := 0
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v ended with %d (%v), not %d", args[1:], got, err, want)
	}
}

// spoil FILE OUT turns over one bit of the last signature of a payment.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	data[len(data)-8] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}

// accuse OUT PAYMENT BILL PAYMENT BILL CHARTER makes the proof that the two payments contradict each other.
func accuse(ts *testscript.TestScript, _ bool, args []string) {
	n := protocol.NewNetwork(localnet.Passphrase)
	proof := protocol.NewBundle(n)
	read := func(file string) *protocol.Bundle {
		data, err := qr.Open(ts.MkAbs(file), nil)
		ts.Check(err)
		b, err := protocol.DecodeBundle(n, data, proof.Get, protocol.MailBounds)
		ts.Check(err)
		proof.AddAll(b)
		return b
	}
	read(args[2])
	first := protocol.All[*protocol.Entry](read(args[1]))[0]
	read(args[4])
	second := protocol.All[*protocol.Entry](read(args[3]))[0]
	read(args[5])
	sheet, _ := protocol.Find[*protocol.Sheet](proof, first.Sheet)
	proof.AddRoot(protocol.NewFraudProof(n, sheet.Purse, first, second))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), proof.Encode(), 0o600))
}
