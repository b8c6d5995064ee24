package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"orrery.dev/shim/internal/spec"
)

// reported is the report, checked against its frame and the termination message.
type reported struct {
	Executors []struct {
		Index          int
		ExitCode       *int
		Skipped        bool
		Stdout, Stderr string
	}
	Inputs   *struct{ Files int }
	Outputs  []struct{ URL, Path string }
	Warnings []string
	Failure  *struct{ Code string }
	Complete bool
}

func reportOf(t *testing.T, o outcome) reported {
	t.Helper()
	frame, rest, _ := strings.Cut(o.stdout, "\n")
	line, _ := strings.CutSuffix(rest, "\n")
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(line)))
	if want := fmt.Sprintf("orrery-report 1 %d %s", len(line), sum); o.code != 0 || frame != want || strings.Contains(line, "\n") {
		t.Fatalf("%+v", o)
	}
	if want := fmt.Sprintf(`{"report":{"length":%d,"sha256":"%s"}`, len(line), sum); !strings.HasPrefix(o.message, want) {
		t.Fatalf("message %s", o.message)
	}
	var r reported
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheReportTellsEveryStage(t *testing.T) {
	p := newPod(t, command("child", "flood", "1"), command("child", "exit", "4"), command("child", "exit", "0"))
	p.inputs()
	for i := range 3 {
		p.executor(i)
	}
	r := reportOf(t, p.outputs())
	if len(r.Executors) != 3 || *r.Executors[1].ExitCode != 4 || !r.Executors[2].Skipped || !r.Complete || r.Inputs == nil {
		t.Errorf("%+v", r)
	}
	stdout := r.Executors[0].Stdout
	if !strings.HasPrefix(stdout, "[... cut: 1047559 bytes before this are not kept ...]\n") || !strings.HasSuffix(stdout, "the end") {
		t.Errorf("stdout %.80q", stdout)
	}
}

func TestAFinishedReportIsPrintedAgain(t *testing.T) {
	p, _ := ran(t, command("child", "exit", "0"))
	first := p.outputs()
	p.must(os.WriteFile(p.path(".orrery/records/executor-0/result.json"), []byte("{}"), 0o600))
	if again := p.outputs(); again != first {
		t.Errorf("%+v", again)
	}
}

func TestUploadsGoThroughTheTransporter(t *testing.T) {
	const answer = `{"outputs":[{"url":"file:///o","path":"/work/o","sizeBytes":5}],"warnings":["a sentence"]}`
	uploading := func(t *testing.T, argv ...string) *pod {
		e := command(argv...)
		p := newPod(t, e)
		s := stageOf(e)
		s.Outputs.Uploads = []json.RawMessage{[]byte(`{"url":"file:///o","path":"/work/o"}`)}
		p.specify(s)
		return p
	}
	for _, test := range []struct{ code, bestEffort string }{{"0", "false"}, {"1", "true"}} {
		t.Run("after exit code "+test.code+" best effort is "+test.bestEffort, func(t *testing.T) {
			p := uploading(t, "child", "exit", test.code)
			p.withTransporter(map[string]string{"outputs": answer})
			p.inputs()
			p.executor(0)
			r := reportOf(t, p.outputs())
			if len(r.Outputs) != 1 || r.Outputs[0].URL != "file:///o" || len(r.Warnings) != 1 || !r.Complete {
				t.Errorf("%+v", r)
			}
			want := `{"root":"/.orrery/scratch/root","uploads":[{"url":"file:///o","path":"/work/o"}],"bestEffort":` + test.bestEffort + `}`
			if got := p.read("plan-outputs"); got != want {
				t.Errorf("plan %s", got)
			}
		})
	}
	t.Run("nothing is uploaded after failed inputs", func(t *testing.T) {
		p := uploading(t, "child", "exit", "0")
		s := stageOf(command("child", "exit", "0"))
		s.Contents = []spec.Content{{Path: "/work", Data: nil}}
		s.Outputs.Uploads = []json.RawMessage{[]byte(`{}`)}
		p.specify(s)
		p.withTransporter(map[string]string{"outputs": answer})
		p.inputs()
		p.executor(0)
		if r := reportOf(t, p.outputs()); len(r.Outputs) != 0 || p.exists("plan-outputs") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("its failure is in the report and the message", func(t *testing.T) {
		p := uploading(t, "child", "exit", "0")
		p.withTransporter(map[string]string{"outputs": `{"outputs":[],"warnings":[],"failure":{"code":"OutputMissing","message":"no"}}`})
		p.inputs()
		p.executor(0)
		o := p.outputs()
		r := reportOf(t, o)
		if r.Failure == nil || r.Failure.Code != "OutputMissing" || !strings.Contains(o.message, `"complete":true,"failure":{"code":"OutputMissing"`) {
			t.Errorf("%+v", o)
		}
	})
	t.Run("a crash leaves no record and can be tried again", func(t *testing.T) {
		p := uploading(t, "child", "exit", "0")
		p.withTransporter(nil)
		p.inputs()
		p.executor(0)
		if o := p.outputs(); o.code != 1 || o.stdout != "" {
			t.Fatalf("%+v", o)
		}
		p.withTransporter(map[string]string{"outputs": answer})
		reportOf(t, p.outputs())
	})
}

func TestAPlantedLinkIsNotReported(t *testing.T) {
	p, _ := ran(t, command("child", "exit", "0"))
	p.must(os.WriteFile(p.path("secret"), []byte("credentials"), 0o600))
	p.must(os.Symlink("/secret", p.path(".orrery/records/executor-0/stdout.tail")))
	if o := p.outputs(); o.code != 0 || strings.Contains(o.stdout, "credentials") {
		t.Errorf("%+v", o)
	}
}

func TestAMissingRecordMakesTheReportIncomplete(t *testing.T) {
	p, _ := ran(t, command("child", "exit", "0"))
	p.must(os.Remove(p.path(".orrery/records/executor-0/result.json")))
	r := reportOf(t, p.outputs())
	if r.Complete || len(r.Warnings) != 1 {
		t.Errorf("%+v", r)
	}
}
