package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

func TestStopSignals(t *testing.T) {
	stopped := func(t *testing.T, e spec.Executor) (*pod, outcome) {
		e.Stdout = "/work/out"
		p := newPod(t, e)
		p.inputs()
		c := p.startExecutor(0)
		p.until("the command's start", func() bool { return p.exists("work/out") && p.read("work/out") == "ready\n" })
		c.signal(syscall.SIGTERM)
		return p, c.wait()
	}
	t.Run("are forwarded, recorded, and end the stage with 143", func(t *testing.T) {
		p, o := stopped(t, command("child", "trap", "7"))
		if r := p.result(0); o.code != 143 || !r.Signalled || *r.ExitCode != 7 || o.stdout != "ready\nterminated\n" {
			t.Errorf("%+v", o)
		}
		if !strings.Contains(o.message, `"stdout":"ready\nterminated\n"`) {
			t.Errorf("the last words are not in the message: %s", o.message)
		}
		if again := p.executor(0); again.code != 0 || again.message != o.message {
			t.Errorf("%+v", again)
		}
	})
	t.Run("leave the last words of the command in the message, as many as fit", func(t *testing.T) {
		for limit, want := range map[int]string{4096: "ready\nterminated\n", 300: "terminated\n"} {
			e := command("child", "trap", "7")
			e.MessageBytes = limit
			_, o := stopped(t, e)
			var got struct{ Stdout string }
			if err := json.Unmarshal([]byte(o.message), &got); err != nil || len(o.message) > limit || !strings.HasSuffix(got.Stdout, want) {
				t.Errorf("%d of %d bytes: %s, %v", len(o.message), limit, o.message, err)
			}
		}
	})
	t.Run("turn into SIGKILL after the grace period", func(t *testing.T) {
		e := command("child", "deaf")
		e.GraceSeconds = 1
		p, o := stopped(t, e)
		if r := p.result(0); o.code != 143 || !r.Signalled || r.Signal != 9 || *r.ExitCode != 137 {
			t.Errorf("%+v", o)
		}
	})
}

func TestTheRunDeadline(t *testing.T) {
	seconds := int64(1)
	within := func(argv ...string) spec.Executor {
		e := command(argv...)
		e.RunDeadlineSeconds = &seconds
		return e
	}
	t.Run("asks the command to stop, is recorded, and ends the task although errors are ignored", func(t *testing.T) {
		e := within("child", "trap", "0")
		e.IgnoreError = true
		p := newPod(t, e, command("child", "append", "/work/log", "x"))
		p.inputs()
		o := p.executor(0)
		r := p.result(0)
		if o.code != 0 || !r.TimedOut || r.Signalled || *r.ExitCode != 0 || r.EndedAt.Sub(r.StartedAt) < time.Second {
			t.Errorf("%+v", o)
		}
		if !strings.Contains(o.message, `"timedOut":true`) {
			t.Errorf("message %s", o.message)
		}
		if p.executor(1); !p.result(1).Skipped || p.exists("work/log") {
			t.Errorf("%+v", p.result(1))
		}
	})
	t.Run("kills it after the grace period, and what it left behind", func(t *testing.T) {
		e := within("child", "deaf")
		e.GraceSeconds = 1
		p, o := ran(t, e)
		if r := p.result(0); !r.TimedOut || r.Signal != 9 || *r.ExitCode != 137 {
			t.Errorf("%+v", o)
		}
	})
	t.Run("does not touch a command that ends in time", func(t *testing.T) {
		p, o := ran(t, within("child", "exit", "3"))
		if r := p.result(0); r.TimedOut || *r.ExitCode != 3 {
			t.Errorf("%+v", o)
		}
	})
	t.Run("is not what ended a command that Kubernetes had stopped before", func(t *testing.T) {
		e := within("child", "deaf")
		e.Stdout, e.GraceSeconds = "/work/out", 2
		p := newPod(t, e)
		p.inputs()
		c := p.startExecutor(0)
		p.until("the command's start", func() bool { return p.exists("work/out") && p.read("work/out") == "ready\n" })
		c.signal(syscall.SIGTERM)
		if o := c.wait(); o.code != 143 || p.result(0).TimedOut || !p.result(0).Signalled {
			t.Errorf("%+v", o)
		}
	})
}

func TestACommandRunsOnce(t *testing.T) {
	t.Run("a stage that runs again answers from its record", func(t *testing.T) {
		p, first := ran(t, command("child", "append", "/work/log", "x"))
		if again := p.executor(0); again.code != 0 || again.message != first.message || p.read("work/log") != "x" {
			t.Errorf("%+v", again)
		}
	})
	t.Run("a stage that was killed records that", func(t *testing.T) {
		e := command("child", "trap", "0")
		e.Stdout = "/work/out"
		p := newPod(t, e)
		p.inputs()
		c := p.startExecutor(0)
		p.until("the command's words", func() bool { return p.exists(".orrery/records/executor-0/stdout.live") })
		c.signal(syscall.SIGKILL)
		c.wait()
		o := p.executor(0)
		if r := p.result(0); o.code != 0 || !r.Killed || r.ExitCode != nil || o.stdout != "" || r.StdoutBytes != 6 {
			t.Errorf("%+v", o)
		}
		if r := reportOf(t, p.outputs()); r.Executors[0].Stdout != "ready\n" {
			t.Errorf("its last words are lost: %+v", r)
		}
	})
}

