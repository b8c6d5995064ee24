package main

import (
	"os"
	"strings"
	"testing"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// carrying is a pod with a lone file at /etc/file that says "old"; the image has a file of that name too.
func carrying(t *testing.T, executors ...spec.Executor) *pod {
	t.Helper()
	for i := range executors {
		executors[i].Carried = []string{"/etc/file"}
	}
	p := newPod(t, executors...)
	s := stageOf(executors...)
	s.Contents = []spec.Content{{Path: "/etc/file", Data: []byte("old")}}
	p.specify(s)
	p.must(os.Mkdir(p.path("etc"), 0o755))
	p.must(os.WriteFile(p.path("etc/file"), []byte("image"), 0o644))
	p.must(os.WriteFile(p.path("etc/other"), []byte("image"), 0o644))
	if o := p.inputs(); o.code != 0 {
		t.Fatalf("%+v", o)
	}
	return p
}

func TestALoneFileIsBroughtInAndBack(t *testing.T) {
	const kept = ".orrery/scratch/root/etc/file"
	for _, test := range []struct {
		name, want string
		argv       []string
	}{
		{"written through", "old+", []string{"child", "append", "/etc/file", "+"}},
		{"replaced by rename", "new", []string{"child", "rename", "/etc/file", "new"}},
		{"left alone", "old", []string{"child", "exit", "0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := carrying(t, command(test.argv...))
			if o := p.executor(0); o.code != 0 || p.result(0).Failure != nil {
				t.Fatalf("%+v", o)
			}
			if got := p.read(kept); got != test.want || p.read("etc/other") != "image" {
				t.Errorf("got %q", got)
			}
		})
	}
	t.Run("removed", func(t *testing.T) {
		p := carrying(t, command("child", "remove", "/etc/file"))
		if o := p.executor(0); o.code != 0 || p.exists(kept) {
			t.Errorf("%+v", o)
		}
	})
	t.Run("seen by the next executor as the one before left it", func(t *testing.T) {
		read := command("child", "copy")
		read.Stdin = "/etc/file"
		p := carrying(t, command("child", "rename", "/etc/file", "new"), read)
		p.executor(0)
		if o := p.executor(1); o.stdout != "new" {
			t.Errorf("%+v", o)
		}
	})
	t.Run("stdout outside every folder of the task", func(t *testing.T) {
		e := command("child", "argv")
		e.Stdout, e.Carried = "/made/out", []string{"/made/out"}
		p, _ := ran(t, e)
		if got := p.read(".orrery/scratch/root/made/out"); got != "[]\n" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a replacement that nobody may read is kept", func(t *testing.T) {
		p := carrying(t, command("child", "rename", "/etc/file", "new"))
		p.must(os.Chmod(p.path("etc"), 0o777))
		p.uid = 12345
		p.executor(0)
		if info, err := os.Stat(p.path(kept)); err != nil || info.Mode().Perm() != 0o666 {
			t.Errorf("%v, %v", info, err)
		}
	})
}

func TestALoneFileThatCannotBePlacedIsAFailure(t *testing.T) {
	p := carrying(t, command("child", "exit", "0"))
	p.uid = 12345
	o := p.executor(0)
	r := p.result(0)
	if o.code != 0 || r.Failure == nil || r.Failure.Code != record.FileUnplaceable || r.ExitCode != nil {
		t.Fatalf("%+v", o)
	}
	if want := "/etc/file cannot be placed in the container: the image's user has no permission there."; r.Failure.Message != want {
		t.Errorf("said %q", r.Failure.Message)
	}
}

func TestOutputsBecomeReadable(t *testing.T) {
	e := command("child", "secret", "/work/a/b")
	e.Readable = []string{"/work/a/b", "/work/none"}
	p := newPod(t, e)
	p.uid = 12345
	p.inputs()
	if o := p.executor(0); o.code != 0 {
		t.Fatalf("%+v", o)
	}
	for name, want := range map[string]os.FileMode{"a": 0o755, "a/b": 0o755, "a/b/file": 0o644} {
		if info, err := os.Stat(p.path("work/" + name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestALinkInTheOutputsIsNotFollowed(t *testing.T) {
	for _, target := range []string{"/private", "private"} {
		e := command("child", "link", target, "/work/out")
		e.Readable = []string{"/work/out"}
		p := newPod(t, e)
		p.inputs()
		for _, folder := range []string{"private", "work/private"} {
			p.must(os.Mkdir(p.path(folder), 0o700))
		}
		if o := p.executor(0); o.code != 0 || strings.Contains(o.message, "failure") {
			t.Fatalf("%+v", o)
		}
		for _, folder := range []string{"private", "work/private"} {
			if info, _ := os.Stat(p.path(folder)); info.Mode().Perm() != 0o700 {
				t.Errorf("%s, linked by %s: mode %v", folder, target, info.Mode())
			}
		}
	}
}
