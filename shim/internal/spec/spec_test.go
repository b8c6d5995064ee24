package spec

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const minimal = `{"version":1,"executors":[{"index":0,"argv":["true"]}],"outputs":{"executors":1}}`

func TestParseNamesWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{minimal, ""},
		{``, "not valid JSON"},
		{`{"version":2}`, "has version 2"},
		{`{"version":1}`, "no executor"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"]}],"outputs":{"executors":2}}`, "expect 2 executors"},
		{`{"version":1,"executors":[{"index":1,"argv":["a"]}]}`, "has index 1"},
		{`{"version":1,"executors":[{"index":0,"argv":[]}]}`, "no argv"},
		{`{"version":1,"executors":[{"index":0,"argv":["a\u0000"]}]}`, "zero byte"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"tailBytes":-1}]}`, "must not be negative"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"env":["A=\u0000"]}]}`, "zero byte"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"env":["=a"]}]}`, "not NAME=value"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"run_deadline_seconds":0}]}`, "run deadline"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"run_deadline_seconds":9223372036854775807}]}`, "run deadline"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"stdout":"out"}]}`, `stdout: "out"`},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"carried":["/a/../b"]}]}`, `"/a/../b"`},
		{`{"version":1,"executors":[{"index":0,"argv":["a"],"readable":["/a//b"]}]}`, `"/a//b"`},
		{`{"version":1,"executors":[{"index":0,"argv":["a"]}],"outputs":{"executors":1},"directories":[{"path":""}]}`, "directories"},
		{`{"version":1,"executors":[{"index":0,"argv":["a"]}],"contents":[{"path":"/a","data":"!"}]}`, "not valid JSON"},
	} {
		_, err := Parse([]byte(test.text))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", test.text, err, test.want)
		}
	}
}

func TestReadJoinsThePartsInNumericOrder(t *testing.T) {
	packed := pack(t, minimal)
	folder := t.TempDir()
	for k, b := range packed {
		// More than ten parts: spec-10 must not come before spec-2.
		write(t, folder, k, []byte{b})
	}
	s, err := Read(folder)
	if err != nil || s.Executors[0].Argv[0] != "true" {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := os.Remove(filepath.Join(folder, "spec-5")); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(folder); err == nil {
		t.Error("a missing part was not noticed")
	}
}

func TestReadWithoutSpecificationFails(t *testing.T) {
	if _, err := Read(t.TempDir()); err == nil {
		t.Error("no error")
	}
}

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func write(t *testing.T, folder string, k int, part []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, "spec-"+strconv.Itoa(k)), part, 0o600); err != nil {
		t.Fatal(err)
	}
}
