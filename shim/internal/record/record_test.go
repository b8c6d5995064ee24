package record

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"
)

func TestWriteReplacesWhateverWasPlanted(t *testing.T) {
	for name, plant := range map[string]func(path string) error{
		"nothing": func(string) error { return nil },
		"a file":  func(path string) error { return os.WriteFile(path, []byte("forged"), 0o400) },
		"a link":  func(path string) error { return os.Symlink("victim", path) },
		"a folder": func(path string) error {
			return os.MkdirAll(filepath.Join(path, "deep"), 0o755)
		},
	} {
		for _, file := range []string{"r.json", ".r.json.tmp"} {
			t.Run(name+" at "+file, func(t *testing.T) {
				folder := t.TempDir()
				if err := plant(filepath.Join(folder, file)); err != nil {
					t.Fatal(err)
				}
				if err := Write(folder, "r.json", []byte("true"), 0o644); err != nil {
					t.Fatal(err)
				}
				got, err := Read(folder, "r.json", 10)
				entries, _ := os.ReadDir(folder)
				if string(got) != "true" || err != nil || len(entries) != 1 {
					t.Errorf("%q, %v, %v", got, err, entries)
				}
			})
		}
	}
}

func TestReadTakesRegularFilesOfABoundedSizeOnly(t *testing.T) {
	for name, plant := range map[string]func(path string) error{
		"a link":       func(path string) error { return os.Symlink("/etc/hostname", path) },
		"a named pipe": func(path string) error { return syscall.Mkfifo(path, 0o666) },
		"a folder":     func(path string) error { return os.Mkdir(path, 0o755) },
		"a long file":  func(path string) error { return os.WriteFile(path, make([]byte, 11), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := plant(filepath.Join(folder, "r")); err != nil {
				t.Fatal(err)
			}
			if data, err := Read(folder, "r", 10); err == nil {
				t.Errorf("read %q", data)
			}
			if !Exists(folder, "r") {
				t.Error("it does not exist")
			}
		})
	}
}

func TestReadJSONTellsAbsentFromDamaged(t *testing.T) {
	folder := t.TempDir()
	if _, found, err := ReadJSON[Result](folder, ResultFile); found || err != nil {
		t.Errorf("absent: %v, %v", found, err)
	}
	if err := Write(folder, ResultFile, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, found, err := ReadJSON[Result](folder, ResultFile); found || err == nil {
		t.Errorf("damaged: %v, %v", found, err)
	}
}

func TestStopsTask(t *testing.T) {
	zero, one := 0, 1
	for _, test := range []struct {
		name                string
		result              Result
		stops, stopsIgnored bool
	}{
		{"exit 0", Result{ExitCode: &zero}, false, false},
		{"exit 1", Result{ExitCode: &one}, true, false},
		{"killed", Result{Killed: true}, true, false},
		{"exit 0 after a stop signal", Result{ExitCode: &zero, Signalled: true}, true, false},
		{"exit 0 after the run deadline", Result{ExitCode: &zero, TimedOut: true}, true, true},
		{"never started", Result{Failure: &Failure{}}, true, true},
		{"skipped", Result{Skipped: true}, true, true},
	} {
		if got := test.result.StopsTask(); got != test.stops {
			t.Errorf("%s: %v", test.name, got)
		}
		test.result.IgnoreError = true
		if got := test.result.StopsTask(); got != test.stopsIgnored {
			t.Errorf("%s, ignored: %v", test.name, got)
		}
	}
}

func TestAMessageFitsItsLimit(t *testing.T) {
	build := func(f *Failure) any { return Inputs{Failure: f} }
	for _, text := range []string{strings.Repeat("x", 5000), strings.Repeat("€", 5000), strings.Repeat("\x01", 5000)} {
		for limit := 160; limit < 600; limit++ {
			message, err := fit(limit, &Failure{Code: "PathRefused", Message: text}, build)
			if err != nil || len(message) > limit || len(message) < limit-20 || !json.Valid(message) || !utf8.Valid(message) {
				t.Fatalf("limit %d: %d bytes %q, %v", limit, len(message), message, err)
			}
		}
	}
}

func TestJSONKeepsCharactersAsTheyAre(t *testing.T) {
	got, err := Compact(map[string]string{"a": "<&>\n"})
	if err != nil || string(got) != `{"a":"<&>\n"}` {
		t.Errorf("%s, %v", got, err)
	}
}
