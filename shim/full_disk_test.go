package main

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// small puts a disk of so many bytes at a folder of the pod; makeRoom gives it far more.
func (p *pod) small(name, bytes string) (makeRoom func()) {
	p.t.Helper()
	p.must(syscall.Mount("tmpfs", p.path(name), "tmpfs", 0, "mode=755,size="+bytes))
	p.t.Cleanup(func() { p.must(syscall.Unmount(p.path(name), 0)) })
	return func() {
		p.t.Helper()
		p.must(syscall.Mount("tmpfs", p.path(name), "tmpfs", syscall.MS_REMOUNT, "size=64m"))
	}
}

func TestAStreamFileOnAFullDiskIsAFailureAndTheTailIsKept(t *testing.T) {
	e := command("child", "flood", "1")
	e.Stdout = "/work/out"
	p := newPod(t, e, command("child", "exit", "0"))
	p.small(".orrery/scratch", "256k")
	p.inputs()
	if o := p.executor(0); o.code != 0 {
		t.Fatalf("%+v", o)
	}
	r := p.result(0)
	if r.Failure == nil || r.Failure.Code != record.FileUnplaceable || !strings.HasSuffix(r.Failure.Message, "no space left on device.") {
		t.Errorf("%+v", r.Failure)
	}
	if p.executor(1); !p.result(1).Skipped {
		t.Error("the next executor has run on half a file")
	}
	if r := reportOf(t, p.outputs()); !strings.HasSuffix(r.Executors[0].Stdout, "the end") {
		t.Errorf("%.80q", r.Executors[0].Stdout)
	}
}

func TestInputsThatFindTheDiskFullAreBroughtInAgain(t *testing.T) {
	p := newPod(t, command("child", "exit", "0"))
	s := stageOf(command("child", "exit", "0"))
	s.Contents = []spec.Content{{Path: "/work/in", Data: make([]byte, 1<<20)}}
	p.specify(s)
	makeRoom := p.small(".orrery/scratch", "256k")
	if o := p.inputs(); o.code != 1 || p.exists(".orrery/records/inputs/done.json") {
		t.Fatalf("%+v", o)
	}
	makeRoom()
	if o := p.inputs(); o.code != 0 || len(p.read("work/in")) != 1<<20 {
		t.Errorf("%+v", o)
	}
}

func TestACommandWhoseStartCannotBeRecordedDoesNotRun(t *testing.T) {
	p := newPod(t, command("child", "append", "/work/log", "x"))
	makeRoom := p.small(".orrery/records", "256k")
	p.inputs()
	p.fill(".orrery/records/ballast")
	if o := p.executor(0); o.code != 1 || p.exists("work/log") {
		t.Fatalf("%+v", o)
	}
	makeRoom()
	if o := p.executor(0); o.code != 0 || p.read("work/log") != "x" {
		t.Errorf("%+v", o)
	}
}

func TestACommandWhoseResultCannotBeWrittenIsNotRunAgain(t *testing.T) {
	p := newPod(t, command("child", "fill", "/.orrery/record/ballast", "/work/log"))
	makeRoom := p.small(".orrery/records", "256k")
	p.inputs()
	for range 2 {
		if o := p.executor(0); o.code != 1 || !strings.Contains(o.stderr, "no space left on device") || o.message != "" {
			t.Fatalf("%+v", o)
		}
	}
	makeRoom()
	if o := p.executor(0); o.code != 0 || !p.result(0).Killed || p.read("work/log") != "x" {
		t.Errorf("%+v", o)
	}
}

func TestAReportThatCannotBeWrittenIsPrintedOnceThereIsRoom(t *testing.T) {
	p := newPod(t, command("child", "flood", "1"))
	makeRoom := p.small(".orrery/records", "256k")
	p.inputs()
	p.executor(0)
	p.fill(".orrery/records/ballast")
	if o := p.outputs(); o.code != 1 || o.stdout != "" {
		t.Fatalf("%+v", o)
	}
	makeRoom()
	if r := reportOf(t, p.outputs()); !r.Complete {
		t.Errorf("%+v", r)
	}
}

// fill writes a file until its disk is full.
func (p *pod) fill(name string) {
	p.t.Helper()
	f, err := os.Create(p.path(name))
	p.must(err)
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
}
