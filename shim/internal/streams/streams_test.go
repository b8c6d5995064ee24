package streams

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/tail"
)

// feed opens the streams, writes to both as a command would, and ends them.
func feed(t *testing.T, names Names, out, err string) (*Streams, error) {
	t.Helper()
	s, failure := Open(names, 64)
	if failure != nil {
		return nil, failure
	}
	descriptors := s.Descriptors()
	for i, text := range []string{out, err} {
		fd, dupErr := syscall.Dup(int(descriptors[i+1]))
		if dupErr != nil {
			t.Fatal(dupErr)
		}
		f := os.NewFile(uintptr(fd), "stream")
		go func() {
			defer f.Close()
			_, _ = io.WriteString(f, text)
		}()
	}
	s.Begin()
	return s, s.Finish(func() {})
}

func TestStreamsStayApart(t *testing.T) {
	folder := t.TempDir()
	names := Names{Stdout: filepath.Join(folder, "a/out"), Stderr: filepath.Join(folder, "b/err")}
	s, err := feed(t, names, "first", strings.Repeat("x", 1_000_000)+"last")
	if err != nil {
		t.Fatal(err)
	}
	stderr, _ := os.ReadFile(names.Stderr)
	stdout, _ := os.ReadFile(names.Stdout)
	if string(stdout) != "first" || len(stderr) != 1_000_004 {
		t.Errorf("files %q, %d bytes", stdout, len(stderr))
	}
	if string(s.Stdout().Bytes()) != "first" || len(s.Stderr().Bytes()) != 64 || s.Stderr().Total() != 1_000_004 {
		t.Errorf("tails %q, %q", s.Stdout().Bytes(), s.Stderr().Bytes())
	}
}

func TestOneFileForBothHoldsBothInOneTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "both")
	s, err := feed(t, Names{Stdout: path, Stderr: path}, "out", "err")
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); len(text) != 6 || s.Stdout().Total() != 6 || s.Stderr().Total() != 0 {
		t.Errorf("file %q, tails %d and %d", text, s.Stdout().Total(), s.Stderr().Total())
	}
}

func TestAFullDiskIsAFailureAfterEverythingWasRead(t *testing.T) {
	s, err := feed(t, Names{Stdout: "/dev/full"}, strings.Repeat("x", 1_000_000), "")
	if err == nil {
		t.Fatal("no failure")
	}
	var failure *record.Failure
	want := "stdout cannot be written to /dev/full: no space left on device."
	if !errors.As(err, &failure) || failure.Code != record.FileUnplaceable || failure.Message != want {
		t.Errorf("got %v", err)
	}
	if s.Stdout().Total() != 1_000_000 {
		t.Errorf("read %d bytes", s.Stdout().Total())
	}
}

func TestNamedPipesInTheWayDoNotBlock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, names := range []Names{{Stdin: path}, {Stdout: path}, {Stderr: path}} {
		if _, err := Open(names, 64); err == nil {
			t.Errorf("%+v: no failure", names)
		}
	}
}

func TestALogThatHasGoneIsGivenUp(t *testing.T) {
	reader, log, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	p, err := newPump("stdout", filepath.Join(t.TempDir(), "out"), 64, log)
	if err != nil {
		t.Fatal(err)
	}
	p.take([]byte("a"))
	p.take([]byte("b"))
	if p.log.out != nil || string(p.ring.Bytes()) != "ab" || p.fileErr != nil {
		t.Errorf("%+v", p)
	}
}

func TestATailIsKeptWhileItGrows(t *testing.T) {
	s, err := Open(Names{}, 64)
	if err != nil {
		t.Fatal(err)
	}
	kept := make(chan string, 100)
	s.KeepTails(func(live []byte) {
		data, _ := tail.ReadLive(live)
		kept <- string(data)
	}, func([]byte) { t.Error("stderr said nothing") })
	writer, err := syscall.Dup(int(s.Descriptors()[1]))
	if err != nil {
		t.Fatal(err)
	}
	s.Begin()
	_, _ = syscall.Write(writer, []byte("a"))
	if first := <-kept; first != "a" {
		t.Errorf("first %q", first)
	}
	for range 10 {
		_, _ = syscall.Write(writer, []byte("b"))
	}
	for last := ""; last != "abbbbbbbbbb"; {
		select {
		case last = <-kept:
		case <-time.After(10 * time.Second):
			t.Fatalf("the last one kept is %q", last)
		}
	}
	_ = syscall.Close(writer)
	if err := s.Finish(func() {}); err != nil {
		t.Error(err)
	}
}

func TestAFloodIsLeftOutOfTheLogAndCounted(t *testing.T) {
	var log bytes.Buffer
	now := time.Unix(0, 0)
	l := newLimitedLog(&log, func() time.Time { return now })
	chunk := bytes.Repeat([]byte("x"), logRate)
	for range logBurst/logRate + 3 {
		l.write(chunk)
	}
	if log.Len() != logBurst {
		t.Fatalf("%d bytes passed", log.Len())
	}
	now = now.Add(time.Second)
	l.write([]byte("on"))
	want := "x\n[... 393216 bytes are not in this log: they came too fast ...]\non"
	if text := log.String(); !strings.HasSuffix(text, want) {
		t.Errorf("%.100q", text[max(0, len(text)-100):])
	}
	l.write(bytes.Repeat([]byte("x"), logBurst+1))
	l.tellOmitted()
	if !strings.HasSuffix(log.String(), "4194305 bytes are not in this log: they came too fast ...]\n") {
		t.Error("the end of the flood is not told")
	}
}

func TestAWriterThatStaysIsGivenUp(t *testing.T) {
	s, err := Open(Names{}, 64)
	if err != nil {
		t.Fatal(err)
	}
	stays, err := syscall.Dup(int(s.Descriptors()[1]))
	if err != nil {
		t.Fatal(err)
	}
	s.Begin()
	begin := time.Now()
	err = s.Finish(func() { _ = syscall.Close(stays) })
	if waited := time.Since(begin); err != nil || waited < quietTime || waited > quietTime+drainTime/2 {
		t.Errorf("%v after %v", err, waited)
	}
}
