package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

func command(argv ...string) spec.Executor {
	return spec.Executor{Argv: argv, TailBytes: 1024, GraceSeconds: 5}
}

// ran runs inputs and one executor and fails unless the stage itself ended well.
func ran(t testing.TB, e spec.Executor) (*pod, outcome) {
	t.Helper()
	p := newPod(t, e)
	if o := p.inputs(); o.code != 0 {
		t.Fatalf("inputs: %+v", o)
	}
	o := p.executor(0)
	if o.code != 0 {
		t.Fatalf("executor: %+v", o)
	}
	return p, o
}

func TestArgvReachesTheCommandUntouched(t *testing.T) {
	want := []string{"", " ", "a b", `"'\`, "$(HOME)", "$$", "$HOME", "*", "line\nbreak", "ü€😀", "--", strings.Repeat("x", 100_000)}
	_, o := ran(t, command(append([]string{"child", "argv"}, want...)...))
	var got []string
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %.200q, %v", got, err)
	}
}

func TestTheCommandGetsTheImagesEnvironmentAndItsOwn(t *testing.T) {
	e := command("child", "env")
	e.Env = []string{"A=$(B) $$ \n", "IMAGE=replaced", "EMPTY=", "PATH=/nowhere:/bin", "GOMEMLIMIT=1"}
	p := newPod(t, e)
	image := []string{"HOME=/nowhere", "EMPTY_TOO="}
	p.env = append([]string{"PATH=/usr/bin", "IMAGE=old", "KUBERNETES_SERVICE_HOST=10.0.0.1", "KUBERNETES_PORT_443_TCP=x"}, image...)
	p.inputs()
	var got []string
	want := append(image, e.Env...)
	err := json.Unmarshal([]byte(p.executor(0).stdout), &got)
	// An emulator may bring the image's variables in another order.
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestExitCodesAreRecordedAndTheStageEndsWell(t *testing.T) {
	for _, test := range []struct {
		name   string
		argv   []string
		code   int
		signal int
		said   string
	}{
		{"success", []string{"child", "exit", "0"}, 0, 0, ""},
		{"failure", []string{"child", "exit", "3"}, 3, 0, ""},
		{"SIGKILL", []string{"child", "die", "9"}, 137, 9, ""},
		{"SIGTERM by itself", []string{"child", "die", "15"}, 143, 15, ""},
		{"not in PATH", []string{"nowhere"}, 127, 0, `orrery: "nowhere": command not found in PATH "/bin"`},
		{"no such file", []string{"/bin/nowhere"}, 127, 0, "no such file"},
		{"empty name", []string{""}, 127, 0, "not found"},
		{"a folder", []string{"/bin"}, 126, 0, "cannot be executed: permission denied"},
		{"no right to execute", []string{"/dev/termination-log"}, 126, 0, "permission denied"},
		{"argument too long", []string{"child", strings.Repeat("x", 1<<18)}, 126, 0, "argument list too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, o := ran(t, command(test.argv...))
			r := p.result(0)
			if r.ExitCode == nil || *r.ExitCode != test.code || r.Signal != test.signal || r.Failure != nil {
				t.Errorf("got %s", o.message)
			}
			if !strings.Contains(o.stderr, test.said) || r.StderrBytes != int64(len(o.stderr)) {
				t.Errorf("stderr %q, %d bytes recorded", o.stderr, r.StderrBytes)
			}
			if r.EndedAt.Before(r.StartedAt) || time.Since(r.StartedAt) > time.Minute {
				t.Errorf("times %v, %v", r.StartedAt, r.EndedAt)
			}
		})
	}
}

func TestTheCommandRunsInItsWorkdirAsTheImagesUser(t *testing.T) {
	for _, uid := range []int{0, 12345} {
		e := command("child", "identity")
		e.Workdir = "/work/made/here"
		p := newPod(t, e)
		p.uid = uid
		p.inputs()
		o := p.executor(0)
		var got struct {
			UID, PPID int
			CWD       string
		}
		if err := json.Unmarshal([]byte(o.stdout), &got); err != nil {
			t.Fatalf("%+v", o)
		}
		if got.UID != uid || got.PPID != 1 || !strings.HasSuffix(got.CWD, "/work/made/here") {
			t.Errorf("got %+v", got)
		}
	}
}

func TestWhatPreventsTheCommandIsAFailureWithoutExitCode(t *testing.T) {
	with := func(change func(*spec.Executor)) spec.Executor {
		e := command("child", "exit", "0")
		change(&e)
		return e
	}
	for _, test := range []struct {
		name, code, said string
		uid              int
		e                spec.Executor
	}{
		{"workdir is a file", record.WorkdirUnusable, "/bin/child", 0, with(func(e *spec.Executor) { e.Workdir = "/bin/child/x" })},
		{"workdir without right", record.WorkdirUnusable, "the image's user has no permission there", 12345, with(func(e *spec.Executor) { e.Workdir = "/new" })},
		{"stdin missing", record.StdinMissing, "/work/in", 0, with(func(e *spec.Executor) { e.Stdin = "/work/in" })},
		{"stdin is a folder", record.StdinMissing, "not a file", 0, with(func(e *spec.Executor) { e.Stdin = "/work" })},
		{"stdout is a folder", record.FileUnplaceable, "stdout", 0, with(func(e *spec.Executor) { e.Stdout = "/work" })},
		{"stderr without right", record.FileUnplaceable, "stderr", 12345, with(func(e *spec.Executor) { e.Stderr = "/bin/err" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPod(t, test.e)
			p.uid = test.uid
			p.inputs()
			o := p.executor(0)
			r := p.result(0)
			if o.code != 0 || r.ExitCode != nil || r.Failure == nil || r.Failure.Code != test.code {
				t.Fatalf("%+v", o)
			}
			if !strings.Contains(r.Failure.Message, test.said) {
				t.Errorf("said %q", r.Failure.Message)
			}
		})
	}
}

func TestStreamFiles(t *testing.T) {
	t.Run("each stream goes to its file, the log and its tail, and folders are made", func(t *testing.T) {
		e := command("child", "mixed")
		e.Stdout, e.Stderr = "/work/deep/out", "/work/other/err"
		p, o := ran(t, e)
		if p.read("work/deep/out") != o.stdout || !strings.HasPrefix(o.stdout, "0\n2\n4\n") {
			t.Errorf("stdout %q", o.stdout)
		}
		if p.read("work/other/err") != o.stderr || p.read(".orrery/records/executor-0/stderr.tail") != o.stderr {
			t.Errorf("stderr %q", o.stderr)
		}
	})
	t.Run("one file for both keeps the order of writing", func(t *testing.T) {
		e := command("child", "mixed")
		e.Stdout, e.Stderr = "/work/both", "/work/both"
		p, _ := ran(t, e)
		if got := p.read("work/both"); !strings.HasPrefix(got, "0\n1\n2\n3\n") || strings.Count(got, "\n") != 200 {
			t.Errorf("got %q", got)
		}
	})
	t.Run("stdin is the file", func(t *testing.T) {
		e := command("child", "copy")
		e.Stdin = "/bin/child"
		_, o := ran(t, e)
		if image, _ := os.ReadFile(binaries + "/child"); o.stdout != string(image) {
			t.Errorf("got %d bytes of %d", len(o.stdout), len(image))
		}
	})
}

func TestAFloodLeavesTheTail(t *testing.T) {
	e := command("child", "flood", "64")
	e.Stdout = "/work/out"
	p, o := ran(t, e)
	want := int64(64<<20 + len("the end"))
	if r := p.result(0); r.StdoutBytes != want || int64(len(p.read("work/out"))) != want {
		t.Errorf("%+v", r)
	}
	if len(o.stdout) > 16<<20 || !strings.Contains(o.stdout, "bytes are not in this log") {
		t.Errorf("%d bytes in the container's log", len(o.stdout))
	}
	if tail := p.read(".orrery/records/executor-0/stdout.tail"); len(tail) != 1024 || !strings.HasSuffix(tail, "the end") {
		t.Errorf("tail of %d bytes", len(tail))
	}
}

func TestAFloodKeepsMemoryBounded(t *testing.T) {
	if len(raceFlags) > 0 || emulator() != "" {
		t.Skip("the race detector and the emulator take memory of their own")
	}
	_, o := ran(t, command("child", "memory", "64"))
	if kibibytes := peakOf(t, o); kibibytes > 16<<10 {
		t.Errorf("the shim took %d KiB", kibibytes)
	}
}

// peakOf is the most memory that the shim has had, in KiB, as the child "memory" tells it.
func peakOf(t testing.TB, o outcome) int {
	t.Helper()
	var kibibytes int
	if _, err := fmt.Sscanf(o.stderr, "VmHWM: %d kB", &kibibytes); err != nil || len(o.stdout) < 1<<20 {
		t.Fatalf("stderr %q: %v", o.stderr, err)
	}
	return kibibytes
}

func TestAClosedLogDoesNotEndTheStage(t *testing.T) {
	e := command("child", "mixed")
	e.Stdout = "/work/out"
	p := newPod(t, e)
	p.inputs()
	reader, log, err := os.Pipe()
	p.must(err)
	p.must(reader.Close())
	p.log = log
	if o := p.executor(0); o.code != 0 || strings.Count(p.read("work/out"), "\n") != 100 {
		t.Errorf("%+v", o)
	}
}

func TestAStopSignalToTheCommandsGroupDoesNotReachTheShim(t *testing.T) {
	p, o := ran(t, command("child", "group"))
	if r := p.result(0); r.Signalled || r.Signal != 15 {
		t.Errorf("%+v", o)
	}
}

func TestNoSignalOfTheCommandEndsTheShim(t *testing.T) {
	if emulator() != "" {
		t.Skip("the first process is the emulator, which has handlers of its own")
	}
	p, o := ran(t, command("child", "strike"))
	if r := p.result(0); r.Signalled || r.ExitCode == nil || *r.ExitCode != 0 || o.stdout != "struck\n" {
		t.Errorf("%+v", o)
	}
}

func TestAStopSignalOfTheCommandCountsAsOneFromOutside(t *testing.T) {
	p := newPod(t, command("child", "stop"))
	p.inputs()
	if o := p.executor(0); o.code != 143 || !p.result(0).Signalled {
		t.Errorf("%+v", o)
	}
}

func TestADaemonThatKeepsTheStreamsDoesNotKeepTheStage(t *testing.T) {
	before := time.Now()
	p, o := ran(t, command("child", "orphan"))
	if o.stdout != "parent\n" || time.Since(before) > 5*time.Second {
		t.Errorf("%+v after %v", o, time.Since(before))
	}
	if r := p.result(0); *r.ExitCode != 0 {
		t.Errorf("%+v", r)
	}
}

func TestOrphansAreReaped(t *testing.T) {
	if _, o := ran(t, command("child", "orphans")); o.stdout != "0\n" {
		t.Errorf("zombies: %s", o.stdout)
	}
}
