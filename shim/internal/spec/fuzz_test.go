package spec

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// FuzzParse takes any text for a specification.
func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(`{"version":1,"directories":[{"path":"/a","mode":1023}],"contents":[{"path":"/a/b","data":"AA=="}],` +
		`"fetches":[{}],"executors":[{"index":0,"argv":["a",""],"workdir":"/","carried":["/c"]}],"outputs":{"uploads":[{}],"executors":1}}`))
	f.Add([]byte(`{"version":1,"executors":[{"index":0,"argv":["a"],"stdin":"/../x"}]}`))
	f.Add([]byte(`{"version":1,"executors":[{"index":0,"argv":["a"],"env":["A=","B=1=2"],"stdout":"/o","stderr":"/e",` +
		`"run_deadline_seconds":5}],"outputs":{"executors":1}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := Parse(text); err == nil {
			mustBeUsable(t, s)
		}
	})
}

// FuzzValues puts any values into a specification, which random texts hardly reach.
func FuzzValues(f *testing.F) {
	f.Add("/a", "A=b", int64(5))
	f.Add("/a", "=b", int64(5))
	f.Add("/a", "A=\x00", int64(5))
	f.Add("/a/../b", "A=b", int64(5))
	f.Add("/a\x00", "A=b", int64(5))
	f.Fuzz(func(t *testing.T, place, word string, seconds int64) {
		places := []string{place}
		e := Executor{
			Argv: []string{"a", word}, Env: []string{word}, Workdir: place, Stdin: place, Stdout: place, Stderr: place,
			Carried: places, Readable: places, RunDeadlineSeconds: &seconds,
		}
		text, err := json.Marshal(Stage{
			Version: Version, Executors: []Executor{e}, Outputs: Outputs{Executors: 1},
			Directories: []Directory{{Path: place}}, Contents: []Content{{Path: place}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := Parse(text); err == nil {
			mustBeUsable(t, s)
		}
	})
}

// mustBeUsable holds that what passes the check cannot lead a stage to a path or argument that it must not use.
func mustBeUsable(t *testing.T, s Stage) {
	t.Helper()
	var paths []string
	for _, d := range s.Directories {
		paths = append(paths, d.Path)
	}
	for _, c := range s.Contents {
		paths = append(paths, c.Path)
	}
	for _, e := range s.Executors {
		paths = append(append(paths, e.Carried...), e.Readable...)
		for _, one := range []string{e.Workdir, e.Stdin, e.Stdout, e.Stderr} {
			if one != "" {
				paths = append(paths, one)
			}
		}
		if strings.Contains(strings.Join(append(e.Argv, e.Env...), ""), "\x00") || len(e.Argv) == 0 {
			t.Errorf("argv %q, env %q", e.Argv, e.Env)
		}
		for _, variable := range e.Env {
			if name, _, found := strings.Cut(variable, "="); name == "" || !found {
				t.Errorf("env %q", e.Env)
			}
		}
		if seconds := e.RunDeadlineSeconds; seconds != nil && time.Duration(*seconds)*time.Second <= 0 {
			t.Errorf("run deadline %d", *seconds)
		}
	}
	for _, p := range paths {
		if p == "" || p[0] != '/' || strings.Contains(p+"/", "/../") || strings.Contains(p, "\x00") {
			t.Errorf("path %q", p)
		}
	}
}
