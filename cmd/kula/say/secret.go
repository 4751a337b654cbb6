package say

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxSecret bounds a passphrase or a line of words.
const maxSecret = 4096

// SecretFile reads a secret from a file: its first line, without the line's end.
func SecretFile(path string) (string, error) {
	f, err := os.Open(path) //nolint:gosec // the path is the user's own argument
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	return firstLine(f)
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxSecret)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// Ask asks a question on the terminal; the answer is not echoed when it is secret.
func (v *Voice) Ask(question string, secret bool) (string, error) {
	_, _ = fmt.Fprint(v.Err, question+" ")
	stdin := int(os.Stdin.Fd()) //nolint:gosec // a file descriptor
	if !term.IsTerminal(stdin) {
		return v.answer(func() (string, error) { return readLine(os.Stdin) })
	}
	before, err := term.GetState(stdin)
	if err != nil {
		return "", err
	}
	answer, err := v.answer(func() (string, error) { return readTerminal(stdin, secret) })
	if secret || err != nil {
		_, _ = fmt.Fprintln(v.Err)
	}
	return answer, errors.Join(err, term.Restore(stdin, before)) // a question that was stopped had hidden the typing
}

func readTerminal(stdin int, secret bool) (string, error) {
	if !secret {
		return readLine(os.Stdin)
	}
	answer, err := term.ReadPassword(stdin)
	return string(answer), err
}

// answer waits for the person, or for Ctrl-C, which no read from a terminal notices by itself. The read is
// then left behind: the program is about to end.
func (v *Voice) answer(read func() (string, error)) (string, error) {
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := read()
		got <- line{text, err}
	}()
	select {
	case l := <-got:
		return l.text, l.err
	case <-v.Stop:
		return "", &Problem{Exit: Failed, Code: "stopped", What: "stopped at the question: nothing was done"}
	}
}

// NewSecret asks for a passphrase that is to be set: twice, where a person types it unseen, and never empty.
func (v *Voice) NewSecret(question string) (string, error) {
	first, err := v.Ask(question, true)
	if err != nil || !term.IsTerminal(int(os.Stdin.Fd())) { //nolint:gosec // a file descriptor
		return first, err
	}
	second, err := v.Ask("The same once more:", true)
	if err == nil && second != first {
		err = &Problem{Exit: Failed, Code: "passphrases_differ", What: "the two are not the same: nothing was made", Next: "start again"}
	}
	return first, err
}

// Sealing refuses a passphrase that seals nothing.
func Sealing(passphrase string, err error) (string, error) {
	if err == nil && passphrase == "" {
		return "", &Problem{Exit: Misused, Code: "empty_passphrase", What: "the passphrase is empty: it would protect nothing", Next: "choose one that nobody guesses, and write it down apart from the device"}
	}
	return passphrase, err
}

// readLine reads byte by byte, so that nothing of the next answer is taken from the pipe.
func readLine(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < maxSecret {
		if _, err := io.ReadFull(r, one); err != nil {
			if len(line) > 0 {
				break
			}
			return "", &Problem{Exit: Misused, Code: "no_answer", What: "there was no answer to the question",
				Next: "run this in a terminal, or give the answer by an option (see --help)"}
		}
		if one[0] == '\n' {
			break
		}
		line = append(line, one[0])
	}
	return strings.TrimRight(string(line), "\r"), nil
}

// Yes asks a question that only "yes" (or "y") answers in the affirmative.
func (v *Voice) Yes(question string) (bool, error) {
	answer, err := v.Ask(question+" [yes/no]", false)
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "yes" || answer == "y", err
}
