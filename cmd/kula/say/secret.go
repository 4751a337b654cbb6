package say

import (
	"bufio"
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
	if !secret || !term.IsTerminal(stdin) {
		return readLine(os.Stdin)
	}
	answer, err := term.ReadPassword(stdin)
	_, _ = fmt.Fprintln(v.Err)
	return string(answer), err
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
