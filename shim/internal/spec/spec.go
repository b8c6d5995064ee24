// Package spec reads what the pod's builder wrote for the stages.
package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
)

// maxSeconds is a century: far below what a duration can hold.
const maxSeconds = 100 * 366 * 24 * 60 * 60

// Version is the only version of the specification that this shim understands.
const Version = 1

// Stage is the whole specification of an attempt, made by the pod's builder.
type Stage struct {
	Version     int               `json:"version"`
	Directories []Directory       `json:"directories"`
	Contents    []Content         `json:"contents"`
	Fetches     []json.RawMessage `json:"fetches"` // read by the transporter only
	Executors   []Executor        `json:"executors"`
	ReadOnly    []string          `json:"readOnly"` // inputs that executors see read-only
	Outputs     Outputs           `json:"outputs"`
}

// Directory is one folder of the virtual root, with its mode as in chmod(2).
type Directory struct {
	Path string `json:"path"`
	Mode uint32 `json:"mode"`
}

// Content is one inline input; JSON carries its data as base64.
type Content struct {
	Path     string `json:"path"`
	Data     []byte `json:"data"`
	ReadOnly bool   `json:"readOnly"`
}

// Executor is one command of the task. Paths are absolute paths of the task.
type Executor struct {
	Index        int      `json:"index"`
	Argv         []string `json:"argv"`
	Env          []string `json:"env"` // NAME=value, on top of what the image sets
	Workdir      string   `json:"workdir,omitempty"`
	Stdin        string   `json:"stdin,omitempty"`
	Stdout       string   `json:"stdout,omitempty"`
	Stderr       string   `json:"stderr,omitempty"`
	IgnoreError  bool     `json:"ignoreError"`
	Carried      []string `json:"carried"`
	Readable     []string `json:"readable"`
	TailBytes    int      `json:"tailBytes"`
	MessageBytes int      `json:"messageBytes"`
	GraceSeconds int      `json:"graceSeconds"`
	// RunDeadlineSeconds is how long the command may run; nil: as long as it likes.
	RunDeadlineSeconds *int64 `json:"run_deadline_seconds"`
}

// Outputs is what the stage outputs needs.
type Outputs struct {
	Uploads      []json.RawMessage `json:"uploads"`   // read by the transporter only
	Executors    int               `json:"executors"` // how many records to expect
	ReadOnly     []string          `json:"readOnly"`  // inputs that executors saw read-only
	MessageBytes int               `json:"messageBytes"`
	ReportBytes  int               `json:"reportBytes"`
}

// Parse reads and checks a whole specification; an error here is a fault of the pod's builder, never of the task.
func Parse(text []byte) (Stage, error) {
	var s Stage
	if err := json.Unmarshal(text, &s); err != nil {
		return Stage{}, fmt.Errorf("the specification is not valid JSON: %w", err)
	}
	return s, s.check()
}

// ParseExecutor reads and checks the specification of one executor.
func ParseExecutor(text []byte) (Executor, error) {
	var e Executor
	if err := json.Unmarshal(text, &e); err != nil {
		return Executor{}, fmt.Errorf("the executor's specification is not valid JSON: %w", err)
	}
	return e, e.check()
}

// ParseOutputs reads the part of the specification that the stage outputs needs.
func ParseOutputs(text []byte) (Outputs, error) {
	var o Outputs
	if err := json.Unmarshal(text, &o); err != nil {
		return Outputs{}, fmt.Errorf("the specification of the outputs is not valid JSON: %w", err)
	}
	return o, nil
}

func (s Stage) check() error {
	if s.Version != Version {
		return fmt.Errorf("the specification has version %d, this shim reads version %d", s.Version, Version)
	}
	if len(s.Executors) == 0 {
		return errors.New("the specification has no executor")
	}
	for i, e := range s.Executors {
		if e.Index != i {
			return fmt.Errorf("the executor at position %d has index %d", i, e.Index)
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	if s.Outputs.Executors != len(s.Executors) {
		return fmt.Errorf("the outputs expect %d executors, there are %d", s.Outputs.Executors, len(s.Executors))
	}
	for _, d := range s.Directories {
		if err := checkPath("directories", d.Path); err != nil {
			return err
		}
	}
	for _, c := range s.Contents {
		if err := checkPath("contents", c.Path); err != nil {
			return err
		}
	}
	return nil
}

func (e Executor) check() error {
	if e.Index < 0 || e.TailBytes < 0 || e.GraceSeconds < 0 {
		return errors.New("an executor's index, tailBytes and graceSeconds must not be negative")
	}
	if len(e.Argv) == 0 {
		return fmt.Errorf("executor %d has no argv", e.Index)
	}
	if seconds := e.RunDeadlineSeconds; seconds != nil && (*seconds < 1 || *seconds > maxSeconds) {
		return fmt.Errorf("the run deadline of executor %d is not between 1 and %d seconds", e.Index, int64(maxSeconds))
	}
	for _, text := range append(append([]string{}, e.Argv...), e.Env...) {
		if strings.ContainsRune(text, 0) {
			return fmt.Errorf("argv or env of executor %d contains a zero byte, which no program can be given", e.Index)
		}
	}
	for _, variable := range e.Env {
		if strings.Index(variable, "=") < 1 {
			return fmt.Errorf("env of executor %d has %q, which is not NAME=value", e.Index, variable)
		}
	}
	single := map[string]string{"workdir": e.Workdir, "stdin": e.Stdin, "stdout": e.Stdout, "stderr": e.Stderr}
	for name, p := range single {
		if p == "" {
			continue
		}
		if err := checkPath(name, p); err != nil {
			return err
		}
	}
	for _, p := range append(append([]string{}, e.Carried...), e.Readable...) {
		if err := checkPath("carried or readable", p); err != nil {
			return err
		}
	}
	return nil
}

func checkPath(field, p string) error {
	if !strings.HasPrefix(p, "/") || path.Clean(p) != p || strings.ContainsRune(p, 0) {
		return fmt.Errorf("%s: %q is not a clean absolute path", field, p)
	}
	return nil
}
