package tour

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// patience is how long one command, or the start of one server, may take.
const patience = 40 * time.Second

// kula runs one command of this same program to its end and decodes what it says with --json.
func (s *stage) kula(ctx context.Context, into any, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out, problem bytes.Buffer
	cmd := s.command(ctx, args)
	cmd.Stdout, cmd.Stderr = &out, io.MultiWriter(&problem, s.log)
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(problem.String())
		var told struct{ Code string }
		_ = json.Unmarshal([]byte(said[strings.LastIndexByte(said, '\n')+1:]), &told) // the last line, if it is a refusal
		return &refusal{told.Code, fmt.Errorf("kula %s: %w: %s", strings.Join(args, " "), err, said)}
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		return fmt.Errorf("kula %s said %q: %w", strings.Join(args, " "), out.String(), err)
	}
	return nil
}

// refusal is a command that said no, with the code that it gave.
type refusal struct {
	code string
	error
}

func (r *refusal) Unwrap() error { return r.error }

func refusedWith(err error, code string) bool {
	var r *refusal
	return errors.As(err, &r) && r.code == code
}

func (s *stage) command(ctx context.Context, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.self, append([]string{"--json"}, args...)...) //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), "HOME="+s.dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// server is a process of this same program that goes on until it is stopped.
type server struct {
	name string
	cmd  *exec.Cmd
	out  *json.Decoder
}

// serve starts a server and waits for the line in which it says that it is ready.
func (s *stage) serve(ctx context.Context, ready any, args ...string) (*server, error) {
	cmd := s.command(ctx, args)
	log, err := os.Create(filepath.Join(s.dir, args[0]+".log")) //nolint:gosec // in the tour's own directory
	if err != nil {
		return nil, err
	}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &server{name: strings.Join(args[:2], " "), cmd: cmd, out: json.NewDecoder(out)}
	s.running = append(s.running, p)
	if err := p.next(ready); err != nil {
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("kula %s did not start: %w: %s", p.name, err, text)
	}
	return p, nil
}

// next decodes the next thing the server says.
func (p *server) next(into any) error {
	said := make(chan error, 1)
	go func() { said <- p.out.Decode(into) }()
	select {
	case err := <-said:
		return err
	case <-time.After(patience):
		return errors.New("it said nothing")
	}
}

// wait lets the server end by itself.
func (p *server) wait() error {
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("kula %s failed: %w", p.name, err)
	}
	return nil
}

// stop ends the server as Ctrl-C would, and fails if it does not end cleanly.
func (p *server) stop() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.wait()
}
