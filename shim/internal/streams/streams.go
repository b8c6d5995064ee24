package streams

import (
	"errors"
	"fmt"
	"os"
	"time"

	"orrery.dev/shim/internal/files"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/tail"
)

const (
	// quietTime is granted to what the command left running to write its last words (bash's ">(tee log)" ends after its
	// command); a daemon that keeps the stream open costs no more than this.
	quietTime = time.Second
	// drainTime bounds the reading after everything was killed; only a process stuck in the kernel uses it up.
	drainTime = 10 * time.Second
)

// Streams are the standard streams of one command.
type Streams struct {
	stdin  *os.File // nil: the container's own, which the runtime has connected to /dev/null
	stdout *pump
	stderr *pump // the same as stdout when the task names one file for both
	names  Names
}

// Names are the stream files of a command; empty means none.
type Names struct{ Stdin, Stdout, Stderr string }

// Open opens the stream files, making their folders, and keeps tails of the given size. An error is a *record.Failure
// when the task or its image is the reason.
func Open(names Names, tailBytes int) (*Streams, error) {
	s := &Streams{names: names}
	var err error
	if s.stdin, err = openStdin(names.Stdin); err != nil {
		return nil, err
	}
	if s.stdout, err = newPump("stdout", names.Stdout, tailBytes, os.Stdout); err != nil {
		return nil, err
	}
	if s.isMerged() {
		// One pipe for both, because only that keeps the order in which the command wrote.
		s.stderr = s.stdout
		return s, nil
	}
	s.stderr, err = newPump("stderr", names.Stderr, tailBytes, os.Stderr)
	return s, err
}

func (s *Streams) isMerged() bool { return s.names.Stdout != "" && s.names.Stdout == s.names.Stderr }

func (s *Streams) pumps() []*pump {
	if s.isMerged() {
		return []*pump{s.stdout}
	}
	return []*pump{s.stdout, s.stderr}
}

// Descriptors are for the command.
func (s *Streams) Descriptors() [3]uintptr {
	stdin := os.Stdin
	if s.stdin != nil {
		stdin = s.stdin
	}
	return [3]uintptr{stdin.Fd(), s.stdout.writer.Fd(), s.stderr.writer.Fd()}
}

// Complain writes a sentence of the shim where the command's own complaints go; only before Begin.
func (s *Streams) Complain(sentence string) { s.stderr.take([]byte("orrery: " + sentence + "\n")) }

// KeepTails has both tails saved while they grow, in the form that tail.ReadLive reads; only before Begin.
func (s *Streams) KeepTails(stdout, stderr func(live []byte)) {
	s.stdout.keeper.save = stdout
	if !s.isMerged() {
		s.stderr.keeper.save = stderr
	}
}

// Begin starts to copy; the command must have its descriptors by now.
func (s *Streams) Begin() {
	if s.stdin != nil {
		_ = s.stdin.Close()
	}
	for _, p := range s.pumps() {
		p.start()
	}
}

// Finish ends the copying after the command has ended: what it left behind may write for a moment, then killRest must
// end it. An error means that a stream file is not whole.
func (s *Streams) Finish(killRest func()) error {
	deadline := time.Now().Add(quietTime)
	for _, p := range s.pumps() {
		p.waitUntil(deadline)
	}
	killRest()
	var first error
	for _, p := range s.pumps() {
		if err := p.finish(drainTime); first == nil {
			first = err
		}
	}
	return first
}

// Stdout is the tail of stdout; it holds both streams when they share a file.
func (s *Streams) Stdout() *tail.Ring { return s.stdout.ring }

// Stderr is the tail of stderr; it is empty when stderr shares stdout's file.
func (s *Streams) Stderr() *tail.Ring {
	if s.isMerged() {
		return tail.New(0)
	}
	return s.stderr.ring
}

func openStdin(path string) (*os.File, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeCharDevice == 0 {
		// Opening a named pipe would wait for a writer for ever.
		err = errors.New("it is not a file")
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, &record.Failure{
			Code:    record.StdinMissing,
			Message: fmt.Sprintf("stdin cannot be read from %s: %s.", path, files.Reason(err)),
		}
	}
	return f, nil
}
