package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// binaries holds the shim as it ships and the program that stands for the user's commands.
var binaries string

// emulator is a static program, such as qemu-aarch64-static, that runs the shim built for arm64; the commands stay
// native. It is read while tests run, because go's test cache only sees what a test looks at.
func emulator() string { return os.Getenv("SHIM_TEST_EMULATOR") }

// buildOnce builds both at the first pod, not in TestMain, because go's test cache only sees what a test looks at.
var buildOnce = sync.OnceValue(func() error {
	return errors.Join(noteSources(), build(".", "shim", raceFlags...), build("./testdata/child", "child"))
})

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if binaries, err = os.MkdirTemp("", "shim"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(binaries)
		return m.Run()
	}())
}

// noteSources looks at every source, so that a change of any makes a cached result of these tests stale.
func noteSources() error {
	return filepath.Walk(".", func(string, os.FileInfo, error) error { return nil })
}

func build(source, name string, flags ...string) error {
	args := append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(binaries, name)}, flags...)
	command := exec.Command("go", append(args, source)...)
	command.Env = append(os.Environ(), "CGO_ENABLED="+strconv.Itoa(min(len(flags), 1)))
	if emulator() != "" && name == "shim" {
		command.Env = append(command.Env, "GOARCH=arm64")
	}
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", source, err, text)
	}
	return nil
}

// pod runs the stages as first processes of namespaces of their own, in a root without any file but the shim's and the
// child's. What Kubernetes mounts are links here.
type pod struct {
	t    testing.TB
	root string
	env  []string
	uid  int
	log  *os.File // the containers' stdout, when a test has its own
}

// outcome is how one container ended.
type outcome struct {
	code           int
	stdout, stderr string
	message        string
}

func newPod(t testing.TB, executors ...spec.Executor) *pod {
	t.Helper()
	if os.Getuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("namespaces need root")
		}
		t.Skip("namespaces need root")
	}
	if err := buildOnce(); err != nil {
		t.Fatal(err)
	}
	p := &pod{t: t, root: t.TempDir(), env: append([]string{"PATH=/bin"}, raceEnv...)}
	for _, folder := range []string{"proc", "dev", "bin", ".orrery/spec", ".orrery/shim", ".orrery/records", ".orrery/scratch"} {
		p.must(os.MkdirAll(p.path(folder), 0o755))
	}
	for _, folder := range []string{"", "..", "../.."} {
		p.must(os.Chmod(p.path(folder), 0o755))
	}
	p.must(os.WriteFile(p.path("dev/termination-log"), nil, 0o666))
	p.must(os.Chmod(p.path("dev/termination-log"), 0o666))
	p.must(os.Link(filepath.Join(binaries, "shim"), p.path("shim")))
	p.must(os.Link(filepath.Join(binaries, "child"), p.path("bin/child")))
	if emulator() != "" {
		program, err := os.ReadFile(emulator())
		p.must(err)
		p.must(os.WriteFile(p.path("emulator"), program, 0o755))
	}
	for i := range executors {
		executors[i].Index = i
		executors[i].MessageBytes = 1024
	}
	p.specify(stageOf(executors...))
	p.link("work", "scratch/root/work")
	return p
}

func stageOf(executors ...spec.Executor) spec.Stage {
	return spec.Stage{
		Version:     1,
		Directories: []spec.Directory{{Path: "/work", Mode: 0o777}},
		Executors:   executors,
		Outputs:     spec.Outputs{Executors: len(executors), MessageBytes: 1024, ReportBytes: 1 << 20},
	}
}

// withTransporter puts a transporter into the image that answers with the given texts; without one it crashes.
func (p *pod) withTransporter(answers map[string]string) {
	p.t.Helper()
	p.must(os.MkdirAll(p.path("usr/local/bin"), 0o755))
	if !p.exists("usr/local/bin/node") {
		p.must(os.Link(filepath.Join(binaries, "child"), p.path("usr/local/bin/node")))
	}
	for stage, answer := range answers {
		p.must(os.WriteFile(p.path("answer-"+stage), []byte(answer), 0o600))
	}
}

