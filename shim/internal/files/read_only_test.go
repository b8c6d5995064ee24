package files

import (
	"os"
	"path/filepath"
	"testing"
)

// scratch has the inputs /work/a/in and /tree/x in its virtual root.
func scratch(t *testing.T) (ReadOnly, func(name string) string) {
	t.Helper()
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	for name, text := range map[string]string{"root/work/a/in": "in", "root/tree/x": "x"} {
		must(t, os.MkdirAll(filepath.Dir(at(name)), 0o777))
		must(t, os.WriteFile(at(name), []byte(text), 0o444))
	}
	return NewReadOnly(at("root"), at("read-only"), []string{"/tree", "/work/a/in"}), at
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, name, want string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil || string(text) != want {
		t.Errorf("%s holds %q, %v; want %q", name, text, err, want)
	}
}

func TestReadOnlyInputsLieInATreeOfTheirOwnAndComeBack(t *testing.T) {
	inputs, at := scratch(t)
	must(t, inputs.SetAside())
	holds(t, at("read-only/work/a/in"), "in")
	holds(t, at("read-only/tree/x"), "x")
	holds(t, at("root/work/a/in"), "")
	if entries, err := os.ReadDir(at("root/tree")); err != nil || len(entries) != 0 {
		t.Errorf("the folder keeps %v, %v", entries, err)
	}
	for range 2 {
		must(t, inputs.PutBack())
		holds(t, at("root/work/a/in"), "in")
		holds(t, at("root/tree/x"), "x")
	}
}

func TestInputsThatWereBroughtInAgainReplaceThoseSetAside(t *testing.T) {
	inputs, at := scratch(t)
	must(t, inputs.SetAside())
	must(t, os.Chmod(at("root/work/a/in"), 0o666))
	must(t, os.WriteFile(at("root/work/a/in"), []byte("again"), 0o444))
	must(t, os.WriteFile(at("root/tree/y"), []byte("y"), 0o444))
	must(t, inputs.SetAside())
	holds(t, at("read-only/work/a/in"), "again")
	holds(t, at("read-only/tree/y"), "y")
	if _, err := os.Lstat(at("read-only/tree/x")); err == nil {
		t.Error("what is no longer there stays")
	}
}

func TestWhatTheTaskMadeOfThePlaceOfAnInputStays(t *testing.T) {
	for name, harm := range map[string]func(at func(string) string) error{
		"a file": func(at func(string) string) error {
			return os.WriteFile(at("root/work/a/in"), []byte("own"), 0o666)
		},
		"a link": func(at func(string) string) error {
			return os.Symlink("../../work/a/own", at("root/work/a/in"))
		},
		"a folder above that is a link": func(at func(string) string) error {
			if err := os.RemoveAll(at("root/work/a")); err != nil {
				return err
			}
			if err := os.MkdirAll(at("root/b"), 0o777); err != nil {
				return err
			}
			if err := os.WriteFile(at("root/b/in"), nil, 0o666); err != nil {
				return err
			}
			return os.Symlink("../b", at("root/work/a"))
		},
		"a folder above that is gone": func(at func(string) string) error {
			return os.RemoveAll(at("root/work/a"))
		},
		"a file in a folder": func(at func(string) string) error {
			return os.WriteFile(at("root/tree/own"), []byte("own"), 0o666)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inputs, at := scratch(t)
			must(t, inputs.SetAside())
			must(t, os.Remove(at("root/work/a/in")))
			must(t, harm(at))
			must(t, inputs.PutBack())
			holds(t, at("read-only/work/a/in"), "in")
			if text, _ := os.ReadFile(at("root/b/in")); len(text) > 0 {
				t.Errorf("a link led to %q", text)
			}
			if name == "a file in a folder" {
				holds(t, at("root/tree/own"), "own")
				holds(t, at("read-only/tree/x"), "x")
			}
		})
	}
}

func TestAFolderThatACommandClosedTakesItsInputBack(t *testing.T) {
	inputs, at := scratch(t)
	must(t, inputs.SetAside())
	must(t, os.Chmod(at("root/work/a"), 0o555))
	must(t, inputs.PutBack())
	holds(t, at("root/work/a/in"), "in")
	// Root gets in anyway; the rights tell that another user could.
	if info, err := os.Stat(at("root/work/a")); err != nil || info.Mode()&0o300 != 0o300 {
		t.Errorf("the folder stays closed: %v, %v", info, err)
	}
}
