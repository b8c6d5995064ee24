package process

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestCandidatesFollowPath(t *testing.T) {
	for _, test := range []struct {
		name, path string
		want       []string
	}{
		{"a", "/x:/y", []string{"/x/a", "/y/a"}},
		{"a", "", []string{"./a"}},
		{"a", "/x::rel", []string{"/x/a", "./a", "rel/a"}},
		{"./a", "/x", []string{"./a"}},
		{"/b/a", "/x", []string{"/b/a"}},
		{"", "/x", []string{""}},
	} {
		if got := candidates(test.name, test.path); !slices.Equal(got, test.want) {
			t.Errorf("%q in %q: %q", test.name, test.path, got)
		}
	}
}

// run starts a command from a folder with the given files and returns its exit code.
func run(t *testing.T, path string, argv ...string) (int, string) {
	t.Helper()
	t.Setenv("PATH", path)
	supervisor := Supervise()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	pid, err := Start(Program{Argv: argv, Env: os.Environ(), Files: [3]uintptr{null.Fd(), null.Fd(), null.Fd()}})
	runtime.KeepAlive(null)
	var refused *StartError
	if errors.As(err, &refused) {
		return refused.ExitCode, refused.Message
	}
	return supervisor.Wait(pid, Patience{Grace: time.Minute}).ExitCode(), ""
}

func TestStartFindsCommandsAsAShell(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for name, file := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"script":         {"#!/bin/sh\nexit 11\n", 0o755},
		"plain":          {"exit 12\n", 0o755},
		"foreign":        {"\x7fELF\x02\x01\x01\x00rest", 0o755},
		"binary":         {"\x00\x01\x02", 0o755},
		"lost":           {"#!/nowhere/sh\n", 0o755},
		"denied/both":    {"#!/bin/sh\nexit 13\n", 0o644},
		"allowed/both":   {"#!/bin/sh\nexit 14\n", 0o755},
		"denied/onlyone": {"", 0o644},
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, path, command string
		code                int
		said                string
	}{
		{"an absolute name", "", filepath.Join(folder, "script"), 11, ""},
		{"a name relative to the workdir", "/bin", "./script", 11, ""},
		{"an empty element of PATH is the workdir", "/nowhere:", "script", 11, ""},
		{"a script without an interpreter line runs in sh", "/bin", "./plain", 12, ""},
		{"a binary of another machine cannot be executed", "/bin", "./foreign", 126, "exec format error"},
		{"nor can data", "/bin", "./binary", 126, "exec format error"},
		{"a missing interpreter is named", "/bin", "./lost", 127, "interpreter"},
		{"the search goes on after a file without the right", "denied:allowed", "both", 14, ""},
		{"and ends with 126 when there is no other", "denied:allowed", "onlyone", 126, "permission denied"},
		{"a file used as a folder is not found", "/bin", "./script/x", 127, "no such file"},
		{"a name that is too long is not found", "/bin", strings.Repeat("x", 300), 127, "not found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if code, said := run(t, test.path, test.command); code != test.code || !strings.Contains(said, test.said) {
				t.Errorf("%d %q", code, said)
			}
		})
	}
}

func TestWithoutPathTheUsualFoldersAreSearched(t *testing.T) {
	pid, err := Start(Program{Argv: []string{"sh", "-c", "exit 5"}, Files: [3]uintptr{0, 1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil || status.ExitStatus() != 5 {
		t.Errorf("%v, %v", status, err)
	}
}

func TestEndingsSpeakAsAShell(t *testing.T) {
	for _, test := range []struct {
		script       string
		code, signal int
	}{{"exit 0", 0, 0}, {"exit 255", 255, 0}, {"kill -9 $$", 137, 9}, {"kill -ABRT $$", 134, 6}} {
		supervisor := Supervise()
		pid, err := Start(Program{Argv: []string{"/bin/sh", "-c", test.script}, Files: [3]uintptr{0, 1, 2}})
		if err != nil {
			t.Fatal(err)
		}
		if e := supervisor.Wait(pid, Patience{Grace: time.Minute}); e.ExitCode() != test.code || e.Signal() != test.signal || e.Signalled {
			t.Errorf("%s: %+v", test.script, e)
		}
	}
}

func TestACommandStartsWithoutIgnoredOrBlockedSignals(t *testing.T) {
	script := "test $(grep -cE '^Sig(Ign|Blk):.0+$' /proc/self/status) = 2"
	if code, said := run(t, "/usr/bin:/bin", "sh", "-c", script); code != 0 {
		t.Errorf("%d %s", code, said)
	}
}