// specify writes the specification as the Secrets hold it, in two parts.
func (p *pod) specify(s spec.Stage) {
	p.t.Helper()
	text, err := json.Marshal(s)
	p.must(err)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err = writer.Write(text)
	p.must(err)
	p.must(writer.Close())
	middle := packed.Len() / 2
	p.must(os.WriteFile(p.path(".orrery/spec/spec-0"), packed.Bytes()[:middle], 0o600))
	p.must(os.WriteFile(p.path(".orrery/spec/spec-1"), packed.Bytes()[middle:], 0o600))
}

func (p *pod) inputs() outcome { return p.start("inputs").wait() }

// executor runs the stage as a container that mounts its own folders.
func (p *pod) executor(index int) outcome { return p.startExecutor(index).wait() }

func (p *pod) startExecutor(index int) *container {
	name := "executor-" + strconv.Itoa(index)
	p.link(".orrery/run", "shim/"+name)
	p.link(".orrery/record", "records/"+name)
	p.link(".orrery/files", "scratch/root")
	return p.start("executor")
}

func (p *pod) outputs() outcome {
	p.link(".orrery/record", "records/outputs")
	return p.start("outputs").wait()
}

// container is one running stage.
type container struct {
	pod            *pod
	command        *exec.Cmd
	stdout, stderr bytes.Buffer
}

func (p *pod) start(stage string) *container {
	p.t.Helper()
	p.must(os.Truncate(p.path("dev/termination-log"), 0))
	c := &container{pod: p}
	program := []string{"/shim", stage}
	if stage == "executor" {
		program[0] = "/.orrery/run/shim"
	}
	if emulator() != "" {
		program = append([]string{"/emulator"}, program...)
	}
	args := []string{"--pid", "--fork", "--mount", "--kill-child", "--root", p.root, "--mount-proc"}
	if p.uid != 0 && stage == "executor" {
		args = append(args, "--setuid", strconv.Itoa(p.uid))
	}
	c.command = exec.Command("unshare", append(args, program...)...)
	c.command.Env = p.env
	// As in a container: without it a signal to the process group would reach the test and its shell.
	c.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	c.command.Stdout, c.command.Stderr = &c.stdout, &c.stderr
	if p.log != nil {
		c.command.Stdout = p.log
	}
	p.must(c.command.Start())
	p.t.Cleanup(func() { _ = c.command.Process.Kill() })
	return c
}

func (c *container) wait() outcome {
	c.pod.t.Helper()
	_ = c.command.Wait()
	message, err := os.ReadFile(c.pod.path("dev/termination-log"))
	c.pod.must(err)
	return outcome{c.command.ProcessState.ExitCode(), c.stdout.String(), c.stderr.String(), string(message)}
}

// signal sends to the first process of the namespace, as a container runtime does.
func (c *container) signal(sig syscall.Signal) {
	c.pod.t.Helper()
	pid := strconv.Itoa(c.command.Process.Pid)
	text, err := os.ReadFile("/proc/" + pid + "/task/" + pid + "/children")
	c.pod.must(err)
	first, err := strconv.Atoi(strings.TrimSpace(string(text)))
	c.pod.must(err)
	c.pod.must(syscall.Kill(first, sig))
}

// until waits for a condition that another process brings about.
func (p *pod) until(what string, condition func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s did not happen", what)
		}
	}
}

func (p *pod) result(index int) record.Result {
	p.t.Helper()
	result, found, err := record.ReadJSON[record.Result](p.path(fmt.Sprintf(".orrery/records/executor-%d", index)), record.ResultFile)
	if !found || err != nil {
		p.t.Fatalf("executor %d has no result: %v", index, err)
	}
	return result
}

func (p *pod) exists(name string) bool {
	_, err := os.Stat(p.path(name))
	return err == nil
}

func (p *pod) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(p.path(name))
	p.must(err)
	return string(text)
}

func (p *pod) link(name, target string) {
	p.t.Helper()
	_ = os.Remove(p.path(name))
	if !strings.HasPrefix(name, ".orrery/") {
		target = ".orrery/" + target
	}
	p.must(os.Symlink(target, p.path(name)))
}

func (p *pod) path(name string) string { return filepath.Join(p.root, name) }

func (p *pod) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}
