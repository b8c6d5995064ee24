package main

import (
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

func TestInputsPrepareThePod(t *testing.T) {
	p := newPod(t, command("child", "exit", "0"), command("child", "exit", "0"))
	s := stageOf(command("child", "exit", "0"), command("child", "exit", "0"))
	s.Executors[1].Index = 1
	s.Directories = []spec.Directory{{Path: "/tmp", Mode: 0o1777}, {Path: "/a/b", Mode: 0o777}}
	s.Contents = []spec.Content{
		{Path: "/a/in", Data: []byte("hello\x00")}, {Path: "/lone/deep/file", Data: nil}, {Path: "/a/fixed", ReadOnly: true},
	}
	p.specify(s)
	defer syscall.Umask(syscall.Umask(0o077))

	o := p.inputs()

	var in record.Inputs
	if err := json.Unmarshal([]byte(o.message), &in); o.code != 0 || err != nil || in.Files != 3 || in.Bytes != 6 {
		t.Fatalf("%+v", o)
	}
	if got := p.read(".orrery/scratch/root/a/in"); got != "hello\x00" {
		t.Errorf("content %q", got)
	}
	for name, want := range map[string]os.FileMode{
		"scratch/root": 0o777, "scratch/root/tmp": 0o777 | os.ModeSticky, "scratch/root/a": 0o777, "scratch/root/a/b": 0o777,
		"scratch/root/a/in": 0o666, "scratch/root/a/fixed": 0o444, "scratch/root/lone/deep": 0o777, "scratch/root/lone/deep/file": 0o666,
		"shim/executor-0": 0o755, "shim/executor-0/shim": 0o555, "shim/executor-1/spec.json": 0o444,
		"records/executor-1": 0o777, "records/outputs": 0o777, "records/inputs/done.json": 0o644, "records/inputs/outputs-spec.json": 0o644,
	} {
		info, err := os.Stat(p.path(".orrery/" + name))
		if err != nil || info.Mode()&^os.ModeDir != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	first, _ := os.Stat(p.path(".orrery/shim/executor-0/shim"))
	second, _ := os.Stat(p.path(".orrery/shim/executor-1/shim"))
	if !os.SameFile(first, second) {
		t.Error("the binary lies on the volume twice")
	}
}

func TestInputsAnswerFromTheirRecord(t *testing.T) {
	p := newPod(t, command("child", "exit", "0"))
	first := p.inputs()
	p.must(os.WriteFile(p.path("work/new"), nil, 0o600))
	p.must(os.RemoveAll(p.path(".orrery/spec")))
	if again := p.inputs(); again.code != 0 || again.message != first.message || first.message == "" || !p.exists("work/new") {
		t.Errorf("%+v", again)
	}
}

func TestInputsChangeNothingOnceAnExecutorHasStarted(t *testing.T) {
	p, _ := ran(t, command("child", "exit", "0"))
	p.must(os.Remove(p.path(".orrery/records/inputs/done.json")))
	p.must(os.RemoveAll(p.path(".orrery/scratch/root/work")))
	if again := p.inputs(); again.code != 0 || p.exists(".orrery/scratch/root/work") {
		t.Errorf("%+v", again)
	}
}

func TestAnImpossiblePathIsAKnownFailure(t *testing.T) {
	s := stageOf(command("child", "append", "/ran", "x"))
	for name, contents := range map[string][]spec.Content{
		"a file where a folder is": {{Path: "/work", Data: nil}},
		"a folder where a file is": {{Path: "/work/a", Data: nil}, {Path: "/work/a/b", Data: nil}},
		"a name that is too long":  {{Path: "/work/" + strings.Repeat("x", 300), Data: nil}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t, s.Executors...)
			s.Contents = contents
			p.specify(s)
			o := p.inputs()
			if o.code != 0 || !strings.Contains(o.message, `"failure":{"code":"PathRefused","message":"/work`) {
				t.Fatalf("%+v", o)
			}
			if p.executor(0); !p.result(0).Skipped || p.exists("ran") {
				t.Errorf("%+v", p.result(0))
			}
		})
	}
}

func TestFetchesGoThroughTheTransporter(t *testing.T) {
	fetching := func(t *testing.T) *pod {
		p := newPod(t, command("child", "exit", "0"))
		s := stageOf(command("child", "exit", "0"))
		s.Fetches = []json.RawMessage{[]byte(`{"url":"file:///a","path":"/work/a","new":[1]}`)}
		s.Contents = []spec.Content{{Path: "/work/b", Data: []byte("12")}}
		p.specify(s)
		return p
	}
	t.Run("it gets the plan as it was specified, and its counts are added", func(t *testing.T) {
		p := fetching(t)
		p.withTransporter(map[string]string{"inputs": `{"files":3,"bytes":40}`})
		o := p.inputs()
		if o.code != 0 || !strings.Contains(o.message, `"files":4,"bytes":42`) {
			t.Fatalf("%+v", o)
		}
		if got := p.read("plan-inputs"); got != `{"root":"/.orrery/scratch/root","fetches":[{"url":"file:///a","path":"/work/a","new":[1]}]}` {
			t.Errorf("plan %s", got)
		}
	})
	t.Run("its failure is recorded, shortened to fit the message", func(t *testing.T) {
		p := fetching(t)
		p.withTransporter(map[string]string{"inputs": `{"files":0,"bytes":0,"failure":{"code":"InputNotFound","message":"` + strings.Repeat("ü", 2000) + `"}}`})
		o := p.inputs()
		if o.code != 0 || len(o.message) > 1024 || len(o.message) < 1000 || !strings.Contains(o.message, `ü…"}`) || !json.Valid([]byte(o.message)) {
			t.Errorf("%d bytes: %+v", len(o.message), o)
		}
		if full := p.read(".orrery/records/inputs/done.json"); len(full) < 4000 {
			t.Errorf("the record was shortened too: %s", full)
		}
	})
	t.Run("a crash leaves no record and can be tried again", func(t *testing.T) {
		p := fetching(t)
		p.withTransporter(nil)
		o := p.inputs()
		if o.code != 1 || !strings.Contains(o.stderr, "transient trouble") || p.exists(".orrery/records/inputs/done.json") {
			t.Fatalf("%+v", o)
		}
		p.withTransporter(map[string]string{"inputs": `{"files":1,"bytes":1}`})
		if again := p.inputs(); again.code != 0 {
			t.Errorf("%+v", again)
		}
	})
}

func TestAWrongSpecificationIsACrash(t *testing.T) {
	p := newPod(t, command("child", "exit", "0"))
	p.must(os.Remove(p.path(".orrery/spec/spec-1")))
	if o := p.inputs(); o.code != 1 || !strings.Contains(o.stderr, "a part may be missing") {
		t.Errorf("%+v", o)
	}
}