func TestEarlierTroubleDecidesWhetherAnExecutorRuns(t *testing.T) {
	ignored := command("child", "exit", "1")
	ignored.IgnoreError = true
	for _, test := range []struct {
		name    string
		earlier spec.Executor
		skipped bool
	}{
		{"success", command("child", "exit", "0"), false},
		{"failure", command("child", "exit", "1"), true},
		{"ignored failure", ignored, false},
		{"ignored, but never started", func() spec.Executor { e := ignored; e.Stdin = "/none"; return e }(), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPod(t, test.earlier, command("child", "append", "/work/log", "x"), command("child", "exit", "0"))
			p.inputs()
			for i := range 3 {
				if o := p.executor(i); o.code != 0 {
					t.Fatalf("%+v", o)
				}
			}
			if p.exists("work/log") == test.skipped || p.result(1).Skipped != test.skipped || p.result(2).Skipped != test.skipped {
				t.Errorf("%+v", p.result(1))
			}
		})
	}
}

func TestFilesOfAnotherBootAreNotTrusted(t *testing.T) {
	// rebooted changes the boot that a record names, as if the node had been restarted since.
	rebooted := func(p *pod, name string) {
		text := p.read(".orrery/records/" + name)
		changed := regexp.MustCompile(`"boot":"[^"]+"`).ReplaceAllString(text, `"boot":"before"`)
		if changed == text {
			p.t.Fatalf("%s names no boot: %s", name, text)
		}
		p.must(os.WriteFile(p.path(".orrery/records/"+name), []byte(changed), 0o644))
	}
	t.Run("inputs are brought in again as long as nothing has started", func(t *testing.T) {
		p := newPod(t, command("child", "exit", "0"))
		s := stageOf(command("child", "exit", "0"))
		s.Contents = []spec.Content{{Path: "/work/in", Data: []byte("whole")}}
		p.specify(s)
		p.inputs()
		p.must(os.WriteFile(p.path("work/in"), nil, 0o644))
		rebooted(p, "inputs/done.json")
		if o := p.inputs(); o.code != 0 || p.read("work/in") != "whole" {
			t.Errorf("%+v", o)
		}
		if o := p.executor(0); p.result(0).Failure != nil {
			t.Errorf("%+v", o)
		}
	})
	t.Run("an executor does not work on what another left", func(t *testing.T) {
		p := newPod(t, command("child", "exit", "0"), command("child", "append", "/work/log", "x"))
		p.inputs()
		p.executor(0)
		rebooted(p, "executor-0/result.json")
		if o := p.inputs(); o.code != 0 {
			t.Fatalf("%+v", o)
		}
		p.executor(1)
		r := p.result(1)
		if r.Failure == nil || r.Failure.Code != record.NodeRestarted || r.ExitCode != nil || p.exists("work/log") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("nor on what a killed one left, although errors are ignored", func(t *testing.T) {
		killed := command("child", "exit", "0")
		killed.IgnoreError = true
		p := newPod(t, killed, command("child", "append", "/work/log", "x"))
		p.inputs()
		p.executor(0)
		rebooted(p, "executor-0/started.json")
		p.must(os.Remove(p.path(".orrery/records/executor-0/result.json")))
		p.executor(0)
		if p.executor(1); !p.result(0).Killed || p.result(1).Failure == nil || p.exists("work/log") {
			t.Errorf("%+v, %+v", p.result(0), p.result(1))
		}
	})
	t.Run("and nothing of a success is uploaded", func(t *testing.T) {
		e := command("child", "exit", "0")
		p := newPod(t, e)
		s := stageOf(e)
		s.Outputs.Uploads = []json.RawMessage{[]byte(`{}`)}
		p.specify(s)
		p.withTransporter(map[string]string{"outputs": `{"outputs":[],"warnings":[]}`})
		p.inputs()
		p.executor(0)
		rebooted(p, "executor-0/result.json")
		o := p.outputs()
		if r := reportOf(t, o); r.Failure == nil || r.Failure.Code != record.NodeRestarted || p.exists("plan-outputs") {
			t.Errorf("%+v", r)
		}
		if strings.Contains(o.stdout, `"boot"`) || strings.Contains(o.message, `"boot"`) {
			t.Errorf("the boot is nobody's business: %+v", o)
		}
	})
}
